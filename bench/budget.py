#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Holds the static binary to its budget, in figures that are counted and the same in every run.

bench/budget.py [--update] BUILD: bytes of BUILD/dinit-su; system calls, user instructions and pages
written to from its execve(2) to main's, with account files of 50 lines; system calls from a TERM to
its end. bench/budget has the expected figures and the compiler that they hold for; --update writes
them there. Needs root.
"""
import json
import os
import platform
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
INSIDE = "DINIT_SU_BENCH_INSIDE"
BUDGET = os.path.join(HERE, "budget")
SIZE_LIMIT = 72 * 1024
TOLERANCE = 0.03
sys.path.insert(0, HERE)
sys.dont_write_bytecode = True

import contenders  # noqa: E402
import measures  # noqa: E402
from place import Place  # noqa: E402


def compiler():
    """The compiler and the machine, on which the figures depend as well as on the source."""
    version = subprocess.run(["gcc", "-dumpfullversion"], stdout=subprocess.PIPE, check=True)
    return "gcc %s, %s" % (version.stdout.decode().strip(), platform.machine())


def count(build):
    with Place(build) as place:
        place.use_accounts(50)
        dinit_su = contenders.everybody(place.path)[0][0]
        instructions, pages = measures.steps(place, dinit_su)
        return {"compiler": compiler(),
                "bytes": os.path.getsize(place.file("dinit-su")),
                "system calls": len(measures.system_calls(place, dinit_su)),
                "system calls to stop": len(measures.calls_to_stop(place, dinit_su)),
                "instructions": instructions,
                "pages": pages}


def read_budget():
    """A JSON object, or nothing before the first --update."""
    if not os.path.exists(BUDGET):
        return {}
    with open(BUDGET) as file:
        return json.load(file)


def verdicts(counted, budget):
    """The violations, one text each. With another compiler than the budget's only the limit holds."""
    if counted["bytes"] > SIZE_LIMIT:
        yield "the binary has %d bytes, the limit is %d" % (counted["bytes"], SIZE_LIMIT)
    if counted["compiler"] != budget.get("compiler"):
        return
    for name in ("system calls", "system calls to stop", "pages"):
        if counted[name] > budget.get(name, counted[name]):
            yield "more %s than expected" % name
    for name in ("bytes", "instructions"):
        if abs(counted[name] / budget[name] - 1) > TOLERANCE:
            yield "%s differ from the expected by more than %g %%" % (name, 100 * TOLERANCE)


def main():
    update = sys.argv[1:2] == ["--update"]
    build = os.path.abspath(sys.argv[-1])
    if INSIDE not in os.environ:
        os.environ[INSIDE] = "1"
        sandbox = os.path.join(build, "tests/sandbox")
        os.execv(sandbox, [sandbox, "-n", "--", sys.executable, os.path.abspath(__file__)] + sys.argv[1:])
    counted, budget = count(build), read_budget()
    for name in counted:
        print("%-22s%-32s expected %s" % (name, counted[name], budget.get(name, "-")))
    if update:
        with open(BUDGET, "w") as file:
            json.dump(counted, file, indent=1)
            file.write("\n")
        return 0
    if counted["compiler"] != budget.get("compiler"):
        print("only the limit of the bytes is compared: the other figures are of another compiler")
    wrong = list(verdicts(counted, budget))
    for text in wrong:
        print("over budget: " + text)
    if wrong:
        print("if the change is worth it: ./dev budget --update, and say why in the commit")
    return 1 if wrong else 0


sys.exit(main())
