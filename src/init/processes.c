/* SPDX-License-Identifier: MIT */
#include "init/processes.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/directories.h"
#include "base/parse.h"
#include "base/text.h"

/*
 * A process, held by a descriptor of its /proc directory. The number of a process that has ended
 * may be given to another, but the descriptor stays with the one it was opened for: reading through
 * it then fails with ESRCH, and so does signalling.
 */
struct process {
	int descriptor;
	pid_t pid;
	pid_t parent;
	char state; /* R, S, Z...: proc_pid_stat(5) */
	char name[64];
};

struct signalling {
	int signal;
	int listing; /* descriptor that /proc is being listed through */
	pid_t init;
	bool name_others;
	const struct reporter *reporter;
	bool reached;
};

/* Fill in what may have changed. The name stands in brackets and may contain any character. */
static bool process_read(struct process *process)
{
	char line[256];
	int file = openat(process->descriptor, "stat", O_RDONLY | O_CLOEXEC);
	ssize_t length = file < 0 ? -1 : read(file, line, sizeof(line) - 1);
	char *opening, *closing;

	if (file >= 0)
		close(file);
	if (length <= 0)
		return false;
	line[length] = '\0';
	opening = strchr(line, '(');
	closing = strrchr(line, ')');
	if (!opening || !closing || (size_t)(line + length - closing) < sizeof(") S 1") - 1)
		return false;
	*closing = '\0';
	struct text name = text_in(process->name, sizeof(process->name));
	text_add(&name, "%s", opening + 1);
	process->state = closing[2];
	process->parent = atoi(closing + 4);
	return true;
}

static bool process_open(pid_t pid, struct process *process)
{
	char path[32];
	struct text text = text_in(path, sizeof(path));

	text_add(&text, "/proc/%d", pid);
	process->pid = pid;
	process->descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (process->descriptor < 0)
		return false;
	if (process_read(process))
		return true;
	close(process->descriptor);
	return false;
}

/*
 * Step from a process to its parent. By the time the parent is opened its number may belong to
 * another process; that the child still names it then shows that it does not.
 */
static bool process_step_up(struct process *process)
{
	struct process parent;
	pid_t expected;

	do {
		expected = process->parent;
		if (!process_open(expected, &parent))
			return false;
		if (!process_read(process)) {
			close(parent.descriptor);
			return false;
		}
		if (process->parent != expected)
			close(parent.descriptor);
	} while (process->parent != expected);
	close(process->descriptor);
	*process = parent;
	return true;
}

static bool is_descendant(pid_t pid, pid_t init)
{
	struct process at;
	bool found;

	if (!process_open(pid, &at))
		return false;
	while (at.parent != init && at.parent > 1 && process_step_up(&at))
		;
	found = at.parent == init;
	close(at.descriptor);
	return found;
}

/*
 * Signal a descendant. A child of init keeps its number until init reaps it, so kill(2) cannot go
 * astray. For deeper ones only the descriptor is safe: pidfd_send_signal(2), Linux 5.1. Before that
 * they are out of reach until their parents have been killed and they have come to init.
 */
static bool process_signal(const struct process *process, const struct signalling *signalling)
{
	if (process->parent == signalling->init)
		return kill(process->pid, signalling->signal) == 0;
	return syscall(SYS_pidfd_send_signal, process->descriptor, signalling->signal, NULL, 0) ==
	       0;
}

static void warn_of_other_user(const struct process *process, const struct reporter *reporter)
{
	report(reporter, REPORT_WARNINGS,
	       "process %d (%s) belongs to another user: it cannot be asked to end", process->pid,
	       process->name);
}

static int signal_if_descendant(int pid, void *context)
{
	struct signalling *signalling = context;
	struct process process;

	if (pid == signalling->init || !process_open(pid, &process))
		return 0;
	/*
	 * A zombie has ended; its own parent has yet to collect it. What it has started just before
	 * may not be listed any more: init looks again when it has collected it.
	 */
	if (process.state == 'Z') {
		signalling->reached |= process.parent == signalling->init;
	} else if (is_descendant(pid, signalling->init)) {
		if (process_signal(&process, signalling))
			signalling->reached = true;
		else if (errno == EPERM && signalling->name_others && kill(pid, 0) < 0)
			warn_of_other_user(&process, signalling->reporter);
	}
	close(process.descriptor);
	return 0;
}

static int name_if_other_user(int pid, void *context)
{
	const struct signalling *signalling = context;
	struct process process;

	if (pid == signalling->init || kill(pid, 0) == 0 || errno != EPERM)
		return 0;
	if (process_open(pid, &process)) {
		warn_of_other_user(&process, signalling->reporter);
		close(process.descriptor);
	}
	return 0;
}

/* Whether /proc is there and is of the PID namespace whose numbers this process uses. */
static bool proc_is_ours(pid_t init)
{
	char target[16];
	ssize_t length = readlink("/proc/self", target, sizeof(target) - 1);
	uint32_t number;

	if (length < 0)
		return false;
	target[length] = '\0';
	return parse_id(target, &number) && (pid_t)number == init;
}

enum remaining processes_remaining(bool has_children)
{
	if (has_children)
		return REMAINING_CHILDREN;
	/* kill(-1) fails with ESRCH only if there is no process beside PID 1, its own user's or
	 * not. */
	if (getpid() == 1 && kill(-1, 0) == 0)
		return REMAINING_STRANGERS;
	return REMAINING_NOBODY;
}

bool processes_signal_all(int signal, bool name_others, const struct reporter *reporter)
{
	struct signalling signalling = {.signal = signal,
					.init = getpid(),
					.name_others = name_others,
					.reporter = reporter};
	bool is_pid1 = signalling.init == 1;
	bool can_list = proc_is_ours(signalling.init);

	if (is_pid1)
		kill(-1, signal);
	else if (!can_list && name_others)
		report(reporter, REPORT_WARNINGS,
		       "no /proc of this PID namespace: cannot end what is left");
	if (can_list && (name_others || !is_pid1))
		directory_each_number("/proc", &signalling.listing,
				      is_pid1 ? name_if_other_user : signal_if_descendant,
				      &signalling);
	return is_pid1 || signalling.reached;
}
