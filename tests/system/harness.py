# SPDX-License-Identifier: MIT
"""Runs the built dinit-su in fresh PID namespaces and looks at it from outside.

All of this runs inside one more PID and mount namespace (tests/system/run sees to that), so that
nothing here can signal, mount or leave behind anything on the machine itself.
"""
import contextlib
import ctypes
import functools
import os
import select
import shutil
import signal
import subprocess
import tempfile
import time
import unittest
from stat import S_IFCHR

from waiting import PATIENCE, until
from waiting import read_status as status

CAP_SYS_PTRACE = 19
APP = 4242
PASSWD = """\
root:x:0:0:root:/root:/bin/sh
app:x:4242:4242:The application:/home/app:/bin/sh
other:x:4343:4343::/home/other:/bin/sh
homeless:x:4444:4444:::/bin/sh
1234:x:4545:4545:named by digits:/home/digits:/bin/sh
"""
GROUP = """\
root:x:0:
app:x:4242:
other:x:4343:
audio:x:29:app,other
video:x:44:other,app
"""


class Place:
    """The directory the tests work in: a file system of their own that vanishes with them."""

    path = None

    @classmethod
    def prepare(cls):
        if cls.path:
            return
        used = [os.path.realpath(path) + "/" for path in (__file__, os.environ["DINIT_SU"])]
        cls.path = next(path for path in ("/mnt", "/srv", "/media", "/opt")
                        if os.path.isdir(path) and not any(u.startswith(path + "/") for u in used))
        subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", cls.path], check=True)
        # The tests' own variables, which have been read: dinit-su warns of any that it does not know.
        for name in [name for name in os.environ if name.startswith("DINIT_SU_")]:
            del os.environ[name]
        cls.provide_terminals()
        cls.provide_cgroups()
        cls.provide_null()
        # The checkout may be where another user cannot go; these have to be run by one.
        for variable, name in (("DINIT_SU", "dinit-su"), ("PROBE", "probe"),
                               ("SANDBOX", "sandbox")):
            shutil.copy(os.environ[variable], cls.file(name))
        os.environ["SANDBOX"] = cls.file("sandbox")
        cls.write("passwd", PASSWD)
        cls.write("group", GROUP)
        os.mkdir(os.path.join(cls.path, "shared"))
        os.chmod(os.path.join(cls.path, "shared"), 0o1777)

    @staticmethod
    def provide_terminals():
        """A plain chroot has no /dev/pts; then this mount namespace gets one."""
        try:
            for descriptor in os.openpty():
                os.close(descriptor)
        except OSError:
            subprocess.run(["mount", "-t", "devpts", "-o", "newinstance,mode=620,ptmxmode=666",
                            "devpts", "/dev/pts"], check=True)

    @staticmethod
    def provide_cgroups():
        """A plain chroot has no /sys; then this mount namespace gets one to mount cgroups on."""
        if not os.path.isdir("/sys/fs/cgroup"):
            subprocess.run(["mount", "-t", "tmpfs", "tmpfs", "/sys"], check=True)
            os.makedirs("/sys/fs/cgroup")

    @classmethod
    def provide_null(cls):
        """A /dev/null of our own: a program with a fault must not give away the machine's."""
        path = cls.file("null")
        os.mknod(path, 0o666 | S_IFCHR, os.stat("/dev/null").st_rdev)
        os.chmod(path, 0o666)
        subprocess.run(["mount", "--bind", path, "/dev/null"], check=True)

    @classmethod
    def file(cls, name):
        return os.path.join(cls.path, name)

    @classmethod
    def shared(cls, name):
        """A path that any user may create."""
        return os.path.join(cls.path, "shared", name)

    @classmethod
    def write(cls, name, content):
        path = cls.file(name)
        with open(path, "w") as file:
            file.write(content)
        os.chmod(path, 0o644)
        return path

    @classmethod
    def directory(cls):
        """A fresh directory that any user may write to."""
        path = tempfile.mkdtemp(dir=cls.path)
        os.chmod(path, 0o777)
        return path


