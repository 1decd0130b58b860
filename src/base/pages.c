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

/* Never inline, so that everything that is still in use lies above this function's own frame. */
__attribute__((noinline)) void pages_give_back_stack(void)
{
	char *const here = __builtin_frame_address(0);
	const size_t call = 1024, most = 64 * 1024;

	/* Some of it is left for the call itself. */
	pages_give_back(here - call - most, most);
}
