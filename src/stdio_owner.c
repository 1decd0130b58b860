/* SPDX-License-Identifier: MIT */
#include "stdio_owner.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

bool stdio_is_given(const struct stat *status, bool is_terminal, uid_t uid)
{
	if (status->st_uid == uid)
		return false;
	return S_ISFIFO(status->st_mode) || (S_ISCHR(status->st_mode) && is_terminal);
}

void stdio_give(uid_t uid, const struct reporter *reporter)
{
	for (int descriptor = STDIN_FILENO; descriptor <= STDERR_FILENO; descriptor++) {
		struct stat status;

		if (fstat(descriptor, &status) < 0)
			continue;
		if (stdio_is_given(&status, S_ISCHR(status.st_mode) && isatty(descriptor), uid) &&
		    fchown(descriptor, uid, (gid_t)-1) < 0)
			report(reporter, REPORT_STORY, "cannot give descriptor %d to uid %u: %s",
			       descriptor, uid, strerror(errno));
	}
}
