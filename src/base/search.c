/* SPDX-License-Identifier: MIT */
/* The static program is compiled without vector registers; only the search gains from them. */
#if defined(__x86_64__) && !defined(__SSE2__)
#pragma GCC target("sse2")
#endif

#include "base/search.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* As many bytes as most processors compare at once. */
typedef unsigned char block __attribute__((vector_size(16)));

#define STEP (2 * sizeof(block))

/* Byte i of the result is not zero if at + i is first, and the byte distance behind it is last. */
static block matches(const char *at, block first, block last, size_t distance)
{
	block here, there;

	memcpy(&here, at, sizeof(here));
	memcpy(&there, at + distance, sizeof(there));
	return (block)(here == first) & (block)(there == last);
}

static bool is_zero(block bytes)
{
	uint64_t halves[2];

	memcpy(halves, &bytes, sizeof(halves));
	return (halves[0] | halves[1]) == 0;
}

/* Text is compared only where its first and its last byte both fit. */
const char *search_find(const char *start, size_t length, const char *text)
{
	const size_t text_length = strlen(text), distance = text_length - 1;
	const char *const end = start + length;
	const block first = (block){0} + (unsigned char)text[0];
	const block last = (block){0} + (unsigned char)text[distance];
	const char *at = start;

	while ((size_t)(end - at) >= text_length) {
		while ((size_t)(end - at) >= STEP + distance &&
		       is_zero(matches(at, first, last, distance) |
			       matches(at + sizeof(block), first, last, distance)))
			at += STEP;
		for (size_t i = 0; i < STEP && (size_t)(end - at) >= text_length; i++, at++) {
			if (*at == *text && memcmp(at, text, text_length) == 0)
				return at;
		}
	}
	return NULL;
}
