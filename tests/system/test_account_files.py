# SPDX-License-Identifier: MIT
"""Account files that are odd, locked, read-only or changed by others at the same time."""
import fcntl
import os
import resource
import shutil
import signal
import stat
import struct
import subprocess
import time
import unittest

from etc import GROUP, PASSWD, SHOW, Etc, EtcTest, read
from harness import PATIENCE, Init, Place, run, skip_unless_static, stat as state_of, until


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
        os.chmod(etc.file("passwd"), 0o666)
        self.assertEqual(self.change(etc), "")
        status = os.stat(etc.file("passwd"))
        self.assertEqual((status.st_uid, status.st_gid, stat.S_IMODE(status.st_mode)),
                         (11, 22, 0o666))
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

    def test_a_part_of_a_longer_line_is_taken_back(self):
        """The limit of file sizes lets a part of what comes behind the end be written."""
        etc = Etc()
        before = etc.read("passwd")
        limit = len(before) + 3
        ended = run("--ids", "4000000000:4000000001", "app", "--", "id", "-u",
                    passwd=etc.file("passwd"), group=etc.file("group"),
                    preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
        self.assertEqual((ended.status, ended.output), (0, "4000000000\n"), ended)
        self.assertIn("cannot change /etc/passwd: No space left on device", ended.errors)
        self.assertEqual(etc.read("passwd"), before)

    @unittest.skipUnless(shutil.which("strace"), "needs strace, to make a system call fail")
    def test_why_a_write_has_failed(self):
        """The first of each two writes is to a file that has another name, and so is not replaced."""
        etc = Etc()
        for name in ("passwd", "group"):
            os.link(etc.file(name), etc.file(name + "-too"))
        ended = etc.run("-qqo", "/dev/null", "-e", "trace=pwrite64", "-e",
                        "inject=pwrite64:error=EIO:when=1+2", Place.file("dinit-su"), "--ids",
                        "1000:1001", "app", "--", "id", "-u", binary=shutil.which("strace"))
        self.assertEqual((ended.status, ended.output), (0, "1000\n"), ended)
        for name in ("passwd", "group"):
            self.assertIn("cannot change /etc/%s: Input/output error" % name, ended.errors)
        self.assertEqual((etc.read("passwd"), etc.read("group")), (PASSWD, GROUP))

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
                ids = {process.communicate(timeout=PATIENCE)[0].decode().strip() for process in started}
                self.assertEqual(ids, {"1000", "1001", "1002", "1003"})
                lines = etc.read("passwd").splitlines()
                self.assertEqual(lines[:6], PASSWD.splitlines())
                self.assertEqual({line.split(":")[0] for line in lines[6:]}, set(users))
                self.assertEqual(len(etc.read("group").splitlines()), 5 + 4)

    def test_an_id_that_another_took_meanwhile(self):
        """Files are handed over to the id that the account has in the end."""
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
        """Init tries to lock both files for 5 seconds, every 10 ms."""
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

    def test_locked_for_all_of_the_time(self):
        """The other file is tried all the same."""
        etc = Etc()
        with open(etc.file("passwd")) as passwd:
            fcntl.flock(passwd, fcntl.LOCK_EX)
            errors, _ = self.below_strace(etc, "?poll,?ppoll", "retval=0")
        self.assertIn("without a lock of /etc/passwd: another process keeps it locked", errors)
        self.assertNotIn("/etc/group", errors)

    @unittest.skipUnless(shutil.which("strace"), "needs strace, to make a system call fail")
    def test_a_look_that_is_refused_is_not_a_lock(self):
        calls = ["?flock"]
        with open(Place.file("dinit-su"), "rb") as file:
            # A loader looks at the libraries that it maps, and must not be refused that.
            if b"/ld-" not in file.read():
                calls.append("?stat,?newfstatat")
        for call in calls:
            errors, tried = self.below_strace(Etc(), call + ",?poll,?ppoll", "error=EPERM")
            self.assertIn("without a lock of /etc/passwd: Operation not permitted", errors)
            self.assertLess(tried, 100)

    def is_replaced(self, trace, inject, etc=None):
        """True if passwd is a new file afterwards, false if the old one was overwritten."""
        etc = etc or Etc()
        before = os.stat(etc.file("passwd"))
        errors, _ = self.below_strace(etc, trace, inject)
        self.assertEqual(errors, "")
        self.assertEqual(sorted(os.listdir(etc.path)), ["group", "passwd"])
        after = os.stat(etc.file("passwd"))
        self.assertEqual((after.st_mode, after.st_uid), (before.st_mode, before.st_uid))
        return after.st_ino != before.st_ino

    @unittest.skipUnless(shutil.which("strace"), "needs strace, to make a system call fail")
    def test_what_may_have_an_access_control_list_is_not_replaced(self):
        for error in ("ENODATA", "EOPNOTSUPP"):
            self.assertTrue(self.is_replaced("fgetxattr", "error=" + error), error)
        self.assertFalse(self.is_replaced("fgetxattr", "error=EPERM"))
        self.assertFalse(self.is_replaced("fgetxattr", "retval=28"))
        # passwd is the second file: its new file alone has one, from the directory.
        self.assertFalse(self.is_replaced("fgetxattr", "retval=28:when=4"))

    @unittest.skipUnless(shutil.which("strace"), "needs strace, to make a system call fail")
    def test_a_new_file_that_may_not_be_complete_replaces_nothing(self):
        for call in ("fsync", "fchmod", "fchownat", "renameat,?renameat2"):
            with self.subTest(call=call):
                self.assertFalse(self.is_replaced(call, "error=EIO"))

    @unittest.skipUnless(shutil.which("strace"), "needs strace, to make a system call fail")
    def test_without_memory_it_is_told(self):
        skip_unless_static(self)
        told = 0
        for number in range(1, 12):
            etc = Etc()
            ended = etc.run("-qqo", "/dev/null", "-e", "trace=mmap", "-e",
                            "inject=mmap:error=ENOMEM:when=%d" % number, Place.file("dinit-su"), "--ids",
                            "1000:1001", "app", "--", "id", "-u", binary=shutil.which("strace"))
            self.assertIn(ended.status, (0, 125, 127), ended)
            if ended.status != 0:
                # A loader or the reader of files has refused; nothing is run then.
                self.assertEqual(ended.output, "")
                continue
            is_told = "cannot change /etc/passwd: Cannot allocate memory" in ended.errors
            self.assertEqual(is_told, etc.read("passwd") != self.AFTER, ended)
            told += is_told
        self.assertGreater(told, 0)

    @unittest.skipUnless(shutil.which("strace"), "needs strace, to make a system call fail")
    def test_a_directory_that_cannot_be_opened(self):
        etc = Etc()
        before = os.stat(etc.file("passwd")).st_ino
        ended = etc.run("-qqo", "/dev/null", "-P", "/etc", "-e", "inject=openat,?open:error=EMFILE",
                        Place.file("dinit-su"), "--ids", "1000:1001", "app", "--", "id", "-u",
                        binary=shutil.which("strace"))
        self.assertEqual((ended.status, ended.output, ended.errors), (0, "1000\n", ""))
        self.assertEqual((etc.read("passwd"), os.stat(etc.file("passwd")).st_ino), (self.AFTER, before))

    @unittest.skipUnless(shutil.which("strace"), "needs strace, to make a system call fail")
    def test_a_link_in_the_place_of_the_new_file_is_not_followed(self):
        """Made by somebody between the two calls that remove an old one and make it."""
        etc, victim = Etc(), Place.write("victim", "as it was\n")
        for name in ("passwd", "group"):
            os.symlink(victim, etc.file(name + ".dinit-su"))
        self.below_strace(etc, "unlinkat", "retval=0")
        self.assertEqual(read(victim), b"as it was\n")

    @unittest.skipUnless(shutil.which("strace"), "needs strace, to kill at a system call")
    def test_the_new_file_is_closed_to_others_until_it_is_complete(self):
        etc = Etc()
        etc.run("-qqo", "/dev/null", "-e", "trace=fchmod", "-e", "inject=fchmod:error=EINTR:signal=KILL",
                Place.file("dinit-su"), "--ids", "1000:1001", "app", "--", "id",
                binary=shutil.which("strace"), preexec_fn=lambda: os.umask(0))
        self.assertEqual(stat.S_IMODE(os.stat(etc.file("group.dinit-su")).st_mode), 0o600)

    def test_a_stop_is_heard_while_it_waits_for_a_lock(self):
        etc = Etc()
        with open(etc.file("passwd")) as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            with Init("--ids", "1000:1001", "app", "--", "id", passwd=etc.file("passwd"),
                      group=etc.file("group")) as init:
                until(lambda: init.holds_signals() and state_of(init.pid)[0] == "S", "it to wait")
                init.signal(signal.SIGTERM)
                self.assertEqual(init.wait(), 128 + signal.SIGTERM)
                said = init.rest()
                self.assertIn("SIGTERM while waiting for a lock", said)
                self.assertNotIn("going on", said)
        self.assertEqual(etc.read("passwd"), PASSWD)
