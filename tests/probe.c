/* SPDX-License-Identifier: MIT */
/*
 * probe TASK [ARGUMENT]...: the main process of the tests. It prints what reaches it.
 *
 *   signals        print "ready", then "SIGNAL CODE VALUE" for each signal; end on TERM
 *   signals-until N    the same, but end on signal N
 *   exit N         end with status N
 *   die N          be killed by signal N
 *   reaped N       leave N orphans that end at once, and end when all of them have
 *   orphans N      the same, but print "done" when all of them have, and go on like signals
 *   pair           like signals, with a helper in the same group; main and helper each begin
 *                  their lines with their name, and only KILL ends them
 *   work           print "ready"; print each signal as "SIGNAL VALUE"; end on TERM. Obey each
 *                  line of stdin: o N leaves N orphans, d N leaves a process in a session of its
 *                  own that lives for N milliseconds, t N sets the status to end with, h prints
 *                  "here"
 *   queue PID SIGNAL VALUE   send a signal with a value
 *   flood PID SIGNAL   keep a queue of signals full, until there is no such process
 *   flood-thread PID SIGNAL  the same with the queue of its main thread
 *   state          print the raw signal mask and which signals are ignored
 *   terminal       print the errno of three things: to make stdout the controlling terminal, to
 *                  open that as /dev/tty, to push input into it
 *   show WORD...   print what this process was given: words, ids, signals, environment, and so on
 *   shown N        show, and end with status N
 *   suspended N    show, stop with TSTP, and end with N when continued
 *   life N asked   show, leave an orphan that ends at once and a process that ends on TERM, and
 *                  send TERM to the parent, which is init. End with N when init passes it on, or
 *                  with N + 1 after a second without it
 *   life N killed  the same, but TERM does not end the process
 *   life N left    show, leave the same as life N asked, and end with N at once
 *   left FILE      leave a process in this group that writes its pid to FILE, waits for TERM or
 *                  USR1 and says which one came; end with status 7
 *   left-away FILE the same, with the process in a session of its own
 *   daemon         leave a process in a session of its own that ends on TERM only, and end
 *   root-daemon    the same, installed set-uid root: all ids of the process are root's
 *   who            print the effective uid and gid, HOME and USER
 *   copy FROM TO   copy a file, and print the same as who
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define SIGNALS 64

static sigset_t every_signal(void)
{
	sigset_t set;

	memset(&set, 0xff, sizeof(set));
	return set;
}

static void set_mask(const sigset_t *set)
{
	/* The raw call: the C library would leave out the signals that it keeps for itself. */
	syscall(SYS_rt_sigprocmask, SIG_SETMASK, set, NULL, 8);
}

static int show_signals(int last)
{
	const sigset_t every = every_signal();
	siginfo_t info;
	int signal;

	set_mask(&every);
	puts("ready");
	do {
		signal = sigtimedwait(&every, &info, NULL);
		if (signal > 0)
			printf("%d %d %d\n", signal, info.si_code,
			       info.si_code == SI_QUEUE ? info.si_value.sival_int : 0);
	} while (signal != last);
	return 0;
}

static _Noreturn void show_signals_of_pair(void)
{
	/*
	 * Without SA_NOCLDSTOP main would get a CHLD when the helper is stopped, before or after
	 * main is stopped itself: that would be chance.
	 */
	const struct sigaction ended_only = {.sa_handler = SIG_DFL, .sa_flags = SA_NOCLDSTOP};
	const sigset_t every = every_signal();
	const char *name;
	siginfo_t info;
	int signal;

	sigaction(SIGCHLD, &ended_only, NULL);
	set_mask(&every);
	name = fork() == 0 ? "helper" : "main";
	printf("%s %d\n", name, getpid());
	for (;;) {
		signal = sigtimedwait(&every, &info, NULL);
		if (signal > 0)
			printf("%s %d %d\n", name, signal,
			       info.si_code == SI_QUEUE ? info.si_value.sival_int : 0);
	}
}

