/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/signals.h"

static unsigned long long raw_mask(void)
{
	unsigned long long mask = 0;

	syscall(SYS_rt_sigprocmask, SIG_BLOCK, NULL, &mask, 8);
	return mask;
}

START_TEST(names)
{
	/* The numbers are those of every architecture but Alpha, MIPS, PA-RISC and SPARC. */
	static const char *const standard[32] = {NULL,	      "SIGHUP",	 "SIGINT",    "SIGQUIT",
						 "SIGILL",    "SIGTRAP", "SIGABRT",   "SIGBUS",
						 "SIGFPE",    "SIGKILL", "SIGUSR1",   "SIGSEGV",
						 "SIGUSR2",   "SIGPIPE", "SIGALRM",   "SIGTERM",
						 "SIGSTKFLT", "SIGCHLD", "SIGCONT",   "SIGSTOP",
						 "SIGTSTP",   "SIGTTIN", "SIGTTOU",   "SIGURG",
						 "SIGXCPU",   "SIGXFSZ", "SIGVTALRM", "SIGPROF",
						 "SIGWINCH",  "SIGIO",	 "SIGPWR",    "SIGSYS"};
	static const int nameless[] = {0, 32, 33, 65, 99, -5};
	char name[SIGNAL_NAME_SIZE], wanted[SIGNAL_NAME_SIZE];

	for (int number = 1; number < 32; number++) {
		ck_assert_ptr_eq(signal_name(number, name), name);
		ck_assert_msg(strcmp(name, standard[number]) == 0, "%d: %s", number, name);
	}
	ck_assert_str_eq(signal_name(34, name), "SIGRTMIN");
	for (int number = 35; number <= 64; number++) {
		snprintf(wanted, sizeof(wanted), "SIGRTMIN+%d", number - 34);
		ck_assert_msg(strcmp(signal_name(number, name), wanted) == 0, "%d: %s", number,
			      name);
	}
	for (int i = 0; i < COUNT(nameless); i++) {
		snprintf(wanted, sizeof(wanted), "signal %d", nameless[i]);
		ck_assert_str_eq(signal_name(nameless[i], name), wanted);
	}
}
END_TEST

START_TEST(all_are_held_and_put_back)
{
	const unsigned long long all = ~(1ULL << (SIGKILL - 1) | 1ULL << (SIGSTOP - 1));
	struct inherited_signals inherited;

	/* None, every one alone, those that C libraries keep for themselves, all. */
	for (int row = 0; row <= 66; row++) {
		const unsigned long long wish = row == 0    ? 0
						: row <= 64 ? 1ULL << (row - 1)
						: row == 65 ? ~0ULL << 31
							    : ~0ULL;

		syscall(SYS_rt_sigprocmask, SIG_SETMASK, &wish, NULL, 8);
		memset(&inherited, 0xff, sizeof(inherited));
		signals_hold(&inherited);
		ck_assert_msg(raw_mask() == all, "row %d: not all are held", row);
		signals_restore(&inherited);
		ck_assert_msg(raw_mask() == (wish & all), "row %d: not put back", row);
	}
}
END_TEST

START_TEST(sigchld_is_default_meanwhile)
{
	const bool ignored = _i;
	struct inherited_signals inherited;
	struct sigaction now;

	signal(SIGCHLD, ignored ? SIG_IGN : SIG_DFL);
	signals_hold(&inherited);
	sigaction(SIGCHLD, NULL, &now);
	ck_assert(now.sa_handler == SIG_DFL);
	signals_restore(&inherited);
	sigaction(SIGCHLD, NULL, &now);
	ck_assert(now.sa_handler == (ignored ? SIG_IGN : SIG_DFL));
}
END_TEST

static struct signals every_but_child(void)
{
	struct signals set = signals_every();

	signals_exclude(&set, SIGCHLD);
	return set;
}

/* Also the signals that a C library would refuse. */
START_TEST(sets)
{
	const struct signals every = signals_every();
	struct signals set = {0}, none = {0};

	for (int number = 1; number <= 64; number++) {
		struct signals before = set;

		signals_include(&set, number);
		ck_assert_mem_ne(&set, &before, sizeof(set));
		before = set;
		signals_include(&set, number);
		ck_assert_mem_eq(&set, &before, sizeof(set));
	}
	ck_assert_mem_eq(&set, &every, sizeof(set));
	for (int number = 1; number <= 64; number++) {
		signals_exclude(&set, number);
		signals_exclude(&set, number);
	}
	ck_assert_mem_eq(&set, &none, sizeof(set));
}
END_TEST

