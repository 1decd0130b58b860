/* SPDX-License-Identifier: MIT */
/*
 * The standard streams, stdin, stdout and stderr: what they are, looked at once, and whose they
 * are. A terminal or a pipe that root opened can be used by whoever inherits it, but opened by name
 * (/dev/stdout, /dev/tty) only by its owner; so it is given to the user that main runs as.
 */
#ifndef DINIT_SU_STANDARD_STREAMS_H
#define DINIT_SU_STANDARD_STREAMS_H

#include <stdbool.h>
#include <sys/stat.h>

#include "report.h"

#define STREAMS 3

struct stream {
	mode_t mode; /* as in struct stat; 0 if it is closed */
	uid_t owner;
	bool is_terminal;
	bool is_anonymous; /* a pipe without a name: pipe(2), not mkfifo(3) */
};

/*
 * Look at descriptors 0, 1 and 2, and occupy each of them that is closed, so that no file that init
 * opens lands there and is taken for one of them. The place holders can be neither read nor written
 * and vanish with exec: main finds closed what was closed.
 */
void streams_look(struct stream streams[STREAMS]);

/*
 * Whether a stream is to be given to uid: an anonymous pipe or a terminal that is not uid's yet.
 * Never a regular file, a FIFO with a name, a socket, /dev/null or another device: those are
 * somebody's beyond this container.
 * A pure decision.
 */
bool stream_is_given(const struct stream *stream, uid_t uid);

/*
 * Give the streams to uid as far as stream_is_given(); their group stays. To be called before the
 * switch. What cannot be given (no CAP_CHOWN, SELinux, a read-only devpts) stays as it is: main can
 * do all but open it by name. fchown(2)
 */
void streams_give(const struct stream streams[STREAMS], uid_t uid, const struct reporter *reporter);

#endif
