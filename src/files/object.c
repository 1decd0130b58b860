/* SPDX-License-Identifier: MIT */
#include "files/object.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/signals.h"
#include "base/text.h"

/* How many times a whole walk waits for a file to rest, and how long: see object_open(). */
#define WAITS_MAX 8
#define WAIT_MILLISECONDS 30

#define TICK 20		  /* milliseconds; longer than one of the kernel's */
#define CLOCK_MARGIN 1500 /* milliseconds, for file systems that keep whole seconds */

void object_count_other(struct walk *walk, const struct stat *status)
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

void object_report_others(const struct walk *walk)
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

const char *object_why_refused(int error)
{
	return error == EBUSY ? "changed a moment ago, or ahead of the clock: --chown tries again"
			      : strerror(error);
}

void object_refuse(struct walk *walk, const char *name)
{
	const int error = errno;

	/* Removed or replaced during the walk, or a mount point: not an error. */
	if (error == ENOENT || error == ENOTDIR || error == ELOOP || error == EXDEV ||
	    walk->stopped_by)
		return;
	if (walk->refused++ == 0)
		report(walk->reporter, REPORT_WARNINGS, "cannot hand over '%s' below %s: %s", name,
		       walk->names, object_why_refused(error));
}

struct level *walk_level(struct walk *walk)
{
	return &walk->levels[walk->depth % OPEN_LEVELS];
}

/* The ctime of an object, in milliseconds since the Epoch. */
static int64_t changed_at(const struct stat *status)
{
	return (int64_t)status->st_ctim.tv_sec * 1000 + status->st_ctim.tv_nsec / 1000000;
}

bool walk_is_stopped(struct walk *walk)
{
	walk->stopped_by = signals_pending(walk->stops);
	if (clock_monotonic() >= walk->progress_at) {
		walk->progress_at = clock_monotonic() + PROGRESS_EVERY;
		report(walk->reporter, REPORT_NOTES, "handing over %s: %u files so far",
		       walk->names, walk->seen);
	}
	return walk->stopped_by != 0;
}

bool walk_close_oldest(struct walk *walk)
{
	if (walk->first_open >= walk->depth)
		return false;
	close(walk->levels[walk->first_open++ % OPEN_LEVELS].descriptor);
	return true;
}

int object_open_entry(struct walk *walk, const char *name, int flags, struct stat *status)
{
	static const uint64_t no_mount_points = 1; /* RESOLVE_NO_XDEV of <linux/openat2.h> */
	const int directory = walk_level(walk)->descriptor;
	const uint64_t how[] = {(unsigned int)flags | O_NOFOLLOW | O_CLOEXEC, 0,
				walk->is_inside ? no_mount_points : 0};
	bool compare = flags & O_DIRECTORY;
	int descriptor;

	do
		descriptor = (int)syscall(SYS_openat2, directory, name, how, sizeof(how));
	while (descriptor < 0 && errno == EMFILE && walk_close_oldest(walk));
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

void object_give_at(struct walk *walk, int directory, const char *path, int flags,
		    const struct stat *status, const char *name)
{
	uid_t uid;
	gid_t gid;

	if (!ownership_decide(status, walk->change, &uid, &gid)) {
		object_count_other(walk, status);
		return;
	}
	if (fchownat(directory, path, uid, gid, flags) == 0)
		walk->given = true;
	else
		object_refuse(walk, name);
}

void object_give(struct walk *walk, int descriptor, const struct stat *status, const char *name)
{
	object_give_at(walk, descriptor, "", AT_EMPTY_PATH, status, name);
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
	const int directory = walk_level(walk)->descriptor;
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

int object_open(struct walk *walk, const char *name, struct stat *status)
{
	for (;;) {
		const int64_t before = clock_realtime();
		int descriptor = object_open_entry(walk, name, O_PATH, status);

		if (descriptor < 0 || status->st_uid != 0 || S_ISDIR(status->st_mode) ||
		    rests_since(status, before) || is_ahead(walk, status))
			return descriptor;
		close(descriptor);
		errno = EBUSY;
		if (walk->waits == WAITS_MAX || walk_is_stopped(walk))
			return -1;
		walk->waits++;
		poll(NULL, 0, WAIT_MILLISECONDS);
	}
}
