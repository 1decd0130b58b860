/* SPDX-License-Identifier: MIT */
/* Capabilities: the sets of this process, capabilities(7). */
#ifndef DINIT_SU_CAPABILITIES_H
#define DINIT_SU_CAPABILITIES_H

#include <stdbool.h>
#include <stdint.h>

struct capability_sets {
	uint64_t effective;
	uint64_t permitted;
	uint64_t inheritable;
};

/* Read the sets of this process. Returns false with errno set: capget(2). */
bool capabilities_read(struct capability_sets *sets);

/* Set them. Emptying them empties the ambient set too. Returns false with errno set: capset(2). */
bool capabilities_write(const struct capability_sets *sets);

/* The capabilities of the ambient set among those in mask: PR_CAP_AMBIENT_IS_SET of prctl(2). */
uint64_t capabilities_ambient(uint64_t mask);

#endif
