/* SPDX-License-Identifier: MIT */
/* Reading directories into the caller's buffer: getdents64(2). opendir(3) would allocate. */
#ifndef DINIT_SU_DIRECTORIES_H
#define DINIT_SU_DIRECTORIES_H

#include <stddef.h>
#include <stdint.h>

/* An entry as getdents64(2) writes it. No header has to declare it; the manual page does. */
struct directory_entry {
	uint64_t inode;
	int64_t offset;	 /* where the next entry is in the directory, for lseek(2) */
	uint16_t length; /* bytes from this entry to the next in the buffer */
	uint8_t type;	 /* DT_DIR and so on, or DT_UNKNOWN */
	char name[];
};

/*
 * Read the next entries into buffer, which has the alignment of struct directory_entry. Returns
 * what read(2) would: the number of bytes, 0 at the end, -1 with errno set.
 */
long directory_read(int descriptor, void *buffer, size_t size);

/*
 * Call visit(number, context) for every entry of the directory path whose name is a number, until
 * visit returns something other than 0. proc(5) has such entries: the processes in /proc, the
 * descriptors in /proc/self/fd. Meanwhile *descriptor is the one that the directory is read
 * through; it is closed in the end. Returns what visit returned last, or -1 with errno set when
 * path cannot be read.
 */
int directory_each_number(const char *path, int *descriptor,
			  int (*visit)(int number, void *context), void *context);

#endif
