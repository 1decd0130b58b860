/* SPDX-License-Identifier: MIT */
#include "files/ownership.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/directories.h"
#include "base/signals.h"
#include "base/text.h"
#include "base/trusted_path.h"

/* How many directories are open at once. */
#define OPEN_LEVELS 256
/* How deep a tree may be, and how long the path of a directory in it. */
#define DEPTH_MAX 16384
#define NAMES_SIZE (1024 * 1024)
/* How many times a tree is walked if directories had to be opened once more. */
#define PASSES_MAX 4
/* How many times a whole walk waits for a file to rest, and how long: see open_file(). */
#define WAITS_MAX 8
#define WAIT_MILLISECONDS 30
/* The walk looks at the clock and for signals every so many entries. A slow disk takes 10 ms each.
 */
#define LOOK_EVERY 8
#define PROGRESS_EVERY 2000 /* milliseconds */

#define TICK 20		  /* milliseconds; longer than one of the kernel's */
#define CLOCK_MARGIN 1500 /* milliseconds, for file systems that keep whole seconds */
#define KEEP ((uid_t)-1)

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
	const struct ownership_walk *wanted;
	const struct ownership_change *change;
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

bool ownership_decide(const struct stat *status, const struct ownership_change *change, uid_t *uid,
		      gid_t *gid)
{
	const bool is_roots = status->st_uid == 0;

	*uid = *gid = KEEP;
	if (S_ISCHR(status->st_mode) || S_ISBLK(status->st_mode))
		return false;
	if (is_roots && !S_ISDIR(status->st_mode) && status->st_nlink > 1)
		return false;
	if (!(is_roots && change->roots_too) && status->st_uid != change->from_uid &&
	    status->st_uid != change->to_uid)
		return false;
	if (status->st_uid != change->to_uid)
		*uid = change->to_uid;
	if (status->st_gid != change->to_gid &&
	    (status->st_gid == change->from_gid || (change->roots_too && status->st_gid == 0)))
		*gid = change->to_gid;
	return *uid != KEEP || *gid != KEEP;
}

bool ownership_is_others(const struct stat *status, const struct ownership_change *change)
{
	return status->st_uid != 0 && status->st_uid != change->from_uid &&
	       status->st_uid != change->to_uid;
}

/* Count what stays somebody else's, and whose it is. */
static void count_others(struct walk *walk, const struct stat *status)
{
	int known = 0;

	/* Not for a home whose ids change: nobody has asked for the files of others there. */
	if (!walk->change->roots_too || !ownership_is_others(status, walk->change))
		return;
	walk->others++;
	while (known < walk->owner_count && known < OWNERS_MAX &&
	       walk->owners[known] != status->st_uid)
		known++;
	if (known < OWNERS_MAX)
		walk->owners[known] = status->st_uid;
	if (known == walk->owner_count)
		walk->owner_count++;
}

static void report_others(const struct walk *walk)
{
	char buffer[64];
	struct text owners = text_in(buffer, sizeof(buffer));

	for (int i = 0; i < walk->owner_count; i++) {
		if (i < OWNERS_MAX)
			text_add(&owners, "%s%u", i ? ", " : "", walk->owners[i]);
		else
			text_add(&owners, " and others");
	}
	if (walk->others)
		report(walk->reporter, REPORT_WARNINGS,
		       "%u files at and below %s stay somebody else's: of uid %s", walk->others,
		       walk->names, buffer);
}

/* The words for errno, of an object that could not be given. */
static const char *why_refused(int error)
{
	return error == EBUSY
		       ? "changed a moment ago, or ahead of the clock; the next start looks again"
		       : strerror(error);
}

/* Warn about the first object that cannot be given, and count the others. */
static void refuse(struct walk *walk, const char *name)
{
	const int error = errno;

	/* Removed or replaced during the walk, or a mount point: not an error. */
	if (error == ENOENT || error == ENOTDIR || error == ELOOP || error == EXDEV ||
	    walk->stopped_by)
		return;
	if (walk->refused++ == 0)
		report(walk->reporter, REPORT_WARNINGS, "cannot hand over '%s' below %s: %s", name,
		       walk->names, why_refused(error));
}

static struct level *level_of(struct walk *walk)
{
	return &walk->levels[walk->depth % OPEN_LEVELS];
}

/* The ctime of an object, in milliseconds since the Epoch. */
static int64_t changed_at(const struct stat *status)
{
	return (int64_t)status->st_ctim.tv_sec * 1000 + status->st_ctim.tv_nsec / 1000000;
}

/* True if a signal asks for a stop. Reports how far the walk is, if it is time for that. */
static bool is_stopped(struct walk *walk)
{
	walk->stopped_by = signals_pending(walk->wanted->stops);
	if (clock_monotonic() >= walk->progress_at) {
		walk->progress_at = clock_monotonic() + PROGRESS_EVERY;
		report(walk->reporter, REPORT_NOTES, "handing over %s: %u files so far",
		       walk->names, walk->seen);
	}
	return walk->stopped_by != 0;
}

