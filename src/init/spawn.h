/* SPDX-License-Identifier: MIT */
/* Starting main: from a process of init's to the first instruction of COMMAND. */
#ifndef DINIT_SU_SPAWN_H
#define DINIT_SU_SPAWN_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/signals.h"
#include "identity/credentials.h"
#include "report/failure.h"

/* Which session main is in. */
enum session {
	SESSION_OF_INIT,
	SESSION_NEW,		 /* one of its own, without the terminal */
	SESSION_NEW_IF_DETACHED, /* the same, if there is no terminal in whose foreground init is */
};

struct program_settings {
	enum session session;
	bool scripts_by_shell; /* a file that the kernel cannot run goes to /bin/sh */
};

struct program {
	pid_t init;	    /* init's own pid */
	char **command;	    /* COMMAND and its arguments, NULL at the end */
	char **environment; /* NULL at the end */
	/* What main switches to itself, with --root-init; or NULL. */
	const struct new_credentials *become;
	uint64_t capabilities; /* that main gets; init has them permitted and inheritable */
	const struct inherited_signals *signals;
	bool scripts_by_shell; /* /bin/sh runs a file that the kernel cannot */
	bool new_session;      /* main leads a session of its own, not only a process group */
	int terminal;	       /* its foreground goes to main's process group; -1: it stays */
};

/*
 * Start program as a child in a process group or session of its own, in the foreground of the
 * terminal if there is one, with the signal mask and dispositions that init inherited. Returns true
 * and the pid when execve(2) has succeeded, or false with a failure of status 125, 126 or 127.
 */
bool spawn_main(const struct program *program, pid_t *pid, struct failure *failure);

/* Replace this process by program. Returns only on failure: false, with a failure as above. */
bool spawn_in_place(const struct program *program, struct failure *failure);

#endif
