# SPDX-License-Identifier: MIT
"""What the options make of signals, of a stop and of the end, as PID 1 and as a subreaper."""
import os
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

from harness import (SIGRTMIN, Init, Place, SystemTest, children, looks_into_processes, probe, run,
                     send_value, stat, status, until)

MODES = ((), ("-s",))
IGNORES_TERM = "trap '' TERM; echo ready; while :; do sleep .01; done"
NUMBERS = {name: getattr(signal, "SIG" + name) for name in
           ("TERM", "INT", "QUIT", "HUP", "USR1", "USR2", "WINCH", "KILL")}


def environment(**variables):
    return dict(os.environ, **variables)


class Passing(SystemTest):
    def expect(self, arguments, passed, **options):
        """Init gets each signal on the left, main each on the right; the last one ends main."""
        command = probe("signals-until", NUMBERS[passed[-1][1]])
        with Init(*arguments, "-n", "--", *command, **options) as init:
            init.read_until("ready")
            for sent, got in passed:
                init.signal(NUMBERS[sent])
                # One after the other: pending at once they would come in order of their numbers.
                if got:
                    self.assertEqual(init.read_line().split()[0], str(NUMBERS[got]))
            self.assertEqual(init.wait(), 0)
            self.assertEqual(init.rest(), "")

    def test_rewrite(self):
        for arguments, *passed in (
                (["-r", "TERM:QUIT"], ("TERM", "QUIT")),
                (["-r", "HUP:ignore", "-r", "USR1:USR2"], ("HUP", None), ("USR1", "USR2"),
                 ("QUIT", "QUIT")),
                (["--rewrite=SIGUSR1:quit,USR2:WINCH"], ("USR2", "WINCH"), ("USR1", "QUIT")),
                (["-r", "TERM:INT", "-r", "TERM:QUIT"], ("TERM", "QUIT"))):
            for sandbox in MODES:
                with self.subTest(arguments=arguments, sandbox=sandbox):
                    self.expect(arguments, passed, sandbox=sandbox)

    def test_a_kill_is_told(self):
        for arguments, words in (([], "pid"), (["-g"], "process group")):
            for sandbox in MODES:
                with self.subTest(arguments=arguments, sandbox=sandbox), \
                     Init("-r", "USR1:KILL", *arguments, "-n", "--", *probe("signals"),
                          sandbox=sandbox) as init:
                    init.read_until("ready")
                    init.signal(NUMBERS["USR1"])
                    self.assertEqual(init.wait(), 137)
                    self.assertRegex(init.rest(), r"\Adinit-su: warning: passed SIGKILL on to %s \d+\n\Z"
                                     % words)

    def test_rewrite_from_a_variable_and_the_command_line_wins(self):
        variables = environment(DINIT_SU_REWRITE="TERM:INT,USR1:QUIT")
        self.expect(["-r", "TERM:USR2"], [("TERM", "USR2"), ("USR1", "QUIT")],
                    environment=variables)

    def test_to_whom(self):
        for arguments, number, helper in ((["-g"], "USR1", True), (["-c"], "TERM", False),
                                          ([], "TERM", True), ([], "USR1", False),
                                          (["-g", "-c"], "HUP", False)):
            with self.subTest(arguments=arguments, number=number):
                with Init(*arguments, "app", "--", *probe("pair")) as init:
                    # Both have to be there before a signal can be for both.
                    self.assertEqual({init.read_line().split()[0] for _ in range(2)},
                                     {"main", "helper"})
                    init.signal(NUMBERS[number])
                    lines = [init.read_line() for _ in range(2 if helper else 1)]
                    self.assertEqual({line.split()[0] for line in lines},
                                     {"main", "helper"} if helper else {"main"})
                    # Whoever got no signal by now would have it before this one.
                    init.signal(NUMBERS["WINCH"])
                    init.read_until("main %d" % NUMBERS["WINCH"])

    def test_parent_death(self):
        self.parent_dies("-n")

    def test_parent_death_is_watched_after_the_last_change_of_ids(self):
        """commit_creds() of the kernel forgets the signal, prctl(2)."""
        self.parent_dies("-R", "--termination-log=" + Place.shared("of-a-child"), "app")

    def parent_dies(self, *how):
        parent = ("import os, sys, time\n"
                  "if os.fork() == 0: os.execv(sys.argv[1], sys.argv[1:])\n"
                  "sys.stdin.readline()\n")
        command = ["sh", "-c", '"$@"; sleep 1000', "sh", "python3", "-c", parent,
                   Place.file("dinit-su"), "-p", "USR1", *how, "--",
                   *probe("signals-until", NUMBERS["USR1"])]
        with Init(binary="/usr/bin/env", *command, sandbox=["-s"], stdin=subprocess.PIPE) as shell:
            shell.read_until("ready")
            shell.process.stdin.write(b"\n")
            shell.process.stdin.flush()
            self.assertTrue(shell.read_line().startswith("%d " % NUMBERS["USR1"]))


