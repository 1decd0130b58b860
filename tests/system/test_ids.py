# SPDX-License-Identifier: MIT
"""Ids from outside: who main then is, and what the account files say afterwards."""
import ctypes
import fcntl
import os
import shutil
import signal
import stat
import struct
import subprocess
import time
import unittest

from harness import Ended, Init, Place, SystemTest, stat as state_of, until

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
CLONE_NEWUSER = 0x10000000
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
            stderr=subprocess.PIPE, env=dict(UNSET, **(environment or {})), timeout=60,
            **options)
        return Ended(process)


class EtcTest(SystemTest):
    def assert_runs(self, ended, *lines):
        self.assertEqual((ended.status, ended.errors, ended.output.splitlines()),
                         (0, "", list(lines)), ended)


class Ids(EtcTest):
    def test_given(self):
        etc = Etc()
        self.assert_runs(etc.run("--ids", "1000:1001", "app", "--", *SHOW),
                         "1000", "1001", "1001 29 999", "/home/app app")
        self.assertEqual(etc.read("passwd"), PASSWD.replace(
            "app:x:4242:4242:The", "app:x:1000:1001:The"))
        self.assertEqual(etc.read("group"), GROUP.replace("app:*:4242:", "app:*:1001:"))

    def test_given_without_a_group(self):
        etc = Etc()
        self.assert_runs(etc.run("--ids=1000", "app", "--", *SHOW),
                         "1000", "4242", "4242 29 999", "/home/app app")
        self.assertEqual(etc.read("passwd"), PASSWD.replace(
            "app:x:4242:4242:The", "app:x:1000:4242:The"))
        self.assertEqual(etc.read("group"), GROUP)

    def test_from_variables(self):
        for environment, uid, gid in (
                ({}, 4242, 4242), ({"U": "", "G": ""}, 4242, 4242), ({"U": "7"}, 7, 4242),
                ({"G": "8"}, 4242, 8), ({"U": "7", "G": "8"}, 7, 8),
                ({"U": "4242", "G": "4242"}, 4242, 4242), ({"U": "4294967294"}, 4294967294, 4242)):
            with self.subTest(environment=environment):
                etc = Etc()
                before = os.stat(etc.file("passwd")).st_ino
                ended = etc.run("--ids-from-env", "U:G", "app", "--", "sh", "-c", "id -u; id -g",
                                environment=environment)
                self.assert_runs(ended, str(uid), str(gid))
                self.assertEqual(etc.read("passwd"), PASSWD.replace(
                    "app:x:4242:4242:The", "app:x:%d:%d:The" % (uid, gid)))
                if (uid, gid) == (4242, 4242):
                    self.assertEqual(os.stat(etc.file("passwd")).st_ino, before)

    def test_variables_that_are_no_ids(self):
        etc = Etc()
        for value in ("abc", "-1", "1000:1000", "0x10", "4294967295", " 1", "1 ", "99999999999"):
            for name in ("U", "G"):
                with self.subTest(value=value, name=name):
                    self.assert_refused(etc.run("--ids-from-env", "U:G", "app", "--", "id",
                                                environment={name: value}), "%s=%s: no id" % (name, value))
        self.assertEqual((etc.read("passwd"), etc.read("group")), (PASSWD, GROUP))

    def test_root_from_a_variable(self):
        for environment in ({"U": "0"}, {"U": "00"}, {"U": "1", "G": "0"}):
            ended = Etc().run("--ids-from-env", "U:G", "app", "--", "id", environment=environment)
            self.assert_refused(ended, "=0", "--allow-root")
        self.assert_runs(Etc().run("--ids-from-env", "U:G", "--allow-root", "app", "--", "id", "-u",
                                   environment={"U": "0", "G": "0"}), "0")

    def test_owner_of_a_path(self):
        path = Place.directory()
        os.chown(path, 77, 88)
        self.assert_runs(Etc().run("--ids-of", path, "app", "--", *SHOW),
                         "77", "88", "88 29 999", "/home/app app")
        os.chown(path, 77, 0)
        self.assert_runs(Etc().run("--ids-of", path, "app", "--", *SHOW),
                         "77", "4242", "4242 29 999", "/home/app app")
        for owner in ((0, 0), (0, 88)):
            os.chown(path, *owner)
            self.assert_runs(Etc().run("--ids-of", path, "app", "--", *SHOW),
                             "4242", "4242", "4242 29 999", "/home/app app")
        self.assert_refused(Etc().run("--ids-of", path + "/none", "app", "--", "id"),
                            "--ids-of", "No such file")

    def test_ids_come_before_group_and_before_numbers(self):
        etc = Etc()
        self.assert_runs(etc.run("--ids", "7:8", "app:audio", "--", "sh", "-c", "id -u; id -G"),
                         "7", "8")
        self.assertIn("app:x:7:8:", etc.read("passwd"))
        etc = Etc()
        self.assert_runs(etc.run("--ids", "7", "app:audio", "--", "sh", "-c", "id -u; id -G"),
                         "7", "29")
        self.assertIn("app:x:7:4242:", etc.read("passwd"))
        etc = Etc(None, None)
        self.assert_runs(etc.run("--ids-from-env", "U:G", "1000:1000", "--", *SHOW,
                                 environment={"U": "7"}), "7", "1000", "1000", "/")
        self.assertEqual(os.listdir(etc.path), [])

    def test_primary_group_of_others_name(self):
        etc = Etc(group="users:x:4242:\napp:x:5:\n")
        self.assert_runs(etc.run("--ids", "1:2", "app", "--", "id", "-G"), "2")
        self.assertEqual(etc.read("group"), "users:x:2:\napp:x:5:\n")

    def test_root_s_group_stays_root_s(self):
        passwd, group = "root:x:0:0::/:\napp:x:4242:0::/home/app:\n", "root:x:0:\napp:x:0:\n"
        etc = Etc(passwd, group)
        self.assert_runs(etc.run("--ids", "1:2", "app", "--", "id", "-G"), "2")
        self.assertEqual(etc.read("group"), group)
        self.assertEqual(etc.read("passwd"), passwd.replace("4242:0", "1:2"))

    def test_after_a_kill_in_between(self):
        # The group's line is first.
        etc = Etc(group=GROUP.replace("app:*:4242:", "app:*:1001:"))
        self.assert_runs(etc.run("--ids", "1000:1001", "app", "--", "id", "-u"), "1000")
        self.assertIn("app:x:1000:1001:The", etc.read("passwd"))

    def test_ids_of_another_account_are_allowed(self):
        etc = Etc()
        self.assert_runs(etc.run("--ids", "4343:29", "app", "--", "id", "-G"), "29 999")
        self.assertIn("app:x:4343:29:", etc.read("passwd"))
        self.assertIn("app:*:29:", etc.read("group"))

    def test_shadow_files_are_left_alone(self):
        etc = Etc()
        for name in ("shadow", "gshadow"):
            with open(etc.file(name), "w") as file:
                file.write("app:!:1::::::\n")
            os.chmod(etc.file(name), 0)
        before = [os.stat(etc.file(name)) for name in ("shadow", "gshadow")]
        etc.run("--ids", "7:8", "app", "--", "id")
        etc.run("--ids", "7:8", "--create", "user", "--", "id")
        self.assertEqual([os.stat(etc.file(name)) for name in ("shadow", "gshadow")], before)
        self.assertEqual(sorted(os.listdir(etc.path)), ["group", "gshadow", "passwd", "shadow"])

    def test_by_number_it_is_the_same_user_at_the_second_start(self):
        for user in ("4242", "4242:4242", "04242"):
            etc = Etc()
            home = etc.home + "/app"
            os.mkdir(home)
            os.chown(home, 4242, 4242)
            for _ in range(2):
                ended = etc.run("--ids-from-env", "U", user, "--", "sh", "-c", "id -u; echo $HOME",
                                environment={"U": "5000"})
                self.assert_runs(ended, "5000", "/home/app")
                self.assertEqual(os.stat(home).st_uid, 5000)
            self.assertEqual((etc.read("passwd"), etc.read("group")), (PASSWD, GROUP))

    def test_by_a_name_of_digits_its_line_is_changed(self):
        etc = Etc(PASSWD + "1000:x:77:77::/:\n")
        self.assert_runs(etc.run("--ids", "5000", "1000", "--", "id", "-u"), "5000")
        self.assertIn("\n1000:x:5000:77:", etc.read("passwd"))

    def test_every_way_to_switch(self):
        for arguments in (["-x"], ["-R"], ["-i"]):
            etc = Etc()
            self.assert_runs(etc.run(*arguments, "--ids", "7:8", "app", "--", "id", "-u"), "7")
            self.assertIn("app:x:7:8:", etc.read("passwd"))

    def test_without_root(self):
        etc = Etc()
        self.assert_runs(etc.run("--ids", "77:88", "app", "--", "sh", "-c", "id -u; echo $HOME",
                                 sandbox=["-u", "77:88"]), "77", "/home/app")
        self.assert_refused(etc.run("--ids", "77:89", "app", "--", "id", sandbox=["-u", "77:88"]),
                            "cannot become 'app'")
        self.assert_runs(etc.run("-i", "--ids-from-env", "U", "app", "--", "id", "-u",
                                 sandbox=["-u", "77:88"], environment={"U": "no id"}), "77")
        self.assertEqual((etc.read("passwd"), etc.read("group")), (PASSWD, GROUP))

    def test_explain_changes_nothing(self):
        etc = Etc()
        ended = etc.run("--explain", "--ids", "7:8", "app", "--", "id")
        self.assertIn("accounts  app is 4242:4242 in the account files, which becomes 7:8\n",
                      ended.output)
        ended = etc.run("--explain", "--create", "user", "--", "id")
        self.assertIn("accounts  user is created, with the home /home/user\n", ended.output)
        self.assertEqual((etc.read("passwd"), etc.read("group")), (PASSWD, GROUP))
        self.assertEqual(os.listdir(etc.home), [])


