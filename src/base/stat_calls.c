/* SPDX-License-Identifier: MIT */
/*
 * stat(2), fstat(2) and fstatat(2) for musl on x86-64, in place of the library's.
 *
 * musl's translate what kernels of other architectures return, in half a KiB. On this one its
 * struct stat is the kernel's own, so that the system call alone does.
 */
#include <limits.h> /* which defines __GLIBC__, if it is that */

#if defined(__x86_64__) && defined(__LP64__) && !defined(__GLIBC__)

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
	return (int)syscall(SYS_stat, path, status);
}

#else
/* ISO C wants a file to declare something. */
typedef int no_stat_calls;
#endif
