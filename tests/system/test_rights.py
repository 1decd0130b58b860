# SPDX-License-Identifier: MIT
"""Exactly the rights asked for: groups, umask, capabilities, and no way to gain any."""
import os
import shutil
import signal
import struct

from harness import APP, Init, Place, SystemTest, run, status, until

CHOWN, KILL, SETUID, SETPCAP, NET_BIND_SERVICE, NET_RAW = 0, 5, 7, 8, 10, 13
NONE = "0" * 16
# Root as the account files of the harness know it, and in two more groups.
GROUP = """\
root:x:0:
daemon:x:1:root
app:x:4242:
audio:x:29:app,other
disk:x:6:app,root
"""
# Root has a group of its own in this one and is called something else.
OTHER_ROOT = "toor:x:0:0::/root:/bin/sh\napp:x:4242:4242::/home/app:/bin/sh\n"


def mask(*numbers):
    return "%016x" % sum(1 << number for number in numbers)


def fields(ended):
    return {name: value.strip() for name, _, value in
            (line.partition(":") for line in ended.output.splitlines())}


def groups(*arguments, having=(), **options):
    """The groups that main has when the runtime gave init those in having."""
    ended = run(*arguments, "--", "cat", "/proc/self/status",
                preexec_fn=lambda: os.setgroups(having), **options)
    assert ended.status == 0, ended
    return [int(number) for number in fields(ended)["Groups"].split()]


def give_capabilities(path, *numbers):
    """What setcap(8) does: struct vfs_cap_data of the kernel, revision 2 and effective."""
    low = sum(1 << number for number in numbers)
    os.setxattr(path, "security.capability", struct.pack("<5I", 0x02000001, low, 0, 0, 0))


class Groups(SystemTest):
    def test_kept_but_not_those_of_root(self):
        group = Place.write("rights-group", GROUP)
        having = [0, 1, 6, 29, 2000, 3000]
        self.assertEqual(groups("app", having=having, group=group), [6, 29, 4242])
        self.assertEqual(groups("-k", "app", having=having, group=group),
                         [6, 29, 2000, 3000, 4242])
        self.assertEqual(groups("-k", "app:app", having=having, group=group),
                         [29, 2000, 3000, 4242])
        self.assertEqual(groups("-k", "7:8", having=having, group=group), [8, 29, 2000, 3000])
        self.assertEqual(groups("-k", "app", having=[], group=group), [6, 29, 4242])

    def test_root_by_another_name(self):
        options = {"passwd": Place.write("toor-passwd", OTHER_ROOT),
                   "group": Place.write("toor-group", "daemon:x:1:toor\nbin:x:2:root\n")}
        self.assertEqual(groups("-k", "app", having=[0, 1, 2], **options), [2, 4242])

    def test_added(self):
        self.assertEqual(groups("-G", "video", "app:app", having=[7]), [44, 4242])
        self.assertEqual(groups("-G", "video", "-G", "99", "--add-group=98", "7:8"), [8, 44, 98, 99])
        self.assertEqual(groups("-kG", "44", "7:8", having=[7]), [7, 8, 44])
        self.assertEqual(groups("-R", "-G", "99", "app:app"), [99, 4242])
        self.assertEqual(groups("-x", "-G", "99", "app:app"), [99, 4242])

    def test_an_unknown_one(self):
        self.assert_refused(run("-G", "nogroup-here", "app", "--", "id"), "no group 'nogroup-here'")

    def test_without_root_they_are_as_they_are(self):
        for arguments, user in ((["app"], 4242), (["-i", "app"], 77)):
            ended = run("-kG", "44", *arguments, "--", "id", "-G",
                        sandbox=["-u", "%d:%d" % (user, user)])
            self.assertEqual((ended.status, ended.output), (0, "%d\n" % user))


class Umask(SystemTest):
    def test_it_is_main_s(self):
        for arguments in (["app"], ["-x", "app"], ["-R", "app"], ["-n"]):
            with self.subTest(arguments=arguments):
                for umask, shown in (("027", "0027"), ("0", "0000"), ("777", "0777")):
                    ended = run("-m", umask, *arguments, "--", "sh", "-c", "umask")
                    self.assertEqual((ended.status, ended.output), (0, shown + "\n"))
                ended = run(*arguments, "--", "sh", "-c", "umask", preexec_fn=lambda: os.umask(0o31))
                self.assertEqual((ended.status, ended.output), (0, "0031\n"))

    def test_what_is_none(self):
        for umask in ("", "8", "1000", "-1", "00022", "0x12"):
            self.assert_refused(run("--umask=" + umask, "app", "--", "id"), "--umask",
                                "not a umask")

    def test_from_variables(self):
        for variables, shown in (({}, "0031"), ({"UMASK": ""}, "0031"), ({"UMASK": "027"}, "0027"),
                                 ({"DINIT_SU_UMASK": "2"}, "0002"),
                                 ({"DINIT_SU_UMASK": ""}, "0031"),
                                 ({"UMASK": "77", "DINIT_SU_UMASK": "2"}, "0077"),
                                 ({"UMASK": "", "DINIT_SU_UMASK": "2"}, "0002")):
            for arguments in (["app"], ["-x", "app"], ["-R", "app"], ["-n"]):
                with self.subTest(variables=variables, arguments=arguments):
                    ended = run("--umask-from-env", "UMASK", *arguments, "--", "sh", "-c", "umask",
                                environment=dict(variables, PATH=os.environ["PATH"]),
                                preexec_fn=lambda: os.umask(0o31))
                    self.assertEqual((ended.status, ended.output, ended.errors),
                                     (0, shown + "\n", ""))

    def test_variables_that_are_none(self):
        for name in ("UMASK", "DINIT_SU_UMASK"):
            for umask in ("8", "1000", "-1", "u=rwx", " 22"):
                ended = run("--umask-from-env=UMASK", "app", "--", "id", environment={name: umask})
                self.assert_refused(ended, name + ": '%s' is not a umask" % umask)


