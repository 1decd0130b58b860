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

/* True if nothing in the STEP bytes at begins and ends as the text does. */
static bool is_none(const char *at, block first, block last, size_t distance)
{
	const block any = matches(at, first, last, distance) |
			  matches(at + sizeof(block), first, last, distance);
	uint64_t halves[2];

	memcpy(halves, &any, sizeof(halves));
	return (halves[0] | halves[1]) == 0;
}

/* Text is compared in steps where its first and its last byte fit, and in what is left at the end.
 */
const char *search_find(const char *start, size_t length, const char *text)
{
	const size_t text_length = strlen(text), distance = text_length - 1;
	const block first = (block){0} + (unsigned char)text[0];
	const block last = (block){0} + (unsigned char)text[distance];
	const char *const end = length < text_length ? start : start + length - distance;
	const char *at = start;

	while (at < end) {
		const char *behind;

		while ((size_t)(end - at) >= STEP && is_none(at, first, last, distance))
			at += STEP;
		for (behind = (size_t)(end - at) < STEP ? end : at + STEP; at < behind; at++) {
			if (*at == *text && memcmp(at, text, text_length) == 0)
				return at;
		}
	}
	return NULL;
}
