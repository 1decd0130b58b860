/* SPDX-License-Identifier: MIT */
/* What the lifecycle has decided, done: signals sent, the terminal moved, the network looked at. */
#ifndef DINIT_SU_ACTIONS_H
#define DINIT_SU_ACTIONS_H

#include "init/supervisor.h"

/* Carry out one action. What the lifecycle must know of its result is left for next_event(). */
void act(struct supervisor *init, const struct action *action);

/*
 * dumb-init stops itself whenever it has passed on a signal that suspends a job, whatever main
 * makes of it: the process that has sent it is the one to continue both. Init cannot stop as PID 1,
 * and a terminal whose Ctrl-Z nobody could undo is no such process.
 */
void stop_with_sender(struct supervisor *init, const struct event *event);

#endif