class NoNewPrivileges(SystemTest):
    def test_sets_are_empty_from_init_down(self):
        with Init("-N", "app", "--", "sh", "-c", "echo started; read line", stdin=-1) as init:
            init.read_line()
            for pid in (init.pid, init.main_pid()):
                of = status(pid)
                self.assertEqual(of["NoNewPrivs"], "1")
                for name in ("CapInh", "CapPrm", "CapEff", "CapAmb"):
                    self.assertEqual(of[name], NONE, name)
                self.assertEqual(of["CapBnd"], status(1)["CapBnd"])

    def test_every_way_to_run(self):
        for arguments in (["-x", "app"], ["-R", "app"]):
            of = fields(run("-N", *arguments, "--", "cat", "/proc/self/status"))
            self.assertEqual((of["NoNewPrivs"], of["CapBnd"], of["CapInh"]),
                             ("1", status(1)["CapBnd"], NONE))

    def test_a_program_with_file_capabilities_runs_without_them(self):
        path = Place.file("with-capabilities")
        shutil.copy(shutil.which("cat"), path)
        give_capabilities(path, NET_BIND_SERVICE)
        of = fields(run("app", "--", path, "/proc/self/status"))
        self.assertEqual(of["CapEff"], mask(NET_BIND_SERVICE))
        for arguments in (["app"], ["-x", "app"], ["-R", "app"]):
            ended = run("-N", *arguments, "--", path, "/proc/self/status")
            self.assertEqual(ended.status, 0, ended)
            self.assertEqual((fields(ended)["CapEff"], fields(ended)["CapPrm"]), (NONE, NONE))

    def test_the_inheritable_set_is_emptied_without_a_switch_too(self):
        # As older container engines filled it; main that stays root keeps what it has.
        inheritable = ["setpriv", "--inh-caps=+chown,+net_raw"]
        show = ["--", "cat", "/proc/self/status"]
        for arguments in (["-n"], ["root"]):
            with self.subTest(arguments=arguments):
                self.assertEqual(fields(run(*arguments, *show, below=inheritable))["CapInh"],
                                 mask(CHOWN, NET_RAW))
                of = fields(run("-N", *arguments, *show, below=inheritable))
                self.assertEqual((of["CapInh"], of["CapEff"]), (NONE, of["CapBnd"]))

    def test_ambient_capabilities_of_the_runtime_stay(self):
        ambient = ["setpriv", "--reuid=77", "--regid=77", "--clear-groups",
                   "--inh-caps=+chown,+net_raw", "--ambient-caps=+chown"]
        of = fields(run("-nN", "--", "cat", "/proc/self/status", below=ambient))
        self.assertEqual((of["CapInh"], of["CapAmb"], of["CapEff"]), (mask(CHOWN),) * 3)

    def test_main_that_is_root_stays_what_it_is(self):
        for arguments in (["root"], ["-n"]):
            of = fields(run("-N", *arguments, "--", "cat", "/proc/self/status"))
            self.assertEqual(of["NoNewPrivs"], "1")
            self.assertNotEqual(of["CapEff"], NONE)
            self.assertEqual(of["CapEff"], of["CapBnd"])

    def test_without_root_or_the_right_to_change_capabilities(self):
        of = fields(run("-nN", "--", "cat", "/proc/self/status", sandbox=["-u", "77:77"]))
        self.assertEqual(of["NoNewPrivs"], "1")
        of = fields(run("-N", "app", "--", "cat", "/proc/self/status",
                        sandbox=["-c", str(SETPCAP)]))
        self.assertEqual((of["NoNewPrivs"], of["Uid"].split()[0]), ("1", str(APP)))

    def test_set_uid_programs_gain_nothing(self):
        path = Place.file("set-uid-id")
        shutil.copy(shutil.which("id"), path)
        os.chmod(path, 0o4755)
        self.assertEqual(run("app", "--", path, "-u").output, "0\n")
        for arguments in (["app"], ["-x", "app"], ["-R", "app"]):
            self.assertEqual(run("-N", *arguments, "--", path, "-u").output, "4242\n")
        self.assertEqual(run("-nN", "--", path, "-u", sandbox=["-u", "77:77"]).output, "77\n")


