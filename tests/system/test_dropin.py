# SPDX-License-Identifier: MIT
"""The same command lines, given to each peer and to dinit-su under its name.

The peers are Debian packages; where one is not installed its comparison is skipped. Every
difference that shows must be a row of docs/drop-in.md, and every row that has a name must show as a
difference: ROWS says for each what it looks like.
"""
import concurrent.futures
import itertools
import os
import random
import re
import select
import shutil
import signal
import subprocess
import sys
import unittest

from harness import (PATIENCE, Init, Place, SystemTest, children, probe, run, sandboxed, send_value,
                     stat, status, until)

TABLE = os.path.join(os.path.dirname(__file__), "..", "..", "docs", "drop-in.md")
ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/before", "USER": "before",
               "LOGNAME": "earlier"}
# What `probe show` prints, whatever the peer prints before and after it.
SHOWN = re.compile(r"words:.*\n(?:[A-Za-z_]+(?: \d)?:.*\n)+")
COUNTER = itertools.count()
KILLERS = {signal.SIGFPE, signal.SIGILL, signal.SIGSEGV, signal.SIGBUS, signal.SIGABRT,
           signal.SIGTRAP, signal.SIGSYS}


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


def tini_lines():
    options = [["-g"], ["-s"], ["-w"], ["-v"], ["-vv"], ["-vvv"], ["-gs"], ["-wg"], ["-e", "143"],
               ["-e7"], ["-e", "0"], ["-e", "255"], ["-e1", "-e", "137"], ["-p", "SIGTERM"],
               ["-pSIGKILL"], ["-sp", "SIGHUP"]]
    yield from mixed(options, programs(), 1, 110)
    show = ["--", *probe("show")]
    for value in ("256", "-1", "", "a", "7x", "+5", " 5", "0x10", "007", "1:2", "1,2", "99999999999"):
        yield Line(["-e", value, "--", "sh", "-c", "exit 5"])
    for value in ("", "TERM", "15", "SIGRTMIN", "SIGFOO", "sigterm", "0", "64", "65", "SIGIO"):
        yield Line(["-p", value, *show])
    for words in ([], ["--"], ["-x", *show], ["-gx", *show], ["-e"], ["-p"], ["-"], ["--help"],
                  ["--version"], ["--version", "x"], ["-g", "--version"], ["--vers"], ["-h"],
                  ["-h", "-x"], ["-x", "-h"], ["-vh"], ["-l"], ["-V"], ["--", "--", "x"],
                  ["true", "-g"], ["echo", "-n", "--", "x"], ["echo", "x", "--", "-g"],
                  ["-", "--", "x"]):
        yield Line(words)
    for name, values in (("TINI_VERBOSITY", ("0", "1", "2", "3", "4", "9", "", "x", "-1", "2x")),
                         ("TINI_SUBREAPER", ("", "0", "1")),
                         ("TINI_KILL_PROCESS_GROUP", ("", "1"))):
        for value in values:
            yield Line(["-w", *show], {name: value})
            yield Line(["-vv", "--", "no-such-command"], {name: value})
            yield Line(show, {name: value}, ["-s"])
    for words in ([], ["-s"], ["-g"], ["-ss"]):
        yield Line([*words, *show], sandbox=["-s"])
        yield Line([*words, *show], sandbox=signals_as_found())
    yield Line(show, {"LISTEN_PID": "1"})
    yield Line(show, {"PATH": None})
    yield Line(["--", "true"], {"PATH": None})
    yield from surroundings(([], ["-g"], ["-s"], ["-w"], ["-gsw"]))
    yield Line(show, sandbox=["-u", "4242:4242"])
    for words in (["-h"], ["-l"], ["--version"], ["-x"], []):
        yield Line(words, before=INTO_FULL)


