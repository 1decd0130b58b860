/* SPDX-License-Identifier: MIT */
/*
 * The life of a container: the input is its settings and its events. The world around
 * lifecycle_step() is that of the loop in supervise.c: an event comes only when that loop could
 * report it. The promises are those of docs/lifecycle.md. The model checks every interleaving of
 * few events; this target checks some interleavings of many, with all settings and any times.
 */
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "fuzz.h"
#include "init/lifecycle.h"

static const int64_t times[] = {0, 1, 19, 20, 21, 500, 5000, 2147483647000};
#define TIME(number) (times[(number) % (sizeof(times) / sizeof(times[0]))])

struct world {
	struct lifecycle state;
	int64_t now;
	bool main_lives; /* or has not been reaped */
	int children;	 /* of init, beside main */
	int strangers;	 /* processes that an exec has brought */
	bool foreign;	 /* all of these, and main, belong to another user */
	bool sending;
	int wait_status;
	/* Events that the loop has still to report. */
	bool unreachable, has_asked, has_looked, reaping, any_ended, saw_sending;
	/* The past, recorded without lifecycle.c. */
	bool reaped_main, passed, asked, killed_rest, gave_up, nobody_left, again, ended;
	bool killed_main;
	bool asks_stop; /* the event may be that of a stop */
	int64_t ended_at, passed_at, asked_at;
	int in_a_row; /* deadlines with nothing in between */
};

static void begin(struct world *world, struct input *input)
{
	static const int sent[] = {0, SIGTERM, SIGKILL, SIGUSR1, SEND_NOTHING};
	struct lifecycle_settings settings = lifecycle_defaults();
	const unsigned int bits = fuzz_byte(input), more = fuzz_byte(input);

	memset(world, 0, sizeof(*world));
	settings.pause = bits & 1;
	settings.kernel_ends_rest = bits & 4;
	settings.rest = (enum rest)(bits >> 3 & 3);
	settings.audience = (enum audience)((bits >> 6) % 3);
	settings.stop_delay = TIME(fuzz_byte(input));
	settings.stop_timeout = more & 1 ? TIME(fuzz_byte(input)) : NO_DEADLINE;
	settings.wait = TIME(fuzz_byte(input));
	settings.linger = more & 2 ? TIME(fuzz_byte(input)) : 0;
	settings.asks_stop[SIGHUP] = more & 4;
	settings.send_as[SIGINT] = (uint8_t)sent[more / 8 % 5];
	settings.send_as[SIGTTIN] = (uint8_t)sent[more / 40 % 5];
	world->state = lifecycle_start(&settings);
	world->main_lives = !settings.pause;
	world->foreign = more & 128;
}

/* A signal that comes while main lives is passed on, held back, or not for main. */
static void check_signal(const struct world *world, const struct event *event,
			 const struct decision *decision, enum phase before)
{
	const struct lifecycle_settings *settings = &world->state.settings;
	const int sent =
		settings->send_as[event->signal] ? settings->send_as[event->signal] : event->signal;
	const struct action *last = decision->actions;

	if (before != PHASE_RUNNING || settings->pause)
		return;
	if (sent == SEND_NOTHING || (event->signal == SIGCHLD && !settings->asks_stop[SIGCHLD]) ||
	    (sent == event->signal && event->from_kernel && event->signal == SIGTTIN)) {
		PROMISE(decision->count == 0);
		return;
	}
	PROMISE(decision->count > 0);
	last += decision->count - 1;
	PROMISE(last->signal == sent);
	if (last->kind == ACTION_HOLD_BACK) {
		PROMISE(lifecycle_deadline(&world->state) <= world->now + settings->stop_delay);
		return;
	}
	PROMISE(last->is_stop == (settings->asks_stop[event->signal] || sent == SIGTERM ||
				  settings->asks_stop[sent]));
	if (settings->audience == AUDIENCE_MAIN)
		PROMISE(last->kind == ACTION_FORWARD_TO_MAIN);
	if (settings->audience == AUDIENCE_GROUP)
		PROMISE(last->kind == ACTION_FORWARD_TO_GROUP);
}

static void check_end(const struct world *world)
{
	const struct lifecycle_settings *settings = &world->state.settings;
	int expected = world->main_lives ? 128 + SIGKILL : 0;

	if (world->reaped_main)
		expected = lifecycle_exit_status(world->wait_status);
	PROMISE(world->state.status == expected);
	/* Processes may be left if init need not end them, or if it cannot. */
	PROMISE(settings->kernel_ends_rest || settings->rest >= REST_IS_LEFT ||
		world->nobody_left || world->gave_up);
	if (settings->kernel_ends_rest && settings->linger > 0 && world->sending &&
	    world->reaped_main && !world->again)
		PROMISE(world->saw_sending == false ||
			world->now >= world->ended_at + settings->linger);
}

