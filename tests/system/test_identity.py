# SPDX-License-Identifier: MIT
"""Who main is, who init is, and that there is no way back."""
import os
import shutil
import struct

from harness import APP, Init, Place, SystemTest, run, status

CAP_SETGID = 6
CAP_SETUID = 7
NO_CAPABILITIES = "0000000000000000"


def fields(ended):
    """The output of `cat /proc/self/status` as a dictionary."""
    return {name: value.strip() for name, _, value in
            (line.partition(":") for line in ended.output.splitlines())}


def environment_of(ended):
    return dict(line.partition("=")[::2] for line in ended.output.splitlines())


class Switch(SystemTest):
    def assert_is(self, of, uid, gid, groups):
        self.assertEqual(of["Uid"].split(), [str(uid)] * 4)
        self.assertEqual(of["Gid"].split(), [str(gid)] * 4)
        self.assertEqual(of["Groups"].split(), [str(group) for group in groups])

    def assert_no_capabilities(self, of):
        for name in ("CapInh", "CapPrm", "CapEff", "CapAmb"):
            self.assertEqual(of[name], NO_CAPABILITIES, name)

    def test_every_form_of_user(self):
        for user, uid, gid, groups in (
                ("app", 4242, 4242, [29, 44, 4242]),
                ("app:app", 4242, 4242, [4242]),
                ("app:video", 4242, 44, [44]),
                ("app:0", 4242, 0, [0]),
                ("4242", 4242, 4242, [29, 44, 4242]),
                ("4242:29", 4242, 29, [29]),
                ("1000:1000", 1000, 1000, [1000]),
                ("1234", 4545, 4545, [4545]),
                ("4294967294:4294967294", 4294967294, 4294967294, [4294967294])):
            with self.subTest(user=user):
                of = fields(run(user, "--", "cat", "/proc/self/status"))
                self.assert_is(of, uid, gid, groups)
                self.assert_no_capabilities(of)

    def test_root_keeps_what_the_container_gave_it(self):
        of = fields(run("root", "--", "cat", "/proc/self/status"))
        self.assert_is(of, 0, 0, [0])
        self.assertEqual(of["CapEff"], of["CapBnd"])

    def test_init_is_the_user_too(self):
        with Init("app", "--", "sh", "-c", "echo started; read line", stdin=-1) as init:
            init.read_line()
            for pid in (init.pid, init.main_pid()):
                self.assert_is(status(pid), APP, APP, [29, 44, 4242])
                self.assert_no_capabilities(status(pid))

    def test_root_init_stays_root(self):
        with Init("--root-init", "app", "--", "sh", "-c", "echo started; read line",
                  stdin=-1) as init:
            init.read_line()
            self.assertEqual(status(init.pid)["Uid"].split(), ["0"] * 4)
            self.assert_is(status(init.main_pid()), APP, APP, [29, 44, 4242])
            self.assert_no_capabilities(status(init.main_pid()))

    def test_exec_leaves_no_init(self):
        ended = run("--exec", "app", "--", "sh", "-c", "echo $$; cat /proc/self/status")
        self.assertEqual(ended.output.split()[0], "1")
        self.assert_is(fields(ended), APP, APP, [29, 44, 4242])

    def test_no_switch_switches_nothing(self):
        self.assertEqual(fields(run("-n", "--", "cat", "/proc/self/status"))["Uid"].split(),
                         ["0"] * 4)
        of = fields(run("-n", "--", "cat", "/proc/self/status", sandbox=["-u", "77:88"]))
        self.assert_is(of, 77, 88, [])

    def test_supplementary_groups_of_the_caller_are_gone(self):
        ended = run("1000:1000", "--", "cat", "/proc/self/status",
                    preexec_fn=lambda: os.setgroups([1, 2, 3]))
        self.assert_is(fields(ended), 1000, 1000, [1000])

    def test_a_great_many_groups(self):
        group = Place.write("many-groups", "".join("g%d:x:%d:app\n" % (number, number)
                                                   for number in range(70000, 70000 + 5000)))
        of = fields(run("app", "--", "cat", "/proc/self/status", group=group))
        self.assertEqual(len(of["Groups"].split()), 5001)

    def test_inheritable_capabilities_are_dropped(self):
        # As Docker before 20.10.14 started containers: CVE-2022-24769.
        ended = run("setpriv", "--inh-caps=+chown", Place.file("dinit-su"), "app", "--", "cat",
                    "/proc/self/status", binary="/usr/bin/env")
        self.assertEqual(ended.errors, "")
        self.assert_no_capabilities(fields(ended))


