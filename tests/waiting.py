# SPDX-License-Identifier: MIT
"""Waiting for events, for the system tests and the engine tests alike."""
import os
import time

# Seconds to wait for an event that must happen. Only a test that fails waits so long.
PATIENCE = float(os.environ.get("DINIT_SU_PATIENCE", "60"))


def until(condition, what, pause=0.002, patience=PATIENCE):
    """Wait for condition() to be true, and return what it returned.

    what names the event in the message of a failure: a text, or a function that returns one.
    """
    deadline = time.monotonic() + patience
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError("waited in vain for " + (what() if callable(what) else what))
        time.sleep(pause)


def read_status(pid):
    """/proc/PID/status as a dictionary of texts."""
    with open("/proc/%s/status" % pid) as file:
        return {name: value.strip() for name, _, value in
                (line.partition(":") for line in file.read().splitlines())}
