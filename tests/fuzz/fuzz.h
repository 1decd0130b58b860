/* SPDX-License-Identifier: MIT */
/*
 * The common part of the fuzz targets: input as strings and files, and the check of a promise.
 *
 * A target is one file with one function, LLVMFuzzerTestOneInput() of libFuzzer. It calls the
 * program's own functions with the input and checks what they promise. ./dev fuzz runs all targets;
 * tests/README.md says how to run one again with the input of a finding.
 */
#ifndef DINIT_SU_FUZZ_H
#define DINIT_SU_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Print the text of a broken promise and abort; libFuzzer then keeps the input. */
_Noreturn void fuzz_broken(const char *promise, const char *file, int line);

#define PROMISE(condition)                                                                         \
	do {                                                                                       \
		if (!(condition))                                                                  \
			fuzz_broken(#condition, __FILE__, __LINE__);                               \
	} while (0)

/* The part of an input that is still to be taken. */
struct input {
	const char *data;
	size_t size;
};

struct input fuzz_begin(const uint8_t *data, size_t size);

/* The next byte, or 0 when the input is used up. */
unsigned int fuzz_byte(struct input *input);

/*
 * The next line without its newline, the rest, or a number of bytes, as a string in memory of just
 * that size: the address sanitizer notices a read beyond it. *length, unless length is NULL, is the
 * number of bytes; a NUL may be among them. The next fuzz_begin() frees the memory.
 */
char *fuzz_line(struct input *input, size_t *length);
char *fuzz_rest(struct input *input, size_t *length);
char *fuzz_copy(const char *bytes, size_t length);

/* Take lines up to one that is equal to end, or to the end of the input. NULL follows the last. */
#define FUZZ_WORDS 48
char **fuzz_words(struct input *input, const char *end);

/* The same words in memory of their own, for a function that may write to them. */
char **fuzz_copy_words(char **words);

/* The path of a file in memory with this content; there are FUZZ_FILES of them. */
#define FUZZ_FILES 2
const char *fuzz_file(int number, const char *content, size_t size);

/* The content of such a file. */
char *fuzz_file_content(int number, size_t *size);

/* Equal, or both NULL. */
bool fuzz_same(const char *one, const char *other);

#endif
