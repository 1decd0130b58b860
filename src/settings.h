/* SPDX-License-Identifier: MIT */
/* Settings: what was asked for, whoever asked. The one contract between command lines and the work.
 */
#ifndef DINIT_SU_SETTINGS_H
#define DINIT_SU_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "lifecycle.h"
#include "report.h"

struct settings {
	char **command;	  /* COMMAND and its arguments, NULL at the end; NULL if none is needed */
	const char *user; /* USER[:GROUP] as written, or NULL: no switch */

	/* Instead of the work itself: the first of these that is asked for. */
	bool help;
	bool version;
	const char *install; /* where to copy this program to, or NULL */
	bool explain;

	bool exec;	       /* exec in place, no init */
	bool no_switch;	       /* there is no USER */
	bool if_root;	       /* not root: carry on as whoever that is */
	bool root_init;	       /* only main becomes the user */
	bool keep_environment; /* leave HOME, USER and LOGNAME alone */
	bool new_session;      /* main gets one of its own, without the terminal */
	bool keep_stdio;       /* leave the ownership of stdin, stdout and stderr alone */

	int parent_death; /* signal for init when its own parent dies, or 0 */
	struct lifecycle_settings lifecycle;
	uint8_t exit_map[256];	     /* what is reported for each exit status */
	const char *termination_log; /* path, or NULL */
	struct reporter reporter;
};

/* What holds when nothing is asked for. */
struct settings settings_defaults(void);

#endif
