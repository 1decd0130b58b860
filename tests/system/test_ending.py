# SPDX-License-Identifier: MIT
"""What is left when main ends gets its time, and then an end."""
import ctypes
import errno
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import time
import unittest

from harness import (Init, Place, SystemTest, children, looks_into_processes, probe, run, stat, traced,
                     until)

# A background process that needs a moment to save its data when it is asked to end.
SAVER = ("(trap 'sleep .2; echo data >%(file)s; exit' TERM; : >%(ready)s; "
         "while :; do sleep .01; done) & while [ ! -e %(ready)s ]; do :; done; ")


# One that any user can run.
PYTHON = shutil.which("python3", path="/usr/bin:/usr/local/bin:/bin")
# When it is asked to end it starts another, and ends. The other notes that it was asked as well.
STARTS_ANOTHER = """
import os, signal, sys, time
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
print("ready", flush=True)
signal.sigwait({signal.SIGTERM})
while sys.argv[2] == "with" and not os.path.exists(sys.argv[1] + ".go"):
    time.sleep(.01)
if os.fork() == 0:
    os.setsid()
    signal.sigwait({signal.SIGTERM})
    with open(sys.argv[1], "w") as file:
        file.write("asked")
"""
# What it leaves behind has a child with the pid that main had, and leaves that to init.
HAS_MAINS_PID = """
import os, time
main = os.getpid()
if os.fork():
    os._exit(4)
os.setsid()  # the number of a group is not given away either
while os.path.exists("/proc/%d" % main):
    time.sleep(.01)
with open("/proc/sys/kernel/ns_last_pid", "w") as file:
    file.write(str(main - 1))
if os.fork() == 0:
    print("now", os.getpid(), flush=True)
    os._exit(3)
"""
# What it leaves behind has ended its main thread, and sleeps in another.
WITHOUT_ITS_MAIN_THREAD = """
import ctypes, os, threading, time
left = os.fork()
if left == 0:
    threading.Thread(target=time.sleep, args=(3600,)).start()
    ctypes.CDLL(None).pthread_exit(None)
def state():
    with open("/proc/%d/stat" % left) as file:
        return file.read().rpartition(")")[2].split()[0]
while state() != "Z":
    time.sleep(.01)
os._exit(3)
"""
# Root's, which handles TERM, and a child of app's, which notes that it was asked. The child stays a zombie.
ROOT_WITH_A_CHILD = """
import os, signal, sys, time
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
if os.fork() == 0:
    os.setgid(4242)
    os.setuid(4242)
    with open(sys.argv[1] + ".ready", "w"):
        pass
    signal.sigwait({signal.SIGTERM})
    with open(sys.argv[1], "w") as file:
        file.write("asked")
    os._exit(0)
signal.signal(signal.SIGTERM, lambda *_: None)
signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
time.sleep(3600)
"""
# The leader of a session, which notes what it hears and ends once the second file is there.
LIVES_ON = """
import os, signal, sys
both = {signal.SIGHUP, signal.SIGTERM}
signal.pthread_sigmask(signal.SIG_BLOCK, both)
print("here", flush=True)
with open(sys.argv[1], "w") as file:
    while not os.path.exists(sys.argv[2]) or signal.sigpending() & both:
        heard = signal.sigtimedwait(both, .05)
        if heard:
            print(signal.Signals(heard.si_signo).name, file=file, flush=True)
"""
# The leader of a session, which a HUP ends, with a job in the background, which notes what it hears.
LEADER_WITH_A_JOB = """
import os, signal, sys
both = {signal.SIGHUP, signal.SIGTERM}
signal.pthread_sigmask(signal.SIG_BLOCK, both)
if os.fork() == 0:
    os.setpgid(0, 0)
    print("job", flush=True)
    heard = signal.sigwait(both)
    with open(sys.argv[1], "w") as file:
        file.write(str(int(heard)))
    os._exit(0)
signal.pthread_sigmask(signal.SIG_UNBLOCK, both)
signal.pause()
"""


def saver():
    names = {"file": Place.shared("saved-%d" % time.monotonic_ns())}
    names["ready"] = names["file"] + ".ready"
    return names["file"], SAVER % names


def read(path):
    try:
        with open(path) as file:
            return file.read()
    except FileNotFoundError:
        return None


MODES = ((), ("-s",))
PTRACE_SEIZE, PTRACE_INTERRUPT, PTRACE_DETACH = 0x4206, 0x4207, 17


