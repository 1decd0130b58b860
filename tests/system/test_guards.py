# SPDX-License-Identifier: MIT
"""Each guard by itself: what it keeps out is made to happen, and nothing else that would keep it out too.

A kernel that lies is made by strace(1): it skips a system call and returns success, or changes what a
call has written, as a sandbox or a fault could. `./dev mutants` takes the guards away one by one.
"""
import fcntl
import os
import shutil
import signal
import struct
import subprocess
import sys
import time
import unittest

from etc import Etc
from harness import (APP, GROUP, Init, Place, SystemTest, looks_into_processes, probe, run, stat,
                     status, until)
from test_rights import fields
from tree import Tree, make, mount, owner, slowly, walker, write

# APP and its groups, as the account files of the harness have them.
GROUPS = [29, 44, APP]
CHOWN, NET_RAW = 0, 13


def lying(*faults):
    """What to run dinit-su below so that strace(1) tampers with system calls, each CALL:HOW."""
    calls = ",".join(fault.partition(":")[0] for fault in faults)
    return ["strace", "-qq", "-f", "-o", "/dev/null", "-e", "trace=" + calls,
            *[word for fault in faults for word in ("-e", "inject=" + fault)]]


def poke(call, argument, *numbers):
    """A call that is made, and then answers with these 32-bit numbers where the argument points to."""
    return "%s:poke_exit=@arg%d=%s" % (call, argument, struct.pack("=%dI" % len(numbers), *numbers).hex())


@unittest.skipUnless(shutil.which("strace"), "needs strace, which makes a kernel that lies")
class Lies(SystemTest):
    def refuse(self, words, faults, *arguments, having=(2000,), below_first=(), **options):
        """The start ends with this message, and main is not run."""
        ended = run(*arguments, "--", "echo", "main was run", below=[*below_first, *lying(*faults)],
                    preexec_fn=lambda: os.setgroups(having), **options)
        self.assert_refused(ended, words)


class Switch(Lies):
    """What the kernel does not confirm after the switch is not done. Each id and each set by itself."""

    def test_a_switch_that_was_not_made(self):
        self.refuse("user and group are not 4242:4242", ["setresuid:retval=0:when=1"], "app")
        self.refuse("user and group are not 4242:4242", ["setresgid:retval=0"], "app")
        self.refuse("supplementary groups are not", ["setgroups:retval=0"], "app")
        for way in (["-x"], ["-R"]):
            self.refuse("user and group are not 4242:4242", ["setresuid:retval=0:when=1"], *way, "app")
        # Of root too, who needs no way back.
        self.refuse("user and group are not 0:4242", ["setresgid:retval=0"], "root:app")

    def test_the_way_out_is_that_of_the_error(self):
        for call in ("setgroups", "setresgid", "setresuid"):
            self.refuse("the container needs CAP_SET", [call + ":error=EPERM"], "app")
            self.refuse("maps no such id", [call + ":error=EINVAL"], "app")
            self.refuse("%s 4242: Resource temporarily unavailable\n" % call, [call + ":error=EAGAIN"], "app")

    @looks_into_processes
    def test_each_id(self):
        for call in ("getresuid", "getresgid"):
            for argument in (1, 2, 3):
                for number in (0, APP + 1, 0xffffffff):
                    with self.subTest(call=call, argument=argument, number=number):
                        self.refuse("user and group are not 4242:4242", [poke(call, argument, number)],
                                    "app")

    @looks_into_processes
    def test_each_group(self):
        """A group that is missing, one that is too many, and one for another."""
        skipped = ["setgroups:retval=0"]
        for having in ([], GROUPS[:1], GROUPS[1:], GROUPS + [2000], GROUPS[:2] + [2000],
                       [5] + GROUPS[1:], [5, *GROUPS[1:], 5000]):
            with self.subTest(having=having):
                self.refuse("supplementary groups are not", skipped, "app", having=having)
        ended = run("app", "--", "id", "-u", below=lying(*skipped),
                    preexec_fn=lambda: os.setgroups(list(reversed(GROUPS))))
        self.assertEqual((ended.status, ended.output), (0, "4242\n"), ended)
        self.refuse("supplementary groups are not", ["getgroups:error=EPERM"], "app")

    def test_more_groups_than_most_have(self):
        many = list(range(5000, 5100))
        group = Place.write("many-groups", GROUP + "".join("g%d:x:%d:app\n" % (n, n) for n in many))
        ended = run("app", "--", "id", "-G", group=group, below=lying("setgroups:delay_enter=1"))
        self.assertEqual((ended.status, sorted(map(int, ended.output.split()))), (0, GROUPS + many))
        self.refuse("supplementary groups are not", ["setgroups:retval=0"], "app", group=group,
                    having=GROUPS + many[:-1] + [9999])

    def test_own_ids_that_cannot_be_read(self):
        ambient = ["setpriv", "--reuid=7", "--regid=8", "--clear-groups", "--inh-caps=+chown",
                   "--ambient-caps=+chown"]
        for fault, words in (("getresuid:error=EPERM", "read user and group ids"),
                             ("getresgid:error=EPERM", "read user and group ids"),
                             ("capget:error=EPERM", "read capabilities"),
                             ("prctl:error=EPERM", "read capabilities")):
            ended = run("-n", "--", "echo", "main was run", below=[*ambient, *lying(fault)])
            self.assert_refused(ended, "cannot " + words)

    def test_root_with_another_group(self):
        ended = run("app", "--", "id", "-u", sandbox=["-u", "0:77"])
        self.assertEqual((ended.status, ended.output), (0, "4242\n"), ended)

    def test_root_out_of_reach(self):
        self.refuse("could go back to root", ["setresuid:retval=0:when=2"], "app")
        for error in ("ENOSYS", "EAGAIN", "EFAULT"):
            self.refuse("cannot verify that root is out of reach",
                        ["setresuid:error=%s:when=2" % error], "app")
        # A user namespace without a uid 0 answers so.
        for error in ("EPERM", "EINVAL"):
            ended = run("app", "--", "id", "-u", below=lying("setresuid:error=%s:when=2" % error))
            self.assertEqual((ended.status, ended.output), (0, "4242\n"), ended)


