/* SPDX-License-Identifier: MIT */
#include "files/ownership.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/directories.h"
#include "base/signals.h"
#include "base/text.h"
#include "base/trusted_path.h"
#include "files/object.h"

/* How many times a tree is walked if directories had to be opened once more. */
#define PASSES_MAX 4
/* The walk looks for signals every so many entries. A slow disk takes 10 ms each. */
#define LOOK_EVERY 8

/*
 * Take an entry that is not a directory. It is examined by name first: if it need not change, that
 * one call is all, which makes a second walk fast. It is given by name too if only root can change
 * the directory, unless something may be mounted there: then the inode differs from the one that
 * the directory lists.
 */
static void take_file(struct walk *walk, const struct directory_entry *entry,
		      const struct stat *seen)
{
	const struct level *level = walk_level(walk);
	struct stat status;
	uid_t uid;
	gid_t gid;
	int descriptor;

	if (!ownership_decide(seen, walk->change, &uid, &gid)) {
		object_count_other(walk, seen);
		return;
	}
	if (!level->others_write && seen->st_dev == walk->device && seen->st_ino == entry->inode) {
		object_give_at(walk, level->descriptor, entry->name, AT_SYMLINK_NOFOLLOW, seen,
			       entry->name);
		return;
	}
	descriptor = object_open(walk, entry->name, &status);
	if (descriptor < 0) {
		object_refuse(walk, entry->name);
		return;
	}
	/* Decide again: the name may lead to another file by now. */
	object_give(walk, descriptor, &status, entry->name);
	close(descriptor);
}

/* Make an open directory, one level down, the current one. */
static void enter(struct walk *walk, int descriptor, const struct stat *status)
{
	struct level *level;

	walk->depth++;
	level = walk_level(walk);
	if (walk->depth - walk->first_open == OPEN_LEVELS)
		walk_close_oldest(walk);
	level->descriptor = descriptor;
	level->others_write = status->st_uid != 0 || (status->st_mode & (S_IWGRP | S_IWOTH));
	level->at = level->filled = 0;
}

static void take_directory(struct walk *walk, const char *name)
{
	const size_t above = walk->places[walk->depth].name;
	const size_t start = above + strlen(walk->names + above) + 1;
	const size_t length = strlen(name) + 1;
	struct stat status;
	int descriptor = -1;

	errno = ENAMETOOLONG;
	if (walk->depth + 1 < DEPTH_MAX && start + length <= NAMES_SIZE)
		descriptor = object_open_entry(walk, name, O_RDONLY | O_DIRECTORY, &status);
	if (descriptor < 0) {
		object_refuse(walk, name);
		return;
	}
	memcpy(walk->names + start, name, length);
	walk->places[walk->depth + 1] = (struct place){.name = start};
	enter(walk, descriptor, &status);
}

static void take(struct walk *walk, const struct directory_entry *entry)
{
	struct stat status;

	if (entry->type == DT_DIR)
		take_directory(walk, entry->name);
	else if (fstatat(walk_level(walk)->descriptor, entry->name, &status, AT_SYMLINK_NOFOLLOW) <
		 0)
		object_refuse(walk, entry->name);
	else if (S_ISDIR(status.st_mode))
		take_directory(walk, entry->name);
	else
		take_file(walk, entry, &status);
}

/* The next entry of the current directory, or NULL at its end. */
static const struct directory_entry *next_entry(struct walk *walk)
{
	struct level *level = walk_level(walk);
	const struct directory_entry *entry;

	if (level->at == level->filled) {
		level->filled =
			directory_read(level->descriptor, level->buffer, sizeof(level->buffer));
		level->at = 0;
	}
	if (level->filled < 0)
		object_refuse(walk, ".");
	if (level->filled <= 0)
		return NULL;
	entry = (const void *)(level->buffer + level->at);
	level->at += entry->length;
	walk->places[walk->depth].offset = entry->offset;
	return entry;
}

/*
 * Go from the top down to the directory at this depth, by name, or to the last one on the way that
 * is still there. Not up by "..", which would lead out of the tree if a directory was moved away.
 * Called when no level is open. Returns false if not even the top can be read.
 */
