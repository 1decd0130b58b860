/* SPDX-License-Identifier: MIT */
#include "base/content.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/scope.h"

ssize_t content_read(const char *path, char *buffer, size_t size)
{
	SCOPED_DESCRIPTOR const int file = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t length;

	if (file < 0)
		return -1;
	length = read(file, buffer, size - 1);
	buffer[length > 0 ? length : 0] = '\0';
	return length;
}
