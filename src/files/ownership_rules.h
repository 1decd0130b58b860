/* SPDX-License-Identifier: MIT */
/* Which objects of a tree that is handed over change their owner. Pure functions. */
#ifndef DINIT_SU_OWNERSHIP_RULES_H
#define DINIT_SU_OWNERSHIP_RULES_H

#include <stdbool.h>
#include <sys/stat.h>
#include <sys/types.h>

/* For ownership_decide(): an id stays as it is. chown(2) */
#define KEEP ((uid_t)-1)

struct ownership_change {
	uid_t from_uid, to_uid;
	gid_t from_gid, to_gid;
	bool roots_too; /* what belongs to root is given as well */
};

/*
 * Decide whether an object with this status changes, and to which ids; an id that stays is
 * KEEP.
 *
 * - An object changes if it belongs to from_uid, to to_uid or, with roots_too, to root. An object
 *   of any other user stays theirs.
 * - Its group changes if it is from_gid or, with roots_too, root's.
 * - A device never changes. Nor does a file of root's with several names: one of them may be
 *   outside the tree, and a user may make a hard link to a file that it must not write (link(2)).
 */
bool ownership_decide(const struct stat *status, const struct ownership_change *change, uid_t *uid,
		      gid_t *gid);

/* True if an object belongs to a user that the change does not mention. */
bool ownership_is_others(const struct stat *status, const struct ownership_change *change);

#endif
