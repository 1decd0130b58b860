/* SPDX-License-Identifier: MIT */
/* Handing files over to the user that main becomes: account files, home, the paths of --chown. */
#ifndef DINIT_SU_HAND_OVER_H
#define DINIT_SU_HAND_OVER_H

#include <stdbool.h>

#include "plan.h"
#include "report/failure.h"

/*
 * Let files belong to the ids that main is going to have. The account files come last, so that a
 * start after an interrupted one finds the old ids there and hands over the rest; but an account
 * that is made has no old ones, and its home may be among the paths. Where there is nothing to
 * switch only the account's name is taken, if the plan says so; its identity is NULL afterwards if
 * the files could not be written. Returns false with a failure.
 */
bool hand_over(struct plan *plan, struct failure *failure);

#endif
