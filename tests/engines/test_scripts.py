# SPDX-License-Identifier: MIT
"""The start-up scripts that people write, each beside the entry point that replaces it.

Both run the same command with the same variables on the same mount, and have the same ids, files and HOME.
The entry point also runs in an image without a shell, where the script cannot run.
"""
import os
from collections import namedtuple

import images
from cases import Cases, OnDocker, OnPodman
from engine import read

CALLER, TEAM, ARBITRARY = 12345, 12346, 100012345
# Prints ids, name, HOME and umask, and the owner and mode of a new file in the home.
SHOW = """\
id -u; id -g; id -un; echo "$HOME"; umask; touch /data/file ~/own && stat -c '%u %g %a' ~/own
if [ -d /config ] && [ "$(id -un)" = abc ]; then stat -c '%u %g' /config; fi
"""

Pair = namedtuple("Pair", "script line options uid gid home")


def variables(**values):
    return [word for name, value in values.items() for word in ("-e", "%s=%s" % (name, value))]


PAIRS = {
    "the USER_ID script": Pair(
        "user-id", ["--ids-from-env", "USER_ID:GROUP_ID", "--create", "user"],
        variables(USER_ID=CALLER, GROUP_ID=TEAM), CALLER, TEAM, "/home/user"),
    "PUID, PGID and UMASK": Pair(
        "puid", ["--ids-from-env", "PUID:PGID", "--umask-from-env", "UMASK", "--chown-if-needed",
                 "/config", "abc"],
        variables(PUID=CALLER, PGID=TEAM, UMASK="002"), CALLER, TEAM, "/config"),
    "PUID alone": Pair(
        "puid", ["--ids-from-env", "PUID:PGID", "--umask-from-env", "UMASK", "--chown-if-needed",
                 "/config", "abc"],
        variables(PUID=CALLER), CALLER, 911, "/config"),
    "OpenShift's arbitrary user": Pair(
        "uid_entrypoint", ["--if-root", "--create", "default"],
        ["--user", "%d:0" % ARBITRARY], ARBITRARY, 0, "/home/default"),
    "the owner of the mount": Pair(
        "owner-of-work", ["--ids-of", "/data", "dev"], [], CALLER, CALLER, "/home/dev"),
    "NB_UID and NB_GID": Pair(
        "nb_uid", ["--ids-from-env", "NB_UID:NB_GID", "--chown-if-needed", "/home/jovyan", "jovyan"],
        variables(NB_UID=CALLER, NB_GID=TEAM), CALLER, TEAM, "/home/jovyan"),
}


def options_for(engine, pair):
    """Options without which podman adds an account for an arbitrary user, named by its number."""
    return ["--passwd=false"] if (pair.uid, engine.name) == (ARBITRARY, "podman") else []


def owner(path):
    status = os.stat(path)
    return status.st_uid, status.st_gid


class Scripts(Cases):
    image = images.SCRIPTS

    def mount_for(self, pair):
        """The caller's directory, or for an arbitrary user one of its own."""
        return self.share(pair.uid if pair.uid == ARBITRARY else CALLER)

    def run_pair(self, pair, entrypoint, *arguments):
        directory, share = self.mount_for(pair)
        ended = self.run_it(*arguments, "sh", "-c", SHOW, options=[
            "--entrypoint", entrypoint, *share, *pair.options, *options_for(self.engine, pair)])
        self.assertEqual((ended.status, ended.errors), (0, ""), ended)
        return ended.output, owner(os.path.join(directory, "file"))

    def test_side_by_side(self):
        for name, pair in PAIRS.items():
            with self.subTest(name=name):
                by_script = self.run_pair(pair, "/sbin/" + pair.script)
                by_line = self.run_pair(pair, "/sbin/dinit-su", *pair.line, "--")
                self.assertEqual(by_line, by_script)
                self.assertEqual(by_line[0].split()[:2], [str(pair.uid), str(pair.gid)])
                self.assertEqual(by_line[0].split()[3], pair.home)
                self.assertEqual(by_line[1], (pair.uid, pair.gid))

    def test_an_arbitrary_user_has_a_name(self):
        """whoami, Python and git find the name."""
        command = ("whoami; python3 -c 'import getpass; print(getpass.getuser())'; cd; "
                   "git init -q work; cd work; git commit -q --allow-empty -m first; "
                   "git log --format=%cn; ls -lL /etc/passwd; cat /etc/passwd")
        options = ["--entrypoint", "/sbin/dinit-su", "--user", "%d:0" % ARBITRARY,
                   "-e", "EMAIL=somebody@example.org",
                   *options_for(self.engine, PAIRS["OpenShift's arbitrary user"])]
        before = self.run_it("--no-switch", "cat", "/etc/passwd", options=options[:2]).output
        ended = self.run_it("--if-root", "--create", "default", "--", "env", "-u", "USER", "-u",
                            "LOGNAME", "sh", "-c", command, options=options)
        lines = ended.output.splitlines(True)
        self.assertEqual((ended.status, lines[:3]), (0, ["default\n"] * 3), ended)
        self.assertRegex(lines[3], "^-rw-rw-r-- 1 root root ")
        self.assertEqual("".join(lines[4:]), before + "default:!:%d:0:default:/home/default:/bin/sh\n"
                         % ARBITRARY)


class WithoutShell(Cases):
    image = images.USERS

    def test_the_lines_need_none(self):
        for name, pair in PAIRS.items():
            with self.subTest(name=name):
                directory, share = self.share(pair.uid if pair.uid == ARBITRARY else CALLER)
                ended = self.run_it(*pair.line, "--", "/probe", "copy", "/etc/passwd",
                                    "/data/passwd", options=[
                                        *share, *pair.options, *options_for(self.engine, pair)])
                home, user = pair.home, pair.line[-1]
                if pair.uid == ARBITRARY:
                    # The account files of this image are root's alone.
                    self.assertIn("cannot be changed", ended.errors)
                    home, user = "/", "-"
                self.assertEqual((ended.status, ended.output),
                                 (0, "%d %d %s %s\n" % (pair.uid, pair.gid, home, user)), ended)
                self.assertEqual(owner(directory + "/passwd"), (pair.uid, pair.gid))
                if pair.uid != ARBITRARY:
                    self.assertIn("\n%s:" % user, "\n" + read(directory + "/passwd"))


class DockerScripts(Scripts, OnDocker):
    pass


class PodmanScripts(Scripts, OnPodman):
    pass


class DockerWithoutShell(WithoutShell, OnDocker):
    pass


class PodmanWithoutShell(WithoutShell, OnPodman):
    pass
