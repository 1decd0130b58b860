/* SPDX-License-Identifier: MIT */
#include "base/scope.h"

#include <errno.h>
#include <unistd.h>

void scope_close(const int *descriptor)
{
	const int error = errno;

	if (*descriptor >= 0)
		close(*descriptor);
	errno = error;
}
