/* SPDX-License-Identifier: MIT */
/*
 * Parsing: text that a person or a file gave becomes a value, or is refused. Pure functions.
 * strtol(3) is not used, because it takes spaces and signs where an id must be plain decimal.
 */
#ifndef DINIT_SU_PARSE_H
#define DINIT_SU_PARSE_H

#include <stdbool.h>
#include <stdint.h>

/* The largest user or group id. The one above it, (uid_t)-1, is setresuid(2)'s "leave unchanged".
 */
#define ID_MAX 4294967294U

/* Whether text is one or more decimal digits and nothing else. */
bool parse_is_digits(const char *text);

/*
 * A number: one to ten decimal digits, 0 to largest. Returns false, with *number untouched, for
 * anything else: a sign, a space, hexadecimal, an empty text, a number that is too large.
 */
bool parse_number(const char *text, uint32_t largest, uint32_t *number);

/* A user or group id, 0 to ID_MAX, likewise. */
bool parse_id(const char *text, uint32_t *id);

/*
 * UID or UID:GID, each as above; *has_gid tells which. Returns false for anything else. Where no
 * GID is written *gid is left untouched.
 */
bool parse_ids(const char *text, uint32_t *uid, bool *has_gid, uint32_t *gid);

/*
 * The name of an environment variable at the beginning of text: letters, digits and underscores,
 * not beginning with a digit (POSIX, Base Definitions, 8.1). Returns the character behind it, or
 * NULL if there is no name.
 */
const char *parse_variable(const char *text);

/* A file mode creation mask: one to four octal digits, 0 to 0777. Returns false likewise. */
bool parse_mode(const char *text, unsigned int *mode);

/*
 * A duration: decimal digits and a unit (ms, s, m or h; s if there is none), from 0 to 2147483647
 * seconds. Sets *milliseconds; returns false, with it untouched, for anything else.
 */
bool parse_duration(const char *text, int64_t *milliseconds);

#endif