class KeepCapabilities(SystemTest):
    def assert_has(self, of, *numbers):
        for name in ("CapInh", "CapPrm", "CapEff", "CapAmb"):
            self.assertEqual(of[name], mask(*numbers), name)

    def test_main_has_them_and_init_has_not(self):
        with Init("-C", "net_bind_service,CAP_NET_RAW", "app", "--", "sh", "-c",
                  "echo started; read line", stdin=-1) as init:
            init.read_line()
            self.assertEqual(status(init.main_pid())["Uid"].split(), [str(APP)] * 4)
            self.assert_has(status(init.main_pid()), NET_BIND_SERVICE, NET_RAW)
            # Main may be faster than init, which only then gives up what it has passed on.
            until(lambda: status(init.pid)["CapPrm"] == NONE, "init to give up capabilities")
            self.assert_has(status(init.pid))

    def test_every_way_to_run(self):
        for arguments in (["-x", "app"], ["-R", "app"], ["-i", "app"], ["7:8"], ["-N", "app"],
                          ["-xN", "app"], ["-RN", "app"]):
            with self.subTest(arguments=arguments):
                ended = run("-C", "cap_chown", *arguments, "--", "cat", "/proc/self/status")
                self.assertEqual(ended.status, 0, ended)
                self.assert_has(fields(ended), CHOWN)

    def test_with_no_new_privs_nothing_but_them_is_inheritable(self):
        of = fields(run("-NC", "chown", "app", "--", "cat", "/proc/self/status"))
        self.assert_has(of, CHOWN)

    def test_root_init_stays_as_it_is(self):
        with Init("-R", "-C", "chown", "app", "--", "sh", "-c", "echo started; read line",
                  stdin=-1) as init:
            init.read_line()
            of = status(init.pid)
            self.assertEqual((of["CapInh"], of["CapAmb"], of["CapEff"]), (NONE, NONE, of["CapBnd"]))

    def test_one_that_the_container_was_not_given(self):
        self.assert_refused(run("-C", "chown,net_raw", "app", "--", "id",
                                sandbox=["-c", str(NET_RAW)]), "not given cap_net_raw")
        self.assert_refused(run("--explain", "-C", "chown,net_raw", "app", "--", "id",
                                sandbox=["-c", str(NET_RAW)]), "not given cap_net_raw")

    def test_an_unknown_one(self):
        self.assert_refused(run("-C", "chown,fly", "app", "--", "id"), "unknown capability 'fly'")

    def test_root_has_no_need_of_it(self):
        self.assert_refused(run("-C", "chown", "root", "--", "id"), "root keeps every")

    def test_without_root(self):
        # Already the user: what it does not have nobody can give it.
        self.assert_refused(run("-C", "chown", "app", "--", "id", sandbox=["-u", "4242:4242"]),
                            "not given cap_chown")
        # Carrying on as somebody else, the runtime has decided.
        ended = run("-i", "-C", "chown", "app", "--", "id", "-u", sandbox=["-u", "77:77"])
        self.assertEqual((ended.status, ended.output), (0, "77\n"))

    def test_without_root_but_with_ambient_ones(self):
        setpriv = ["setpriv", "--reuid=4242", "--regid=4242", "--clear-groups",
                   "--inh-caps=+chown,+net_raw", "--ambient-caps=+chown,+net_raw",
                   Place.file("dinit-su")]
        ended = run(*setpriv, "-C", "chown", "app", "--", "cat", "/proc/self/status",
                    binary="/usr/bin/env")
        self.assertEqual(ended.errors, "")
        self.assert_has(fields(ended), CHOWN)

    def test_port_80(self):
        bind = ["python3", "-c", "import socket; socket.socket().bind(('127.0.0.1', 80)); "
                "print('bound')"]
        # In a network of its own, where the port is not anybody's.
        inside = ["unshare", "--net", "sh", "-c", "ip link set lo up; "
                  "echo 1024 > /proc/sys/net/ipv4/ip_unprivileged_port_start; exec \"$@\"", "sh",
                  Place.file("dinit-su")]
        ended = run(*inside, "-C", "net_bind_service", "app", "--", *bind, binary="/usr/bin/env")
        self.assertEqual((ended.status, ended.output), (0, "bound\n"), ended)
        ended = run(*inside, "app", "--", *bind, binary="/usr/bin/env")
        self.assertNotEqual(ended.status, 0, ended)
        self.assertIn("PermissionError", ended.errors)


class RootInit(SystemTest):
    def test_without_the_right_to_signal_other_users(self):
        """Main is another user's: init says that it cannot be told, and goes on to wait for it. When its
        time is over init ends, and with it the namespace."""
        for time_for_main, status in (("1h", 4), ("0s", 137)):
            with Init("--root-init", "-t", time_for_main, "-w", "1h", "app", "--", "sh", "-c",
                      "trap 'exit 3' TERM; echo ready; read line; exit 4", stdin=-1,
                      sandbox=["-c", str(KILL)]) as init:
                init.read_until("ready")
                init.signal(signal.SIGTERM)
                init.read_until("cannot pass SIGTERM on to pid")
                if status == 4:
                    init.process.stdin.close()
                self.assertEqual(init.wait(), status)