class Capabilities(Lies):
    @looks_into_processes
    def test_each_set(self):
        """struct __user_cap_data_struct of capget(2): effective, permitted and inheritable, twice."""
        for bit in range(6):
            with self.subTest(bit=bit):
                halves = [1 if number == bit else 0 for number in range(6)]
                self.refuse("capabilities are not", [poke("capget", 2, *halves)], "app")
        self.refuse("capabilities are not", ["capget:retval=0"], "app")
        self.refuse("capabilities are not", ["capget:error=EPERM"], "app")

    @looks_into_processes
    def test_kept_ones_are_exactly_those(self):
        kept = 1 << CHOWN | 1 << NET_RAW
        arguments = ["-C", "chown,net_raw", "app"]
        for halves in ((0, kept, 1 << CHOWN, 0, 0, 0), (0, 1 << CHOWN, kept, 0, 0, 0),
                       (0, kept, kept, 0, 1, 0), (0, kept, kept, 0, 0, 1), (kept, kept, kept, 0, 0, 0)):
            with self.subTest(halves=halves):
                # The first two calls are those that look what there is to keep.
                faults = ["%s:when=3+" % poke("capget", 2, *halves)]
                self.refuse("capabilities are not", faults, *arguments)

    def test_kept_ones_with_high_numbers(self):
        """From 32 on they are in the second half of what capset(2) is given."""
        syslog, bpf = 34, 39
        high = 1 << syslog | 1 << bpf
        if high & ~int(status(1)["CapBnd"], 16):
            self.skipTest("this container was not given cap_syslog and cap_bpf")
        of = fields(run("-C", "syslog,bpf", "app", "--", "cat", "/proc/self/status"))
        self.assertEqual({of[name] for name in ("CapInh", "CapPrm", "CapEff", "CapAmb")},
                         {"%016x" % high})

    def test_sets_that_the_switch_leaves(self):
        """An inheritable set of the runtime's, and secure bits that keep the others over setresuid(2)."""
        keep = [sys.executable, "-c", "import ctypes, os, sys; ctypes.CDLL(None).prctl(28, 4, 0, 0, 0); "
                "os.execvp(sys.argv[1], sys.argv[1:])"]
        inherit = ["setpriv", "--inh-caps=+chown,+net_raw"]
        for below in (keep, inherit):
            ended = run("app", "--", "cat", "/proc/self/status", below=below)
            self.assertEqual({fields(ended)[name] for name in ("CapInh", "CapPrm", "CapEff", "CapAmb")},
                             {"0" * 16}, ended)
            ended = run("app", "--", "echo", "main was run", below=[*below, *lying("capset:retval=0")])
            self.assert_refused(ended, "capabilities are not")
            ended = run("app", "--", "echo", "main was run", below=[*below, *lying("capset:error=EPERM")])
            self.assert_refused(ended, "cannot give up capabilities")

    def test_ambient_ones_that_must_not_be_raised(self):
        """SECBIT_NO_CAP_AMBIENT_RAISE of capabilities(7)."""
        forbid = [sys.executable, "-c", "import ctypes, os, sys; "
                  "ctypes.CDLL(None).prctl(28, 64, 0, 0, 0); os.execvp(sys.argv[1], sys.argv[1:])"]
        for way in ([], ["-x"], ["-R"]):
            with self.subTest(way=way):
                self.assert_refused(run(*way, "-C", "chown", "app", "--", "echo", "main was run",
                                        below=forbid), "cannot pass capabilities on")

    def test_keeping_that_fails(self):
        self.refuse("cannot read capabilities", ["capget:error=EPERM:when=1"], "-C", "chown", "app")
        self.refuse("cannot give up capabilities", ["capset:error=EPERM:when=1"], "-C", "chown", "app")
        self.refuse("cannot keep capabilities", ["prctl:error=EPERM:when=1"], "-C", "chown", "app")
        # Not kept, they are gone with the switch.
        self.refuse("cannot give up capabilities", ["prctl:retval=0:when=1"], "-C", "chown", "app")

    def test_an_inheritable_set_that_stays(self):
        inherit = ["setpriv", "--inh-caps=+chown"]
        for fault, words in (("capset:retval=0", "the inheritable set is not"),
                             ("capset:error=EPERM", "cannot empty the inheritable set"),
                             ("capget:error=EPERM:when=1", "cannot read capabilities"),
                             ("prctl:error=EPERM:when=3", "cannot read capabilities"),
                             ("capget:error=EPERM:when=2", "cannot empty the inheritable set")):
            ended = run("-nN", "--", "echo", "main was run", below=[*inherit, *lying(fault)])
            self.assert_refused(ended, words)


