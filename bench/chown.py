#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The walks of --chown and --chown-if-needed beside GNU chown -R, in one run: the first start, a
restart, and a restart after a kill in the middle of the first.

Makes a tree in a new directory, on an overlay as in a container, in a mount namespace of its own, and
removes it at the end. ./dev bench-chown runs it.
"""
import argparse
import ctypes
import json
import os
import resource
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

USER = 4242
PER_DIRECTORY = 100
STARTS = ("first", "second", "after a kill")
CLONE_NEWNS = 0x20000


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--files", type=int, default=200000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--plain", action="store_true", help="on the file system itself, no overlay")
    parser.add_argument("--fitting", action="store_true",
                        help="an overlay whose lower layer has the right owner, as in a well-made image")
    parser.add_argument("--directory", default=None, help="where to make the tree")
    parser.add_argument("--json", default=None, help="file for the figures")
    arguments = parser.parse_args()
    if os.geteuid() != 0:
        sys.exit("bench/chown.py: needs root, for the ownership of files")
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNS) != 0:
        sys.exit("bench/chown.py: cannot make a mount namespace: " +
                 os.strerror(ctypes.get_errno()))
    subprocess.run(["mount", "--make-rprivate", "/"], check=True)
    place = tempfile.mkdtemp(prefix="dinit-su-bench-", dir=arguments.directory)
    try:
        measure(place, arguments)
    finally:
        subprocess.run(["umount", os.path.join(place, "merged")], stderr=subprocess.DEVNULL)
        shutil.rmtree(place)


def measure(place, arguments):
    lower = os.path.join(place, "lower")
    print("making %d files" % arguments.files, flush=True)
    fill(lower, arguments.files)
    if arguments.fitting:
        subprocess.run(["chown", "-R", "%d:%d" % (USER, USER), lower], check=True)
    start = [os.environ["SANDBOX"], "--", os.environ["DINIT_SU"]]
    main = ["%d:%d" % (USER, USER), "--", "true"]
    commands = {
        "chown -R": lambda tree: ["chown", "-R", "%d:%d" % (USER, USER), tree],
        "--chown": lambda tree: [*start, "--chown", tree, *main],
        "--chown-if-needed": lambda tree: [*start, "--chown-if-needed", tree, *main],
    }
    times = {name: {kind: [] for kind in STARTS} for name in commands}
    changed, without = {}, []
    for number in range(arguments.rounds):
        for name, command in commands.items():
            tree = fresh(place, lower, arguments.plain)
            times[name]["first"].append(timed(command(tree)))
            before = ctimes(tree)
            times[name]["second"].append(timed(command(tree)))
            changed[name] = sum(before[path] != now for path, now in ctimes(tree).items())
            tree = fresh(place, lower, arguments.plain)
            killed(command(tree), times[name]["first"][-1][0] / 2)
            times[name]["after a kill"].append(timed(command(tree)))
        without.append(timed([*start, *main]))
        print("round %d of %d" % (number + 1, arguments.rounds), flush=True)
    show(times, changed, without, arguments)


def killed(command, after):
    """Start a command; kill its process group after so many seconds."""
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        process.wait(after)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def fill(top, files):
    os.mkdir(top)
    for number in range(files):
        if number % PER_DIRECTORY == 0:
            directory = os.path.join(top, str(number // PER_DIRECTORY))
            os.mkdir(directory)
        os.close(os.open(os.path.join(directory, str(number)), os.O_CREAT | os.O_WRONLY, 0o644))


def fresh(place, lower, plain):
    """The path of the tree, in which everything belongs to root again."""
    if plain:
        for directory, names, files in os.walk(lower):
            for name in names + files:
                os.lchown(os.path.join(directory, name), 0, 0)
        os.chown(lower, 0, 0)
        return lower
    merged = os.path.join(place, "merged")
    subprocess.run(["umount", merged], stderr=subprocess.DEVNULL)
    for name in ("upper", "work", "merged"):
        shutil.rmtree(os.path.join(place, name), ignore_errors=True)
        os.mkdir(os.path.join(place, name))
    subprocess.run(["mount", "-t", "overlay", "overlay", "-o",
                    "volatile,lowerdir=%s,upperdir=%s/upper,workdir=%s/work" % (lower, place, place),
                    merged], check=True)
    return merged


def timed(command):
    """Seconds of wall time, and of processor time, which other work on the machine disturbs less."""
    began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (time.monotonic() - began,
            after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def ctimes(top):
    found = {top: os.lstat(top).st_ctime_ns}
    for directory, names, files in os.walk(top):
        for name in names + files:
            path = os.path.join(directory, name)
            found[path] = os.lstat(path).st_ctime_ns
    return found


def median(measured, kind):
    """The median of the wall times (kind 0) or the processor times (kind 1)."""
    return statistics.median(pair[kind] for pair in measured)


def show(times, changed, without, arguments):
    print("\n%d files on %s, medians of %d rounds\n"
          % (arguments.files, "the file system itself" if arguments.plain else "an overlay",
             arguments.rounds))
    print("%-18s" % "" + "".join(" %12s" % (kind + unit) for unit in ("", " CPU")
                                 for kind in STARTS) + "   inodes changed by the second")
    for name, starts in times.items():
        print("%-18s" % name + "".join(
            " %*.3fs" % (11 if kind == 0 else 15, median(starts[start], kind))
            for kind in (0, 1) for start in STARTS) + "   %d" % changed[name])
    ratios = {}
    for name in list(times)[1:]:
        for kind, label in enumerate(("wall", "CPU")):
            for start in STARTS:
                ratios["%s, %s, %s" % (name, start, label)] = statistics.median(
                    gnu[kind] / ours[kind]
                    for gnu, ours in zip(times["chown -R"][start], times[name][start]))
    print("\nspeed as a multiple of chown -R's, pair by pair:\n" + "\n".join(
        "  %-40s %.2f" % ratio for ratio in ratios.items()))
    more = median(times["--chown-if-needed"]["second"], 0) - median(without, 0)
    print("a restart with --chown-if-needed takes %.1f ms more than a start without" % (more * 1000))
    if arguments.json:
        with open(arguments.json, "w") as file:
            json.dump({"files": arguments.files, "times": times, "inodes_changed": changed,
                       "ratios": ratios, "without": without}, file, indent=1)


if __name__ == "__main__":
    main()
