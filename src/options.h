/* SPDX-License-Identifier: MIT */
/* The options: how each is written, where it may stand, what it sets. A table, and how to use it.
 */
#ifndef DINIT_SU_OPTIONS_H
#define DINIT_SU_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "failure.h"
#include "settings.h"

struct option {
	const char *name; /* behind two dashes */
	/* Take a value (NULL where none is needed) into settings; false if it does not parse. */
	bool (*set)(struct settings *settings, const char *value);
	const char *expects; /* what is said behind a bad value */
	uint16_t flag;	     /* without set(): offset in the settings of the bool that it sets */
	char letter;	     /* 0: none */
	unsigned char value; /* VALUE_NONE, VALUE_NEEDED, VALUE_OPTIONAL */
	unsigned char where;
};

enum { VALUE_NONE, VALUE_NEEDED, VALUE_OPTIONAL };

/* Bits of where. */
enum {
	IN_ENVIRONMENT = 1, /* a variable DINIT_SU_NAME sets it as well */
	FOR_INIT = 2,	    /* it says how to be init: with --exec there is none */
	FOR_USER = 4,	    /* it is about USER: with --no-switch there is none */
};

/* The option with this name, without its dashes, or letter; NULL if there is none. */
const struct option *option_by_name(const char *name, size_t length);
const struct option *option_by_letter(char letter);

/*
 * Let settings have this option. origin is how it was written, for messages. Returns false with a
 * failure that tells what kind of value is expected.
 */
bool option_apply(const struct option *option, struct settings *settings, const char *origin,
		  const char *value, struct failure *failure);

/*
 * Let settings have what the DINIT_SU_* variables say. An option that takes no value is on with 1
 * and off with 0. Returns false with a failure.
 */
bool options_apply_variables(char **environment, struct settings *settings,
			     struct failure *failure);

/* What --help prints: fits a screen of 80 by 24. */
extern const char options_help[];

#endif