class Borrowed(Lies):
    """With --root-init the termination log is opened with the rights of main, and init is root again."""

    def test_what_was_not_borrowed_or_not_given_back(self):
        for fault in ("setresuid:retval=0:when=1", "setresgid:retval=0:when=1", "getgroups:error=EPERM",
                      *["%s:error=EPERM:when=%d" % (call, when) for when in (1, 2)
                        for call in ("setgroups", "setresgid", "setresuid")]):
            with self.subTest(fault=fault):
                path = Place.shared("borrowed-" + fault.replace(":", "-"))
                self.refuse("cannot act as uid 4242 for a moment", [fault], "-R",
                            "--termination-log=" + path, "app")
                if os.path.exists(path):
                    self.assertEqual(owner(path), (APP, APP))

    def test_what_the_kernel_does_not_confirm(self):
        for fault in ("setgroups:retval=0:when=1", "setresuid:retval=0:when=2",
                      "setresgid:retval=0:when=2", "capset:retval=0:when=1"):
            with self.subTest(fault=fault):
                path = Place.shared("unconfirmed-" + fault.replace(":", "-"))
                self.refuse("cannot act as uid 4242 for a moment", [fault], "-R",
                            "--termination-log=" + path, "app", below_first=self.KEEP)
                self.assertEqual(os.path.exists(path), ":when=2" in fault)

    # SECBIT_NO_SETUID_FIXUP of capabilities(7): setresuid(2) leaves the effective set as it is.
    KEEP = [sys.executable, "-c", "import ctypes, os, sys; "
            "ctypes.CDLL(None).prctl(28, 4, 0, 0, 0); os.execvp(sys.argv[1], sys.argv[1:])"]

    def test_secure_bits_keep_no_capability(self):
        path = Place.shared("borrowed-roots")
        with open(write(path, mode=0o600), "w") as file:
            file.write("root's")
        ended = run("-R", "--termination-log=" + path, "app", "--", *probe("exit", 3), below=self.KEEP)
        with open(path) as file:
            self.assertEqual(file.read(), "root's")
        # Init has its capabilities back, or it could not take its groups back.
        self.assertEqual(ended.status, 3, ended)
        self.assertIn("cannot open the termination log", ended.errors)

    def test_root_with_other_groups_keeps_its_capabilities(self):
        path = Place.shared("borrowed-by-root")
        os.chown(write(path, mode=0o600), 4343, 4343)
        ended = run("-R", "--termination-log=" + path, "root:audio", "--", *probe("exit", 3))
        self.assertEqual((ended.status, ended.errors), (3, ""), ended)
        with open(path) as file:
            self.assertIn("ended with status 3", file.read())

    def test_by_root_without_groups(self):
        path = Place.shared("borrowed-without-groups")
        ended = run("-R", "--termination-log=" + path, "app", "--", *probe("exit", 3),
                    preexec_fn=lambda: os.setgroups([]))
        self.assertEqual((ended.status, ended.errors, owner(path)), (3, "", (APP, APP)))

    def test_it_is_opened_with_all_that_main_has(self):
        for mode, group in ((0o620, 29), (0o602, 0), (0o660, 0)):
            path = Place.shared("borrowed-%o-%d" % (mode, group))
            write(path, mode=mode, group=group)
            ended = run("-R", "--termination-log=" + path, "app", "--", *probe("exit", 3),
                        preexec_fn=lambda: os.setgroups([0]))
            self.assertEqual(ended.status, 3, ended)
            with open(path) as file:
                self.assertEqual("ended with status 3" in file.read(), mode != 0o660, path)


