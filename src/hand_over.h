/* SPDX-License-Identifier: MIT */
/* Handing files over to the user that main becomes: account files, home, the paths of --chown. */
#ifndef DINIT_SU_HAND_OVER_H
#define DINIT_SU_HAND_OVER_H

#include <stdbool.h>

#include "plan.h"
#include "report/failure.h"

/*
 * Give files to the ids that main is going to have. The account files come last, so that the start
 * after an interrupted one finds the old ids there and hands over the rest. A new account comes
 * first: it has no old ids, and its home may be among the paths. If there is nothing to switch, the
 * ids only get USER's name, if the plan says so; plan->identity is NULL afterwards if the files
 * could not be written. Returns false with a failure.
 */
bool hand_over(struct plan *plan, struct failure *failure);

#endif