static bool go_down(struct walk *walk, int depth)
{
	int descriptor = openat(walk->top, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const char *name = ".";
	struct stat status;

	walk->depth = -1;
	walk->first_open = 0;
	if (descriptor >= 0)
		fstat(descriptor, &status);
	while (descriptor >= 0) {
		enter(walk, descriptor, &status);
		lseek(descriptor, walk->places[walk->depth].offset, SEEK_SET);
		if (walk->depth == depth)
			return true;
		name = walk->names + walk->places[walk->depth + 1].name;
		descriptor = object_open_entry(walk, name, O_RDONLY | O_DIRECTORY, &status);
	}
	object_refuse(walk, name);
	return walk->depth >= 0;
}

/*
 * Leave the current directory, which is done: give it and go back to the one above. The top is
 * given later, when everything else is done. Returns false if there is no directory above.
 */
static bool leave(struct walk *walk)
{
	const int descriptor = walk_level(walk)->descriptor;
	struct stat status;

	if (walk->depth > 0 && fstat(descriptor, &status) == 0)
		object_give(walk, descriptor, &status,
			    walk->names + walk->places[walk->depth].name);
	close(descriptor);
	if (walk->depth-- > walk->first_open || walk->depth < 0)
		return walk->depth >= 0;
	/* An overlay file system may renumber the entries of a directory once one has changed. */
	walk->uncertain = true;
	return go_down(walk, walk->depth);
}

/* Walk through the tree once. */
static void pass(struct walk *walk)
{
	bool going_on;

	walk->uncertain = walk->given = false;
	walk->others = 0;
	walk->owner_count = 0;
	walk->places[0].offset = 0;
	going_on = go_down(walk, 0);
	while (going_on && (walk->seen++ % LOOK_EVERY != 0 || !walk_is_stopped(walk))) {
		const struct directory_entry *entry = next_entry(walk);

		if (!entry)
			going_on = leave(walk);
		else if (strcmp(entry->name, ".") != 0 && strcmp(entry->name, "..") != 0)
			take(walk, entry);
	}
	for (; walk->depth >= walk->first_open; walk->depth--)
		close(walk_level(walk)->descriptor);
}

static void walk_from_top(struct walk *walk)
{
	/* A pass that has given nothing has seen everything, even if its offsets were wrong. */
	for (int passes = 0; passes < PASSES_MAX; passes++) {
		pass(walk);
		if (walk->stopped_by || !walk->uncertain || !walk->given)
			break;
	}
}

/* Walk the open tree, or look at the one object that it is. */
static void walk_open(struct walk *walk, struct stat *status)
{
	walk->device = status->st_dev;
	if (S_ISDIR(status->st_mode)) {
		walk_from_top(walk);
		if (walk->stopped_by || fstat(walk->top, status) < 0)
			return;
	}
	object_give(walk, walk->top, status, walk->names);
	if (walk->refused > 1)
		report(walk->reporter, REPORT_WARNINGS,
		       "%u files below %s could not be handed over", walk->refused, walk->names);
	object_report_others(walk);
}

static const char cannot[] = "cannot hand over %s: %s";

/* Open what the path leads to. Returns 0 with *status, or an errno. */
static int open_top(struct walk *walk, const char *path, struct stat *status)
{
	struct trusted_path found;
	int error = trusted_path_find(path, false, &found);

	if (error)
		return error;
	walk->levels[0].descriptor = found.directory;
	walk->top = object_open(walk, found.name, status);
	error = walk->top < 0 ? errno : 0;
	close(found.directory);
	walk->is_inside = true;
	return error;
}

/* True if the object does not have the new ids yet. */
static bool is_needed(const struct stat *status, const struct ownership_change *change)
{
	uid_t uid;
	gid_t gid;

	return status->st_uid != change->to_uid || ownership_decide(status, change, &uid, &gid);
}

static bool walk_path(struct walk *walk, const struct ownership_walk *wanted,
		      struct failure *failure)
{
	const char *const path = wanted->path;
	struct stat status;
	int error;

	text_add(&(struct text){.start = walk->names, .size = PATH_MAX}, "%s", path);
	walk->progress_at = clock_monotonic() + PROGRESS_EVERY;
	error = open_top(walk, path, &status);
	if (error == ELOOP)
		return fail(failure, STATUS_REFUSED, cannot, path, trusted_path_error(error));
	if (!error && S_ISLNK(status.st_mode)) {
		close(walk->top);
		return fail(failure, STATUS_REFUSED, cannot, path,
			    "it is a symbolic link; name what it leads to");
	}
	if (!error) {
		if (!wanted->if_needed || is_needed(&status, walk->change))
			walk_open(walk, &status);
		close(walk->top);
	} else if (!walk->stopped_by && !(error == ENOENT && wanted->may_be_absent)) {
		report(walk->reporter, REPORT_WARNINGS, cannot, path, object_why_refused(error));
	}
	return true;
}

bool ownership_walk(const struct ownership_walk *wanted, struct failure *failure)
{
	char name[SIGNAL_NAME_SIZE];
	struct walk *walk = mmap(NULL, sizeof(*walk), PROT_READ | PROT_WRITE,
				 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int stopped_by;
	bool good;

	if (walk == MAP_FAILED)
		return fail(failure, STATUS_REFUSED, cannot, wanted->path, strerror(errno));
	walk->change = wanted->change;
	walk->stops = wanted->stops;
	walk->reporter = wanted->reporter;
	good = walk_path(walk, wanted, failure);
	stopped_by = walk->stopped_by;
	munmap(walk, sizeof(*walk));
	if (!good || !stopped_by)
		return good;
	return fail(failure, 128 + stopped_by, "%s while handing over %s; run again to finish",
		    signal_name(stopped_by, name), wanted->path);
}
