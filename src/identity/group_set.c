/* SPDX-License-Identifier: MIT */
#include "identity/group_set.h"

#include <string.h>

/* The position of gid in set, or the one where it belongs. */
static size_t position(const struct group_set *set, gid_t gid)
{
	size_t low = 0, high = set->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (set->ids[middle] < gid)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool group_set_has(const struct group_set *set, gid_t gid)
{
	size_t at = position(set, gid);

	return at < set->count && set->ids[at] == gid;
}

bool group_set_add(struct group_set *set, gid_t gid)
{
	size_t at = position(set, gid);

	if (at < set->count && set->ids[at] == gid)
		return true;
	if (set->count == GROUPS_MAX)
		return false;
	memmove(&set->ids[at + 1], &set->ids[at], (set->count - at) * sizeof(set->ids[0]));
	set->ids[at] = gid;
	set->count++;
	return true;
}
