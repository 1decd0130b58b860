/* SPDX-License-Identifier: MIT */
/* Capabilities: their names, and the sets of this process, capabilities(7). */
#ifndef DINIT_SU_CAPABILITIES_H
#define DINIT_SU_CAPABILITIES_H

#include <stdbool.h>
#include <stdint.h>

#include "report/failure.h"

struct capability_sets {
	uint64_t effective;
	uint64_t permitted;
	uint64_t inheritable;
};

/*
 * Add the capabilities of a comma-separated list to *set. Names are those of capabilities(7), in
 * upper or lower case, with or without "cap_". Returns false with a failure that shows the list
 * from the first unknown name on.
 */
bool capabilities_parse(const char *list, uint64_t *set, struct failure *failure);

/* The name of the lowest capability in set, without "cap_", or "" if there is no known one. */
const char *capabilities_name(uint64_t set);

/* Read the sets of this process. Returns false with errno set, see capget(2). */
bool capabilities_read(struct capability_sets *sets);

/*
 * Set the sets of this process. The kernel removes from the ambient set what is no longer permitted
 * and inheritable. Returns false with errno set, see capset(2).
 */
bool capabilities_write(const struct capability_sets *sets);

/*
 * Read which capabilities of mask are in the ambient set. Each takes a system call,
 * PR_CAP_AMBIENT_IS_SET of prctl(2). Returns false with errno set.
 */
bool capabilities_read_ambient(uint64_t mask, uint64_t *ambient);

/*
 * Add set to the ambient set, which a process keeps over execve(2). All of set must be permitted
 * and inheritable. Returns false with errno set, see PR_CAP_AMBIENT_RAISE of prctl(2).
 */
bool capabilities_raise_ambient(uint64_t set);

#endif
