/* SPDX-License-Identifier: MIT */
/*
 * Tables of options: how each is written, where it may stand, which part of the settings it sets.
 * And the functions that use a table.
 */
#ifndef DINIT_SU_OPTIONS_H
#define DINIT_SU_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "report/failure.h"
#include "settings.h"

/* Where the value of an option goes, and how the option was written, for messages. */
struct setting {
	struct settings *settings;
	const char *origin;
	struct failure *failure;
};

enum option_kind {
	OPTION_FLAG,	 /* no value; the field is a bool, which becomes true */
	OPTION_CHOICE,	 /* no value; the field is an enum, which becomes this choice */
	OPTION_PLAIN,	 /* no value; set() is called with NULL */
	OPTION_DURATION, /* the field is an int64_t in milliseconds */
	OPTION_VALUE,	 /* set() takes the value */
	OPTION_OPTIONAL, /* set() takes the value of --name=VALUE, or NULL */
};

/* Bits of where. */
enum {
	IN_ENVIRONMENT = 1, /* a variable DINIT_SU_NAME sets it as well */
	FOR_INIT = 2,	    /* it says how to be init: with --exec there is none */
	FOR_USER = 4,	    /* it is about USER: with --no-switch there is none */
};

struct option {
	const char *name; /* behind two dashes; NULL if there is none */
	/* Take a value into the settings. Returns false with a failure that tells what it expects.
	 */
	bool (*set)(const struct setting *setting, const char *value);
	uint16_t field;	    /* of a kind without set(): its offset in struct settings */
	char letter;	    /* behind one dash; 0 if there is none */
	unsigned char kind; /* enum option_kind */
	unsigned char where;
	unsigned char choice; /* of OPTION_CHOICE */
};

/* The offset of a field of the settings. Does not compile if the field has another type. */
#define FIELD_OF_TYPE(type, field)                                                                 \
	(offsetof(struct settings, field) * _Generic(&((struct settings *)NULL)->field, type * : 1))

/* Rows of a table. */
#define FLAG(letter, name, field, where)                                                           \
	{                                                                                          \
		name, NULL, FIELD_OF_TYPE(bool, field), letter, OPTION_FLAG, where, 0              \
	}
#define DURATION(letter, name, field, where)                                                       \
	{                                                                                          \
		name, NULL, FIELD_OF_TYPE(int64_t, field), letter, OPTION_DURATION, where, 0       \
	}
#define CHOICE(letter, name, type, field, choice, where)                                           \
	{                                                                                          \
		name, NULL, FIELD_OF_TYPE(type, field), letter, OPTION_CHOICE, where, choice       \
	}
#define PLAIN(letter, name, set, where)                                                            \
	{                                                                                          \
		name, set, 0, letter, OPTION_PLAIN, where, 0                                       \
	}
#define VALUE(letter, name, set, where)                                                            \
	{                                                                                          \
		name, set, 0, letter, OPTION_VALUE, where, 0                                       \
	}
#define OPTIONAL(letter, name, set, where)                                                         \
	{                                                                                          \
		name, set, 0, letter, OPTION_OPTIONAL, where, 0                                    \
	}

/* The options of a command line: dinit-su's own, or a peer's. */
struct option_table {
	const struct option *options;
	size_t count;
	const char *help; /* how to ask for help, for messages */
};

/* dinit-su's own options, in native_options.c, and how many there may be. */
extern const struct option_table options_native;
#define OPTIONS_MAX 64

/* The option with this name, without its dashes, or letter; NULL if there is none. */
const struct option *option_by_name(const struct option_table *table, const char *name,
				    size_t length);
const struct option *option_by_letter(const struct option_table *table, char letter);

/*
 * The option that this name was probably meant to be, among those with all bits of where. NULL if
 * none is close.
 */
const struct option *option_nearest(const struct option_table *table, const char *name,
				    size_t length, unsigned int where);

/* A value that is needed stands in the same word or the next; an optional one in the same word. */
enum option_value { VALUE_NONE, VALUE_NEEDED, VALUE_OPTIONAL };
enum option_value option_value(const struct option *option);

/*
 * Set what this option sets. origin is how it was written, for messages. Returns false with a
 * failure that tells what kind of value is expected.
 */
bool option_apply(const struct option *option, struct settings *settings, const char *origin,
		  const char *value, struct failure *failure);

/* For set(): refuse a value, or the part of it that is wrong. Returns false. */
bool setting_refuse(const struct setting *setting, const char *part, const char *why);

/* What --help prints. It fits a screen of 80 columns and 24 lines. */
extern const char options_help[];

/* Functions set() of dinit-su's own options that peers and variables have as well. */
bool option_set_umask(const struct setting *setting, const char *value);
bool option_set_parent_death(const struct setting *setting, const char *value);
bool option_set_exit_map(const struct setting *setting, const char *value);
bool option_set_verbose(const struct setting *setting, const char *value);

#endif
