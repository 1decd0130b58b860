/* SPDX-License-Identifier: MIT */
/*
 * One object of a walk through a tree: it is opened so that nobody can put another in its place,
 * looked at, given or left out. ownership.h promises what the whole walk does.
 */
#ifndef DINIT_SU_OBJECT_H
#define DINIT_SU_OBJECT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "base/directories.h"
#include "files/ownership_rules.h"
#include "report/report.h"

/* How many directories are open at once. */
#define OPEN_LEVELS 256
/* How deep a tree may be, and how long the path of a directory in it. */
#define DEPTH_MAX 16384
#define NAMES_SIZE (1024 * 1024)
/* Every so many milliseconds a line says how far the walk is. */
#define PROGRESS_EVERY 2000

/* A directory on the way from the top to where the walk is. */
struct place {
	off_t offset; /* of the next entry, lseek(2) */
	size_t name;  /* where its name starts in names; the top's name is its path */
};

/* An open directory: that of depth d is levels[d % OPEN_LEVELS]. */
struct level {
	int descriptor;
	bool others_write; /* users other than root can change what stands in it */
	long at, filled;
	_Alignas(struct directory_entry) char buffer[4096];
};

/* How many other owners a warning names. */
#define OWNERS_MAX 3

struct walk {
	const struct ownership_change *change;
	const bool *stops; /* the signals that end the walk, by number */
	const struct reporter *reporter;
	int top;	/* descriptor */
	bool is_inside; /* the top is open */
	dev_t device;
	int depth;	/* of the current directory; 0 is the top */
	int first_open; /* levels from this depth on are open */
	bool uncertain; /* a directory was opened once more and read on from an offset */
	bool given;	/* an object was given in this pass */
	unsigned int refused;
	unsigned int seen;
	unsigned int others; /* objects of somebody else's, in this pass */
	uid_t owners[OWNERS_MAX];
	int owner_count; /* OWNERS_MAX + 1: there are more than owners holds */
	int waits;	 /* how many there were so far */
	bool has_clock;	 /* the file system's is this machine's: see is_ahead() */
	int64_t progress_at;
	int stopped_by; /* signal, or 0 */
	struct place places[DEPTH_MAX];
	struct level levels[OPEN_LEVELS];
	char names[NAMES_SIZE];
};

/* The current directory. */
struct level *walk_level(struct walk *walk);

/* Close the uppermost open directory. Returns false if that is the current one. */
bool walk_close_oldest(struct walk *walk);

/* True if a signal asks for a stop. Reports how far the walk is, if it is time for that. */
bool walk_is_stopped(struct walk *walk);

/*
 * Open an entry of the current directory, but not what a link or a mount leads to. openat2(2),
 * Linux 5.6, fails with EXDEV at a mount point, even if the same file system is mounted there once
 * more. Where it does not exist, or an old seccomp profile forbids it, st_dev has to tell. For
 * files st_dev is compared only then, because on an overlay of several file systems it differs.
 */
int object_open_entry(struct walk *walk, const char *name, int flags, struct stat *status);

/*
 * Open a file so that its number of names can be trusted.
 *
 * A user may link a file of root's from outside to a name in the tree; then the file has two names
 * and is not given. But if the user removes the link after it was opened and before the names are
 * counted, the count is one, and the file would be given away. So a file of root's must not have
 * changed since before its name was looked up: then the name that is counted is this one. A file
 * that has just changed gets a moment to rest.
 */
int object_open(struct walk *walk, const char *name, struct stat *status);

/* Give the object at path. The kernel clears its set-user-ID bit and capabilities: chown(2). */
void object_give_at(struct walk *walk, int directory, const char *path, int flags,
		    const struct stat *status, const char *name);

/* Give the object that the descriptor refers to. */
void object_give(struct walk *walk, int descriptor, const struct stat *status, const char *name);

/* Count an object that is not given, if it is somebody else's, and whose it is. */
void object_count_other(struct walk *walk, const struct stat *status);

/* Warn about what stays somebody else's, if anything does. */
void object_report_others(const struct walk *walk);

/* Warn about the first object that cannot be given, with errno's words, and count the others. */
void object_refuse(struct walk *walk, const char *name);

/* The words for the errno of an object that could not be given. */
const char *object_why_refused(int error);

#endif
