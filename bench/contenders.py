# SPDX-License-Identifier: MIT
"""The programs that are measured, and the command line by which each runs a program as the user app."""
import os
import shutil
import subprocess

UID = 4242
PEER_PACKAGES = ("tini", "dumb-init", "catatonit", "gosu", "util-linux")

# The words before the program. With --init-groups setpriv looks up groups as the others do.
SWITCH = {
    "gosu": ["gosu", "app"],
    "setpriv": ["setpriv", "--reuid", "app", "--regid", "app", "--init-groups", "--"],
}
PAIRS = (("tini", "gosu"), ("tini-static", "gosu"), ("dumb-init", "gosu"),
         ("catatonit", "setpriv"), ("tini", "setpriv"), ("tini-static", "setpriv"))
SEARCHED = os.pathsep.join(["/usr/bin", "/usr/sbin", "/bin", "/sbin", "/usr/local/bin"])


class Contender:
    """A name and the command line that it puts before a program."""

    def __init__(self, name, prefix, programs):
        self.name = name
        self.prefix = prefix
        self.programs = programs  # the files it consists of

    def command(self, *program):
        return self.prefix + list(program)


def find(program):
    return shutil.which(program, path=SEARCHED)


def pair(init, switch):
    """An init with a program below it that switches the user, or None where one is not installed."""
    paths = [find(init), find(switch)]
    if None in paths:
        return None
    prefix = [paths[0], "--", paths[1]] + SWITCH[switch][1:]
    return Contender("%s+%s" % (init, switch), prefix, paths)


def everybody(directory, beside=None):
    """The contenders, and the names of those that are not installed.

    dinit-su comes first, then another dinit-su if one is given, the pairs of peers, and the floor last.
    """
    found, missing = [], []
    if beside:
        other = shutil.copy(beside, os.path.join(directory, "dinit-su-beside"))
        found.append(Contender("beside", [other, "app", "--"], [other]))
    for init, switch in PAIRS:
        contender = pair(init, switch)
        if contender:
            found.append(contender)
        else:
            missing.append("%s+%s" % (init, switch))
    dinit_su = os.path.join(directory, "dinit-su")
    floor = os.path.join(directory, "floor")
    return ([Contender("dinit-su", [dinit_su, "app", "--"], [dinit_su])] + found +
            [Contender("floor", [floor, "--"], [floor])], missing)


def reading(directory, files):
    """A floor that reads the account files once before it starts the program."""
    floor = os.path.join(directory, "floor")
    return Contender("floor that reads", [floor] + files + ["--"], [floor])


def versions():
    """The versions of the packages that the peers come from."""
    query = subprocess.run(["dpkg-query", "-W", "-f", "${Package} ${Version}\n"] +
                           list(PEER_PACKAGES), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return dict(line.split() for line in query.stdout.decode().splitlines() if " " in line)
