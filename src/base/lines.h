/* SPDX-License-Identifier: MIT */
/*
 * Reading a file line by line, once, from front to back. Lines may be of any length, and the last
 * may lack its newline. One file can be open at a time.
 */
#ifndef DINIT_SU_LINES_H
#define DINIT_SU_LINES_H

#include <stdbool.h>
#include <stddef.h>

struct lines {
	int descriptor;
	char *buffer;
	size_t size;  /* of the buffer */
	size_t start; /* where the next line starts in the buffer */
	size_t end;   /* where what was read ends in the buffer */
	size_t next;  /* where the next line starts in the file */
	size_t line;  /* where the line returned last starts in the file */
	bool at_end;
	int error; /* an errno once reading has failed, else 0 */
};

/* Open path for reading, when no other file is open. Returns false with errno set: open(2). */
bool lines_open(struct lines *lines, const char *path);

/*
 * Returns the next line, ending in NUL and without its newline. Returns NULL at the end of the
 * file, or when reading has failed: then lines->error is set. The caller may change the line; the
 * next call overwrites it. *length is its number of bytes, by which a NUL inside the line can be
 * noticed.
 */
char *lines_next(struct lines *lines, size_t *length);

/*
 * The same, but passes over lines that do not contain text, at about the speed of reading. No line
 * that contains text is left out. A last line without a newline is returned in any case.
 */
char *lines_next_with(struct lines *lines, const char *text, size_t *length);

/*
 * Read the whole file into lines->buffer instead; lines->end is its size. Returns false with
 * lines->error set.
 */
bool lines_read_all(struct lines *lines);

/* Close the file and give the memory back. errno stays. */
void lines_close(struct lines *lines);

/* Give the memory that is kept for the next file back to the kernel. No file may be open. */
void lines_release(void);

#endif
