#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The cost of a stop for init when there are many processes, and whether it grows in proportion.

bench/many.py [-c] [-n N] [BINARY]... --build BUILD: main leaves N processes in sessions of their own behind when
it is stopped, and each of them ends on TERM. Prints for each N, as PID 1 and as subreaper, how many
microseconds of processor time init needs for each process, from the stop to init's end. Each BINARY is
measured in turn with that of BUILD. -c counts system calls too; -n N, which may be repeated, replaces
the usual numbers. Needs root.
"""
import argparse
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time

NUMBERS = (10, 1000, 10000)
ROUNDS = 3
MODES = (("PID 1", []), ("subreaper", ["-s"]))


def state(pid):
    with open("/proc/%d/stat" % pid) as file:
        return file.read().rpartition(")")[2].split()[0]


def parent(pid):
    with open("/proc/%d/stat" % pid) as file:
        return int(file.read().rpartition(")")[2].split()[1])


def processor_time(pid):
    """Microseconds that a process has run; /proc still shows them for a zombie."""
    with open("/proc/%d/schedstat" % pid) as file:
        return int(file.read().split()[0]) / 1000


def wait_for(condition):
    while not condition():
        time.sleep(0.02)


class Stop:
    """An init whose main has started so many processes that it will leave behind."""

    def __init__(self, build, binary, sandbox, number):
        reading, writing = os.pipe()
        self.process = subprocess.Popen(
            [os.path.join(build, "tests/sandbox"), *sandbox, "-p", str(writing), "--", binary, "-n", "--",
             os.path.join(build, "bench/workload"), "leave", str(number)],
            pass_fds=[writing], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        os.close(writing)
        with os.fdopen(reading) as file:
            self.pid = int(file.readline())
        self.process.stdout.readline()
        if "-s" in sandbox:
            # So far this is the PID of the sandbox's PID 1; init is its only child.
            with open("/proc/%d/task/%d/children" % (self.pid, self.pid)) as file:
                self.pid = int(file.read())
        time.sleep(0.2)

    def end(self):
        """Stop init; returns its processor time. Its parent is stopped, so that it stays a zombie until then."""
        above = parent(self.pid)
        before = processor_time(self.pid)
        os.kill(above, signal.SIGSTOP)
        wait_for(lambda: state(above) == "T")
        os.kill(self.pid, signal.SIGTERM)
        wait_for(lambda: state(self.pid) == "Z")
        took = processor_time(self.pid) - before
        os.kill(above, signal.SIGCONT)
        self.process.communicate()
        return took


def times(build, binaries, sandbox, number):
    """For each binary the median of the microseconds for one process."""
    found = {binary: [] for binary in binaries}
    for _ in range(ROUNDS):
        for binary in binaries:
            found[binary].append(Stop(build, binary, sandbox, number).end() / number)
    return [statistics.median(found[binary]) for binary in binaries]


def calls(build, binary, sandbox, number):
    """The system calls from the stop to init's end, divided by the number of processes."""
    stop = Stop(build, binary, sandbox, number)
    with tempfile.NamedTemporaryFile() as trace:
        strace = subprocess.Popen(["strace", "-qq", "-o", trace.name, "-p", str(stop.pid)])
        wait_for(lambda: "TracerPid:\t%d\n" % strace.pid in open("/proc/%d/status" % stop.pid).read())
        os.kill(stop.pid, signal.SIGTERM)
        stop.process.communicate()
        strace.wait()
        return sum(1 for line in trace if b"(" in line) / number


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("-c", action="store_true", dest="count")
    parser.add_argument("-n", type=int, action="append", dest="numbers")
    parser.add_argument("--build", required=True)
    parser.add_argument("binaries", nargs="*")
    asked = parser.parse_args()
    build = os.path.abspath(asked.build)
    binaries = [os.path.join(build, "dinit-su")] + asked.binaries
    print("%-12s%-10s%s" % ("processes", "init is", "microseconds for each: " + ", ".join(binaries)))
    for number in asked.numbers or NUMBERS:
        for name, sandbox in MODES:
            line = "%-12d%-10s" % (number, name)
            line += " ".join("%10.1f" % took for took in times(build, binaries, sandbox, number))
            if asked.count:
                line += " calls:" + " ".join("%8.2f" % calls(build, binary, sandbox, number)
                                             for binary in binaries)
            print(line, flush=True)


sys.exit(main())
