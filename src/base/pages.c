/* SPDX-License-Identifier: MIT */
#include "base/pages.h"

#include <stdint.h>
#include <sys/auxv.h>
#include <sys/mman.h>

void pages_give_back(void *memory, size_t size)
{
	const uintptr_t page = getauxval(AT_PAGESZ);
	const uintptr_t start = ((uintptr_t)memory + page - 1) & -page;
	const uintptr_t end = ((uintptr_t)memory + size) & -page;

	if (start < end)
		madvise((void *)start, end - start, MADV_DONTNEED);
}