START_TEST(waiting)
{
	const struct signals every = signals_every();
	const struct signals but_child = every_but_child();
	struct inherited_signals inherited;
	siginfo_t info;

	signals_hold(&inherited);
	ck_assert_int_eq(signals_wait(&every, 0, &info), 0);
	ck_assert_int_eq(signals_wait(&every, 1, &info), 0);
	kill(getpid(), SIGUSR1);
	kill(getpid(), SIGCHLD);
	kill(getpid(), SIGRTMIN);
	ck_assert_int_eq(signals_wait(&but_child, 0, &info), SIGUSR1);
	ck_assert_int_eq(signals_wait(&but_child, 0, &info), SIGRTMIN);
	ck_assert_int_eq(signals_wait(&but_child, 0, &info), 0);
	ck_assert_int_eq(signals_wait(&every, WAIT_FOREVER, &info), SIGCHLD);
}
END_TEST

/* The two that glibc and musl keep for their threads, and the one more that musl does, as well. */
START_TEST(every_signal_is_waited_for)
{
	const struct signals every = signals_every();
	struct inherited_signals inherited;
	siginfo_t info;

	signals_hold(&inherited);
	for (int number = 1; number <= 64; number++) {
		if (number == SIGKILL || number == SIGSTOP)
			continue;
		ck_assert_int_eq(syscall(SYS_kill, getpid(), number), 0);
		ck_assert_int_eq(signals_wait(&every, 0, &info), number);
		ck_assert_int_eq(info.si_signo, number);
		ck_assert_int_eq(signals_wait(&every, 0, &info), 0);
	}
}
END_TEST

START_TEST(own_signals)
{
	const struct signals every = signals_every();
	const struct signals but_child = every_but_child();
	struct inherited_signals inherited;
	siginfo_t info;
	int ends[2];
	pid_t child;

	signals_hold(&inherited);
	ck_assert_int_eq(pipe(ends), 0);
	close(ends[0]);
	ck_assert_int_eq(write(ends[1], "x", 1), -1);
	ck_assert_int_eq(signals_wait(&every, 0, &info), SIGPIPE);
	ck_assert(signals_is_own(&info));

	child = fork();
	if (child == 0)
		_exit(kill(getppid(), SIGPIPE));
	ck_assert_int_eq(waitpid(child, NULL, 0), child);
	ck_assert_int_eq(signals_wait(&but_child, 0, &info), SIGPIPE);
	ck_assert(!signals_is_own(&info));
}
END_TEST

START_TEST(values_are_passed_on)
{
	const struct signals every = signals_every();
	struct inherited_signals inherited;
	siginfo_t queued = {.si_code = SI_QUEUE, .si_value.sival_int = 4711}, info;
	siginfo_t plain = {.si_code = SI_USER, .si_value.sival_int = 4711};

	signals_hold(&inherited);
	ck_assert(signals_pass(getpid(), SIGUSR1, &queued));
	ck_assert_int_eq(signals_wait(&every, 0, &info), SIGUSR1);
	ck_assert(info.si_code == SI_QUEUE && info.si_value.sival_int == 4711);
	ck_assert(signals_pass(getpid(), SIGUSR1, &plain));
	ck_assert_int_eq(signals_wait(&every, 0, &info), SIGUSR1);
	ck_assert_int_eq(info.si_code, SI_USER);
}
END_TEST

/* What a child sends comes in, is passed on, and comes in again the same, one after the other. */
START_TEST(values_from_a_child)
{
	const struct signals but_child = every_but_child();
	struct inherited_signals inherited;
	siginfo_t info;
	pid_t child;

	signals_hold(&inherited);
	child = fork();
	if (child == 0) {
		sigqueue(getppid(), 40, (union sigval){.sival_int = 1});
		sigqueue(getppid(), 40, (union sigval){.sival_int = -2});
		_exit(sigqueue(getppid(), SIGUSR2, (union sigval){.sival_int = 3}));
	}
	ck_assert_int_eq(waitpid(child, NULL, 0), child);
	for (int round = 0; round < 3; round++) {
		static const struct {
			int number, value;
		} rows[] = {{SIGUSR2, 3}, {40, 1}, {40, -2}};
		siginfo_t received[COUNT(rows)];

		for (int i = 0; i < COUNT(rows); i++) {
			ck_assert_int_eq(signals_wait(&but_child, 0, &received[i]), rows[i].number);
			ck_assert_int_eq(received[i].si_code, SI_QUEUE);
			ck_assert_int_eq(received[i].si_value.sival_int, rows[i].value);
			ck_assert(!signals_is_own(&received[i]));
		}
		for (int i = 0; i < COUNT(rows); i++)
			ck_assert(signals_pass(getpid(), rows[i].number, &received[i]));
	}
	for (int i = 0; i < 3; i++)
		ck_assert_int_gt(signals_wait(&but_child, 0, &info), 0);
	ck_assert_int_eq(signals_wait(&but_child, 0, &info), 0);
}
END_TEST

