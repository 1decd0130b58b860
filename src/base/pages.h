/* SPDX-License-Identifier: MIT */
/*
 * Pages of memory: a start touches few of them, and those that only the start needs go back to the
 * kernel, because init may then wait for years.
 */
#ifndef DINIT_SU_PAGES_H
#define DINIT_SU_PAGES_H

#include <stddef.h>

/*
 * Large variables of which a start uses little, so that it touches few pages: layout.ld puts what
 * is used at its end in front of what is used at its beginning. LAST follows the C library's own.
 */
#define LARGE __attribute__((section(".bss..large")))
#define USED_AT_END __attribute__((section(".bss..end"), aligned(4096)))
#define USED_AT_BEGINNING __attribute__((section(".bss..beginning")))
#define LAST __attribute__((section(".bss..last")))

/*
 * Give the pages that lie wholly within these bytes back to the kernel. What is read there later is
 * zero. A page at the edge stays, because something else may be in it: MADV_DONTNEED of madvise(2)
 * would round up.
 */
void pages_give_back(void *memory, size_t size);

/* The same for the part of the stack that deeper calls have used and nobody uses any more. */
void pages_give_back_stack(void);

#endif
