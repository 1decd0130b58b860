/* SPDX-License-Identifier: MIT */
/* Settings: what was asked for, whoever asked. The one contract between command lines and the work.
 */
#ifndef DINIT_SU_SETTINGS_H
#define DINIT_SU_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "report.h"

/* What to do with the command line: the work itself, or just say something. */
enum task { TASK_RUN, TASK_EXPLAIN, TASK_HELP, TASK_VERSION };

struct settings {
	enum task task;
	const char *user;      /* USER[:GROUP] as written, or NULL: no switch */
	char **command;	       /* COMMAND and its arguments, NULL at the end */
	bool exec;	       /* exec in place, no init */
	bool if_root;	       /* not root: carry on as whoever that is */
	bool root_init;	       /* only main becomes the user */
	bool keep_environment; /* leave HOME, USER and LOGNAME alone */
	bool keep_stdio;       /* leave the ownership of stdin, stdout and stderr alone */
	int64_t wait;	       /* milliseconds that leftovers get between TERM and KILL */
	enum report_level report;
};

#endif
