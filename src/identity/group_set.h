/* SPDX-License-Identifier: MIT */
/* Sets of groups, as the kernel has them for a process: credentials(7). */
#ifndef DINIT_SU_GROUP_SET_H
#define DINIT_SU_GROUP_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* What the kernel takes: NGROUPS_MAX of setgroups(2), since Linux 2.6.4. */
#define GROUPS_MAX 65536

/* A set of groups, in ascending order, each once. Only the memory that is filled is touched. */
struct group_set {
	size_t count;
	gid_t ids[GROUPS_MAX];
};

/* Add gid to set. Returns false if the set is full. */
bool group_set_add(struct group_set *set, gid_t gid);

/* Whether gid is in set. */
bool group_set_has(const struct group_set *set, gid_t gid);

#endif
