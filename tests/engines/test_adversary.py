# SPDX-License-Identifier: MIT
"""Main turns against its init in a container: attacker.py says what each task does."""
import os

import images
from cases import ENTERED_BY_HAND, Cases, OnDocker, OnPodman

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ATTACKER = ["python3", "-B", "/attacker.py"]
IN_A_CONTAINER = [*ENTERED_BY_HAND, "-v", os.path.join(TESTS, "attacker.py") + ":/attacker.py:ro"]
# What an engine gives without being asked, what a debugger is given, and what the careful take away.
WAYS = ([], ["--cap-add", "SYS_PTRACE"],
        ["--cap-drop", "ALL", "--cap-add", "SETUID", "--cap-add", "SETGID", "--cap-add", "KILL",
         "--security-opt", "no-new-privileges"])
ENDED = 7
# Seconds. The engine kills after ten.
GRACE = 9
CLOSED = {"EPERM", "EACCES"}


class Adversary(Cases):
    image = images.DEBIAN
    there = ()

    def attack(self, *words, given=("redis",), options=()):
        return self.run_it(*given, "--", *ATTACKER, *words, options=[*IN_A_CONTAINER, *self.there, *options])

    def begin(self, *words, given=("redis",), options=()):
        return self.start_it(*given, "--", *ATTACKER, *words, options=[*IN_A_CONTAINER, *self.there, *options])

    def test_no_signal_ends_or_stops_it(self):
        for options in WAYS:
            for given in (("redis",), ("--root-init", "redis")):
                with self.subTest(options=options, given=given):
                    ended = self.attack("signals", given=given, options=options)
                    self.assertEqual((ended.status, ended.output, ended.errors), (ENDED, "sent\n", ""))

    def test_an_init_that_stays_root_is_closed(self):
        for options in WAYS:
            with self.subTest(options=options):
                ended = self.attack("look", given=("--root-init", "redis"), options=options)
                self.assertEqual((ended.status, ended.errors), (ENDED, ""))
                found = dict(line.split() for line in ended.output.splitlines())
                self.assertEqual(CLOSED, CLOSED | set(found.values()), found)

    def test_an_init_without_limits_ends_in_time(self):
        for options in WAYS:
            with self.subTest(options=options):
                container = self.begin("limits", options=options)
                container.wait_for("limited")
                self.assertLess(container.stop(), GRACE)
                self.assertEqual(container.wait(), ENDED)
                self.assertIn("asked", container.logs())

    def test_a_container_full_of_processes_ends_in_time(self):
        container = self.begin("bomb", "1000", given=("-w", "200ms", "redis"),
                               options=["--pids-limit", "40"])
        container.wait_for("full")
        self.assertLess(container.stop(), GRACE)
        self.assertEqual(container.wait(), ENDED)
        self.assertIn("sent SIGKILL to ", container.logs())

    def test_who_freezes_it_is_told_from_outside_to_let_it_go(self):
        """Where the engine and the kernel's Yama let a process trace init at all."""
        container = self.begin("freeze", options=WAYS[1])
        container.wait_for("frozen")
        if "frozen 0" in container.logs():
            self.assertTrue(container.is_running())
            container.kill("CONT")
        self.assertEqual(container.wait(), ENDED)


class DockerAdversary(Adversary, OnDocker):
    pass


class PodmanAdversary(Adversary, OnPodman):
    pass


class PodmanAdversaryInUserNamespace(Adversary, OnPodman):
    """Root of the container is nobody outside."""

    there = ["--uidmap", "0:100000:65536", "--gidmap", "0:100000:65536"]
