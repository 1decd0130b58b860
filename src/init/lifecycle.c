/* SPDX-License-Identifier: MIT */
#include "init/lifecycle.h"

#include <sys/wait.h>

/* Milliseconds between two looks at what sends init no signal: other processes, the network. */
#define CHECK_INTERVAL 20

/* How many processes init looks at in a millisecond if it spends a tenth of its time on that. */
#define LISTED_IN_A_MILLISECOND 10

struct lifecycle_settings lifecycle_defaults(void)
{
	return (struct lifecycle_settings){
		.stop_timeout = NO_DEADLINE,
		.wait = 5000,
		.later = 1000,
		.asks_stop = {[SIGTERM] = true, [SIGINT] = true, [SIGQUIT] = true},
	};
}

struct lifecycle lifecycle_start(const struct lifecycle_settings *settings)
{
	return (struct lifecycle){
		.settings = *settings,
		.phase = PHASE_RUNNING,
		.main_lives = !settings->pause,
		.pass_at = NO_DEADLINE,
		.stop_at = NO_DEADLINE,
		.kill_at = NO_DEADLINE,
		.check_at = NO_DEADLINE,
		.ask_at = NO_DEADLINE,
		.linger_until = NO_DEADLINE,
	};
}

static struct action *decide(struct decision *decision, enum action_kind kind, int signal)
{
	struct action *action = &decision->actions[decision->count++];

	*action = (struct action){.kind = kind, .signal = signal};
	return action;
}

static void forget_deadlines(struct lifecycle *state)
{
	state->pass_at = state->stop_at = state->kill_at = NO_DEADLINE;
	state->check_at = state->ask_at = NO_DEADLINE;
}

static void end(struct lifecycle *state, struct decision *decision)
{
	state->phase = PHASE_ENDED;
	forget_deadlines(state);
	/* Main was to be killed and could not be. */
	if (state->main_lives)
		state->status = 128 + SIGKILL;
	state->main_lives = false;
	decide(decision, ACTION_END, 0);
}

/*
 * The network's time begins with that of what main has left behind. Below another init the network
 * does not go when this one ends.
 */
static void start_to_linger(struct lifecycle *state, int64_t now)
{
	const int64_t linger = state->settings.kernel_ends_rest ? state->settings.linger : 0;

	if (linger > 0 && state->linger_until == NO_DEADLINE)
		state->linger_until = now + linger;
}

static void look_at_network_in(struct lifecycle *state, int64_t pause, int64_t now)
{
	const int64_t left = state->linger_until - now;

	/* Once it is over a last look tells what is lost, when those who were killed have ended. */
	state->check_at = now + (left <= 0 || pause < left ? pause : left);
}

/*
 * End, as soon as the network has taken what the programs have sent if it is to be waited for. It
 * is looked at once even if its time is over: what is lost has to be told.
 */
static void finish(struct lifecycle *state, struct decision *decision, int64_t pause, int64_t now)
{
	start_to_linger(state, now);
	if (state->main_lives || state->linger_until == NO_DEADLINE) {
		end(state, decision);
		return;
	}
	state->phase = PHASE_LINGERING;
	forget_deadlines(state);
	look_at_network_in(state, pause, now);
}

static void kill_all(struct lifecycle *state, struct decision *decision, int64_t now)
{
	state->phase = PHASE_KILLING;
	forget_deadlines(state);
	/* A killed process whose parent cannot be killed gives init no SIGCHLD. */
	state->check_at = now + CHECK_INTERVAL;
	decide(decision, ACTION_KILL_ALL, SIGKILL);
	/*
	 * The end of a PID 1 kills everything in its namespace, processes of other users included,
	 * and is only seen outside when all of it is gone: pid_namespaces(7).
	 */
	if (state->settings.kernel_ends_rest)
		/* A killed process closes its connections when it gets to run. */
		finish(state, decision, CHECK_INTERVAL, now);
}

static void ask_to_end(struct lifecycle *state, struct decision *decision, int64_t now)
{
	state->phase = PHASE_ENDING;
	start_to_linger(state, now);
	/* A stop that is held back asks for no more than this does. Main has no time left. */
	state->pass_at = state->stop_at = NO_DEADLINE;
	state->kill_at = now + state->settings.wait;
	state->filters_from = now + state->settings.later;
	decide(decision, ACTION_ASK, SIGTERM);
}

