/* SPDX-License-Identifier: MIT */
/*
 * The termination log: a file that says afterwards why a container ended badly. Kubernetes shows
 * what it contains as the container's message.
 *
 * Its path may come from a variable. So whoever opens it has no more rights than main has, and what
 * main itself has written stays.
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
	/* As the file was when init has opened it or written to it last. */
	off_t size;
	struct timespec modified;
	bool is_ours; /* it contains what init has written */
};

/*
 * Open the regular file at path. It is created if there is none, but for TERMINATION_LOG_PATH,
 * which the engine makes where it wants a message. A file that cannot be opened is a warning: that
 * a message could not be left is no reason not to start. open(2)
 */
void termination_log_open(struct termination_log *log, const char *path,
			  const struct reporter *reporter);

/*
 * Let the file contain this line and nothing else, control characters masked. Does nothing if none
 * is open, or if somebody else has written to the file since it was opened or written to last: that
 * is main's own message.
 */
void termination_log_write(struct termination_log *log, const char *line);

/* Leave the file empty if it still contains what init has written. */
void termination_log_take_back(struct termination_log *log);

#endif
