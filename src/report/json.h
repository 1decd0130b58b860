/* SPDX-License-Identifier: MIT */
/* JSON, as much as a log line needs: one flat object of strings and numbers. RFC 8259. */
#ifndef DINIT_SU_JSON_H
#define DINIT_SU_JSON_H

#include <stdint.h>

#include "base/text.h"

/* Begin an object with its time, milliseconds since 1970, as a UTC timestamp: RFC 3339. */
void json_begin(struct text *text, int64_t time);

/* Add a member. Whatever bytes value has, the result is valid UTF-8: what is not becomes U+FFFD. */
void json_add_string(struct text *text, const char *name, const char *value);
void json_add_number(struct text *text, const char *name, int value);

void json_end(struct text *text);

#endif