/* Close the uppermost open directory. Returns false if that is the current one. */
static bool close_oldest(struct walk *walk)
{
	if (walk->first_open >= walk->depth)
		return false;
	close(walk->levels[walk->first_open++ % OPEN_LEVELS].descriptor);
	return true;
}

/*
 * Open an entry of the current directory, but not what a link or a mount leads to. openat2(2),
 * Linux 5.6, fails with EXDEV at a mount point, even if the same file system is mounted there once
 * more. Where it does not exist, or an old seccomp profile forbids it, st_dev has to tell. For
 * files st_dev is compared only then, because on an overlay of several file systems it differs.
 */
static int open_entry(struct walk *walk, const char *name, int flags, struct stat *status)
{
	static const uint64_t no_mount_points = 1; /* RESOLVE_NO_XDEV of <linux/openat2.h> */
	const int directory = level_of(walk)->descriptor;
	const uint64_t how[] = {(unsigned int)flags | O_NOFOLLOW | O_CLOEXEC, 0,
				walk->is_inside ? no_mount_points : 0};
	bool compare = flags & O_DIRECTORY;
	int descriptor;

	do
		descriptor = (int)syscall(SYS_openat2, directory, name, how, sizeof(how));
	while (descriptor < 0 && errno == EMFILE && close_oldest(walk));
	if (descriptor < 0 && (errno == ENOSYS || errno == EPERM)) {
		descriptor = openat(directory, name, flags | O_NOFOLLOW | O_CLOEXEC);
		compare = walk->is_inside;
	}
	if (descriptor < 0)
		return -1;
	errno = EXDEV;
	if (fstat(descriptor, status) == 0 && (!compare || status->st_dev == walk->device))
		return descriptor;
	close(descriptor);
	return -1;
}

/* Give the object at path. The kernel clears its set-user-ID bit and capabilities: chown(2). */
static void give_at(struct walk *walk, int directory, const char *path, int flags,
		    const struct stat *status, const char *name)
{
	uid_t uid;
	gid_t gid;

	if (!ownership_decide(status, walk->change, &uid, &gid)) {
		count_others(walk, status);
		return;
	}
	if (fchownat(directory, path, uid, gid, flags) == 0)
		walk->given = true;
	else
		refuse(walk, name);
}

/* Give the object that the descriptor refers to. */
static void give(struct walk *walk, int descriptor, const struct stat *status, const char *name)
{
	give_at(walk, descriptor, "", AT_EMPTY_PATH, status, name);
}

/*
 * True if no name of the object was made or removed since then. Both set its ctime, to a time that
 * is a little early: the kernel's last tick, at most 10 ms ago, or the start of the second where
 * the file system keeps whole seconds.
 */
static bool rests_since(const struct stat *status, int64_t then)
{
	return then - changed_at(status) > (status->st_ctim.tv_nsec == 0 ? 1000 : 0) + TICK;
}

/*
 * True if the ctime lies in the future, as for all files on a machine whose clock is not set yet.
 * To make or remove a name sets the ctime by the clock of the file system. If that is the clock of
 * this machine, and not of a server which is ahead, a ctime in the future shows that no name was
 * made or removed just now. Once a walk, a chown(2) that changes nothing tells whose clock it is.
 */
static bool is_ahead(struct walk *walk, const struct stat *status)
{
	const int directory = level_of(walk)->descriptor;
	const int64_t now = clock_realtime();
	struct stat changed;

	if (changed_at(status) - now <= 2 * CLOCK_MARGIN)
		return false;
	if (!walk->has_clock && fchownat(directory, "", KEEP, KEEP, AT_EMPTY_PATH) == 0 &&
	    fstat(directory, &changed) == 0)
		walk->has_clock = changed_at(&changed) - now > -CLOCK_MARGIN &&
				  changed_at(&changed) - now < CLOCK_MARGIN;
	return walk->has_clock;
}

/*
 * Open a file so that its number of names can be trusted.
 *
 * A user may link a file of root's from outside to a name in the tree; then the file has two names
 * and is not given. But if the user removes the link after it was opened and before the names are
 * counted, the count is one, and the file would be given away. So a file of root's must not have
 * changed since before its name was looked up: then the name that is counted is this one. A file
 * that has just changed gets a moment to rest.
 */
static int open_file(struct walk *walk, const char *name, struct stat *status)
{
	for (;;) {
		const int64_t before = clock_realtime();
		int descriptor = open_entry(walk, name, O_PATH, status);

		if (descriptor < 0 || status->st_uid != 0 || S_ISDIR(status->st_mode) ||
		    rests_since(status, before) || is_ahead(walk, status))
			return descriptor;
		close(descriptor);
		errno = EBUSY;
		if (walk->waits == WAITS_MAX || is_stopped(walk))
			return -1;
		walk->waits++;
		poll(NULL, 0, WAIT_MILLISECONDS);
	}
}

/*
 * Take an entry that is not a directory. It is examined by name first: if it need not change, that
 * one call is all, which makes a second walk fast. It is given by name too if only root can change
 * the directory, unless something may be mounted there: then the inode differs from the one that
 * the directory lists.
 */
