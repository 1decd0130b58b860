/* SPDX-License-Identifier: MIT */
#include "ownership.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "clock.h"
#include "directories.h"
#include "signals.h"

/* How many directories are open at once, each with what was read of it. */
#define OPEN_LEVELS 64
/* How deep a tree may be. */
#define DEPTH_MAX 8192
/* How often a tree is walked in which the way back was not certain. */
#define PASSES_MAX 8
/* After so many entries it is looked at the clock and for signals. */
#define LOOK_EVERY 64
#define PROGRESS_EVERY 2000 /* milliseconds */

#define KEEP ((uid_t)-1)

/* A directory on the way from the top to where the walk is. */
struct place {
	ino_t inode;
	off_t offset; /* behind the entry that was taken last */
};

/* An open directory: that of depth d is levels[d % OPEN_LEVELS]. */
struct level {
	int descriptor;
	bool closed; /* nobody but root can change what stands in it */
	long at, filled;
	_Alignas(struct directory_entry) char buffer[4096];
};

struct walk {
	const char *path;
	const struct ownership_change *change;
	const bool *stops;
	const struct reporter *reporter;
	dev_t device;
	int depth;	    /* of the directory that is being read; 0 is the top */
	int first_open;	    /* the depth from which on levels are open */
	bool uncertain;	    /* a directory was opened once more and read on from an offset */
	unsigned int given; /* in this pass */
	unsigned int refused;
	unsigned int seen;
	int64_t progress_at;
	int stopped_by; /* signal, or 0 */
	struct place places[DEPTH_MAX];
	struct level levels[OPEN_LEVELS];
};

bool ownership_decide(const struct stat *status, const struct ownership_change *change, uid_t *uid,
		      gid_t *gid)
{
	const bool is_roots = change->roots_too && status->st_uid == 0;

	*uid = *gid = KEEP;
	if (S_ISCHR(status->st_mode) || S_ISBLK(status->st_mode))
		return false;
	if (is_roots && !S_ISDIR(status->st_mode) && status->st_nlink > 1)
		return false;
	if (!is_roots && status->st_uid != change->from_uid && status->st_uid != change->to_uid)
		return false;
	if (status->st_uid != change->to_uid)
		*uid = change->to_uid;
	if (status->st_gid != change->to_gid &&
	    (status->st_gid == change->from_gid || (change->roots_too && status->st_gid == 0)))
		*gid = change->to_gid;
	return *uid != KEEP || *gid != KEEP;
}

/* One warning for the first, so that a tree of them does not fill the log. */
static void refuse(struct walk *walk, const char *name)
{
	const int error = errno;

	/* Gone, or something else by now: who did that has not waited for us. Or mounted there. */
	if (error == ENOENT || error == ENOTDIR || error == ELOOP || error == EXDEV)
		return;
	if (walk->refused++ == 0)
		report(walk->reporter, REPORT_WARNINGS, "cannot hand over '%s' below %s: %s", name,
		       walk->path, strerror(error));
}

static struct level *level_of(struct walk *walk)
{
	return &walk->levels[walk->depth % OPEN_LEVELS];
}

/* What statx(2) fills in; its page has the names. <sys/stat.h> of musl 1.2.3 has none of it. */
struct extended_status {
	uint32_t mask, block_size;
	uint64_t attributes;
	uint32_t links, uid, gid;
	uint16_t mode;
	uint64_t inode, size, blocks, attributes_mask, times[8];
	uint32_t special_major, special_minor, device_major, device_minor;
	uint64_t rest[14];
};

#define BASIC_STATUS 0x7ff
#define IS_MOUNT_ROOT 0x2000 /* since Linux 5.8 */

/*
 * The status of an entry of a directory, not of what it may lead to; of the directory itself if
 * name is empty. Fails, with EXDEV, for what is mounted there, also where it is the same file
 * system once more. Without statx(2), or where an old seccomp profile forbids it, only another one
 * is noticed.
 */
