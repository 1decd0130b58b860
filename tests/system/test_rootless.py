# SPDX-License-Identifier: MIT
"""Ids where the root of the container is nobody on the host: user namespaces."""
import ctypes
import os

from etc import PASSWD, SCRIPT, Etc, EtcTest
from harness import Place

CLONE_NEWUSER = 0x10000000


def unshare_user_namespace():
    """Returns 0 or what errno says."""
    failed = ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWUSER) != 0
    return ctypes.get_errno() if failed else 0


def why_no_user_namespace():
    """Why no process can make a user namespace here; empty if one can."""
    child = os.fork()
    if child == 0:
        os._exit(unshare_user_namespace())
    error = os.WEXITSTATUS(os.waitpid(child, 0)[1])
    return os.strerror(error) if error else ""


def enter_user_namespace(*lines):
    """Become root of a new user namespace with these lines of INNER OUTER COUNT for its map.

    For the child side of a fork. The map has to be written from outside: by a helper. Neither holds
    the other's end of a pipe, so that the failure of one is the end of the other's wait.
    """
    wishes, asks = os.pipe()
    answers, does = os.pipe()
    process = os.getpid()
    helper = os.fork()
    if helper == 0:
        os.close(asks)
        if os.read(wishes, 1):
            for name in ("uid_map", "gid_map"):
                with open("/proc/%d/%s" % (process, name), "w") as file:
                    file.write("\n".join(lines))
            os.write(does, b"x")
        os._exit(0)
    os.close(does)
    error = unshare_user_namespace()
    if error:
        raise OSError(error, os.strerror(error))
    os.write(asks, b"x")
    if not os.read(answers, 1):
        raise RuntimeError("the map of the user namespace could not be written")
    os.waitpid(helper, 0)
    os.setgroups([])
    os.setresgid(0, 0, 0)
    os.setresuid(0, 0, 0)


class Rootless(EtcTest):
    """The container's root is nobody on the host."""

    CALLER = 1000
    # As rootless engines map ids by themselves, and as podman does with --userns=keep-id.
    USUAL = ["0 1000 1", "1 100000 65535"]
    KEEP_ID = ["0 100000 1000", "1000 1000 1", "1001 101000 64535"]

    def setUp(self):
        reason = why_no_user_namespace()
        if reason:
            self.skipTest("no user namespace can be made here: " + reason)

    def write_file(self, uid_map, *arguments, **environment):
        """Main writes a file on a mount: its owner on the host, and the account line."""
        etc, mount = Etc(), Place.directory()
        os.chmod(mount, 0o755)
        os.chown(mount, self.CALLER, self.CALLER)
        for path in (etc.path, etc.home, etc.file("passwd"), etc.file("group")):
            root = int(uid_map[0].split()[1])
            os.chown(path, root, root)
        ended = etc.run(*arguments, "--", "touch", mount + "/file", sandbox=["-P"], cwd="/",
                        environment=environment,
                        preexec_fn=lambda: enter_user_namespace(*uid_map))
        self.assertEqual((ended.status, ended.errors), (0, ""), ended)
        return os.stat(mount + "/file").st_uid, etc.read("passwd").splitlines()[-1]

    def test_the_caller_is_root_inside(self):
        owner, _ = self.write_file(self.USUAL, "--ids-from-env", "USER_ID:GROUP_ID",
                                   "--allow-root", "app", USER_ID="0", GROUP_ID="0")
        self.assertEqual(owner, self.CALLER)

    def test_the_caller_keeps_its_id(self):
        owner, line = self.write_file(self.KEEP_ID, *SCRIPT[:-1], USER_ID="1000", GROUP_ID="1000")
        self.assertEqual((owner, line), (self.CALLER, "user:!:1000:1000::/home/user:/bin/sh"))

    def test_the_owner_of_the_mount(self):
        mount_owner, _ = self.write_file(self.KEEP_ID, "--ids-of", self.mount_of_caller(), "app")
        self.assertEqual(mount_owner, self.CALLER)

    def mount_of_caller(self):
        path = Place.directory()
        os.chown(path, self.CALLER, self.CALLER)
        return path

    def test_an_owner_that_is_not_mapped(self):
        """It shows as the overflow id, and nobody may become that."""
        # 34 and 4 are the end of 65534, and nothing else.
        for owner, words, group in (((5, 5), "uid 65534 stands for owners", 0),
                                    ((self.CALLER, 5), None, 4242), ((100034, 100004), None, 4)):
            etc, mount = Etc(), Place.directory()
            os.chown(mount, *owner)
            for path in (etc.path, etc.home, etc.file("passwd"), etc.file("group")):
                os.chown(path, 100000, 100000)
            ended = etc.run("--ids-of", mount, "app", "--", "id", "-u", sandbox=["-P"], cwd="/",
                            preexec_fn=lambda: enter_user_namespace(*self.KEEP_ID))
            if words:
                self.assertEqual((ended.status, ended.output), (125, ""), ended)
                self.assertIn(words, ended.errors)
                self.assertEqual(etc.read("passwd"), PASSWD)
            else:
                uid = 1000 if owner[0] == self.CALLER else 34
                self.assertEqual((ended.status, ended.output), (0, "%d\n" % uid), ended)
                self.assertIn("app:x:%d:%d:" % (uid, group), etc.read("passwd"))

    def test_the_overflow_id_that_is_mapped_is_an_owner_like_any_other(self):
        path = Place.directory()
        os.chown(path, 65534, 65534)
        self.assert_runs(Etc().run("--ids-of", path, "app", "--", "id", "-u"), "65534")

    def test_an_id_that_is_not_mapped(self):
        ended = Etc().run(*SCRIPT, "id", sandbox=["-P"], cwd="/", environment={"USER_ID": "70000"},
                          preexec_fn=lambda: enter_user_namespace(*self.USUAL))
        self.assertEqual((ended.status, ended.output), (125, ""), ended)
        self.assertIn("maps no such id", ended.errors)
