# SPDX-License-Identifier: MIT
"""Who is told a signal, and that nobody is told a stop twice."""
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time

from harness import CAP_SYS_PTRACE, SIGRTMIN, Init, Place, SystemTest, children, probe, run, stat, until

MODES = ((), ("-s",))
TERM, HUP, INT, QUIT, TSTP = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT,
                              signal.SIGTSTP)
CHECKOUT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def actor(**about):
    return [sys.executable, Place.actor, json.dumps(about)]


def shell(script, *words):
    return ["sh", "-c", script, "sh", *words]


def fresh():
    return Place.shared("gate-%d" % time.monotonic_ns())


def opened(path):
    with open(path, "w"):
        pass


class DeliveryTest(SystemTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Where the user can read it, unlike the checkout.
        Place.actor = Place.file("actor.py")
        shutil.copy(os.path.join(CHECKOUT, "actor.py"), Place.actor)

    def ready(self, init, count):
        names = [init.read_line() for _ in range(count)]
        self.assertTrue(all(name.endswith(" ready") for name in names), names)

    def lines(self, init, count):
        return sorted(init.read_line() for _ in range(count))


WORKERS = [{"name": "worker", "handles": {"TERM": "", "HUP": "", "QUIT": "", "INT": "",
                                          "USR1": ""}}] * 2


class Running(DeliveryTest):
    """While main runs."""

    def test_what_a_manager_has_started_is_left_to_it(self):
        """As Celery, Gunicorn, php-fpm and a node cluster want it."""
        handles = {name: "tell USR1" for name in ("TERM", "HUP", "QUIT", "TSTP")}
        for sandbox in MODES:
            for number in (TERM, HUP, QUIT, TSTP):
                with self.subTest(sandbox=sandbox, number=number), \
                     Init("-n", "--", *actor(name="manager", handles=handles, children=WORKERS),
                          sandbox=sandbox) as init:
                    self.ready(init, 3)
                    init.signal(number)
                    self.assertEqual(init.read_line(), "manager " + number.name[3:])
                    # Whoever was told behind its back would have said so before.
                    self.assertEqual(self.lines(init, 2), ["worker USR1"] * 2)
                    init.signal(number)
                    self.assertEqual(init.read_line(), "manager " + number.name[3:])

    def test_below_a_wrapper_the_manager_is_told_and_not_its_workers(self):
        handles = {"TERM": "tell USR1", "HUP": "tell USR1"}
        manager = {"name": "manager", "handles": handles, "children": WORKERS}
        wrapper = actor(name="wrapper", handles={"USR1": ""}, children=[manager])
        for sandbox in MODES:
            for command in (shell('"$@"; exit 1', *actor(**manager)),
                            shell('trap "echo sh trap" TERM; "$@"; exit 1', *actor(**manager)),
                            ["flock", Place.shared("lock"), *actor(**manager)], wrapper):
                with self.subTest(sandbox=sandbox, command=command[:3]), \
                     Init("-n", "--", *command, sandbox=sandbox) as init:
                    self.ready(init, 4 if command is wrapper else 3)
                    init.signal(TERM)
                    self.assertEqual(init.read_line(), "manager TERM")
                    self.assertEqual(self.lines(init, 2), ["worker USR1"] * 2)

    def test_below_a_shell_that_lives_on_each_signal_comes_once(self):
        """A reload tells whoever is told a stop; the next line tells that neither came twice."""
        manager = actor(name="manager", children=WORKERS,
                        handles={"TERM": "tell USR1", "HUP": "tell USR1"})
        for sandbox in MODES:
            with self.subTest(sandbox=sandbox), \
                 Init("-n", "--", *shell('trap : TERM HUP; "$@"; exit 1', *manager),
                      sandbox=sandbox) as init:
                self.ready(init, 3)
                for number in (HUP, TERM, HUP, TERM):
                    init.signal(number)
                    self.assertEqual(init.read_line(), "manager " + number.name[3:])
                    self.assertEqual(self.lines(init, 2), ["worker USR1"] * 2)

    def test_who_is_out_of_the_group_is_told_nothing_while_main_runs(self):
        """Beside a manager and its workers, for whom init looks at each process."""
        daemon = actor(name="daemon", session=True, handles={"TERM": "", "USR2": ""})
        manager = actor(name="manager", children=WORKERS, handles={"TERM": "tell USR1"})
        script = "trap : TERM; %s & %s; exit 1" % (shlex.join(daemon), shlex.join(manager))
        for sandbox in MODES:
            with self.subTest(sandbox=sandbox), Init("-n", "--", *shell(script), sandbox=sandbox) as init:
                self.ready(init, 4)
                for _ in range(3):
                    init.signal(TERM)
                    self.assertEqual(init.read_line(), "manager TERM")
                    self.assertEqual(self.lines(init, 2), ["worker USR1"] * 2)

    def test_a_handler_that_works_once_marks_a_manager_for_good(self):
        """It goes on looking after its workers, as Go's signal.Stop() leaves it."""
        manager = actor(name="manager", children=WORKERS,
                        handles={"TERM": "once", "WINCH": "tell USR1"})
        for sandbox in MODES:
            with self.subTest(sandbox=sandbox), \
                 Init("-n", "--", *manager, sandbox=["-i", str(int(HUP)), *sandbox]) as init:
                self.ready(init, 3)
                init.signal(TERM)
                self.assertEqual(init.read_line(), "manager TERM")
                init.signal(HUP)
                init.signal(signal.SIGWINCH)
                self.assertEqual(init.read_line(), "manager WINCH")
                self.assertEqual(self.lines(init, 2), ["worker USR1"] * 2)

    def test_who_handles_a_reload_looks_after_nobody_at_a_stop(self):
        workers = [{"name": "worker", "handles": {"TERM": ""}}] * 2
        for sandbox in MODES:
            for below in (None, 'trap : HUP; "$@"; exit 1'):
                main = actor(name="main", handles={"HUP": ""}, children=workers)
                with self.subTest(sandbox=sandbox, below=below), \
                     Init("-n", "--", *(shell(below, *main) if below else main),
                          sandbox=["-i", str(int(TERM)), *sandbox]) as init:
                    self.ready(init, 3)
                    init.signal(HUP)
                    self.assertEqual(init.read_line(), "main HUP")
                    init.signal(TERM)
                    self.assertEqual(self.lines(init, 2), ["worker TERM"] * 2)

    def test_main_is_told_once_where_nobody_else_is_looked_at(self):
        """A byte for each signal: its handler runs once for two that come one after the other."""
        counts = ("import os, signal, time\n"
                  "reading, writing = os.pipe()\n"
                  "os.set_blocking(writing, False)\n"
                  "if os.fork() == 0:\n"
                  "    time.sleep(3600)\n"
                  "for number in (signal.SIGTERM, signal.SIGUSR1):\n"
                  "    signal.signal(number, lambda *_: None)\n"
                  "signal.set_wakeup_fd(writing)\n"
                  "print('ready', flush=True)\n"
                  "while True:\n"
                  "    for number in os.read(reading, 1):\n"
                  "        print('got', number, flush=True)\n")
        with Init("-n", "--", sys.executable, "-c", counts) as init:
            init.read_until("ready")
            for number in [TERM] * 20 + [signal.SIGUSR1]:
                init.signal(number)
                self.assertEqual(init.read_line(), "got %d" % number)

    def test_each_of_a_group_gets_a_signal_once(self):
        """Signals without a queue cannot tell: two that are pending are one."""
        program = " ".join(probe("signals-until", 9))
        for sandbox in MODES:
            with self.subTest(sandbox=sandbox), \
                 Init("-g", "-n", "--", *shell("%s & exec %s" % (program, program)),
                      sandbox=sandbox) as init:
                self.assertEqual(self.lines(init, 2), ["ready"] * 2)
                for number in range(SIGRTMIN, SIGRTMIN + 4):
                    init.signal(number)
                    self.assertEqual(self.lines(init, 2), ["%d 0 0" % number] * 2)

    def test_int_and_group_are_for_everyone(self):
        """A terminal sends INT to a whole group."""
        handles = {"TERM": "", "INT": "", "HUP": ""}
        for arguments, number in (([], INT), (["-g"], TERM), (["-g"], HUP)):
            for sandbox in MODES:
                with self.subTest(arguments=arguments, number=number, sandbox=sandbox), \
                     Init(*arguments, "-n", "--", *actor(name="manager", handles=handles,
                                                          children=WORKERS),
                          sandbox=sandbox) as init:
                    self.ready(init, 3)
                    init.signal(number)
                    name = number.name[3:]
                    self.assertEqual(self.lines(init, 3), ["manager " + name] +
                                     ["worker " + name] * 2)

    def test_a_branch_of_its_own(self):
        """Nobody looks after a process that has lost its parent."""
        for sandbox in MODES:
            with self.subTest(sandbox=sandbox), \
                 Init("-n", "--", *actor(name="manager", handles={"TERM": ""}, children=WORKERS,
                                          orphans=[{"name": "orphan", "handles": {"TERM": ""}}]),
                      sandbox=sandbox) as init:
                self.ready(init, 4)
                until(lambda: len(children(init.pid)) == 2, "the orphan to come to init")
                init.signal(TERM)
                self.assertEqual(self.lines(init, 2), ["manager TERM", "orphan TERM"])
                init.signal(signal.SIGWINCH)

    def test_a_helper_is_not_stopped_by_what_main_handles(self):
        with Init("-n", "--", *actor(name="main", handles={"TSTP": "say handled"},
                                      children=[{"name": "helper"}])) as init:
            self.ready(init, 2)
            init.signal(TSTP)
            init.read_until("main handled")
            helper = children(init.main_pid())[0]
            self.assertNotEqual(stat(helper)[0], "T")

    def test_who_was_stopped_stays_stopped_at_a_reload(self):
        """Only at the end is everybody continued, or nobody could hear the stop."""
        script = "trap 'echo hup' HUP; sh -c 'kill -STOP $$; echo went on' & while :; do wait; done"
        for sandbox in MODES:
            with self.subTest(sandbox=sandbox), Init("app", "--", *shell(script), sandbox=sandbox) as init:
                until(lambda: [stat(child)[0] for child in children(init.main_pid())] == ["T"],
                      "the helper to stop")
                init.signal(HUP)
                self.assertEqual(init.read_line(), "hup")
                self.assertEqual([stat(child)[0] for child in children(init.main_pid())], ["T"])

    def test_a_reload_that_is_left_to_a_manager_continues_nobody(self):
        manager = actor(name="manager", handles={"HUP": ""}, children=[{"name": "worker"}])
        for sandbox in MODES:
            with self.subTest(sandbox=sandbox), \
                 Init("-n", "--", *shell('trap : HUP; "$@"; exit 1', *manager), sandbox=sandbox) as init:
                self.ready(init, 2)
                worker = children(children(init.main_pid())[0])[0]
                os.kill(worker, signal.SIGSTOP)
                until(lambda: stat(worker)[0] == "T", "the worker to stop")
                init.signal(HUP)
                self.assertEqual(init.read_line(), "manager HUP")
                self.assertEqual(stat(worker)[0], "T")

    def test_without_proc_the_whole_group_is_told(self):
        with Init("-n", "--", *actor(name="manager", handles={"TERM": ""}, children=WORKERS),
                  sandbox=["-E"]) as init:
            self.ready(init, 3)
            init.signal(TERM)
            self.assertEqual(self.lines(init, 3), ["manager TERM"] + ["worker TERM"] * 2)

    def test_the_story_tells_how_many(self):
        with Init("-v", "-n", "--", *actor(name="manager", handles={"TERM": ""}, children=WORKERS,
                                            orphans=[{"name": "orphan"}])) as init:
            for _ in range(4):
                init.read_until("ready")
            until(lambda: len(children(init.pid)) == 2, "the orphan to come to init")
            init.signal(TERM)
            line = init.read_until("passed SIGTERM")
            self.assertIn("on to 2 of process group", line)
            self.assertIn("who look after the other 2", line)


DRAINS = {"TERM": "once, file %s, say drained, exit 0", "INT": "once, file %s, say drained, exit 0",
          "QUIT": "once, file %s, say drained, exit 0"}


def server(gate, **more):
    """A server as many are: a second signal means to end at once."""
    return dict({"name": "server", "handles": {name: what % gate for name, what in DRAINS.items()}},
                **more)


class Once(DeliveryTest):
    """Behind a wrapper that ends at once, a server that drains is not told again."""

    def drains(self, arguments, command, gate, number, sandbox, ready=1, told=None, **options):
        with Init("-v", *arguments, "-n", "--", *command, sandbox=sandbox, **options) as init:
            for _ in range(ready):
                init.read_until(" ready")
            init.signal(number)
            # Main has ended and what it has left was asked: whoever was told twice is dead now.
            wanted = {"server " + (told or number).name[3:], "main (pid",
                      "sent SIGTERM to what main has left behind"}
            while wanted:
                line = init.read_line()
                self.assertNotIn("worker", line)
                wanted -= {words for words in wanted if words in line}
            opened(gate)
            while line != "server drained":
                line = init.read_line()
                self.assertNotIn("worker", line)
            return init.wait()

    def test_behind_a_shell_and_behind_a_wrapper(self):
        for sandbox in MODES:
            for arguments, number in (([], TERM), ([], INT), ([], QUIT), (["-r", "TERM:QUIT"], TERM),
                                      (["-g"], TERM)):
                gate = fresh()
                told = QUIT if "-r" in arguments else number
                for name, command in (
                        ("shell", shell('"$@"; exit 1', *actor(**server(gate)))),
                        ("wrapper", actor(name="wrapper", children=[server(gate)]))):
                    # A shell that gets INT waits for its command: it is no wrapper that ends.
                    if name == "shell" and number == INT:
                        continue
                    with self.subTest(sandbox=sandbox, arguments=arguments, number=number, name=name):
                        if os.path.exists(gate):
                            os.unlink(gate)
                        self.drains(arguments, command, gate, number, sandbox,
                                    2 if name == "wrapper" else 1, told)

    def test_by_a_signal_that_asks_for_no_stop(self):
        """The image's STOPSIGNAL is rewritten, or a hook sends TERM where something else stops."""
        for sandbox in MODES:
            for arguments, number, told, variables in (
                    (["-r", "RTMIN+3:TERM"], SIGRTMIN + 3, TERM, {}),
                    (["-r", "USR1:QUIT"], signal.SIGUSR1, QUIT, {}),
                    ([], TERM, TERM, {"DINIT_SU_STOP_SIGNALS": "USR1"})):
                gate = fresh()
                with self.subTest(sandbox=sandbox, arguments=arguments, number=number):
                    self.drains(arguments, shell('"$@"; exit 1', *actor(**server(gate))), gate,
                                number, sandbox, told=told, environment=dict(os.environ, **variables))

    def test_between_two_that_are_asked_at_the_end(self):
        """Init goes through what it remembers: their pids are one below and one above the server's."""
        script = 'setsid sleep 1000 & "$@" & setsid sleep 1000 & wait; exit 1'
        for sandbox in MODES:
            gate = fresh()
            with self.subTest(sandbox=sandbox):
                self.drains([], shell(script, *actor(**server(gate))), gate, TERM, sandbox)

    def test_a_stop_is_not_forgotten_for_another(self):
        """TERM, then QUIT, which a shell without job control lets its background ignore."""
        for sandbox in MODES:
            gate = fresh()
            with self.subTest(sandbox=sandbox), \
                 Init("-v", "-n", "--", *shell('trap : TERM; trap "exit 3" QUIT; "$@" & wait; wait; wait',
                                               *actor(**dict(server(gate), handles={
                                                   "TERM": DRAINS["TERM"] % gate}))),
                      sandbox=sandbox) as init:
                init.read_until("server ready")
                init.signal(TERM)
                init.read_until("server TERM")
                init.signal(QUIT)
                init.read_until("sent SIGTERM to what main has left behind")
                opened(gate)
                self.assertEqual(init.read_until("drained"), "server drained")
                self.assertEqual(init.wait(), 3)

    def test_a_manager_that_is_left_ends_its_own(self):
        gate = fresh()
        manager = server(gate, children=[{"name": "worker", "handles": {"TERM": "exit 0"}}] * 2)
        for sandbox in MODES:
            with self.subTest(sandbox=sandbox):
                if os.path.exists(gate):
                    os.unlink(gate)
                self.drains([], actor(name="wrapper", children=[manager]), gate, TERM, sandbox, 4)

    @staticmethod
    def commands(init):
        names = []
        for pid in children(init.main_pid()):
            with open("/proc/%d/comm" % pid) as file:
                names.append(file.read().strip())
        return names

    def test_who_ignores_the_stop_is_asked_at_the_end(self):
        """What a shell has started in the background ignores INT and QUIT."""
        for sandbox in MODES:
            with self.subTest(sandbox=sandbox):
                with Init("-w", "1h", "app", "--", "sh", "-c", "sleep 1000 & echo ready; sleep 1000; :",
                          sandbox=sandbox) as init:
                    init.read_until("ready")
                    # Not before: a shell that is about to run its command may lose the signal.
                    until(lambda: self.commands(init) == ["sleep", "sleep"], "the commands")
                    init.signal(INT)
                    self.assertEqual(init.wait(), 128 + INT)

    def test_daemons_are_told_once(self):
        gate = fresh()
        for sandbox in MODES:
            with self.subTest(sandbox=sandbox):
                if os.path.exists(gate):
                    os.unlink(gate)
                daemon = server(gate, session=True, children=WORKERS)
                with Init("-W", "-n", "--", *shell('"$@" & sleep 1000; :', *actor(**daemon)),
                          sandbox=sandbox) as init:
                    self.ready(init, 3)
                    init.signal(TERM)
                    self.assertEqual(init.read_line(), "server TERM")
                    opened(gate)
                    self.assertEqual(init.read_line(), "server drained")
                    # Now there is nobody any more who looks after them.


class Leftovers(DeliveryTest):
    def test_who_is_left_behind_by_a_manager_is_asked_then(self):
        """The workers are not told behind its back, and not forgotten."""
        gate = fresh()
        worker = {"name": "worker", "handles": {"TERM": "exit 0"}}
        manager = {"name": "manager", "session": True, "children": [worker, worker],
                   "handles": {"TERM": "file %s, say ends, exit 0" % gate}}
        for sandbox in MODES:
            with self.subTest(sandbox=sandbox):
                if os.path.exists(gate):
                    os.unlink(gate)
                with Init("-w", "1h", "-n", "--", *shell('"$@" & read line; exit 3',
                                                          *actor(**manager)),
                          sandbox=sandbox, stdin=subprocess.PIPE) as init:
                    self.ready(init, 3)
                    init.process.stdin.close()
                    self.assertEqual(init.read_line(), "manager TERM")
                    opened(gate)
                    self.assertEqual(init.read_line(), "manager ends")
                    self.assertEqual(self.lines(init, 2), ["worker TERM"] * 2)
                    self.assertEqual(init.wait(), 3)

    def test_the_story_tells_how_many_are_asked_and_how_many_left(self):
        manager = actor(name="manager", session=True, handles={"TERM": "tell TERM, reap, exit 0"},
                        children=[{"name": "worker", "handles": {"TERM": "exit 0"}}] * 2)
        for sandbox in MODES:
            with self.subTest(sandbox=sandbox), \
                 Init("-v", "-n", "--", *shell('"$@" & read line; exit 3', *manager), sandbox=sandbox,
                      stdin=subprocess.PIPE) as init:
                for _ in range(3):
                    init.read_until(" ready")
                init.process.stdin.close()
                init.read_until("sent SIGTERM to what main has left behind, 1 of it; 2 are left to who looks")
                self.assertEqual(init.wait(), 3)

    def test_a_worker_that_is_stopped_hears_its_manager(self):
        """Init continues also those whom it does not tell."""
        worker = {"name": "worker", "handles": {"TERM": "exit 0"}}
        manager = actor(name="manager", session=True, children=[worker],
                        handles={"TERM": "tell TERM, reap, exit 0"})
        for sandbox in MODES:
            with self.subTest(sandbox=sandbox), \
                 Init("-w", "1h", "-n", "--", *shell('"$@" & read line; exit 3', *manager), sandbox=sandbox,
                      stdin=subprocess.PIPE) as init:
                self.ready(init, 2)
                stopped = children(children(init.main_pid())[0])[0]
                os.kill(stopped, signal.SIGSTOP)
                until(lambda: stat(stopped)[0] == "T", "the worker to stop")
                init.process.stdin.close()
                self.assertEqual(init.wait(), 3)

    def test_what_a_trap_runs_is_not_ended(self):
        """A leftover runs a program to save its data, while init waits for the others."""
        gate = fresh()
        # Two programs: what is known of their parent after the first holds for the second.
        saver = ("trap 'sleep .3 & sleep .3 && wait $! && echo saved; exit' TERM; echo saver ready; "
                 "while :; do sleep .01; done")
        manager = {"name": "manager", "session": True, "children": [{"name": "worker"}],
                   "handles": {"TERM": "file %s, exit 0" % gate}}
        for sandbox in MODES:
            with self.subTest(sandbox=sandbox):
                if os.path.exists(gate):
                    os.unlink(gate)
                script = "setsid sh -c %s & \"$@\" & (sleep .1 &) ; read line; exit 3" % shlex.quote(saver)
                with Init("-n", "--", *shell(script, *actor(**manager)), sandbox=sandbox,
                          stdin=subprocess.PIPE) as init:
                    self.ready(init, 3)
                    init.process.stdin.close()
                    # Its command was told as well, of which a shell may tell: "Terminated".
                    wanted = {"manager TERM", "saved"}
                    while wanted:
                        wanted.discard(init.read_line())
                    opened(gate)
                    self.assertEqual(init.wait(), 3)

    def test_who_was_told_a_reload_is_asked_at_the_end(self):
        main = actor(name="main", handles={"HUP": "exit 3"},
                     children=[{"name": "helper", "handles": {"HUP": "", "TERM": "exit 0"}}])
        for sandbox in MODES:
            with self.subTest(sandbox=sandbox), \
                 Init("-g", "-w", "1h", "-n", "--", *main, sandbox=sandbox) as init:
                self.ready(init, 2)
                init.signal(HUP)
                self.assertEqual(self.lines(init, 3), ["helper HUP", "helper TERM", "main HUP"])
                self.assertEqual(init.wait(), 3)

    def test_so_is_a_manager_that_was_told_alone(self):
        worker = {"name": "worker", "handles": {"TERM": "exit 0"}}
        manager = actor(name="manager", children=[worker] * 2,
                        handles={"HUP": "", "TERM": "tell TERM, reap, exit 0"})
        for sandbox in MODES:
            with self.subTest(sandbox=sandbox), \
                 Init("-w", "1h", "-n", "--", *shell('"$@" & trap "exit 3" HUP; wait; wait', *manager),
                      sandbox=sandbox) as init:
                self.ready(init, 3)
                init.signal(HUP)
                self.assertEqual(init.read_line(), "manager HUP")
                self.assertEqual(init.read_line(), "manager TERM")
                self.assertEqual(self.lines(init, 2), ["worker TERM"] * 2)
                self.assertEqual(init.wait(), 3)

    def test_who_was_out_of_the_group_that_was_told_is_asked(self):
        for sandbox in MODES:
            with self.subTest(sandbox=sandbox), \
                 Init("-g", "-w", "1h", "-n", "--",
                      *actor(name="main", handles={"TERM": "exit 3"},
                             children=[{"name": "daemon", "session": True, "handles": {"TERM": "exit 0"}}]),
                      sandbox=sandbox) as init:
                self.ready(init, 2)
                init.signal(TERM)
                self.assertEqual(self.lines(init, 2), ["daemon TERM", "main TERM"])
                self.assertEqual(init.wait(), 3)

    def test_a_filter_gets_the_last_lines(self):
        for sandbox in MODES:
            with self.subTest(sandbox=sandbox):
                path = fresh()
                script = '"$@" | cat >%s & until [ -s %s ]; do sleep .01; done; exit 3'
                writer = {"name": "writer", "handles": {"TERM": "say last, exit 0"}}
                ended = run("-n", "--", *shell(script % (path, path), *actor(**writer)),
                            sandbox=sandbox)
                self.assertEqual((ended.status, ended.errors), (3, ""))
                with open(path) as file:
                    self.assertEqual(file.read(), "writer ready\nwriter TERM\nwriter last\n")

    def test_a_filter_of_a_pipe_with_a_name_gets_them_too(self):
        """As a shell without >(...) makes it: mkfifo, and tee reads it."""
        script = ("mkfifo %(path)s.fifo; cat <%(path)s.fifo >%(path)s & (trap 'sleep .2; echo last; exit' TERM; "
                  "echo first; while :; do sleep .01; done) >%(path)s.fifo & "
                  "until [ -s %(path)s ]; do sleep .01; done; exit 3")
        for sandbox in MODES:
            with self.subTest(sandbox=sandbox):
                path = fresh()
                ended = run("-n", "--", "sh", "-c", script % {"path": path}, sandbox=sandbox)
                self.assertEqual(ended.status, 3, ended)
                with open(path) as file:
                    self.assertEqual(file.read(), "first\nlast\n")

    def test_a_filter_that_init_may_not_look_at_gets_them_too(self):
        """It has kept a capability that init has given up, or is another user's: ptrace(2)."""
        for arguments, sandbox in ((["--keep-caps=net_bind_service", "app"], []),
                                   (["--root-init", "app"], ["-c", str(CAP_SYS_PTRACE)])):
            with self.subTest(arguments=arguments):
                path = fresh()
                # What it reads comes a moment after the others have been asked to end.
                script = ("(trap 'sleep .2; echo last; exit' TERM; echo first; while :; do sleep .01; done)"
                          " | cat >%s & until [ -s %s ]; do sleep .01; done; exit 3" % (path, path))
                ended = run(*arguments, "--", "sh", "-c", script, sandbox=sandbox)
                self.assertEqual(ended.status, 3, ended)
                with open(path) as file:
                    self.assertEqual(file.read(), "first\nlast\n")

    def test_a_filter_whose_input_does_not_end_is_asked_a_second_later(self):
        for sandbox in MODES:
            with self.subTest(sandbox=sandbox):
                began = time.monotonic()
                path = fresh()
                reading, writing = os.pipe()
                os.write(writing, b"line\n")
                try:
                    ended = run("-w", "1h", "-n", "--", "sh", "-c",
                                "cat <&%d >%s & until [ -s %s ]; do sleep .01; done; exit 3" %
                                (reading, path, path),
                                sandbox=sandbox, pass_fds=[reading, writing])
                    self.assertEqual(ended.status, 3)
                finally:
                    os.close(reading)
                    os.close(writing)
                self.assertGreaterEqual(time.monotonic() - began, 1)

    def test_who_reads_the_containers_stdin_is_no_filter(self):
        for sandbox in MODES:
            with self.subTest(sandbox=sandbox):
                with Init("-w", "900ms", "-n", "--", "sh", "-c",
                          "exec 3<&0; cat <&3 & echo ready; sleep .1; exit 3",
                          stdin=subprocess.PIPE, sandbox=sandbox) as init:
                    # One that is a filter would be killed when the time is up, with a warning.
                    self.assertEqual((init.wait(), init.rest()), (3, "ready\n"))
