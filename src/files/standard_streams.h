/* SPDX-License-Identifier: MIT */
/*
 * The standard streams stdin, stdout and stderr: what they are, and who owns them. Everybody who
 * inherits a terminal or a pipe can use it, but only its owner can open it by name, /dev/stdout or
 * /dev/tty. So the user that main runs as becomes the owner.
 */
#ifndef DINIT_SU_STANDARD_STREAMS_H
#define DINIT_SU_STANDARD_STREAMS_H

#include <stdbool.h>
#include <sys/stat.h>

#include "report/report.h"

#define STREAMS 3

struct stream {
	mode_t mode; /* as in struct stat; 0 if it is closed */
	uid_t owner;
	bool is_terminal;
	bool is_anonymous; /* a pipe without a name: pipe(2), not mkfifo(3) */
	dev_t device;	   /* which device it is, if it is one */
	ino_t inode;
};

/*
 * Look at descriptors 0, 1 and 2. Each that is closed gets a placeholder, so that no file that init
 * opens gets its number. A placeholder can be neither read nor written and is closed by execve(2):
 * a descriptor that was closed is closed in main.
 */
void streams_look(struct stream streams[STREAMS]);

/*
 * Decide whether uid becomes the owner of a stream: of an anonymous pipe or a terminal that it does
 * not own. A regular file, a FIFO with a name, a socket, /dev/null or another device can belong to
 * somebody outside this container and is never given. Nor are /dev/tty and /dev/ptmx, which are
 * terminals once they are open, but everybody's. A pure function.
 */
bool stream_is_given(const struct stream *stream, uid_t uid);

/*
 * Make uid the owner of the streams that stream_is_given() allows; their group stays. To be called
 * before the switch. If fchown(2) fails (no CAP_CHOWN, SELinux, a read-only devpts), main can use
 * the stream but not open it by name.
 */
void streams_give(const struct stream streams[STREAMS], uid_t uid, const struct reporter *reporter);

#endif
