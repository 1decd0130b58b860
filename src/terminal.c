/* SPDX-License-Identifier: MIT */
#include "terminal.h"

#include <unistd.h>

int terminal_in_foreground(void)
{
	const pid_t own = getpgrp();

	for (int descriptor = STDIN_FILENO; descriptor <= STDERR_FILENO; descriptor++) {
		if (tcgetpgrp(descriptor) == own)
			return descriptor;
	}
	return -1;
}

void terminal_give(int terminal, pid_t group)
{
	/* A terminal that has hung up meanwhile is no reason not to start. */
	tcsetpgrp(terminal, group);
}
