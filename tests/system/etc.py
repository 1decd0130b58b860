# SPDX-License-Identifier: MIT
"""An /etc and a /home for one test, and the account files that most tests begin with."""
import os
import subprocess
import unittest

from harness import PATIENCE, Ended, Place, SystemTest

PASSWD = """\
root:x:0:0:root:/root:/bin/sh
# a comment:x:4242:4242
app:x:4242:4242:The application:/home/app:/bin/sh
app:x:9999:9999:the same name again:/:
:::
other:x:4343:4343::/home/other:/bin/sh
"""
GROUP = """\
root:x:0:
app:*:4242:
twin:x:4242:
docker:x:999:app,user
audio:x:29:app,other"""
UNSET = {"PATH": os.environ["PATH"]}
# What the well-known script does.
SCRIPT = ["--ids-from-env", "USER_ID:GROUP_ID", "--create", "user", "--"]
SHOW = ["sh", "-c", "id -u; id -g; id -G; echo $HOME $USER"]


def read(path):
    with open(path, "rb") as file:
        return file.read()


class Etc:
    """An /etc and a /home for one test, mounted as a whole when dinit-su runs."""

    def __init__(self, passwd=PASSWD, group=GROUP):
        self.path = Place.directory()
        os.chmod(self.path, 0o755)
        self.home = Place.directory()
        os.chmod(self.home, 0o755)
        for name, content in (("passwd", passwd), ("group", group)):
            if content is not None:
                with open(self.file(name), "w") as file:
                    file.write(content)
                os.chmod(self.file(name), 0o644)

    def file(self, name):
        return os.path.join(self.path, name)

    def read(self, name):
        return read(self.file(name)).decode()

    def run(self, *arguments, sandbox=(), environment=None, binary=None, **options):
        if "-E" in sandbox and "SANITIZED" in os.environ:
            raise unittest.SkipTest("the address sanitizer itself needs /proc")
        command = [binary or Place.file("dinit-su"), *arguments]
        process = subprocess.run(
            [os.environ["SANDBOX"], "-b", self.path + ":/etc", "-b", self.home + ":/home",
             *sandbox, "--", *command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, env=dict(UNSET, **(environment or {})), timeout=PATIENCE,
            **options)
        return Ended(process)


class EtcTest(SystemTest):
    def assert_runs(self, ended, *lines):
        self.assertEqual((ended.status, ended.errors, ended.output.splitlines()),
                         (0, "", list(lines)), ended)
