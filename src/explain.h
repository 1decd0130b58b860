/* SPDX-License-Identifier: MIT */
/* --explain: what would be done and as whom, for a person to read. */
#ifndef DINIT_SU_EXPLAIN_H
#define DINIT_SU_EXPLAIN_H

#include <stdbool.h>

#include "identity.h"
#include "settings.h"
#include "text.h"

/* What --explain puts into words. */
struct explanation {
	const struct settings *settings;
	const struct identity *identity; /* who was asked for, or NULL if nobody was looked up */
	const struct credentials *now;	 /* who this process is */
	bool becomes;			 /* there is something to switch */
	bool is_pid1;
};

/* Append the explanation to text: lines of a name and what it is. */
void explain(const struct explanation *explanation, struct text *text);

#endif
