# SPDX-License-Identifier: MIT
"""What the tests themselves promise: none hangs, none keeps the terminal, what cannot run says so."""
import os
import subprocess
import sys

import runner
from harness import PATIENCE, Place, SystemTest
from terminal import CTRL_C, Terminal, dinit_su

HANGS = """\
import os, unittest
class Tests(unittest.TestCase):
    def test_hangs(self):
        reading, writing = os.pipe()
        os.read(reading, 1)
    def test_passes(self):
        pass
"""
CANNOT = """\
import unittest
class Tests(unittest.TestCase):
    def test_cannot(self):
        self.skipTest("for want of a reason")
"""
CAP_SYS_ADMIN = 21


class Runner(SystemTest):
    def run_module(self, content):
        """The exit status of a run of a module with this content, and what it says."""
        directory = Place.directory()
        with open(os.path.join(directory, "test_made.py"), "w") as file:
            file.write(content)
        program = "import runner, sys; sys.exit(runner.main('made', %r))" % directory
        ended = subprocess.run(
            [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env=dict(os.environ, PYTHONPATH=os.path.dirname(runner.__file__), DINIT_SU_PATIENCE=".1",
                     DINIT_SU_TESTS=""), timeout=PATIENCE)
        return ended.returncode, ended.stdout.decode()

    def test_a_test_that_hangs_fails_and_the_others_go_on(self):
        status, output = self.run_module(HANGS)
        self.assertEqual(status, 1)
        self.assertIn("TookTooLong: no end after 0.5 s", output)
        self.assertIn("made: 1 passed, 1 failed, 0 skipped", output)

    def test_nothing_but_skipped_tests_is_a_skip(self):
        status, output = self.run_module(CANNOT)
        self.assertEqual(status, 77)
        self.assertIn("test_cannot: for want of a reason\n", output)
        self.assertIn("made: 0 passed, 0 failed, 1 skipped", output)


class Sandbox(SystemTest):
    def test_it_takes_the_foreground_back(self):
        """The command gave the foreground to a group that is gone. Ctrl-C must reach somebody."""
        script = '"$@"; trap "exit 3" INT; set -- $(cat /proc/$$/stat); echo group $5 of $8; ' \
                 'while :; do sleep .01; done'
        with Terminal("sh", "-c", script, "sh", os.environ["SANDBOX"], "--",
                      *dinit_su("-n", "--", "true")) as terminal:
            self.assertRegex(terminal.expect("\n"), r"^group (\d+) of \1\r$")
            terminal.type(CTRL_C)
            self.assertEqual(terminal.wait(), 3)

    def test_without_the_terminal_its_command_cannot_open_it(self):
        script = '"$@" sh -c ": </dev/tty" 2>/dev/null || echo it has none'
        with Terminal("sh", "-c", script, "sh", os.environ["SANDBOX"], "-n", "--") as terminal:
            terminal.expect("it has none")
            self.assertEqual(terminal.wait(), 0)

    def test_it_says_what_a_container_lacks(self):
        sandbox = os.environ["SANDBOX"]
        ended = subprocess.run([sandbox, "-c", str(CAP_SYS_ADMIN), "--", sandbox, "--", "true"],
                               stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, timeout=PATIENCE)
        self.assertEqual(ended.returncode, 125)
        self.assertIn(b"--cap-add SYS_ADMIN", ended.stderr)
