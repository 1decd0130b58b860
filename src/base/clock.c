/* SPDX-License-Identifier: MIT */
#include "base/clock.h"

#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/*
 * The C library's function would first look for the kernel's page of fast clocks, which takes 1 KiB
 * of a static program, and the time is asked for too seldom to be worth it. Where a long has 32
 * bits the call with 64-bit times is newer (Linux 5.1) than the oldest kernel, so there the library
 * does what is needed.
 */
static int64_t milliseconds(clockid_t clock)
{
	struct timespec time;

#ifdef SYS_clock_gettime64
	clock_gettime(clock, &time);
#else
	syscall(SYS_clock_gettime, clock, &time);
#endif
	return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

int64_t clock_monotonic(void)
{
	return milliseconds(CLOCK_MONOTONIC);
}

uint64_t clock_ticks(void)
{
	/* USER_HZ, sysconf(_SC_CLK_TCK): 100 wherever Linux has run in the last ten years. */
	return (uint64_t)milliseconds(CLOCK_BOOTTIME) / 10;
}

int64_t clock_realtime(void)
{
	return milliseconds(CLOCK_REALTIME);
}
