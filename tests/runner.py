# SPDX-License-Identifier: MIT
"""Runs the test_*.py of a directory and ends with one line: `NAME: N passed, N failed, N skipped`.

Each failure is shown as unittest shows it; each skipped test is listed with its reason. No test can
hang: a test that has not ended within a limit fails.
"""
import argparse
import os
import signal
import sys
import time
import unittest

import emulation
from waiting import PATIENCE

# Seconds for one test, or for the setUpClass() of a class. No single wait takes longer than PATIENCE, and
# a test fails at the first wait that is in vain.
USUAL_LIMIT = 5 * PATIENCE
# The exit status by which automake knows a test program that has skipped everything.
ALL_SKIPPED = 77


class TookTooLong(Exception):
    """A test took too long. Not a TimeoutError, which is an OSError: some tests expect those."""


class Result(unittest.TextTestResult):
    """unittest's own result, which also counts the passed tests, times each test and ends one that hangs."""

    limit = USUAL_LIMIT
    total = 0

    def __init__(self, stream, descriptions, verbosity):
        super().__init__(stream, descriptions, verbosity)
        self.passed = 0
        self.began = 0.0
        self.times = []

    def give_up(self, *_):
        """The handler of SIGALRM. Python calls it even while a test is blocked in a system call."""
        raise TookTooLong("no end after %g s" % self.limit)

    def start_clock(self):
        """Begin the limit anew. The timer repeats, so the cleanup after a timeout has a limit too."""
        signal.setitimer(signal.ITIMER_REAL, self.limit, self.limit)

    def startTestRun(self):
        signal.signal(signal.SIGALRM, self.give_up)
        self.start_clock()
        super().startTestRun()

    def stopTestRun(self):
        signal.setitimer(signal.ITIMER_REAL, 0)
        super().stopTestRun()

    def startTest(self, test):
        self.began = time.monotonic()
        self.start_clock()
        super().startTest(test)

    def stopTest(self, test):
        self.times.append((time.monotonic() - self.began, test.id()))
        if self.dots and self.testsRun % 50 == 0:
            self.stream.writeln(" %d of %d" % (self.testsRun, self.total))
        self.start_clock()
        super().stopTest(test)

    def addSuccess(self, test):
        self.passed += 1
        super().addSuccess(test)


def load(directory, patterns):
    sys.path.insert(0, directory)
    loader = unittest.TestLoader()
    if patterns:
        loader.testNamePatterns = ["*%s*" % pattern for pattern in patterns]
    return loader.discover(directory, "test_*.py", directory)


def main(name, directory, limit=USUAL_LIMIT):
    """Run the tests of a directory; limit is in seconds. Returns the exit status."""
    Result.limit = limit
    parser = argparse.ArgumentParser(description="Runs the %s tests." % name)
    parser.add_argument("patterns", nargs="*", default=os.environ.get("DINIT_SU_TESTS", "").split(),
                        help="only tests with one of these words in their name (or in DINIT_SU_TESTS)")
    parser.add_argument("-v", "--verbose", action="store_true", help="a line for every test")
    parser.add_argument("--repeat", type=int, default=1, metavar="N", help="run everything N times")
    parser.add_argument("--slowest", type=int, default=0, metavar="N", help="show the N slowest")
    arguments = parser.parse_args()

    ran = passed = failed = skipped = 0
    for _ in range(arguments.repeat):
        runner = unittest.TextTestRunner(stream=sys.stdout, resultclass=Result,
                                         verbosity=2 if arguments.verbose else 1)
        tests = load(directory, arguments.patterns)
        emulation.skip_what_it_cannot_show(tests)
        Result.total = tests.countTestCases()
        result = runner.run(tests)
        ran += result.testsRun + len(result.skipped) + len(result.errors)
        passed += result.passed
        failed += len(result.failures) + len(result.errors) + len(result.unexpectedSuccesses)
        skipped += len(result.skipped)
        for test, reason in result.skipped:
            print("skipped: %s: %s" % (test.id(), reason))
        for seconds, test in sorted(result.times, reverse=True)[:arguments.slowest]:
            print("%7.2f s  %s" % (seconds, test))
    print("%s: %d passed, %d failed, %d skipped" % (name, passed, failed, skipped))
    if ran == 0:
        print("no test has one of these words in its name", file=sys.stderr)
    if failed or ran == 0:
        return 1
    return 0 if passed else ALL_SKIPPED
