/* SPDX-License-Identifier: MIT */
/*
 * Changing the account files: USER's line in /etc/passwd and its group's line in /etc/group say the
 * ids that USER runs with, or both lines are new. No other byte of the files changes.
 *
 * A file is replaced by rename(2), so that at any time it is the old file or the new one. The new
 * one has the mode and the owner of the old one. Some files cannot be replaced: a mounted file,
 * which two containers may share; a file with other names, which must stay the same file; a file in
 * a read-only directory. Such a file is overwritten in place, in one write from the first byte that
 * changes. Space on the disk is reserved first, and if the write fails the old bytes are put back.
 *
 * flock(2) on the file itself keeps every other dinit-su away from reading to writing, in other
 * containers too. The lock of lckpwdf(3) would not: it is a file of its own, which containers that
 * share a mounted account file do not share.
 */
#ifndef DINIT_SU_ACCOUNT_FILES_H
#define DINIT_SU_ACCOUNT_FILES_H

#include <signal.h>
#include <stdbool.h>

#include "identity/accounts.h"
#include "report/failure.h"
#include "report/report.h"

/* A change to a file: text takes the place of the bytes that are removed. */
struct edit {
	const char *text;
	size_t added;
	size_t at;
	size_t removed;
};

/*
 * Set the position of an edit whose text is "UID:GID" or "GID": it replaces the numbers from the
 * third field on in the entry that starts at line. Returns false if there are no numbers. A pure
 * function.
 */
bool edit_entry(const char *content, size_t length, size_t line, struct edit *edit);

/*
 * Set the position of an edit whose text is an entry between two newlines: it follows the last
 * entry. A pure function.
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
