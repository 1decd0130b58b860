/* SPDX-License-Identifier: MIT */
/* The plan: settings and what was found out about them. What --explain prints and the rest does. */
#ifndef DINIT_SU_PLAN_H
#define DINIT_SU_PLAN_H

#include <stdbool.h>

#include "credentials.h"
#include "identity.h"
#include "settings.h"

struct plan {
	const struct settings *settings;
	const struct credentials *now;	 /* who this process is */
	const struct identity *identity; /* who was asked for, or NULL if nobody was looked up */
	bool becomes;			 /* there is something to switch */
	bool is_pid1;
	pid_t parent;	     /* at the start */
	int termination_log; /* descriptor, or -1 */
};

#endif
