/* SPDX-License-Identifier: MIT */
#include "base/content.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

ssize_t content_read(const char *path, char *buffer, size_t size)
{
	/* musl's open(3) sets O_CLOEXEC a second time, for kernels that are too old for this
	 * program. */
	const int file = openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
	ssize_t length;
	int error;

	if (file < 0)
		return -1;
	length = read(file, buffer, size - 1);
	error = errno;
	close(file);
	errno = error;
	buffer[length > 0 ? length : 0] = '\0';
	return length;
}
