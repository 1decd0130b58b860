/* SPDX-License-Identifier: MIT */
/* --explain: what would be done and as whom, for a person to read. */
#ifndef DINIT_SU_EXPLAIN_H
#define DINIT_SU_EXPLAIN_H

#include "plan.h"
#include "text.h"

/*
 * Append the plan in words to text: lines of a name and what it is. file is the one that COMMAND
 * was found to be, or NULL. Control characters of values come out as question marks.
 */
void explain(const struct plan *plan, const char *file, struct text *text);

#endif