static void take_file(struct walk *walk, const struct directory_entry *entry,
		      const struct stat *seen)
{
	const struct level *level = level_of(walk);
	struct stat status;
	uid_t uid;
	gid_t gid;
	int descriptor;

	if (!ownership_decide(seen, walk->change, &uid, &gid)) {
		count_others(walk, seen);
		return;
	}
	if (!level->others_write && seen->st_dev == walk->device && seen->st_ino == entry->inode) {
		give_at(walk, level->descriptor, entry->name, AT_SYMLINK_NOFOLLOW, seen,
			entry->name);
		return;
	}
	descriptor = open_file(walk, entry->name, &status);
	if (descriptor < 0) {
		refuse(walk, entry->name);
		return;
	}
	/* Decide again: the name may lead to another file by now. */
	give(walk, descriptor, &status, entry->name);
	close(descriptor);
}

/* Make an open directory, one level down, the current one. */
static void enter(struct walk *walk, int descriptor, const struct stat *status)
{
	struct level *level;

	walk->depth++;
	level = level_of(walk);
	if (walk->depth - walk->first_open == OPEN_LEVELS)
		close_oldest(walk);
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
		descriptor = open_entry(walk, name, O_RDONLY | O_DIRECTORY, &status);
	if (descriptor < 0) {
		refuse(walk, name);
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
	else if (fstatat(level_of(walk)->descriptor, entry->name, &status, AT_SYMLINK_NOFOLLOW) < 0)
		refuse(walk, entry->name);
	else if (S_ISDIR(status.st_mode))
		take_directory(walk, entry->name);
	else
		take_file(walk, entry, &status);
}

/* The next entry of the current directory, or NULL at its end. */
static const struct directory_entry *next_entry(struct walk *walk)
{
	struct level *level = level_of(walk);
	const struct directory_entry *entry;

	if (level->at == level->filled) {
		level->filled =
			directory_read(level->descriptor, level->buffer, sizeof(level->buffer));
		level->at = 0;
	}
	if (level->filled < 0)
		refuse(walk, ".");
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
		descriptor = open_entry(walk, name, O_RDONLY | O_DIRECTORY, &status);
	}
	refuse(walk, name);
	return walk->depth >= 0;
}

/*
 * Leave the current directory, which is done: give it and go back to the one above. The top is
 * given later, when everything else is done. Returns false if there is no directory above.
 */
static bool leave(struct walk *walk)
{
	const int descriptor = level_of(walk)->descriptor;
	struct stat status;

	if (walk->depth > 0 && fstat(descriptor, &status) == 0)
		give(walk, descriptor, &status, walk->names + walk->places[walk->depth].name);
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
	while (going_on && (walk->seen++ % LOOK_EVERY != 0 || !is_stopped(walk))) {
		const struct directory_entry *entry = next_entry(walk);

		if (!entry)
			going_on = leave(walk);
		else if (strcmp(entry->name, ".") != 0 && strcmp(entry->name, "..") != 0)
			take(walk, entry);
	}
	for (; walk->depth >= walk->first_open; walk->depth--)
		close(level_of(walk)->descriptor);
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
	give(walk, walk->top, status, walk->names);
	if (walk->refused > 1)
		report(walk->reporter, REPORT_WARNINGS,
		       "%u files below %s could not be handed over", walk->refused, walk->names);
	report_others(walk);
}

static const char cannot[] = "cannot hand over %s: %s";

/* Open what the path leads to. Returns 0 with *status, or an errno. */
static int open_top(struct walk *walk, struct stat *status)
{
	struct trusted_path found;
	int error = trusted_path_find(walk->wanted->path, false, &found);

	if (error)
		return error;
	walk->levels[0].descriptor = found.directory;
	walk->top = open_file(walk, found.name, status);
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

static bool walk_path(struct walk *walk, struct failure *failure)
{
	const char *const path = walk->wanted->path;
	struct stat status;
	int error;

	text_add(&(struct text){.start = walk->names, .size = PATH_MAX}, "%s", path);
	walk->progress_at = clock_monotonic() + PROGRESS_EVERY;
	error = open_top(walk, &status);
	if (error == ELOOP)
		return fail(failure, STATUS_REFUSED, cannot, path, trusted_path_error(error));
	if (!error && S_ISLNK(status.st_mode)) {
		close(walk->top);
		return fail(failure, STATUS_REFUSED, cannot, path,
			    "it is a symbolic link; name what it leads to");
	}
	if (!error) {
		if (!walk->wanted->if_needed || is_needed(&status, walk->change))
			walk_open(walk, &status);
		close(walk->top);
	} else if (!walk->stopped_by && !(error == ENOENT && walk->wanted->may_be_absent)) {
		report(walk->reporter, REPORT_WARNINGS, cannot, path, why_refused(error));
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
	walk->wanted = wanted;
	walk->change = wanted->change;
	walk->reporter = wanted->reporter;
	good = walk_path(walk, failure);
	stopped_by = walk->stopped_by;
	munmap(walk, sizeof(*walk));
	if (!good || !stopped_by)
		return good;
	return fail(failure, 128 + stopped_by, "%s while handing over %s; run again to finish",
		    signal_name(stopped_by, name), wanted->path);
}
