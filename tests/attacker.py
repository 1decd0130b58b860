# SPDX-License-Identifier: MIT
"""A main that turns against its init: attacker.py TASK. Each task ends with status 7.

    signals     send every signal to init, again with a value, and end
    look        say of each way into init whether it is open: NAME ERRNO
    limits      set every limit of init to 0 as far as that is allowed; leave an orphan and a process that
                says "asked" on TERM; ask init to stop, and end on TERM
    bomb N      fork up to N processes that ignore TERM and fork whenever there is room; end on TERM
    group       go to init's process group, and start processes in sessions of their own; end on TERM
    freeze      trace init, which stops it, and let it go
"""
import ctypes
import errno
import os
import resource
import signal
import sys
import time

LIBC = ctypes.CDLL(None, use_errno=True)
PTRACE_ATTACH, PTRACE_DETACH = 16, 17
# __WALL of waitpid(2).
WAIT_FOR_ALL = 0x40000000
EVERY = set(range(1, 65)) - {32, 33}
STATUS = 7


def say(*words):
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


def wait_for_term():
    signal.sigwait({signal.SIGTERM})
    os._exit(STATUS)


def signals(init):
    for number in sorted(EVERY):
        try:
            os.kill(init, number)
        except PermissionError:
            pass
    say("sent")
    os._exit(STATUS)


def error_of(attempt):
    try:
        result = attempt()
    except OSError as error:
        return errno.errorcode[error.errno]
    if result == -1:
        return errno.errorcode[ctypes.get_errno()]
    return "open"


def trace(init):
    result = LIBC.ptrace(PTRACE_ATTACH, init, 0, 0)
    if result == 0:
        os.waitpid(init, WAIT_FOR_ALL)
        LIBC.ptrace(PTRACE_DETACH, init, 0, 0)
    return result


def look(init):
    ways = {
        "trace": lambda: trace(init),
        "mem": lambda: os.open("/proc/%d/mem" % init, os.O_RDWR),
        "fd": lambda: len(os.listdir("/proc/%d/fd" % init)),
        "stdout": lambda: os.open("/proc/%d/fd/1" % init, os.O_WRONLY),
        "environ": lambda: os.open("/proc/%d/environ" % init, os.O_RDONLY),
        "exe": lambda: len(os.readlink("/proc/%d/exe" % init)),
        "root": lambda: len(os.readlink("/proc/%d/root" % init)),
        "limits": lambda: len(resource.prlimit(init, resource.RLIMIT_CORE, (0, 0))),
        "priority": lambda: os.setpriority(os.PRIO_PROCESS, init, 19) or 0,
        "signal": lambda: os.kill(init, 0) or 0,
    }
    for name, way in ways.items():
        say(name, error_of(way))
    os._exit(STATUS)


def limits(init):
    reading, writing = os.pipe()
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.close(writing)
            signal.sigwait({signal.SIGTERM})
            say("asked")
        os._exit(0)
    os.close(writing)
    # Until the orphan is there.
    os.read(reading, 1)
    for name in ("NOFILE", "FSIZE", "STACK", "SIGPENDING", "AS", "DATA", "NPROC", "MEMLOCK", "CORE"):
        resource.prlimit(init, getattr(resource, "RLIMIT_" + name), (0, 0))
    say("limited")
    wait_for_term()


def bomb(_, count):
    resource.setrlimit(resource.RLIMIT_NPROC, (int(count), int(count)))
    main = os.getpid()
    while True:
        try:
            if os.fork() == 0 and os.getpid() % 3 == 0:
                os.setsid()
        except OSError:
            if os.getpid() == main:
                say("full")
                wait_for_term()
            time.sleep(.005)


def group(init):
    os.setpgid(0, os.getpgid(init))
    for _ in range(3):
        if os.fork() == 0:
            os.setsid()
            time.sleep(1000)
    say("moved", int(os.getpgrp() == os.getpgid(init)))
    wait_for_term()


def freeze(init):
    result = LIBC.ptrace(PTRACE_ATTACH, init, 0, 0)
    if result == 0:
        # A tracer that ends before the stop takes the SIGSTOP with it, and so does one that collects it.
        os.waitid(os.P_PID, init, os.WSTOPPED | os.WNOWAIT | WAIT_FOR_ALL)
    say("frozen", result)
    os._exit(STATUS)


signal.pthread_sigmask(signal.SIG_SETMASK, EVERY)
globals()[sys.argv[1]](os.getppid(), *sys.argv[2:])
