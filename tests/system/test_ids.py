# SPDX-License-Identifier: MIT
"""Ids from outside: who main then is, and what the account files say afterwards."""
import os

from etc import GROUP, PASSWD, SHOW, Etc, EtcTest
from harness import Place


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
                                                environment={name: value}), "%s=%s: not an id" % (name, value))
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
