# SPDX-License-Identifier: MIT
"""The tests that an emulator of a processor (qemu-user) cannot pass, each with the reason.

EMULATED, set by tests/emulated, names the architecture. The process of the tested program is then the
emulator: /proc, strace and ptrace show the emulator's state and calls.
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
    """Mark the tests of the list as skipped, if the program is emulated."""
    if "EMULATED" not in os.environ:
        return
    known = list(entries())
    for test in tests_of(suite):
        for pattern, reason in known:
            if pattern.search(test.id()):
                name = test._testMethodName
                setattr(test, name, unittest.skip("emulated: " + reason)(getattr(test, name)))