def dumb_init_lines():
    options = [["-c"], ["-v"], ["--verbose"], ["--single-child"], ["-cv"], ["-r", "15:3"],
               ["-r1:0"], ["--rewrite", "2:15"], ["--rewrite=31:31"], ["-cr", "9:1"]]
    yield from mixed(options, programs(), 2, 80)
    show = ["--", *probe("show")]
    for value in ("15", "15:", ":3", "0:3", "32:3", "3:32", "3:-1", "-3:1", "TERM:3", "15:3x", " 15:3",
                  "+15:3", "15: 3", "015:3", "1:2:3", "", "a:b", "17:1", "9:9", "31:0"):
        yield Line(["-r", value, *show])
    for words in ([], ["--"], ["-x", *show], ["-cx", *show], ["-r"], ["--rewrite"], ["-h"],
                  ["--help"], ["-V"], ["--version"], ["--vers"], ["--single", *show], ["-h", "-x"],
                  ["-x", "-h"], ["--verbose=1", *show], ["--rew=15:3", *show], ["-"],
                  ["--", "--", "x"], ["echo", "-c", "--", "x"], ["echo", "--", "x"], ["-vV"]):
        yield Line(words)
    for name, values in (("DUMB_INIT_DEBUG", ("0", "1", "", "x")),
                         ("DUMB_INIT_SETSID", ("0", "1", "", "00"))):
        for value in values:
            for words in ([], ["-c"], ["-v"]):
                yield Line([*words, *show], {name: value})
    for words in ([], ["-c"]):
        yield Line([*words, *show], sandbox=["-s"])
        yield Line([*words, *show], sandbox=signals_as_found())
    yield Line(show, {"LISTEN_PID": "1"})
    yield Line(show, {"PATH": None})
    yield Line(["true"], {"PATH": None})
    yield from surroundings(([], ["-c"], ["-r", "15:3"]))
    yield Line(show, sandbox=["-u", "4242:4242"])
    for words in (["-h"], ["--version"], ["-x"], []):
        yield Line(words, before=INTO_FULL)


def catatonit_lines():
    yield from mixed([["-g"], ["-gg"]], programs(), 3, 60)
    show = ["--", *probe("show")]
    for words in ([], ["--"], ["-x", *show], ["-gx", *show], ["-h"], ["-L"], ["-V"], ["--version"],
                  ["--vers"], ["--version=1"], ["--help"], ["-h", "-x"], ["-x", "-h"], ["-gV"],
                  ["-"], ["--", "--", "x"], ["echo", "-g", "--", "x"], ["echo", "x", "--", "-g"],
                  ["true", "-g"]):
        yield Line(words)
    for name in ("CATATONIT_DEBUG", "CATATONIT_LOG"):
        for value in ("", "1"):
            for words in ([], ["-g"]):
                yield Line([*words, *show], {name: value})
    for words in ([], ["-g"]):
        yield Line([*words, *show], sandbox=["-s"])
        yield Line([*words, *show], sandbox=signals_as_found())
    yield Line(show, {"LISTEN_PID": "1"})
    yield Line(show, {"PATH": None})
    yield Line(["true"], {"PATH": None})
    yield from surroundings(([], ["-g"]))
    yield Line(show, sandbox=["-u", "4242:4242"])
    for words in (["-h"], ["-L"], ["-V"], ["-x"], []):
        yield Line(words, before=INTO_FULL)


def gosu_lines():
    specifications = (
        "root", "app", "other", "homeless", "no-such-user", "0", "4242", "1234", "4545", "5555",
        "app:audio", "app:29", "app:77", "5555:77", "5555:audio", "root:app", "root:0", "0:0",
        "app:no-such-group", "no-such-user:audio", "app:", "5555:", ":audio", "", ":", "+4242",
        "app:+29", "app:audio:x", "app:audio:", "app:app:", "app::", "::", "-1", "app:-1", " app", "4242 ", "0x10", "04242", "2147483647",
        "2147483648", "4294967294", "4294967295", "app:2147483648", "99999999999", "app.audio")
    for specification in specifications:
        yield Line([specification, *probe("show", "x")])
        yield Line([specification, *probe("exit", 3)], {"HOME": None})
    for user in ("root", "app", "5555:77"):
        for program in programs():
            yield Line([user, *program])
        yield Line([user, *probe("show")], {"HOME": "", "USER": None, "LOGNAME": None})
        yield Line([user, *probe("show")], sandbox=signals_as_found())
        yield Line([user, *probe("show")], sandbox=["-s"])
        yield Line([user, *probe("show")], sandbox=["-c", "21", "-c", "7"])
        yield Line([user, "true"], {"PATH": None})
        yield Line([user, "true"], {"PATH": ""})
        yield Line([user, "probe", "show"], {"PATH": ":/bin"})
        yield Line([user, "./probe", "show"])
    for start in ("4242:4242", "4343:4343", "4242:29"):
        for user in ("app", "app:app", "app:audio", "other", "root", "4242", "5555"):
            yield Line([user, *probe("show")], sandbox=["-u", start])
    for words in ([], ["app"], ["--help"], ["-h"], ["-?"], ["--version"], ["-v"], ["-V"],
                  ["--version", "x"], ["-v", "x", "y"], ["--", "app", "true"], ["-x", "true"],
                  ["app", "--", "true"], ["app", "--version"], ["app", "-h"]):
        yield Line(words)
    for words in (["--help"], ["--version"], ["app"], []):
        yield Line(words, before=INTO_FULL)