/* Look again later: a process that looks after others may end without a SIGCHLD for init. */
static void asked(struct lifecycle *state, struct decision *decision, const struct event *event,
		  int64_t now)
{
	int64_t pause = event->listed / LISTED_IN_A_MILLISECOND;

	if (state->phase != PHASE_ENDING)
		return;
	if (event->is_over) {
		finish(state, decision, 0, now);
		return;
	}
	if (pause < CHECK_INTERVAL)
		pause = CHECK_INTERVAL;
	state->ask_from = now + pause;
	if (event->asks_again)
		state->ask_at =
			now + (pause < state->settings.later ? state->settings.later : pause);
}

/*
 * The signals that a terminal or a stop sends, meant for all processes that work on one job. Every
 * other signal that a process sends is for main alone: USR1, for example, kills a helper that does
 * not handle it.
 */
static bool is_for_group(int signal)
{
	return signal == SIGTERM || signal == SIGINT || signal == SIGHUP || signal == SIGQUIT ||
	       signal == SIGTSTP;
}

/*
 * INT is what a terminal sends to a whole group, and programs are written for that: workers ignore
 * it. From the kernel HUP comes when the terminal has gone, for everyone who used it, and WINCH
 * when its size has changed.
 */
static bool is_for_everyone(const struct lifecycle *state, int signal, bool from_kernel)
{
	return state->settings.audience == AUDIENCE_GROUP || signal == SIGINT || from_kernel;
}

/* Send signal to whoever it is for. */
static struct action *forward(const struct lifecycle *state, struct decision *decision, int signal,
			      bool from_kernel)
{
	const bool to_everyone = is_for_everyone(state, signal, from_kernel);
	enum action_kind kind = to_everyone ? ACTION_FORWARD_TO_GROUP : ACTION_FORWARD_TO_BRANCHES;
	struct action *action;

	if (state->phase == PHASE_DAEMONS)
		kind = ACTION_FORWARD_TO_ALL;
	else if (state->settings.audience == AUDIENCE_MAIN ||
		 (state->settings.audience == AUDIENCE_BY_SIGNAL && !is_for_group(signal) &&
		  !(from_kernel && signal == SIGWINCH)))
		kind = ACTION_FORWARD_TO_MAIN;
	action = decide(decision, kind, signal);
	action->to_everyone = to_everyone;
	return action;
}

static void pass_stop_on(struct lifecycle *state, struct decision *decision, int signal,
			 bool from_kernel, int64_t now)
{
	state->stop_signal = signal;
	state->pass_at = NO_DEADLINE;
	if (state->settings.pause) {
		/* Nobody to pass it on to: what would follow the end of main does so at once. */
		state->phase = PHASE_MAIN_ENDED;
		state->check_at = now;
		return;
	}
	if (state->stop_at == NO_DEADLINE && state->settings.stop_timeout != NO_DEADLINE)
		state->stop_at = now + state->settings.stop_timeout;
	forward(state, decision, signal, from_kernel)->is_stop = true;
}

static void ask_stop(struct lifecycle *state, struct decision *decision, int signal,
		     bool from_kernel, int64_t now)
{
	const int held = state->pass_at != NO_DEADLINE ? state->stop_signal : signal;

	if (!state->stop_signal && state->settings.stop_delay > 0) {
		state->stop_signal = signal;
		state->pass_at = now + state->settings.stop_delay;
		/* Without a main the delay is for the others, and over when they have gone. */
		if (state->settings.pause)
			state->check_at = now;
		decide(decision, ACTION_HOLD_BACK, signal);
		return;
	}
	/* A second one cuts the delay short; the first is not lost by that. */
	if (held != signal)
		pass_stop_on(state, decision, held, false, now);
	pass_stop_on(state, decision, signal, from_kernel, now);
}

