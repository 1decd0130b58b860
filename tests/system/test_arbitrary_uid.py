# SPDX-License-Identifier: MIT
"""An engine has chosen a uid that no account has: it gets USER's name where that may be written."""
import os

from etc import GROUP, PASSWD, Etc, EtcTest


class ArbitraryUid(EtcTest):
    """--if-root --create not as root: the uid that an engine has chosen gets USER's name."""

    UID = 100012345
    WHO = ["sh", "-c", "id -u; id -g; id -un; echo $HOME $USER $LOGNAME"]

    def etc(self, mode=0o664, **files):
        """Account files that group 0 can write, as in an image made for OpenShift."""
        etc = Etc(**files)
        for name in ("passwd", "group"):
            os.chmod(etc.file(name), mode)
        return etc

    def start(self, etc, user="app", ids=(UID, 0), command=WHO, **options):
        return etc.run("--if-root", "--create", user, "--", *command,
                       sandbox=["-u", "%d:%d" % ids], environment={"HOME": "/"}, **options)

    def test_the_users_line_is_made_to_say_it(self):
        etc = self.etc()
        before = os.stat(etc.file("passwd"))
        for _ in range(2):
            self.assert_runs(self.start(etc), str(self.UID), "0", "app", "/home/app app app")
            self.assertEqual(etc.read("passwd"), PASSWD.replace(
                "app:x:4242:4242:The", "app:x:%d:0:The" % self.UID))
            self.assertEqual(etc.read("group"), GROUP)
        after = os.stat(etc.file("passwd"))
        self.assertEqual((before.st_ino, before.st_mode, before.st_uid, before.st_gid),
                         (after.st_ino, after.st_mode, after.st_uid, after.st_gid))

    def test_kept_capabilities_are_those_of_the_engine(self):
        etc = self.etc()
        for _ in range(2):
            ended = etc.run("--if-root", "--create", "--keep-caps", "net_bind_service", "app", "--",
                            *self.WHO, sandbox=["-u", "%d:0" % self.UID], environment={"HOME": "/"})
            self.assert_runs(ended, str(self.UID), "0", "app", "/home/app app app")

    def test_or_it_is_added(self):
        etc = self.etc()
        os.chmod(etc.home, 0o775)
        for _ in range(2):
            self.assert_runs(self.start(etc, "user"), str(self.UID), "0", "user",
                             "/home/user user user")
            self.assertEqual(etc.read("passwd"),
                             PASSWD + "user:!:%d:0:user:/home/user:/bin/sh\n" % self.UID)
            self.assertEqual(etc.read("group"), GROUP)
        self.assertEqual(os.stat(etc.home + "/user").st_uid, self.UID)

    def test_a_home_that_is_there(self):
        etc = self.etc()
        os.mkdir(etc.home + "/user")
        self.assert_runs(self.start(etc, "user"), str(self.UID), "0", "user", "/home/user user user")

    def test_another_group_than_roots(self):
        etc = self.etc(0o666)
        self.assert_runs(self.start(etc, ids=(self.UID, 77)), str(self.UID), "77", "app",
                         "/home/app app app")
        self.assertIn("app:x:%d:77:The" % self.UID, etc.read("passwd"))
        self.assertIn("app:*:77:", etc.read("group"))

    def test_files_that_may_not_be_written_are_one_warning(self):
        etc = self.etc(0o644)
        for user in ("app", "user"):
            ended = self.start(etc, user, command=["sh", "-c", "id -u; echo $HOME $USER"])
            self.assertEqual((ended.status, ended.output.splitlines()), (0, [str(self.UID), "/"]))
            self.assertRegex(ended.errors, r"\Adinit-su: warning: uid %d has no account, and "
                                           r"/etc/passwd cannot be changed: Permission denied\n\Z"
                                           % self.UID)
        self.assertEqual((etc.read("passwd"), etc.read("group")), (PASSWD, GROUP))

    def test_a_uid_that_has_an_account_keeps_it(self):
        etc = self.etc(0o666)
        for ids, name, env in (((4343, 4343), "other", "/"), ((4242, 4242), "app", "/home/app app app")):
            self.assert_runs(self.start(etc, ids=ids), str(ids[0]), str(ids[1]), name, env)
            self.assertEqual((etc.read("passwd"), etc.read("group")), (PASSWD, GROUP))

    def test_the_users_own_uid_with_another_group(self):
        """As `docker run --user 4242:0`: it has an account, which says what it said."""
        for mode in (0o666, 0o644):
            etc = self.etc(mode)
            self.assert_runs(self.start(etc, ids=(4242, 0)), "4242", "0", "app", "/home/app app app")
            self.assertEqual((etc.read("passwd"), etc.read("group")), (PASSWD, GROUP))

    def test_a_user_that_cannot_be_is_a_warning(self):
        for user, words in (("No", "cannot be created"), ("root", "whose ids stay")):
            etc = self.etc()
            ended = self.start(etc, user, command=["id", "-u"])
            self.assertEqual((ended.status, ended.output), (0, "%d\n" % self.UID), ended)
            self.assertIn(words, ended.errors)
            self.assertEqual(etc.read("passwd"), PASSWD)

    def test_without_create_nothing_is_written(self):
        etc = self.etc()
        ended = etc.run("--if-root", "app", "--", "id", "-u", sandbox=["-u", "%d:0" % self.UID])
        self.assert_runs(ended, str(self.UID))
        self.assertEqual(etc.read("passwd"), PASSWD)

    def test_explain(self):
        etc = self.etc()
        ended = etc.run("--explain", "--if-root", "--create", "app", "--", "id",
                        sandbox=["-u", "%d:0" % self.UID])
        self.assertIn("accounts  app is 4242:4242 in the account files, which becomes %d:0\n"
                      % self.UID, ended.output)
        self.assertIn("env       HOME=/home/app USER=app", ended.output)
        self.assertEqual(etc.read("passwd"), PASSWD)

    def test_as_root_it_is_switched(self):
        etc = self.etc()
        self.assert_runs(etc.run("--if-root", "--create", "app", "--", "id", "-u"), "4242")
        self.assertEqual(etc.read("passwd"), PASSWD)