static void check_kill(const struct world *world, const struct action *action, enum phase before)
{
	const struct lifecycle_settings *settings = &world->state.settings;
	const bool timed_out = world->passed && settings->stop_timeout != NO_DEADLINE &&
			       world->now >= world->passed_at + settings->stop_timeout;

	PROMISE(action->signal == SIGKILL);
	if (action->kind == ACTION_KILL_MAIN)
		PROMISE(world->main_lives && timed_out);
	else
		PROMISE(world->killed_rest || (before == PHASE_DAEMONS && timed_out) ||
			(world->asked && world->now >= world->asked_at + settings->wait));
}

/* Carry out an action, as supervise.c would. */
static void act(struct world *world, const struct action *action, enum phase before)
{
	const bool anybody = world->children || world->strangers;

	switch (action->kind) {
	case ACTION_FORWARD_TO_BRANCHES:
	case ACTION_FORWARD_TO_GROUP:
	case ACTION_FORWARD_TO_MAIN:
	case ACTION_STOP_WITH_MAIN:
		PROMISE(world->main_lives);
		break;
	case ACTION_FORWARD_TO_ALL:
		PROMISE(before == PHASE_DAEMONS || world->state.phase == PHASE_DAEMONS);
		break;
	case ACTION_ASK:
		PROMISE(!world->asked && (!world->main_lives || world->gave_up));
		world->asked = world->has_asked = true;
		world->asked_at = world->now;
		break;
	case ACTION_ASK_AGAIN:
		PROMISE(world->asked);
		world->has_asked = true;
		break;
	case ACTION_KILL_MAIN:
	case ACTION_KILL_ALL:
		check_kill(world, action, before);
		world->killed_rest |= action->kind == ACTION_KILL_ALL;
		world->killed_main |= action->kind == ACTION_KILL_MAIN;
		world->unreachable =
			world->foreign || (action->kind == ACTION_KILL_ALL && !anybody);
		break;
	case ACTION_LOOK_AT_NETWORK:
		world->has_looked = true;
		break;
	case ACTION_END:
		check_end(world);
		world->ended = true;
		break;
	case ACTION_TAKE_TERMINAL:
	case ACTION_ASK_GROUP:
		PROMISE(world->reaped_main);
		break;
	case ACTION_HOLD_BACK:
		PROMISE(world->state.settings.stop_delay > 0);
		break;
	}
	/* A TERM that asks for no stop is remembered like one. */
	if (action->is_stop && world->asks_stop && !world->passed) {
		world->passed = true;
		world->passed_at = world->now;
	}
}

static void happen(struct world *world, struct event event)
{
	struct lifecycle other = world->state;
	const enum phase before = world->state.phase;
	const bool needs_time = lifecycle_needs_time(&other, &event);
	const struct decision decision = lifecycle_step(&world->state, &event, world->now);

	if (!needs_time) {
		lifecycle_step(&other, &event, world->now + 12345);
		PROMISE(memcmp(&other, &world->state, sizeof(other)) == 0);
	}
	world->asks_stop =
		event.kind != EVENT_SIGNAL || world->state.settings.asks_stop[event.signal];
	PROMISE(decision.count >= 0 && decision.count <= ACTIONS_MAX);
	PROMISE(before <= PHASE_ENDED && world->state.phase >= before);
	if (event.kind == EVENT_SIGNAL)
		check_signal(world, &event, &decision, before);
	for (int i = 0; i < decision.count; i++) {
		PROMISE(!world->ended);
		act(world, &decision.actions[i], before);
	}
	PROMISE(world->ended == (world->state.phase == PHASE_ENDED));
	/* A second stop does not give main more time. */
	if (world->passed && !world->killed_main && world->state.phase == PHASE_RUNNING &&
	    world->state.settings.stop_timeout != NO_DEADLINE)
		PROMISE(lifecycle_deadline(&world->state) <=
			world->passed_at + world->state.settings.stop_timeout);
}

static void all_reaped(struct world *world)
{
	struct event event = {.kind = EVENT_ALL_REAPED, .any_ended = world->any_ended};

	if (!world->main_lives && !world->children && !world->strangers)
		event.remaining = REMAINING_NOBODY;
	else if (world->foreign && (world->asked || world->killed_rest))
		event.remaining = REMAINING_OUT_OF_REACH;
	else
		event.remaining = world->main_lives || world->children ? REMAINING_CHILDREN
								       : REMAINING_STRANGERS;
	world->nobody_left = event.remaining == REMAINING_NOBODY;
	world->gave_up |= event.remaining == REMAINING_OUT_OF_REACH;
	world->reaping = world->any_ended = false;
	happen(world, event);
}

