# SPDX-License-Identifier: MIT
"""One command line for a peer and for dinit-su under its name, and what differs."""
import concurrent.futures
import itertools
import os
import random
import re
import shutil
import subprocess

from harness import PATIENCE, Place, probe, sandboxed

ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/before", "USER": "before",
               "LOGNAME": "earlier"}
# What `probe show` prints, whatever the peer prints before and after it.
SHOWN = re.compile(r"words:.*\n(?:[A-Za-z_]+(?: \d)?:.*\n)+")
COUNTER = itertools.count()


def peer_path(name):
    return shutil.which(name, path="/usr/bin:/usr/sbin:/bin:/sbin")


class Line:
    """A command line, and what is around it when it is started."""

    def __init__(self, words, environment=(), sandbox=(), before=(), terminal=False):
        self.words = [str(word) for word in words]
        self.environment = dict(environment)
        self.sandbox = list(sandbox)
        self.before = list(before)
        self.terminal = terminal

    def __repr__(self):
        return " ".join(["%s=%s" % pair for pair in self.environment.items()] + self.sandbox +
                        [word.split("\n")[0] for word in self.before] + [repr(word) for word in self.words])

    def run(self, program):
        """What came of it, by name."""
        environment = {name: value for name, value in {**ENVIRONMENT, **self.environment}.items()
                       if value is not None}
        words = [Place.shared("left-%d" % next(COUNTER)) if word == "$FILE" else word
                 for word in self.words]
        leader, terminal = os.openpty() if self.terminal else (None, subprocess.DEVNULL)
        process = subprocess.run(
            sandboxed(self.sandbox + (["-t"] if self.terminal else []),
                      [*self.before, program, *words], Place.file("passwd"),
                      Place.file("group")),
            env=environment, stdin=terminal, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            universal_newlines=True, cwd=Place.path, timeout=PATIENCE)
        if self.terminal:
            os.close(leader)
            os.close(terminal)
        shown = SHOWN.match(process.stdout)
        is_question = self.words[:1] in (["-h"], ["--help"], ["-V"], ["--version"])
        result = {"status": process.returncode, "says": bool(process.stderr), "shows": bool(shown),
                  "output": process.stdout[shown.end() if shown else 0:],
                  "usage": "usage:" in process.stderr.lower(),
                  "answer": process.stderr if is_question and process.returncode == 0 else ""}
        for line in shown.group().splitlines() if shown else ():
            name, _, value = line.partition(":")
            result[name] = value.strip()
        return result


class Difference:
    """What came of a line as name, from the peer and from dinit-su in its place."""

    def __init__(self, line, name, theirs, ours):
        self.line, self.name, self.theirs, self.ours = line, name, theirs, ours

    def __repr__(self):
        return "%r: %s: %r there, %r here" % (self.line, self.name, self.theirs, self.ours)


def scripts():
    """Files that a kernel does not run, each for a reason of its own."""
    for name, content in (("no-shebang", "echo ran by sh: $@; exit 9\n"),
                          ("no-interpreter", "#!/no/such/interpreter\n")):
        os.chmod(Place.write(name, content), 0o755)
    return [[Place.file("no-shebang"), "a", "b"], [Place.file("no-interpreter")],
            [Place.file("passwd")], [Place.path], [Place.file("passwd") + "/x"], ["no-such-command"],
            ["/no/such/command"], [""]]


def programs():
    return [probe("show"), probe("show", "a", "", "b"), ["sh", "-c", "exit 3"], ["true"],
            ["echo", "a", "--", "-b"], *(probe("exit", code) for code in (0, 1, 7, 143, 255)),
            *(probe("die", number) for number in (1, 9, 11, 13, 15, 34)), *scripts()]


def mixed(options, endings, seed, count):
    """Command lines with some of the options in any order."""
    chance = random.Random(seed)
    for number in range(count):
        chosen = chance.sample(options, min(chance.choice((0, 1, 1, 2, 3, 4)), len(options)))
        separator = chance.choice(([], ["--"], ["--"]))
        yield Line(list(itertools.chain(*chosen)) + separator + endings[number % len(endings)])


def signals_as_found():
    """What is ignored and blocked at the start."""
    return ["-i", "1", "-i", "13", "-i", "15", "-i", "35", "-m", "10", "-m", "14", "-m", "36"]


def differing(lines, peer, link):
    def compare(line):
        theirs, ours = line.run(peer), line.run(link)
        # What only one of them has shown cannot be compared; that is one difference.
        return [Difference(line, name, theirs[name], ours[name])
                for name in sorted({*theirs} & {*ours}) if theirs[name] != ours[name]]

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        return list(itertools.chain(*pool.map(compare, lines)))