class Alone(SystemTest):
    """A main beside which nothing was ever started is told without a look at it."""

    @unittest.skipUnless(shutil.which("strace"), "needs strace, to make a signal slow")
    @looks_into_processes
    def test_a_command_that_its_shell_starts_meanwhile_is_told_too(self):
        """The shell runs its trap only when the command has ended."""
        with tempfile.NamedTemporaryFile() as log, Init(
                "app", "--", "sh", "-c", "trap 'exit 7' TERM; echo ready; read line; echo go; sleep 1000; :",
                stdin=subprocess.PIPE) as init:
            init.read_until("ready")
            with subprocess.Popen(["strace", "-qqo", log.name, "-p", str(init.pid), "-e",
                                   "trace=openat,kill", "-e", "inject=kill:delay_enter=1000000"]) as strace:
                until(lambda: int(status(init.pid)["TracerPid"]) == strace.pid, "strace to be attached")
                init.signal(NUMBERS["TERM"])
                until(lambda: b"loadavg" in open(log.name, "rb").read(), "init to see that main is alone")
                init.process.stdin.write(b"\n")
                init.process.stdin.flush()
                init.read_until("go")
                self.assertEqual(init.wait(), 7)


class Delay(SystemTest):
    def test_a_stop_is_held_back_and_a_second_one_cuts_that_short(self):
        for sandbox in MODES:
            with Init("-v", "-d", "1h", "app", "--", *probe("signals"), sandbox=sandbox) as init:
                init.read_until("ready")
                init.signal(NUMBERS["TERM"])
                init.read_until("asked to stop: SIGTERM is passed on when --stop-delay is over")
                # Others are passed on at once meanwhile.
                init.signal(NUMBERS["USR1"])
                init.read_until("%d 0 0" % NUMBERS["USR1"])
                init.signal(NUMBERS["TERM"])
                init.read_until("%d 0 0" % NUMBERS["TERM"])
                self.assertEqual(init.wait(), 0)

    def test_passed_on_when_it_is_over(self):
        began = time.monotonic()
        with Init("app", "--", *probe("signals"),
                  environment=environment(DINIT_SU_STOP_DELAY="300ms")) as init:
            init.read_until("ready")
            init.signal(NUMBERS["TERM"])
            self.assertEqual(init.wait(), 0)
        self.assertGreaterEqual(time.monotonic() - began, 0.3)

    @unittest.skipUnless(shutil.which("strace"), "needs strace, to make a look at the clock slow")
    def test_a_deadline_that_passes_between_two_looks_at_the_clock(self):
        ended = run("-n", "-d", "5ms", "--", "sh", "-c", "kill -TERM $PPID; sleep 1000", below=[
            "strace", "-qq", "-o", "/dev/null", "-e", "trace=clock_gettime", "-e",
            "inject=clock_gettime:delay_enter=3000"], sandbox=["-s"])
        self.assertEqual((ended.status, ended.errors), (143, ""))

    def test_main_that_ends_by_itself_ends_the_delay(self):
        with Init("-v", "-d", "1h", "app", "--", "sh", "-c", "echo ready; read line; exit 4",
                  stdin=subprocess.PIPE) as init:
            init.read_until("ready")
            init.signal(NUMBERS["TERM"])
            init.read_until("asked to stop")
            init.process.stdin.close()
            self.assertEqual(init.wait(), 4)

    def test_what_asks_for_a_stop(self):
        with Init("-v", "-d", "1h", "-S", "USR2,RTMIN+3", "app", "--", *probe("signals")) as init:
            init.read_until("ready")
            init.signal(NUMBERS["INT"])
            init.read_until("%d 0 0" % NUMBERS["INT"])
            init.signal(37)
            init.read_until("asked to stop: SIGRTMIN+3")


