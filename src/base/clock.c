/* SPDX-License-Identifier: MIT */
#include "base/clock.h"

#include <sys/syscall.h>
#include <sys/times.h>
#include <time.h>
#include <unistd.h>

/*
 * By system call, because musl's clock_gettime(3) first looks for the vDSO: that costs 1 KiB of the
 * static program, and init asks for the time too seldom to gain from it. On 32-bit processors the
 * system call with 64-bit times came with Linux 5.1, after the oldest kernel that is supported.
 * There the C library chooses between the two calls.
 */
static bool read_clock(clockid_t clock, struct timespec *time)
{
#ifdef SYS_clock_gettime64
	return clock_gettime(clock, time) == 0;
#else
	return syscall(SYS_clock_gettime, clock, time) == 0;
#endif
}

static int64_t milliseconds(clockid_t clock)
{
	struct timespec time;

	/* Refused by a sandbox: times(2) counts on, in ticks of 10 ms. */
	if (!read_clock(clock, &time))
		return (int64_t)times(NULL) * 10;
	return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

bool clock_is_there(void)
{
	struct timespec time;

	return read_clock(CLOCK_MONOTONIC, &time);
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
