/* SPDX-License-Identifier: MIT */
#include "init/supervise.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/signal_names.h"
#include "base/signals.h"
#include "base/text.h"
#include "init/memory_kills.h"
#include "init/processes.h"
#include "init/terminal.h"

/* Looking for a signal takes a tenth of the time of reaping an orphan: not after each of them. */
#define REAPED_IN_A_ROW 32

struct supervisor {
	const struct reporter *reporter;
	pid_t main_pid;
	bool warn_reaped;
	bool has_terminal; /* main has, or had, the foreground */
	bool new_session;
	bool suspending; /* main was sent STOP for a Ctrl-Z */
	struct lifecycle lifecycle;
	bool reaping;	   /* a child may have ended that was not collected yet */
	bool unreachable;  /* nobody could be killed */
	bool others_named; /* processes of other users were warned about */
	bool killed_main;  /* init itself did, so that nobody need wonder who */
	bool killed_rest;  /* what is left was sent KILL before, and that was told */
	bool has_memory_kills;
	uint32_t memory_kills; /* at the start, if it has that: memory_kills() */
	siginfo_t info;	       /* of the signal that is being handled */
	struct text *verdict;
	bool ended;
};

/*
 * Say about a SIGKILL that init did not send to main whether the kernel may have sent it. A count
 * that could not be read at the start is no zero: it may have been high by then.
 */
static void add_killer(const struct supervisor *init, struct text *verdict)
{
	uint32_t kills;

	text_add(verdict, ", which %s did not send; the cgroup's OOM count ", init->reporter->name);
	if (!init->has_memory_kills || !memory_kills(&kills))
		text_add(verdict, "cannot be read");
	else if (kills > init->memory_kills)
		text_add(verdict, "rose by %u: the kernel has killed for want of memory",
			 kills - init->memory_kills);
	else
		text_add(verdict, "did not rise");
}

static void tell_main_ended(struct supervisor *init, int status)
{
	const bool killed = WIFSIGNALED(status);
	const bool unsolicited = killed && WTERMSIG(status) == SIGKILL && !init->killed_main;
	const struct report_event event = {
		.name = "main-ended",
		.pid = init->main_pid,
		.signal = killed ? WTERMSIG(status) : 0,
		.has_status = true,
		.status = lifecycle_exit_status(status),
	};
	char name[SIGNAL_NAME_SIZE];

	if (!killed)
		text_add(init->verdict, "main (pid %d) ended with status %d", init->main_pid,
			 event.status);
	else
		text_add(init->verdict, "main (pid %d) was killed by %s", init->main_pid,
			 signal_name(event.signal, name));
	if (unsolicited)
		add_killer(init, init->verdict);
	report_event(init->reporter, unsolicited ? REPORT_WARNINGS : REPORT_STORY, &event, "%s",
		     init->verdict->start);
}

static enum report_level orphan_level(const struct supervisor *init)
{
	return init->warn_reaped ? REPORT_WARNINGS : REPORT_DETAILS;
}

static void tell_orphan_ended(const struct supervisor *init, pid_t pid, int status)
{
	const struct report_event event = {
		.name = "orphan-ended",
		.pid = pid,
		.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0,
		.has_status = true,
		.status = lifecycle_exit_status(status),
	};

	report_event(init->reporter, orphan_level(init), &event,
		     "orphan (pid %d) ended with status %d", pid, event.status);
}

static pid_t look_for_child(int *status, int options)
{
	pid_t pid;

	do
		pid = waitpid(-1, status, WNOHANG | options);
	while (pid < 0 && errno == EINTR);
	return pid;
}

/*
 * Collect one child that has ended, or, when none has, one that was stopped: to look for both each
 * time would cost a storm of orphans a hundredth, as main's own state is read on its processor.
 * Returns its pid; 0 when there is neither, -1 when there is no child.
 */
static pid_t reap(int *status)
{
	const pid_t pid = look_for_child(status, 0);

	return pid == 0 ? look_for_child(status, WUNTRACED) : pid;
}

static int take_signal(struct supervisor *init)
{
	const int64_t deadline = lifecycle_deadline(&init->lifecycle);

	/* With more to reap only a look, which a storm of orphans must not delay. */
	if (init->reaping)
		return signals_wait(ALL_BUT_CHILD, 0, &init->info);
	return signals_wait(ALL_SIGNALS,
			    deadline == NO_DEADLINE ? WAIT_FOREVER : deadline - clock_monotonic(),
			    &init->info);
}