class AccountFiles(SystemTest):
    @unittest.skipUnless(shutil.which("strace"), "needs strace, to make a system call slow")
    def test_a_lock_of_a_file_that_was_replaced_is_none(self):
        """Another program puts a new file in the place of the one that init has opened, and locks it."""
        etc, given = Etc(), Place.directory()
        log = Place.shared("lock-log")
        passwd, new = etc.file("passwd"), etc.file("passwd.new")

        def holds(init):
            directory = "/proc/%d/fd/" % walker(init)
            try:
                return any(os.path.realpath(directory + name).endswith("/passwd") and
                           os.path.samestat(os.stat(directory + name), os.stat(passwd))
                           for name in os.listdir(directory))
            except (FileNotFoundError, ProcessLookupError):
                return False

        def has_gone_on():
            with open(log) as file:
                return "EAGAIN" in file.read() or init.process.poll() is not None

        with Init("--create", "--chown", given, "bob", "--", "id", "-u",
                  sandbox=["-b", etc.path + ":/etc", "-b", etc.home + ":/home"], passwd=passwd,
                  group=etc.file("group"), below=["strace", "-qq", "-o", log, "-e", "trace=flock", "-e",
                                                  "inject=flock:delay_enter=1500000:when=1"]) as init:
            # The account files are read without a lock first, which takes no time.
            until(lambda: holds(init), "the file to be opened")
            until(lambda: holds(init), "the file to be opened to be locked")
            with open(passwd) as old, open(new, "w") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                file.write(old.read())
                file.flush()
                os.chmod(new, 0o644)
                os.rename(new, passwd)
                until(has_gone_on, "init to try another lock")
                file.write("alice:!:1000:1000::/home/alice:/bin/sh\n")
                file.flush()
                fcntl.flock(file, fcntl.LOCK_UN)
            self.assertEqual((init.wait(), init.rest()), (0, "1001\n"))
        self.assertEqual(os.stat(given).st_uid, 1001)


