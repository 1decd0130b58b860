# SPDX-License-Identifier: MIT
"""The errnos of each system call, by its manual page of section 2.

A seccomp(2) filter can also answer every call with EPERM and ENOSYS. A call that is traced and has no row
here is a finding.
"""
import errno

ANY = "EPERM ENOSYS"
PATH = "EACCES ELOOP ENAMETOOLONG ENOENT ENOMEM ENOTDIR EFAULT EIO"
# open(2), openat(2); with O_CREAT too.
OPEN = PATH + (" EBADF EBUSY EDQUOT EEXIST EFBIG EINTR EINVAL EISDIR EMFILE ENFILE ENODEV ENOSPC ENXIO "
               "EOPNOTSUPP EOVERFLOW EROFS ETXTBSY EAGAIN")
STAT = "EACCES EBADF EFAULT EINVAL ELOOP ENAMETOOLONG ENOENT ENOMEM ENOTDIR EOVERFLOW"
CHOWN = PATH + " EBADF EINVAL EROFS"
WRITE = "EAGAIN EBADF EDESTADDRREQ EDQUOT EFAULT EFBIG EINTR EINVAL EIO ENOSPC EPIPE"
FORK = "EAGAIN ENOMEM"
RENAME = PATH + " EBADF EBUSY EDQUOT EEXIST EINVAL EISDIR EMLINK ENOSPC ENOTEMPTY EROFS EXDEV"
XATTR = "E2BIG ENODATA ENOTSUP ERANGE"
# The manual page names no error. A filter can still answer with one.
NONE = ""