def children(pid):
    try:
        with open("/proc/%d/task/%d/children" % (pid, pid)) as file:
            return [int(number) for number in file.read().split()]
    except FileNotFoundError:
        return [child for child in processes() if parent(child) == pid]


def processes():
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def stat(pid):
    """The fields of /proc/PID/stat from the state on, or None when there is no such process."""
    try:
        with open("/proc/%d/stat" % pid) as file:
            return file.read().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None


def parent(pid):
    fields = stat(pid)
    return int(fields[1]) if fields else None


def send_value(pid, number, value):
    """sigqueue(3), which Python does not have."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.sigqueue(pid, number, ctypes.c_void_p(value)) != 0:
        raise OSError(ctypes.get_errno(), "sigqueue")


def sandboxed(sandbox, command, passwd, group):
    if "-E" in sandbox and "SANITIZED" in os.environ:
        raise unittest.SkipTest("the address sanitizer itself needs /proc")
    if "-s" in sandbox and "EMULATED" in os.environ:
        raise unittest.SkipTest("emulated: prctl(PR_SET_CHILD_SUBREAPER) is not")
    binds = []
    for source, target in ((passwd, "/etc/passwd"), (group, "/etc/group")):
        if source:
            binds += ["-b", "%s:%s" % (source, target)]
    return [os.environ["SANDBOX"]] + binds + list(sandbox) + ["--"] + command


def end_namespace(sandbox, first):
    """End a sandbox by its PID 1, with which all goes that is in its namespace.

    A sandbox that is killed itself leaves a PID 1 that has changed its ids: that forgets
    PR_SET_PDEATHSIG. As long as the sandbox has not ended its child has its pid.
    """
    if sandbox.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(first, signal.SIGKILL)
    sandbox.wait(PATIENCE)


class Init:
    """A dinit-su that runs, PID 1 of its namespace unless sandbox=["-s"] says otherwise."""

    def __init__(self, *arguments, sandbox=(), stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                 environment=None, passwd=None, group=None, binary=None, pass_fds=(), below=(),
                 **options):
        reading, writing = os.pipe()
        command = [*below, binary or Place.file("dinit-su"), *arguments]
        sandbox = ["-p", str(writing)] + list(sandbox)
        self.process = subprocess.Popen(
            sandboxed(sandbox, command, passwd or Place.file("passwd"),
                      group or Place.file("group")),
            stdin=stdin, stdout=subprocess.PIPE, stderr=stderr, env=environment,
            pass_fds=[writing, *pass_fds], **options)
        os.close(writing)
        with os.fdopen(reading) as file:
            self.pid = self.first = int(file.readline())
        if "-s" in sandbox:
            self.pid = until(lambda: children(self.first), "init below the reaper")[0]
        self.buffered = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        end_namespace(self.process, self.first)
        self.process.stdout.close()
        if self.process.stdin:
            self.process.stdin.close()

    def read_line(self):
        """The next line of output, without its newline; fails the test if none comes."""
        deadline = time.monotonic() + PATIENCE
        while b"\n" not in self.buffered:
            left = deadline - time.monotonic()
            if not select.select([self.process.stdout], [], [], max(left, 0))[0]:
                raise AssertionError("no line came; so far %r" % self.buffered)
            data = os.read(self.process.stdout.fileno(), 65536)
            if not data:
                raise AssertionError("output ended; so far %r" % self.buffered)
            self.buffered += data
        line, _, self.buffered = self.buffered.partition(b"\n")
        return line.decode()

    def read_until(self, wanted):
        """Read lines up to one that contains wanted; returns it."""
        while True:
            line = self.read_line()
            if wanted in line:
                return line

    def rest(self):
        """Everything that is still to come."""
        data = self.buffered + self.process.stdout.read()
        self.buffered = b""
        return data.decode()

    def signal(self, number):
        os.kill(self.pid, number)

    def wait(self):
        """The exit status of init, 128+N for signal N."""
        return self.process.wait(PATIENCE)

    def main_pid(self):
        """Main's pid as seen from here."""
        return until(lambda: children(self.pid), "main")[0]

    def holds_signals(self):
        """Whether this is dinit-su by now, with all signals blocked but KILL and STOP.

        Or with main started: then signals show as not blocked while init waits for them.
        """
        try:
            # The program before it is the sandbox, whose fork(3) blocks signals for a moment too.
            return (os.path.basename(os.readlink("/proc/%d/exe" % self.pid)) == "dinit-su" and
                    (int(status(self.pid)["SigBlk"], 16) & 0xfffff == 0xbfeff or
                     bool(children(self.pid))))
        except (FileNotFoundError, ProcessLookupError):
            return False


