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
	const char *name; /* behind two dashes; NULL: none */
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

/* A row for an option that is on or off, one that is something else, one that takes a value. */
#define FLAG(letter, name, field, where)                                                           \
	{                                                                                          \
		name, NULL, NULL, offsetof(struct settings, field), letter, VALUE_NONE, where      \
	}
#define PLAIN(letter, name, set, where)                                                            \
	{                                                                                          \
		name, set, NULL, 0, letter, VALUE_NONE, where                                      \
	}
#define VALUE(letter, name, set, where, expects)                                                   \
	{                                                                                          \
		name, set, expects, 0, letter, VALUE_NEEDED, where                                 \
	}
#define OPTIONAL(letter, name, set, where, expects)                                                \
	{                                                                                          \
		name, set, expects, 0, letter, VALUE_OPTIONAL, where                               \
	}

/* The options of a command line: dinit-su's own, or a peer's. */
struct option_table {
	const struct option *options;
	size_t count;
	const char *help; /* how to ask for help, for messages */
};

extern const struct option_table options_native;

/* The option with this name, without its dashes, or letter; NULL if there is none. */
const struct option *option_by_name(const struct option_table *table, const char *name,
				    size_t length);
const struct option *option_by_letter(const struct option_table *table, char letter);

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

/*
 * Take the umask from the variable that --umask-from-env names. Unset or empty it changes nothing;
 * what is not a umask is a failure that names the variable.
 */
bool options_read_umask(char **environment, struct settings *settings, struct failure *failure);

/* What --help prints: fits a screen of 80 by 24. */
extern const char options_help[];

/* What options do that peers have as well, for tables of theirs: the set() of struct option. */
bool option_set_group(struct settings *settings, const char *value);
bool option_set_single_child(struct settings *settings, const char *value);
bool option_set_parent_death(struct settings *settings, const char *value);
bool option_set_exit_map(struct settings *settings, const char *value);
bool option_set_verbose(struct settings *settings, const char *value);

#define OPTION_EXPECTS_SIGNAL "is no signal"
#define OPTION_EXPECTS_EXIT_MAP "is no CODE or CODE:TO: write 143 or 143:0"

#endif
