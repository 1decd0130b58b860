/* SPDX-License-Identifier: MIT */
/*
 * Failures are values: a function that fails says in one line what failed, on what, why and the way
 * out, and returns false. end_with() of run.h is the one place that prints it, and main() returns
 * the status.
 */
#ifndef DINIT_SU_FAILURE_H
#define DINIT_SU_FAILURE_H

#include <stdbool.h>

/* The exit statuses of dinit-su's own, those of env(1), nice(1) and nohup(1) in POSIX. */
enum {
	STATUS_REFUSED = 125,	 /* dinit-su itself refused or failed */
	STATUS_CANNOT_RUN = 126, /* COMMAND was found and cannot be run */
	STATUS_NOT_FOUND = 127,	 /* COMMAND was not found */
};

struct failure {
	int status;
	char text[512];
};

/*
 * Fill in failure, its text formatted as text_add() does. Returns false, so that a function that
 * meets a failure can end with `return fail(...)`. errno is left as it was.
 */
bool fail(struct failure *failure, int status, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The same for a system call that has failed: "cannot ACT: " and the words for errno. */
bool fail_to(const char *act, struct failure *failure);

/* Add to the text of a failure, formatted likewise. Returns false. */
bool fail_further(struct failure *failure, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
