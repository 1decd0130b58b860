/* SPDX-License-Identifier: MIT */
#include "init/events.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "base/signals.h"
#include "init/story.h"
#include "report/failure.h"

/* How many orphans are reaped before the next look for a signal, which takes a tenth of one. */
#define REAPED_IN_A_ROW 32

/*
 * How many signals are taken before each other signal that is pending gets its turn, and then the
 * children that have ended. The kernel hands out what was sent to the thread alone first,
 * tgkill(2), and of the rest faults and then the lowest number: who sends one of those without an
 * end would hide TERM, and SIGCHLD with it.
 */
#define SIGNALS_IN_A_ROW 32

static pid_t look_for_child(int *status, int options)
{
	pid_t pid;

	do
		pid = waitpid(-1, status, WNOHANG | options);
	while (pid < 0 && errno == EINTR);
	return pid;
}

/*
 * Collect one child that has ended or, if none has, one that was stopped. Two calls, because one
 * for both would slow a storm of orphans down by a hundredth. Returns the pid; 0 if no child has
 * changed, -1 if there is no child.
 */
static pid_t reap(int *status)
{
	const pid_t pid = look_for_child(status, 0);

	return pid == 0 ? look_for_child(status, WUNTRACED) : pid;
}

/* How often init looks for ended children when it cannot wait for signals, in milliseconds. */
#define BLIND_INTERVAL 100

/* Main's status must not be lost for that, so that init goes on looking for its end. */
static int go_on_without_signals(struct supervisor *init)
{
	if (!init->is_blind)
		report(init->reporter, REPORT_ERRORS,
		       "cannot wait for signals: %s; none is passed on any more", strerror(errno));
	init->is_blind = true;
	if (init->reaping)
		return 0;
	poll(NULL, 0, BLIND_INTERVAL);
	return SIGCHLD;
}

/* For how long init may wait, in milliseconds. The deadline may have passed a moment ago. */
static int64_t time_left(const struct supervisor *init)
{
	const int64_t deadline = lifecycle_deadline(&init->lifecycle);
	int64_t left;

	if (deadline == NO_DEADLINE)
		return WAIT_FOREVER;
	left = deadline - clock_monotonic();
	return left > 0 ? left : 0;
}

static int take_signal(struct supervisor *init)
{
	const bool in_turns = init->signals_in_a_row >= SIGNALS_IN_A_ROW;
	struct signals set = signals_every();
	int signal;

	init->reaping |= in_turns;
	/* With more to reap, do not wait: only look. */
	if (init->reaping)
		signals_exclude(&set, SIGCHLD);
	signal = signals_wait(in_turns ? &init->not_taken : &set,
			      init->reaping ? 0 : time_left(init), &init->info);
	if (signal < 0)
		return go_on_without_signals(init);
	if (signal > 0) {
		init->signals_in_a_row++;
		signals_exclude(&init->not_taken, signal);
	}
	return signal;
}

/* The look for signals is over: what is taken from now on is of the next row. */
static void begin_row(struct supervisor *init)
{
	init->signals_in_a_row = 0;
	init->not_taken = signals_every();
	signals_exclude(&init->not_taken, SIGCHLD);
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

static struct event all_reaped(struct supervisor *init, bool has_children)
{
	const enum phase phase = init->lifecycle.phase;
	/* If init has no child, those that are left may belong to another user. */
	const bool look_closely = (phase == PHASE_ENDING || phase == PHASE_KILLING) &&
				  (init->out_of_reach || !has_children);
	const struct event event = {.kind = EVENT_ALL_REAPED,
				    .any_ended = init->any_ended,
				    .remaining = processes_remaining(&init->tree, has_children,
								     look_closely)};

	init->reaping = init->any_ended = false;
	return event;
}

/* Neither main's end nor its status can be found out: not to hang is all that is left. */
static void end_without_children(struct supervisor *init)
{
	report(init->reporter, REPORT_ERRORS, "cannot wait for child processes: %s",
	       strerror(errno));
	init->lifecycle.status = STATUS_REFUSED;
	init->ended = true;
}

/* Reap up to REAPED_IN_A_ROW children. Returns true with an event if the lifecycle must know. */
static bool reap_some(struct supervisor *init, struct event *event)
{
	for (int i = 0; i < REAPED_IN_A_ROW; i++) {
		int status;
		const pid_t pid = reap(&status);

		if (pid < 0 && errno != ECHILD)
			end_without_children(init);
		if (pid <= 0) {
			*event = all_reaped(init, pid == 0);
			return true;
		}
		init->any_ended |= !WIFSTOPPED(status);
		/* A pid that main has left may come back with another process. */
		if (pid == init->main_pid && init->lifecycle.main_lives) {
			*event = main_changed(init, status);
			return true;
		}
		if (!WIFSTOPPED(status))
			tell_orphan_ended(init, pid, status);
	}
	return false;
}

static struct event asked(const struct outcome *outcome)
{
	return (struct event){
		.kind = EVENT_ASKED,
		.is_over = !outcome->sent,
		/* Whoever was told, now or before, may start another, and leave it behind. */
		.asks_again = outcome->told + outcome->passed_over > 0,
		.listed = outcome->listed,
	};
}

/* Between main's end and the look at what it has left behind no signal is for anybody. */
static bool is_to_reap_first(const struct supervisor *init)
{
	return init->reaping && init->lifecycle.phase == PHASE_MAIN_ENDED;
}

struct event next_event(struct supervisor *init)
{
	struct event event;

	if (init->unreachable) {
		init->unreachable = false;
		init->reaping = true;
		return (struct event){.kind = EVENT_UNREACHABLE};
	}
	if (init->has_asked) {
		init->has_asked = false;
		return asked(&init->outcome);
	}
	if (init->has_looked) {
		init->has_looked = false;
		return (struct event){.kind = EVENT_NETWORK,
				      .is_sending = init->network == NETWORK_SENDING};
	}
	for (;;) {
		int signal;

		if (is_time(init)) {
			/* Whatever it is time for, find out which processes are left, too. */
			init->reaping = true;
			init->info = (siginfo_t){0};
			return (struct event){.kind = EVENT_TIME};
		}
		signal = is_to_reap_first(init) ? 0 : take_signal(init);
		if (signal == SIGCHLD)
			init->reaping = true;
		if (signal == 0)
			begin_row(init);
		if (signal > 0 && signal != SIGCHLD) {
			if (!signals_is_own(&init->info))
				return (struct event){
					.kind = EVENT_SIGNAL,
					.signal = signal,
					.from_kernel = init->info.si_code == SI_KERNEL,
				};
		} else if (init->reaping && reap_some(init, &event)) {
			return event;
		}
	}
}