def surroundings(options):
    """What is done around main: lines that every init is given, with each of some options."""
    for words in options:
        words = [*words, "--"]
        yield Line([*words, *probe("reaped", 3)])
        yield Line([*words, *probe("reaped", 3)], sandbox=["-s"])
        yield Line([*words, *probe("show")], terminal=True)
        yield Line([*words, *probe("show")], terminal=True, before=IN_BACKGROUND)
        yield Line([*words, *probe("left-away", "$FILE")])
        for task in "left", "left-away":
            yield Line([*words, *probe(task, "$FILE")], before=AND_WHAT_IS_LEFT)


# Job control gives it a process group of its own, and the terminal stays with the shell's.
IN_BACKGROUND = ["sh", "-mc", '"$0" "$@" & wait $!']
# A PID 1 above, to which falls what the init leaves behind.
AND_WHAT_IS_LEFT = [sys.executable, "-c", """if True:
    import os, signal, subprocess, sys
    status = subprocess.call(sys.argv[1:])
    with open(sys.argv[-1]) as file:
        pid = int(file.read())
    os.kill(pid, signal.SIGUSR1)
    while True:
        try:
            os.wait()
        except ChildProcessError:
            sys.exit(status)
"""]

# An answer that cannot be written.
INTO_FULL = ["sh", "-c", 'exec "$0" "$@" >/dev/full 2>/dev/full']

LINES = {"tini": tini_lines, "dumb-init": dumb_init_lines, "catatonit": catatonit_lines,
         "gosu": gosu_lines}


class Signals:
    """Who gets which signal: an init with main and a helper of main's in its group."""

    def __init__(self, program, words):
        self.init = Init(*words, "--", *probe("pair"), binary=program, environment=ENVIRONMENT)
        self.names = {}
        self.heard = b""
        until(lambda: len(self.read()) == 2, "main and its helper")
        for line in self.read():
            name, pid = line.split()
            self.names[int(pid)] = name
        self.heard = b""
        # The numbers are those of the namespace; outside they are in this order.
        main = until(lambda: next((pid for pid in children(self.init.pid) if children(pid)), None),
                     "main with its helper")
        self.pids = [main, *children(main)]

    def read(self):
        """The lines so far."""
        while select.select([self.init.process.stdout], [], [], 0)[0]:
            self.heard += os.read(self.init.process.stdout.fileno(), 65536)
        return self.heard.decode().splitlines()

    def is_quiet(self):
        """Whether nobody has anything to do any more."""
        for pid in (self.init.pid, *self.pids):
            now = status(pid)
            pending = int(now["ShdPnd"], 16) | int(now["SigPnd"], 16)
            # A stopped process keeps what it was sent.
            if now["State"][0] not in "ST" or (now["State"][0] == "S" and pending):
                return False
        return True

    def settle(self):
        until(lambda: self.is_quiet() and self.is_quiet(), "everybody to be at rest")

    def outcome(self, number):
        """Who got the signal, as which one, and who is stopped by it."""
        self.heard = b""
        send_value(self.init.pid, number, 4711)
        self.settle()
        heard = self.read()
        stopped = [name for name, pid in zip(("main", "helper"), self.pids) if stat(pid)[0] == "T"]
        for pid in self.pids:
            os.kill(pid, signal.SIGCONT)
        self.settle()
        self.read()
        who = sorted({line.split()[0] for line in heard}) + ["stops " + name for name in stopped]
        return {"who": who, "as": sorted({line.split()[1] for line in heard}),
                "value": sorted({line.split()[2] for line in heard})}


def signal_differences(peer, link, options):
    for words in options:
        found = []
        for program in peer, link:
            signals = Signals(program, words)
            with signals.init:
                found.append({number: signals.outcome(number) for number in range(1, 65)
                              if number not in (signal.SIGKILL, signal.SIGSTOP, signal.SIGCHLD)})
        for number, theirs in found[0].items():
            ours = found[1][number]
            for name in ("who", "as", "value"):
                if theirs[name] != ours[name]:
                    yield Difference(Line([*words, "signal", number]), name, theirs[name],
                                     ours[name])
                    break