class Create(EtcTest):
    def test_the_well_known_script(self):
        etc = Etc()
        environment = {"USER_ID": "1234", "GROUP_ID": "2345"}
        for _ in range(2):
            self.assert_runs(etc.run(*SCRIPT, *SHOW, environment=environment),
                             "1234", "2345", "2345 999", "/home/user user")
            self.assertEqual(etc.read("passwd"),
                             PASSWD + "user:!:1234:2345::/home/user:/bin/sh\n")
            self.assertEqual(etc.read("group"), GROUP + "\nuser:!:2345:\n")
        home = os.stat(etc.home + "/user")
        self.assertEqual((home.st_uid, home.st_gid, stat.S_IMODE(home.st_mode)),
                         (1234, 2345, 0o700))

    def test_the_script_with_nothing_set(self):
        for environment in ({}, {"USER_ID": ""}, {"GROUP_ID": "7"}):
            etc = Etc()
            self.assert_refused(etc.run(*SCRIPT, "id", environment=environment),
                                "no user 'user'", "USER_ID:GROUP_ID is not set")
            self.assertEqual((etc.read("passwd"), etc.read("group")), (PASSWD, GROUP))
        etc = Etc(PASSWD + "user:x:5:6::/:\n")
        self.assert_runs(etc.run(*SCRIPT, "id", "-u"), "5")

    def test_no_group_said(self):
        etc = Etc()
        self.assert_runs(etc.run("--ids=1234", "--create", "user", "--", *SHOW),
                         "1234", "1234", "1234 999", "/home/user user")
        # As a group there is one with that number.
        etc = Etc(group=GROUP + "\nanother:x:1234:\n")
        self.assert_runs(etc.run("--ids=1234", "--create", "user", "--", *SHOW),
                         "1234", "1000", "1000 999", "/home/user user")

    def test_the_first_free_ids(self):
        etc = Etc(PASSWD + "a:x:1000:1::/:\nb:x:1003:1::/:\n", "c:x:1001:\n")
        self.assert_runs(etc.run("--create", "user", "--", "sh", "-c", "id -u; id -g"),
                         "1002", "1002")
        self.assert_runs(etc.run("--create", "user2", "--", "sh", "-c", "id -u; id -g"),
                         "1004", "1004")

    def test_none_is_free(self):
        etc = Etc(PASSWD + "".join("u%d:x:%d:1::/:\n" % (n, n) for n in range(1000, 60001)))
        self.assert_refused(etc.run("--create", "user", "--", "id"), "no id from 1000 to 60000")

    def test_a_group_of_that_name_is_there(self):
        etc = Etc(group="user:x:77:\n")
        self.assert_runs(etc.run("--create", "user", "--", *SHOW),
                         "1000", "77", "77", "/home/user user")
        self.assertEqual(etc.read("group"), "user:x:77:\n")
        etc = Etc(group="user:x:77:\n")
        self.assert_runs(etc.run("--ids=7:8", "--create", "user", "--", "id", "-G"), "8")
        self.assertEqual(etc.read("group"), "user:x:8:\n")

    def test_one_that_exists_is_not_created(self):
        etc = Etc()
        self.assert_runs(etc.run("--create", "app", "--", "id", "-u"), "4242")
        self.assertEqual((etc.read("passwd"), etc.read("group")), (PASSWD, GROUP))
        self.assertEqual(os.listdir(etc.home), [])

    def test_no_account_files_at_all(self):
        etc = Etc(None, None)
        self.assert_runs(etc.run(*SCRIPT, *SHOW, environment={"USER_ID": "5", "GROUP_ID": "6"}),
                         "5", "6", "6", "/home/user user")
        self.assertEqual(etc.read("passwd"), "user:!:5:6::/home/user:/bin/sh\n")
        self.assertEqual(etc.read("group"), "user:!:6:\n")
        for name in ("passwd", "group"):
            self.assertEqual(stat.S_IMODE(os.stat(etc.file(name)).st_mode), 0o644)

    def test_names(self):
        for name in ("User", "1user", "-", "a.b", "us er", "a/b", "..", "$", "a$b", "usér", "1000",
                     "a" * 33, "a\nb", "\u00e4"):
            with self.subTest(name=name):
                ended = Etc().run("--create", name, "--", "id")
                self.assert_refused(ended, "no such option" if name == "-" else "cannot be created")
        for name in ("_", "u-1_2", "host$", "a" * 32):
            self.assert_runs(Etc().run("--create", name, "--", "sh", "-c", "echo $USER"), name)
        self.assert_refused(Etc().run("--create", "a:b", "--", "id"), "leave GROUP out")

    def test_home_that_is_there(self):
        for owner, after in ((0, 5), (77, 77)):
            etc = Etc()
            os.mkdir(etc.home + "/user")
            os.chmod(etc.home + "/user", 0o755)
            os.chown(etc.home + "/user", owner, owner)
            self.assert_runs(etc.run("--ids=5:6", "--create", "user", "--", "id", "-u"), "5")
            home = os.stat(etc.home + "/user")
            self.assertEqual((home.st_uid, stat.S_IMODE(home.st_mode)), (after, 0o755))

    def test_home_that_is_a_link(self):
        etc = Etc()
        os.symlink("/etc", etc.home + "/user")
        ended = etc.run("--ids=5:6", "--create", "user", "--", "id", "-u")
        self.assertEqual((ended.status, ended.output), (0, "5\n"))
        self.assertIn("cannot change /home/user: ", ended.errors)
        self.assertEqual(os.stat(etc.path).st_uid, 0)

    def test_umask_of_the_caller_does_not_matter(self):
        etc = Etc(None, None)
        os.rmdir(etc.home)
        before = os.umask(0o077)
        try:
            etc.home = Place.directory()
            self.assert_runs(etc.run("--create", "user", "--", "cat", "/etc/passwd"),
                             "user:!:1000:1000::/home/user:/bin/sh")
        finally:
            os.umask(before)


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
        """The owner on the host of a file on a mount of the caller's; the account line."""
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
        """Shows as the overflow id, which nobody is to become."""
        for owner, words in (((5, 5), "it shows as uid 65534's"),
                             ((self.CALLER, 5), None)):
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
                self.assertEqual((ended.status, ended.output), (0, "1000\n"), ended)
                self.assertIn("app:x:1000:4242:", etc.read("passwd"))

    def test_the_overflow_id_that_is_mapped_is_an_owner_like_any_other(self):
        path = Place.directory()
        os.chown(path, 65534, 65534)
        self.assert_runs(Etc().run("--ids-of", path, "app", "--", "id", "-u"), "65534")

    def test_an_id_that_is_not_mapped(self):
        ended = Etc().run(*SCRIPT, "id", sandbox=["-P"], cwd="/", environment={"USER_ID": "70000"},
                          preexec_fn=lambda: enter_user_namespace(*self.USUAL))
        self.assertEqual((ended.status, ended.output), (125, ""), ended)
        self.assertIn("maps no such id", ended.errors)


