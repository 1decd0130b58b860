/* SPDX-License-Identifier: MIT */
/* Capabilities: the names, and the sets of this process, capabilities(7). */
#ifndef DINIT_SU_CAPABILITIES_H
#define DINIT_SU_CAPABILITIES_H

#include <stdbool.h>
#include <stdint.h>

#include "failure.h"

struct capability_sets {
	uint64_t effective;
	uint64_t permitted;
	uint64_t inheritable;
};

/*
 * Add to *set every capability of a list with commas between them: names as in capabilities(7),
 * upper or lower case, with or without cap_. Returns false with a failure that names an unknown
 * one.
 */
bool capabilities_parse(const char *list, uint64_t *set, struct failure *failure);

/* The name of the lowest capability in set, without cap_; "" if it has none that is known. */
const char *capabilities_name(uint64_t set);

/* Read the sets of this process. Returns false with errno set: capget(2). */
bool capabilities_read(struct capability_sets *sets);

/* Set them. Emptying them empties the ambient set too. Returns false with errno set: capset(2). */
bool capabilities_write(const struct capability_sets *sets);

/*
 * Read which capabilities of mask are in the ambient set, one system call for each:
 * PR_CAP_AMBIENT_IS_SET of prctl(2). Returns false with errno set.
 */
bool capabilities_read_ambient(uint64_t mask, uint64_t *ambient);

/*
 * Add set to the ambient set, so that it outlives execve(2); it has to be permitted and inheritable
 * by then. Returns false with errno set: PR_CAP_AMBIENT_RAISE of prctl(2).
 */
bool capabilities_raise_ambient(uint64_t set);

#endif