class Trees(Tree):
    def test_a_link_that_a_path_leads_to(self):
        """The link stays its owner's, and what it leads to too, whoever has made it."""
        os.chmod(os.path.dirname(self.top), 0o755)
        target = make(self.outside("target"))
        for number, of in enumerate((0, APP, 4343)):
            link = self.outside("link-%d" % number)
            os.symlink(target, link)
            os.lchown(link, of, of)
            for option in ("--chown", "--chown-if-needed"):
                self.assert_refused(run(option, link, "app", "--", "echo", "main was run"), link,
                                    "symbolic link")
                self.assertEqual((owner(link), owner(target)), ((of, of), (0, 0)))

    def test_a_link_of_somebody_elses_on_the_way(self):
        """Only root can have made it there, but it is the owner's who could be asked to."""
        os.chmod(os.path.dirname(self.top), 0o755)
        below = make(os.path.join(make(self.outside("target")), "below"))
        link = self.outside("link")
        os.symlink(os.path.dirname(below), link)
        os.lchown(link, APP, APP)
        self.assert_refused(run("--chown", link + "/below", "app", "--", "echo", "main was run"),
                            "symbolic link on the way")
        self.assertEqual(owner(below), (0, 0))

    @unittest.skipUnless(shutil.which("strace"), "needs strace, which makes an old kernel")
    def test_without_openat2_no_link_is_followed_and_no_mount_is_entered(self):
        """Linux before 5.6, where other users can put anything in a directory."""
        theirs = make(self.path("theirs"), APP)
        target, mounted = write(self.outside("target")), make(self.outside("mounted"))
        os.symlink(target, os.path.join(theirs, "link"))
        mount("-t", "tmpfs", "tmpfs", mounted)
        bound, beside = (write(os.path.join(theirs, name)) for name in ("bound", "beside"))
        mount("--bind", write(os.path.join(mounted, "file")), bound)
        self.assert_handed_over(below=slowly("openat2", "error=ENOSYS"))
        self.assertEqual([owner(path) for path in (target, bound, beside, os.path.join(theirs, "link"))],
                         [(0, 0), (0, 0), (APP, APP), (APP, APP)])

    @unittest.skipUnless(shutil.which("prlimit"), "needs prlimit")
    def test_too_few_files_for_anything(self):
        """The directory that is being read is not closed for the sake of what is in it."""
        make(self.path("below"))
        ended = self.hand_over(below=["prlimit", "--nofile=5"])
        self.assertEqual(ended.status, 0, ended)
        self.assertIn("cannot hand over 'below' below %s: Too many open files" % self.top, ended.errors)

    @unittest.skipUnless(shutil.which("prlimit"), "needs prlimit")
    def test_few_files_for_a_deep_tree(self):
        """Levels are closed and opened again, and no descriptor is lost by that."""
        paths, at = [], self.top
        for _ in range(12):
            paths += [make(os.path.join(at, name)) for name in ("a", "b", "c")]
            paths.append(write(os.path.join(at, "file")))
            at = os.path.join(at, "b")
        self.assert_handed_over(below=["prlimit", "--nofile=8"])
        self.assertEqual({owner(path) for path in paths}, {(APP, APP)})


class Proc(SystemTest):
    def test_one_of_another_namespace(self):
        """Its numbers are other processes' here: init says so, and signals nobody by them."""
        for tail in ("sleep 1000 & exit 8", "(trap '' TERM; sleep 1000) & exit 8"):
            ended = run("-w", "200ms", "app", "--", "sh", "-c", tail, sandbox=["-s", "-P"])
            self.assertEqual(ended.status, 8)
            self.assertEqual(ended.errors, "dinit-su: warning: no /proc of this PID namespace: cannot "
                                           "end what is left\n")

    def test_one_of_another_namespace_does_not_tell_a_pid1_who_is_left(self):
        """Outside somebody handles TERM and has a child, whom that one would look after."""
        outside = ("import signal, subprocess\n"
                   "signal.signal(signal.SIGTERM, lambda *_: None)\n"
                   "with subprocess.Popen(['sleep', '1000']) as child:\n"
                   "    print('ready', flush=True)\n")
        with subprocess.Popen([sys.executable, "-c", outside], stdout=subprocess.PIPE,
                              start_new_session=True) as beside:
            try:
                beside.stdout.readline()
                ended = run("-w", "1h", "-n", "--", "sh", "-c", "sleep 1000 & exit 8", sandbox=["-P"])
                self.assertEqual((ended.status, ended.errors), (8, ""), ended)
            finally:
                os.killpg(beside.pid, signal.SIGKILL)

    def test_one_of_another_namespace_chooses_nobody(self):
        """The whole group is told, as by kill(2): those that /proc shows may be anybody."""
        script = "trap 'echo child; exit' TERM; echo ready; while :; do sleep .01; done"
        with Init("-v", "app", "--", "sh", "-c", "trap '' TERM; (%s); exit 5" % script,
                  sandbox=["-P"]) as init:
            init.read_until("ready")
            init.signal(signal.SIGTERM)
            said = init.rest()
            self.assertEqual(init.wait(), 5, said)
            self.assertIn("child\n", said)
            self.assertRegex(said, "passed SIGTERM on to process group")