class Timeout(SystemTest):
    def test_what_has_not_stopped_is_killed(self):
        for sandbox in MODES:
            with self.subTest(sandbox=sandbox):
                with Init("-t", "300ms", "app", "--", "sh", "-c", IGNORES_TERM,
                          sandbox=sandbox) as init:
                    init.read_until("ready")
                    began = time.monotonic()
                    init.signal(NUMBERS["TERM"])
                    self.assertEqual(init.wait(), 137)
                    self.assertGreaterEqual(time.monotonic() - began, 0.3)

    def test_it_is_for_main_and_the_others_get_to_save_their_data(self):
        """A main that hangs must not cost the others their data."""
        saver = "trap 'sleep 1; echo saved; exit' TERM; echo saver; while :; do sleep .01; done"
        for sandbox in MODES:
            with self.subTest(sandbox=sandbox):
                # In a session of its own, so that the stop is not for it.
                script = "python3 -c 'import os; os.setsid(); os.execvp(\"sh\", [\"sh\", \"-c\", \"\"\"%s\"\"\"])' & %s" % (
                    saver.replace("'", "'\\''"), IGNORES_TERM)
                with Init("-t", "100ms", "app", "--", "sh", "-c", script,
                          sandbox=sandbox) as init:
                    self.assertEqual({init.read_line(), init.read_line()}, {"ready", "saver"})
                    init.signal(NUMBERS["TERM"])
                    self.assertEqual(init.wait(), 137)
                    said = init.rest()
                    self.assertIn("still runs when --stop-timeout is over", said)
                    self.assertIn("saved\n", said)

    def test_never_without_a_stop(self):
        with Init("-t", "0", "app", "--", *probe("signals")) as init:
            init.read_until("ready")
            init.signal(NUMBERS["USR1"])
            init.read_until("%d " % NUMBERS["USR1"])
            init.signal(NUMBERS["TERM"])
            self.assertIn(init.wait(), (0, 137))


class Daemons(SystemTest):
    DAEMON = "(sh -c 'trap \"echo reload\" HUP; trap \"echo bye; exit\" TERM; " \
             "while kill -0 $0 2>/dev/null; do sleep .01; done; echo ready; " \
             "while :; do sleep .01; done' $$ &); exit 5"

    def test_init_stays_until_it_ends(self):
        for sandbox in MODES:
            with self.subTest(sandbox=sandbox):
                with Init("-W", "app", "--", "sh", "-c", self.DAEMON, sandbox=sandbox) as init:
                    init.read_until("ready")
                    init.signal(NUMBERS["USR1"])  # for nobody: it would kill the daemon
                    init.signal(NUMBERS["HUP"])
                    init.read_until("reload")
                    init.signal(NUMBERS["TERM"])
                    init.read_until("bye")
                    self.assertEqual(init.wait(), 5)

    def test_a_reload_continues_nobody(self):
        script = ("sh -c 'kill -STOP $$; echo went on' & sh -c 'trap \"echo reload\" HUP; echo ready; "
                  "while :; do sleep .01; done' & exit 5")
        for sandbox in MODES:
            with self.subTest(sandbox=sandbox), \
                 Init("-W", "app", "--", "sh", "-c", script, sandbox=sandbox) as init:
                init.read_until("ready")
                until(lambda: sorted(stat(child)[0] for child in children(init.pid))[1:] == ["T"],
                      "a daemon to stop")
                stopped = [child for child in children(init.pid) if stat(child)[0] == "T"]
                init.signal(NUMBERS["HUP"])
                # The shell says of its sleep that it was hung up.
                init.read_until("reload")
                self.assertEqual([stat(child)[0] for child in stopped], ["T"])

    def test_it_may_end_by_itself(self):
        self.assertEqual(run("-W", "app", "--", "sh", "-c", "(sleep .1 &); exit 6").status, 6)

    def test_that_they_cannot_be_found_is_told_once(self):
        with Init("-W", "-t", "100ms", "app", "--", "sh", "-c", self.DAEMON, sandbox=["-s", "-E"]) as init:
            init.read_until("ready")
            init.signal(NUMBERS["HUP"])
            init.read_until("no /proc of this PID namespace")
            init.signal(NUMBERS["HUP"])
            init.signal(NUMBERS["TERM"])
            self.assertEqual(init.wait(), 5)
            # The daemon has stdout open until the namespace ends.
            init.process.wait()
            self.assertNotIn("no /proc", init.rest())

    def test_a_kill_of_daemons_is_told(self):
        with Init("-W", "-r", "TERM:KILL", "app", "--", "sh", "-c", self.DAEMON) as init:
            init.read_until("ready")
            init.signal(NUMBERS["TERM"])
            self.assertEqual(init.wait(), 5)
            self.assertIn("warning: sent SIGKILL to what main has left behind\n", init.rest())

    def test_one_of_another_user_is_named_when_it_cannot_be_told(self):
        """Nobody but its user can end it, and to wait for that is what --wait-all asks for."""
        path = Place.file("root-daemon")
        shutil.copy(os.environ["PROBE"], path)
        os.chmod(path, 0o4755)
        for sandbox in MODES:
            with self.subTest(sandbox=sandbox), \
                 Init("-v", "-W", "-t", "300ms", "app", "--", "sh", "-c",
                      "%s root-daemon | { read ready; exit 4; }" % path, sandbox=sandbox) as init:
                init.read_until("ended with status 4")
                init.signal(NUMBERS["TERM"])
                init.read_until("(root-daemon) belongs to another user")
                init.signal(NUMBERS["TERM"])
                self.assertEqual(init.wait(), 4)
                self.assertNotIn("belongs to another user", init.rest())

    def test_timeout_holds_for_daemons(self):
        script = "(sh -c \"while kill -0 $$ 2>/dev/null; do sleep .01; done; %s\" &); exit 7" % (
            IGNORES_TERM)
        for sandbox in MODES:
            with Init("-W", "-t", "200ms", "app", "--", "sh", "-c", script,
                      sandbox=sandbox) as init:
                init.read_until("ready")
                init.signal(NUMBERS["TERM"])
                self.assertEqual(init.wait(), 7)