static int die(int number)
{
	const struct rlimit no_core = {0, 0};
	sigset_t none;

	setrlimit(RLIMIT_CORE, &no_core);
	if (number != SIGKILL && number != SIGSTOP) {
		/* sigaction(3) refuses the signals of the C library; their disposition is the
		 * default. */
		signal(number, SIG_DFL);
	}
	memset(&none, 0, sizeof(none));
	set_mask(&none);
	kill(getpid(), number);
	return 255;
}

/* Each orphan holds the writing end of a pipe: when it reads as closed, all of them have ended. */
static int leave_orphans(int count, bool go_on)
{
	const sigset_t every = every_signal();
	int ends[2];
	char nothing;

	/* Blocked from here on, so that a signal sent in answer to "done" stays pending. */
	set_mask(&every);
	if (pipe(ends) < 0)
		return 1;
	for (int i = 0; i < count; i++) {
		pid_t parent = fork();

		if (parent < 0)
			return 1;
		if (parent == 0)
			_exit(fork() < 0);
		waitpid(parent, NULL, 0);
	}
	close(ends[1]);
	while (read(ends[0], &nothing, 1) < 0 && errno == EINTR)
		;
	if (!go_on)
		return 0;
	puts("done");
	return show_signals(SIGTERM);
}

static int queue(pid_t pid, int number, int value)
{
	return sigqueue(pid, number, (union sigval){.sival_int = value}) < 0;
}

/*
 * One system call for each signal: musl's sigqueue(3) makes five, and an init that makes one for
 * each that it takes would keep its queue empty.
 */
static int flood(pid_t pid, int number, bool thread)
{
	siginfo_t info = {.si_signo = number, .si_code = SI_QUEUE};
	long result;

	do
		result = thread ? syscall(SYS_rt_tgsigqueueinfo, pid, pid, number, &info)
				: syscall(SYS_rt_sigqueueinfo, pid, number, &info);
	while (result == 0 || errno == EAGAIN);
	return 0;
}

static int show_state(void)
{
	unsigned long long blocked = 0, ignored = 0;

	syscall(SYS_rt_sigprocmask, SIG_BLOCK, NULL, &blocked, 8);
	for (int number = 1; number <= SIGNALS; number++) {
		struct sigaction action;

		if (sigaction(number, NULL, &action) == 0 && action.sa_handler == SIG_IGN)
			ignored |= 1ULL << (number - 1);
	}
	printf("blocked %016llx\nignored %016llx\n", blocked, ignored);
	return 0;
}

static const char *variable(const char *name)
{
	const char *value = getenv(name);

	return value ? value : "-";
}

static int show_who(void)
{
	printf("%u %u %s %s\n", geteuid(), getegid(), variable("HOME"), variable("USER"));
	return 0;
}

static int copy(const char *from, const char *to)
{
	FILE *source = fopen(from, "r"), *target = fopen(to, "w");
	int character;

	if (!source || !target) {
		perror(source ? to : from);
		return 1;
	}
	while ((character = getc(source)) != EOF)
		putc(character, target);
	return fclose(target) != 0 || show_who() != 0;
}

static int error_of(int result)
{
	return result < 0 ? errno : 0;
}

static int show_terminal(void)
{
	printf("take %d\n", error_of(ioctl(STDOUT_FILENO, TIOCSCTTY, 0)));
	printf("open %d\n", error_of(open("/dev/tty", O_RDWR | O_CLOEXEC)));
	printf("push %d\n", error_of(ioctl(STDOUT_FILENO, TIOCSTI, "x")));
	return 0;
}

/* True for the lines of /proc/self/status that show() prints. */
static bool is_of_interest(const char *line)
{
	static const char *const names[] = {"Umask",  "Uid",	"Gid", "Groups",
					    "SigBlk", "SigIgn", "Cap", "NoNewPrivs"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strncmp(line, names[i], strlen(names[i])) == 0)
			return true;
	}
	return false;
}