class Stopping(SystemTest):
    def test_a_second_stop_does_not_begin_the_timeout_anew(self):
        """Each TERM is answered with a line, so that the last one came long after the first."""
        with Init("-t", "500ms", "app", "--", *probe("signals-until", 12)) as init:
            init.read_until("ready")
            deadline = time.monotonic() + 20
            line = "15 0 0"
            while line == "15 0 0" and time.monotonic() < deadline:
                init.signal(signal.SIGTERM)
                line = init.read_line()
            self.assertIn("still runs when --stop-timeout is over", line)
            self.assertEqual(init.wait(), 137)

    def test_main_that_cannot_be_killed(self):
        """Main is all root's, and init, which is USER, may not signal it."""
        path = Place.file("set-uid-setpriv")
        shutil.copy(shutil.which("setpriv"), path)
        os.chmod(path, 0o4755)
        main = [path, "--reuid=0", "--regid=0", "--clear-groups", *probe("signals-until", 12)]
        for sandbox in ([], ["-s"]):
            with self.subTest(sandbox=sandbox):
                with Init("-t", "100ms", "-w", "100ms", "app", "--", *main, sandbox=sandbox) as init:
                    init.read_until("ready")
                    init.signal(signal.SIGTERM)
                    self.assertEqual(init.wait(), 137)
                    said = init.rest()
                self.assertRegex(said, r"cannot pass SIGKILL on to pid \d+: Operation not permitted")
                self.assertNotIn("sent SIGKILL to it", said)


class TerminationLog(SystemTest):
    def test_a_fifo(self):
        """Without a reader the start does not wait for one; what has one gets nothing to read."""
        for name, has_reader in (("without", False), ("with", True)):
            path = Place.shared("fifo-" + name)
            os.mkfifo(path)
            os.chmod(path, 0o666)
            reading = os.open(path, os.O_RDONLY | os.O_NONBLOCK) if has_reader else -1
            for way in ([], ["-R"]):
                ended = run(*way, "--termination-log=" + path, "app", "--", *probe("exit", 3))
                self.assertEqual(ended.status, 3, ended)
                self.assertIn("cannot open the termination log " + path, ended.errors)
                if has_reader:
                    self.assertIn("it is not a regular file", ended.errors)
                    self.assertEqual(os.read(reading, 100), b"")
            if has_reader:
                os.close(reading)

    def test_why_it_cannot_be_opened(self):
        target, path = write(Place.shared("log-target"), owner=APP), Place.shared("log-link")
        os.symlink(target, path)
        for name, why in ((path, "Too many levels of symbolic links"),
                          ("/no/such/directory/log", "No such file or directory"),
                          (write(Place.shared("log-of-root")), "Permission denied")):
            ended = run("--termination-log=" + name, "app", "--", *probe("exit", 3))
            self.assertEqual(ended.status, 3, ended)
            self.assertEqual(ended.errors, "dinit-su: warning: cannot open the termination log %s: %s\n" % (
                name, why))
        self.assertEqual(os.stat(target).st_size, 0)

    def test_its_mode(self):
        path = Place.shared("new-log")
        run("--termination-log=" + path, "app", "--", *probe("exit", 3), preexec_fn=lambda: os.umask(0))
        self.assertEqual((os.stat(path).st_mode & 0o7777, owner(path)), (0o644, (APP, APP)))

    def test_a_terminal_does_not_become_inits(self):
        """As the first that the leader of a session opens would: open(2), O_NOCTTY."""
        terminal, of_app = os.openpty()
        os.chown(os.ttyname(of_app), APP, APP)
        with Init("--termination-log=" + os.ttyname(of_app), "app", "--", *probe("signals"),
                  sandbox=["-n"]) as init:
            init.read_until("ready")
            session, terminal_of_session = stat(init.pid)[3:5]
            self.assertEqual((int(session) != 0, terminal_of_session), (True, "0"))
        os.close(terminal)
        os.close(of_app)

    def test_what_main_has_written_is_known_by_its_size_and_its_time(self):
        """Each part of the time by itself, and the size, with everything else as it was."""
        path = write(Place.shared("written-log"), owner=APP)
        for content, seconds, nanoseconds in (("12345", 1000, 5), ("123456", 1000, 6), ("12345", 1001, 6),
                                              ("12345", 1000, 6)):
            with open(path, "w") as file:
                file.write("abcde")
            os.utime(path, ns=(0, 1000 * 10**9 + 6))
            script = "printf %s %s >%s; touch -d @%d.%09d %s; exit 3" % (
                "%s", content, path, seconds, nanoseconds, path)
            ended = run("--termination-log=" + path, "app", "--", "sh", "-c", script)
            self.assertEqual((ended.status, ended.errors), (3, ""))
            with open(path) as file:
                is_as_it_was = (content, seconds, nanoseconds) == ("12345", 1000, 6)
                self.assertEqual("ended with status 3" in file.read(), is_as_it_was, script)
        with open(path, "w") as file:
            file.write("abcde")
        run("--termination-log=" + path, "app", "--", "true")
        with open(path) as file:
            self.assertEqual(file.read(), "abcde")
