# SPDX-License-Identifier: MIT
"""The tables of docs/migrate.md: the command before and the command after do the same.

A row is run when both of its first two cells are one command in backquotes. /data in it is a
directory of root's. Programs that are not installed, or not to be had from the distribution, skip the left side.
"""
import json
import os
import re
import shutil
import subprocess

from harness import GROUP, PASSWD, PATIENCE, Place, SystemTest, run, sandboxed

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")
GUIDE = os.path.join(TOP, "docs/migrate.md")
DEVCONTAINER = os.path.join(TOP, "examples/devcontainer")
PEERS = ("tini", "docker-init", "dumb-init", "gosu", "su-exec", "setpriv", "catatonit",
         "s6-setuidgid", "s6-applyuidgid")
# Not among the packages of Debian, or inside of an engine's.
NOT_PACKAGED = ("su-exec", "docker-init")


def rows():
    """(before, after) of each row that can be run."""
    with open(GUIDE) as file:
        for line in file:
            cells = [cell.strip() for cell in line.strip().strip("|").split(" | ")]
            if not line.startswith("|") or len(cells) < 2:
                continue
            commands = [re.fullmatch(r"`([^`]+)`", cell) for cell in cells[:2]]
            if all(commands) and not commands[1].group(1).endswith(("--", "--pause", "3s")):
                yield tuple(command.group(1) for command in commands)


class Migrate(SystemTest):
    def execute(self, command):
        """As PID 1 of a namespace, with dinit-su where it can be found."""
        data = Place.directory()
        tools = Place.directory()
        shutil.copy(Place.file("dinit-su"), tools)
        command = command.replace("/data", data)
        if not re.search(r"&&|;.*exec", command):
            # The shell makes way, so that the program itself is PID 1.
            command = re.sub(r"^((?:[A-Z_]+=\S+ )*)", r"\1exec ", command)
            if not command.startswith("exec"):
                command = "export " + command.replace(" exec ", "; exec ", 1)
        process = subprocess.run(
            sandboxed((), ["sh", "-c", command], Place.file("passwd"), Place.file("group")),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env={"PATH": tools + ":" + os.environ["PATH"] + ":/usr/sbin:/sbin", "HOME": "/root"},
            timeout=PATIENCE, universal_newlines=True)
        return process.returncode, process.stdout, process.stderr

    def test_before_and_after(self):
        skipped = set()
        for before, after in rows():
            with self.subTest(before=before, after=after):
                status, output, errors = self.execute(after)
                self.assertNotEqual(status, 125, errors)
                missing = [name for name in PEERS if re.search(r"(^| )%s " % name, before) and
                           not shutil.which(name)]
                if missing:
                    skipped.update(missing)
                    continue
                self.assertEqual((status, output), self.execute(before)[:2])
        skipped.difference_update(NOT_PACKAGED)
        if skipped:
            self.skipTest("the left side needs %s" % ", ".join(sorted(skipped)))

    def test_the_guide_has_rows_that_run(self):
        programs = {re.search("|".join(PEERS), before).group(0) for before, _ in rows()
                    if re.search("|".join(PEERS), before)}
        self.assertGreater(len(list(rows())), 30)
        for name in ("tini", "dumb-init", "gosu", "su-exec", "setpriv", "catatonit",
                     "s6-setuidgid"):
            self.assertIn(name, programs)


class Devcontainer(SystemTest):
    """examples/devcontainer: its entry point, and what its two files have to agree on."""

    def setUp(self):
        with open(os.path.join(DEVCONTAINER, "devcontainer.json")) as file:
            self.settings = json.loads(re.sub(r"^\s*//.*$", "", file.read(), flags=re.M))
        with open(os.path.join(DEVCONTAINER, "Dockerfile")) as file:
            self.entry_point = json.loads(re.search(r"^ENTRYPOINT (.*)$", file.read(),
                                                    re.M).group(1))

    def test_files_agree(self):
        folder = self.settings["workspaceFolder"]
        self.assertIn("target=%s," % folder, self.settings["workspaceMount"])
        self.assertEqual(self.entry_point[1:3], ["--ids-of", folder])
        self.assertEqual(self.entry_point[3], self.settings["remoteUser"])
        self.assertFalse(self.settings["overrideCommand"])

    def test_the_user_gets_the_ids_of_the_project(self):
        project = Place.directory()
        os.chown(project, 12345, 12346)
        words = [project if word == "/work" else word for word in self.entry_point[1:]]
        ended = run(*words, "sh", "-c", "id -u; id -g; id -un",
                    passwd=Place.write("passwd-dev",
                                       PASSWD + "dev:x:1000:1000::/nonexistent:/bin/sh\n"),
                    group=Place.write("group-dev", GROUP + "dev:x:1000:\n"))
        self.assertEqual((ended.status, ended.output, ended.errors),
                         (0, "12345\n12346\ndev\n", ""))
