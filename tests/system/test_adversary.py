# SPDX-License-Identifier: MIT
"""Main, and others of its user, against their own init."""
import json
import os
import random
import shutil
import signal
import time
import unittest

from harness import Init, Place, SystemTest, probe, run, status, until

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ENDED = 7
# Default of Docker, and with --cap-add SYS_PTRACE.
WITHOUT_PTRACE, WITH_PTRACE = ("-c", "19"), ()
# A user of this run alone: the kernel counts the processes of a user wherever they are, and so with those
# of another run of these tests.
LONELY = "%(id)d:%(id)d" % {"id": random.randrange(10**6, 2**31)}
# One that any user can run.
PYTHON = shutil.which("python3", path="/usr/bin:/usr/local/bin:/bin")


class AdversaryTest(SystemTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not PYTHON:
            raise unittest.SkipTest("needs a python3 that every user can run")
        for name in ("attacker.py", "actor.py"):
            shutil.copy(os.path.join(TESTS, name), Place.file(name))

    def attacker(self, *words):
        return [PYTHON, Place.file("attacker.py"), *words]

    def actor(self, **about):
        return [PYTHON, Place.file("actor.py"), json.dumps(about)]


class Signals(AdversaryTest):
    """pid_namespaces(7): from inside a PID 1 gets only signals it handles or blocks; never KILL, STOP."""

    def test_none_ends_or_stops_a_pid1(self):
        for sandbox, arguments in ((), ("app",)), ((), ("--root-init", "app")), \
                ((), ("--new-session", "app")), (("-U",), ("-n",)):
            with self.subTest(sandbox=sandbox, arguments=arguments):
                ended = run(*arguments, "--", *self.attacker("signals"), sandbox=sandbox)
                self.assertEqual((ended.status, ended.output, ended.errors), (ENDED, "sent\n", ""))

    def test_what_root_init_is_sent_by_a_user_does_not_arrive(self):
        ended = run("-vv", "--root-init", "app", "--", *self.attacker("signals"))
        passed = [line for line in ended.errors.splitlines() if "passed" in line]
        # But CONT, which kill(2) lets everybody of the session send. If main has ended by the time that init
        # takes it, there is nobody to pass it on to.
        self.assertIn(passed, ([], ["dinit-su: passed SIGCONT on to pid 2"]))

    def test_flooding_it_while_its_limits_are_gone(self):
        with Init("app", "--", *self.attacker("limits")) as init:
            init.read_until("limited")
            for _ in range(1000):
                os.kill(init.pid, signal.SIGUSR1)
            init.signal(signal.SIGTERM)
            self.assertEqual(init.wait(), ENDED)
            self.assertIn("asked", init.rest())


class Inside(AdversaryTest):
    """What is open of init to a process of main's user: ptrace(2), access mode checking."""

    def look(self, *arguments, sandbox=()):
        ended = run(*arguments, "--", *self.attacker("look"), sandbox=sandbox)
        self.assertEqual((ended.status, ended.errors), (ENDED, ""), ended)
        return dict(line.split() for line in ended.output.splitlines())

    def test_an_init_that_stays_root_is_closed(self):
        for sandbox in (WITHOUT_PTRACE, WITH_PTRACE, ("-s",)):
            found = self.look("--root-init", "app", sandbox=sandbox)
            self.assertEqual({"EPERM", "EACCES"}, set(found.values()), found)

    def test_an_init_with_a_terminal_that_main_must_not_get_is_closed(self):
        for sandbox in (WITHOUT_PTRACE, WITH_PTRACE, ("-s",)):
            found = self.look("--new-session", "app", sandbox=sandbox)
            for way in ("trace", "mem", "fd", "stdout", "environ", "exe", "root"):
                self.assertIn(found[way], ("EPERM", "EACCES"), found)

    def test_an_init_that_is_open_has_nothing_that_main_has_not(self):
        """Whoever gets into it is who it was before: same ids, no capability, stdout and stderr."""
        with Init("app", "--", *probe("signals")) as init:
            init.read_until("ready")
            until(lambda: set(os.listdir("/proc/%d/fd" % init.pid)) == {"1", "2"}, "init to let go")
            init_is, main_is = status(init.pid), status(init.main_pid())
            for name in ("Uid", "Gid", "Groups", "CapInh", "CapPrm", "CapEff", "CapAmb", "NoNewPrivs"):
                self.assertEqual(init_is[name], main_is[name], name)
            self.assertEqual("0000000000000000", init_is["CapPrm"])

    def test_when_it_was_frozen_and_goes_on_the_status_of_main_is_not_lost(self):
        """A tracer that ends leaves whom it has stopped by SIGSTOP: ptrace(2). Only from outside a PID 1
        can be continued, or killed."""
        with Init("app", "--", *self.attacker("freeze")) as init:
            self.assertEqual("frozen 0", init.read_line())
            until(lambda: status(init.pid)["State"].startswith("T"), "init to be stopped")
            until(lambda: status(init.pid)["TracerPid"] == "0", "the tracer to end")
            init.signal(signal.SIGCONT)
            self.assertEqual(init.wait(), ENDED)


class Starved(AdversaryTest):
    def test_init_without_limits_loses_nothing(self):
        """prlimit(2) lets a process set those of another with the same ids."""
        for sandbox in ((), ("-s",)):
            with self.subTest(sandbox=sandbox), Init("app", "--", *self.attacker("limits"),
                                                     sandbox=sandbox) as init:
                init.read_until("limited")
                init.signal(signal.SIGTERM)
                self.assertEqual(init.wait(), ENDED)
                # Without a descriptor a subreaper cannot list its processes. Nor can it say so: poll(2) fails.
                if not sandbox:
                    self.assertIn("asked", init.rest())

    def test_a_fork_bomb_ends_with_the_container(self):
        with Init("-w", "200ms", LONELY, "--", *self.attacker("bomb", "40")) as init:
            init.read_until("full")
            began = time.monotonic()
            init.signal(signal.SIGTERM)
            self.assertEqual(init.wait(), ENDED)
            self.assertLess(time.monotonic() - began, 20)
            self.assertIn("sent SIGKILL", init.rest())


class Moved(AdversaryTest):
    def test_main_in_the_group_of_init_is_told_and_init_is_not_stopped(self):
        for arguments in ((), ("--group",), ("--single-child",)):
            with self.subTest(arguments=arguments), Init("-w", "100ms", *arguments, "app", "--",
                                                         *self.attacker("group"),
                                                         sandbox=["-n"]) as init:
                self.assertEqual("moved 1", init.read_line())
                init.signal(signal.SIGTERM)
                self.assertEqual(init.wait(), ENDED)


class Liars(AdversaryTest):
    """Delivery believes what processes say of themselves: SigCgt and argv[0]."""

    def test_who_claims_to_manage_keeps_only_its_own_and_not_for_long(self):
        liar = self.actor(name="liar", handles={"TERM": ""}, children=[{"name": "helper"}])
        other = self.actor(name="other", handles={"TERM": "exit 0"})
        script = '"$1" "$2" "$3" & "$4" "$5" "$6" & wait'
        with Init("-w", "300ms", "app", "--", "sh", "-c", script, "sh", *liar, *other) as init:
            for _ in range(3):
                init.read_until("ready")
            init.signal(signal.SIGTERM)
            init.read_until("other TERM")
            self.assertEqual(init.wait(), 128 + signal.SIGTERM)
            self.assertIn("sent SIGKILL to 2 processes", init.rest())

    def test_who_claims_to_be_a_shell_is_told_no_more_than_its_manager_allows(self):
        """Below a manager a shell is the manager's, whatever it says that it is."""
        fake = "exec -a sh %s signals" % Place.file("probe")
        manager = 'trap "echo manager; exit 7" TERM; bash -c \'%s\' & echo up; while :; do wait; done'
        with Init("-w", "100ms", "app", "--", "bash", "-c", "exec -a server bash -c \"$0\"",
                  manager % fake) as init:
            lines = {init.read_line(), init.read_line()}
            self.assertEqual(lines, {"up", "ready"})
            init.signal(signal.SIGTERM)
            self.assertEqual(init.wait(), ENDED)
