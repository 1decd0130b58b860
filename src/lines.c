/* SPDX-License-Identifier: MIT */
#include "lines.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Enough for most account files in one read; only the pages that a file fills are ever touched. */
#define FIRST_SIZE ((size_t)64 * 1024)

bool lines_open(struct lines *lines, const char *path)
{
	int descriptor = open(path, O_RDONLY | O_CLOEXEC);
	void *buffer;

	if (descriptor < 0)
		return false;
	buffer = mmap(NULL, FIRST_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (buffer == MAP_FAILED) {
		int error = errno;

		close(descriptor);
		errno = error;
		return false;
	}
	*lines = (struct lines){.descriptor = descriptor, .buffer = buffer, .size = FIRST_SIZE};
	return true;
}

/* Make room behind what was read, for at least one more byte and a NUL after it. */
static bool make_room(struct lines *lines)
{
	void *larger;

	if (lines->start > 0) {
		memmove(lines->buffer, lines->buffer + lines->start, lines->end - lines->start);
		lines->end -= lines->start;
		lines->start = 0;
	}
	if (lines->end + 1 < lines->size)
		return true;
	larger = mremap(lines->buffer, lines->size, lines->size * 2, MREMAP_MAYMOVE);
	if (larger == MAP_FAILED)
		return false;
	lines->buffer = larger;
	lines->size *= 2;
	return true;
}

static void read_more(struct lines *lines)
{
	ssize_t got = -1;

	if (make_room(lines)) {
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

bool lines_read_all(struct lines *lines)
{
	while (!lines->at_end)
		read_more(lines);
	return lines->error == 0;
}

void lines_close(struct lines *lines)
{
	munmap(lines->buffer, lines->size);
	close(lines->descriptor);
}
