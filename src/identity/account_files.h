/* SPDX-License-Identifier: MIT */
/*
 * The account files changed: USER's line in /etc/passwd and its group's line in /etc/group say the
 * ids that it runs with, or both lines are new. No other byte of the files changes.
 *
 * A file is replaced by rename(2), so that at any time it is the old one or the new one, with the
 * mode and the owner of the old. One that cannot be (it is mounted, which is how two containers
 * share it; it has other names, by hard or symbolic links, that have to stay the same file; its
 * directory is read-only) is overwritten in place, in one write from the first byte that changes;
 * room for it is reserved first, and when it fails all the same the old bytes are put back.
 *
 * flock(2) on the file itself keeps other dinit-su away, of other containers too, from reading to
 * writing. The lock of lckpwdf(3) would not: it is a file of its own, and not shared with the
 * other.
 */
#ifndef DINIT_SU_ACCOUNT_FILES_H
#define DINIT_SU_ACCOUNT_FILES_H

#include <signal.h>
#include <stdbool.h>

#include "identity/accounts.h"
#include "report/failure.h"
#include "report/report.h"

/* A change to a file: at this position so many bytes go, and these come. */
struct edit {
	const char *text;
	size_t added;
	size_t at;
	size_t removed;
};

/*
 * Let edit put its text, "UID:GID" or "GID", over the numbers that the entry which starts at line
 * has from its third field on. Returns false if it has none there. A pure function.
 */
bool edit_entry(const char *content, size_t length, size_t line, struct edit *edit);

/*
 * Let edit put its text, an entry between two newlines, behind the last entry. A pure function.
 */
void edit_append(const char *content, size_t length, struct edit *edit);

/* What the lines of an account, and of its group, are to say. */
struct account_change {
	const struct account *account; /* as the files have it, or as it is to be */
	bool is_new;
	const char *comment; /* of a new one: its user's full name */
	struct account_ids ids;
};

/* Descriptors; -1 for a file that is not there, or that is not locked. */
struct account_lock {
	int passwd, group;
};

/*
 * Lock both files, for 5 seconds at the most; a file that stays locked, or cannot be locked, is a
 * warning. Returns false with a failure, and nothing locked, if a signal of stops comes meanwhile.
 */
bool account_files_lock(const struct account_files *files, const bool stops[_NSIG],
			const struct reporter *reporter, struct account_lock *lock,
			struct failure *failure);
void account_files_unlock(const struct account_lock *lock);

/*
 * Make the files say it, under the lock: the group's line first, so that after a kill in between
 * the same command line finishes the work. What cannot be written is a warning. Returns whether the
 * account's own line was.
 */
bool account_files_write(const struct account_files *files, const struct account_change *change,
			 const struct reporter *reporter);

#endif
