# SPDX-License-Identifier: MIT
"""--create: an account that does not exist is made, with its group and home."""
import os
import stat

from etc import GROUP, PASSWD, SCRIPT, SHOW, Etc, EtcTest
from harness import Place


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
        etc = Etc(PASSWD + "".join("u%d:x:%d:1::/:\n" % (n, n) for n in range(1000, 60000)))
        self.assert_runs(etc.run("--create", "user", "--", "id", "-u"), "60000")

    def test_root_by_another_name(self):
        etc = Etc()
        self.assert_runs(etc.run("--ids=0:0", "--create", "toor", "--", *SHOW),
                         "0", "0", "0", "/home/toor toor")

    def test_groups_of_the_runtime_are_kept(self):
        """Those of root are not. Looked up once more under the lock, they are the same."""
        etc = Etc(group=GROUP + "\nkept:x:77:\nroots:x:78:root\n")
        self.assert_runs(etc.run("-k", "--create", "user", "--", *SHOW,
                                 preexec_fn=lambda: os.setgroups([29, 77, 78, 2000])),
                         "1000", "1000", "1000 29 77 999 2000", "/home/user user")

    def test_a_group_file_that_cannot_be_read(self):
        etc = Etc(group=None)
        os.mkdir(etc.file("group"))
        self.assert_refused(etc.run("--create", "user", "--", "id"), "cannot read /etc/group")

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

    def test_without_the_right_to_give_the_home_away(self):
        etc = Etc()
        ended = etc.run("--ids=5:6", "--create", "user", "--", "id", "-u", sandbox=["-c", "0"])
        self.assertEqual((ended.status, ended.output), (0, "5\n"), ended)
        self.assertRegex(ended.errors, r"\Adinit-su: warning: cannot change /home/user: .*\n\Z")
        self.assertEqual(os.stat(etc.home + "/user").st_uid, 0)

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
