/* SPDX-License-Identifier: MIT */
/* --explain: what would be done and as whom, for a person to read. */
#ifndef DINIT_SU_EXPLAIN_H
#define DINIT_SU_EXPLAIN_H

#include "plan.h"
#include "text.h"

/* Append the plan in words to text: lines of a name and what it is. */
void explain(const struct plan *plan, struct text *text);

#endif
