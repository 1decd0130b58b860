/* SPDX-License-Identifier: MIT */
/* Reading dinit-su's own command line and the DINIT_SU_* variables into settings. */
#ifndef DINIT_SU_CMDLINE_H
#define DINIT_SU_CMDLINE_H

#include <stdbool.h>

#include "command_line/options.h"
#include "report/failure.h"
#include "settings.h"

/*
 * Read the arguments, of which arguments[0] is the program's name, into settings, which has the
 * defaults. The DINIT_SU_* variables of environment count where no argument says otherwise.
 * Settings point into both. Returns false with a failure that says what is wrong: also if options
 * exclude each other.
 */
bool cmdline_parse(char **arguments, char **environment, struct settings *settings,
		   struct failure *failure);

/*
 * Read the options of table from words on, as getopt_long(3) does but without abbreviated names, up
 * to the first word that is not an option or is "--". Returns that word, or NULL with a failure.
 */
char **cmdline_read_options(const struct option_table *table, char **words,
			    struct settings *settings, struct failure *failure);

#endif
