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

#include "base/text.h"
#include "init/delivery.h"
#include "init/lifecycle.h"
#include "init/walk.h"

/*
 * Deliver a signal to main's group. Where /proc does not tell which processes handle it (missing,
 * of another PID namespace, unreadable) the whole group is told. errno is set if nothing was sent.
 */
struct outcome processes_tell_group(struct tree *tree, const struct delivery *delivery);

/*
 * Deliver a signal to all that are left. The first of those who are told are named in names, if it
 * is not NULL; with delivery->go_on, each process of another user is reported once.
 */
struct outcome processes_tell_all(struct tree *tree, const struct delivery *delivery,
				  struct text *names);

/*
 * Find out what kind of processes is left. has_children is what waitpid(2) tells. With look_closely
 * also find out whether init may signal any of them.
 */
enum remaining processes_remaining(struct tree *tree, bool has_children, bool look_closely);

#endif