class ExitMap(SystemTest):
    def test_statuses(self):
        for options, command, wanted in (
                (["-e", "7"], ["exit", 7], 0), (["-e", "7:9"], ["exit", 7], 9),
                (["-e", "7:9,0:3"], ["exit", 0], 3), (["-e", "7:9"], ["exit", 8], 8),
                (["--exit-map=143:1", "-e", "143:2"], ["die", 15], 2)):
            with self.subTest(options=options):
                self.assertEqual(run(*options, "-n", "--", *probe(*command)).status, wanted)

    def test_of_a_command_that_cannot_run(self):
        self.assertEqual(run("-e", "127:1", "-n", "--", "nothing-of-this-name").status, 1)

    def test_from_a_variable(self):
        variables = environment(DINIT_SU_EXIT_MAP="5:6,7")
        for status_, wanted in ((5, 6), (7, 0)):
            self.assertEqual(run("-n", "--", *probe("exit", status_),
                                 environment=variables).status, wanted)


class Pause(SystemTest):
    @looks_into_processes
    def test_stops_with_status_0_and_nothing_else_does(self):
        for arguments, options in (([], {}), (["app"], {}), ([], {"sandbox": ["-u", "7:7"]})):
            for number in ("TERM", "INT"):
                with self.subTest(arguments=arguments, number=number):
                    with Init("--pause", *arguments, **options) as init:
                        until(lambda: self.sleeps(init), "init to sleep")
                        init.signal(NUMBERS["USR1"])
                        init.signal(NUMBERS["HUP"])
                        init.signal(NUMBERS[number])
                        self.assertEqual((init.wait(), init.rest()), (0, ""))

    @staticmethod
    def sleeps(init):
        try:
            return (os.path.basename(os.readlink("/proc/%d/exe" % init.pid)) == "dinit-su" and
                    stat(init.pid)[0] == "S")
        except (FileNotFoundError, ProcessLookupError):
            return False

    @looks_into_processes
    def test_reaps_for_the_others_of_the_pod(self):
        with Init("--pause", "app") as init:
            until(lambda: status(init.pid)["Uid"].split()[0] == "4242", "init")
            subprocess.run(["nsenter", "-t", str(init.pid), "-p", "sh", "-c",
                            "for i in 1 2 3 4 5 6 7 8 9; do (sleep 0 &); done"], check=True)
            until(lambda: not children(init.pid), "orphans to be reaped")
            init.signal(NUMBERS["TERM"])
            self.assertEqual(init.wait(), 0)

    def test_refused_with_a_command(self):
        self.assert_refused(run("--pause", "app", "true"), "with --pause there is no COMMAND")


