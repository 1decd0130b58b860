/* SPDX-License-Identifier: MIT */
/*
 * workload TASK [NUMBER]: the main process of the measurements. Prints "ready" first.
 *
 *   rest           sleep; end on TERM
 *   leave N        the same, with N processes in sessions of their own that end on TERM
 *   stamps         on USR1 write the time to stdout, a struct timespec of CLOCK_MONOTONIC
 *   storm RATE     the same, while RATE orphans a second die and are left to init
 *   reaping SIZE   for each byte on stdin, leave SIZE dead orphans to init at once, and write the
 *                  nanoseconds until the last one was reaped, one line
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define NANOSECONDS 1000000000LL
#define STORM_TICKS 500 /* a second */

static _Noreturn void give_up(const char *what)
{
	fprintf(stderr, "workload: %s: %s\n", what, strerror(errno));
	exit(1);
}

static long long now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * NANOSECONDS + time.tv_nsec;
}

static _Noreturn void rest(void)
{
	puts("ready");
	for (;;)
		pause();
}

static _Noreturn void leave(int count)
{
	for (int i = 0; i < count; i++) {
		pid_t child = fork();

		if (child < 0)
			give_up("fork");
		if (child == 0) {
			setsid();
			for (;;)
				pause();
		}
	}
	rest();
}

static void write_stamp(int signal __attribute__((unused)))
{
	struct timespec time;
	ssize_t ignored;

	clock_gettime(CLOCK_MONOTONIC, &time);
	ignored = write(STDOUT_FILENO, &time, sizeof(time));
	(void)ignored;
}

static _Noreturn void stamps(void)
{
	signal(SIGUSR1, write_stamp);
	rest();
}

/* A child that ends at once and is not waited for. */
static __attribute__((noinline)) pid_t zombie(void)
{
	pid_t child = vfork();

	if (child == 0)
		_exit(0);
	return child;
}

/* Children that end at once and are left to init: their parent ends without waiting for them. */
static void leave_dead_orphans(int count)
{
	pid_t parent = fork();

	if (parent < 0)
		give_up("fork");
	if (parent == 0) {
		for (int i = 0; i < count; i++)
			zombie();
		_exit(0);
	}
	waitpid(parent, NULL, 0);
}

static _Noreturn void storm(int rate)
{
	long long due;

	/* dumb-init signals main's whole session, and this process must survive that. */
	signal(SIGUSR1, SIG_IGN);
	if (fork() > 0)
		stamps();
	due = now();
	for (;;) {
		struct timespec at;

		leave_dead_orphans(rate / STORM_TICKS);
		due += NANOSECONDS / STORM_TICKS;
		at = (struct timespec){.tv_sec = (time_t)(due / NANOSECONDS),
				       .tv_nsec = (long)(due % NANOSECONDS)};
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL);
	}
}

/* Start children that end at once, write to dead, and leave them to init after a byte from go. */
static _Noreturn void be_parent(pid_t *orphans, int count, int dead, int go)
{
	char byte = 0;
	ssize_t ignored;

	for (int i = 0; i < count; i++) {
		orphans[i] = zombie();
		if (orphans[i] < 0)
			give_up("vfork");
	}
	ignored = write(dead, &byte, 1);
	ignored = read(go, &byte, 1);
	(void)ignored;
	_exit(0);
}

/* kill(2) succeeds for a zombie, and fails once it has been reaped. */
static void wait_until_reaped(const pid_t *orphans, int count)
{
	/* Shorter pauses would take processor time from init. */
	const struct timespec moment = {.tv_nsec = 50000};

	for (int i = count - 1; i >= 0; i--) {
		while (kill(orphans[i], 0) == 0)
			nanosleep(&moment, NULL);
	}
}

static long long reap_batch(pid_t *orphans, int count)
{
	int dead[2], go[2];
	char byte = 0;
	long long began;
	pid_t parent;

	if (pipe2(dead, O_CLOEXEC) < 0 || pipe2(go, O_CLOEXEC) < 0)
		give_up("pipe");
	parent = fork();
	if (parent < 0)
		give_up("fork");
	if (parent == 0)
		be_parent(orphans, count, dead[1], go[0]);
	if (read(dead[0], &byte, 1) != 1)
		give_up("orphans");
	began = now();
	if (write(go[1], &byte, 1) != 1)
		give_up("go");
	wait_until_reaped(orphans, count);
	began = now() - began;
	waitpid(parent, NULL, 0);
	close(dead[0]);
	close(dead[1]);
	close(go[0]);
	close(go[1]);
	return began;
}

static int reaping(int count)
{
	size_t size = (size_t)count * sizeof(pid_t);
	pid_t *orphans =
		mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	char byte;

	if (orphans == MAP_FAILED)
		give_up("mmap");
	/* The default slack would let each sleep end up to 50 us late: prctl(2). */
	prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0);
	puts("ready");
	while (read(STDIN_FILENO, &byte, 1) == 1)
		printf("%lld\n", reap_batch(orphans, count));
	return 0;
}

int main(int argc, char **argv)
{
	const char *task = argc > 1 ? argv[1] : "";
	int number = argc > 2 ? atoi(argv[2]) : 0;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (strcmp(task, "rest") == 0)
		rest();
	if (strcmp(task, "leave") == 0)
		leave(number);
	if (strcmp(task, "stamps") == 0)
		stamps();
	if (strcmp(task, "storm") == 0)
		storm(number);
	if (strcmp(task, "reaping") == 0)
		return reaping(number);
	fputs("workload: see the top of bench/workload.c\n", stderr);
	return 125;
}
