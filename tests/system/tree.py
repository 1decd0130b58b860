# SPDX-License-Identifier: MIT
"""Trees of files of several owners, for the tests of what is given to whom."""
import ctypes
import os
import subprocess

from harness import Place, SystemTest, children, run, until

OTHER = 4343
LIBC = ctypes.CDLL(None, use_errno=True)
AT_FDCWD, RENAME_EXCHANGE = -100, 2


def write(path, owner=0, mode=0o644, group=None):
    with open(path, "w"):
        pass
    os.chown(path, owner, owner if group is None else group)
    os.chmod(path, mode)
    return path


def make(path, owner=0):
    os.mkdir(path)
    os.chown(path, owner, owner)
    return path


def owner(path):
    status = os.lstat(path)
    return status.st_uid, status.st_gid


def everything(top):
    """Status of every object below top, by path; symbolic links themselves."""
    found = {top: os.lstat(top)}
    for directory, names, files in os.walk(top):
        for name in names + files:
            path = os.path.join(directory, name)
            found[path] = os.lstat(path)
    return found


def mount(*arguments):
    subprocess.run(["mount", *arguments], check=True)


def exchange(one, other):
    """Swap two names in one step, as an attacker would: nothing is ever missing."""
    if LIBC.renameat2(AT_FDCWD, one.encode(), AT_FDCWD, other.encode(), RENAME_EXCHANGE) != 0:
        raise OSError(ctypes.get_errno(), "renameat2", one)


def slowly(calls, how):
    """What to run dinit-su below so that strace(1) tampers with some of its system calls."""
    return ["strace", "-qq", "-o", "/dev/null", "-e", "trace=" + calls,
            "-e", "inject=%s:%s" % (calls, how)]


def walker(init):
    """The pid of dinit-su below strace, which has a child of its own for a moment first."""
    def found():
        return [pid for pid in children(init.pid) if is_dinit_su(pid)]

    return until(found, "dinit-su below strace")[0]


def is_dinit_su(pid):
    try:
        return os.path.basename(os.readlink("/proc/%d/exe" % pid)) == "dinit-su"
    except (FileNotFoundError, ProcessLookupError):
        return False


class Tree(SystemTest):
    def setUp(self):
        self.top = os.path.join(Place.directory(), "tree")
        os.mkdir(self.top)

    def path(self, *names):
        return os.path.join(self.top, *names)

    def outside(self, name):
        return os.path.join(os.path.dirname(self.top), name)

    def hand_over(self, *arguments, **options):
        return run("--chown", self.top, *arguments, "app", "--", "true", **options)

    def assert_handed_over(self, *arguments, **options):
        ended = self.hand_over(*arguments, **options)
        # On a loaded machine it may take long enough to say how far it is.
        said = [line for line in ended.errors.splitlines() if not line.endswith("files so far")]
        self.assertEqual((ended.status, ended.output, said), (0, "", []), ended)
