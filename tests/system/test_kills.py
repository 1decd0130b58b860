# SPDX-License-Identifier: MIT
"""Killed at any system call: the account files are the old ones or the new ones, never a part."""
import collections
import os
import re
import shutil
import unittest

from etc import GROUP, PASSWD, Etc
from harness import Place, SystemTest, skip_unless_static

CALL = re.compile(r"^([a-z_0-9]+)\(")


@unittest.skipUnless(shutil.which("strace"), "needs strace, to kill at a system call")
class Kills(SystemTest):
    def setUp(self):
        skip_unless_static(self)

    def strace(self, etc, sandbox, arguments, *options):
        return etc.run("-qq", *options, Place.file("dinit-su"), *arguments, "--",
                       "true", sandbox=sandbox, binary=shutil.which("strace"))

    def calls(self, etc, sandbox, arguments):
        """Every system call up to the one that starts main: its name, and its number among its like."""
        trace = Place.shared("trace")
        self.assertEqual(self.strace(etc, sandbox, arguments, "-o", trace).status, 0)
        seen = collections.Counter()
        with open(trace) as file:
            for line in file:
                name = CALL.match(line).group(1)
                seen[name] += 1
                # The first one starts dinit-su itself; the last, vfork, has several names.
                if name != "execve":
                    yield name, seen[name]
                if name in ("vfork", "clone"):
                    return
        self.fail("main was not started")

    def check(self, passwd, group, arguments, new_passwd, new_group, mounted=False):
        def start():
            etc, above = Etc(passwd, group), Etc()
            if not mounted:
                return etc, etc, []
            return etc, above, ["-b", etc.file("passwd") + ":/etc/passwd",
                                "-b", etc.file("group") + ":/etc/group"]

        def content(etc, name):
            if not os.path.exists(etc.file(name)):
                return None
            # One that gets shorter is filled up with empty lines before it is cut.
            return etc.read(name).rstrip("\n") + "\n" if mounted else etc.read(name)

        etc, around, sandbox = start()
        calls = list(self.calls(around, sandbox, arguments))
        self.assertGreater(len(calls), 30)
        states = set()
        for name, count in calls:
            etc, around, sandbox = start()
            ended = self.strace(around, sandbox, arguments, "-o", "/dev/null", "-e",
                                "trace=" + name, "-e",
                                "inject=%s:signal=KILL:when=%d" % (name, count))
            self.assertEqual((ended.status, ended.output, ended.errors), (137, "", ""), (name, count))
            state = content(etc, "passwd"), content(etc, "group")
            self.assertIn(state[0], (passwd, new_passwd), (name, count))
            self.assertIn(state[1], (group, new_group), (name, count))
            states.add(state)
            if state == (passwd, group) and len(os.listdir(etc.path)) <= 2:
                continue
            # Something was done. Done again all of it is, and nothing is left over.
            ended = around.run(*arguments, "--", "true", sandbox=sandbox)
            self.assertEqual((ended.status, ended.errors), (0, ""), (name, count))
            self.assertEqual((content(etc, "passwd"), content(etc, "group")),
                             (new_passwd, new_group), (name, count))
            self.assertEqual(sorted(os.listdir(etc.path)), ["group", "passwd"])
        self.assertEqual(states, {(passwd, group), (passwd, new_group), (new_passwd, new_group)})

    def test_other_ids(self):
        self.check(PASSWD, GROUP, ["--ids", "1000:1001", "app"],
                   PASSWD.replace("app:x:4242:4242:The", "app:x:1000:1001:The"),
                   GROUP.replace("app:*:4242:", "app:*:1001:"))

    def test_a_new_user(self):
        self.check(PASSWD, GROUP, ["--create", "user"],
                   PASSWD + "user:!:1000:1000::/home/user:/bin/sh\n", GROUP + "\nuser:!:1000:\n")

    def test_no_files_before(self):
        self.check(None, None, ["--ids=5:6", "--create", "user"],
                   "user:!:5:6::/home/user:/bin/sh\n", "user:!:6:\n")

    def test_mounted_and_shorter(self):
        group = GROUP + "\n"
        self.check(PASSWD, group, ["--ids", "7:8", "app"],
                   PASSWD.replace("app:x:4242:4242:The", "app:x:7:8:The"),
                   group.replace("app:*:4242:", "app:*:8:"), mounted=True)