static void take_signal(struct lifecycle *state, struct decision *decision,
			const struct event *event, int64_t now)
{
	const int received = event->signal;
	const uint8_t send_as = state->settings.send_as[received];
	const int signal = send_as ? send_as : received;

	if (state->phase == PHASE_LINGERING && send_as != SEND_NOTHING &&
	    state->settings.asks_stop[received]) {
		/* Who asks a second time does not want to wait. */
		if (state->stop_signal)
			end(state, decision);
		state->stop_signal = signal;
		return;
	}
	/* Once the end has begun no process is left that a signal could be meant for. */
	if (state->phase != PHASE_RUNNING && state->phase != PHASE_DAEMONS)
		return;
	if (send_as == SEND_NOTHING)
		return;
	if (state->settings.asks_stop[received]) {
		ask_stop(state, decision, signal, event->from_kernel, now);
		return;
	}
	/* Init's own: its children, and its own use of the terminal, of which the kernel tells. */
	if (received == SIGCHLD ||
	    (event->from_kernel && !send_as && (received == SIGTTIN || received == SIGTTOU)))
		return;
	/*
	 * Nothing tells which daemon USR1 is for, and it kills those that do not handle it. Who is
	 * stopped by TSTP would stay so: init hears of nobody's stop but main's.
	 */
	if (state->phase == PHASE_DAEMONS && state->settings.audience != AUDIENCE_GROUP &&
	    (!is_for_group(signal) || signal == SIGTSTP))
		return;
	/*
	 * A TERM counts as told, because leftovers are asked with it. So does a signal that would
	 * have asked for a stop if it had come as such.
	 */
	if (state->main_lives || state->phase == PHASE_DAEMONS)
		forward(state, decision, signal, event->from_kernel)->is_stop =
			signal == SIGTERM || state->settings.asks_stop[signal];
}

/* What becomes of what main leaves behind. A PID 1 leaves nothing alone: its end would kill it. */
static enum rest rest_of(const struct lifecycle *state)
{
	const enum rest rest = state->settings.rest;

	return rest >= REST_IS_LEFT && state->settings.kernel_ends_rest ? REST_IS_ENDED : rest;
}

static void main_ended(struct lifecycle *state, struct decision *decision, int wait_status,
		       int64_t now)
{
	state->main_lives = false;
	state->status = lifecycle_exit_status(wait_status);
	decide(decision, ACTION_TAKE_TERMINAL, 0);
	if (state->phase != PHASE_RUNNING)
		return;
	if (rest_of(state) == REST_IS_LEFT_BUT_GROUP)
		decide(decision, ACTION_ASK_GROUP, SIGTERM);
	state->phase = rest_of(state) == REST_IS_AWAITED ? PHASE_DAEMONS : PHASE_MAIN_ENDED;
	if (state->phase == PHASE_MAIN_ENDED) {
		/* What a stop would have asked for happens anyway now. */
		state->pass_at = state->stop_at = NO_DEADLINE;
	} else if (state->stop_signal && state->pass_at == NO_DEADLINE) {
		/* The stop that main was told was meant for its daemons as well. */
		pass_stop_on(state, decision, state->stop_signal, false, now);
		decision->actions[decision->count - 1].to_untold = true;
	}
}

static void look_at_rest(struct lifecycle *state, struct decision *decision,
			 const struct event *event, int64_t now)
{
	/* A process that has ended may have looked after another. */
	if (state->ask_at != NO_DEADLINE && event->any_ended)
		state->ask_at = now < state->ask_from ? state->ask_from : now;
	if (state->phase == PHASE_MAIN_ENDED || state->phase == PHASE_DAEMONS)
		ask_to_end(state, decision, now);
	else if (state->phase == PHASE_KILLING)
		/* The children of those that were killed have come to init since. */
		kill_all(state, decision, now);
	if (state->phase == PHASE_ENDING || state->phase == PHASE_RUNNING)
		state->check_at = event->remaining == REMAINING_STRANGERS ? now + CHECK_INTERVAL
									  : NO_DEADLINE;
}

static void all_reaped(struct lifecycle *state, struct decision *decision,
		       const struct event *event, int64_t now)
{
	const bool pause_ends = state->settings.pause && state->stop_signal;
	const bool has_asked = state->phase == PHASE_ENDING || state->phase == PHASE_KILLING;

	if ((state->phase == PHASE_RUNNING && !pause_ends) || state->phase >= PHASE_LINGERING)
		return;
	if (event->remaining == REMAINING_NOBODY ||
	    (event->remaining == REMAINING_OUT_OF_REACH && has_asked) ||
	    rest_of(state) >= REST_IS_LEFT)
		finish(state, decision, 0, now);
	else if (state->phase != PHASE_DAEMONS || event->remaining == REMAINING_STRANGERS)
		look_at_rest(state, decision, event, now);
}