def state_after_stop(program, words):
    """What a TSTP to the init does to a main that does nothing about it.

    In a session of its own: an init may stop the whole group it was started in.
    """
    with Init(*words, "--", "sh", "-c", "trap 'echo continued' CONT; echo ready; "
              "while :; do sleep 1000 & wait; done", binary=program,
              environment=ENVIRONMENT, start_new_session=True) as init:
        init.read_until("ready")
        main = init.main_pid()
        # In its wait, which is where the shell runs a trap at once.
        until(lambda: children(main) and stat(main)[0] == "S", "its helper")
        os.kill(init.pid, signal.SIGTSTP)

        def change():
            if select.select([init.process.stdout], [], [], 0)[0]:
                return init.read_line()
            at_rest = stat(init.pid)[0] == "S" and int(status(init.pid)["ShdPnd"], 16) == 0
            return "stopped" if at_rest and stat(main)[0] == "T" else None

        def lasting_change():
            # What is stopped for good looks the same when asked again.
            first = change()
            return change() if first == "stopped" else first

        return until(lasting_change, "main to be stopped")


def stop_differences(peer, link, options):
    for words in options:
        theirs, ours = state_after_stop(peer, words), state_after_stop(link, words)
        if theirs != ours:
            yield Difference(Line([*words, "TSTP"]), "stops", theirs, ours)


def pause_status(program, words, numbers):
    """The status after these signals, the last of which ends it."""
    with Init(*words, binary=program, environment=ENVIRONMENT) as init:
        until(lambda: os.path.basename(os.readlink("/proc/%d/exe" % init.pid)) in
              ("catatonit", "dinit-su") and stat(init.pid)[0] == "S", "it to pause")
        for number in numbers:
            os.kill(init.pid, number)
        return init.wait()


class Row:
    """What a row of the table looks like as a difference."""

    def __init__(self, matches):
        self.matches = matches
        self.seen = 0


def of(names, matches=lambda d: True):
    """A row that shows in results of these names."""
    names = names.split(",")
    return Row(lambda d: d.name in names and matches(d))


def with_words(*words, names="status,says,shows,output"):
    """A row that shows with any of these words on the command line."""
    return of(names, lambda d: any(word in d.line.words for word in words))


def without_log(output):
    return re.sub(r"\[(INFO |DEBUG|TRACE) tini \(\d+\)\] .*\n", "", output)


def is_signal(d):
    return d.name in ("who", "as", "value")


def number_of(d):
    return int(d.line.words[-1])


KILLED = of("says", lambda d: d.line.words[-2:] == ["die", "9"] and d.ours)
VALUE = of("value", lambda d: (d.theirs, d.ours) == (["0"], ["4711"]))
CRASH_SIGNALS = of("who", lambda d: number_of(d) in KILLERS and not d.theirs and d.ours)
LIBRARY_SIGNALS = of("who", lambda d: number_of(d) in (32, 33) and not d.theirs and d.ours)
REST = of("output,says", lambda d: "left-away" in " ".join(d.line.words) and d.ours)
FOREGROUND = of("terminal", lambda d: d.line.before == IN_BACKGROUND and
                d.ours == "in the background")
LISTEN_PID = of("LISTEN_PID", lambda d: (d.theirs, d.ours) == ("1", "2"))
USAGE = of("usage", lambda d: d.theirs and not d.ours)
STOPPED = of("stops", lambda d: (d.theirs, d.ours) == ("stopped", "continued"))


def again(row):
    return Row(row.matches)


