# SPDX-License-Identifier: MIT
"""A start whose system calls fail, or are answered by a sandbox that has not made them.

strace(1) injects the faults. An error is never taken for an answer: either main runs exactly as asked
for, or nothing is run and one line says why.
"""
import collections
import os
import re
import shutil
import subprocess
import unittest

from harness import GROUP, PASSWD, Place, SystemTest, probe, run, skip_unless_static

# What of main's state the options decide. The bounding set and what is shown of descriptors are the
# surroundings'.
DECIDED = ("Uid:", "Gid:", "Groups:", "CapInh:", "CapPrm:", "CapEff:", "CapAmb:", "NoNewPrivs:",
           "SigBlk:", "Umask:", "HOME:", "USER:")
# Every kind of switch, and what is done beside one.
STARTS = {
    "init": ["app"],
    "in place": ["--exec", "app:audio"],
    "root init": ["--root-init", "7:8"],
    "everything": ["--keep-groups", "--no-new-privs", "--keep-caps", "chown,net_raw", "--umask",
                   "027", "--parent-death", "TERM", "app"],
    "files": ["app"],
}
# Calls that the C library makes before main().
OTHERS = {"arch_prctl", "set_tid_address", "set_thread_area", "set_tls"}
# Calls about rights: answered with a 0 that means nothing, they are found out as well.
RIGHTS = {"setgroups", "setresuid", "setresgid", "getresuid", "getresgid", "capget", "capset", "prctl",
          "umask"}
# Calls of the new process too, before it runs COMMAND; the program of these tests makes none of them.
FOLLOWED = {*RIGHTS, "setpgid", "setsid", "rt_sigprocmask"}


def strace(*options):
    return ["strace", "-qq", *options]


def decided(output):
    return [line for line in output.splitlines() if line.startswith(DECIDED)]


@unittest.skipUnless(shutil.which("strace"), "needs strace, which injects the faults")
class Fault(SystemTest):
    def start(self, arguments, below=()):
        return run(*arguments, "--", *probe("show"), below=below,
                   preexec_fn=lambda: os.setgroups([2000]))

    def start_with_files(self, arguments, below=()):
        """The same with account files and a tree of this start alone, which it changes."""
        path = os.path.join(Place.directory(), "tree")
        os.mkdir(path)
        os.mkdir(path + "/roots")
        os.chown(path, 5000, 5001)
        log = Place.write("faults-log", "")
        os.chmod(log, 0o666)
        return run("--ids-of", path, "--chown", path, "--termination-log=" + log, *arguments, "--",
                   *probe("show"), below=below, passwd=Place.write("faults-passwd", PASSWD),
                   group=Place.write("faults-group", GROUP))

    def calls(self, start, arguments):
        """The system calls of a start up to main's first: {name: how often}.

        strace counts them for each process by itself, and so does this.
        """
        log = Place.file("trace")
        ended = start(arguments, strace("-f", "-o", log, "-e", "signal=none"))
        self.assertEqual(0, ended.status, ended)
        init, of_init, of_child = None, collections.Counter(), collections.Counter()
        with open(log) as file:
            for pid, name in re.findall(r"(?m)^(\d+) +(\w+?)(?:32)?\(", file.read()):
                init = init or pid
                counts = of_init if pid == init else of_child
                counts[name] += 1
                # With main's execve, the second that there is, the start has come to its end.
                if name == "execve" and of_init[name] + of_child[name] == 2:
                    break
        most = of_init | collections.Counter({name: of_child[name] for name in FOLLOWED})
        return {name: count for name, count in most.items()
                if name not in (*OTHERS, "execve", "wait4", "rt_sigtimedwait")}


class EveryCall(Fault):
    def setUp(self):
        skip_unless_static(self)

    def check(self, name, start=None):
        arguments = STARTS[name]
        start = start or self.start
        wanted = start(arguments)
        self.assertEqual(0, wanted.status, wanted)
        for call, count in self.calls(start, arguments).items():
            for when in range(1, count + 1):
                for fault in ("error=EPERM", "retval=0")[:1 + (call in RIGHTS)]:
                    with self.subTest(call=call, when=when, fault=fault):
                        ended = start(arguments, strace(
                            *["-f"] * (call in FOLLOWED), "-o", "/dev/null", "-e", "trace=" + call, "-e",
                            "inject=%s:%s:when=%d" % (call, fault, when)))
                        if ended.status == 0:
                            self.assertEqual(decided(wanted.output), decided(ended.output), ended)
                        else:
                            self.assertEqual("", ended.output, ended)
                            self.assertIn("dinit-su: ", ended.errors, ended)

    def test_init(self):
        self.check("init")

    def test_in_place(self):
        self.check("in place")

    def test_root_init(self):
        self.check("root init")

    def test_everything(self):
        self.check("everything")

    def test_files(self):
        self.check("files", self.start_with_files)


