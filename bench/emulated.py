#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Holds the binary of another architecture to its budget, in the figures that an emulator can count.

bench/emulated.py [--update] ARCHITECTURE BINARY: bytes of BINARY, at most those of
packaging/architectures; system calls and instructions of `dinit-su --exec 4242:4242 /bin/true` up to its
execve(2), with account files of 50 lines. qemu-user translates one instruction a block and logs each
block. bench/budget.ARCHITECTURE has the expected figures; --update writes them there. An emulator says
nothing about the time of a start. SANDBOX names the test program of that name; needs root.
"""
import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
TABLE = os.path.join(HERE, "../packaging/architectures")
TOLERANCE = 0.03
COMMAND = ("--exec", "4242:4242", "/bin/true")
# As a container engine sets it: no variable of the caller's.
ENVIRONMENT = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}
sys.path.insert(0, HERE)
sys.dont_write_bytecode = True

import place  # noqa: E402


def row(architecture):
    """qemu's name of an architecture, and the most bytes that its binary may have."""
    with open(TABLE) as file:
        for line in file:
            words = line.split()
            if words[:1] == [architecture]:
                return words[6], int(words[7])
    sys.exit("%s is not in packaging/architectures" % architecture)


def count(qemu, binary):
    with tempfile.TemporaryDirectory() as directory:
        paths = {name: os.path.join(directory, name) for name in ("passwd", "group", "trace")}
        for name, lines in (("passwd", place.passwd(50)), ("group", place.group(50))):
            with open(paths[name], "w") as file:
                file.write(lines)
        sandbox = [os.environ["SANDBOX"], "-b", paths["passwd"] + ":/etc/passwd",
                   "-b", paths["group"] + ":/etc/group", "--", "qemu-%s-static" % qemu]
        subprocess.run(sandbox + ["-one-insn-per-tb" if newer(qemu) else "-singlestep",
                                  "-d", "exec,nochain", "-D", paths["trace"], binary, *COMMAND],
                       check=True, env=ENVIRONMENT)
        with open(paths["trace"]) as file:
            instructions = sum(line.startswith("Trace ") for line in file)
        calls = subprocess.run(sandbox + ["-strace", binary, *COMMAND], check=True, env=ENVIRONMENT,
                               stderr=subprocess.PIPE).stderr.decode().splitlines()
        first = next(i for i, line in enumerate(calls) if " execve(" in line)
        return {"bytes": os.path.getsize(binary), "system calls": first + 1,
                "instructions": instructions}


def newer(qemu):
    """True for qemu 8.1 and later, where the option for one instruction a block has another name."""
    shown = subprocess.run(["qemu-%s-static" % qemu, "--version"], check=True,
                           stdout=subprocess.PIPE).stdout.decode()
    version = shown.split("version ")[1].split()[0].rstrip(")").split(".")
    return (int(version[0]), int(version[1])) >= (8, 1)


def main():
    update = sys.argv[1:2] == ["--update"]
    architecture, binary = sys.argv[-2:]
    qemu, limit = row(architecture)
    counted = count(qemu, os.path.abspath(binary))
    budget = os.path.join(HERE, "budget." + architecture)
    expected = {}
    if os.path.exists(budget):
        with open(budget) as file:
            expected = json.load(file)
    wrong = []
    if counted["bytes"] > limit:
        wrong.append("%d bytes, the limit is %d" % (counted["bytes"], limit))
    for name, value in counted.items():
        print("%-14s%-10s expected %s" % (name, value, expected.get(name, "-")))
        if name in expected and abs(value / expected[name] - 1) > TOLERANCE:
            wrong.append("%s differ from the expected by more than %g %%" % (name, 100 * TOLERANCE))
    if update:
        with open(budget, "w") as file:
            json.dump(counted, file, indent=1)
            file.write("\n")
        return 0
    for text in wrong:
        print("over budget: " + text)
    return 1 if wrong else 0


sys.exit(main())
