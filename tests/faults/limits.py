# SPDX-License-Identifier: MIT
"""Starts under limits, in a full PID cgroup, on a full disk, without /proc, /dev and /etc.

Nothing is injected here: the kernel itself refuses, and refuses main as well. So a start may also end with
the status that main has without an init under the same limit, or fail where the kernel cannot run the
program at all.
"""
import contextlib
import copy
import os
import shutil
import subprocess

import one
import verdict
from harness import Place
from scenarios import GROUP, MAIN, PASSWD, Scenario

# Where a cgroup that counts processes may be, and the name of ours, without the pid.
CGROUPS = ("/sys/fs/cgroup/pids", "/sys/fs/cgroup", "/sys/fs/cgroup/unified")
CGROUP = "dinit-su-faults-"
KIB = 1024
LIMITS = {
    "nofile": range(0, 12),
    "nproc": range(0, 4),
    "as": (64 * KIB, 128 * KIB, 256 * KIB, 512 * KIB, KIB * KIB, 4 * KIB * KIB),
    "data": (0, 4 * KIB, 64 * KIB),
    # The kernel accepts less than 32 KiB, and may then kill the program at any instruction.
    "stack": (32 * KIB, 64 * KIB, 128 * KIB, 256 * KIB),
    "fsize": (0, 1, 100),
    "sigpending": (0, 1, 2),
    "memlock": (0,),
    "cpu": (1,),
}
STARTS = [
    Scenario("plain", "app"),
    Scenario("in place", "--exec", "app"),
    Scenario("root init", "--root-init", "app"),
    Scenario("subreaper", "app", sandbox=("-s",)),
    Scenario("verbose", "-vv", "app", talks=True),
    Scenario("ids", "--ids", "5000:5001", "--chown", "{tree}", "app", files=True),
    Scenario("termination log", "--termination-log={place}/log", "app", files=True),
    Scenario("stop", "app", main=("life", MAIN, "left")),
]
# The statuses of a start that the C library or the kernel has ended before main().
BEFORE_MAIN = (126, 127, 137, 139)


def limited(start, name, value):
    scenario = copy.copy(start)
    scenario.title = "%s, %s %d" % (start.title, name, value)
    scenario.below = ("prlimit", "--%s=%d:%d" % (name, value, value))
    return scenario


def without_init(scenario):
    """The status of main without an init, under the same limit and as the same user."""
    command = [os.environ["SANDBOX"], "-u", "4242:4242", "--", *scenario.below, Place.file("probe"),
               *map(str, scenario.main)]
    return subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL, timeout=one.PATIENT_LIMIT,
                          check=False).returncode


def can_be_executed(scenario):
    command = [os.environ["SANDBOX"], "--", *scenario.below, Place.file("dinit-su"), "--version"]
    return subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL, timeout=one.PATIENT_LIMIT,
                          check=False).returncode == 0


def judge(scenario, clean, ended):
    """The finding of a run under a limit, as a text, or None."""
    if ended.hung:
        return "hung"
    decided = verdict.lines_of(ended.output, verdict.DECIDED)
    wanted = verdict.lines_of(clean.output, verdict.DECIDED)
    errors, _ = verdict.complaints(scenario, ended.errors)
    if verdict.ran(ended) and decided != wanted:
        return "main runs with a state that was not asked for"
    if verdict.ran(ended) and ended.status == MAIN:
        return None
    if not ended.output and ended.status in scenario.refusals and (len(errors) == 1 or scenario.talks):
        return None
    if not ended.output and ended.status == 125 and scenario.below[1:] == ("--nofile=0:0",):
        # Without a descriptor poll(2) fails, so init cannot know whether the line can be written.
        return None
    if not can_be_executed(scenario) and ended.status in (124, 125, *BEFORE_MAIN):
        return None
    if ended.status == without_init(scenario):
        return None
    return "neither main's status nor one line that says why"


def check(tally, scenario, clean):
    ended = one.run(scenario)
    wrong = judge(scenario, clean, ended)
    if wrong:
        tally.find("%s: %s: %r" % (scenario.title, wrong, ended))
    return ended


def run_limits(tally):
    tried = 0
    for start in STARTS:
        clean = one.run(start)
        for name, values in LIMITS.items():
            for value in values:
                check(tally, limited(start, name, value), clean)
                tried += 1
    return tried


def remove_cgroups():
    """Remove the cgroups of runs that were killed. To be called outside of the sandbox, which has other pids."""
    for top in CGROUPS:
        with contextlib.suppress(OSError):
            for name in os.listdir(top):
                if name.startswith(CGROUP) and not os.path.exists("/proc/" + name[len(CGROUP):]):
                    os.rmdir(os.path.join(top, name))


