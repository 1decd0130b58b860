/* SPDX-License-Identifier: MIT */
#include "base/lines.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/pages.h"
#include "base/scope.h"
#include "base/search.h"

/* Enough for most account files in one read; only the pages that a file fills are ever touched. */
#define FIRST_SIZE ((size_t)128 * 1024)

/* The buffer of the open file. To map one for each file would take longer than to read the file. */
static BEHIND_LIBRARY char first_buffer[FIRST_SIZE];

static void give_back(struct lines *lines)
{
	if (lines->buffer != first_buffer)
		munmap(lines->buffer, lines->size);
}

bool lines_open(struct lines *lines, const char *path)
{
	const int descriptor = open(path, O_RDONLY | O_CLOEXEC);

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

char *lines_next_with(struct lines *lines, const char *text, size_t *length)
{
	if (!*text)
		return lines_next(lines, length);
	for (;;) {
		const char *unread = lines->buffer + lines->start;
		const size_t count = lines->end - lines->start;
		const char *found = search_find(unread, count, text);
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
	scope_close(&lines->descriptor);
}

void lines_release(void)
{
	pages_give_back(first_buffer, sizeof(first_buffer));
}
