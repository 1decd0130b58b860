# SPDX-License-Identifier: MIT
"""The memory that a node needs for each idle init, the kernel's part included.

Many containers run at once, in a memory cgroup. The kernel charges it for all that it keeps for a
process: stack, page tables, descriptors, the structures of its namespaces. The cost of the same programs
without an init is subtracted. Pages of files are charged to the first reader, and so are shared by all.
"""
import contextlib
import glob
import os
import resource

import contenders
from place import Container
from share import PREFIX, ROOT, join

DESCRIPTORS = 8  # for each container, and some to spare


def hierarchy():
    """The directory in which memory cgroups are made, and the name of the file that has the usage."""
    for directory, name in ((ROOT + "/memory", "memory.usage_in_bytes"), (ROOT, "memory.current")):
        if os.path.exists(os.path.join(directory, "cgroup.procs")):
            return directory, name
    return None, None


def current(directory):
    """The cgroup that this process is in."""
    with open("/proc/self/cgroup") as file:
        for line in file:
            _, controllers, path = line.rstrip("\n").split(":", 2)
            if controllers == ("" if directory == ROOT else "memory"):
                return os.path.join(directory, path.lstrip("/"))
    return directory


@contextlib.contextmanager
def memory_group():
    """This process in a memory cgroup of its own. Yields the path of its count, or None."""
    directory, name = hierarchy()
    own = directory and os.path.join(directory, PREFIX + "memory-%d" % os.getpid())
    before = directory and current(directory)
    try:
        for left in glob.glob(os.path.join(directory, PREFIX + "memory-*")) if directory else ():
            os.rmdir(left)
        if directory:
            os.mkdir(own)
            join(own)
    except OSError:
        directory = None
    count = directory and os.path.join(own, name)
    yield count if count and os.path.exists(count) else None
    if directory:
        join(before)
        # A process that ended a moment ago may still be a member.
        with contextlib.suppress(OSError):
            os.rmdir(own)


def read(path):
    with open(path) as file:
        return int(file.read())


def cost(place, contender, count, usage):
    """Bytes that so many containers of a contender take."""
    before = read(usage)
    with contextlib.ExitStack() as containers:
        for _ in range(count):
            containers.enter_context(Container(place, contender, "rest"))
        return read(usage) - before


def idle_inits(place, inits, count):
    """KiB for one of so many inits at once; {} where the kernel does not count memory."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = count * DESCRIPTORS
    resource.setrlimit(resource.RLIMIT_NOFILE,
                       (max(soft, wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)),
                        hard))
    with memory_group() as usage:
        if not usage:
            return {}
        none = contenders.Contender("none", [], [])
        # The first ones bring files and caches into memory.
        cost(place, none, count, usage)
        alone = cost(place, none, count, usage)
        return {entry.name: round((cost(place, entry, count, usage) - alone) / count / 1024)
                for entry in inits}