class WithoutRoot(SystemTest):
    def test_already_the_user(self):
        for user in ("app", "4242", "app:app", "4242:4242"):
            with self.subTest(user=user):
                ended = run(user, "--", "sh", "-c", "id -u; id -g; echo $HOME",
                            sandbox=["-u", "4242:4242"])
                self.assertEqual((ended.status, ended.output.split(), ended.errors),
                                 (0, ["4242", "4242", "/home/app"], ""))

    def test_group_counts_only_when_written(self):
        self.assertEqual(run("app", "--", "id", "-g", sandbox=["-u", "4242:0"]).output, "0\n")
        self.assert_refused(run("app:app", "--", "id", sandbox=["-u", "4242:0"]), "cannot become")

    def test_another_user(self):
        self.assert_refused(run("app", "--", "id", sandbox=["-u", "77:77"]),
                            "cannot become 'app'", "uid 77", "--if-root")

    def test_if_root_carries_on(self):
        ended = run("--if-root", "app", "--", "sh", "-c", "id -u; id -g; echo $HOME",
                    sandbox=["-u", "77:0"], environment={"HOME": "/chosen", "PATH": "/bin:/usr/bin"})
        self.assertEqual((ended.status, ended.output.split()), (0, ["77", "0", "/chosen"]))

    def test_if_root_excuses_no_unset_variable(self):
        for user, words in (("", "USER is empty"), (":0", "no USER"), ("app:", "no GROUP")):
            self.assert_refused(run("--if-root", user, "--", "id", sandbox=["-u", "77:0"]), words)

    def test_if_root_switches_as_root(self):
        self.assertEqual(run("--if-root", "app", "--", "id", "-u").output, "4242\n")


class CannotSwitch(SystemTest):
    def test_without_the_capabilities(self):
        self.assert_refused(run("app", "--", "id", sandbox=["-c", str(CAP_SETUID)]),
                            "setresuid 4242", "CAP_SETUID")
        self.assert_refused(run("app", "--", "id", sandbox=["-c", str(CAP_SETGID)]),
                            "setgroups", "CAP_SETGID")

    def test_root_init_without_the_capabilities(self):
        self.assert_refused(run("-R", "app", "--", "id", sandbox=["-c", str(CAP_SETUID)]),
                            "setresuid 4242", "CAP_SETUID")

    def test_user_namespace_that_forbids_setgroups(self):
        closed = Place.directory()
        os.chown(closed, 4242, 4242)
        os.chmod(closed, 0o700)
        for cwd in (None, closed):
            self.assert_refused(run("0:0", "--", "id", sandbox=["-U"], cwd=cwd), "setgroups",
                                "not permitted")

    def test_installed_set_uid(self):
        for mode, words in ((0o4755, "set-uid"), (0o2755, "set-gid")):
            with self.subTest(words=words):
                path = Place.file("installed-" + words)
                shutil.copy(Place.file("dinit-su"), path)
                os.chmod(path, mode)
                self.assert_refused(run("root", "--", "id", binary=path, sandbox=["-u", "77:77"]),
                                    words)

    def test_installed_with_file_capabilities(self):
        path = Place.file("installed-capable")
        shutil.copy(Place.file("dinit-su"), path)
        # struct vfs_cap_data of revision 2 with the effective bit: capabilities(7).
        mask = 1 << CAP_SETUID | 1 << CAP_SETGID
        os.setxattr(path, "security.capability", struct.pack("<5I", 0x02000001, mask, 0, 0, 0))
        self.assert_refused(run("root", "--", "id", binary=path, sandbox=["-u", "77:77"]),
                            "file capabilities")


class Environment(SystemTest):
    BEFORE = {"HOME": "/before", "USER": "before", "LOGNAME": "before", "KEPT": "kept",
              "PATH": os.environ["PATH"]}

    def environment(self, *arguments):
        found = environment_of(run(*arguments, "--", "env", environment=self.BEFORE))
        # A binary that counts what it runs (./dev coverage) has it from its own library.
        found.pop("__LLVM_PROFILE_RT_INIT_ONCE", None)
        return found

    def test_from_the_account(self):
        of = self.environment("app")
        self.assertEqual((of["HOME"], of["USER"], of["LOGNAME"], of["KEPT"]),
                         ("/home/app", "app", "app", "kept"))

    def test_by_number_too(self):
        self.assertEqual(self.environment("4242:0")["USER"], "app")

    def test_without_account(self):
        of = self.environment("7:8")
        self.assertEqual(of["HOME"], "/")
        self.assertNotIn("USER", of)
        self.assertNotIn("LOGNAME", of)

    def test_account_without_home(self):
        self.assertEqual(self.environment("homeless")["HOME"], "/")

    def test_left_alone(self):
        for arguments in (["-E", "app"], ["-n"]):
            self.assertEqual(self.environment(*arguments), self.BEFORE)

    def test_pid_variables_name_main(self):
        before = {"LISTEN_PID": "1", "WATCHDOG_PID": "1", "PATH": os.environ["PATH"]}
        for arguments in (["app"], ["-n"]):
            ended = run(*arguments, "--", "sh", "-c", "echo $$ $LISTEN_PID $WATCHDOG_PID",
                        environment=before)
            own, listen, watchdog = ended.output.split()
            self.assertEqual((listen, watchdog), (own, own))

    def test_pid_variables_when_main_is_in_another_namespace(self):
        # unshare(2): only children are in it, main as PID 1; init keeps the number it was started with.
        script = 'export LISTEN_PID=$$; exec unshare --pid "$@"'
        ended = run("-n", "--", "sh", "-c", "echo $$ $LISTEN_PID", sandbox=["-s"],
                    below=["sh", "-c", script, "sh"])
        self.assertEqual(ended.output, "1 1\n", ended)

    def test_pid_variables_of_others_stay(self):
        ended = run("app", "--", "sh", "-c", "echo $LISTEN_PID",
                    environment={"LISTEN_PID": "99", "PATH": os.environ["PATH"]})
        self.assertEqual(ended.output, "99\n")
