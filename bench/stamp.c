/* SPDX-License-Identifier: MIT */
/*
 * stamp: write the time of its first instruction to stdout, a struct timespec of CLOCK_MONOTONIC,
 * and end. That is the first instruction of main(): the start of a static program makes two system
 * calls before it.
 */
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int main(void)
{
	struct timespec now;

	/* The raw call: clock_gettime(3) would first look for the kernel's vdso(7). */
	syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &now);
	return write(STDOUT_FILENO, &now, sizeof(now)) != sizeof(now);
}
