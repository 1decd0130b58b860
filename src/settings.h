/* SPDX-License-Identifier: MIT */
/*
 * Settings: what was asked for, whichever command line or variable asked for it. Each part is
 * defined in the header of the module that acts on it. The members that are defined here are for
 * main.c, plan.c, hand_over.c, explain.c and run.c.
 */
#ifndef DINIT_SU_SETTINGS_H
#define DINIT_SU_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "identity/credentials.h"
#include "identity/environment.h"
#include "identity/identity.h"
#include "init/lifecycle.h"
#include "init/spawn.h"
#include "report/report.h"

#define CHOWN_MAX 16

enum task {
	TASK_RUN,
	TASK_HELP, /* print the answer */
	TASK_VERSION,
	TASK_EXPLAIN, /* print what would be done */
	TASK_INSTALL, /* copy this program */
};

/* How the task to run COMMAND is done. */
enum mode {
	MODE_INIT,
	MODE_IN_PLACE, /* COMMAND takes the place of this process: no init */
	MODE_PAUSE,    /* an init without COMMAND */
};

/* What is handed over to USER: paths, NULL at the end. */
struct hand_over_settings {
	const char *chown[CHOWN_MAX + 1];
	const char *chown_if_needed[CHOWN_MAX + 1]; /* only if they do not belong to USER yet */
};

struct settings {
	bool native; /* read from dinit-su's own command line: advice may name its options */
	enum task task;
	const char *answer;    /* to TASK_HELP and TASK_VERSION */
	bool answer_on_stderr; /* and not on stdout */
	const char *install;   /* for TASK_INSTALL: where to */

	char **command; /* COMMAND and its arguments, NULL at the end; NULL if none is needed */
	enum mode mode;
	bool no_switch; /* there is no USER */
	bool root_init; /* only main becomes the user */
	struct identity_settings identity;
	struct limit_settings limits;
	const char *umask_from_environment; /* the variable that says the umask, or NULL */
	struct hand_over_settings hand_over;
	enum environment_choice environment;
	bool keep_stdio; /* leave the ownership of stdin, stdout and stderr alone */
	struct program_settings program;
	struct lifecycle_settings lifecycle;
	int parent_death;	     /* signal for init when its own parent dies, or 0 */
	const char *termination_log; /* path, or NULL */
	struct reporter reporter;

	/* What the programs differ in whose names dinit-su can have. */
	bool no_subreaper;	   /* not PID 1: orphans are not init's; a warning says so */
	bool warn_reaped;	   /* each orphan's end is a warning */
	bool stop_with_sender;	   /* init stops when a process has sent it TSTP, TTIN or TTOU */
	uint8_t failure_status[3]; /* what STATUS_REFUSED to STATUS_NOT_FOUND come out as */

	uint8_t exit_change[256]; /* what is added to each exit status, modulo 256 */
};

/* Fill in what holds when nothing is asked for, and is not zero. */
void settings_add_defaults(struct settings *settings);

/* Let main run as USER[:GROUP]. */
void settings_set_user(struct settings *settings, const char *user);

/* Report the exit status to where the status would be from. */
void settings_map_exit(struct settings *settings, uint8_t from, uint8_t to);

/* The exit status that is reported for this one. */
int settings_exit_status(const struct settings *settings, int status);

#endif
