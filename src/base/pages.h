/* SPDX-License-Identifier: MIT */
/*
 * Pages of memory: a start touches few of them, and those that only the start needs go back to the
 * kernel, because init may then wait for years.
 */
#ifndef DINIT_SU_PAGES_H
#define DINIT_SU_PAGES_H

#include <stddef.h>

/*
 * A large variable whose beginning is used in most starts: layout.ld puts it behind the variables
 * of the C library, in a page that every start touches.
 */
#define BEHIND_LIBRARY __attribute__((section(".bss..behind_library")))

/*
 * Give the pages that lie wholly within these bytes back to the kernel. What is read there later is
 * zero. A page at the edge stays, because something else may be in it: MADV_DONTNEED of madvise(2)
 * would round up.
 */
void pages_give_back(void *memory, size_t size);

/* The same for the part of the stack that deeper calls have used and nobody uses any more. */
void pages_give_back_stack(void);

#endif
