# SPDX-License-Identifier: MIT
"""What an emulator of a processor (qemu-user) cannot show, named test by test with the reason.

EMULATED, set by tests/emulated, names the architecture. The program that is tested is then the
emulator's process: what /proc, strace and ptrace say of it is said of the emulator.
"""
import os
import re
import unittest

LIST = os.path.join(os.path.dirname(os.path.abspath(__file__)), "emulation")


def entries():
    """[(pattern of a test's id, reason)]; a line is `PATTERN: REASON`."""
    with open(LIST) as file:
        for line in file:
            if line.strip() and not line.startswith("#"):
                pattern, _, reason = line.strip().partition(": ")
                yield re.compile(pattern + "$"), reason


def tests_of(suite):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from tests_of(test)
        else:
            yield test


def skip_what_it_cannot_show(suite):
    """Have the tests of the list skipped, if the program is emulated."""
    if "EMULATED" not in os.environ:
        return
    known = list(entries())
    for test in tests_of(suite):
        for pattern, reason in known:
            if pattern.search(test.id()):
                name = test._testMethodName
                setattr(test, name, unittest.skip("emulated: " + reason)(getattr(test, name)))
