# SPDX-License-Identifier: MIT
"""One run of a scenario, with or without a fault, and its result."""
import collections
import os
import re
import select
import shutil
import subprocess
import tempfile
import threading
import time

from harness import Place
from scenarios import GROUP, PASSWD

# Seconds. A run that takes longer than the first limit is repeated with the second one, because the machine
# may be busy. A run that takes longer than the second limit hangs.
LIMIT, PATIENT_LIMIT = 10, 60
VERBOSE = False
numbers = {}
names = {}
here = threading.local()


class Fault(collections.namedtuple("Fault", "role phase call nth times how value name")):
    def __str__(self):
        return "%s of %s, %s %d%s: %s %s" % (self.call, self.role, self.phase, self.nth,
                                             "" if self.times else " and all that follow", self.how,
                                             self.name)


class Run:
    """The result of a run: status, output, errors, and the files that it has left."""

    def __init__(self, status, output, errors, hits, seconds, files):
        self.status, self.output, self.errors = status, output, errors
        self.hits, self.seconds, self.files = hits, seconds, files

    @property
    def hung(self):
        return self.status is None

    def __repr__(self):
        return "status %s, output %r, errors %r" % (self.status, self.output[:60], self.errors)


def prepare():
    """Find the numbers of system calls, and make the directory of all runs."""
    tracer = os.environ["TRACER"]
    listing = subprocess.run(["gcc", "-E", "-dM", "-include", "sys/syscall.h", "-xc", "/dev/null"],
                             stdout=subprocess.PIPE, check=True).stdout.decode()
    for name, number in re.findall(r"#define __NR_(\w+) (\d+)\n", listing):
        numbers[name], names[int(number)] = int(number), name
    Place.prepare()
    shutil.copy(tracer, Place.file("tracer"))
    for name in ("tini", "tini-static", "docker-init", "podman-init", "catatonit", "dumb-init",
                 "gosu", "su-exec", "pause"):
        os.symlink("dinit-su", Place.file(name))
    # The directories of the runs.
    os.mkdir(Place.file("runs"))


def write(path, text, owner=0, mode=0o644):
    with open(path, "w") as file:
        file.write(text)
    os.chmod(path, mode)
    os.chown(path, owner, owner)


class Files:
    """The directories of one run. All runs of scenarios that change nothing share them."""

    shared = None

    def __init__(self, scenario):
        self.path = tempfile.mkdtemp(dir=Place.file("runs"))
        os.chmod(self.path, 0o777)
        for name in ("etc", "home", "tree", "tree/below"):
            os.mkdir(os.path.join(self.path, name))
        write(self.of("etc/passwd"), PASSWD, mode=scenario.passwd_mode)
        write(self.of("etc/group"), GROUP)
        for name, owner in (("tree/roots", 0), ("tree/below/roots", 0), ("tree/theirs", 5000)):
            write(self.of(name), "x", owner)

    def of(self, name):
        return os.path.join(self.path, name)

    def look(self):
        """{path: (owner, group, content)} of everything."""
        found = {}
        for directory, _, files in os.walk(self.path):
            for path in [directory] + [os.path.join(directory, name) for name in files]:
                status = os.lstat(path)
                content = None
                if path in files or not os.path.isdir(path):
                    with open(path, "rb") as file:
                        content = file.read()
                found[os.path.relpath(path, self.path)] = (status.st_uid, status.st_gid, content)
        return found


def files_for(scenario):
    if scenario.files:
        return Files(scenario)
    if not Files.shared:
        Files.shared = Files(scenario)
    return Files.shared


def command_of(scenario, files, options, log):
    replaced = {name: files.of(name) for name in ("etc", "home", "tree")}
    arguments = [argument.format(place=files.path, **replaced) for argument in scenario.arguments]
    if scenario.stop:
        # The first rt_sigtimedwait(2) only tests that init can wait; the second one waits.
        options = [*options, "-k", "%d:2:%d" % (numbers["rt_sigtimedwait"], scenario.stop)]
    main = [Place.file("probe"), *map(str, scenario.main)] if scenario.main else []
    if main and scenario.name == "dinit-su":
        main.insert(0, "--")
    sandbox = [os.environ["SANDBOX"], "-b", files.of("etc") + ":/etc", "-b",
               files.of("home") + ":/home", *scenario.sandbox, *["-t"] * scenario.terminal, "--"]
    return [Place.file("tracer"), "-o", log, *options, Place.file("dinit-su"), *sandbox,
            *scenario.below, Place.file(scenario.name), *arguments, *main]


def collect(process, master, seconds):
    """All output to the terminal until no process has it open."""
    data, deadline = b"", time.monotonic() + seconds
    while True:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([master], [], [], left)[0]:
            raise subprocess.TimeoutExpired("tracer", seconds)
        try:
            piece = os.read(master, 65536)
        except OSError:
            piece = b""
        if not piece:
            process.wait(max(deadline - time.monotonic(), 0.1))
            return data.replace(b"\r\n", b"\n")
        data += piece


def run_in_terminal(scenario, command, environment, limit):
    """(status, output, errors); the status is None if the run hung."""
    master, slave = os.openpty()
    process = subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, env=environment)
    os.close(slave)
    try:
        lines = collect(process, master, limit).decode(errors="replace").splitlines(True)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return None, "", ""
    finally:
        os.close(master)
    own = scenario.name + ": "
    return (process.returncode, "".join(line for line in lines if not line.startswith(own)),
            "".join(line for line in lines if line.startswith(own)))


def run_with_pipes(command, environment, limit):
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, env=environment)
    try:
        output, errors = process.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return None, "", ""
    return process.returncode, output.decode(errors="replace"), errors.decode(errors="replace")


def run_traced(scenario, options, limit=PATIENT_LIMIT):
    """Run a scenario; returns its Run and the lines of the tracer."""
    if not hasattr(here, "log"):
        here.log = tempfile.mkstemp(dir=Place.path)[1]
    files = files_for(scenario)
    command = command_of(scenario, files, options, here.log)
    environment = dict({"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}, **scenario.variables)
    began = time.monotonic()
    if scenario.terminal:
        result = run_in_terminal(scenario, command, environment, limit)
    else:
        result = run_with_pipes(command, environment, limit)
    seconds = time.monotonic() - began
    with open(here.log) as file:
        lines = file.read().splitlines()
    left = files.look() if scenario.files else {}
    if scenario.files:
        shutil.rmtree(files.path)
    return Run(*result, 0, seconds, left), lines


def run(scenario, fault=None):
    options = []
    if fault:
        options = ["-f", "%s:%d:%d:%d:%s:%d" % (fault.role, numbers[fault.call], fault.nth,
                                                fault.times, fault.how, fault.value)]
    ended, lines = run_traced(scenario, options, LIMIT)
    if ended.hung:
        ended, lines = run_traced(scenario, options)
    ended.hits = int(lines[0]) if fault and lines else 0
    if VERBOSE:
        print("%s, %s: %r" % (scenario.title, fault, ended))
    return ended


def trace(scenario):
    """[(role, phase, call, nth)] of a run without a fault."""
    _, lines = run_traced(scenario, ["-l"])
    found = []
    for line in lines:
        role, phase, number, nth = line.split()
        found.append((role, phase, names.get(int(number), number), int(nth)))
    return found
