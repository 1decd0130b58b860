/* SPDX-License-Identifier: MIT */
/* Files that are to belong to who main becomes: the account files, its home, the paths of --chown.
 */
#ifndef DINIT_SU_HAND_OVER_H
#define DINIT_SU_HAND_OVER_H

#include <stdbool.h>

#include "plan.h"
#include "report/failure.h"

/*
 * Let files belong to the ids that main is going to have. The account files come last, so that a
 * start after an interrupted one finds the old ids there and hands over the rest; but an account
 * that is made has no old ones, and its home may be among the paths. Does nothing unless there is
 * something to switch. Returns false with a failure.
 */
bool hand_over(const struct plan *plan, struct failure *failure);

#endif
