/* SPDX-License-Identifier: MIT */
/*
 * stamp: write the time of its first instruction to stdout, a struct timespec of CLOCK_MONOTONIC,
 * and end. (The first of main(): a static program has two system calls behind it by then.)
 */
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int main(void)
{
	struct timespec now;

	/* The call itself: clock_gettime(3) would first look for the kernel's faster one. */
	syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &now);
	return write(STDOUT_FILENO, &now, sizeof(now)) != sizeof(now);
}
