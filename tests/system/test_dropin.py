# SPDX-License-Identifier: MIT
"""The same command lines, given to each peer and to dinit-su under its name.

The peers are Debian packages; where one is not installed its comparison is skipped. Every
difference that shows must be a row of docs/drop-in.md, and every row that has a name must show as a
difference: ROWS says for each what it looks like.
"""
import os
import re
import shutil
import signal
import unittest

from harness import Init, Place, SystemTest, probe, run, stat, status, traced, until
from peer_lines import IN_BACKGROUND, LINES
from peer_signals import pause_status, signal_differences, stop_differences
from side_by_side import differing, peer_path

TABLE = os.path.join(os.path.dirname(__file__), "..", "..", "docs", "drop-in.md")
KILLERS = {signal.SIGFPE, signal.SIGILL, signal.SIGSEGV, signal.SIGBUS, signal.SIGABRT,
           signal.SIGTRAP, signal.SIGSYS}


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
TERMINAL_SIGNALS = of("who", lambda d: number_of(d) in (21, 22) and not d.theirs and d.ours)
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
        "cannot-run": of("status", lambda d: d.line.words[-1].endswith("xx") and
                         (d.theirs, d.ours) == (1, 126)),
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
        "terminal-signals": again(TERMINAL_SIGNALS),
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
        "terminal-signals": again(TERMINAL_SIGNALS),
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


class Suspension(SystemTest):
    """A process stops dumb-init and main by TSTP, TTIN or TTOU, and continues both by CONT."""

    # What main then hears of each of the three, and whether it is stopped itself.
    CASES = (([], {}, "T"),
             (["-c"], {20: 20, 21: 21, 22: 22}, "S"),
             (["-r", "20:1", "-r", "21:15", "-r", "22:2"], {20: 1, 21: 15, 22: 2}, "S"))

    def setUp(self):
        self.link = Place.file("dumb-init")
        if not os.path.lexists(self.link):
            os.symlink("dinit-su", self.link)

    def stop_and_continue(self, init, number, heard, state):
        main = init.main_pid()
        init.signal(number)
        until(lambda: stat(init.pid)[0] == "T", "the init to stop")
        if heard:
            self.assertEqual(init.read_line().split()[0], str(heard))
        until(lambda: stat(main)[0] == state, "main to be in state " + state)
        init.signal(signal.SIGCONT)
        self.assertEqual(init.read_line().split()[0], str(int(signal.SIGCONT)))
        until(lambda: stat(init.pid)[0] == "S" and stat(main)[0] == "S", "both to go on")

    def test_whoever_sends_the_signal_stops_both(self):
        programs = [self.link] + ([peer_path("dumb-init")] if peer_path("dumb-init") else [])
        for program in programs:
            for words, heard, state in self.CASES:
                with self.subTest(program=program, words=words), \
                        Init(*words, "--", *probe("signals-until", 10), binary=program,
                             sandbox=["-s"]) as init:
                    init.read_until("ready")
                    for number in (signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU):
                        self.stop_and_continue(init, number, heard.get(number), state)

    def test_as_pid_1_main_alone_stops(self):
        """The kernel stops no PID 1: pid_namespaces(7)."""
        with Init("--", *probe("signals"), binary=self.link) as init:
            init.read_until("ready")
            for number in (signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU):
                init.signal(number)
                until(lambda: stat(init.main_pid())[0] == "T", "main to stop")
                self.assertNotEqual(stat(init.pid)[0], "T")
                init.signal(signal.SIGCONT)
                self.assertEqual(init.read_line().split()[0], str(int(signal.SIGCONT)))

    @unittest.skipUnless(shutil.which("strace"), "needs strace, to hold init where it has stopped main")
    def test_who_continues_both_as_soon_as_main_stops(self):
        """A STOP that init sends itself would discard the CONT, even as PID 1: signal(7)."""
        for sandbox in ((), ("-s",)):
            with self.subTest(sandbox=sandbox), \
                    Init("--", *probe("signals"), binary=self.link, sandbox=sandbox) as init:
                init.read_until("ready")
                with traced(init, "-e", "inject=kill:delay_exit=1000000:when=1"):
                    init.signal(signal.SIGTSTP)
                    until(lambda: stat(init.main_pid())[0] == "T", "main to stop")
                    init.signal(signal.SIGCONT)
                    self.assertEqual(init.read_line().split()[0], str(int(signal.SIGCONT)))
                    init.signal(signal.SIGTERM)
                    self.assertEqual(init.wait(), 0)
