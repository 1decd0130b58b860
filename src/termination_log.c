/* SPDX-License-Identifier: MIT */
#include "termination_log.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

int termination_log_open(const char *path, const struct reporter *reporter)
{
	/* Opened as root: a link must not lead it elsewhere, and a pipe must not keep it waiting.
	 */
	const int flags = O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	int descriptor = open(path, flags, 0644);

	if (descriptor < 0)
		report(reporter, REPORT_WARNINGS, "cannot open the termination log %s: %s", path,
		       strerror(errno));
	return descriptor;
}

void termination_log_write(int descriptor, const char *line)
{
	const struct iovec parts[] = {
		{.iov_base = (char *)line, .iov_len = strlen(line)},
		{.iov_base = "\n", .iov_len = 1},
	};
	ssize_t ignored;

	if (descriptor < 0)
		return;
	ignored = ftruncate(descriptor, 0);
	ignored = writev(descriptor, parts, 2);
	(void)ignored;
}
