/* SPDX-License-Identifier: MIT */
/* Settings: what was asked for, whoever asked. The one contract between command lines and the work.
 */
#ifndef DINIT_SU_SETTINGS_H
#define DINIT_SU_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "init/lifecycle.h"
#include "report/report.h"

/* How many groups can be added. */
#define ADD_GROUPS_MAX 32
#define CHOWN_MAX 16

struct settings {
	char **command;	  /* COMMAND and its arguments, NULL at the end; NULL if none is needed */
	const char *user; /* USER[:GROUP] as written, or NULL: no switch */

	bool native; /* read from dinit-su's own command line: advice may name its options */

	/* Instead of the work itself: the first of these that is asked for. */
	bool help;
	bool version;
	const char *answer;    /* what is printed then */
	bool answer_on_stderr; /* and not on stdout */
	const char *install;   /* where to copy this program to, or NULL */
	bool explain;

	bool exec;	  /* exec in place, no init */
	bool no_switch;	  /* there is no USER */
	bool if_root;	  /* not root: carry on as whoever that is */
	bool root_init;	  /* only main becomes the user */
	bool keep_groups; /* of the supplementary groups those that the runtime added */
	const char *add_groups[ADD_GROUPS_MAX + 1]; /* names or numbers, NULL at the end */
	bool has_umask;
	unsigned int umask;
	const char *umask_from_environment; /* the variable that says it, if it is set; or NULL */
	bool no_new_privileges;
	const char *keep_capabilities_list; /* as written, or NULL */
	uint64_t keep_capabilities;	    /* the same: what main has of them after the switch */

	const char *ids;		  /* UID[:GID] for USER, or NULL; good ones */
	const char *ids_from_environment; /* UIDVAR[:GIDVAR], likewise */
	const char *ids_of;		  /* the path whose owner USER becomes, or NULL */
	bool allow_root;		  /* the environment may ask for id 0 */
	bool create;			  /* a USER that does not exist is created */
	const char *chown[CHOWN_MAX + 1]; /* paths that are handed over, NULL at the end */
	/* Paths that are handed over only if they do not belong to USER, NULL at the end. */
	const char *chown_if_needed[CHOWN_MAX + 1];

	bool keep_environment; /* leave HOME, USER and LOGNAME alone */
	bool new_session;      /* main gets one of its own, without the terminal */
	bool keep_stdio;       /* leave the ownership of stdin, stdout and stderr alone */

	/* What the programs differ in whose names dinit-su can have. */
	bool only_home;		   /* of the account's variables only HOME is set */
	bool keep_group;	   /* a uid without an account and without GROUP keeps the group */
	bool scripts_by_shell;	   /* a file that the kernel cannot run goes to /bin/sh */
	bool session_if_detached;  /* without a terminal main gets a session of its own */
	bool no_subreaper;	   /* not PID 1: orphans are not init's; a warning says so */
	bool warn_reaped;	   /* each orphan's end is a warning */
	uint8_t failure_status[3]; /* what STATUS_REFUSED to STATUS_NOT_FOUND come out as */

	int parent_death; /* signal for init when its own parent dies, or 0 */
	struct lifecycle_settings lifecycle;
	uint8_t exit_map[256];	     /* what is reported for each exit status */
	const char *termination_log; /* path, or NULL */
	struct reporter reporter;
};

/* Fill in what holds when nothing is asked for, and is not zero. */
void settings_add_defaults(struct settings *settings);

#endif