static bool is_time(const struct supervisor *init)
{
	const int64_t deadline = lifecycle_deadline(&init->lifecycle);

	return deadline != NO_DEADLINE && clock_monotonic() >= deadline;
}

static struct event main_changed(struct supervisor *init, int status)
{
	if (WIFSTOPPED(status)) {
		const bool by_ctrl_z = init->suspending && WSTOPSIG(status) == SIGSTOP;

		init->suspending = false;
		return (struct event){.kind = EVENT_MAIN_STOPPED,
				      .signal = by_ctrl_z ? SIGTSTP : WSTOPSIG(status)};
	}
	tell_main_ended(init, status);
	return (struct event){.kind = EVENT_MAIN_ENDED, .status = status};
}

/* Up to a few, before the next look for a signal. Returns whether that was an event. */
static bool reap_some(struct supervisor *init, struct event *event)
{
	for (int i = 0; i < REAPED_IN_A_ROW; i++) {
		int status;
		const pid_t pid = reap(&status);

		if (pid <= 0) {
			init->reaping = false;
			*event = (struct event){.kind = EVENT_ALL_REAPED,
						.remaining = processes_remaining(pid == 0)};
			return true;
		}
		if (pid == init->main_pid) {
			*event = main_changed(init, status);
			return true;
		}
		if (!WIFSTOPPED(status) && report_is_on(init->reporter, orphan_level(init)))
			tell_orphan_ended(init, pid, status);
	}
	return false;
}

static struct event next_event(struct supervisor *init)
{
	struct event event;

