/* SPDX-License-Identifier: MIT */
/*
 * The head of a program file: a script and its interpreter, or an ELF program, its machine and its
 * loader. execve(2) reads the same bytes, but reports only an errno.
 */
#ifndef DINIT_SU_PROGRAM_FILE_H
#define DINIT_SU_PROGRAM_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes that are read. Linkers put the name of the loader right behind the program headers. */
#define HEAD_SIZE 1024

struct program_file {
	enum { NO_PROGRAM, SCRIPT, ELF } kind;
	/* The interpreter of the #! line or the loader, within head; NULL if there is none. */
	const char *interpreter;
	bool carriage_return; /* was cut off the end of interpreter */
	uint8_t machine;      /* e_machine of an ELF program, elf(5), or 0 if above 255 */
	char head[HEAD_SIZE + 1];
};

/* Parse the first length bytes of file->head and fill in the other members. */
void program_file_parse(struct program_file *file, size_t length);

/* Read and parse the head of the file at path. Returns false with errno set. */
bool program_file_read(struct program_file *file, const char *path);

/* The name of a machine as container engines write it, or "another machine". */
const char *program_file_machine(uint8_t machine);

#endif
