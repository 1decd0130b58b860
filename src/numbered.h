/* SPDX-License-Identifier: MIT */
/*
 * Directories whose entries are numbers, as in proc(5): processes in /proc, descriptors in
 * /proc/self/fd. Read with no memory but the stack: opendir(3) allocates, and init must not once
 * main runs.
 */
#ifndef DINIT_SU_NUMBERED_H
#define DINIT_SU_NUMBERED_H

/*
 * Call visit(number, context) for every entry of path that is a number, until it returns other than
 * 0. Sets *descriptor to the one that the directory is read through while this lasts. Returns what
 * visit returned last, or -1 with errno set when path cannot be read.
 */
int numbered_each(const char *path, int *descriptor, int (*visit)(int number, void *context),
		  void *context);

#endif
