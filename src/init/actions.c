/* SPDX-License-Identifier: MIT */
#include "init/actions.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/signal_names.h"
#include "base/signals.h"
#include "init/story.h"
#include "init/terminal.h"

/* The signals by which a terminal, or somebody in its place, suspends a job: termios(3). */
static bool is_of_jobs(int signal)
{
	return signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU;
}

/*
 * Whether a signal that suspends a job has to stop main with STOP, and init when main has stopped.
 * In a session of its own main's group is orphaned, and the kernel does not stop an orphaned group
 * for TSTP: setpgid(2). A Ctrl-Z, or the shell's `kill -TSTP %1`, has come to init in main's place;
 * below the name dumb-init it was rewritten to STOP. There has to be a shell that waits for its job
 * to stop: a STOP that somebody else has sent to main is for that one to undo.
 */
static bool is_suspension(const struct supervisor *init, int signal)
{
	return is_of_jobs(init->info.si_signo) &&
	       (signal == SIGSTOP || (signal == SIGTSTP && init->given->new_session)) &&
	       terminal_has_shell();
}

static void forward_to_main(struct supervisor *init, int signal)
{
	if (signal == SIGKILL)
		init->killed_main = true;
	if (!signals_pass(init->main_pid, signal, &init->info))
		warn_not_passed_on(init, signal);
	else
		tell_passed_on(init, signal, true);
}

static void forward_to_group(struct supervisor *init, const struct delivery *delivery)
{
	if (delivery->signal == SIGKILL)
		init->killed_main = true;
	init->outcome = processes_tell_group(&init->tree, delivery);
	if (!init->outcome.sent)
		warn_not_passed_on(init, delivery->signal);
	else
		tell_passed_on(init, delivery->signal, false);
}

static void forward(struct supervisor *init, const struct action *action)
{
	struct delivery delivery = {
		.signal = action->signal,
		.handled = set_of(action->signal),
		.is_stop = action->is_stop,
		.to_everyone = action->kind == ACTION_FORWARD_TO_GROUP,
	};

	init->passed_on |= set_of(action->signal);
	if (is_suspension(init, action->signal)) {
		init->suspending = true;
		delivery.signal = SIGSTOP;
		delivery.to_everyone = true;
		forward_to_group(init, &delivery);
	} else if (action->kind == ACTION_FORWARD_TO_MAIN) {
		forward_to_main(init, action->signal);
	} else {
		forward_to_group(init, &delivery);
	}
}

/* A shell that resumes init in the foreground has given init the terminal: main gets it. */
static bool take_foreground(struct supervisor *init, bool resumed)
{
	const pid_t from = resumed ? getpgrp() : ANY_GROUP;
	const bool in_foreground =
		(resumed || init->has_terminal) && terminal_move(from, init->main_pid);

	init->has_terminal = init->has_terminal || in_foreground;
	return in_foreground;
}

static void continue_main(struct supervisor *init)
{
	const struct delivery go_on = {.signal = SIGCONT, .to_everyone = true};

	if (!processes_tell_group(&init->tree, &go_on).sent)
		warn_not_passed_on(init, SIGCONT);
}

void stop_with_sender(struct supervisor *init, const struct event *event)
{
	if (!init->given->stop_with_sender || is_pid1(&init->tree) || event->kind != EVENT_SIGNAL ||
	    event->from_kernel || !is_of_jobs(event->signal) || init->ended || !signals_stop_self())
		return;
	init->suspending = false;
	take_foreground(init, true);
	continue_main(init);
}

/*
 * Main was stopped from the terminal. If a shell above can resume both, init stops as well until
 * that happens. If none can, init continues main at once, or the container would hang.
 */
