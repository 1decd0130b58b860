/* SPDX-License-Identifier: MIT */
/*
 * How often the kernel has killed a process of this container's cgroup for want of memory:
 * memory.events of cgroup v2, memory.oom_control of v1 (Linux 4.13), where engines mount them.
 */
#ifndef DINIT_SU_MEMORY_KILLS_H
#define DINIT_SU_MEMORY_KILLS_H

#include <stdbool.h>
#include <stdint.h>

/* Returns false, with *count untouched, where neither file can be read or has that count. */
bool memory_kills(uint32_t *count);

#endif
