/* SPDX-License-Identifier: MIT */
/* Clocks, by system call: clock_gettime(2). */
#ifndef DINIT_SU_CLOCK_H
#define DINIT_SU_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/* Whether the clock may be read; if not, errno tells why. */
bool clock_is_there(void);

/* Milliseconds of a clock that never goes back. */
int64_t clock_monotonic(void);

/* Ticks since boot: what starttime of proc_pid_stat(5) counts for the start of a process. */
uint64_t clock_ticks(void);

/* Milliseconds since 1970-01-01 UTC. */
int64_t clock_realtime(void);

#endif
