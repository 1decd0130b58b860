/* SPDX-License-Identifier: MIT */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIECES 4096
static void *pieces[PIECES];
static int piece_count;

int LLVMFuzzerInitialize(int *count, char ***arguments);

/* A copy of stderr: libFuzzer closes stderr itself, so that messages of the program cost no time.
 */
static int errors;

int LLVMFuzzerInitialize(int *count __attribute__((unused)),
			 char ***arguments __attribute__((unused)))
{
	errors = dup(STDERR_FILENO);
	return 0;
}

_Noreturn void fuzz_broken(const char *promise, const char *file, int line)
{
	dprintf(errors, "%s:%d: broken promise: %s\n", file, line, promise);
	abort();
}

struct input fuzz_begin(const uint8_t *data, size_t size)
{
	while (piece_count > 0)
		free(pieces[--piece_count]);
	return (struct input){(const char *)data, size};
}

static void *allocate(size_t size)
{
	void *piece = malloc(size);

	PROMISE(piece && piece_count < PIECES);
	pieces[piece_count++] = piece;
	return piece;
}

unsigned int fuzz_byte(struct input *input)
{
	if (input->size == 0)
		return 0;
	input->size--;
	return (unsigned char)*input->data++;
}

char *fuzz_copy(const char *bytes, size_t length)
{
	char *copy = allocate(length + 1);

	if (length)
		memcpy(copy, bytes, length);
	copy[length] = '\0';
	return copy;
}

char *fuzz_line(struct input *input, size_t *length)
{
	const char *newline = input->size ? memchr(input->data, '\n', input->size) : NULL;
	const size_t count = newline ? (size_t)(newline - input->data) : input->size;
	char *line = fuzz_copy(input->data, count);

	if (length)
		*length = count;
	input->data += count + (newline != NULL);
	input->size -= count + (newline != NULL);
	return line;
}

char *fuzz_rest(struct input *input, size_t *length)
{
	char *rest = fuzz_copy(input->data, input->size);

	if (length)
		*length = input->size;
	input->data += input->size;
	input->size = 0;
	return rest;
}

char **fuzz_words(struct input *input, const char *end)
{
	char **words = allocate((FUZZ_WORDS + 1) * sizeof(*words));
	int count = 0;

	while (input->size > 0) {
		char *line = fuzz_line(input, NULL);

		if (strcmp(line, end) == 0)
			break;
		if (count < FUZZ_WORDS)
			words[count++] = line;
	}
	words[count] = NULL;
	return words;
}

char **fuzz_copy_words(char **words)
{
	char **copies = allocate((FUZZ_WORDS + 1) * sizeof(*copies));
	int count = 0;

	for (; words[count]; count++)
		copies[count] = fuzz_copy(words[count], strlen(words[count]));
	copies[count] = NULL;
	return copies;
}

static int descriptors[FUZZ_FILES];

const char *fuzz_file(int number, const char *content, size_t size)
{
	static char paths[FUZZ_FILES][32];
	int *const descriptor = &descriptors[number];

	if (!*descriptor)
		*descriptor = memfd_create("fuzz", MFD_CLOEXEC);
	snprintf(paths[number], sizeof(paths[number]), "/proc/self/fd/%d", *descriptor);
	PROMISE(ftruncate(*descriptor, 0) == 0);
	PROMISE(pwrite(*descriptor, content, size, 0) == (ssize_t)size);
	return paths[number];
}

char *fuzz_file_content(int number, size_t *size)
{
	struct stat status;
	char *content;

	PROMISE(fstat(descriptors[number], &status) == 0);
	*size = (size_t)status.st_size;
	content = allocate(*size + 1);
	PROMISE(pread(descriptors[number], content, *size, 0) == (ssize_t)*size);
	content[*size] = '\0';
	return content;
}

bool fuzz_same(const char *one, const char *other)
{
	return one && other ? strcmp(one, other) == 0 : one == other;
}