class Refused(Fault):
    """The message names what was not done, not only that something was not."""

    def refuse(self, words, fault, *arguments, **options):
        self.assert_refused(run(*arguments, "--", "echo", "main was run", below=strace(
            "-f", "-o", "/dev/null", "-e", "trace=" + fault.partition(":")[0], "-e",
            "inject=" + fault), **options), words)

    def test_groups_that_are_to_be_kept(self):
        self.refuse("--keep-groups: cannot read the groups", "getgroups:error=EPERM", "-k", "app")

    def test_no_new_privs(self):
        # Of prctl(2) the second call here is the one that looks.
        self.refuse("cannot set no_new_privs", "prctl:error=EPERM", "-N", "app")
        self.refuse("no_new_privs is not as", "prctl:retval=0", "-N", "app")
        self.refuse("no_new_privs is not as", "prctl:retval=0:when=1", "-nN")

    def test_ambient_capabilities(self):
        # The first is PR_SET_KEEPCAPS; what is not raised main would not have.
        for way in ([], ["-x"], ["-R"]):
            self.refuse("ambient capabilities are not", "prctl:retval=0:when=2", *way, "-C", "chown",
                        "app", sandbox=["-c", "21"])

    def test_ids_and_capabilities_that_only_seem_to_be_read(self):
        self.refuse("user and group are not", "getresuid:retval=0", "app")
        self.refuse("user and group are not", "getresgid:error=EPERM", "app")
        self.refuse("capabilities are not as asked for", "capget:retval=0", "app")
        self.refuse("cannot read user and group ids", "getresuid:error=EPERM", "-n",
                    sandbox=["-u", "7:8"])

    def test_an_error_is_told_though_stderr_cannot_be_looked_at(self):
        skip_unless_static(self)
        refused = "fstat,?newfstatat:error=EPERM"
        self.refuse("no user 'nosuchuser'", refused, "nosuchuser")
        path = os.path.join(Place.directory(), "log")
        with open(path, "w") as log:
            print("kept: this", file=log, flush=True)
            below = strace("-o", "/dev/null", "-e", "trace=" + refused.partition(":")[0], "-e",
                           "inject=" + refused)
            subprocess.run([*below, Place.file("dinit-su"), "nosuchuser", "--", "true"], stderr=log,
                           stdin=subprocess.DEVNULL, check=False)
        with open(path) as log:
            self.assertEqual([line.partition(":")[0] for line in log], ["kept", "dinit-su"])

    def test_an_owner_that_only_seems_to_be_read(self):
        path = os.path.join(Place.directory(), "theirs")
        os.mkdir(path)
        os.chown(path, 5000, 5000)
        skip_unless_static(self)
        # The first such call looks whether the path is a link, the second one at its owner.
        self.refuse("--ids-of", "newfstatat:retval=0:when=2", "--ids-of", path, "app")

    def test_root_that_may_be_in_reach(self):
        self.refuse("cannot verify that root is out of reach", "setresuid:error=ENOSYS:when=2", "app")
        self.refuse("could go back to root", "setresuid:retval=0:when=2", "app")

    def test_signals(self):
        self.refuse("cannot block signals", "rt_sigprocmask:error=EPERM:when=1", "app")
        self.refuse("cannot give main its signal mask", "rt_sigprocmask:error=EPERM:when=2", "-x", "app")

    def test_init_that_would_not_be_one(self):
        self.refuse("cannot become a child subreaper", "prctl:error=EPERM", "app", sandbox=["-s"])
        self.refuse("cannot watch the parent", "prctl:error=EPERM:when=2", "-p", "TERM", "app",
                    sandbox=["-s"])

    def test_umask(self):
        self.refuse("the umask is not 027", "umask:error=EPERM", "-m", "027", "app")
