/* SPDX-License-Identifier: MIT */
/* Memory that was used once: an init that waits for years keeps none of it. */
#ifndef DINIT_SU_PAGES_H
#define DINIT_SU_PAGES_H

#include <stddef.h>

/*
 * Give the whole pages within size bytes back to the kernel; they come back as zeroes. What shares
 * a page with something else stays: MADV_DONTNEED of madvise(2) would round up.
 */
void pages_give_back(void *memory, size_t size);

#endif
