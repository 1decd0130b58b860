/* SPDX-License-Identifier: MIT */
/*
 * Paths that root acts on, although main may have changed what stands on the way in an earlier run.
 *
 * The kernel follows every symbolic link on the way. Main could put one in the place of a directory
 * of its own, and so choose what root gives away, or whom it becomes, at the next start. Here a
 * path is walked component by component, and a link is followed only if nobody but root can have
 * put it there.
 */
#ifndef DINIT_SU_TRUSTED_PATH_H
#define DINIT_SU_TRUSTED_PATH_H

#include <limits.h>
#include <stdbool.h>
#include <sys/stat.h>

/*
 * Whether nobody but root can change which object stands in a directory of this status under the
 * name of the one found there. A pure decision. The sticky bit keeps others from replacing root's
 * directory there, but not from giving a link of root's one more name: link(2).
 */
bool trusted_path_is_kept(const struct stat *directory, const struct stat *found);

/* Where a path leads: the directory that its last component stands in, and that component. */
struct trusted_path {
	int directory; /* the caller closes it */
	char name[NAME_MAX + 1];
};

/*
 * Walk path, from the working directory if it is relative. A link on the way is followed if it is
 * root's and nobody else can change the directory that it stands in, nor any above; ".." is taken
 * likewise. The last component is not looked at, unless follow is set: then a link there is one on
 * the way too. Returns 0 with *found filled in; or an errno, which is ELOOP for a link that may be
 * somebody else's.
 */
int trusted_path_find(const char *path, bool follow, struct trusted_path *found);

/* The words for such an errno. */
const char *trusted_path_error(int error);

#endif
