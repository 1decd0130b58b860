/* SPDX-License-Identifier: MIT */
/*
 * Init's main loop: wait for signals, ended children and deadlines, let the lifecycle decide, carry
 * its actions out. The loop allocates nothing, keeps no file open and does not end on an error: as
 * PID 1, init would take everything in the container with it.
 */
#ifndef DINIT_SU_SUPERVISE_H
#define DINIT_SU_SUPERVISE_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/text.h"
#include "init/lifecycle.h"
#include "init/processes.h"
#include "report/failure.h"
#include "report/report.h"
#include "report/termination_log.h"

struct supervision {
	pid_t main_pid;		     /* 0: there is no main */
	bool warn_reaped;	     /* each orphan's end is a warning */
	bool has_terminal;	     /* main was given the foreground of the terminal */
	bool new_session;	     /* main leads a session of its own */
	bool stop_with_sender;	     /* init stops when a process has sent it TSTP, TTIN or TTOU */
	struct pipe_identity input;  /* stdin, if it is a pipe */
	struct termination_log *log; /* a KILL from outside finds there what a stop waits for */
	const struct reporter *reporter;
	const struct lifecycle_settings *lifecycle;
};

/*
 * Whether the system calls that supervise() lives by are allowed: a sandbox that refuses one would
 * leave init deaf to signals, or to main's end. To be called before there is a main. Returns false
 * with a failure.
 */
bool supervise_is_possible(struct failure *failure);

/*
 * Supervise main, and what it leaves behind, to the end. Returns the exit status to be, and puts
 * how main ended into verdict, as a line for people.
 */
int supervise(const struct supervision *supervision, struct text *verdict);

#endif