START_TEST(full_queue)
{
	const struct signals every = signals_every();
	const siginfo_t queued = {.si_code = SI_QUEUE, .si_value.sival_int = 4711};
	struct inherited_signals inherited;
	struct rlimit before, full;
	bool queued_it, passed;
	siginfo_t info;

	signals_hold(&inherited);
	ck_assert_int_eq(getrlimit(RLIMIT_SIGPENDING, &before), 0);
	full = (struct rlimit){0, before.rlim_max};
	ck_assert_int_eq(setrlimit(RLIMIT_SIGPENDING, &full), 0);
	queued_it = sigqueue(getpid(), 40, queued.si_value) == 0;
	passed = signals_pass(getpid(), 40, &queued);
	/* Check makes a timer after each test, which takes a place in this queue: timer_create(2).
	 */
	ck_assert_int_eq(setrlimit(RLIMIT_SIGPENDING, &before), 0);
	ck_assert(!queued_it && passed);
	ck_assert_int_eq(signals_wait(&every, 0, &info), 40);
	ck_assert_int_ne(info.si_code, SI_QUEUE);
}
END_TEST

/* No pid is that large: PID_MAX_LIMIT in proc(5) is 2^22. */
START_TEST(nobody_to_pass_to)
{
	const siginfo_t queued = {.si_code = SI_QUEUE}, plain = {.si_code = SI_USER};

	ck_assert(!signals_pass(1 << 30, SIGUSR1, &queued));
	ck_assert(!signals_pass(1 << 30, SIGUSR1, &plain));
}
END_TEST

/* In a session of its own a process group is an orphaned one: signals_stop() comes back at once. */
static int stop_in_a_session_of_its_own(void)
{
	struct inherited_signals inherited;

	if (setsid() < 0)
		return 2;
	signals_hold(&inherited);
	return signals_stop(SIGTSTP) || signals_stop(SIGTTIN);
}

START_TEST(stopping_where_nobody_could_resume)
{
	pid_t child = fork();
	int status;

	if (child == 0)
		_exit(stop_in_a_session_of_its_own());
	ck_assert_int_eq(waitpid(child, &status, WUNTRACED), child);
	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), 0);
}
END_TEST

/* Its parent, in the same session and another group, could resume it. */
START_TEST(stopping_where_somebody_can_resume)
{
	struct inherited_signals inherited;
	pid_t child = fork();
	int status;

	if (child == 0) {
		setpgid(0, 0);
		signals_hold(&inherited);
		_exit(signals_stop(SIGTSTP) ? 42 : 1);
	}
	ck_assert_int_eq(waitpid(child, &status, WUNTRACED), child);
	ck_assert(WIFSTOPPED(status));
	ck_assert_int_eq(WSTOPSIG(status), SIGTSTP);
	kill(child, SIGCONT);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(WEXITSTATUS(status), 42);
}
END_TEST

/* The stop would discard it, and nobody would send a second one. */
START_TEST(continued_before_the_stop)
{
	struct inherited_signals inherited;
	pid_t child = fork();
	int status;

	if (child == 0) {
		setpgid(0, 0);
		signals_hold(&inherited);
		kill(getpid(), SIGCONT);
		if (_i == 0 ? signals_stop_self() : signals_stop(SIGTSTP))
			_exit(42);
		_exit(1);
	}
	ck_assert_int_eq(waitpid(child, &status, WUNTRACED), child);
	if (WIFSTOPPED(status))
		kill(child, SIGKILL);
	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), 42);
}
END_TEST

Suite *signals_suite(void)
{
	const TTest *const tests[] = {names,
				      all_are_held_and_put_back,
				      sets,
				      waiting,
				      every_signal_is_waited_for,
				      own_signals,
				      values_are_passed_on,
				      values_from_a_child,
				      full_queue,
				      nobody_to_pass_to,
				      stopping_where_nobody_could_resume,
				      stopping_where_somebody_can_resume};
	Suite *suite = suite_of("signals", tests, COUNT(tests));
	TCase *more = tcase_create("more");

	tcase_add_loop_test(more, sigchld_is_default_meanwhile, 0, 2);
	tcase_add_loop_test(more, continued_before_the_stop, 0, 2);
	suite_add_tcase(suite, more);
	return suite;
}
