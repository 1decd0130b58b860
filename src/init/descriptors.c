/* SPDX-License-Identifier: MIT */
#include "init/descriptors.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/directories.h"

struct listing {
	int descriptor;
	int first; /* the lowest descriptor that is to be closed */
};

static int close_if_inherited(int descriptor, void *context)
{
	const struct listing *listing = context;

	if (descriptor >= listing->first && descriptor != listing->descriptor)
		close(descriptor);
	return 0;
}

/* Before Linux 5.9, or where an old seccomp profile forbids close_range(2). */
static void close_one_by_one(int first)
{
	struct listing listing = {.first = first};
	struct rlimit limit;
	int highest = 1 << 20; /* the kernel's own default limit, fs.nr_open */

	if (directory_each_number("/proc/self/fd", &listing.descriptor, close_if_inherited,
				  &listing) == 0)
		return;
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < (rlim_t)highest)
		highest = (int)limit.rlim_cur;
	for (int descriptor = first; descriptor < highest; descriptor++)
		close(descriptor);
}

void descriptors_release(int *kept)
{
	int first = STDERR_FILENO + 1;

	if (*kept >= 0) {
		/* Move it to the front, so that everything behind it can be closed at once. */
		if (*kept != first)
			*kept = (int)syscall(SYS_dup3, *kept, first, O_CLOEXEC);
		first++;
	}
	if (syscall(SYS_close_range, first, ~0U, 0) < 0)
		close_one_by_one(first);
	close(STDIN_FILENO);
}
