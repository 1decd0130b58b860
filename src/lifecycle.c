/* SPDX-License-Identifier: MIT */
#include "lifecycle.h"

#include <signal.h>
#include <sys/wait.h>

/* How often to look for the end of a process that is no child of init. */
#define CHECK_INTERVAL 20

static void decide(struct decision *decision, enum action_kind kind, int signal)
{
	decision->actions[decision->count++] = (struct action){.kind = kind, .signal = signal};
}

struct lifecycle lifecycle_start(struct lifecycle_settings settings)
{
	return (struct lifecycle){
		.settings = settings,
		.phase = PHASE_RUNNING,
		.kill_at = NO_DEADLINE,
		.check_at = NO_DEADLINE,
	};
}

static void forward(struct decision *decision, int signal)
{
	switch (signal) {
	case SIGTERM:
	case SIGINT:
	case SIGHUP:
	case SIGQUIT:
	case SIGTSTP:
		decide(decision, ACTION_FORWARD_TO_GROUP, signal);
		break;
	case SIGCHLD:
	case SIGTTIN:
	case SIGTTOU:
		/* Init's own: its children, and its own use of the terminal. */
		break;
	default:
		decide(decision, ACTION_FORWARD_TO_MAIN, signal);
		break;
	}
}

static void end(struct lifecycle *state, struct decision *decision)
{
	state->phase = PHASE_ENDED;
	state->kill_at = NO_DEADLINE;
	state->check_at = NO_DEADLINE;
	decide(decision, ACTION_END, 0);
}

static void kill_leftovers(struct lifecycle *state, struct decision *decision)
{
	state->phase = PHASE_KILLING;
	state->kill_at = NO_DEADLINE;
	state->check_at = NO_DEADLINE;
	decide(decision, ACTION_SIGNAL_LEFTOVERS, SIGKILL);
	/*
	 * The end of a PID 1 kills everything in its namespace, processes of other users included,
	 * and is only seen outside when all of it is gone: pid_namespaces(7).
	 */
	if (state->settings.kernel_ends_rest)
		end(state, decision);
}

static void ask_to_end(struct lifecycle *state, struct decision *decision, int64_t now)
{
	state->phase = PHASE_ENDING;
	state->kill_at = now + state->settings.wait;
	decide(decision, ACTION_SIGNAL_LEFTOVERS, SIGTERM);
	/* A stopped process acts on TERM only when it is continued. */
	decide(decision, ACTION_SIGNAL_LEFTOVERS, SIGCONT);
}

static void all_reaped(struct lifecycle *state, struct decision *decision, enum remaining remaining,
		       int64_t now)
{
	if (state->phase == PHASE_RUNNING || state->phase == PHASE_ENDED)
		return;
	if (remaining == REMAINING_NOBODY) {
		end(state, decision);
		return;
	}
	if (state->phase == PHASE_MAIN_ENDED)
		ask_to_end(state, decision, now);
	else if (state->phase == PHASE_KILLING)
		/* What the killed have left behind has come to init since. */
		kill_leftovers(state, decision);
	if (state->phase == PHASE_ENDING)
		state->check_at =
			remaining == REMAINING_STRANGERS ? now + CHECK_INTERVAL : NO_DEADLINE;
}

struct decision lifecycle_step(struct lifecycle *state, const struct event *event, int64_t now)
{
	struct decision decision = {0};

	switch (event->kind) {
	case EVENT_SIGNAL:
		/* Once main has ended there is nobody left that a signal could be meant for. */
		if (state->phase == PHASE_RUNNING)
			forward(&decision, event->signal);
		break;
	case EVENT_MAIN_STOPPED:
		/* A SIGSTOP was sent on purpose: whoever did will continue it. */
		if (state->phase == PHASE_RUNNING && event->signal != SIGSTOP)
			decide(&decision, ACTION_STOP_WITH_MAIN, event->signal);
		break;
	case EVENT_MAIN_ENDED:
		if (state->phase == PHASE_RUNNING) {
			state->phase = PHASE_MAIN_ENDED;
			state->status = lifecycle_exit_status(event->status);
			decide(&decision, ACTION_TAKE_TERMINAL, 0);
		}
		break;
	case EVENT_ALL_REAPED:
		all_reaped(state, &decision, event->remaining, now);
		break;
	case EVENT_TIME:
		/* Looking again needs no action: supervise tells who is left after every
		 * EVENT_TIME. */
		if (now >= state->check_at)
			state->check_at = NO_DEADLINE;
		if (state->phase == PHASE_ENDING && now >= state->kill_at)
			kill_leftovers(state, &decision);
		break;
	case EVENT_UNREACHABLE:
		if (state->phase == PHASE_KILLING)
			end(state, &decision);
		break;
	}
	return decision;
}

int64_t lifecycle_deadline(const struct lifecycle *state)
{
	return state->kill_at < state->check_at ? state->kill_at : state->check_at;
}

int lifecycle_exit_status(int wait_status)
{
	return WIFSIGNALED(wait_status) ? 128 + WTERMSIG(wait_status) : WEXITSTATUS(wait_status);
}
