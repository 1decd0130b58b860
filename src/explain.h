/* SPDX-License-Identifier: MIT */
/* --explain: what a start would do, and as whom, for people to read. */
#ifndef DINIT_SU_EXPLAIN_H
#define DINIT_SU_EXPLAIN_H

#include "base/text.h"
#include "plan.h"

/*
 * Append the plan to text, as lines of a name and a description. file is the program that was found
 * for COMMAND, or NULL. Control characters in values become question marks.
 */
void explain(const struct plan *plan, const char *file, struct text *text);

#endif