/* Report the next event that the loop owes lifecycle_step(). Returns false if there is none. */
static bool tell(struct world *world, unsigned int choice)
{
	if (world->unreachable) {
		world->unreachable = false;
		world->reaping = world->gave_up = true;
		happen(world, (struct event){.kind = EVENT_UNREACHABLE});
	} else if (world->has_asked) {
		const bool is_over = world->foreign;

		world->has_asked = false;
		world->gave_up |= is_over;
		happen(world, (struct event){.kind = EVENT_ASKED,
					     .is_over = is_over,
					     .asks_again = choice & 1,
					     .listed = (int)(choice * 100)});
	} else if (world->has_looked) {
		world->has_looked = false;
		world->saw_sending = world->sending;
		happen(world, (struct event){.kind = EVENT_NETWORK, .is_sending = world->sending});
	} else if (world->now >= lifecycle_deadline(&world->state)) {
		/* A deadline does not lead to another one without end. */
		PROMISE(world->in_a_row++ < 8);
		world->reaping = true;
		happen(world, (struct event){.kind = EVENT_TIME});
		if (!world->ended && !world->unreachable && !world->has_asked && !world->has_looked)
			all_reaped(world);
	} else {
		return false;
	}
	return true;
}

static void end_main(struct world *world, int status)
{
	if (!world->main_lives)
		return;
	world->main_lives = false;
	world->reaped_main = world->any_ended = world->reaping = true;
	world->wait_status = status;
	world->ended_at = world->now;
	happen(world, (struct event){.kind = EVENT_MAIN_ENDED, .status = status});
}

static void pass_time(struct world *world, int64_t time)
{
	world->now += time;
	world->in_a_row = 0;
}

static void send(struct world *world, unsigned int choice)
{
	static const int signals[] = {SIGTERM, SIGINT,	SIGHUP,	 SIGQUIT, SIGUSR1,
				      SIGCHLD, SIGTTIN, SIGTSTP, 34,	  64};
	const int signal = signals[choice % 10];
	const struct lifecycle_settings *settings = &world->state.settings;

	/* A second stop ends the wait for the network. */
	world->again |= world->state.phase == PHASE_LINGERING && settings->asks_stop[signal];
	happen(world,
	       (struct event){.kind = EVENT_SIGNAL, .signal = signal, .from_kernel = choice & 128});
}

static void step(struct world *world, unsigned int what, unsigned int choice)
{
	if (tell(world, choice))
		return;
	world->in_a_row = 0;
	switch (what % 10) {
	case 0:
	case 1:
		send(world, choice);
		break;
	case 2:
		end_main(world, choice & 1 ? SIGKILL : (int)choice << 8);
		break;
	case 3:
		world->children += world->state.phase < PHASE_ENDING && world->children < 9;
		break;
	case 4:
		world->any_ended = world->reaping = world->children > 0;
		world->children -= world->children > 0;
		break;
	case 5:
		world->strangers = choice & 1;
		break;
	case 6:
		world->sending = choice & 1;
		break;
	case 7:
		if (world->main_lives && world->state.phase == PHASE_RUNNING)
			happen(world, (struct event){.kind = EVENT_MAIN_STOPPED,
						     .signal = choice & 1 ? SIGSTOP : SIGTSTP});
		break;
	default:
		pass_time(world, choice & 1 || lifecycle_deadline(&world->state) == NO_DEADLINE
					 ? TIME(choice / 2)
					 : lifecycle_deadline(&world->state) - world->now);
		break;
	}
	if (world->reaping && !world->ended && !world->has_asked && !world->has_looked &&
	    !world->unreachable)
		all_reaped(world);
}

/* When all processes have ended and the network is quiet, init ends within a few steps. */
static void finish(struct world *world)
{
	world->sending = false;
	if (world->state.settings.pause)
		send(world, 0);
	for (int i = 0; i < 100 && !world->ended; i++) {
		end_main(world, 0);
		world->children = world->strangers = 0;
		if (world->ended || tell(world, 0))
			continue;
		if (lifecycle_deadline(&world->state) != NO_DEADLINE && i % 2)
			pass_time(world, lifecycle_deadline(&world->state) - world->now);
		else
			all_reaped(world);
	}
	PROMISE(world->ended);
	PROMISE(lifecycle_deadline(&world->state) == NO_DEADLINE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = fuzz_begin(data, size);
	static struct world world;

	begin(&world, &input);
	while (input.size > 0 && !world.ended) {
		const unsigned int what = fuzz_byte(&input);

		step(&world, what, fuzz_byte(&input));
	}
	if (!world.ended)
		finish(&world);
	return 0;
}
