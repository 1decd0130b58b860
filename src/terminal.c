/* SPDX-License-Identifier: MIT */
#include "terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
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
	/* A terminal that has hung up meanwhile is no reason not to go on. */
	tcsetpgrp(terminal, group);
}

static bool is_gone(pid_t group)
{
	return kill(-group, 0) < 0 && errno == ESRCH;
}

bool terminal_move(pid_t from, pid_t to)
{
	/* By name, as init keeps no descriptor of it; a container without /dev/tty still has
	 * stderr. */
	int opened = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
	int terminal = opened < 0 ? STDERR_FILENO : opened;
	pid_t now = tcgetpgrp(terminal);

	if (now > 0 && now != to && (from == ANY_GROUP || now == from || is_gone(now)))
		terminal_give(terminal, to);
	now = tcgetpgrp(terminal);
	if (opened >= 0)
		close(opened);
	return now == to;
}