static bool look(const struct walk *walk, int directory, const char *name, struct stat *status)
{
	const int flags = AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH;
	struct extended_status found;

	if (syscall(SYS_statx, directory, name, flags, BASIC_STATUS, &found) == 0) {
		status->st_dev = makedev(found.device_major, found.device_minor);
		status->st_ino = (ino_t)found.inode;
		status->st_mode = found.mode;
		status->st_nlink = found.links;
		status->st_uid = found.uid;
		status->st_gid = found.gid;
	} else if ((errno != ENOSYS && errno != EPERM) ||
		   fstatat(directory, name, status, flags) < 0) {
		return false;
	} else {
		found.attributes = 0;
	}
	if (status->st_dev == walk->device && !(found.attributes & IS_MOUNT_ROOT))
		return true;
	errno = EXDEV;
	return false;
}

/*
 * Give what this descriptor is open for. The set-user-ID bit of a file does not outlive that, nor
 * do its capabilities: chown(2).
 */
static void give(struct walk *walk, int descriptor, const struct stat *status, const char *name)
{
	uid_t uid;
	gid_t gid;

	if (!ownership_decide(status, walk->change, &uid, &gid))
		return;
	if (fchownat(descriptor, "", uid, gid, AT_EMPTY_PATH) == 0)
		walk->given++;
	else
		refuse(walk, name);
}

/*
 * What is no directory. Where others can put another file in its place meanwhile, what is given is
 * what was opened and looked at once more; where only root can, that would be work for nothing.
 */
