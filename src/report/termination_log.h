/* SPDX-License-Identifier: MIT */
/*
 * The termination log: a file that says why a container has ended badly. Kubernetes shows its
 * content as the container's message.
 *
 * Its path may come from an environment variable. So it is opened with the rights of main and no
 * more. What main itself has written there stays.
 */
#ifndef DINIT_SU_TERMINATION_LOG_H
#define DINIT_SU_TERMINATION_LOG_H

#include <stdbool.h>
#include <sys/types.h>
#include <time.h>

#include "report/report.h"

/* Where Kubernetes looks unless terminationMessagePath says otherwise. */
#define TERMINATION_LOG_PATH "/dev/termination-log"

struct termination_log {
	int descriptor; /* -1: none is open */
	/* Size and time of the file after init opened it or wrote to it last. */
	off_t size;
	struct timespec modified;
	bool is_ours; /* it contains what init has written */
};

/*
 * Open the regular file at path. It is created if there is none, except at TERMINATION_LOG_PATH,
 * where the engine creates it if it wants a message. A file that cannot be opened is a warning: a
 * start does not fail because a message cannot be left. open(2)
 */
void termination_log_open(struct termination_log *log, const char *path,
			  const struct reporter *reporter);

/*
 * Make this line, with control characters masked, the content of the file. Does nothing if no file
 * is open. Does nothing either if somebody else has written to the file since init did or opened
 * it: that is main's own message.
 */
void termination_log_write(struct termination_log *log, const char *line);

/* Leave the file empty if it still contains what init has written. */
void termination_log_take_back(struct termination_log *log);

#endif
