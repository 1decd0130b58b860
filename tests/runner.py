# SPDX-License-Identifier: MIT
"""Runs the test_*.py of a directory and closes with one line: `NAME: N passed, N failed, N skipped`.

Each failure is shown as unittest shows it; each skipped test is listed with its reason.
"""
import argparse
import os
import sys
import time
import unittest


class Result(unittest.TextTestResult):
    """unittest's own result, which also counts what passed and how long each test took."""

    def __init__(self, stream, descriptions, verbosity):
        super().__init__(stream, descriptions, verbosity)
        self.passed = 0
        self.began = 0.0
        self.times = []

    def startTest(self, test):
        self.began = time.monotonic()
        super().startTest(test)

    def stopTest(self, test):
        self.times.append((time.monotonic() - self.began, test.id()))
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


def main(name, directory):
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
        result = runner.run(load(directory, arguments.patterns))
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
    return 1 if failed or ran == 0 else 0
