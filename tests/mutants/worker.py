# SPDX-License-Identifier: MIT
"""Builds mutants and runs the tests over them, all inside the tests' sandbox.

Reads one mutant a line, as JSON, and answers with a verdict. A mutant runs as root and may go wrong in any
way. So it runs in a PID namespace, where it can signal no process of the machine, on read-only file systems,
and in a mount namespace that ends with it.
"""
import ctypes
import json
import os
import resource
import select
import signal
import subprocess
import sys
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.dirname(HERE), os.path.join(os.path.dirname(HERE), "system")]
sys.dont_write_bytecode = True
# Seconds that a test may wait for one event, and that it may take.
os.environ.setdefault("DINIT_SU_PATIENCE", "20")
LIMIT = 240

import harness  # noqa: E402
import runner  # noqa: E402

LIBC = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNS = 0x20000
WORK = "/tmp/mutant"
MEMORY = 4 << 30


def close_the_file_systems():
    """Make every file system but /proc, /sys and /dev/pts read-only, and mount a new /tmp."""
    with open("/proc/self/mounts") as file:
        mounts = {line.split()[1] for line in file}
    for path in sorted(mounts):
        if path != "/dev/pts" and not path.startswith(("/proc", "/sys")):
            subprocess.run(["mount", "-o", "remount,bind,ro", path], check=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=1777", "tmpfs", "/tmp"], check=True)
    os.mkdir(WORK)
    if os.access("/usr", os.W_OK):
        sys.exit("mutants: the file system could not be made read-only")


def failed(result):
    """The name of a test that failed, or None."""
    bad = result.failures + result.errors + [(test, "") for test in result.unexpectedSuccesses]
    return bad[0][0].id() if bad else None


class Build:
    """The commands that compile and link one of the two programs."""

    def __init__(self, compiling, linking, objects, libraries, directory):
        self.compiling, self.linking, self.objects = compiling, linking, objects
        self.libraries, self.directory = libraries, directory

    def compile(self, source, target):
        return subprocess.run(self.compiling + ["-w", "-g0", "-c", "-o", target, source],
                              cwd=self.directory, stderr=subprocess.DEVNULL).returncode == 0

    def link(self, name, changed, target):
        objects = [changed if given == name else given for given in self.objects]
        subprocess.run(self.linking + ["-o", target] + objects + self.libraries, cwd=self.directory,
                       check=True)


class Worker:
    def __init__(self, plan):
        self.plan = plan
        self.top = plan["top"]
        self.unit = Build(**plan["unit"])
        self.program = Build(**plan["program"])
        self.plain = {}  # path: the object of the unchanged file
        self.trusted = {}  # test: True if it passes with the unchanged program
        self.last = {}  # path: its tests, with the latest that has noticed a mutant first
        self.tests = {}
        self.load()

    def load(self):
        found = unittest.TestLoader().discover(os.path.join(os.path.dirname(HERE), "system"),
                                               "test_*.py")

        def each(suite):
            for test in suite:
                if isinstance(test, unittest.TestSuite):
                    each(test)
                else:
                    self.tests[test.id()] = test

        each(found)

    def names(self, path):
        """The system tests that could notice a change of the file, in the order of the table."""
        if path not in self.last:
            order = []
            for part in self.plan["files"][path][1].split():
                order += [name for name in self.tests if part in name and name not in order and
                          not any(slow in name for slow in self.plan["slow"])]
            self.last[path] = order
        return self.last[path]

    def unit_fails(self, program, suites):
        for suite in suites:
            ended = subprocess.run(
                [os.environ["SANDBOX"], "--", program], stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=LIMIT,
                env=dict(os.environ, CK_RUN_SUITE=suite, CK_VERBOSITY="silent"))
            if ended.returncode != 0:
                return "unit tests: " + suite
        return None

    def in_child(self, program, names, report):
        """Run tests until one fails, in a mount namespace of its own and with a limit of memory."""
        if LIBC.unshare(CLONE_NEWNS) != 0:
            os._exit(3)
        with open("/dev/null", "r+") as null:
            os.dup2(null.fileno(), 0)
            os.dup2(null.fileno(), 1)
            os.dup2(null.fileno(), 2)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        os.environ["DINIT_SU"] = program
        harness.Place.prepare()
        for name in names:
            began = time.monotonic()
            os.write(report, ("%s\n" % name).encode())
            result = runner.Result(unittest.runner._WritelnDecorator(sys.stdout), False, 0)
            result.startTestRun()
            # Unlike a test alone, a suite runs setUpClass() too.
            unittest.TestSuite([self.tests[name]]).run(result)
            result.stopTestRun()
            bad = failed(result)
            os.write(report, ("%s %g\n" % ("failed" if bad else "passed",
                                           time.monotonic() - began)).encode())
            if bad:
                break
        os._exit(0)

    def system_fails(self, program, names, limit=LIMIT):
        """The first of these tests that fails, or None. The limit is for each, as it begins anew."""
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                self.in_child(program, names, writing)
            finally:
                os._exit(2)
        os.close(writing)
        said, deadline = b"", time.monotonic() + limit
        while True:
            left = deadline - time.monotonic()
            data = b""
            if left > 0 and select.select([reading], [], [], left)[0]:
                data = os.read(reading, 65536)
            if not data:
                break
            said += data
            if b"passed " in data:
                deadline = time.monotonic() + limit
        os.close(reading)
        # This process is the PID 1 of the namespace: the signal goes to all others in it.
        os.kill(-1, signal.SIGKILL)
        while True:
            try:
                os.waitpid(-1, 0)
            except ChildProcessError:
                break
        words = said.decode().split("\n")
        running = None
        for line in words:
            if line.startswith("passed "):
                running = None
            elif line.startswith("failed "):
                return running
            elif line:
                running = line
        return running

    def trust(self, name):
        """True if the test passes with the unchanged program; otherwise it cannot judge a mutant."""
        if name not in self.trusted:
            self.trusted[name] = self.system_fails(self.plan["binary"], [name]) is None
        return self.trusted[name]

    def trust_suite(self, suite):
        """True if the suite of unit tests passes with the unchanged program."""
        name = "unit tests: " + suite
        if name not in self.trusted:
            unchanged = os.path.join(self.unit.directory, "tests", "unit", "unit")
            self.trusted[name] = self.unit_fails(unchanged, [suite]) is None
        return self.trusted[name]

    def notice(self, path, program):
        """The first system test that notices the mutant, or None."""
        names = [name for name in self.names(path) if self.trusted.get(name, True)]
        while names:
            name = self.system_fails(program, names)
            if name is None:
                return None
            # The test goes to the front: it may notice the next mutant of the file too.
            if self.trust(name):
                self.last[path].remove(name)
                self.last[path].insert(0, name)
                return name
            names = names[names.index(name) + 1:]
        return None

    def code(self, path):
        """The bytes of an object; compile() leaves out debug information, which has line numbers."""
        with open(path, "rb") as file:
            return file.read()

    def judge(self, mutant):
        path, target = mutant["path"], os.path.join(WORK, mutant["path"])
        name = path[:-2] + ".o"
        changed, plain = target[:-2] + ".o", target[:-2] + ".plain"
        os.makedirs(os.path.dirname(target), exist_ok=True)
        if path not in self.plain:
            with open(os.path.join(self.top, path)) as source, open(target, "w") as file:
                file.write(source.read())
            self.program.compile(target, plain)
            self.plain[path] = self.code(plain)
        with open(target, "w") as file:
            file.write(mutant["content"])
        if not self.program.compile(target, changed):
            return "does not compile", ""
        if self.code(changed) == self.plain[path]:
            return "same code", ""
        self.program.link(name, changed, WORK + "/dinit-su")
        suites = [suite for suite in self.plan["files"][path][0].split(", ") if suite]
        first = path in self.plan["by_system_tests"]
        noticed = self.notice(path, WORK + "/dinit-su") if first else None
        if suites and not noticed:
            self.unit.compile(target, changed)
            self.unit.link(name, changed, WORK + "/unit")
            noticed = self.unit_fails(WORK + "/unit", filter(self.trust_suite, suites))
        if not first and not noticed:
            noticed = self.notice(path, WORK + "/dinit-su")
        return ("killed", noticed) if noticed else ("survived", "")

    def serve(self):
        for line in sys.stdin:
            mutant = json.loads(line)
            began = time.monotonic()
            try:
                verdict, by = self.judge(mutant)
            except subprocess.TimeoutExpired:
                verdict, by = "killed", "unit tests: no end"
            print(json.dumps({"number": mutant["number"], "verdict": verdict, "by": by,
                              "useless": [name for name, good in self.trusted.items() if not good],
                              "seconds": time.monotonic() - began}), flush=True)


if __name__ == "__main__":
    if os.getpid() != 1:
        sys.exit("mutants: the worker ends every process that it sees, so it has to be a PID 1")
    os.setgroups([])
    os.umask(0o022)
    close_the_file_systems()
    Worker(json.loads(sys.stdin.readline())).serve()
