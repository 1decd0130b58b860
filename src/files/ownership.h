/* SPDX-License-Identifier: MIT */
/*
 * Handing files over: a walk through a tree that gives the files of one user to another.
 *
 * A user who may write to a directory can change what stands in it during the walk. So in such a
 * directory every object is opened without following a symbolic link, and then examined and given
 * through that descriptor. The walk does not enter mounts in the tree (before Linux 5.6: other file
 * systems), and never goes up by "..".
 */
#ifndef DINIT_SU_OWNERSHIP_H
#define DINIT_SU_OWNERSHIP_H

#include <signal.h>
#include <stdbool.h>

#include "files/ownership_rules.h"
#include "report/failure.h"
#include "report/report.h"

/* What is to be walked, and how. */
struct ownership_walk {
	const char *path;
	const struct ownership_change *change;
	bool if_needed;	    /* do not walk if path itself belongs to the new ids already */
	bool may_be_absent; /* a path that does not exist is no warning */
	const bool *stops;  /* the signals that end a walk, by number */
	const struct reporter *reporter;
};

/*
 * Walk the tree at path, or look at the one object that is there, and give it to the new ids. A
 * directory changes after its content, so that other users cannot write to root's directory during
 * the walk. path itself changes last, so that its owner tells whether the walk was finished. Every
 * two seconds a line says how far the walk is; a line at the end says what stays somebody else's.
 *
 * An object that cannot be given is a warning, and the walk goes on: the object is immutable, the
 * file system does not allow it, or it is root's and is renamed or linked again and again. A path
 * that cannot be reached is a warning too. A symbolic link at the end of path is a failure, and so
 * is one on the way that another user may have made (trusted_path.h). A pending signal of stops is
 * a failure with the status 128+N. The next walk does what an interrupted one has left.
 *
 * A walk takes 4 KiB of memory for each directory on the way down, at most 2.3 MiB, and gives it
 * back. It holds at most 260 descriptors, and fewer where fewer are allowed.
 */
bool ownership_walk(const struct ownership_walk *wanted, struct failure *failure);

#endif
