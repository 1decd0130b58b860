/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "init/process.h"

/* No process has this pid, so that none is a child of this init. */
#define NO_INIT 4194305

/* A child that waits for a signal. It ends with the test. */
static pid_t waiting_child(void)
{
	const pid_t parent = getpid();
	const pid_t child = fork();

	ck_assert_int_ge(child, 0);
	while (child == 0 && getppid() == parent)
		sleep(1);
	if (child == 0)
		_exit(0);
	return child;
}

static struct process look_at(pid_t pid)
{
	struct process process;

	ck_assert(process_look(pid, &process));
	ck_assert_int_eq(process.pid, pid);
	ck_assert_int_eq(process.facts.parent, getpid());
	return process;
}

static int ended_by(pid_t pid)
{
	int status;

	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFSIGNALED(status));
	return WTERMSIG(status);
}

/*
 * The kernel gives the pid of a process that has ended to another one. Both have the same pid, and
 * only the times at which they have started differ.
 */
START_TEST(a_pid_that_is_another_process_by_now)
{
	const pid_t child = waiting_child();
	struct process before = look_at(child), again;

	before.facts.start--;
	again = before;
	ck_assert(!process_look_again(&again));
	/* Not signalled, and that is no failure: the process that was meant has ended. */
	ck_assert(process_signal(&before, SIGKILL, NO_INIT));
	ck_assert_int_eq(waitpid(child, NULL, WNOHANG), 0);
	ck_assert_int_eq(kill(child, SIGUSR1), 0);
	ck_assert_int_eq(ended_by(child), SIGUSR1);
}
END_TEST

START_TEST(a_process_that_is_the_same)
{
	struct process process = look_at(waiting_child()), again = process;

	ck_assert(process_look_again(&again));
	ck_assert(process_signal(&process, SIGUSR1, NO_INIT));
	ck_assert_int_eq(ended_by(process.pid), SIGUSR1);
	/* It has ended, and nobody has its pid. */
	ck_assert(!process_look_again(&again));
	ck_assert(process_signal(&process, SIGUSR1, NO_INIT));
}
END_TEST

/* A child of init's keeps its pid until init collects it: no look is needed. */
START_TEST(a_child_of_init)
{
	struct process process = look_at(waiting_child());

	ck_assert(process_signal(&process, SIGUSR2, getpid()));
	ck_assert_int_eq(ended_by(process.pid), SIGUSR2);
	ck_assert(process_signal(&process, SIGUSR2, getpid()));
}
END_TEST

START_TEST(an_only_child)
{
	const pid_t self = getpid(), child = waiting_child();
	pid_t other;

	ck_assert(process_is_only_child(child, self));
	ck_assert(!process_is_only_child(child + 1, self));
	/* Asked by a process that is not init, as where /proc is of another namespace. */
	ck_assert(!process_is_only_child(child, NO_INIT));
	other = waiting_child();
	ck_assert(!process_is_only_child(child, self));
	ck_assert(!process_is_only_child(other, self));
	kill(child, SIGKILL);
	kill(other, SIGKILL);
}
END_TEST

static bool may_be_filter(const int descriptor, uint32_t but)
{
	const pid_t parent = getpid();
	const pid_t child = fork();
	const struct process process = {.pid = child};
	bool is_one;

	if (child == 0) {
		dup2(descriptor, STDIN_FILENO);
		kill(getpid(), SIGSTOP);
		_exit(getppid() == parent);
	}
	ck_assert_int_eq(waitpid(child, NULL, WUNTRACED), child);
	is_one = process_may_be_filter(&process, but);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	/* There is no such process any more: what cannot be found is none. */
	ck_assert(!process_may_be_filter(&process, but));
	return is_one;
}

START_TEST(what_may_be_a_filter)
{
	struct stat status;
	int ends[2], file;

	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_eq(fstat(ends[0], &status), 0);
	ck_assert(may_be_filter(ends[0], 0));
	ck_assert(may_be_filter(ends[0], (uint32_t)status.st_ino + 1));
	ck_assert(!may_be_filter(ends[0], (uint32_t)status.st_ino));
	/* A FIFO has a path, and what has one below /dev is none. */
	file = open("/", O_RDONLY);
	ck_assert_int_ge(file, 0);
	ck_assert(may_be_filter(file, 0));
	close(file);
	file = open("/dev/null", O_RDONLY);
	ck_assert_int_ge(file, 0);
	ck_assert(!may_be_filter(file, 0));
	close(file);
	file = socket(AF_UNIX, SOCK_STREAM, 0);
	ck_assert_int_ge(file, 0);
	ck_assert(!may_be_filter(file, 0));
}
END_TEST

Suite *process_suite(void)
{
	const TTest *const tests[] = {a_pid_that_is_another_process_by_now,
				      a_process_that_is_the_same, a_child_of_init, an_only_child,
				      what_may_be_a_filter};

	return suite_of("process", tests, COUNT(tests));
}
