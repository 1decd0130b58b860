# SPDX-License-Identifier: MIT
"""A cgroup of its own with a share of the processor, as each container has it.

Outside of such a cgroup the kernel groups processes by session (sched(7), autogroup). A main in a session
of its own would then be preferred to its init, which does not happen in a container.
"""
import glob
import os

PREFIX = "dinit-su-bench-"
ROOT = "/sys/fs/cgroup"


def hierarchy():
    """The directory of the cgroups with a share of the processor, and the path of this process in it."""
    with open("/proc/self/cgroup") as file:
        entries = [line.rstrip("\n").split(":", 2) for line in file]
    for _, controllers, path in entries:
        if "cpu" in controllers.split(","):
            return os.path.join(ROOT, controllers), path
        if controllers == "" and os.path.exists(ROOT + "/cgroup.subtree_control"):
            with open(ROOT + "/cgroup.subtree_control") as file:
                if "cpu" in file.read().split():
                    return ROOT, path
    return None, None


def join(directory):
    with open(os.path.join(directory, "cgroup.procs"), "w") as file:
        file.write("0")


class Share:
    """While it is open, this process and its children are in a new cgroup, where cgroups are to be had."""

    def __init__(self):
        self.root, path = hierarchy()
        self.before = self.root and os.path.join(self.root, path.lstrip("/"))
        self.own = self.root and os.path.join(self.root, PREFIX + str(os.getpid()))

    def __enter__(self):
        try:
            # The cgroups of earlier runs that were killed are empty, and can be removed.
            for left in self.root and glob.glob(os.path.join(self.root, PREFIX + "*")) or []:
                os.rmdir(left)
            if self.root:
                os.mkdir(self.own)
                join(self.own)
        except OSError:
            self.root = None
        return self

    def __exit__(self, *_):
        if self.root:
            join(self.before)
            os.rmdir(self.own)

    def __bool__(self):
        return bool(self.root)