def interrupt(pid):
    """Stop it as a debugger does and let it go on; returns whether it is still there."""
    libc = ctypes.CDLL(None, use_errno=True)
    for request in (PTRACE_SEIZE, PTRACE_INTERRUPT):
        if libc.ptrace(request, pid, None, None) < 0:
            # EPERM is for a process that has ended and was not collected yet.
            if ctypes.get_errno() not in (errno.ESRCH, errno.EPERM):
                raise OSError(ctypes.get_errno(), "ptrace")
            return False
    if not os.WIFSTOPPED(os.waitpid(pid, 0)[1]):
        return False
    libc.ptrace(PTRACE_DETACH, pid, None, None)
    return True


class Leftovers(SystemTest):
    def test_data_is_saved_when_main_ends(self):
        for sandbox in MODES:
            for arguments in (["app"], ["-R", "app"], ["-n"]):
                with self.subTest(sandbox=sandbox, arguments=arguments):
                    path, script = saver()
                    ended = run(*arguments, "--", "sh", "-c", script + "exit 7", sandbox=sandbox)
                    self.assertEqual((ended.status, read(path)), (7, "data\n"), ended)

    def test_data_is_saved_when_init_is_stopped(self):
        for sandbox in MODES:
            path, script = saver()
            with Init("app", "--", "sh", "-c", "trap 'exit 7' TERM; %s echo ready; while :; do "
                      "sleep .01; done" % script, sandbox=sandbox) as init:
                init.read_until("ready")
                init.signal(signal.SIGTERM)
                self.assertEqual((init.wait(), read(path)), (7, "data\n"))

    def test_a_stopped_process_gets_to_save(self):
        for sandbox in MODES:
            path, script = saver()
            ended = run("app", "--", "sh", "-c", script + "kill -STOP $!; exit 3", sandbox=sandbox)
            self.assertEqual((ended.status, read(path)), (3, "data\n"))

    def test_a_process_in_another_session_gets_to_save(self):
        for sandbox in MODES:
            ended = run("app", "--", "sh", "-c", "%s; sleep .1" % " ".join(probe("daemon")),
                        sandbox=sandbox)
            self.assertIn("%d 0 0\n" % signal.SIGTERM, ended.output)

    def test_whoever_does_not_end_is_killed_when_the_time_is_up(self):
        for sandbox in MODES:
            began = time.monotonic()
            ended = run("-w", "300ms", "app", "--", "sh", "-c",
                        "trap '' TERM; sleep 1000 & exit 5",
                        sandbox=sandbox)
            self.assertEqual(ended.status, 5)
            self.assertGreaterEqual(time.monotonic() - began, 0.3)

    @looks_into_processes
    def test_time_goes_on_for_who_is_interrupted(self):
        """As `docker pause` and a debugger do: the wait for a signal ends then with EINTR."""
        with Init("-w", "500ms", "app", "--", "sh", "-c", "trap '' TERM; sleep 1000 & exit 5",
                  sandbox=["-s"]) as init:
            interrupted = 0
            while interrupt(init.pid):
                interrupted += 1
                self.assertLess(interrupted, 100)
                time.sleep(.1)
            self.assertGreater(interrupted, 0)
            self.assertEqual(init.wait(), 5)

    @unittest.skipUnless(shutil.which("strace"), "needs strace, to let KILL have no effect")
    def test_kill_that_is_repeated_is_told_once(self):
        """As with a process in uninterruptible sleep. The first call sends TERM, the others KILL."""
        no_effect = ["strace", "-qqo", "/dev/null", "-e", "trace=pidfd_send_signal",
                     "-e", "inject=pidfd_send_signal:retval=0:when=2..6"]
        for words, least, most in (("-q", 0, 0), ("--umask=022", 1, 1), ("-vv", 3, 20)):
            ended = run(words, "-w", "0", "app", "--", "sh", "-c", "trap '' TERM; sleep 1000 & exit 5",
                        below=no_effect, sandbox=["-s"])
            told = ended.errors.count("sent SIGKILL to 1 process that had not ended in time: ")
            self.assertEqual(ended.status, 5)
            self.assertTrue(least <= told <= most, ended)

    def test_kill_tells_how_many_and_whom(self):
        # Main ends when all of them are what they are named by: a child is sh before its execve.
        stubborn = ("trap '' TERM; i=0; while [ $i -lt %d ]; do sleep 1000 & p=$! i=$((i+1)); "
                    "until grep -q '^sleep$' /proc/$p/comm; do :; done; done; exit 5")
        for sandbox in MODES:
            for count, words in ((1, "1 process that"), (2, "2 processes that"), (9, "...\n")):
                with self.subTest(sandbox=sandbox, count=count):
                    ended = run("-w", "100ms", "app", "--", "sh", "-c", stubborn % count,
                                sandbox=sandbox)
                    self.assertEqual((ended.status, ended.errors.count("\n")), (5, 1), ended)
                    self.assertIn(words, ended.errors)
                    self.assertIn("had not ended in time: ", ended.errors)
                    self.assertEqual(ended.errors.count("(sleep)"), min(count, 5))

    @unittest.skipUnless(shutil.which("strace"), "needs strace, to let init take it for one of the group")
    @looks_into_processes
    def test_who_has_left_the_group_before_it_was_told_is_asked(self):
        """The first getpgid is that of the look; by the time of kill(2) the process is elsewhere."""
        leader = "trap 'echo saved; exit' TERM; echo ready; while :; do sleep .01; done"
        with Init("app", "--", "sh", "-c", 'setsid sh -c "$1" & wait', "sh", leader) as init:
            init.read_until("ready")
            with traced(init, "-e", "inject=getpgid:retval=2:when=1"):
                init.signal(signal.SIGTERM)
                self.assertEqual(init.wait(), 143)
            # The shell also says that its command was terminated.
            self.assertIn("saved\n", init.rest())

    def test_more_than_init_remembers_are_asked(self):
        """There are 4096 entries for those who were told. Each reader waits for the FIFO's writer."""
        path = Place.shared("fifo-%d" % time.monotonic_ns())
        os.mkfifo(path)
        for sandbox in MODES:
            # A file takes the line about each of them. So many take longer to be asked than the usual
            # --wait on a loaded machine.
            log = Place.shared("log-%d" % time.monotonic_ns())
            with open(log, "w") as lines, \
                 Init("-vv", "-w", "1h", "app", "--", "sh", "-c", "i=0; while [ $i -lt 4200 ]; do read x <%s & "
                      "i=$((i+1)); done; exit 5" % path, sandbox=sandbox, stderr=lines) as init:
                self.assertEqual(init.wait(), 5)
            self.assertEqual(read(log).count("ended with status %d\n" % (128 + signal.SIGTERM)), 4200)

    def test_more_than_init_remembers_are_counted(self):
        """All those of a subreaper, who has to kill each of them by itself."""
        ended = run("-w", "100ms", "app", "--", "sh", "-c", "trap '' TERM; i=0; while [ $i -lt 4200 ]; do "
                    "sleep 1000 & i=$((i+1)); done; exit 5", sandbox=["-s"])
        self.assertEqual(ended.status, 5)
        self.assertRegex(ended.errors, r"sent SIGKILL to 4200 processes that had not ended in time: "
                         r"(\d+ \(sleep\), ){4}\d+ \(sleep\)\.\.\.\n")

    def test_no_time_at_all(self):
        for sandbox in MODES:
            ended = run("-w", "0", "app", "--", "sh", "-c",
                        "sh -c 'trap \"\" TERM; exec sleep 1000' & exit 5", sandbox=sandbox)
            self.assertEqual(ended.status, 5)

    def test_wait_from_the_environment(self):
        """The command line wins over a variable, which is longer than the test may take."""
        ignores = "trap '' TERM; sleep 1000 & exit 5"
        for variable, words in (("100ms", []), ("1h", ["-w", "100ms"])):
            ended = run(*words, "app", "--", "sh", "-c", ignores,
                        environment={"DINIT_SU_WAIT": variable, "PATH": os.environ["PATH"]})
            self.assertEqual(ended.status, 5)
            self.assertIn("sent SIGKILL to 1 process", ended.errors)

    def test_nobody_is_waited_for_longer_than_it_lives(self):
        began = time.monotonic()
        run("-w", "1h", "app", "--", "sh", "-c", "sleep 1000 & exit 0")
        self.assertLess(time.monotonic() - began, 30)

    def end_with_visitor(self, *arguments):
        """End main while what `docker exec` would have started runs: (errors, what that saved).

        It is no child of init, and its end gives init no SIGCHLD.
        """
        path = Place.shared("visitor-%d" % time.monotonic_ns())
        script = ("trap 'sleep .2; echo data >%s; exit' TERM; echo ready; while :; do sleep .01; done"
                  % path)
        with Init(*arguments, "--", "sh", "-c", "echo ready; read line; exit 3",
                  stdin=subprocess.PIPE) as init:
            init.read_until("ready")
            command = ["nsenter", "-t", str(init.pid), "-p", "sh", "-c", script]
            with subprocess.Popen(command, stdout=subprocess.PIPE,
                                  stderr=subprocess.DEVNULL) as visitor:
                self.assertEqual(visitor.stdout.readline(), b"ready\n")
                init.process.stdin.write(b"\n")
                init.process.stdin.flush()
                self.assertEqual(init.wait(), 3)
            return init.rest(), read(path)

    @looks_into_processes
    def test_pause_lets_a_visitor_end_by_itself_while_the_stop_is_held_back(self):
        with Init("-v", "--pause", "--stop-delay", "1h", "app") as init:
            init.read_until("became")
            script = "trap 'echo signalled' TERM; echo ready; read line; echo done"
            command = ["nsenter", "-t", str(init.pid), "-p", "sh", "-c", script]
            with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                  stderr=subprocess.DEVNULL) as visitor:
                self.assertEqual(visitor.stdout.readline(), b"ready\n")
                init.signal(signal.SIGTERM)
                init.read_until("asked to stop")
                self.assertEqual(visitor.communicate(b"\n")[0], b"done\n")
            self.assertEqual(init.wait(), 0)

    def test_a_visitor_gets_to_save(self):
        self.assertEqual(self.end_with_visitor("-n"), ("", "data\n"))

    @looks_into_processes
    def test_a_visitor_of_another_user_is_not_waited_for(self):
        """It is somebody's shell or health check, and is named only with -v."""
        for option, lines in (("-q", 0), ("--umask=022", 0), ("-v", 1)):
            errors, saved = self.end_with_visitor("-w", "1h", option, "app")
            # What it starts is called sh too until its execve.
            named = re.findall(r"process (\d+) \(sh\) belongs to another user", errors)
            self.assertEqual(bool(named), bool(lines), errors)
            self.assertEqual(len(set(named)), len(named), errors)
            self.assertIsNone(saved)

    def test_a_process_of_another_user_is_named_once_and_not_fatal(self):
        path = Place.file("root-probe")
        shutil.copy(os.environ["PROBE"], path)
        os.chmod(path, 0o4755)
        for sandbox in MODES:
            with self.subTest(sandbox=sandbox):
                ended = run("-w", "1h", "app", "--", "sh", "-c",
                            "%s root-daemon | { read ready; exit 4; }" % path, sandbox=sandbox)
                self.assertEqual(ended.status, 4)
                self.assertNotIn("SIGKILL", ended.errors)
                self.assertEqual(ended.errors.count("belongs to another user"), 1, ended)
                self.assertIn("(root-probe)", ended.errors)


    @unittest.skipUnless(PYTHON, "needs a python3 that every user can run")
    def test_one_that_somebody_else_has_started_is_asked(self):
        """A program of root's handles the signal, but init cannot tell it that: it looks after nobody."""
        path = Place.file("set-uid-setpriv-2")
        shutil.copy(shutil.which("setpriv"), path)
        os.chmod(path, 0o4755)
        for sandbox in MODES:
            with self.subTest(sandbox=sandbox):
                saved = Place.shared("saved-%d" % time.monotonic_ns())
                ended = run("-w", "1h", "app", "--", "sh", "-c",
                            '"$@" & until [ -e %s.ready ]; do sleep .01; done; exit 4' % saved, "sh", path,
                            "--reuid=0", "--regid=0", "--clear-groups", PYTHON, "-c", ROOT_WITH_A_CHILD, saved,
                            sandbox=sandbox)
                self.assertEqual((ended.status, read(saved)), (4, "asked"), ended)
                self.assertNotIn("SIGKILL", ended.errors)

    def test_a_pid1_without_proc_asks_all(self):
        path, script = saver()
        ended = run("app", "--", "sh", "-c", script + "exit 3", sandbox=["-E"])
        # The shell may say of its sleep that it was terminated.
        self.assertEqual((ended.status, read(path)), (3, "data\n"), ended)

    @unittest.skipUnless(PYTHON, "needs a python3 that every user can run")
    def test_one_whose_main_thread_has_ended_is_asked(self):
        """It looks like a zombie, and is none as long as another of its threads lives."""
        for sandbox in MODES:
            ended = run("-w", "1h", "app", "--", PYTHON, "-c", WITHOUT_ITS_MAIN_THREAD, sandbox=sandbox)
            self.assertEqual((ended.status, ended.errors), (3, ""), ended)

    @unittest.skipUnless(PYTHON, "needs a python3 that every user can run")
    def test_what_one_that_was_told_starts_is_asked_when_that_has_ended(self):
        """It was told with main, or it has left main's group and was told at the end."""
        for sandbox in MODES:
            for words, begin in (("with", ""), ("alone", "setsid")):
                with self.subTest(sandbox=sandbox, told=words):
                    late = Place.shared("late-%d" % time.monotonic_ns())
                    with Init("-v", "-w", "1h", "app", "--", "sh", "-c", begin + ' "$@" & wait', "sh",
                              PYTHON, "-c", STARTS_ANOTHER, late, words, sandbox=sandbox) as init:
                        init.read_until("ready")
                        init.signal(signal.SIGTERM)
                        init.read_until("sent SIGTERM to what main has left behind")
                        with open(late + ".go", "w"):
                            pass
                        self.assertEqual(init.wait(), 128 + signal.SIGTERM)
                    self.assertEqual(read(late), "asked")

    @unittest.skipUnless(os.access("/proc/sys/kernel/ns_last_pid", os.W_OK), "needs to choose a pid")
    def test_one_that_has_the_pid_of_main_is_not_main(self):
        ended = run("-vv", "-W", "-n", "--", sys.executable, "-c", HAS_MAINS_PID)
        pid = re.search(r"main \(pid (\d+)\) ended with status 4", ended.errors).group(1)
        self.assertEqual((ended.status, ended.output), (4, "now %s\n" % pid), ended)
        self.assertEqual(ended.errors.count("main (pid %s) ended" % pid), 1, ended)
        self.assertIn("orphan (pid %s) ended with status 3" % pid, ended.errors)

    def test_one_that_stops_again_when_it_goes_on_is_told_first(self):
        for sandbox in MODES:
            saved = Place.shared("saved-%d" % time.monotonic_ns())
            ended = run("-w", "10s", "app", "--", "sh", "-c",
                        "sh -c 'trap \"echo data >%s; exit\" TERM; while :; do kill -STOP $$; done' & "
                        "until grep -q '^State:.T' /proc/$!/status; do sleep .01; done; exit 3" % saved,
                        sandbox=sandbox)
            self.assertEqual((ended.status, read(saved), ended.errors), (3, "data\n", ""), ended)


