/* SPDX-License-Identifier: MIT */
/*
 * launch ROUNDS TIMES COMMAND [ARG]... [; COMMAND [ARG]...]...: start each command as PID 1 of a
 * fresh PID namespace, one after the other and round by round, so that other work of the machine
 * meets all of them alike. Each round has another order, so that none always follows the same one.
 * In its turn a command is started TIMES in a row: the first start meets the processor's caches as
 * another command has left them, the next ones as the command itself has left them. Everything runs
 * on one processor: the kernel may or may not move a process to another one at execve(2), and a
 * move takes longer than the time that is measured.
 *
 * Each command has to run stamp in the end. Each start gives one line on stdout: the round, the
 * number of the command, the number of the start in a row, nanoseconds from the execve(2) of the
 * command to the first instruction of stamp, and the minor page faults of its whole life. stdin is
 * /dev/null, stdout and stderr are pipes, as below a container engine.
 *
 * Needs a mount namespace whose mounts are private: tests/sandbox.c.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define COMMANDS_MAX 32
#define STACK_SIZE (64 * 1024)

/* The time and the page faults of the child just before its execve(2), in memory that it shares
 * with its parent. */
struct before {
	struct timespec time;
	long faults;
};

struct start {
	char **command;
	struct before *before;
	int output, errors; /* the writing ends of pipes */
};

static _Noreturn void give_up(const char *what)
{
	fprintf(stderr, "launch: %s: %s\n", what, strerror(errno));
	exit(125);
}

static int become_command(void *argument)
{
	const struct start *start = argument;
	struct rusage usage;

	if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0 ||
	    dup2(open("/dev/null", O_RDONLY | O_CLOEXEC), STDIN_FILENO) < 0 ||
	    dup2(start->output, STDOUT_FILENO) < 0 || dup2(start->errors, STDERR_FILENO) < 0)
		_exit(125);
	getrusage(RUSAGE_SELF, &usage);
	start->before->faults = usage.ru_minflt;
	clock_gettime(CLOCK_MONOTONIC, &start->before->time);
	execve(start->command[0], start->command, environ);
	_exit(125);
}

static _Noreturn void show_failure(const char *command, int errors)
{
	char text[1024];
	ssize_t length = read(errors, text, sizeof(text));

	fprintf(stderr, "launch: %s did not start stamp: %.*s\n", command,
		length > 0 ? (int)length : 0, text);
	exit(1);
}

/* Prints the two figures. */
static void launch_once(char **command, struct before *before)
{
	static char stack[STACK_SIZE] __attribute__((aligned(16)));
	struct start start = {.command = command, .before = before};
	struct rusage usage;
	struct timespec first;
	int output[2], errors[2];
	ssize_t got;
	pid_t child;

	if (pipe2(output, O_CLOEXEC) < 0 || pipe2(errors, O_CLOEXEC) < 0)
		give_up("pipe");
	start.output = output[1];
	start.errors = errors[1];
	child = clone(become_command, stack + sizeof(stack), CLONE_NEWPID | CLONE_NEWNS | SIGCHLD,
		      &start);
	if (child < 0)
		give_up("clone");
	close(output[1]);
	close(errors[1]);
	got = read(output[0], &first, sizeof(first));
	if (wait4(child, NULL, 0, &usage) < 0)
		give_up("wait");
	if (got != sizeof(first))
		show_failure(command[0], errors[0]);
	close(output[0]);
	close(errors[0]);
	printf("%lld %ld\n",
	       (first.tv_sec - before->time.tv_sec) * 1000000000LL + first.tv_nsec -
		       before->time.tv_nsec,
	       usage.ru_minflt - before->faults);
}

/* Cut the arguments into commands, at each ";". Returns the number of commands. */
static int read_commands(char **arguments, char **commands[])
{
	int count = 0;

	while (*arguments && count < COMMANDS_MAX) {
		commands[count++] = arguments;
		while (*arguments && strcmp(*arguments, ";") != 0)
			arguments++;
		if (*arguments)
			*arguments++ = NULL;
	}
	return count;
}

/* Use the last processor: interrupts go to the first. */
static void use_one_processor(void)
{
	cpu_set_t set;
	int last = CPU_SETSIZE - 1;

	if (sched_getaffinity(0, sizeof(set), &set) < 0)
		give_up("sched_getaffinity");
	while (last > 0 && !CPU_ISSET((size_t)last, &set))
		last--;
	CPU_ZERO(&set);
	CPU_SET((size_t)last, &set);
	if (sched_setaffinity(0, sizeof(set), &set) < 0)
		give_up("sched_setaffinity");
}

/* The orders are the same in each run: rand(3) starts with the same seed. */
static void shuffle(int *order, int count)
{
	for (int i = 0; i < count; i++) {
		int other = rand() % (i + 1);

		order[i] = order[other];
		order[other] = i;
	}
}

int main(int argc, char **argv)
{
	char **commands[COMMANDS_MAX];
	int order[COMMANDS_MAX];
	int count = argc > 3 ? read_commands(argv + 3, commands) : 0;
	int times = count > 0 ? atoi(argv[2]) : 0;
	struct before *before = mmap(NULL, sizeof(*before), PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (count == 0) {
		fputs("launch: see the top of bench/launch.c\n", stderr);
		return 125;
	}
	if (before == MAP_FAILED)
		give_up("mmap");
	use_one_processor();
	for (int round = 0; round < atoi(argv[1]); round++) {
		shuffle(order, count);
		for (int i = 0; i < count * times; i++) {
			printf("%d %d %d ", round, order[i / times], i % times);
			launch_once(commands[order[i / times]], before);
		}
	}
	return 0;
}
