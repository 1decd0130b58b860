/* SPDX-License-Identifier: MIT */
#include "base/lines.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/pages.h"

/* Enough for most account files in one read; only the pages that a file fills are ever touched. */
#define FIRST_SIZE ((size_t)128 * 1024)

/* The buffer of the open file. To map one for each file would take longer than to read the file. */
static LAST char first_buffer[FIRST_SIZE];

static void give_back(struct lines *lines)
{
	if (lines->buffer != first_buffer)
		munmap(lines->buffer, lines->size);
}

bool lines_open(struct lines *lines, const char *path)
{
	/* Not open(3): musl's sets FD_CLOEXEC once more, for kernels without O_CLOEXEC. */
	const int descriptor = openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC);

	*lines = (struct lines){.descriptor = descriptor,
				.buffer = first_buffer,
				.size = sizeof(first_buffer)};
	return descriptor >= 0;
}

/* Make space behind what was read, for at least one more byte and a NUL. */
static bool make_space(struct lines *lines)
{
	void *larger;

	if (lines->start > 0) {
		memmove(lines->buffer, lines->buffer + lines->start, lines->end - lines->start);
		lines->end -= lines->start;
		lines->start = 0;
	}
	if (lines->end + 1 < lines->size)
		return true;
	larger = mmap(NULL, lines->size * 2, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
		      -1, 0);
	if (larger == MAP_FAILED)
		return false;
	memcpy(larger, lines->buffer, lines->end);
	give_back(lines);
	lines->buffer = larger;
	lines->size *= 2;
	return true;
}

static void read_more(struct lines *lines)
{
	ssize_t got = -1;

	if (make_space(lines)) {
		do
			got = read(lines->descriptor, lines->buffer + lines->end,
				   lines->size - lines->end - 1);
		while (got < 0 && errno == EINTR);
	}
	if (got < 0)
		lines->error = errno;
	if (got <= 0)
		lines->at_end = true;
	else
		lines->end += (size_t)got;
}

char *lines_next(struct lines *lines, size_t *length)
{
	size_t searched = 0;
	char *line, *newline;

	for (;;) {
		line = lines->buffer + lines->start;
		newline = memchr(line + searched, '\n', lines->end - lines->start - searched);
		if (newline || lines->at_end)
			break;
		searched = lines->end - lines->start;
		read_more(lines);
	}
	if (lines->error || (!newline && lines->start == lines->end))
		return NULL;
	*length = newline ? (size_t)(newline - line) : lines->end - lines->start;
	line[*length] = '\0';
	lines->line = lines->next;
	lines->next += *length + (newline ? 1 : 0);
	lines->start += *length + (newline ? 1 : 0);
	return line;
}

/* As many bytes as most processors compare at once. */
typedef unsigned char block __attribute__((vector_size(16)));

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

/*
 * Find text, which is not empty, in length bytes. Returns NULL if it is not there. The same as
 * memmem(3), which in musl takes ten times as long for a short text. Here text is compared only
 * where its first and its last byte both fit.
 */
static const char *find(const char *at, size_t length, const char *text)
{
	const size_t text_length = strlen(text), distance = text_length - 1;
	const char *const end = at + length;
	const block first = (block){0} + (unsigned char)text[0];
	const block last = (block){0} + (unsigned char)text[distance];

	while ((size_t)(end - at) >= text_length) {
		while ((size_t)(end - at) >= sizeof(block) + distance &&
		       is_zero(matches(at, first, last, distance)))
			at += sizeof(block);
		for (size_t i = 0; i < sizeof(block) && (size_t)(end - at) >= text_length;
		     i++, at++) {
			if (*at == *text && memcmp(at, text, text_length) == 0)
				return at;
		}
	}
	return NULL;
}

char *lines_next_with(struct lines *lines, const char *text, size_t *length)
{
	if (!*text)
		return lines_next(lines, length);
	for (;;) {
		const char *unread = lines->buffer + lines->start;
		const size_t count = lines->end - lines->start;
		const char *found = find(unread, count, text);
		const char *newline =
			memrchr(unread, '\n', found ? (size_t)(found - unread) : count);

		if (newline) {
			lines->start += (size_t)(newline + 1 - unread);
			lines->next += (size_t)(newline + 1 - unread);
		}
		if (found || lines->at_end)
			return lines_next(lines, length);
		read_more(lines);
	}
}

bool lines_read_all(struct lines *lines)
{
	while (!lines->at_end)
		read_more(lines);
	return lines->error == 0;
}

void lines_close(struct lines *lines)
{
	give_back(lines);
	close(lines->descriptor);
}

void lines_release(void)
{
	pages_give_back(first_buffer, sizeof(first_buffer));
}
