/* SPDX-License-Identifier: MIT */
/* What the tests of the command line share: the words behind the program's name, parsed. */
#ifndef DINIT_SU_CMDLINE_WORDS_H
#define DINIT_SU_CMDLINE_WORDS_H

#include <string.h>

#include "command_line/cmdline.h"
#include "unit.h"

#define WORDS 8

static char *nothing[] = {NULL};

static inline bool parse(char *const words[WORDS], char **environment, struct settings *settings,
			 struct failure *failure)
{
	static char *arguments[WORDS + 2];

	arguments[0] = "dinit-su";
	memcpy(&arguments[1], words, sizeof(*words) * WORDS);
	*settings = default_settings();
	return cmdline_parse(arguments, environment, settings, failure);
}

#endif