static void network_seen(struct lifecycle *state, struct decision *decision, bool is_sending,
			 int64_t now)
{
	if (state->phase != PHASE_LINGERING)
		return;
	if (is_sending && now < state->linger_until)
		look_at_network_in(state, CHECK_INTERVAL, now);
	else
		end(state, decision);
}

static void time_came(struct lifecycle *state, struct decision *decision, int64_t now)
{
	if (state->phase == PHASE_LINGERING && now >= state->check_at)
		decide(decision, ACTION_LOOK_AT_NETWORK, 0);
	/* Looking again needs no action: EVENT_ALL_REAPED tells who is left. */
	if (now >= state->check_at)
		state->check_at = NO_DEADLINE;
	if (now >= state->kill_at || (now >= state->stop_at && !state->main_lives)) {
		kill_all(state, decision, now);
	} else if (now >= state->stop_at) {
		state->stop_at = NO_DEADLINE;
		decide(decision, ACTION_KILL_MAIN, SIGKILL);
	} else if (now >= state->pass_at) {
		pass_stop_on(state, decision, state->stop_signal, false, now);
	} else if (now >= state->ask_at) {
		state->ask_at = NO_DEADLINE;
		decide(decision, ACTION_ASK_AGAIN, SIGTERM)->to_filters =
			now >= state->filters_from;
	}
}

/* Main, or what is left, belongs to another user, and init cannot end it. */
static void give_up(struct lifecycle *state, struct decision *decision)
{
	if (state->phase == PHASE_KILLING)
		end(state, decision);
	else if (state->phase == PHASE_RUNNING)
		state->phase = PHASE_MAIN_ENDED;
}

bool lifecycle_needs_time(const struct lifecycle *state, const struct event *event)
{
	const struct lifecycle_settings *settings = &state->settings;

	/* These count from a signal or from the end of main. */
	if (settings->stop_delay > 0 || settings->stop_timeout != NO_DEADLINE || settings->pause ||
	    settings->linger > 0)
		return true;
	if (event->kind == EVENT_ALL_REAPED)
		return state->phase != PHASE_RUNNING && event->remaining != REMAINING_NOBODY;
	return event->kind != EVENT_SIGNAL && event->kind != EVENT_MAIN_ENDED;
}

struct decision lifecycle_step(struct lifecycle *state, const struct event *event, int64_t now)
{
	struct decision decision = {0};

	switch (event->kind) {
	case EVENT_SIGNAL:
		take_signal(state, &decision, event, now);
		break;
	case EVENT_MAIN_STOPPED:
		/*
		 * A SIGSTOP was sent on purpose, and its sender will continue main. A main that has
		 * its parent trace it, ptrace(2), stops for each signal: that is not init's affair.
		 */
		if (state->phase == PHASE_RUNNING &&
		    (event->signal == SIGTSTP || event->signal == SIGTTIN ||
		     event->signal == SIGTTOU))
			decide(&decision, ACTION_STOP_WITH_MAIN, event->signal);
		break;
	case EVENT_MAIN_ENDED:
		if (state->main_lives)
			main_ended(state, &decision, event->status, now);
		break;
	case EVENT_ALL_REAPED:
		all_reaped(state, &decision, event, now);
		break;
	case EVENT_TIME:
		time_came(state, &decision, now);
		break;
	case EVENT_ASKED:
		asked(state, &decision, event, now);
		break;
	case EVENT_NETWORK:
		network_seen(state, &decision, event->is_sending, now);
		break;
	case EVENT_UNREACHABLE:
		give_up(state, &decision);
		break;
	}
	return decision;
}

static int64_t earlier(int64_t one, int64_t other)
{
	return one < other ? one : other;
}

int64_t lifecycle_deadline(const struct lifecycle *state)
{
	return earlier(earlier(earlier(state->pass_at, state->stop_at), state->ask_at),
		       earlier(state->kill_at, state->check_at));
}

int lifecycle_exit_status(int wait_status)
{
	return WIFSIGNALED(wait_status) ? 128 + WTERMSIG(wait_status) : WEXITSTATUS(wait_status);
}