ROWS = {
    "tini": {
        "log": of("output,says", lambda d: (
            "] Spawned child" in d.theirs and without_log(d.theirs) == d.ours
            if d.name == "output" else d.ours and re.search(r"-\w*v|TINI_VERBOSITY=", repr(d.line)))),
        "killed": again(KILLED),
        "no-interpreter": of("status", lambda d: "no-interpreter" in d.line.words[-1] and
                             (d.theirs, d.ours) == (127, 126)),
        "not-a-directory": of("status", lambda d: d.line.words[-1].endswith("passwd/x") and
                              (d.theirs, d.ours) == (1, 127)),
        "exit-code": with_words("", "+5", " 5", "1:2", "1,2", names="status,says"),
        "parent-death": of("status,says,shows", lambda d: d.line.words[0] == "-p" and
                           (d.name != "status" or (d.theirs, d.ours) == (1, 0))),
        "options-first": with_words("-n", names="status,says,output"),
        "verbosity": of("output,says", lambda d: d.line.environment.get("TINI_VERBOSITY")
                        in ("-1", "2x")),
        "version": of("output", lambda d:
                      re.fullmatch(r"tini version [0-9.]+\n", d.theirs) and
                      d.ours == "tini version 0.19.0 - git.dinit-su\n"),
        "help": of("output", lambda d: re.match("-v?[hl]$", d.line.words[0])),
        "usage": again(USAGE),
        "listen-pid": again(LISTEN_PID),
        "foreground": again(FOREGROUND),
        "rest": again(REST),
        "stopped": again(STOPPED),
        "value": again(VALUE),
        "crash-signals": again(CRASH_SIGNALS),
        "library-signals": again(LIBRARY_SIGNALS),
    },
    "dumb-init": {
        "rewrite": with_words("15:3x", " 15:3", "+15:3", "15: 3", "015:3", "1:2:3"),
        "abbreviated": with_words("--vers", "--single", "--rew=15:3"),
        "help": of("answer", lambda d: "licens" in d.ours.lower()),
        "version": of("answer", lambda d: d.ours.startswith("dumb-init v1.2.5 (dinit-su ")),
        "usage": again(USAGE),
        "group": of("group", lambda d: (d.theirs, d.ours) == ("inherited", "its own")),
        "inherited-signals": of("SigIgn,SigBlk", lambda d: "-i" in d.line.sandbox),
        "session": of("session,terminal", lambda d: d.line.terminal),
        "listen-pid": again(LISTEN_PID),
        "rest": again(REST),
        "end-signal": of("output", lambda d: "15:3" in d.line.words and "left" in d.ours),
        "value": again(VALUE),
        "library-signals": again(LIBRARY_SIGNALS),
        "terminal-signals": of("who", lambda d: number_of(d) in (21, 22) and not d.ours),
    },
    "catatonit": {
        "mask": of("SigBlk", lambda d: int(d.theirs, 16) & ~int(d.ours, 16) == 0x380000),
        "version": of("output", lambda d:
                      re.fullmatch(r"tini version [0-9.]+_catatonit\n", d.theirs) and
                      d.ours == "tini version 0.1.7_catatonit - git.dinit-su\n"),
        "licence": with_words("-L", names="status,says,shows,output,usage,answer"),
        "help": of("answer", lambda d: "licens" in d.ours.lower()),
        "usage": again(USAGE),
        "abbreviated": with_words("--vers"),
        "options-first": with_words("-g", names="output"),
        "log-variable": of("status,says,shows", lambda d: "CATATONIT_LOG" in d.line.environment),
        "foreground": again(FOREGROUND),
        "rest": again(REST),
        "value": again(VALUE),
        "crash-signals": again(CRASH_SIGNALS),
        "library-signals": again(LIBRARY_SIGNALS),
    },
    "gosu": {
        "own-group": of("Groups", lambda d: d.line.words[0] != "1234"),
        "stdio": of("descriptor 1,descriptor 2", lambda d: d.theirs == "owner 0"),
        "home": of("HOME", lambda d: (d.theirs, d.ours) == ("", "/")),
        "name-first": of("Uid,Gid,Groups,HOME", lambda d: d.line.words[0] == "1234"),
        "empty-user": with_words(":audio", "", ":"),
        "plain-numbers": with_words("+4242", "app:+29"),
        "third-part": with_words("app:audio:x", "app:audio:", "app:app:", "app::", "::"),
        "large-ids": with_words("2147483648", "4294967294", "app:2147483648"),
        "inherited-signals": of("SigIgn", lambda d: "-i" in d.line.sandbox),
        "path": of("status,says,shows", lambda d: "PATH" in d.line.environment),
        "already": of("status,says,shows", lambda d: "-u" in d.line.sandbox and
                      (d.name != "status" or (d.theirs, d.ours) == (1, 0))),
        "help": with_words("--help", "-h", "-?", names="output"),
        "usage": again(USAGE),
        "version": with_words("--version", "-v", names="output"),
    },
}


def table():
    """The named rows of the table: {section: names}."""
    found, section = {}, None
    with open(TABLE) as file:
        for line in file:
            if line.startswith("## "):
                section = line[3:].strip()
            named = re.match(r"\| .* \| (?:better|not done) `([a-z-]+)` \| .* \|$", line)
            if named:
                found.setdefault(section, []).append(named.group(1))
    return found