ERRNOS = {
    "access": PATH + " EBADF EINVAL EROFS ETXTBSY",
    "arch_prctl": "EFAULT EINVAL ENODEV",
    "brk": NONE,
    "capget": "EFAULT EINVAL ESRCH",
    "capset": "EFAULT EINVAL ESRCH",
    "chdir": PATH + " EBADF",
    "clock_gettime": "EACCES EFAULT EINVAL ENODEV ENOTSUP",
    "close": "EBADF EINTR EIO ENOSPC EDQUOT",
    "close_range": "EINVAL EMFILE ENOMEM",
    "dup3": "EBADF EBUSY EINTR EINVAL EMFILE",
    "execve": PATH + (" E2BIG EAGAIN EINVAL EISDIR ELIBBAD EMFILE ENFILE ENOEXEC ETXTBSY"),
    "faccessat": PATH + " EBADF EINVAL EROFS ETXTBSY",
    "fallocate": "EBADF EFBIG EINTR EINVAL EIO ENODEV ENOSPC EOPNOTSUPP ESPIPE ETXTBSY",
    "fchmod": CHOWN + " ENOTSUP",
    "fchown": CHOWN,
    "fchownat": CHOWN,
    "fcntl": "EACCES EAGAIN EBADF EBUSY EDEADLK EFAULT EINTR EINVAL EMFILE ENOLCK",
    "fdatasync": "EBADF EINTR EIO ENOSPC EROFS EDQUOT EINVAL",
    "flistxattr": "E2BIG ENOTSUP ERANGE",
    "fgetxattr": XATTR,
    "flock": "EBADF EINTR EINVAL ENOLCK EAGAIN",
    "fork": FORK,
    "fsetxattr": XATTR + " EDQUOT EEXIST ENOSPC",
    "fstat": STAT,
    "fstatfs": "EBADF EFAULT EINTR EIO ENOMEM EOVERFLOW",
    "fsync": "EBADF EINTR EIO ENOSPC EROFS EDQUOT EINVAL",
    "ftruncate": "EACCES EBADF EFBIG EINTR EINVAL EIO EROFS ETXTBSY",
    "futex": "EAGAIN EINTR EINVAL",
    "getcwd": "EACCES EFAULT EINVAL ENAMETOOLONG ENOENT ENOMEM ERANGE",
    "getdents64": "EBADF EFAULT EINVAL ENOENT ENOTDIR",
    "getegid": NONE,
    "geteuid": NONE,
    "getgid": NONE,
    "getgroups": "EFAULT EINVAL ENOMEM",
    "getpgid": "EACCES EINVAL ESRCH",
    "getpgrp": "EACCES EINVAL ESRCH",
    "getpid": NONE,
    "getppid": NONE,
    "getresgid": "EFAULT",
    "getresuid": "EFAULT",
    "getrlimit": "EFAULT EINVAL",
    "gettid": NONE,
    "getuid": NONE,
    "getxattr": XATTR + " " + PATH,
    "ioctl": "EBADF EFAULT EINVAL ENOTTY",
    "kill": "EINVAL ESRCH",
    "lgetxattr": XATTR + " " + PATH,
    "link": RENAME,
    "linkat": RENAME,
    "listxattr": "E2BIG ENOTSUP ERANGE",
    "lseek": "EBADF EINVAL ENXIO EOVERFLOW ESPIPE",
    "lstat": STAT,
    "madvise": "EACCES EAGAIN EBADF EINVAL EIO ENOMEM",
    "mkdir": RENAME,
    "mkdirat": RENAME,
    "mmap": "EACCES EAGAIN EBADF EEXIST EINVAL ENFILE ENODEV ENOMEM EOVERFLOW ETXTBSY",
    "mprotect": "EACCES EINVAL ENOMEM",
    "munmap": "EINVAL ENOMEM",
    "nanosleep": "EFAULT EINTR EINVAL",
    "newfstatat": STAT,
    "open": OPEN,
    "openat": OPEN,
    "openat2": OPEN + " E2BIG EXDEV",
    "pidfd_send_signal": "EBADF EINVAL ESRCH",
    "poll": "EFAULT EINTR EINVAL ENOMEM",
    "ppoll": "EFAULT EINTR EINVAL ENOMEM",
    "prctl": "EACCES EBADF EBUSY EFAULT EINVAL ENODEV ENXIO EOPNOTSUPP ERANGE",
    "pread64": "EAGAIN EBADF EFAULT EINTR EINVAL EIO EISDIR ENXIO EOVERFLOW ESPIPE",
    "prlimit64": "EFAULT EINVAL ESRCH",
    "pwrite64": WRITE + " ENXIO EOVERFLOW ESPIPE",
    "read": "EAGAIN EBADF EFAULT EINTR EINVAL EIO EISDIR",
    "readlink": PATH + " EBADF EINVAL",
    "readlinkat": PATH + " EBADF EINVAL",
    "rename": RENAME,
    "renameat": RENAME,
    "rmdir": RENAME,
    "rt_sigaction": "EFAULT EINVAL",
    "rt_sigpending": "EFAULT",
    "rt_sigprocmask": "EFAULT EINVAL",
    "rt_sigqueueinfo": "EAGAIN EINVAL ESRCH",
    "rt_sigtimedwait": "EAGAIN EINTR EINVAL",
    "sched_yield": NONE,
    "sendfile": "EAGAIN EBADF EFAULT EINVAL EIO ENOMEM EOVERFLOW ESPIPE ENOSPC",
    "sendto": WRITE + " ECONNRESET EMSGSIZE ENOBUFS ENOMEM ENOTCONN ENOTSOCK EOPNOTSUPP",
    "set_tid_address": NONE,
    "setgroups": "EFAULT EINVAL ENOMEM",
    "setpgid": "EACCES EINVAL ESRCH",
    "setresgid": "EAGAIN EINVAL",
    "setresuid": "EAGAIN EINVAL",
    "setsid": NONE,
    "stat": STAT,
    "statfs": PATH + " EINTR EOVERFLOW",
    "statx": STAT,
    "symlink": RENAME,
    "umask": NONE,
    "uname": "EFAULT",
    "unlink": RENAME,
    "unlinkat": RENAME,
    "vfork": FORK,
    "wait4": "ECHILD EINTR EINVAL ESRCH",
    "write": WRITE,
}
# Errnos that are also tried for all calls that follow: a sandbox answers every time, and a lack of memory or
# descriptors and a full or broken disk last.
FOR_EVER = ("EPERM", "ENOSYS", "ENOMEM", "EMFILE", "ENOSPC", "EIO", "ECHILD", "EAGAIN")
# Calls that cannot be answered.
LEFT_OUT = {
    "exit": "it does not return",
    "exit_group": "it does not return",
}
# Calls that may do a part of their work, and the sizes that the kernel is given instead. For getdents64(2) a
# size without room for one entry is the error EINVAL, which is tried above.
SHORT = {
    "read": (1, 7),
    "pread64": (1, 7),
    "write": (1, 7),
    "pwrite64": (1, 7),
    "sendto": (1,),
    "sendfile": (1, 4096),
    "readlink": (1,),
    "getdents64": (32, 64),
}


def errnos_of(call):
    """[(name, number)] that this call can fail with, or None if the table has no row for it."""
    if call not in ERRNOS:
        return None
    names = sorted({*ERRNOS[call].split(), *ANY.split()})
    return [(name, getattr(errno, name)) for name in names]
