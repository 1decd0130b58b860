# SPDX-License-Identifier: MIT
"""The first start on a machine: the programs are on disk and not in memory yet."""
import os

from figures import ratio, summary
from measures import MICROSECONDS, turns


def is_in_memory(path):
    """True if the first byte of a file can be read without waiting for the disk; preadv2(2)."""
    with open(path, "rb", buffering=0) as file:
        try:
            os.preadv(file.fileno(), [bytearray(1)], 0, os.RWF_NOWAIT)
        except BlockingIOError:
            return False
    return True


def forget(paths):
    """Drop these files from the page cache. Returns whether that was possible.

    It is not for a file that is in use, or on a file system in memory.
    """
    for path in paths:
        with open(path, "rb") as file:
            os.fsync(file.fileno())
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    return not any(is_in_memory(path) for path in paths)


def start_once(place, contender):
    """Nanoseconds from execve(2) of the entry point to the program, which is itself in memory."""
    return int(place.tool("launch", 1, 1, *contender.command(place.file("stamp"))).split()[3])


def first_start(place, everybody, rounds):
    """The contenders' programs are read from disk; the C library is in memory, as on any machine."""
    times = {entry.name: [] for entry in everybody}
    try:
        for entry in turns(everybody, rounds):
            if forget(entry.programs):
                times[entry.name].append(start_once(place, entry))
    except OSError:
        # This file system does not support RWF_NOWAIT.
        return {}
    result = {}
    for name, own in times.items():
        if len(own) == rounds and len(times["dinit-su"]) == rounds:
            result[name] = summary(own, MICROSECONDS / 1e9)
            result[name]["dinit-su to this"] = ratio(times["dinit-su"], own)
    return result