class Together(SystemTest):
    def test_exec_refuses_what_only_an_init_can_do_but_not_variables(self):
        self.assert_refused(run("-x", "-d", "1s", "app", "--", "echo", "main was run"),
                            "--exec and --stop-delay")
        ended = run("-x", "app", "--", "echo", "ran",
                    environment=environment(DINIT_SU_STOP_DELAY="1s"))
        self.assertEqual((ended.status, ended.output), (0, "ran\n"))

    def test_bad_values(self):
        for arguments, words in (
                (["-r", "TERM"], "'TERM' is not FROM:TO"),
                (["-r", "KILL:TERM"], "'KILL' cannot be caught"),
                (["-r", "TERM:FLY"], "'FLY' is not a signal"),
                (["-S", "TERM,"], "'' is not a signal"), (["-S", "KILL"], "cannot be caught"),
                (["-p", "x"], "is not a signal"), (["-d", "1y"], "is not a duration"),
                (["-t", "-1"], "is not a duration"), (["-e", "256"], "is not an exit status"),
                (["-e", "1:"], "is not an exit status"),
                (["--log-format", "xml"], "is neither text nor json")):
            with self.subTest(arguments=arguments):
                self.assert_refused(run(*arguments, "app", "--", "echo", "main was run"), words)

    def test_bad_variables_name_themselves(self):
        for name, value in (("STOP_DELAY", "soon"), ("GROUP", "maybe"), ("VERBOSE", "3")):
            with self.subTest(name=name):
                variable = "DINIT_SU_" + name
                ended = run("app", "--", "echo", "main was run",
                            environment=environment(**{variable: value}))
                self.assert_refused(ended, variable, "'%s'" % value)

    def test_leftovers_that_spawn_more_all_end(self):
        fork_on = "trap '' TERM; f() { sleep .02; f & }; f; f; while :; do sleep .01; done"
        for sandbox in MODES:
            with self.subTest(sandbox=sandbox):
                ended = run("-w", "200ms", "app", "--", "sh", "-c",
                            "sh -c '%s' & sleep .1; exit 8" % fork_on, sandbox=sandbox)
                self.assertEqual(ended.status, 8)


class Storm(SystemTest):
    """Every signal that the kernel queues arrives, whatever else goes on."""

    QUEUED, ORPHANS = 5000, 2000

    def test_signals_and_orphans(self):
        script = "i=0; while [ $i -lt %d ]; do i=$((i+1)); (:&) ; done; echo orphans" % self.ORPHANS
        with Init("-c", "-W", "-r", "TERM:QUIT", "-n", "--", "sh", "-c",
                  "(%s) & exec %s" % (script, " ".join(probe("signals-until", 3)))) as init:
            init.read_until("ready")
            began = time.monotonic()
            for number in range(self.QUEUED):
                self.send(init, SIGRTMIN + number % 4, number)
                init.signal((NUMBERS["USR1"], NUMBERS["WINCH"])[number % 2])
            took = time.monotonic() - began
            lines = []
            while sum(line.startswith(("34 ", "35 ", "36 ", "37 ")) for line in lines) < self.QUEUED:
                lines.append(init.read_line())
            got = {number: [] for number in range(SIGRTMIN, SIGRTMIN + 4)}
            for line in lines:
                words = line.split()
                if words[0] != "orphans" and int(words[0]) in got:
                    got[int(words[0])].append(int(words[2]))
            for number, values in got.items():
                self.assertEqual(values, list(range(number - SIGRTMIN, self.QUEUED, 4)))
            if "orphans" not in lines:
                init.read_until("orphans")
            until(lambda: len(children(init.pid)) == 1, "orphans to be reaped")
            self.assertEqual([stat(pid)[0] for pid in children(init.pid) if stat(pid)[0] == "Z"], [])
            init.signal(NUMBERS["TERM"])
            self.assertEqual(init.wait(), 0)
        # Far more than a second would be no storm.
        self.assertLess(took, 20)

    def send(self, init, number, value):
        """Queue a signal; where the queue is full for a moment (RLIMIT_SIGPENDING) wait for room."""
        until(lambda: self.try_to_send(init, number, value), "room in the queue")

    @staticmethod
    def try_to_send(init, number, value):
        try:
            send_value(init.pid, number, value)
        except OSError as error:
            if error.errno != 11:  # EAGAIN
                raise
            return False
        return True
