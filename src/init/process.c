/* SPDX-License-Identifier: MIT */
#include "init/process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/content.h"
#include "base/text.h"

#define PATH_SIZE 64

static void name_file(char path[PATH_SIZE], pid_t pid, const char *name)
{
	struct text text = text_in(path, PATH_SIZE);

	text_add(&text, "/proc/%d%s", pid, name);
}

bool process_look(pid_t pid, struct process *process)
{
	char path[PATH_SIZE], line[1024];

	name_file(path, pid, "/stat");
	process->pid = pid;
	return content_read(path, line, sizeof(line)) > 0 && facts_read(line, &process->facts);
}

bool process_look_again(struct process *process)
{
	const uint64_t start = process->facts.start;

	return process_look(process->pid, process) && process->facts.start == start;
}

bool process_is_shell(const struct process *process)
{
	char path[PATH_SIZE], arguments[256];
	ssize_t length;

	name_file(path, process->pid, "/cmdline");
	length = content_read(path, arguments, sizeof(arguments));
	/* The buffer ends in a NUL, even if the arguments were cut off. */
	return length > 0 && arguments_are_of_shell(arguments, (size_t)length + 1);
}

bool process_may_be_filter(const struct process *process, uint32_t but)
{
	char path[PATH_SIZE], target[32], excepted[32];
	struct text text = text_in(excepted, sizeof(excepted));
	ssize_t length;

	name_file(path, process->pid, "/fd/0");
	text_add(&text, "pipe:[%u]", but);
	length = readlink(path, target, sizeof(target) - 1);
	if (length < 0)
		/* The kernel hides it from who has fewer capabilities: ptrace(2). It may be one. */
		return errno == EACCES;
	target[length] = '\0';
	/*
	 * A FIFO has a path as a file has. Which of them it is stat(2) would tell, but it would ask
	 * the file system, whose server may never answer.
	 */
	if (target[0] == '/')
		return strncmp(target, "/dev/", strlen("/dev/")) != 0;
	return strncmp(target, excepted, strlen("pipe:[")) == 0 && strcmp(target, excepted) != 0;
}

bool process_is_only_child(pid_t child, pid_t init)
{
	char path[PATH_SIZE], children[32], expected[32];
	struct text text = text_in(path, sizeof(path));
	struct text list = text_in(expected, sizeof(expected));

	text_add(&text, "/proc/self/task/%d/children", init);
	text_add(&list, "%d ", child);
	return content_read(path, children, sizeof(children)) >= 0 &&
	       strcmp(children, expected) == 0;
}

/*
 * A child of init keeps its pid until init reaps it, so kill(2) cannot reach a wrong process. For
 * any other process only a descriptor is safe: pidfd_send_signal(2), Linux 5.1. It is opened first;
 * if the pid still belongs to the process after that, the descriptor does too. Without that call a
 * PID 1 uses the pid, which is one of its own container in any case, and a subreaper signals only
 * its own children: any other process once its parents have ended and it has become one.
 */
bool process_signal(const struct process *process, int signal, pid_t init)
{
	char path[PATH_SIZE];
	struct process at = *process;
	bool is_reached = true;
	int directory;

	if (at.facts.parent == init)
		return kill(at.pid, signal) == 0 || errno == ESRCH;
	name_file(path, at.pid, "");
	directory = openat(AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (directory < 0)
		return errno == ENOENT || errno == ESRCH;
	if (process_look_again(&at))
		is_reached = syscall(SYS_pidfd_send_signal, directory, signal, NULL, 0) == 0 ||
			     errno == ESRCH ||
			     ((init == 1 || at.facts.parent == init) && kill(at.pid, signal) == 0);
	close(directory);
	return is_reached;
}
