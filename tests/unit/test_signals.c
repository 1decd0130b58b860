/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "signals.h"

static unsigned long long raw_mask(void)
{
	unsigned long long mask = 0;

	syscall(SYS_rt_sigprocmask, SIG_BLOCK, NULL, &mask, 8);
	return mask;
}

START_TEST(names)
{
	static const struct {
		int number;
		const char *name;
	} rows[] = {
		{1, "SIGHUP"},
		{2, "SIGINT"},
		{9, "SIGKILL"},
		{15, "SIGTERM"},
		{SIGUSR1, "SIGUSR1"},
		{SIGWINCH, "SIGWINCH"},
		{SIGVTALRM, "SIGVTALRM"},
		{34, "SIGRTMIN"},
		{35, "SIGRTMIN+1"},
		{64, "SIGRTMIN+30"},
		{32, "signal 32"},
		{33, "signal 33"},
		{0, "signal 0"},
		{-5, "signal -5"},
	};
	char name[SIGNAL_NAME_SIZE];

	for (int i = 0; i < COUNT(rows); i++)
		ck_assert_str_eq(signal_name(rows[i].number, name), rows[i].name);
	/* Every standard signal has a name of its own. */
	for (int number = 1; number < 32; number++)
		ck_assert_msg(strncmp(signal_name(number, name), "SIG", 3) == 0, "%d", number);
}
END_TEST

START_TEST(all_are_held_and_put_back)
{
	const unsigned long long before = 1ULL << (SIGHUP - 1) | 1ULL << 31 | 1ULL << 63;
	const unsigned long long all = ~(1ULL << (SIGKILL - 1) | 1ULL << (SIGSTOP - 1));
	struct inherited_signals inherited;

	syscall(SYS_rt_sigprocmask, SIG_SETMASK, &before, NULL, 8);
	signals_hold(&inherited);
	ck_assert_uint_eq(raw_mask(), all);
	signals_restore(&inherited);
	ck_assert_uint_eq(raw_mask(), before);
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

START_TEST(waiting)
{
	struct inherited_signals inherited;
	siginfo_t info;

	signals_hold(&inherited);
	ck_assert_int_eq(signals_wait(ALL_SIGNALS, 0, &info), 0);
	ck_assert_int_eq(signals_wait(ALL_SIGNALS, 1, &info), 0);
	kill(getpid(), SIGUSR1);
	kill(getpid(), SIGCHLD);
	kill(getpid(), SIGRTMIN);
	ck_assert_int_eq(signals_wait(ALL_BUT_CHILD, 0, &info), SIGUSR1);
	ck_assert_int_eq(signals_wait(ALL_BUT_CHILD, 0, &info), SIGRTMIN);
	ck_assert_int_eq(signals_wait(ALL_BUT_CHILD, 0, &info), 0);
	ck_assert_int_eq(signals_wait(ALL_SIGNALS, WAIT_FOREVER, &info), SIGCHLD);
}
END_TEST

START_TEST(own_signals)
{
	struct inherited_signals inherited;
	siginfo_t info;
	int ends[2];
	pid_t child;

	signals_hold(&inherited);
	ck_assert_int_eq(pipe(ends), 0);
	close(ends[0]);
	ck_assert_int_eq(write(ends[1], "x", 1), -1);
	ck_assert_int_eq(signals_wait(ALL_SIGNALS, 0, &info), SIGPIPE);
	ck_assert(signals_is_own(&info));

	child = fork();
	if (child == 0)
		_exit(kill(getppid(), SIGPIPE));
	ck_assert_int_eq(waitpid(child, NULL, 0), child);
	ck_assert_int_eq(signals_wait(ALL_BUT_CHILD, 0, &info), SIGPIPE);
	ck_assert(!signals_is_own(&info));
}
END_TEST

START_TEST(values_are_passed_on)
{
	struct inherited_signals inherited;
	siginfo_t queued = {.si_code = SI_QUEUE, .si_value.sival_int = 4711}, info;
	siginfo_t plain = {.si_code = SI_USER, .si_value.sival_int = 4711};

	signals_hold(&inherited);
	ck_assert(signals_pass(getpid(), SIGUSR1, &queued));
	ck_assert_int_eq(signals_wait(ALL_SIGNALS, 0, &info), SIGUSR1);
	ck_assert(info.si_code == SI_QUEUE && info.si_value.sival_int == 4711);
	ck_assert(signals_pass(getpid(), SIGUSR1, &plain));
	ck_assert_int_eq(signals_wait(ALL_SIGNALS, 0, &info), SIGUSR1);
	ck_assert_int_eq(info.si_code, SI_USER);
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

Suite *signals_suite(void)
{
	const TTest *const tests[] = {names,
				      all_are_held_and_put_back,
				      waiting,
				      own_signals,
				      values_are_passed_on,
				      stopping_where_nobody_could_resume,
				      stopping_where_somebody_can_resume};
	Suite *suite = suite_of("signals", tests, COUNT(tests));
	TCase *more = tcase_create("more");

	tcase_add_loop_test(more, sigchld_is_default_meanwhile, 0, 2);
	suite_add_tcase(suite, more);
	return suite;
}
