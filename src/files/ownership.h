/* SPDX-License-Identifier: MIT */
/*
 * Handing files over: a walk through a tree that gives what belongs to one user to another.
 *
 * Whoever may write to a directory can change what stands in it while the walk goes on. So there
 * every object is opened below its directory without following a symbolic link, and what was opened
 * is what is looked at and given. The walk never enters what is mounted in the tree (before Linux
 * 5.6: what of another file system is), and is never led anywhere by "..".
 */
#ifndef DINIT_SU_OWNERSHIP_H
#define DINIT_SU_OWNERSHIP_H

#include <signal.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "report/failure.h"
#include "report/report.h"

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
 * - No device. Nothing of root's that has several names but directories: one of them may be
 *   somewhere else, and whoever made this one here may not be allowed to write to it (link(2)).
 */
bool ownership_decide(const struct stat *status, const struct ownership_change *change, uid_t *uid,
		      gid_t *gid);

/* Whether an object belongs to somebody whom the change does not mention. A pure decision. */
bool ownership_is_others(const struct stat *status, const struct ownership_change *change);

/* What is to be walked, and how. */
struct ownership_walk {
	const char *path;
	const struct ownership_change *change;
	bool if_needed;	    /* not if path itself fits already */
	bool may_be_absent; /* then nothing is said */
	const bool *stops;  /* the signals that end a walk, by number */
	const struct reporter *reporter;
};

/*
 * Walk the tree at path, or look at the one object that is there, and let it change; a directory
 * after what is in it, so that root's is not open to others while the walk is there, and path
 * itself last of all, so that it tells that the walk was finished. Says every two seconds how far
 * it is, and at the end what stays somebody else's.
 *
 * An object that cannot be given is a warning, and the walk goes on: it is immutable, the file
 * system does not allow it, or it is root's and keeps being renamed or linked. So is a path that
 * cannot be reached. A symbolic link at the end of path, or one on the way that may be somebody
 * else's (trusted_path.h), is a failure; so is a pending signal of stops, with the status of a
 * program that it ended. What an interrupted walk has left, the next one does.
 *
 * Takes 4 KiB of memory for each directory on the way down, at most 2.3 MiB, and gives it back;
 * holds no more than 260 descriptors, and fewer where fewer are allowed.
 */
bool ownership_walk(const struct ownership_walk *wanted, struct failure *failure);

#endif
