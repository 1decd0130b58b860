# SPDX-License-Identifier: MIT
"""su-exec, which is no package of Debian's: its behaviour as a table, and the link held to it.

The table says what su-exec 0.3 does with musl, Alpine's C library, and the accounts of the harness;
its source is a hundred lines. Where dinit-su differs on purpose, DIFFERENCES says how, under the name
of the row of docs/drop-in.md.
"""
import os

from harness import Place, SystemTest, probe, run
from side_by_side import ENVIRONMENT, Line, scripts
from test_dropin import table

REFUSED = "status 1"
USAGE = "status 1, a usage on stdout"

# USER[:GROUP]: uid, gid, supplementary groups and HOME, or what else comes of it.
USERS = {
    "root": "0 0 0 /root",
    "app": "4242 4242 29,44,4242 /home/app",
    "other": "4343 4343 29,44,4343 /home/other",
    "homeless": "4444 4444 4444 -",
    "no-such-user": REFUSED,
    "app.audio": REFUSED,
    # strtol(3) comes first: a number is no name, and blanks, a sign and what overflows are taken.
    "0": "0 0 0 /root",
    "4242": "4242 4242 29,44,4242 /home/app",
    "04242": "4242 4242 29,44,4242 /home/app",
    "1234": "1234 0 0 /",
    "4545": "4545 4545 4545 /home/digits",
    "5555": "5555 0 0 /",
    " 5555": "5555 0 0 /",
    "5555 ": REFUSED,
    "+4242": "4242 4242 29,44,4242 /home/app",
    "0x10": REFUSED,
    "-1": REFUSED,
    "-5:5": "4294967291 5 5 /",
    "2147483648": "2147483648 0 0 /",
    "4294967294": "4294967294 0 0 /",
    "4294967295": REFUSED,
    "4294967296": "0 0 0 /root",
    "4294967296:4294967296": "0 0 0 /root",
    "99999999999999999999": REFUSED,
    # GROUP alone is the list of groups then.
    "app:audio": "4242 29 29 /home/app",
    "app:29": "4242 29 29 /home/app",
    "app:77": "4242 77 77 /home/app",
    "root:app": "0 4242 4242 /root",
    "root:0": "0 0 0 /root",
    "5555:77": "5555 77 77 /",
    "5555:audio": "5555 29 29 /",
    "app:no-such-group": REFUSED,
    "no-such-user:audio": REFUSED,
    "app:+29": "4242 29 29 /home/app",
    "app: 29": "4242 29 29 /home/app",
    "app:-1": REFUSED,
    "app:4294967295": REFUSED,
    "app:4294967296": "4242 0 0 /home/app",
    # An empty part is left out, the rest behind the first colon is GROUP.
    "app:": "4242 4242 29,44,4242 /home/app",
    "5555:": "5555 0 0 /",
    "": "0 0 0 /root",
    ":": "0 0 0 /root",
    ":audio": "0 29 29 /root",
    "::": REFUSED,
    "app::": REFUSED,
    "app:app:": REFUSED,
    "app:audio:x": REFUSED,
}

# Whole command lines: {words: result}, with what the program shows or its status.
LINES = {
    (): USAGE,
    ("app",): USAGE,
    ("--help",): USAGE,
    ("--version",): USAGE,
    ("-v", "x"): REFUSED,
    ("--", "app", "true"): REFUSED,
    ("app", "--", "true"): REFUSED,
    ("app", "--version"): REFUSED,
    ("app", "true"): "status 0",
    ("app", "sh", "-c", "exit 3"): "status 3",
    ("5555:77", "false"): "status 1, silent",
}

# Started as a user that is not root: {(USER, what was asked for): result}.
NOT_ROOT = {("4242:4242", "app"): REFUSED, ("4343:4343", "other"): REFUSED,
            ("4242:4242", "other"): REFUSED, ("4343:4343", "root"): REFUSED}

DIFFERENCES = {
    "name-first": {"1234": "4545 4545 4545 /home/digits"},
    "home": {"homeless": "4444 4444 4444 /"},
    "plain-numbers": dict.fromkeys((" 5555", "+4242", "-5:5", "4294967296", "4294967296:4294967296",
                                    "app:+29", "app: 29", "app:4294967296"), REFUSED),
    "empty-user": dict.fromkeys(("", ":", ":audio"), REFUSED),
    "usage": dict.fromkeys(((), ("app",), ("--help",), ("--version",)), REFUSED),
    "already": {("4242:4242", "app"): "4242 4242  /home/app",
                ("4343:4343", "other"): "4343 4343  /home/other"},
}


def wanted(key, theirs):
    return next((row[key] for row in DIFFERENCES.values() if key in row), theirs)


class SuExec(SystemTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.link = Place.file("su-exec")
        if not os.path.lexists(cls.link):
            os.symlink("dinit-su", cls.link)

    def result(self, words, **options):
        result = Line(words, **options).run(self.link)
        if result["shows"]:
            return " ".join((result["Uid"].split()[0], result["Gid"].split()[0],
                             ",".join(result["Groups"].split()), result["HOME"] or "-"))
        if result["status"] == 1 and not result["says"]:
            return "status 1, silent"
        return "status %d" % result["status"]

    def test_every_difference_is_a_row_and_every_row_one(self):
        self.assertEqual(sorted(DIFFERENCES), sorted(table()["su-exec"]))
        for row in DIFFERENCES.values():
            for key, ours in row.items():
                theirs = next(cases[key] for cases in (USERS, LINES, NOT_ROOT) if key in cases)
                self.assertNotEqual(ours, theirs, key)

    def test_users_and_groups(self):
        for user, theirs in USERS.items():
            for variables in ({}, {"HOME": None}):
                with self.subTest(user=user, variables=variables):
                    self.assertEqual(wanted(user, theirs),
                                     self.result([user, *probe("show")], environment=variables))

    def test_lines(self):
        for words, theirs in LINES.items():
            with self.subTest(words=words):
                self.assertEqual(wanted(words, theirs), self.result(words))

    def test_everything_that_cannot_be_run_is_1(self):
        for user in ("app", "5555:77"):
            for command in scripts():
                with self.subTest(user=user, command=command):
                    self.assertEqual(REFUSED, self.result([user, *command]))

    def test_path(self):
        self.assertEqual("status 0", self.result(["app", "true"], environment={"PATH": None}))
        self.assertEqual(REFUSED, self.result(["app", "true"], environment={"PATH": ""}))
        self.assertEqual(USERS["app"], self.result(["app", "probe", "show"],
                                                   environment={"PATH": ":/bin"}))
        self.assertEqual(USERS["app"], self.result(["app", "./probe", "show"]))

    def test_not_root(self):
        for (start, user), theirs in NOT_ROOT.items():
            with self.subTest(start=start, user=user):
                self.assertEqual(wanted((start, user), theirs),
                                 self.result([user, *probe("show")], sandbox=["-u", start]))

    def test_what_is_left_alone(self):
        result = Line(["app", *probe("show")]).run(self.link)
        self.assertEqual(("before", "earlier"), (result["USER"], result["LOGNAME"]))
        ended = run("app", "sh", "-c", "echo $$", binary=self.link, environment=ENVIRONMENT)
        self.assertEqual("1\n", ended.output, "in place, there is no init")
        self.assertEqual((0, ""), (ended.status, ended.errors))
