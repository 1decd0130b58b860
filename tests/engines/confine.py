# SPDX-License-Identifier: MIT
"""A world of its own for the engines, which vanishes with the test run, even if that is killed.

Engines start daemons that detach, mount file systems and fill directories. They do so in a new PID and
mount namespace: when its first process ends, the kernel ends every process in it and undoes every mount.
The directory of the tests, a file system in memory, goes with them. File systems in memory also hide
/run and the places where the engines of the machine keep their images, so that even a wrong option
cannot touch anything of the machine's.
"""
import ctypes
import os
import shutil
import signal
import subprocess
import sys

PLACE = "/run/dinit-su-tests"
HIDDEN = ("/run", "/var/lib/docker", "/var/lib/containerd", "/var/lib/containers")
CGROUPS = "/sys/fs/cgroup"
CGROUP = "dinit-su-tests-"
CLONE_NEWNS, CLONE_NEWPID = 0x20000, 0x20000000
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None, use_errno=True)

# The reason why there is no such world, and no engine is started; None inside the world.
missing = "not started by tests/engines/run"


def end_with_parent(number=signal.SIGKILL):
    """Ask the kernel to kill this process, or send it that signal, when its parent ends."""
    LIBC.prctl(PR_SET_PDEATHSIG, number, 0, 0, 0)


def enter():
    """Return in the new world, as a process below its PID 1; the caller's process stays outside.

    If that is impossible, return at once, with the reason in missing.
    """
    global missing
    missing = obstacle()
    if missing:
        return
    with open(os.environ["DINIT_SU"], "rb") as file:
        content = file.read()
    remove_cgroups()
    if LIBC.unshare(CLONE_NEWNS | CLONE_NEWPID) != 0:
        missing = "cannot make namespaces: " + os.strerror(ctypes.get_errno())
        return
    outside = os.getpid()
    end_with_parent(signal.SIGTERM)
    sys.stdout.flush()
    first = os.fork()
    if first:
        sys.exit(guard(first))
    end_with_parent()
    # In a session without the terminal: an init in here would take its foreground from guard().
    os.setsid()
    mount_everything()
    os.environ["DINIT_SU"] = install(content)
    os.environ["DINIT_SU_CGROUP"] = CGROUP + str(outside)
    worker = os.fork()
    if worker:
        # Not sys.exit: buffers and exit handlers belong to the worker.
        os._exit(reap_until(worker))


def obstacle():
    if os.geteuid() != 0:
        return "needs root: it starts container engines"
    if not is_mount_point("/"):
        return "the root is no mount point, as in a chroot: bind it to itself first, mount --bind"
    for hidden in HIDDEN:
        if os.path.realpath(__file__).startswith(hidden + "/"):
            return "the checkout is below %s, which these tests hide" % hidden
    return None


def is_mount_point(path):
    """True for a mount point of proc_pid_mountinfo(5). os.path.ismount() is true for every root."""
    with open("/proc/self/mountinfo") as file:
        return any(line.split()[4] == path for line in file)


def mount_everything():
    subprocess.run(["mount", "--make-rprivate", "/"], check=True)
    subprocess.run(["mount", "-t", "proc", "proc", "/proc"], check=True)
    for path in HIDDEN:
        if os.path.isdir(path):
            subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", path], check=True)
    os.mkdir(PLACE)


def install(content):
    """Put the program into PLACE: the mounts may hide the checkout, and not every user may read it."""
    path = os.path.join(PLACE, "dinit-su")
    with open(path, "wb") as file:
        file.write(content)
    os.chmod(path, 0o755)
    return path


def guard(first):
    """Wait for the world to end; a signal to this process ends it. Returns the exit status."""
    ended_by = []

    def end_world(number, _):
        ended_by.append(number)
        os.kill(first, signal.SIGKILL)

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, end_world)
    _, status = os.waitpid(first, 0)
    remove_cgroups()
    return 128 + ended_by[0] if ended_by else exit_status(status)


def reap_until(worker):
    """Be the PID 1 that daemons expect: reap every child, and end with the worker."""
    while True:
        pid, status = os.wait()
        if pid == worker:
            return exit_status(status)


def exit_status(status):
    return os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status)


def remove_cgroups():
    """Remove the cgroups of this run and of earlier runs that were killed: cgroups outlive namespaces.

    Those of a run that goes on stay, even empty ones: a container may be about to enter them.
    """
    for directory, names, _ in os.walk(CGROUPS):
        if directory.count("/") - CGROUPS.count("/") > 1:
            del names[:]
        for name in names:
            number = name[len(CGROUP):]
            if name.startswith(CGROUP) and (number == str(os.getpid()) or
                                            not os.path.exists("/proc/" + number)):
                remove_empty(os.path.join(directory, name))


def remove_empty(top):
    for directory, _, _ in os.walk(top, topdown=False):
        try:
            os.rmdir(directory)
        except OSError:
            pass


def tool(name):
    """The path of a program of the machine, or None."""
    return shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