class DropIn(SystemTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for name in (*LINES, "su-exec", "pause"):
            if not os.path.lexists(Place.file(name)):
                os.symlink("dinit-su", Place.file(name))

    def compare(self, name, signals=(), stops=()):
        peer, link = peer_path(name), Place.file(name)
        if not peer:
            self.skipTest("%s is not installed" % name)
        lines = list(LINES[name]())
        found = differing(lines, peer, link)
        found += signal_differences(peer, link, signals)
        found += stop_differences(peer, link, stops)
        unknown = []
        for difference in found:
            rows = [row for row in ROWS[name].values() if row.matches(difference)]
            for row in rows:
                row.seen += 1
            if not rows:
                unknown.append(difference)
        self.assertEqual([], unknown, "differences that are no row of the table")
        self.assertEqual([], [row for row in ROWS[name] if not ROWS[name][row].seen],
                         "rows of the table without a difference")
        return len(lines)

    def test_the_table_has_these_rows(self):
        # su-exec's are held by test_su_exec.
        self.assertEqual({name: sorted(rows) for name, rows in ROWS.items()},
                         {name: sorted(rows) for name, rows in table().items() if name != "su-exec"})

    def test_tini(self):
        self.compare("tini", ([], ["-g"], ["-sw"]), ([], ["-g"]))

    def test_dumb_init(self):
        self.compare("dumb-init", ([], ["-c"], ["-cr", "2:15"],
                                   ["-r", "15:3", "-r", "1:0", "-r", "20:20", "-r", "21:0"]),
                     ([],))

    def test_catatonit(self):
        self.compare("catatonit", ([], ["-g"]))

    def test_gosu(self):
        self.compare("gosu")

    def test_pausing(self):
        """catatonit -P, and pause, which is no package."""
        ways = [(Place.file("catatonit"), ["-P"]), (Place.file("pause"), [])]
        if peer_path("catatonit"):
            ways.append((peer_path("catatonit"), ["-P"]))
        for program, words in ways:
            for numbers in ([signal.SIGTERM], [signal.SIGINT],
                            [signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1, signal.SIGTERM]):
                with self.subTest(program=program, numbers=numbers):
                    self.assertEqual(0, pause_status(program, words, numbers))


class Names(SystemTest):
    """What is said by another name is said by that name, and offers only what it has."""

    NAMES = {"tini": 1, "docker-init": 1, "dumb-init": 1, "catatonit": 1, "podman-init": 1, "gosu": 1,
             "su-exec": 1, "pause": 1, "dinit-su": 125}

    def copy(self, name, mode):
        path = os.path.join(Place.directory(), name)
        shutil.copy(Place.file("dinit-su"), path)
        os.chmod(path, mode)
        return path

    def test_a_copy_that_is_set_uid_or_set_gid(self):
        for name, status in self.NAMES.items():
            for mode, words in ((0o4755, "installed set-uid"), (0o2755, "installed set-gid")):
                with self.subTest(name=name, mode=mode):
                    ended = run("app", "id", binary=self.copy(name, mode), sandbox=["-u", "77:77"])
                    self.assertEqual((ended.status, ended.output), (status, ""), ended)
                    self.assertTrue(ended.errors.startswith("%s: %s" % (name, words)), ended)

    def test_gosu_itself_refuses_to_be_set_uid(self):
        if not peer_path("gosu"):
            self.skipTest("gosu is not installed")
        path = os.path.join(Place.directory(), "gosu")
        shutil.copy(peer_path("gosu"), path)
        os.chmod(path, 0o4755)
        self.assertEqual(run("app", "id", binary=path, sandbox=["-u", "77:77"]).status, 1)

    def test_no_option_that_the_name_does_not_have(self):
        for name in ("gosu", "su-exec"):
            ended = run("app", "id", binary=self.copy(name, 0o755), sandbox=["-u", "77:77"])
            self.assertEqual(ended.errors, "%s: cannot become 'app': started as uid 77 and not as "
                             "root\n" % name)
        self.assertIn("--if-root", run("app", "id", sandbox=["-u", "77:77"]).errors)

    def test_a_kill_is_told_by_that_name(self):
        ended = run("--", *probe("die", 9), binary=self.copy("docker-init", 0o755))
        self.assertRegex(ended.errors, r"\Adocker-init: .*which docker-init did not send.*\n\Z")
        self.assertNotIn("dinit-su", ended.errors)