	if (init->unreachable) {
		init->unreachable = false;
		return (struct event){.kind = EVENT_UNREACHABLE};
	}
	for (;;) {
		int signal;

		if (is_time(init)) {
			/* Whatever it is time for: find out as well who is left now. */
			init->reaping = true;
			init->info = (siginfo_t){0};
			return (struct event){.kind = EVENT_TIME};
		}
		signal = take_signal(init);
		if (signal == SIGCHLD) {
			init->reaping = true;
		} else if (signal > 0) {
			if (!signals_is_own(&init->info))
				return (struct event){.kind = EVENT_SIGNAL, .signal = signal};
		} else if (init->reaping && reap_some(init, &event)) {
			return event;
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

/*
 * In a session of its own main's group is orphaned, and there the kernel lets no TSTP stop anybody:
 * setpgid(2). A Ctrl-Z, which has come to init in main's place, has to stop it all the same if
 * there is a shell that waits for its job to stop.
 */
static bool is_ctrl_z_for_session(const struct supervisor *init, int signal)
{
	return init->new_session && signal == SIGTSTP && init->info.si_code == SI_KERNEL &&
	       terminal_has_shell();
}

static void tell_passed_on(const struct supervisor *init, int signal, bool to_group)
{
	const struct report_event event = {.name = "signal-passed-on",
					   .pid = init->main_pid,
					   .signal = signal};
	char name[SIGNAL_NAME_SIZE];

	report_event(init->reporter, REPORT_STORY, &event, "passed %s on to %s %d",
		     signal_name(signal, name), to_group ? "process group" : "pid", init->main_pid);
}

static void warn_not_passed_on(const struct supervisor *init, int signal)
{
	const struct report_event event = {.name = "signal-not-passed-on",
					   .pid = init->main_pid,
					   .signal = signal};
	char name[SIGNAL_NAME_SIZE];

	report_event(init->reporter, REPORT_WARNINGS, &event, "cannot pass %s on to pid %d: %s",
		     signal_name(signal, name), init->main_pid, strerror(errno));
}

static void forward(struct supervisor *init, int signal, bool to_group)
{
	if (signal == SIGKILL)
		init->killed_main = true;
	if (!(to_group ? signal_group(init, signal)
		       : signals_pass(init->main_pid, signal, &init->info)))
		warn_not_passed_on(init, signal);
	else if (report_is_on(init->reporter, REPORT_STORY))
		tell_passed_on(init, signal, to_group);
}

static void pass_on(struct supervisor *init, int signal, bool to_group)
{
	if (is_ctrl_z_for_session(init, signal)) {
		init->suspending = true;
		forward(init, SIGSTOP, true);
	} else {
		forward(init, signal, to_group);
	}
}

static void tell_held_back(const struct supervisor *init, int signal)
{
	const struct report_event event = {.name = "stop-held-back", .signal = signal};
	char name[SIGNAL_NAME_SIZE];

	report_event(init->reporter, REPORT_STORY, &event,
		     "asked to stop: %s is passed on when --stop-delay is over",
		     signal_name(signal, name));
}

/*
 * Main was stopped from the terminal. Where somebody above can resume both, stop as well until that
 * happens; else continue it at once, or the container would hang.
 */
static void stop_with_main(struct supervisor *init, int signal)
{
	const bool resumed = terminal_has_shell() && signals_stop(signal);
	/* A shell that resumes init in the foreground has given it the terminal, for main to have.
	 */
	const pid_t from = resumed ? getpgrp() : ANY_GROUP;
	const bool in_foreground =
		(resumed || init->has_terminal) && terminal_move(from, init->main_pid);
	char name[SIGNAL_NAME_SIZE];

	init->has_terminal = init->has_terminal || in_foreground;
	/* Continued in the background it would only touch the terminal again and stop, for ever. */
	if (!resumed && signal != SIGTSTP && !in_foreground) {
		report(init->reporter, REPORT_WARNINGS,
		       "main is stopped by %s: it uses a terminal that it was not given",
		       signal_name(signal, name));
		return;
	}
	report(init->reporter, REPORT_STORY, "main was stopped by %s%s: continuing it",
	       signal_name(signal, name), resumed ? "" : ", which nobody could resume");
	signal_group(init, SIGCONT);
}

/* To everything but init. What main left behind is asked with TERM first, killed last. */
static void signal_all(struct supervisor *init, int signal)
{
	const bool main_lives = init->lifecycle.main_lives;
	const struct report_event event = {.name = "all-signalled", .signal = signal};
	char name[SIGNAL_NAME_SIZE];
	bool reached = processes_signal_all(signal, !init->others_named, init->reporter);

	init->others_named = true;
	/* Main is not reaped yet, so its pid is its own. It may have become another user since. */
	if (signal == SIGKILL && main_lives) {
		reached = kill(init->main_pid, signal) == 0;
		if (!init->killed_main)
			text_add(init->verdict, "--stop-timeout is over: ");
		init->killed_main = true;
	}
	init->unreachable = signal == SIGKILL && !reached;
	/* KILL again and again: a process in uninterruptible sleep would fill the log. */
	report_event(init->reporter,
		     signal == SIGCONT || init->killed_rest ? REPORT_DETAILS : REPORT_STORY, &event,
		     "sent %s to %s", signal_name(signal, name),
		     main_lives ? "everything" : "what main has left behind");
	init->killed_rest = signal == SIGKILL;
}

static void act(struct supervisor *init, const struct action *action)
{
	switch (action->kind) {
	case ACTION_FORWARD_TO_GROUP:
		pass_on(init, action->signal, true);
		break;
	case ACTION_FORWARD_TO_MAIN:
		pass_on(init, action->signal, false);
		break;
	case ACTION_HOLD_BACK:
		tell_held_back(init, action->signal);
		break;
	case ACTION_STOP_WITH_MAIN:
		stop_with_main(init, action->signal);
		break;
	case ACTION_TAKE_TERMINAL:
		if (init->has_terminal)
			terminal_move(init->main_pid, getpgrp());
		break;
	case ACTION_ASK_GROUP:
		/* Just reaped: its number is not another's so soon. */
		kill(-init->main_pid, action->signal);
		break;
	case ACTION_SIGNAL_ALL:
		signal_all(init, action->signal);
		break;
	case ACTION_END:
		init->ended = true;
		break;
	}
}

int supervise(const struct supervision *supervision, struct text *verdict)
{
	struct supervisor init = {
		.reporter = supervision->reporter,
		.main_pid = supervision->main_pid,
		.warn_reaped = supervision->warn_reaped,
		.has_terminal = supervision->has_terminal,
		.new_session = supervision->new_session,
		.lifecycle = lifecycle_start(supervision->lifecycle),
		/* A child of the program that became init may have ended before. */
		.reaping = true,
		.verdict = verdict,
	};

	init.has_memory_kills = memory_kills(&init.memory_kills);
	while (!init.ended) {
		struct event event = next_event(&init);
		const int64_t now =
			lifecycle_needs_time(&init.lifecycle, &event) ? clock_monotonic() : 0;
		struct decision decision = lifecycle_step(&init.lifecycle, &event, now);

		for (int i = 0; i < decision.count; i++)
			act(&init, &decision.actions[i]);
	}
	return init.lifecycle.status;
}
