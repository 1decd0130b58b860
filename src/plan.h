/* SPDX-License-Identifier: MIT */
/*
 * The plan: the settings, and what was found out about them. --explain prints it, and a start does
 * it. Making a plan changes nothing.
 */
#ifndef DINIT_SU_PLAN_H
#define DINIT_SU_PLAN_H

#include <stdbool.h>
#include <sys/types.h>

#include "files/standard_streams.h"
#include "identity/credentials.h"
#include "identity/environment.h"
#include "identity/identity.h"
#include "identity/ids.h"
#include "report/failure.h"
#include "report/termination_log.h"
#include "settings.h"

/*
 * What the start fills in. It is static, because on the stack it would touch page after page. What
 * is large, and used at its beginning, comes last.
 */
struct start {
	struct settings settings;
	struct environment environment;
	struct failure failure;
	struct identity identity;
};

struct plan {
	const struct settings *settings;
	const struct credentials *now; /* who this process is */
	const struct account_files *files;
	struct identity *found;		 /* memory for identity; given back after the start */
	struct environment *environment; /* that main gets, unless it is init's own */
	struct stream streams[STREAMS];
	struct ids ids;
	struct identity *identity; /* who was asked for: found, or NULL if nobody was looked up */
	bool becomes;		   /* there is something to switch */
	bool takes_name;	   /* there is nothing to switch, but the ids get USER's name */
	bool is_pid1;
	pid_t parent;	   /* at the start, if --parent-death asks about it */
	bool has_switched; /* init has the rights that main is going to have, or fewer */
	struct termination_log termination_log;
};

/*
 * Find out which user to become. The caller has filled in settings, now, files, found and streams.
 * identity stays NULL if no user is to be looked up: no USER, or --if-root without root. Returns
 * false with a failure that says what cannot be done.
 */
bool plan_make(struct plan *plan, struct failure *failure);

#endif