static int show(char **words)
{
	static const char *const variables[] = {"HOME", "USER", "LOGNAME", "PATH", "LISTEN_PID"};
	FILE *status = fopen("/proc/self/status", "r");
	char line[4096];
	struct stat information;

	printf("words:");
	for (; *words; words++)
		printf(" [%s]", *words);
	printf("\n");
	while (status && fgets(line, sizeof(line), status)) {
		if (is_of_interest(line))
			fputs(line, stdout);
	}
	for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++) {
		const char *value = getenv(variables[i]);

		printf("%s: %s\n", variables[i], value ? value : "(unset)");
	}
	printf("session: %s\n", getsid(0) == getpid() ? "its own" : "inherited");
	printf("group: %s\n", getpgrp() == getpid() ? "its own" : "inherited");
	printf("terminal: %s\n", tcgetpgrp(STDIN_FILENO) < 0		? "none"
				 : tcgetpgrp(STDIN_FILENO) == getpgrp() ? "in the foreground"
									: "in the background");
	printf("directory: %s\n", getcwd(line, sizeof(line)));
	for (int descriptor = 0; descriptor < 10; descriptor++) {
		if (descriptor == (status ? fileno(status) : -1))
			continue;
		if (fstat(descriptor, &information) == 0)
			printf("descriptor %d: owner %d\n", descriptor, (int)information.st_uid);
	}
	return 0;
}

static void leave_for(int milliseconds)
{
	pid_t parent = fork();

	if (parent == 0) {
		/* Before the fork, so that the process is never in main's group. */
		setsid();
		if (fork() == 0)
			usleep((useconds_t)milliseconds * 1000);
		_exit(0);
	}
	waitpid(parent, NULL, 0);
	puts("left");
}

/* One line of stdin. Returns the status to end with on TERM. */
static int obey(const char *line, int status)
{
	const int number = atoi(line + 1);

	if (line[0] == 'o') {
		leave_orphans(number, false);
		puts("done");
	} else if (line[0] == 'd') {
		leave_for(number);
	} else if (line[0] == 't') {
		puts("noted");
		return number;
	} else if (line[0] == 'h') {
		puts("here");
	}
	return status;
}

static int work(void)
{
	const sigset_t every = every_signal();
	struct signalfd_siginfo info;
	struct pollfd ready[2] = {{.fd = STDIN_FILENO, .events = POLLIN}, {.events = POLLIN}};
	char line[64];
	int status = 0;

	set_mask(&every);
	ready[1].fd = signalfd(-1, &every, SFD_CLOEXEC);
	puts("ready");
	while (poll(ready, 2, -1) > 0) {
		if (ready[1].revents && read(ready[1].fd, &info, sizeof(info)) > 0) {
			if (info.ssi_signo == SIGTERM)
				return status;
			if (info.ssi_signo != SIGCHLD)
				printf("%u %d\n", info.ssi_signo, info.ssi_int);
		} else if (ready[0].revents) {
			if (!fgets(line, sizeof(line), stdin))
				return 1;
			status = obey(line, status);
		}
	}
	return 1;
}

static void do_nothing(int signal __attribute__((unused)))
{
}

static int live(int status, const char *how)
{
	const struct sigaction handled = {.sa_handler = do_nothing};
	const struct timespec second = {.tv_sec = 1};
	const sigset_t every = every_signal();
	sigset_t wanted;

	set_mask(&every);
	/* Init does not signal the children of a main that catches the signal. */
	sigaction(SIGTERM, &handled, NULL);
	sigemptyset(&wanted);
	sigaddset(&wanted, SIGTERM);
	leave_orphans(1, false);
	if (fork() == 0) {
		while (strcmp(how, "killed") == 0)
			pause();
		sigwaitinfo(&wanted, NULL);
		_exit(0);
	}
	if (strcmp(how, "left") == 0)
		return status;
	kill(getppid(), SIGTERM);
	return sigtimedwait(&wanted, NULL, &second) == SIGTERM ? status : status + 1;
}

