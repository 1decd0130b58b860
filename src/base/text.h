/* SPDX-License-Identifier: MIT */
/*
 * Text: a line put together in a buffer of fixed size, without allocation.
 *
 * printf(3) would do the same for 12 KiB more of the static binary. What this program prints needs
 * only strings and whole numbers.
 */
#ifndef DINIT_SU_TEXT_H
#define DINIT_SU_TEXT_H

#include <stdarg.h>
#include <stddef.h>

/* A growing string: always ends in NUL, never grows past size; what does not fit is cut off. */
struct text {
	char *start;
	size_t size;
	size_t length;
};

/* An empty text in buffer. size counts bytes, the closing NUL included, and is at least 1. */
struct text text_in(char *buffer, size_t size);

/*
 * Append to text as printf(3) would. Of its conversions only %s, %c, %d, %u, %o and %% are known;
 * a NULL for %s is a programming error.
 */
void text_add(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
void text_add_list(struct text *text, const char *format, va_list arguments)
	__attribute__((format(printf, 2, 0)));

/* Replace control characters by question marks, so that text is one line whatever came in. */
void text_mask_controls(struct text *text);

#endif
