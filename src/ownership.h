/* SPDX-License-Identifier: MIT */
/*
 * Handing files over: a walk through a tree that gives what belongs to one user to another.
 *
 * Whoever owns a directory can change what stands in it while the walk goes on, so nothing is done
 * by path: every directory is opened below the one above it without following a symbolic link, and
 * what others could have put in the place of a file is opened, looked at and given as one. The walk
 * never enters what is mounted in the tree.
 */
#ifndef DINIT_SU_OWNERSHIP_H
#define DINIT_SU_OWNERSHIP_H

#include <signal.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "failure.h"
#include "report.h"

struct ownership_change {
	uid_t from_uid, to_uid;
	gid_t from_gid, to_gid;
	bool roots_too; /* what belongs to root is given as well */
};

/*
 * Whether an object with this status is to change, and to which ids; (uid_t)-1 and (gid_t)-1 leave
 * them as they are. A pure decision:
 *
 * - Only what belongs to from_uid, to to_uid already or, with roots_too, to root. What is anybody
 *   else's stays theirs.
 * - Its group only if that is from_gid or, with roots_too, root's.
 * - No device. No file of root's that has several names: one of them may be somewhere else, and
 *   whoever made this one here may not be allowed to write it (link(2)).
 */
bool ownership_decide(const struct stat *status, const struct ownership_change *change, uid_t *uid,
		      gid_t *gid);

/*
 * Walk the tree at path, or look at the one object that is there, and let it change. Says every two
 * seconds how far it is. An object that cannot be given, because it is immutable or the file system
 * does not allow it, is a warning, and the walk goes on. A path that is not there or is a symbolic
 * link is a failure; so is a pending signal of stops, with the status of a program that it ended.
 * What an interrupted walk has left, the next one does.
 *
 * Takes 400 KiB of memory at most and gives it back; holds no more than 70 descriptors.
 */
bool ownership_walk(const char *path, const struct ownership_change *change,
		    const bool stops[_NSIG], const struct reporter *reporter,
		    struct failure *failure);

#endif
