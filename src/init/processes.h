/* SPDX-License-Identifier: MIT */
/*
 * The processes of the container: reading /proc, and signalling them without ever leaving init's
 * own tree. delivery.h decides who gets a signal.
 *
 * What is left when main has ended is everything in the PID namespace if init is its PID 1, and
 * kill(-1) reaches all of it in one indivisible step. As a subreaper it is init's descendants,
 * which only /proc knows; a descendant stays one for life, because when its parent dies it comes to
 * init: PR_SET_CHILD_SUBREAPER of prctl(2).
 */
#ifndef DINIT_SU_PROCESSES_H
#define DINIT_SU_PROCESSES_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/text.h"
#include "init/delivery.h"
#include "init/lifecycle.h"
#include "init/process.h"
#include "report/report.h"

struct tree {
	pid_t init;
	pid_t main; /* also the number of the group that init made for it; 0: there is no main */
	struct pipe_identity input; /* the container's stdin: who reads from it is no filter */
	struct told *told;
	bool others_named; /* the processes of other users were reported */
	const struct reporter *reporter;
};

/* What came of a delivery. */
struct outcome {
	bool sent;	  /* somebody got the signal, or has just ended */
	bool whole;	  /* all at once, in one indivisible step */
	int told;	  /* how many got it, if one after the other */
	int passed_over;  /* were told before, or are left to somebody who looks after them */
	int untold;	  /* of these, how many were not told before */
	int out_of_reach; /* belong to another user: init may not signal them */
	int listed;	  /* how many were looked at */
};

/*
 * Deliver a signal to main's group. Where /proc does not tell who handles it (missing, of another
 * PID namespace, unreadable) the whole group is told. errno is set when nothing was sent.
 */
struct outcome processes_tell_group(struct tree *tree, const struct delivery *delivery);

/*
 * Deliver a signal to all that are left. The first of those who are told are named in names, if it
 * is not NULL; with delivery->hang_up, each process of another user is reported.
 */
struct outcome processes_tell_all(struct tree *tree, const struct delivery *delivery,
				  struct text *names);

/*
 * Who is left, given whether waitpid(2) says that init has children. With look_closely, whether
 * init may signal any of them.
 */
enum remaining processes_remaining(struct tree *tree, bool has_children, bool look_closely);

#endif