/* FILE gets its name by a rename, so that it is never seen without its line. */
static int leave_waiting(const char *file, bool away)
{
	const sigset_t every = every_signal();
	sigset_t wanted;
	char name[4096];
	FILE *pid_file;
	int signal;

	set_mask(&every);
	if (fork() != 0) {
		/* The parent must not end before the file is there. */
		while (access(file, F_OK) < 0)
			usleep(1000);
		return 7;
	}
	if (away)
		setsid();
	snprintf(name, sizeof(name), "%s.new", file);
	pid_file = fopen(name, "w");
	fprintf(pid_file, "%d\n", getpid());
	fclose(pid_file);
	rename(name, file);
	sigemptyset(&wanted);
	sigaddset(&wanted, SIGTERM);
	sigaddset(&wanted, SIGUSR1);
	sigwait(&wanted, &signal);
	/* If both are pending, sigwait(3) takes USR1, the lower number, whichever came first. */
	sigpending(&wanted);
	printf("left: %s\n",
	       signal == SIGTERM || sigismember(&wanted, SIGTERM) ? "asked to end" : "lives on");
	return 0;
}

static int leave_daemon(void)
{
	const sigset_t every = every_signal();
	pid_t child;

	/* Block before the fork: the child may get a TERM before it has run at all. */
	set_mask(&every);
	child = fork();
	if (child != 0)
		return child < 0;
	setsid();
	return show_signals(SIGTERM);
}

static bool shows_first(const char *task)
{
	return strcmp(task, "shown") == 0 || strcmp(task, "suspended") == 0 ||
	       strcmp(task, "life") == 0;
}

/* The part of a task that follows show(). Returns the status to end with. */
static int end_with(const char *task, int status, const char *how)
{
	if (strcmp(task, "suspended") == 0)
		raise(SIGTSTP);
	if (strcmp(task, "life") == 0)
		return live(status, how ? how : "asked");
	return strcmp(task, "show") == 0 ? 0 : status;
}

int main(int argc, char **argv)
{
	const char *task = argc > 1 ? argv[1] : "";
	int number = argc > 2 ? atoi(argv[2]) : 0;

	setvbuf(stdout, NULL, _IOLBF, 0);
	setvbuf(stdin, NULL, _IONBF, 0);
	if (strcmp(task, "signals") == 0)
		return show_signals(SIGTERM);
	if (strcmp(task, "signals-until") == 0)
		return show_signals(number);
	if (strcmp(task, "exit") == 0)
		return number;
	if (strcmp(task, "die") == 0)
		return die(number);
	if (strcmp(task, "orphans") == 0)
		return leave_orphans(number, true);
	if (strcmp(task, "reaped") == 0)
		return leave_orphans(number, false);
	if (strcmp(task, "pair") == 0)
		show_signals_of_pair();
	if (strcmp(task, "queue") == 0 && argc == 5)
		return queue(number, atoi(argv[3]), atoi(argv[4]));
	if (strcmp(task, "flood") == 0 && argc == 4)
		return flood(number, atoi(argv[3]), false);
	if (strcmp(task, "flood-thread") == 0 && argc == 4)
		return flood(number, atoi(argv[3]), true);
	if (strcmp(task, "work") == 0)
		return work();
	if (strcmp(task, "who") == 0)
		return show_who();
	if (strcmp(task, "copy") == 0 && argc == 4)
		return copy(argv[2], argv[3]);
	if (strcmp(task, "state") == 0)
		return show_state();
	if (strcmp(task, "show") == 0 || (argc >= 3 && shows_first(task)))
		return show(argv + 2) != 0 ? 1 : end_with(task, number, argv[3]);
	if ((strcmp(task, "left") == 0 || strcmp(task, "left-away") == 0) && argc == 3)
		return leave_waiting(argv[2], strcmp(task, "left-away") == 0);
	if (strcmp(task, "root-daemon") == 0 && setresuid(0, 0, 0) < 0)
		return 1;
	if (strcmp(task, "terminal") == 0)
		return show_terminal();
	if (strcmp(task, "daemon") == 0 || strcmp(task, "root-daemon") == 0)
		return leave_daemon();
	fputs("probe: see the top of tests/probe.c\n", stderr);
	return 125;
}
