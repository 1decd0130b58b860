/* SPDX-License-Identifier: MIT */
/*
 * Functions of the C library for musl on x86-64 and arm64, in place of the library's: 2.5 KiB of
 * the static binary less. Each does what its manual page says, and is a system call and no more.
 * On both machines the kernel's struct stat is musl's.
 *
 * musl's do more: stat(2) and its like translate what kernels of other architectures return,
 * open(2) is a point where a thread can be cancelled and works on kernels that do not know
 * O_CLOEXEC, getrlimit(2) works on those that have no prlimit(2), mmap(2) waits for other threads.
 */
#include <limits.h> /* which defines __GLIBC__, if it is that */

#if (defined(__x86_64__) || defined(__aarch64__)) && defined(__LP64__) && !defined(__GLIBC__)

#include <fcntl.h>
#include <stdarg.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

int fstatat(int directory, const char *path, struct stat *status, int flags)
{
	return (int)syscall(SYS_newfstatat, directory, path, status, flags);
}

int fstat(int descriptor, struct stat *status)
{
	return (int)syscall(SYS_fstat, descriptor, status);
}

int stat(const char *path, struct stat *status)
{
#ifdef SYS_stat
	return (int)syscall(SYS_stat, path, status);
#else /* arm64: the kernel leaves stat(2) to fstatat(2). */
	return fstatat(AT_FDCWD, path, status, 0);
#endif
}

/* The kernel looks at the mode only if there is O_CREAT, and so at nothing that was not passed. */
int openat(int directory, const char *path, int flags, ...)
{
	unsigned int mode;
	va_list arguments;

	va_start(arguments, flags);
	mode = va_arg(arguments, unsigned int);
	va_end(arguments);
	return (int)syscall(SYS_openat, directory, path, flags, mode);
}

int open(const char *path, int flags, ...)
{
	unsigned int mode;
	va_list arguments;

	va_start(arguments, flags);
	mode = va_arg(arguments, unsigned int);
	va_end(arguments);
	return openat(AT_FDCWD, path, flags, mode);
}

ssize_t readlinkat(int directory, const char *restrict path, char *restrict target, size_t size)
{
	return syscall(SYS_readlinkat, directory, path, target, size);
}

ssize_t readlink(const char *restrict path, char *restrict target, size_t size)
{
	return readlinkat(AT_FDCWD, path, target, size);
}

/* ioctl_tty(2): only a terminal has a size. */
int isatty(int descriptor)
{
	struct winsize size;

	return syscall(SYS_ioctl, descriptor, TIOCGWINSZ, &size) == 0;
}

pid_t tcgetpgrp(int descriptor)
{
	pid_t group;

	return syscall(SYS_ioctl, descriptor, TIOCGPGRP, &group) < 0 ? -1 : group;
}

int tcsetpgrp(int descriptor, pid_t group)
{
	return (int)syscall(SYS_ioctl, descriptor, TIOCSPGRP, &group);
}

int getrlimit(int resource, struct rlimit *limit)
{
	return (int)syscall(SYS_prlimit64, 0, resource, NULL, limit);
}

void *mmap(void *wanted, size_t size, int protection, int flags, int descriptor, off_t offset)
{
	return (void *)syscall(SYS_mmap, wanted, size, protection, flags, descriptor, offset);
}

#else
/* ISO C wants a file to declare something. */
typedef int no_library_calls;
#endif
