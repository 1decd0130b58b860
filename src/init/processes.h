/* SPDX-License-Identifier: MIT */
/*
 * The processes of the container: found in /proc, and signalled without ever leaving init's own
 * tree. delivery.h decides which of them get a signal.
 *
 * If init is PID 1, all processes of the PID namespace are its tree, and kill(-1) reaches them in
 * one indivisible step. As a subreaper init's tree is its descendants, which only /proc tells. A
 * descendant stays one for life: when its parent ends it becomes a child of init,
 * PR_SET_CHILD_SUBREAPER of prctl(2).
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
	struct pipe_identity input; /* the container's stdin: a reader of it is not a filter */
	struct told *told;
	bool others_named; /* the processes of other users were reported */
	const struct reporter *reporter;
};

/* What came of a delivery. The numbers are numbers of processes. */
struct outcome {
	bool sent;	  /* a process got the signal, or has just ended */
	bool whole;	  /* all got it at once, in one indivisible step */
	int told;	  /* that got it, if one after the other */
	int passed_over;  /* that were told before, or that an ancestor looks after */
	int untold;	  /* of those passed over, the ones that were not told before */
	int out_of_reach; /* of another user: init may not signal them */
	int listed;	  /* that were looked at */
};

/*
 * Deliver a signal to main's group. Where /proc does not tell which processes handle it (missing,
 * of another PID namespace, unreadable) the whole group is told. errno is set if nothing was sent.
 */
struct outcome processes_tell_group(struct tree *tree, const struct delivery *delivery);

/*
 * Deliver a signal to all that are left. The first of those who are told are named in names, if it
 * is not NULL; with delivery->hang_up, each process of another user is reported.
 */
struct outcome processes_tell_all(struct tree *tree, const struct delivery *delivery,
				  struct text *names);

/*
 * Find out what kind of processes is left. has_children is what waitpid(2) tells. With look_closely
 * also find out whether init may signal any of them.
 */
enum remaining processes_remaining(struct tree *tree, bool has_children, bool look_closely);

#endif