@contextlib.contextmanager
def traced(init, *options):
    """Have strace(1) inject into a dinit-su that runs, until the end of the block."""
    with subprocess.Popen(["strace", "-qqo", "/dev/null", "-p", str(init.pid), *options]) as strace:
        try:
            until(lambda: status(init.pid)["TracerPid"] == str(strace.pid), "strace to be attached")
            yield
        finally:
            strace.kill()


class Ended:
    """What a dinit-su that has ended said, and its status."""

    def __init__(self, process):
        self.status = process.returncode
        self.output = process.stdout.decode(errors="replace")
        self.errors = process.stderr.decode(errors="replace")

    def __repr__(self):
        return "status %d, output %r, errors %r" % (self.status, self.output, self.errors)


def run(*arguments, sandbox=(), passwd=None, group=None, environment=None, binary=None, below=(),
        stdin=subprocess.DEVNULL, **options):
    """Run dinit-su as PID 1 of its namespace to its end."""
    command = [*below, binary or Place.file("dinit-su"), *arguments]
    process = subprocess.run(
        sandboxed(sandbox, command, passwd or Place.file("passwd"), group or Place.file("group")),
        stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment,
        timeout=PATIENCE, **options)
    return Ended(process)


def probe(*arguments):
    return [Place.file("probe")] + [str(argument) for argument in arguments]


def looks_into_processes(test):
    """Mark a test that looks at the descriptors, program, directory or namespaces of another user.

    The kernel shows them only with CAP_SYS_PTRACE, ptrace(2), which few containers have.
    """
    @functools.wraps(test)
    def tried(self):
        if not int(status("self")["CapEff"], 16) >> CAP_SYS_PTRACE & 1:
            self.skipTest("needs CAP_SYS_PTRACE: docker run --cap-add SYS_PTRACE")
        test(self)

    return tried


def skip_unless_static(test):
    """A loader and a sanitizer make system calls of their own, and give up in their own words."""
    with open(os.environ["DINIT_SU"], "rb") as file:
        if b"ld-" in file.read(4096):
            test.skipTest("the system calls are those of the static binary")


class SystemTest(unittest.TestCase):
    """A test that needs root and the namespaces that root can make."""

    maxDiff = None

    @classmethod
    def setUpClass(cls):
        if os.geteuid() != 0:
            raise unittest.SkipTest("needs root: it makes PID and mount namespaces")
        Place.prepare()

    def assert_refused(self, ended, *words, status=125):
        """Check that one line names the words, and the status, and that nothing was run."""
        self.assertEqual(ended.status, status, ended)
        self.assertEqual(ended.output, "", ended)
        self.assertEqual(ended.errors.count("\n"), 1, ended)
        self.assertTrue(ended.errors.startswith("dinit-su: "), ended)
        for word in words:
            self.assertIn(word, ended.errors)


SIGRTMIN = 34
SIGRTMAX = 64
CHILD = signal.SIGCHLD