class HostileFiles(EtcTest):
    AFTER = PASSWD.replace("app:x:4242:4242:The", "app:x:1000:1001:The")

    def change(self, etc, sandbox=(), ids="1000:1001", without=None):
        """Change app's ids, without a system call that the file system does not have."""
        command = [Place.file("dinit-su"), "--ids", ids, "app", "--", "id", "-u"]
        if without:
            command = [shutil.which("strace"), "-qqo", "/dev/null", "-e", "trace=" + without, "-e",
                       "inject=%s:error=EOPNOTSUPP" % without, *command]
        ended = etc.run(*command, sandbox=sandbox, binary="/usr/bin/env")
        self.assertEqual((ended.status, ended.output), (0, ids.split(":")[0] + "\n"), ended)
        return ended.errors

    def test_mode_and_owner_stay(self):
        etc = Etc()
        os.chown(etc.file("passwd"), 11, 22)
        os.chmod(etc.file("passwd"), 0o664)
        self.assertEqual(self.change(etc), "")
        status = os.stat(etc.file("passwd"))
        self.assertEqual((status.st_uid, status.st_gid, stat.S_IMODE(status.st_mode)),
                         (11, 22, 0o664))
        self.assertEqual(sorted(os.listdir(etc.path)), ["group", "passwd"])

    def test_an_access_control_list_stays(self):
        """user::rw-, user:77:rw-, group::r--, mask::rw-, other::r-- as acl(5) has it."""
        name, none = "system.posix_acl_access", 0xffffffff
        acl = struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in (
            (1, 6, none), (2, 6, 77), (4, 4, none), (0x10, 6, none), (0x20, 4, none)))
        for where in ("passwd", "."):
            with self.subTest(where=where):
                etc = Etc()
                try:
                    if where == "passwd":
                        os.setxattr(etc.file("passwd"), name, acl)
                    else:
                        os.setxattr(etc.path, "system.posix_acl_default", acl)
                except OSError as error:
                    self.skipTest("no access control lists: %s" % error)
                before = os.stat(etc.file("passwd"))
                self.assertEqual(self.change(etc), "")
                self.assertEqual(etc.read("passwd"), self.AFTER)
                if where == "passwd":
                    self.assertEqual(os.getxattr(etc.file("passwd"), name), acl)
                else:
                    self.assertNotIn(name, os.listxattr(etc.file("passwd")))
                self.assertEqual(os.stat(etc.file("passwd")).st_mode, before.st_mode)
                self.assertEqual(sorted(os.listdir(etc.path)), ["group", "passwd"])

    def test_other_bytes_stay(self):
        strange = b"\0\xff\r\n\n\n:\n+nis\n" + b"x" * 300000 + b"\napp:x:4242:4242:a:/:\n\0last"
        etc = Etc()
        with open(etc.file("passwd"), "wb") as file:
            file.write(strange)
        self.assertEqual(self.change(etc), "")
        self.assertEqual(read(etc.file("passwd")), strange.replace(b"4242:4242", b"1000:1001"))

    def test_mounted(self):
        for ids in ("1000:1001", "7:8", "4000000000:4000000000"):
            with self.subTest(ids=ids):
                etc, mounted = Etc(), Etc()
                binds = []
                for name in ("passwd", "group"):
                    binds += ["-b", "%s:/etc/%s" % (mounted.file(name), name)]
                inode = os.stat(mounted.file("passwd")).st_ino
                self.assertEqual(self.change(etc, binds, ids), "")
                self.assertEqual(mounted.read("passwd"), PASSWD.replace(
                    "app:x:4242:4242:The", "app:x:%s:The" % ids))
                self.assertEqual(mounted.read("group"), GROUP.replace(
                    "app:*:4242:", "app:*:%s:" % ids.split(":")[1]))
                self.assertEqual(os.stat(mounted.file("passwd")).st_ino, inode)
                self.assertEqual((etc.read("passwd"), etc.read("group")), (PASSWD, GROUP))
                self.assertEqual(sorted(os.listdir(etc.path)), ["group", "passwd"])

    def test_hard_link(self):
        etc = Etc()
        os.link(etc.file("passwd"), etc.file("other-name"))
        self.assertEqual(self.change(etc), "")
        self.assertEqual(etc.read("passwd"), self.AFTER)
        self.assertTrue(os.path.samefile(etc.file("passwd"), etc.file("other-name")))

    def test_symbolic_link(self, *sandbox):
        etc = Etc()
        os.mkdir(etc.file("real"))
        os.rename(etc.file("passwd"), etc.file("real/users"))
        os.symlink("real/users", etc.file("passwd"))
        self.assertEqual(self.change(etc, sandbox), "")
        self.assertTrue(os.path.islink(etc.file("passwd")))
        self.assertEqual(read(etc.file("real/users")).decode(), self.AFTER)
        self.assertEqual(os.listdir(etc.file("real")), ["users"])

    def test_symbolic_link_without_proc(self):
        self.test_symbolic_link("-E")

    def test_without_proc(self):
        etc = Etc()
        self.assertEqual(self.change(etc, ["-E"]), "")
        self.assertEqual(etc.read("passwd"), self.AFTER)

    def test_read_only(self):
        etc = Etc()
        inside = ["sh", "-c", "mount -o bind,remount,ro /etc && exec \"$@\"", "sh",
                  Place.file("dinit-su")]
        ended = etc.run(*inside, "--ids", "1000:1001", "app", "--", "id", "-u",
                        binary="/usr/bin/env")
        self.assertEqual((ended.status, ended.output), (0, "1000\n"), ended)
        for name in ("passwd", "group"):
            self.assertIn("cannot change /etc/%s: Read-only file system" % name, ended.errors)
        self.assertEqual((etc.read("passwd"), etc.read("group")), (PASSWD, GROUP))
        inside[2] = "mount -o bind,remount,ro /home && " + inside[2]
        ended = etc.run(*inside, "--ids", "1000:1001", "--create", "user", "--", *SHOW,
                        binary="/usr/bin/env")
        for path in ("/home/user", "/etc/passwd", "/etc/group"):
            self.assertIn("cannot change %s: Read-only file system" % path, ended.errors)
        self.assertNotIn("No such file", ended.errors)
        self.assertEqual((ended.status, ended.output.splitlines()),
                         (0, ["1000", "1001", "1001 999", "/home/user user"]), ended)

    def test_what_a_killed_run_left(self):
        etc = Etc()
        with open(etc.file("passwd.dinit-su"), "w") as file:
            file.write("half of it")
        self.assertEqual(self.change(etc), "")
        self.assertEqual(etc.read("passwd"), self.AFTER)
        self.assertEqual(sorted(os.listdir(etc.path)), ["group", "passwd"])

    def full(self, size, passwd, fill, mounted, without=None):
        """Change app's ids in a passwd on a file system of so many bytes that is full."""
        etc, disk = Etc(), Place.directory()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=%d,mode=755" % size, "none", disk],
                       check=True)
        self.addCleanup(subprocess.run, ["umount", disk], check=True)
        for name, content in (("passwd", passwd), ("group", GROUP)):
            with open(os.path.join(disk, name), "w") as file:
                file.write(content)
        if fill:
            with open(os.path.join(disk, "filling"), "wb", buffering=0) as file:
                try:
                    while True:
                        file.write(b"x" * 4096)
                except OSError:
                    pass
        binds = (["-b", disk + "/passwd:/etc/passwd", "-b", disk + "/group:/etc/group"] if mounted
                 else ["-b", disk + ":/etc"])
        errors = self.change(etc, binds, "4000000000:4000000001", without)
        return errors, read(os.path.join(disk, "passwd")).decode()

    # One that ends at the end of a page, so that there is no room left in it.
    WHOLE = PASSWD + "#" * (8192 - len(PASSWD) - 1) + "\n"

    @unittest.skipUnless(shutil.which("strace"), "needs strace, to make a system call fail")
    def test_full_disk_that_reserves_no_room(self):
        errors, content = self.full(65536, self.WHOLE, True, True, "fallocate")
        self.assertIn("cannot change /etc/passwd: No space left on device", errors)
        self.assertEqual(content, self.WHOLE)

    def test_full_disk(self):
        def after(content):
            return content.replace("app:x:4242:4242:The", "app:x:4000000000:4000000001:The")
        whole = self.WHOLE
        for mounted in (False, True):
            with self.subTest(mounted=mounted):
                errors, content = self.full(65536, whole, True, mounted)
                self.assertIn("cannot change /etc/passwd: No space left on device", errors)
                self.assertEqual(content, whole)
                # With room in its last page it is changed in place.
                errors, content = self.full(65536, PASSWD, True, mounted)
                self.assertEqual((errors, content), ("", after(PASSWD)))
                errors, content = self.full(65536, whole, False, mounted)
                self.assertEqual((errors, content), ("", after(whole)))

    def test_two_at_once(self):
        for mounted in (True, False):
            for _ in range(15):
                etc = Etc()
                binds = ["-b", etc.home + ":/home"]
                if mounted:
                    for name in ("passwd", "group"):
                        binds += ["-b", "%s:/etc/%s" % (etc.file(name), name)]
                else:
                    binds += ["-b", etc.path + ":/etc"]
                users = ["u%d" % number for number in range(4)]
                started = [subprocess.Popen(
                    [os.environ["SANDBOX"], *binds, "--", Place.file("dinit-su"), "--create", user,
                     "--", "id", "-u"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT) for user in users]
                ids = {process.communicate(timeout=60)[0].decode().strip() for process in started}
                self.assertEqual(ids, {"1000", "1001", "1002", "1003"})
                lines = etc.read("passwd").splitlines()
                self.assertEqual(lines[:6], PASSWD.splitlines())
                self.assertEqual({line.split(":")[0] for line in lines[6:]}, set(users))
                self.assertEqual(len(etc.read("group").splitlines()), 5 + 4)

    def test_an_id_that_another_took_meanwhile(self):
        """What is handed over is for the id that the account has in the end."""
        etc, given = Etc(), Place.directory()
        with open(etc.file("passwd"), "a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            with Init("--create", "--chown", given, "bob", "--", "id", "-u",
                      passwd=etc.file("passwd"), group=etc.file("group"),
                      sandbox=["-b", etc.home + ":/home"]) as init:
                until(lambda: init.holds_signals() and state_of(init.pid)[0] == "S", "it to wait")
                file.write("alice:!:1000:1000::/home/alice:/bin/sh\n")
                file.flush()
                fcntl.flock(file, fcntl.LOCK_UN)
                self.assertEqual((init.wait(), init.rest()), (0, "1001\n"))
        self.assertEqual(os.stat(given).st_uid, 1001)

    def below_strace(self, etc, trace, inject):
        """Change app's ids with a fault injected; what was said, and how many calls were traced."""
        log = os.path.join(Place.directory(), "log")
        ended = etc.run("-qqo", log, "-e", "trace=" + trace, "-e", "inject=%s:%s" % (trace, inject),
                        Place.file("dinit-su"), "--ids", "1000:1001", "app", "--", "id", "-u",
                        binary=shutil.which("strace"))
        self.assertEqual((ended.status, ended.output), (0, "1000\n"), ended)
        self.assertEqual(etc.read("passwd"), self.AFTER)
        with open(log) as file:
            return ended.errors, len(file.readlines())

    @unittest.skipUnless(shutil.which("strace"), "needs strace, to make the waiting short")
    def test_locked_by_somebody(self):
        """Both files: 5 seconds in all, 10 ms at a time."""
        etc = Etc()
        with open(etc.file("passwd")) as passwd, open(etc.file("group")) as group:
            for file in (passwd, group):
                fcntl.flock(file, fcntl.LOCK_EX)
            errors, polls = self.below_strace(etc, "?poll,?ppoll", "retval=0")
        for name in ("passwd", "group"):
            self.assertIn("without a lock of /etc/%s: another process keeps it locked" % name,
                          errors)
        self.assertGreaterEqual(polls, 500)
        self.assertLess(polls, 600)

    @unittest.skipUnless(shutil.which("strace"), "needs strace, to make a system call fail")
    def test_a_look_that_is_refused_is_not_a_lock(self):
        for call in ("?flock", "?stat,?newfstatat"):
            _, calls = self.below_strace(Etc(), call + ",?poll,?ppoll", "error=EPERM")
            self.assertLess(calls, 100)

    def test_a_stop_is_heard_while_it_waits_for_a_lock(self):
        etc = Etc()
        with open(etc.file("passwd")) as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            with Init("--ids", "1000:1001", "app", "--", "id", passwd=etc.file("passwd"),
                      group=etc.file("group")) as init:
                until(lambda: init.holds_signals() and state_of(init.pid)[0] == "S", "it to wait")
                began = time.monotonic()
                init.signal(signal.SIGTERM)
                self.assertEqual(init.wait(), 128 + signal.SIGTERM)
                self.assertLess(time.monotonic() - began, 2)
                self.assertIn("SIGTERM while waiting for a lock", init.rest())
        self.assertEqual(etc.read("passwd"), PASSWD)
