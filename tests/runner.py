# SPDX-License-Identifier: MIT
"""Runs the test_*.py of a directory and closes with one line: `NAME: N passed, N failed, N skipped`.

Each failure is shown as unittest shows it; each skipped test is listed with its reason. No test can
hang: one that has not ended within a limit fails.
"""
import argparse
import os
import signal
import sys
import time
import unittest

import emulation
from waiting import PATIENCE

# For one test, or for what a class prepares. No single wait takes longer than PATIENCE, and no test
# uses up more than a few of its waits before it fails.
USUAL_LIMIT = 5 * PATIENCE
# As automake has it, for a test program that could not test anything.
ALL_SKIPPED = 77


class TookTooLong(Exception):
    """A test took too long. Not a TimeoutError, which is an OSError: some tests expect those."""


class Result(unittest.TextTestResult):
    """unittest's own result, which also counts what passed, takes the time and ends what hangs."""

    limit = USUAL_LIMIT
    total = 0

    def __init__(self, stream, descriptions, verbosity):
        super().__init__(stream, descriptions, verbosity)
        self.passed = 0
        self.began = 0.0
        self.times = []

    def give_up(self, *_):
        """Handler of SIGALRM; Python calls it even where the test is blocked in a system call."""
        raise TookTooLong("no end after %g s" % self.limit)

    def start_clock(self):
        """Give what comes next the whole limit. The cleanup of a test that used it up gets another."""
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
                        help="only the tests with this in their name (or in DINIT_SU_TESTS)")
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
        print("no test has this in its name", file=sys.stderr)
    if failed or ran == 0:
        return 1
    return 0 if passed else ALL_SKIPPED
