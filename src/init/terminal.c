/* SPDX-License-Identifier: MIT */
#include "init/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "init/process.h"

int terminal_in_foreground(const struct stream streams[STREAMS])
{
	for (int descriptor = 0; descriptor < STREAMS; descriptor++) {
		if (streams[descriptor].is_terminal && tcgetpgrp(descriptor) == getpgrp())
			return descriptor;
	}
	return -1;
}

void terminal_give(int terminal, pid_t group)
{
	/* A failure is ignored: the terminal may have hung up, and main runs all the same. */
	tcsetpgrp(terminal, group);
}

static bool is_gone(pid_t group)
{
	/* The group of a PID 1 is never gone, and kill(-1) would ask about all other processes. */
	return group != 1 && kill(-group, 0) < 0 && errno == ESRCH;
}

bool terminal_move(pid_t from, pid_t to)
{
	/* Init keeps no descriptor of the terminal. Without /dev/tty there is still stderr. */
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

bool terminal_has_shell(void)
{
	const pid_t own = getpgrp();
	struct process process;

	/* The kernel lets nobody stop a PID 1: pid_namespaces(7). */
	if (getpid() == 1)
		return false;
	/* The parents of init may belong to its job: a script, or the make that runs the script. */
	for (pid_t pid = getppid(); pid > 0 && process_look(pid, &process);
	     pid = process.facts.parent) {
		const struct facts *facts = &process.facts;

		if (facts->group != own)
			return (facts->ignored | facts->caught) & set_of(SIGTSTP);
	}
	return true;
}