static void stop_with_main(struct supervisor *init, int signal)
{
	const bool resumed = terminal_has_shell() && signals_stop(signal);
	const bool in_foreground = take_foreground(init, resumed);
	const bool was_sent = (init->passed_on | set_of(SIGTSTP)) & set_of(signal);
	char name[SIGNAL_NAME_SIZE];

	init->passed_on = 0;
	/* Continued in the background, main would touch the terminal again and stop, for ever. */
	if (!resumed && !was_sent && !in_foreground) {
		report(init->reporter, REPORT_WARNINGS,
		       "main is stopped by %s: it uses a terminal that it was not given",
		       signal_name(signal, name));
		return;
	}
	report(init->reporter, REPORT_STORY, "main was stopped by %s%s: continuing it",
	       signal_name(signal, name), resumed ? "" : ", which nobody could resume");
	continue_main(init);
}

/* Signal what main has left behind. It has no group of main's any more, so all of it is meant. */
static void forward_to_all(struct supervisor *init, const struct action *action)
{
	const struct delivery delivery = {
		.signal = action->signal,
		.handled = set_of(action->signal),
		.is_stop = action->is_stop,
		.to_everyone = action->to_everyone,
		.to_untold = action->to_untold,
		.go_on = action->is_stop,
	};

	init->outcome = processes_tell_all(&init->tree, &delivery, NULL);
	tell_all_signalled(init, action->signal);
}

static void ask(struct supervisor *init, const struct action *action)
{
	const bool again = action->kind == ACTION_ASK_AGAIN;
	const struct lifecycle *lifecycle = &init->lifecycle;
	const struct delivery delivery = {
		.signal = SIGTERM,
		/* A manager that has caught the stop which was passed on has begun to end. */
		.handled = set_of(SIGTERM) | set_of(lifecycle->stop_signal),
		.is_stop = true,
		.to_untold = true,
		.not_below_told = again,
		.not_to_filters = !action->to_filters,
		.hang_up = true,
		.go_on = true,
	};

	init->outcome = processes_tell_all(&init->tree, &delivery, NULL);
	init->out_of_reach = init->outcome.out_of_reach > 0;
	/* Whether anybody else is left has to be found out now: no SIGCHLD need come. */
	init->reaping |= init->out_of_reach;
	init->has_asked = true;
	if (!again || init->outcome.told > 0)
		tell_all_signalled(init, SIGTERM);
}

static void kill_main(struct supervisor *init)
{
	/* Main is not reaped yet, so the pid is still main's. It may be another user's by now. */
	if (kill(init->main_pid, SIGKILL) < 0) {
		warn_not_passed_on(init, SIGKILL);
		init->unreachable = true;
		return;
	}
	tell_main_killed(init);
	init->killed_main = true;
}

static void kill_all(struct supervisor *init)
{
	const struct delivery delivery = {.signal = SIGKILL, .to_everyone = true};
	char buffer[256];
	struct text names = text_in(buffer, sizeof(buffer));

	init->outcome = processes_tell_all(&init->tree, &delivery, &names);
	init->unreachable = !init->outcome.sent;
	tell_all_killed(init, names.start);
	init->killed_rest = true;
}

static void look_at_network(struct supervisor *init)
{
	init->network = network_look();
	init->has_looked = true;
	tell_network(init);
	init->lingering = init->network == NETWORK_SENDING;
}

void act(struct supervisor *init, const struct action *action)
{
	switch (action->kind) {
	case ACTION_FORWARD_TO_BRANCHES:
	case ACTION_FORWARD_TO_GROUP:
	case ACTION_FORWARD_TO_MAIN:
		forward(init, action);
		break;
	case ACTION_FORWARD_TO_ALL:
		forward_to_all(init, action);
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
		/* Main was just reaped. Pids are given away in a circle up to pid_max, proc(5). */
		kill(-init->main_pid, action->signal);
		break;
	case ACTION_ASK:
	case ACTION_ASK_AGAIN:
		ask(init, action);
		break;
	case ACTION_KILL_MAIN:
		kill_main(init);
		break;
	case ACTION_KILL_ALL:
		kill_all(init);
		break;
	case ACTION_LOOK_AT_NETWORK:
		look_at_network(init);
		break;
	case ACTION_END:
		if (init->network == NETWORK_SENDING)
			warn_of_lost_bytes(init);
		init->ended = true;
		break;
	}
}
