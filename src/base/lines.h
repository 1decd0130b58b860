/* SPDX-License-Identifier: MIT */
/*
 * Reading a file line by line: lines of any length, the last with or without its newline, each file
 * read once from front to back, one file at a time.
 */
#ifndef DINIT_SU_LINES_H
#define DINIT_SU_LINES_H

#include <stdbool.h>
#include <stddef.h>

struct lines {
	int descriptor;
	char *buffer;
	size_t size;  /* of the buffer */
	size_t start; /* of the next line, in the buffer */
	size_t end;   /* of what was read, in the buffer */
	size_t next;  /* where the next line starts, and */
	size_t line;  /* the one returned last, in the file */
	bool at_end;
	int error; /* an errno once reading has failed, else 0 */
};

/* Open path for reading, when no other file is open. Returns false with errno set: open(2). */
bool lines_open(struct lines *lines, const char *path);

/*
 * The next line, without its newline, ending in NUL, or NULL at the end of the file or when reading
 * failed (lines->error tells). The caller may change it; it is good until the next call. *length
 * counts its bytes, so that a NUL inside the line can be noticed.
 */
char *lines_next(struct lines *lines, size_t *length);

/*
 * The same, but lines without text in them are passed over, at about the speed of reading: what
 * comes back need not have it (the last line), but no line that has it is left out.
 */
char *lines_next_with(struct lines *lines, const char *text, size_t *length);

/* Instead: read the whole file into the buffer, up to end. Returns false with error set. */
bool lines_read_all(struct lines *lines);

/* Close the file and give the memory back. */
void lines_close(struct lines *lines);

/* Give back also the memory that is kept for the next file. No file may be open. */
void lines_release(void);

#endif