def pids_cgroup():
    """A fresh cgroup that counts processes, or None."""
    for top in CGROUPS:
        # A run beside this one has another name.
        path = os.path.join(top, CGROUP + os.environ["FAULTS_OUTSIDE"])
        try:
            os.mkdir(path)
        except OSError:
            continue
        if os.path.exists(path + "/pids.max"):
            return path
        os.rmdir(path)
    return None


def run_full_cgroup(tally):
    path = pids_cgroup()
    if not path:
        print("no PID cgroup: a full one was not tried")
        return 0
    clean = one.run(STARTS[0])
    try:
        for most in range(1, 7):
            with open(path + "/pids.max", "w") as file:
                file.write(str(most))
            scenario = copy.copy(STARTS[0])
            scenario.title = "plain, %d processes in the cgroup" % most
            # The sandbox is outside: what runs in the cgroup is init and main.
            scenario.below = ("sh", "-c", 'echo 0 >"$0/cgroup.procs" && exec "$@"', path)
            check(tally, scenario, clean)
    finally:
        # A run that hung is in it still, and was found.
        with contextlib.suppress(OSError):
            os.rmdir(path)
    return 6


def run_full_disk(tally):
    """Account files, a log and a copy where not one byte is left."""
    full = Place.file("full")
    tried = 0
    for start, more in ((STARTS[5], ()), (Scenario("create", "--create", "new", files=True), ()),
                        (STARTS[6], ("--termination-log=" + full + "/log",)),
                        (Scenario("install", "--install", full + "/copy", main=None, status=0), ())):
        os.mkdir(full)
        clean = one.run(start)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16k,mode=755", "tmpfs", full], check=True)
        one.write(full + "/passwd", PASSWD)
        one.write(full + "/group", GROUP)
        with open(full + "/filler", "wb", buffering=0) as file:
            try:
                while file.write(b"x" * 4096):
                    pass
            except OSError:
                pass
        scenario = copy.copy(start)
        scenario.title = start.title + ", full disk"
        scenario.arguments = (*more, *start.arguments) if not more else (*more, start.arguments[-1])
        scenario.sandbox = ("-b", full + ":/etc")
        ended = one.run(scenario)
        wrong = judge(scenario, clean, ended)
        left = {name: open(full + "/" + name).read() for name in ("passwd", "group")}
        if not wrong and (not left["passwd"].startswith(PASSWD.splitlines()[0]) or
                          left["passwd"].count("\n") < 3 or left["group"].count("\n") < 4):
            wrong = "an account file is damaged: %r" % left
        if wrong:
            tally.find("%s: %s: %r" % (scenario.title, wrong, ended))
        subprocess.run(["umount", full], check=True)
        # The run with room has installed a copy.
        shutil.rmtree(full)
        tried += 1
    return tried


def is_fine_without(ended, line, named):
    if named:
        return (ended.status, ended.output, ended.errors.count("\n")) == (125, "", 1)
    # Without /proc init cannot look for leftovers, which is a warning.
    return (ended.status, ended.output) == (0, line + "\n") and \
        all("warning: " in line for line in ended.errors.splitlines())


def run_without_directories(tally):
    """Without /proc, /dev and /etc main runs as it should, or a name cannot be looked up."""
    empty = Place.directory()
    tried = 0
    for missing, options in (("/proc", ("-E",)), ("/dev", ("-b", empty + ":/dev")),
                             ("/etc", ("-b", empty + ":/etc")),
                             ("all of them", ("-E", "-b", empty + ":/dev", "-b", empty + ":/etc"))):
        for below in ((), ("-s",)):
            for arguments, line in ((("1000:1000",), "1000 1000 / -"), (("app",), "4242 4242 /home/app app"),
                                    (("--exec", "1000:1000"), "1000 1000 / -")):
                scenario = Scenario("%s without %s" % (arguments[-1], missing), *arguments,
                                    main=("who",), status=0, sandbox=(*below, *options))
                ended = one.run(scenario)
                named = arguments[-1] == "app" and missing in ("/etc", "all of them")
                if not is_fine_without(ended, line, named):
                    tally.find("%s: %r" % (scenario.title, ended))
                tried += 1
    shutil.rmtree(empty)
    return tried


def run(tally):
    return (run_limits(tally) + run_full_cgroup(tally) + run_full_disk(tally) +
            run_without_directories(tally))
