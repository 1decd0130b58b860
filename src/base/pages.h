/* SPDX-License-Identifier: MIT */
/*
 * Pages: which of them a start touches, and that an init which waits for years keeps none of what
 * was used once.
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
 * Give the whole pages within size bytes back to the kernel; they come back as zeroes. What shares
 * a page with something else stays: MADV_DONTNEED of madvise(2) would round up.
 */
void pages_give_back(void *memory, size_t size);

#endif
