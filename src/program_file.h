/* SPDX-License-Identifier: MIT */
/*
 * What the head of a file says about running it: a script and its interpreter, or an ELF program,
 * its processor and its loader. execve(2) reads the same bytes and tells only an errno.
 */
#ifndef DINIT_SU_PROGRAM_FILE_H
#define DINIT_SU_PROGRAM_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* So much of a file is looked at. Linkers put the name of the loader behind the program headers. */
#define HEAD_SIZE 1024

struct program_file {
	enum { NO_PROGRAM, SCRIPT, ELF } kind;
	/* The interpreter of the #! line or the loader, within head; NULL if there is none. */
	const char *interpreter;
	bool carriage_return; /* the interpreter's name ended in one, which is cut off */
	uint8_t machine;      /* e_machine of an ELF program, elf(5); 0 if it is above 255 */
	char head[HEAD_SIZE + 1];
};

/* Read file->head, of which length bytes are filled in, and fill in the rest. */
void program_file_parse(struct program_file *file, size_t length);

/* Read the file at path. Returns false with errno set. */
bool program_file_read(struct program_file *file, const char *path);

/* The name that container engines have for a machine, or "another machine". */
const char *program_file_machine(uint8_t machine);

#endif
