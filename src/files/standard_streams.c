/* SPDX-License-Identifier: MIT */
#include "files/standard_streams.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

/* The major number of memory devices such as /dev/null, a usual stdin in a container: null(4). */
#define MEMORY_DEVICES 1

/* PIPEFS_MAGIC of <linux/magic.h>, which musl does not have. */
#define PIPE_FILE_SYSTEM 0x50495045

/* The major number of /dev/tty, /dev/console and /dev/ptmx, and the minor one of the console. */
#define TERMINAL_NAMES 5
#define CONSOLE 1

static bool may_be_terminal(const struct stat *status)
{
	return S_ISCHR(status->st_mode) && major(status->st_rdev) != MEMORY_DEVICES;
}

/*
 * Whether a pipe has no name. It is in a file system of the kernel's own then, and a FIFO in the
 * one that holds its name: fstatfs(2). If that call fails, the pipe counts as one with a name.
 */
static bool is_anonymous_pipe(int descriptor, const struct stat *status)
{
	struct statfs system;

	return S_ISFIFO(status->st_mode) && fstatfs(descriptor, &system) == 0 &&
	       system.f_type == PIPE_FILE_SYSTEM;
}

void streams_look(struct stream streams[STREAMS])
{
	for (int descriptor = 0; descriptor < STREAMS; descriptor++) {
		struct stat status;

		streams[descriptor] = (struct stream){0};
		if (fstat(descriptor, &status) == 0)
			streams[descriptor] = (struct stream){
				.mode = status.st_mode,
				.owner = status.st_uid,
				.device = status.st_rdev,
				.inode = status.st_ino,
				.is_terminal = may_be_terminal(&status) && isatty(descriptor),
				.is_anonymous = is_anonymous_pipe(descriptor, &status),
			};
		else if (errno == EBADF)
			/* open(2) returns the lowest free number: this one. */
			open("/", O_PATH | O_CLOEXEC);
		else
			/* A security module may refuse fstat(2) and allow isatty(3). */
			streams[descriptor].is_terminal = isatty(descriptor);
	}
}

bool stream_is_given(const struct stream *stream, uid_t uid)
{
	if (stream->owner == uid)
		return false;
	return (S_ISFIFO(stream->mode) && stream->is_anonymous) ||
	       (S_ISCHR(stream->mode) && stream->is_terminal &&
		(major(stream->device) != TERMINAL_NAMES || minor(stream->device) == CONSOLE));
}

void streams_give(const struct stream streams[STREAMS], uid_t uid, const struct reporter *reporter)
{
	for (int descriptor = 0; descriptor < STREAMS; descriptor++) {
		if (stream_is_given(&streams[descriptor], uid) &&
		    fchownat(descriptor, "", uid, (gid_t)-1, AT_EMPTY_PATH) < 0)
			report(reporter, REPORT_STORY, "cannot give descriptor %d to uid %u: %s",
			       descriptor, uid, strerror(errno));
	}
}