class Shells(SystemTest):
    """What `docker exec -it C bash` has left open: it ignores TERM, and ends when it is hung up."""

    def enter(self, init, user, *command):
        """Run a command at a terminal inside the container, leader of its session as engines make it.
        Returns the pid outside, below which it is, and the other end of the terminal."""
        pid, terminal = pty.fork()
        if pid == 0:
            os.environ["PS1"] = "$ "
            os.execvp("nsenter", ["nsenter", "-t", str(init.pid), "-p", "setsid", "-c", "setpriv",
                                  "--reuid", user, "--regid", user, "--clear-groups", *command])
        self.addCleanup(os.waitpid, pid, 0)
        self.addCleanup(os.close, terminal)
        return pid, terminal

    def visit(self, init, user):
        pid, terminal = self.enter(init, user, "bash", "--norc", "--noprofile", "-i")
        os.write(terminal, b"echo $((41+1))\n")
        said = b""
        while not re.search(rb"42.*\$ ", said, re.DOTALL):
            said += os.read(terminal, 1000)
        # A HUP that comes between readline's prompt and its pselect(2) waits for the next key.
        until(lambda: [(stat(shell) or "?")[0] for shell in children(pid)] == ["S"], "the shell to wait")

    @looks_into_processes
    @unittest.skipUnless(PYTHON, "needs a python3 that every user can run")
    def test_a_job_in_the_background_is_asked_and_not_hung_up(self):
        """When the leader of a session ends, the kernel hangs up only the foreground: setsid(2)."""
        path = Place.shared("job-%d" % time.monotonic_ns())
        with Init("-w", "1h", "app", "--", *probe("signals-until", 15)) as init:
            init.read_until("ready")
            _, terminal = self.enter(init, "4242", PYTHON, "-c", LEADER_WITH_A_JOB, path)
            self.assertIn(b"job", os.read(terminal, 1000))
            init.signal(signal.SIGTERM)
            self.assertEqual(init.wait(), 0)
        with open(path) as file:
            self.assertEqual(file.read(), str(int(signal.SIGTERM)))

    def end_with_shell(self, user):
        with Init("-w", "1h", "app", "--", "sh", "-c", "trap 'echo asked; exit 7' TERM; "
                  "echo ready; while :; do sleep .01; done") as init:
            init.read_until("ready")
            self.visit(init, user)
            init.signal(signal.SIGTERM)
            self.assertEqual(init.wait(), 7)

    @looks_into_processes
    @unittest.skipUnless(shutil.which("bash"), "needs bash, which ignores TERM")
    def test_of_the_same_user(self):
        self.end_with_shell("4242")

    @looks_into_processes
    @unittest.skipUnless(shutil.which("bash"), "needs bash, which ignores TERM")
    def test_of_root(self):
        self.end_with_shell("0")

    @looks_into_processes
    @unittest.skipUnless(shutil.which("bash"), "needs bash, which ignores TERM")
    def test_that_was_told_with_the_daemons(self):
        """It has ignored their TERM, and is hung up when it is alone."""
        daemon = "trap 'echo bye; exit' TERM; echo ready; while :; do sleep .01; done"
        with Init("-v", "-W", "-w", "1h", "app", "--", "sh", "-c", "(%s) & exit 3" % daemon) as init:
            init.read_until("ended with status 3")
            self.visit(init, "4242")
            init.signal(signal.SIGTERM)
            self.assertEqual(init.wait(), 3)

    @looks_into_processes
    @unittest.skipUnless(PYTHON, "needs a python3 that every user can run")
    def test_one_that_lives_on_is_hung_up_once(self):
        """What was told starts another process, which is asked later: by then there were two looks."""
        names = {name: Place.shared("%s-%d" % (name, time.monotonic_ns())) for name in ("heard", "late")}
        with Init("-w", "1h", "app", "--", "sh", "-c", '"$@" & trap "exit 7" TERM; wait', "sh",
                  PYTHON, "-c", STARTS_ANOTHER, names["late"], "alone") as init:
            init.read_until("ready")
            _, terminal = self.enter(init, "4242", PYTHON, "-c", LIVES_ON, names["heard"], names["late"])
            self.assertIn(b"here", os.read(terminal, 1000))
            init.signal(signal.SIGTERM)
            self.assertEqual(init.wait(), 7)
        self.assertEqual((read(names["late"]), read(names["heard"])), ("asked", "SIGHUP\nSIGTERM\n"))

    @looks_into_processes
    @unittest.skipUnless(shutil.which("bash"), "needs bash, which ignores TERM")
    def test_that_was_opened_when_main_had_ended(self):
        saver = Place.shared("saver-%d" % time.monotonic_ns())
        script = "(trap 'while [ ! -e %s ]; do sleep .01; done; exit' TERM; echo ready; while :; do sleep .01; " \
                 "done) & read line; exit 3" % saver
        with Init("-v", "-w", "1h", "app", "--", "sh", "-c", script, stdin=subprocess.PIPE) as init:
            init.read_until("ready")
            init.process.stdin.close()
            init.read_until("sent SIGTERM to what main has left behind")
            self.visit(init, "4242")
            with open(saver, "w"):
                pass
            self.assertEqual(init.wait(), 3)

    @looks_into_processes
    def test_without_a_terminal(self):
        """`docker exec -i C cat` is no filter of the container's: its input does not end with main."""
        with Init("-v", "-n", "--", "sh", "-c", "echo ready; read line; exit 3",
                  stdin=subprocess.PIPE) as init:
            init.read_until("ready")
            command = ["nsenter", "-t", str(init.pid), "-p", "cat"]
            with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as visitor:
                visitor.stdin.write(b"here\n")
                visitor.stdin.flush()
                self.assertEqual(visitor.stdout.readline(), b"here\n")
                init.process.stdin.write(b"\n")
                init.process.stdin.flush()
                self.assertEqual(init.wait(), 3)
            self.assertIn("sent SIGTERM to what main has left behind\n", init.rest())


