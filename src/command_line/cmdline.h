/* SPDX-License-Identifier: MIT */
/* The native command line and the DINIT_SU_* variables -> settings. */
#ifndef DINIT_SU_CMDLINE_H
#define DINIT_SU_CMDLINE_H

#include <stdbool.h>

#include "command_line/options.h"
#include "report/failure.h"
#include "settings.h"

/*
 * Read the arguments (arguments[0] is the program's name) and, for what they leave open, the
 * DINIT_SU_* variables of environment into settings, which has the defaults. Settings point into
 * both. Returns false with a failure that says what is wrong. Options that do not go together are
 * refused too.
 */
bool cmdline_parse(char **arguments, char **environment, struct settings *settings,
		   struct failure *failure);

/*
 * Read the options of table from words on, getopt_long(3) style but for abbreviated names, up to
 * the first word that is none; "--" is not read. Returns that word, or NULL with a failure.
 */
char **cmdline_read_options(const struct option_table *table, char **words,
			    struct settings *settings, struct failure *failure);

#endif
