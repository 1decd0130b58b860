/* SPDX-License-Identifier: MIT */
/*
 * Drop-in names. Called by the name of one of these programs, dinit-su reads that program's command
 * line and variables; called by any other name, its own. Each difference in behaviour is a setting.
 * docs/drop-in.md lists every option of these programs and what dinit-su makes of it.
 */
#ifndef DINIT_SU_DROPIN_H
#define DINIT_SU_DROPIN_H

#include <stdbool.h>

#include "command_line/options.h"
#include "config.h"
#include "report/failure.h"
#include "settings.h"

/* One of the programs. */
struct dropin_name;

/*
 * If arguments[0] names one of the programs, set the name that messages begin with and the exit
 * statuses of failures, and return that program; otherwise NULL. The start calls this before
 * anything can fail.
 */
const struct dropin_name *dropin_take_name(char **arguments, struct settings *settings);

/*
 * Read the arguments and the variables in environment into settings, which holds the defaults, as
 * the program does that dropin_take_name() has returned. For NULL this is cmdline_parse(). Returns
 * false with a failure.
 */
bool dropin_parse(const struct dropin_name *name, char **arguments, char **environment,
		  struct settings *settings, struct failure *failure);

/*
 * The families of command lines. words are the arguments after the name; settings has the name.
 */
bool catatonit_parse(char **words, char **environment, struct settings *settings,
		     struct failure *failure);
bool dumb_init_parse(char **words, char **environment, struct settings *settings,
		     struct failure *failure);
bool gosu_parse(char **words, char **environment, struct settings *settings,
		struct failure *failure);
bool pause_parse(char **words, char **environment, struct settings *settings,
		 struct failure *failure);
bool su_exec_parse(char **words, char **environment, struct settings *settings,
		   struct failure *failure);
bool tini_parse(char **words, char **environment, struct settings *settings,
		struct failure *failure);

/* The command line of an init: what the families tell dropin_read(). */
struct dropin {
	struct option_table options;
	const char *usage;   /* the options, for the usage text */
	const char *version; /* the text that --version prints */
	/* The first "--" is removed wherever it stands, as getopt(3) of glibc does. */
	bool dashes_anywhere;
};

#define DROPIN_OPTIONS(options, help)                                                              \
	{                                                                                          \
		options, sizeof(options) / sizeof((options)[0]), help                              \
	}

/* The usage text: the name, options, COMMAND. It is in a static buffer. */
const char *dropin_usage(const struct settings *settings, const char *options);

/* Read options and COMMAND. Returns false with a failure. */
bool dropin_read(const struct dropin *peer, char **words, struct settings *settings,
		 struct failure *failure);

#endif