class Subreaper(SystemTest):
    def test_a_bystander_of_the_same_user_is_never_signalled(self):
        bystander = os.fork()
        if bystander == 0:
            os.dup2(os.open("/dev/null", os.O_WRONLY), 1)
            os.setgid(4242)
            os.setuid(4242)
            os.execv(probe()[0], probe("signals"))
        try:
            ended = run("-w", "100ms", "app", "--", "sh", "-c",
                        "(sh -c 'trap \"\" TERM; sleep 1000 & sleep 1000' &); sleep .1; exit 6",
                        sandbox=["-s", "-P"])
            self.assertEqual(ended.status, 6)
            self.assertEqual(os.waitpid(bystander, os.WNOHANG), (0, 0))
        finally:
            os.kill(bystander, signal.SIGKILL)
            os.waitpid(bystander, 0)

    def test_one_in_the_same_namespace_is_not_either(self):
        """Started before init was one, it is an orphan of the first process of the namespace."""
        # One that is told says so; one that is stopped says when it was continued.
        for what in ("while :; do sleep .02; done", "kill -STOP \\$\\$; echo went on"):
            begun = Place.shared("bystander-%d" % time.monotonic_ns())
            bystander = "trap 'echo told' TERM; : >%s; %s" % (begun, what)
            ended = run("-w", "300ms", "app", "--", "sh", "-c",
                        "trap '' TERM; sleep 1000 & until [ -e %s ]; do sleep .01; done; exit 6" % begun,
                        sandbox=["-s"], below=["sh", "-c", "(setpriv --reuid=4242 --regid=4242 "
                                               "--clear-groups sh -c \"%s\" &); exec \"$@\"" % bystander, "sh"])
            self.assertEqual((ended.status, ended.output), (6, ""), ended)
            self.assertIn("sent SIGKILL to 1 process ", ended.errors)

    def test_one_whose_parent_has_the_place_of_another_is_not_either(self):
        """Init notes parents in 64 places, by their pids: those of main's here are in all of them."""
        names = {name: Place.shared("%s-%d" % (name, time.monotonic_ns()))
                 for name in ("filled", "begun")}
        bystander = "until [ -e %(filled)s ]; do sleep .02; done; sh -c '(trap \"echo told\" TERM; " \
            ": >%(begun)s; while :; do sleep .02; done) & wait' & wait"
        ended = run("-w", "300ms", "app", "--", "sh", "-c",
                    "(trap '' TERM; sleep 1000 &); i=0; while [ $i -lt 100 ]; do "
                    "sh -c '(sleep 1000 & wait) & wait' & i=$((i+1)); done; "
                    ": >%(filled)s; until [ -e %(begun)s ]; do sleep .01; done; exit 6" % names,
                    sandbox=["-s"],
                    below=["setpriv", "--reuid=4242", "--regid=4242", "--clear-groups", "sh", "-c",
                           "(sh -c \"$1\" &); shift; exec \"$@\"", "sh", bystander % names])
        self.assertEqual((ended.status, ended.output), (6, ""), ended)
        self.assertIn("sent SIGKILL to 1 process ", ended.errors)

    def test_deep_descendants_end(self):
        with Init("-w", "10s", "app", "--", "sh", "-c",
                  "sh -c 'sh -c \"sh -c \\\"echo ready; sleep 1000; :\\\"; :\" ; :' & read line; exit 2",
                  sandbox=["-s"], stdin=subprocess.PIPE) as init:
            init.read_until("ready")
            init.process.stdin.close()
            self.assertEqual(init.wait(), 2)
            self.assertIsNone(stat(init.first))

    def test_without_proc_it_says_so_and_ends(self):
        ended = run("-w", "200ms", "app", "--", "sh", "-c", "sleep 1000 & exit 8",
                    sandbox=["-s", "-E"])
        self.assertEqual(ended.status, 8)
        self.assertEqual(ended.errors, "dinit-su: warning: no /proc of this PID namespace: cannot "
                                       "end what is left\n")

    def test_orphans_come_to_init(self):
        with Init("app", "--", "sh", "-c", "(sleep 1000 & echo orphan); read line", stdin=-1,
                  sandbox=["-s"]) as init:
            init.read_until("orphan")
            until(lambda: len(children(init.pid)) == 2, "the orphan to come to init")
            init.process.stdin.close()
            self.assertEqual(init.wait(), 1)
