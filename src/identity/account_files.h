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

#include "identity/identity.h"
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

/*
 * Under the lock resolve identity once more, as another container may have changed the files since,
 * and make them say what it does: the group's line first, so that after a kill in between the same
 * command line finishes the work. A new account gets its home too. Whatever cannot be written is a
 * warning. Returns false with a failure if identity cannot be resolved any more, or if one of the
 * signals of stops is pending while it waits for the lock.
 */
bool account_files_update(const struct identity_settings *settings, const struct ids *ids,
			  const struct account_files *files, struct identity *identity,
			  const bool stops[_NSIG], const struct reporter *reporter,
			  struct failure *failure);

#endif
