/* SPDX-License-Identifier: MIT */
/* Reading directories with no memory but the caller's: opendir(3) allocates. getdents64(2) */
#ifndef DINIT_SU_DIRECTORIES_H
#define DINIT_SU_DIRECTORIES_H

#include <stddef.h>
#include <stdint.h>

/* What getdents64(2) fills in; its page gives this declaration because no header has to. */
struct directory_entry {
	uint64_t inode;
	int64_t offset;	 /* where to go on behind this entry: lseek(2) */
	uint16_t length; /* to the next entry */
	uint8_t type;	 /* DT_DIR and so on, or DT_UNKNOWN */
	char name[];
};

/* As read(2). buffer is aligned as struct directory_entry is. */
long directory_read(int descriptor, void *buffer, size_t size);

/*
 * Call visit(number, context) for every entry of path that is a number, as in proc(5): processes in
 * /proc, descriptors in /proc/self/fd; until it returns other than 0. Sets *descriptor to the one
 * that the directory is read through while this lasts. Returns what visit returned last, or -1 with
 * errno set when path cannot be read.
 */
int directory_each_number(const char *path, int *descriptor,
			  int (*visit)(int number, void *context), void *context);

#endif
