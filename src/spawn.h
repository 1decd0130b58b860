/* SPDX-License-Identifier: MIT */
/* From init to main's first instruction. */
#ifndef DINIT_SU_SPAWN_H
#define DINIT_SU_SPAWN_H

#include <stdbool.h>
#include <sys/types.h>

#include "failure.h"
#include "identity.h"
#include "signals.h"

struct program {
	pid_t init;		       /* who starts it, by its own number */
	char **command;		       /* COMMAND and its arguments, NULL at the end */
	char **environment;	       /* likewise */
	const struct identity *become; /* who the new process still has to become, or NULL */
	uint64_t capabilities;	       /* permitted and inheritable ones that it is to have */
	const struct inherited_signals *signals;
	bool scripts_by_shell; /* what the kernel cannot run goes to /bin/sh; see settings.h */
	bool new_session;      /* a session instead of just a process group of its own */
	int terminal;	       /* to be given to the new process group, or -1 */
};

/*
 * Start program as a child: a process group (or session) of its own, in the foreground of the
 * terminal if there is one to give, signals as they were inherited. Returns when it runs, with its
 * pid; or false with a failure that has status 125, 126 or 127.
 */
bool spawn_main(const struct program *program, pid_t *pid, struct failure *failure);

/* Become program in place. Returns only if that fails: always false, with failure as above. */
bool spawn_in_place(const struct program *program, struct failure *failure);

#endif
