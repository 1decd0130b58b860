/* SPDX-License-Identifier: MIT */
/*
 * steps PROGRAM COMMAND [ARG]...: count the user instructions from the first of COMMAND, as PID 1
 * of a fresh PID namespace, to the execve(2) that becomes PROGRAM, in all of its processes and
 * threads. Prints their number, and how many pages PID 1 has written to by then, without its stack,
 * which begins anywhere in a page.
 *
 * It counts single steps (ptrace(2)): a virtual machine seldom has a counter of the processor, and
 * callgrind forgets a process that calls execve(2). Addresses are not randomized, so that the same
 * program takes the same steps.
 */
#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#define STACK_SIZE (64 * 1024)

static _Noreturn void give_up(const char *what)
{
	fprintf(stderr, "steps: %s: %s\n", what, strerror(errno));
	exit(125);
}

static int become_command(void *argument)
{
	char **command = argument;

	if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0 ||
	    personality(ADDR_NO_RANDOMIZE) < 0 || ptrace(PTRACE_TRACEME, 0, 0, 0) < 0 ||
	    /* Not raise(3): the C library still has the thread id from before clone(2). */
	    kill(getpid(), SIGSTOP) < 0)
		_exit(125);
	execve(command[0], command, environ);
	_exit(127);
}

static bool runs(pid_t pid, const char *program)
{
	char link[64], target[PATH_MAX];
	ssize_t length;

	snprintf(link, sizeof(link), "/proc/%d/exe", pid);
	length = readlink(link, target, sizeof(target) - 1);
	if (length < 0)
		return false;
	target[length] = '\0';
	return strcmp(target, program) == 0;
}

/* Let every process take one step after the other until one of them has become program. */
static unsigned long long count_steps(const char *program)
{
	unsigned long long steps = 0;
	int status, signal;
	pid_t pid;

	while ((pid = waitpid(-1, &status, __WALL)) > 0) {
		if (!WIFSTOPPED(status))
			continue;
		signal = WSTOPSIG(status);
		if (status >> 8 == (SIGTRAP | PTRACE_EVENT_EXEC << 8) && runs(pid, program))
			return steps;
		if (status >> 16 == 0 && signal == SIGTRAP)
			steps++;
		/* A traced process or thread starts with a SIGSTOP that nobody has sent. */
		if (status >> 16 != 0 || signal == SIGTRAP || signal == SIGSTOP)
			signal = 0;
		if (ptrace(PTRACE_SINGLESTEP, pid, 0, signal) < 0 && errno != ESRCH)
			give_up("single step");
	}
	fprintf(stderr, "steps: %s was never run\n", program);
	exit(1);
}

/* The pages written to, of all mappings but the stack; proc_pid_smaps(5). */
static unsigned long written_pages(pid_t pid)
{
	unsigned long all = 0, kib;
	bool is_stack = false;
	char path[64], line[512];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/smaps", pid);
	file = fopen(path, "re");
	if (!file)
		give_up(path);
	while (fgets(line, sizeof(line), file)) {
		/* A mapping's first line; those that follow begin with a capital letter. */
		if (strchr("0123456789abcdef", line[0]))
			is_stack = strstr(line, "[stack]") != NULL;
		else if (!is_stack && sscanf(line, "Anonymous: %lu kB", &kib) == 1)
			all += kib;
	}
	fclose(file);
	return all * 1024 / (unsigned long)sysconf(_SC_PAGESIZE);
}

static void let_it_exec(pid_t child)
{
	const long options = PTRACE_O_EXITKILL | PTRACE_O_TRACEEXEC | PTRACE_O_TRACEFORK |
			     PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE;
	int status;

	if (waitpid(child, &status, __WALL) < 0 || !WIFSTOPPED(status))
		give_up("the command did not start");
	if (ptrace(PTRACE_SETOPTIONS, child, 0, options) < 0)
		give_up("trace");
	do {
		if (ptrace(PTRACE_CONT, child, 0, 0) < 0 || waitpid(child, &status, __WALL) < 0 ||
		    !WIFSTOPPED(status))
			give_up("the command did not start");
	} while (status >> 8 != (SIGTRAP | PTRACE_EVENT_EXEC << 8));
	if (ptrace(PTRACE_SINGLESTEP, child, 0, 0) < 0)
		give_up("single step");
}

/* On one processor a switch between tracer and tracee wakes no other processor. */
static void use_one_processor(void)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET((unsigned int)sched_getcpu(), &set);
	sched_setaffinity(0, sizeof(set), &set);
}

int main(int argc, char **argv)
{
	static char stack[STACK_SIZE] __attribute__((aligned(16)));
	unsigned long long steps;
	pid_t child;

	if (argc < 3) {
		fputs("steps: see the top of bench/steps.c\n", stderr);
		return 125;
	}
	use_one_processor();
	child = clone(become_command, stack + sizeof(stack), CLONE_NEWPID | CLONE_NEWNS | SIGCHLD,
		      argv + 2);
	if (child < 0)
		give_up("clone");
	let_it_exec(child);
	steps = count_steps(argv[1]);
	printf("%llu %lu\n", steps, written_pages(child));
	return 0;
}
