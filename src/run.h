/* SPDX-License-Identifier: MIT */
/* Being init: start main and see it through to the end. What a PID 1 is for. */
#ifndef DINIT_SU_RUN_H
#define DINIT_SU_RUN_H

#include "init/spawn.h"
#include "plan.h"
#include "report/failure.h"

/*
 * Start program, unless there is none to start (--pause), and stay until nothing of it is left.
 * Returns the status to exit with. What cannot be started is a failure, reported and with its
 * status.
 */
int be_init(struct plan *plan, struct program *program, struct failure *failure);

/* Report a failure, on stderr and in the termination log. Returns its status. */
int end_with(struct plan *plan, const struct failure *failure);

#endif
