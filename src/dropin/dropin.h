/* SPDX-License-Identifier: MIT */
/*
 * The names of other programs. Called by one of them, dinit-su takes that program's command line
 * and variables; by any other name, its own. What differs below is a setting, and docs/drop-in.md
 * says of each option what became of it.
 */
#ifndef DINIT_SU_DROPIN_H
#define DINIT_SU_DROPIN_H

#include <stdbool.h>

#include "config.h"
#include "failure.h"
#include "options.h"
#include "settings.h"

/*
 * If arguments[0] names one of the programs, say everything by that name from here on, and fail
 * with that program's statuses. To be called before anything else can fail.
 */
void dropin_take_name(char **arguments, struct settings *settings);

/*
 * Read the arguments and the variables of environment as whatever program arguments[0] names does,
 * into settings, which has the defaults. Otherwise as cmdline_parse().
 */
bool dropin_parse(char **arguments, char **environment, struct settings *settings,
		  struct failure *failure);

/* The families. words are the arguments after the name; settings know the name already. */
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

/* For the families: what an init's command line is made of. */
struct dropin {
	struct option_table options;
	const char *usage;   /* what stands between the name and COMMAND */
	const char *version; /* the answer to that */
	/* A "--" behind words that are no options is read too: getopt(3) as the GNU system has it.
	 */
	bool dashes_anywhere;
};

#define DROPIN_OPTIONS(options, help)                                                              \
	{                                                                                          \
		options, sizeof(options) / sizeof((options)[0]), help                              \
	}

/* A text that says how the program is used: options stands between its name and COMMAND. */
const char *dropin_usage(const struct settings *settings, const char *options);

/* Read options and COMMAND. */
bool dropin_read(const struct dropin *peer, char **words, struct settings *settings,
		 struct failure *failure);

#endif
