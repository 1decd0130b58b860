/* SPDX-License-Identifier: MIT */
/*
 * Init's main loop: wait for signals, ended children and deadlines, let the lifecycle decide, carry
 * its actions out. The loop allocates nothing, keeps no file open and does not end on an error: as
 * PID 1, init would take everything in the container with it.
 */
#ifndef DINIT_SU_SUPERVISE_H
#define DINIT_SU_SUPERVISE_H

#include <stdbool.h>

#include "base/text.h"
#include "init/supervisor.h"
#include "report/failure.h"

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