static void give_file(struct walk *walk, const char *name, uid_t uid, gid_t gid)
{
	const struct level *level = level_of(walk);
	struct stat status;
	int descriptor;

	if (level->closed) {
		if (fchownat(level->descriptor, name, uid, gid, AT_SYMLINK_NOFOLLOW) == 0)
			walk->given++;
		else
			refuse(walk, name);
		return;
	}
	descriptor = openat(level->descriptor, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (descriptor >= 0 && look(walk, descriptor, "", &status))
		give(walk, descriptor, &status, name);
	else
		refuse(walk, name);
	if (descriptor >= 0)
		close(descriptor);
}

/* Make an open directory the current one. */
static void enter(struct walk *walk, int descriptor, const struct stat *status)
{
	struct level *level;

	walk->depth++;
	level = level_of(walk);
	if (walk->depth - walk->first_open == OPEN_LEVELS) {
		close(level->descriptor);
		walk->first_open++;
	}
	level->descriptor = descriptor;
	level->at = level->filled = 0;
	/* Access control lists show in the bits of the group: acl(5). */
	level->closed = status->st_uid == 0 && (status->st_mode & 022) == 0;
	walk->places[walk->depth] = (struct place){.inode = status->st_ino};
}

static void take_directory(struct walk *walk, const char *name)
{
	int descriptor = openat(level_of(walk)->descriptor, name,
				O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat status;

	if (descriptor >= 0 && look(walk, descriptor, "", &status)) {
		if (walk->depth + 1 < DEPTH_MAX) {
			enter(walk, descriptor, &status);
			return;
		}
		errno = ENAMETOOLONG;
	}
	refuse(walk, name);
	if (descriptor >= 0)
		close(descriptor);
}

static void take(struct walk *walk, const struct directory_entry *entry)
{
	struct stat status;
	uid_t uid;
	gid_t gid;

	if (entry->type == DT_DIR)
		take_directory(walk, entry->name);
	else if (!look(walk, level_of(walk)->descriptor, entry->name, &status))
		refuse(walk, entry->name);
	else if (S_ISDIR(status.st_mode))
		take_directory(walk, entry->name);
	else if (ownership_decide(&status, walk->change, &uid, &gid))
		give_file(walk, entry->name, uid, gid);
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
 * Open the directory above once more, which had to be closed to go so deep, and go on in it. False
 * if the directory above is another by now: this one was moved away, and the way back is lost.
 */
static bool reopen_above(struct walk *walk, int below)
{
	const struct place *above = &walk->places[walk->depth];
	int descriptor = openat(below, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct level *level = level_of(walk);
	struct stat status;

	/* Overlay file systems may number entries anew once one of them has changed. */
	walk->uncertain = true;
	if (descriptor < 0)
		return false;
	if (fstat(descriptor, &status) < 0 || status.st_dev != walk->device ||
	    status.st_ino != above->inode || lseek(descriptor, above->offset, SEEK_SET) < 0) {
		close(descriptor);
		return false;
	}
	level->descriptor = descriptor;
	level->at = level->filled = 0;
	level->closed = false;
	walk->first_open = walk->depth;
	return true;
}

/*
 * Give the current directory, which so long was closed to others if it was root's, and go back to
 * the one above. False if there is none, or none that is certain.
 */
static bool leave(struct walk *walk)
{
	const int below = level_of(walk)->descriptor;
	struct stat status;
	bool left;

	if (fstat(below, &status) == 0)
		give(walk, below, &status, ".");
	left = walk->depth-- > 0;
	if (left && walk->depth < walk->first_open)
		left = reopen_above(walk, below);
	close(below);
	return left;
}

/* Now and then: has somebody asked to stop, is it time to say something? */
static bool is_stopped(struct walk *walk)
{
	if (walk->seen++ % LOOK_EVERY != 0)
		return false;
	walk->stopped_by = signals_pending(walk->stops);
	if (clock_monotonic() >= walk->progress_at) {
		walk->progress_at = clock_monotonic() + PROGRESS_EVERY;
		report(walk->reporter, REPORT_WARNINGS, "handing over %s: %u files so far",
		       walk->path, walk->seen);
	}
	return walk->stopped_by != 0;
}

/* Walk through everything below the top once. */
static void pass(struct walk *walk, int top, const struct stat *status)
{
	const int descriptor = openat(top, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool going_on = true;

	if (descriptor < 0) {
		refuse(walk, ".");
		return;
	}
	walk->given = 0;
	walk->uncertain = false;
	walk->depth = -1;
	walk->first_open = 0;
	enter(walk, descriptor, status);
	while (going_on && !is_stopped(walk)) {
		const struct directory_entry *entry = next_entry(walk);

		if (!entry)
			going_on = leave(walk);
		else if (strcmp(entry->name, ".") != 0 && strcmp(entry->name, "..") != 0)
			take(walk, entry);
	}
	while (walk->depth >= walk->first_open)
		close(walk->levels[walk->depth-- % OPEN_LEVELS].descriptor);
}

static void walk_below(struct walk *walk, int top, const struct stat *status)
{
	/* A pass that has changed nothing has seen everything, however it came back. */
	for (int passes = 0; passes < PASSES_MAX; passes++) {
		pass(walk, top, status);
		if (walk->stopped_by || !walk->uncertain || walk->given == 0)
			break;
	}
}

static bool open_top(const char *path, int *top, struct stat *status, struct failure *failure)
{
	*top = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (*top < 0 || fstat(*top, status) < 0)
		return fail(failure, STATUS_REFUSED, "cannot hand over %s: %s", path,
			    strerror(errno));
	if (!S_ISLNK(status->st_mode))
		return true;
	close(*top);
	return fail(failure, STATUS_REFUSED,
		    "cannot hand over %s: it is a symbolic link; name what it leads to", path);
}

bool ownership_walk(const char *path, const struct ownership_change *change,
		    const bool stops[_NSIG], const struct reporter *reporter,
		    struct failure *failure)
{
	struct walk *walk;
	struct stat status;
	char name[SIGNAL_NAME_SIZE];
	int top, stopped_by;

	if (!open_top(path, &top, &status, failure))
		return false;
	walk = mmap(NULL, sizeof(*walk), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		    0);
	if (walk == MAP_FAILED) {
		close(top);
		return fail(failure, STATUS_REFUSED, "no memory to hand over %s: %s", path,
			    strerror(errno));
	}
	walk->path = path;
	walk->change = change;
	walk->stops = stops;
	walk->reporter = reporter;
	walk->device = status.st_dev;
	walk->progress_at = clock_monotonic() + PROGRESS_EVERY;
	if (S_ISDIR(status.st_mode))
		walk_below(walk, top, &status);
	else
		give(walk, top, &status, ".");
	if (walk->refused > 1)
		report(reporter, REPORT_WARNINGS, "%u files below %s could not be handed over",
		       walk->refused, path);
	stopped_by = walk->stopped_by;
	munmap(walk, sizeof(*walk));
	close(top);
	if (stopped_by == 0)
		return true;
	return fail(failure, 128 + stopped_by, "%s while handing over %s; run again to finish",
		    signal_name(stopped_by, name), path);
}
