/* SPDX-License-Identifier: MIT */
#include "supervise.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "processes.h"
#include "signals.h"
#include "terminal.h"

struct supervisor {
	pid_t main_pid;
	bool has_terminal;
	enum report_level asked;
	struct lifecycle lifecycle;
	bool reaping;	  /* a child may have ended that was not collected yet */
	bool unreachable; /* nobody could be killed */
	siginfo_t info;	  /* of the signal that is being handled */
	bool ended;
};

static int64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static void tell_end(const struct supervisor *init, pid_t pid, int status)
{
	const bool is_main = pid == init->main_pid;
	const enum report_level level = is_main ? REPORT_STORY : REPORT_DETAILS;
	const char *who = is_main ? "main" : "orphan";
	char name[SIGNAL_NAME_SIZE];

	if (WIFSIGNALED(status))
		report(init->asked, level, "%s (pid %d) was killed by %s", who, pid,
		       signal_name(WTERMSIG(status), name));
	else
		report(init->asked, level, "%s (pid %d) ended with status %d", who, pid,
		       WEXITSTATUS(status));
	if (is_main && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
		report(init->asked, REPORT_WARNINGS,
		       "main was killed by SIGKILL, which dinit-su did not send");
}

/* Collect one child that has ended. Returns its pid; 0 when none has ended, -1 when there is none.
 */
static pid_t reap(int *status)
{
	pid_t pid;

	do
		pid = waitpid(-1, status, WNOHANG | WUNTRACED);
	while (pid < 0 && errno == EINTR);
	return pid;
}

static int take_signal(struct supervisor *init)
{
	const int64_t deadline = lifecycle_deadline(&init->lifecycle);

	/* Between two orphans look at once for a signal, so that a storm of them delays none. */
	if (init->reaping)
		return signals_wait(ALL_BUT_CHILD, 0, &init->info);
	return signals_wait(ALL_SIGNALS, deadline == NO_DEADLINE ? WAIT_FOREVER : deadline - now(),
			    &init->info);
}

static bool is_time(const struct supervisor *init)
{
	const int64_t deadline = lifecycle_deadline(&init->lifecycle);

	return deadline != NO_DEADLINE && now() >= deadline;
}

static struct event main_changed(const struct supervisor *init, int status)
{
	if (WIFSTOPPED(status))
		return (struct event){.kind = EVENT_MAIN_STOPPED, .signal = WSTOPSIG(status)};
	tell_end(init, init->main_pid, status);
	return (struct event){.kind = EVENT_MAIN_ENDED, .status = status};
}

static struct event next_event(struct supervisor *init)
{
	if (init->unreachable) {
		init->unreachable = false;
		return (struct event){.kind = EVENT_UNREACHABLE};
	}
	for (;;) {
		int signal, status;
		pid_t pid;

		if (is_time(init)) {
			/* Whatever it is time for: find out as well who is left now. */
			init->reaping = true;
			return (struct event){.kind = EVENT_TIME};
		}
		signal = take_signal(init);
		if (signal == SIGCHLD) {
			init->reaping = true;
		} else if (signal > 0) {
			if (!signals_is_own(&init->info))
				return (struct event){.kind = EVENT_SIGNAL, .signal = signal};
		} else if (init->reaping) {
			pid = reap(&status);
			if (pid <= 0) {
				init->reaping = false;
				return (struct event){.kind = EVENT_ALL_REAPED,
						      .remaining = processes_remaining(pid == 0)};
			}
			if (pid == init->main_pid)
				return main_changed(init, status);
			if (!WIFSTOPPED(status))
				tell_end(init, pid, status);
		}
	}
}

/* Main is not reaped yet, so that neither its pid nor that of its group can be another's. */
static bool signal_group(struct supervisor *init, int signal)
{
	bool sent = kill(-init->main_pid, signal) == 0;

	/* The group that init made for main need not be the one that main has gone to since. */
	if (getpgid(init->main_pid) != init->main_pid)
		sent = signals_pass(init->main_pid, signal, &init->info) || sent;
	return sent;
}

static void forward(struct supervisor *init, int signal, bool to_group)
{
	const bool sent = to_group ? signal_group(init, signal)
				   : signals_pass(init->main_pid, signal, &init->info);
	char name[SIGNAL_NAME_SIZE];

	if (sent)
		report(init->asked, REPORT_STORY, "passed %s on to %s %d",
		       signal_name(signal, name), to_group ? "process group" : "pid",
		       init->main_pid);
	else
		report(init->asked, REPORT_WARNINGS, "cannot pass %s on to pid %d: %s",
		       signal_name(signal, name), init->main_pid, strerror(errno));
}

/*
 * Main was stopped from the terminal. Where somebody above can resume both, stop as well until that
 * happens; else continue it at once, or the container would hang.
 */
static void stop_with_main(struct supervisor *init, int signal)
{
	const bool resumed = signals_stop(signal);
	/* A shell that resumes init in the foreground has given it the terminal, for main to have.
	 */
	const pid_t from = resumed ? getpgrp() : ANY_GROUP;
	const bool in_foreground =
		(resumed || init->has_terminal) && terminal_move(from, init->main_pid);
	char name[SIGNAL_NAME_SIZE];

	init->has_terminal = init->has_terminal || in_foreground;
	/* Continued in the background it would only touch the terminal again and stop, for ever. */
	if (!resumed && signal != SIGTSTP && !in_foreground) {
		report(init->asked, REPORT_WARNINGS,
		       "main is stopped by %s: it uses a terminal that it was not given",
		       signal_name(signal, name));
		return;
	}
	report(init->asked, REPORT_STORY, "main was stopped by %s%s: continuing it",
	       signal_name(signal, name), resumed ? "" : ", which nobody could resume");
	signal_group(init, SIGCONT);
}

static void signal_leftovers(struct supervisor *init, int signal)
{
	char name[SIGNAL_NAME_SIZE];
	/* TERM is sent once, at the start of the end: the moment to say who cannot be asked. */
	const bool reached = processes_signal_all(signal, signal == SIGTERM, init->asked);

	init->unreachable = signal == SIGKILL && !reached;
	report(init->asked, signal == SIGCONT ? REPORT_DETAILS : REPORT_STORY,
	       "sent %s to what main has left behind", signal_name(signal, name));
}

static void act(struct supervisor *init, const struct action *action)
{
	switch (action->kind) {
	case ACTION_FORWARD_TO_GROUP:
		forward(init, action->signal, true);
		break;
	case ACTION_FORWARD_TO_MAIN:
		forward(init, action->signal, false);
		break;
	case ACTION_STOP_WITH_MAIN:
		stop_with_main(init, action->signal);
		break;
	case ACTION_TAKE_TERMINAL:
		if (init->has_terminal)
			terminal_move(init->main_pid, getpgrp());
		break;
	case ACTION_SIGNAL_LEFTOVERS:
		signal_leftovers(init, action->signal);
		break;
	case ACTION_END:
		init->ended = true;
		break;
	}
}

int supervise(const struct supervision *supervision)
{
	struct supervisor init = {
		.main_pid = supervision->main_pid,
		.has_terminal = supervision->has_terminal,
		.asked = supervision->report,
		.lifecycle = lifecycle_start(supervision->lifecycle),
		/* A child of the program that became init may have ended before. */
		.reaping = true,
	};

	while (!init.ended) {
		struct event event = next_event(&init);
		struct decision decision = lifecycle_step(&init.lifecycle, &event, now());

		for (int i = 0; i < decision.count; i++)
			act(&init, &decision.actions[i]);
	}
	report(init.asked, REPORT_STORY, "ending with status %d", init.lifecycle.status);
	return init.lifecycle.status;
}
