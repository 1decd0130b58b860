/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "init/lifecycle.h"

#define WAIT 5000
#define CHECK_INTERVAL 20
#define LATER 1000
#define EXITED(code) ((code) << 8) /* wait statuses as Linux makes them */
#define KILLED(number) (number)

static const struct event main_ended = {.kind = EVENT_MAIN_ENDED, .status = EXITED(7)};
static const struct event nobody = {.kind = EVENT_ALL_REAPED, .remaining = REMAINING_NOBODY};
static const struct event some_children = {.kind = EVENT_ALL_REAPED,
					   .remaining = REMAINING_CHILDREN};
static const struct event strangers = {.kind = EVENT_ALL_REAPED, .remaining = REMAINING_STRANGERS};
static const struct event time_has_come = {.kind = EVENT_TIME};
static const struct event unreachable = {.kind = EVENT_UNREACHABLE};
static const struct event out_of_reach = {.kind = EVENT_ALL_REAPED,
					  .remaining = REMAINING_OUT_OF_REACH};
static const struct event child_reaped = {.kind = EVENT_ALL_REAPED,
					  .remaining = REMAINING_CHILDREN,
					  .any_ended = true};
static const struct event all_were_asked = {.kind = EVENT_ASKED, .listed = 3};
static const struct event nobody_to_ask = {.kind = EVENT_ASKED, .is_over = true};
static const struct event some_are_looked_after = {.kind = EVENT_ASKED,
						   .asks_again = true,
						   .listed = 3};
static const struct event many_were_listed = {.kind = EVENT_ASKED,
					      .asks_again = true,
					      .listed = 5000};

static const struct event main_ended_again = {.kind = EVENT_MAIN_ENDED, .status = KILLED(SIGSEGV)};

static struct event signal_event(int number)
{
	return (struct event){.kind = EVENT_SIGNAL, .signal = number};
}

static struct event stopped_event(int number)
{
	return (struct event){.kind = EVENT_MAIN_STOPPED, .signal = number};
}

static struct lifecycle started(bool is_pid1, int64_t wait)
{
	struct lifecycle_settings settings = lifecycle_defaults();

	settings.wait = wait;
	settings.kernel_ends_rest = is_pid1;
	return lifecycle_start(&settings);
}

/* Who gets a signal, by who has sent it and by what is chosen. */
START_TEST(signals_while_main_runs)
{
	static const enum audience audiences[] = {AUDIENCE_BY_SIGNAL, AUDIENCE_GROUP,
						  AUDIENCE_MAIN};

	for (int row = 0; row < 64 * 2 * COUNT(audiences); row++) {
		const int number = 1 + row % 64;
		const bool from_kernel = row / 64 % 2;
		const enum audience audience = audiences[row / 64 / 2];
		const struct event event = {.kind = EVENT_SIGNAL,
					    .signal = number,
					    .from_kernel = from_kernel};
		const bool to_nobody = number == SIGCHLD ||
				       (from_kernel && (number == SIGTTIN || number == SIGTTOU));
		const bool for_group = number == SIGTERM || number == SIGINT || number == SIGHUP ||
				       number == SIGQUIT || number == SIGTSTP;
		enum action_kind kind = ACTION_FORWARD_TO_MAIN;
		struct lifecycle state = started(true, WAIT);
		struct decision decision;

		state.settings.audience = audience;
		decision = lifecycle_step(&state, &event, 0);
		if (audience == AUDIENCE_GROUP || (audience == AUDIENCE_BY_SIGNAL && for_group &&
						   (from_kernel || number == SIGINT)))
			kind = ACTION_FORWARD_TO_GROUP;
		else if (audience == AUDIENCE_BY_SIGNAL && for_group)
			kind = ACTION_FORWARD_TO_BRANCHES;
		ck_assert_msg(decision.count == !to_nobody, "row %d", row);
		ck_assert_int_eq(state.phase, PHASE_RUNNING);
		ck_assert(lifecycle_deadline(&state) == NO_DEADLINE);
		if (to_nobody)
			continue;
		ck_assert_msg(decision.actions[0].kind == kind, "row %d", row);
		ck_assert_msg(decision.actions[0].signal == number, "row %d", row);
		ck_assert_msg(decision.actions[0].is_stop ==
				      (number == SIGTERM || number == SIGINT || number == SIGQUIT),
			      "row %d", row);
	}
}
END_TEST

/* Neither a signal nor a late word of a stopped main means anything any more. */
START_TEST(signals_after_main_has_ended)
{
	static const struct {
		const struct event *before;
		enum phase phase;
	} rows[] = {{&main_ended, PHASE_MAIN_ENDED},
		    {&some_children, PHASE_ENDING},
		    {&time_has_come, PHASE_KILLING},
		    {&nobody, PHASE_ENDED}};

	for (int number = 1; number <= 64; number++) {
		struct lifecycle state = started(false, WAIT);
		const struct event signal = signal_event(number), stopped = stopped_event(number);

		for (int i = 0; i < COUNT(rows); i++) {
			int64_t deadline;

			lifecycle_step(&state, rows[i].before, i == 2 ? WAIT : 0);
			deadline = lifecycle_deadline(&state);
			ck_assert_msg(lifecycle_step(&state, &signal, 0).count == 0,
				      "signal %d, row %d", number, i);
			ck_assert_msg(lifecycle_step(&state, &stopped, 0).count == 0,
				      "stopped by %d, row %d", number, i);
			ck_assert_msg(state.phase == rows[i].phase, "signal %d, row %d: phase",
				      number, i);
			ck_assert_msg(lifecycle_deadline(&state) == deadline,
				      "signal %d, row %d: deadline", number, i);
		}
	}
}
END_TEST

START_TEST(main_stopped)
{
	static const struct {
		int number;
		bool stops_init;
	} rows[] = {{SIGTSTP, true}, {SIGTTIN, true}, {SIGTTOU, true}, {SIGSTOP, false}};

	for (int i = 0; i < COUNT(rows); i++) {
		struct lifecycle state = started(true, WAIT);
		const struct event event = stopped_event(rows[i].number);
		const struct decision decision = lifecycle_step(&state, &event, 0);

		ck_assert_int_eq(decision.count, rows[i].stops_init);
		if (rows[i].stops_init) {
			ck_assert_int_eq(decision.actions[0].kind, ACTION_STOP_WITH_MAIN);
			ck_assert_int_eq(decision.actions[0].signal, rows[i].number);
		}
		ck_assert_int_eq(state.phase, PHASE_RUNNING);
	}
}
END_TEST

START_TEST(statuses)
{
	for (int code = 0; code < 256; code++)
		ck_assert_int_eq(lifecycle_exit_status(EXITED(code)), code);
	for (int number = 1; number <= 64; number++) {
		ck_assert_int_eq(lifecycle_exit_status(KILLED(number)), 128 + number);
		ck_assert_int_eq(lifecycle_exit_status(KILLED(number) | 0x80), 128 + number);
	}
}
END_TEST

/* The status that counts is that of main's first end, whatever comes afterwards. */
START_TEST(status_is_kept)
{
	for (int row = 0; row < 256 + 64; row++) {
		const int status = row < 256 ? EXITED(row) : KILLED(row - 255);
		const int shown = row < 256 ? row : 128 + row - 255;
		const struct event ended = {.kind = EVENT_MAIN_ENDED, .status = status};
		struct lifecycle state = started(false, 0);

		lifecycle_step(&state, &ended, 0);
		ck_assert_msg(state.status == shown, "wait status %d: %d", status, state.status);
		lifecycle_step(&state, &main_ended_again, 0);
		lifecycle_step(&state, &some_children, 0);
		lifecycle_step(&state, &time_has_come, 0);
		lifecycle_step(&state, &nobody, 0);
		ck_assert_int_eq(state.phase, PHASE_ENDED);
		ck_assert_msg(state.status == shown, "wait status %d: %d", status, state.status);
	}
}
END_TEST

struct step {
	const struct event *event;
	int64_t now;
	struct decision wanted;
	enum phase phase;
	int64_t deadline;
};

#define NOTHING                                                                                    \
	{                                                                                          \
		.count = 0                                                                         \
	}
#define ONE(what, number)                                                                          \
	{                                                                                          \
		.count = 1, .actions = { {.kind = (what), .signal = (number)} }                    \
	}
#define TAKE_TERMINAL ONE(ACTION_TAKE_TERMINAL, 0)
#define ASK ONE(ACTION_ASK, SIGTERM)
#define ASK_AGAIN ONE(ACTION_ASK_AGAIN, SIGTERM)
#define KILL ONE(ACTION_KILL_ALL, SIGKILL)
#define KILL_AND_END                                                                               \
	{                                                                                          \
		.count = 2, .actions =                                                             \
		{ {.kind = ACTION_KILL_ALL, .signal = SIGKILL},                                    \
		  {.kind = ACTION_END} }                                                           \
	}
#define END ONE(ACTION_END, 0)

/* Each story is told step by step, up to an empty one. */
static const struct story {
	const char *name;
	bool is_pid1;
	int64_t wait;
	struct step steps[12];
} stories[] = {
	{"nobody is left",
	 true,
	 WAIT,
	 {{&some_children, 1, NOTHING, PHASE_RUNNING, NO_DEADLINE},
	  {&time_has_come, 2, NOTHING, PHASE_RUNNING, NO_DEADLINE},
	  {&main_ended, 10, TAKE_TERMINAL, PHASE_MAIN_ENDED, NO_DEADLINE},
	  {&nobody, 11, END, PHASE_ENDED, NO_DEADLINE},
	  {&nobody, 12, NOTHING, PHASE_ENDED, NO_DEADLINE},
	  {&main_ended, 13, NOTHING, PHASE_ENDED, NO_DEADLINE}}},
	{"children end in time",
	 true,
	 WAIT,
	 {{&main_ended, 10, TAKE_TERMINAL, PHASE_MAIN_ENDED, NO_DEADLINE},
	  {&some_children, 11, ASK, PHASE_ENDING, 11 + WAIT},
	  {&some_children, 12, NOTHING, PHASE_ENDING, 11 + WAIT},
	  {&time_has_come, 10 + WAIT, NOTHING, PHASE_ENDING, 11 + WAIT},
	  {&nobody, 10 + WAIT, END, PHASE_ENDED, NO_DEADLINE}}},
	{"a PID 1 leaves the rest to the kernel",
	 true,
	 WAIT,
	 {{&main_ended, 10, TAKE_TERMINAL, PHASE_MAIN_ENDED, NO_DEADLINE},
	  {&some_children, 11, ASK, PHASE_ENDING, 11 + WAIT},
	  {&time_has_come, 11 + WAIT, KILL_AND_END, PHASE_ENDED, NO_DEADLINE},
	  {&time_has_come, 12 + WAIT, NOTHING, PHASE_ENDED, NO_DEADLINE}}},
	{"a subreaper kills until nobody is left",
	 false,
	 WAIT,
	 {{&main_ended, 10, TAKE_TERMINAL, PHASE_MAIN_ENDED, NO_DEADLINE},
	  {&some_children, 11, ASK, PHASE_ENDING, 11 + WAIT},
	  {&time_has_come, 12 + WAIT, KILL, PHASE_KILLING, 12 + WAIT + CHECK_INTERVAL},
	  {&some_children, 13 + WAIT, KILL, PHASE_KILLING, 13 + WAIT + CHECK_INTERVAL},
	  {&time_has_come, 13 + WAIT + CHECK_INTERVAL, NOTHING, PHASE_KILLING, NO_DEADLINE},
	  {&nobody, 15 + WAIT, END, PHASE_ENDED, NO_DEADLINE}}},
	{"those that a subreaper cannot kill it leaves",
	 false,
	 WAIT,
	 {{&main_ended, 10, TAKE_TERMINAL, PHASE_MAIN_ENDED, NO_DEADLINE},
	  {&some_children, 11, ASK, PHASE_ENDING, 11 + WAIT},
	  {&unreachable, 12, NOTHING, PHASE_ENDING, 11 + WAIT},
	  {&time_has_come, 11 + WAIT, KILL, PHASE_KILLING, 11 + WAIT + CHECK_INTERVAL},
	  {&unreachable, 11 + WAIT, END, PHASE_ENDED, NO_DEADLINE}}},
	{"no time to wait",
	 false,
	 0,
	 {{&main_ended, 10, TAKE_TERMINAL, PHASE_MAIN_ENDED, NO_DEADLINE},
	  {&some_children, 11, ASK, PHASE_ENDING, 11},
	  {&time_has_come, 11, KILL, PHASE_KILLING, 11 + CHECK_INTERVAL}}},
	{"strangers are looked for again and again",
	 true,
	 WAIT,
	 {{&strangers, 1, NOTHING, PHASE_RUNNING, NO_DEADLINE},
	  {&main_ended, 10, TAKE_TERMINAL, PHASE_MAIN_ENDED, NO_DEADLINE},
	  {&strangers, 11, ASK, PHASE_ENDING, 11 + CHECK_INTERVAL},
	  {&time_has_come, 11 + CHECK_INTERVAL, NOTHING, PHASE_ENDING, 11 + WAIT},
	  {&strangers, 40, NOTHING, PHASE_ENDING, 40 + CHECK_INTERVAL},
	  {&some_children, 50, NOTHING, PHASE_ENDING, 11 + WAIT},
	  {&strangers, 5000, NOTHING, PHASE_ENDING, 11 + WAIT},
	  {&time_has_come, 11 + WAIT, KILL_AND_END, PHASE_ENDED, NO_DEADLINE}}},
	{"strangers are looked for no sooner, and may be gone by then",
	 false,
	 WAIT,
	 {{&main_ended, 10, TAKE_TERMINAL, PHASE_MAIN_ENDED, NO_DEADLINE},
	  {&time_has_come, 10, NOTHING, PHASE_MAIN_ENDED, NO_DEADLINE},
	  {&strangers, 11, ASK, PHASE_ENDING, 11 + CHECK_INTERVAL},
	  {&time_has_come, 10 + CHECK_INTERVAL, NOTHING, PHASE_ENDING, 11 + CHECK_INTERVAL},
	  {&time_has_come, 12 + CHECK_INTERVAL, NOTHING, PHASE_ENDING, 11 + WAIT},
	  {&nobody, 12 + CHECK_INTERVAL, END, PHASE_ENDED, NO_DEADLINE}}},
	{"strangers get no longer than the wait",
	 true,
	 CHECK_INTERVAL - 1,
	 {{&main_ended, 10, TAKE_TERMINAL, PHASE_MAIN_ENDED, NO_DEADLINE},
	  {&strangers, 11, ASK, PHASE_ENDING, 10 + CHECK_INTERVAL},
	  {&time_has_come, 10 + CHECK_INTERVAL, KILL_AND_END, PHASE_ENDED, NO_DEADLINE}}},
	{"time to look and time to kill at once",
	 false,
	 CHECK_INTERVAL,
	 {{&main_ended, 10, TAKE_TERMINAL, PHASE_MAIN_ENDED, NO_DEADLINE},
	  {&strangers, 11, ASK, PHASE_ENDING, 11 + CHECK_INTERVAL},
	  {&time_has_come, 11 + CHECK_INTERVAL, KILL, PHASE_KILLING, 11 + 2 * CHECK_INTERVAL},
	  {&strangers, 12 + CHECK_INTERVAL, KILL, PHASE_KILLING, 12 + 2 * CHECK_INTERVAL},
	  {&nobody, 13 + CHECK_INTERVAL, END, PHASE_ENDED, NO_DEADLINE}}},
	{"no time to wait as PID 1",
	 true,
	 0,
	 {{&main_ended, 10, TAKE_TERMINAL, PHASE_MAIN_ENDED, NO_DEADLINE},
	  {&some_children, 11, ASK, PHASE_ENDING, 11},
	  {&time_has_come, 11, KILL_AND_END, PHASE_ENDED, NO_DEADLINE}}},
	{"only processes of other users are left",
	 true,
	 WAIT,
	 {{&main_ended, 10, TAKE_TERMINAL, PHASE_MAIN_ENDED, NO_DEADLINE},
	  {&some_children, 11, ASK, PHASE_ENDING, 11 + WAIT},
	  {&nobody_to_ask, 12, END, PHASE_ENDED, NO_DEADLINE}}},
	{"only processes of other users remain",
	 false,
	 WAIT,
	 {{&main_ended, 10, TAKE_TERMINAL, PHASE_MAIN_ENDED, NO_DEADLINE},
	  {&some_children, 11, ASK, PHASE_ENDING, 11 + WAIT},
	  {&all_were_asked, 12, NOTHING, PHASE_ENDING, 11 + WAIT},
	  {&out_of_reach, 500, END, PHASE_ENDED, NO_DEADLINE}}},
	{"those whom somebody looks after are asked when that one has ended",
	 true,
	 WAIT,
	 {{&main_ended, 10, TAKE_TERMINAL, PHASE_MAIN_ENDED, NO_DEADLINE},
	  {&some_children, 11, ASK, PHASE_ENDING, 11 + WAIT},
	  {&some_are_looked_after, 11, NOTHING, PHASE_ENDING, 11 + LATER},
	  {&some_children, 12, NOTHING, PHASE_ENDING, 11 + LATER},
	  {&child_reaped, 15, NOTHING, PHASE_ENDING, 11 + CHECK_INTERVAL},
	  {&time_has_come, 11 + CHECK_INTERVAL, ASK_AGAIN, PHASE_ENDING, 11 + WAIT},
	  {&some_are_looked_after, 40, NOTHING, PHASE_ENDING, 40 + LATER},
	  {&child_reaped, 500, NOTHING, PHASE_ENDING, 500},
	  {&time_has_come, 500, ASK_AGAIN, PHASE_ENDING, 11 + WAIT},
	  {&all_were_asked, 501, NOTHING, PHASE_ENDING, 11 + WAIT}}},
	{"a tenth of the time is spent on looking",
	 true,
	 WAIT,
	 {{&main_ended, 10, TAKE_TERMINAL, PHASE_MAIN_ENDED, NO_DEADLINE},
	  {&some_children, 11, ASK, PHASE_ENDING, 11 + WAIT},
	  {&many_were_listed, 50, NOTHING, PHASE_ENDING, 50 + LATER},
	  {&child_reaped, 51, NOTHING, PHASE_ENDING, 550},
	  {&time_has_come, 50 + LATER, ASK_AGAIN, PHASE_ENDING, 11 + WAIT}}},
	{"main ends once",
	 false,
	 WAIT,
	 {{&main_ended, 10, TAKE_TERMINAL, PHASE_MAIN_ENDED, NO_DEADLINE},
	  {&main_ended_again, 10, NOTHING, PHASE_MAIN_ENDED, NO_DEADLINE},
	  {&some_children, 11, ASK, PHASE_ENDING, 11 + WAIT},
	  {&main_ended_again, 12, NOTHING, PHASE_ENDING, 11 + WAIT},
	  {&time_has_come, 11 + WAIT, KILL, PHASE_KILLING, 11 + WAIT + CHECK_INTERVAL},
	  {&main_ended_again, 12 + WAIT, NOTHING, PHASE_KILLING, 11 + WAIT + CHECK_INTERVAL},
	  {&nobody, 13 + WAIT, END, PHASE_ENDED, NO_DEADLINE},
	  {&unreachable, 14 + WAIT, NOTHING, PHASE_ENDED, NO_DEADLINE},
	  {&some_children, 15 + WAIT, NOTHING, PHASE_ENDED, NO_DEADLINE}}},
};

static void expect_decision(const struct decision *decision, const struct decision *wanted,
			    const char *name, int step)
{
	ck_assert_msg(decision->count == wanted->count, "%s, step %d: %d actions", name, step,
		      decision->count);
	for (int i = 0; i < wanted->count; i++) {
		ck_assert_msg(decision->actions[i].kind == wanted->actions[i].kind, "%s, step %d",
			      name, step);
		ck_assert_msg(decision->actions[i].signal == wanted->actions[i].signal,
			      "%s, step %d", name, step);
	}
}

START_TEST(told_step_by_step)
{
	const struct story *story = &stories[_i];
	struct lifecycle state = started(story->is_pid1, story->wait);

	for (int i = 0; story->steps[i].event; i++) {
		const struct step *step = &story->steps[i];
		const struct decision decision = lifecycle_step(&state, step->event, step->now);

		expect_decision(&decision, &step->wanted, story->name, i);
		ck_assert_msg(state.phase == step->phase, "%s, step %d: phase", story->name, i);
		ck_assert_msg(lifecycle_deadline(&state) == step->deadline, "%s, step %d: deadline",
			      story->name, i);
		if (state.phase != PHASE_RUNNING)
			ck_assert_int_eq(state.status, 7);
	}
}
END_TEST

/* What holds after any events in any order. */
struct history {
	int64_t wait;
	int64_t asked_at; /* when leftovers got TERM; -1: not yet */
	bool ended;
};

/*
 * A deadline that stayed behind would keep init awake; one too late would break its promise.
 * Asserts only what is wrong: Check writes a record of every assertion, too slow for so many.
 */
static void check_deadline(const struct history *history, const struct lifecycle *state,
			   const struct event *event, int64_t now)
{
	const int64_t deadline = lifecycle_deadline(state);

	if (event->kind == EVENT_TIME && deadline <= now)
		ck_abort_msg("a deadline has passed and stays");
	if (state->phase == PHASE_ENDING && deadline > history->asked_at + history->wait)
		ck_abort_msg("a deadline too late");
	if (state->phase == PHASE_KILLING && deadline != NO_DEADLINE &&
	    deadline > now + CHECK_INTERVAL)
		ck_abort_msg("looks again too late");
	if (state->phase != PHASE_ENDING && state->phase != PHASE_KILLING &&
	    deadline != NO_DEADLINE)
		ck_abort_msg("a deadline in phase %d", state->phase);
}

static void check_decision(struct history *history, const struct decision *decision, int64_t now)
{
	for (int i = 0; i < decision->count; i++) {
		const struct action *action = &decision->actions[i];

		ck_assert_msg(!history->ended, "something was decided after the end");
		if (action->kind == ACTION_ASK) {
			ck_assert_msg(history->asked_at < 0, "leftovers were asked twice");
			history->asked_at = now;
		}
		if (action->kind == ACTION_KILL_ALL)
			ck_assert_msg(history->asked_at >= 0 &&
					      now >= history->asked_at + history->wait,
				      "killed before its time");
		if (action->kind == ACTION_END)
			history->ended = true;
	}
}

START_TEST(in_any_order)
{
	static const int64_t waits[] = {WAIT, 0, CHECK_INTERVAL / 2};
	const struct event *const events[] = {&main_ended,	     &nobody,
					      &some_children,	     &strangers,
					      &time_has_come,	     &unreachable,
					      &out_of_reach,	     &child_reaped,
					      &all_were_asked,	     &many_were_listed,
					      &some_are_looked_after};

	srand(1);
	for (int life = 0; life < 20000; life++) {
		struct history history = {.wait = waits[life % COUNT(waits)], .asked_at = -1};
		struct lifecycle state = started(rand() % 2, history.wait);
		struct decision decision;
		int64_t now = 0;

		for (int i = 0; i < 30; i++) {
			const int choice = rand() % (COUNT(events) + 2);
			const int number = 1 + rand() % 64;
			const struct event event = choice < COUNT(events) ? *events[choice]
						   : choice == COUNT(events)
							   ? signal_event(number)
							   : stopped_event(number);

			now += rand() % 2 ? rand() % 100 : rand() % WAIT;
			decision = lifecycle_step(&state, &event, now);
			check_decision(&history, &decision, now);
			check_deadline(&history, &state, &event, now);
		}
		decision = lifecycle_step(&state, &main_ended, now);
		check_decision(&history, &decision, now);
		decision = lifecycle_step(&state, &nobody, now);
		check_decision(&history, &decision, now);
		ck_assert_msg(history.ended && state.phase == PHASE_ENDED, "life %d does not end",
			      life);
	}
}
END_TEST

/* The same, but for the time, whatever that is. */
static void check_that_time_is_ignored(struct lifecycle state, const struct event *event)
{
	struct lifecycle later = state;
	const struct decision decision = lifecycle_step(&state, event, 1);
	const struct decision decision_later = lifecycle_step(&later, event, 1000000);

	if (memcmp(&state, &later, sizeof(state)) != 0 || decision.count != decision_later.count)
		ck_abort_msg("event %d in phase %d needs the time", event->kind, state.phase);
}

START_TEST(time_is_asked_for_where_it_counts)
{
	static const struct event *const events[] = {
		&main_ended,	 &nobody,	 &some_children,
		&strangers,	 &time_has_come, &out_of_reach,
		&all_were_asked, &child_reaped,	 &some_are_looked_after,
		&unreachable};

	srand(2);
	for (int life = 0; life < 20000; life++) {
		struct lifecycle state = started(rand() % 2, WAIT);
		int64_t now = 0;

		/* Mostly none of them. */
		state.settings.stop_delay = rand() % 4 ? 0 : WAIT;
		state.settings.stop_timeout = rand() % 4 ? NO_DEADLINE : WAIT;
		state.settings.linger = rand() % 4 ? 0 : WAIT;
		state.settings.rest = (enum rest)(rand() % 4);
		state.settings.pause = rand() % 8 == 0;
		for (int i = 0; i < 10; i++) {
			const int choice = rand() % (COUNT(events) + 1);
			const struct event event = choice < COUNT(events)
							   ? *events[choice]
							   : signal_event(1 + rand() % 64);

			now += rand() % WAIT;
			if (!lifecycle_needs_time(&state, &event))
				check_that_time_is_ignored(state, &event);
			lifecycle_step(&state, &event, now);
		}
	}
}
END_TEST

static struct lifecycle with_timeout(bool wait_all)
{
	struct lifecycle_settings settings = lifecycle_defaults();

	settings.stop_timeout = 100;
	settings.rest = wait_all ? REST_IS_AWAITED : REST_IS_ENDED;
	settings.kernel_ends_rest = true;
	return lifecycle_start(&settings);
}

static const struct event term = {.kind = EVENT_SIGNAL, .signal = SIGTERM};
static const struct event interrupt = {.kind = EVENT_SIGNAL, .signal = SIGINT};

/* What main leaves behind has its own time; with --wait-all that is what the container runs. */
START_TEST(the_timeout_is_for_main)
{
	struct lifecycle state = with_timeout(false);
	struct decision decision;

	lifecycle_step(&state, &term, 0);
	ck_assert_int_eq(lifecycle_deadline(&state), 100);
	decision = lifecycle_step(&state, &time_has_come, 100);
	ck_assert_int_eq(decision.count, 1);
	ck_assert_int_eq(decision.actions[0].kind, ACTION_KILL_MAIN);
	ck_assert(lifecycle_deadline(&state) == NO_DEADLINE);
	lifecycle_step(&state, &main_ended_again, 101);
	lifecycle_step(&state, &some_children, 101);
	ck_assert_int_eq(state.phase, PHASE_ENDING);
	ck_assert_int_eq(lifecycle_deadline(&state), 101 + WAIT);

	state = with_timeout(false);
	lifecycle_step(&state, &term, 0);
	lifecycle_step(&state, &main_ended, 50);
	ck_assert(lifecycle_deadline(&state) == NO_DEADLINE);

	state = with_timeout(true);
	lifecycle_step(&state, &term, 0);
	lifecycle_step(&state, &main_ended, 50);
	ck_assert_int_eq(lifecycle_deadline(&state), 100);
	decision = lifecycle_step(&state, &time_has_come, 100);
	ck_assert_int_eq(decision.actions[0].kind, ACTION_KILL_ALL);
}
END_TEST

/* Who asks again and again does not keep main alive by it. */
START_TEST(a_second_stop_does_not_begin_the_timeout_anew)
{
	struct lifecycle state = with_timeout(false);

	lifecycle_step(&state, &term, 0);
	lifecycle_step(&state, &interrupt, 60);
	lifecycle_step(&state, &term, 90);
	ck_assert_int_eq(lifecycle_deadline(&state), 100);
}
END_TEST

START_TEST(main_that_cannot_be_killed)
{
	struct lifecycle state = with_timeout(false);
	struct decision decision;

	lifecycle_step(&state, &term, 0);
	lifecycle_step(&state, &time_has_come, 100);
	lifecycle_step(&state, &unreachable, 100);
	ck_assert_int_eq(state.phase, PHASE_MAIN_ENDED);
	decision = lifecycle_step(&state, &some_children, 100);
	ck_assert_int_eq(decision.actions[0].kind, ACTION_ASK);
	decision = lifecycle_step(&state, &nobody_to_ask, 100);
	ck_assert_int_eq(decision.actions[0].kind, ACTION_END);
	ck_assert_int_eq(state.status, 137);
}
END_TEST

/* Interleavings that the model in model/lifecycle.pml has found to go wrong once. */

static struct lifecycle started_with(bool pause, bool wait_all, int64_t delay)
{
	struct lifecycle_settings settings = lifecycle_defaults();

	settings.pause = pause;
	settings.rest = wait_all ? REST_IS_AWAITED : REST_IS_ENDED;
	settings.stop_delay = delay;
	settings.kernel_ends_rest = true;
	return lifecycle_start(&settings);
}

START_TEST(second_stop_of_a_pause_signals_nobody)
{
	struct lifecycle state = started_with(true, false, WAIT);
	struct decision decision = lifecycle_step(&state, &term, 0);

	ck_assert_int_eq(decision.actions[0].kind, ACTION_HOLD_BACK);
	decision = lifecycle_step(&state, &interrupt, 1);
	ck_assert_int_eq(decision.count, 0);
	ck_assert_int_eq(state.phase, PHASE_MAIN_ENDED);
	ck_assert_int_eq(lifecycle_deadline(&state), 1);
}
END_TEST

START_TEST(held_stop_is_dropped_when_the_end_has_begun)
{
	struct lifecycle state = started_with(false, true, 2);
	struct decision decision;

	lifecycle_step(&state, &term, 0);
	lifecycle_step(&state, &main_ended, 1);
	ck_assert_int_eq(state.phase, PHASE_DAEMONS);
	lifecycle_step(&state, &strangers, 1);
	ck_assert_int_eq(state.phase, PHASE_ENDING);
	decision = lifecycle_step(&state, &time_has_come, 2);
	ck_assert_int_eq(decision.count, 0);
}
END_TEST

START_TEST(stop_that_main_took_reaches_its_daemons)
{
	struct lifecycle state = started_with(false, true, 0);
	struct decision decision;

	lifecycle_step(&state, &interrupt, 0);
	decision = lifecycle_step(&state, &main_ended, 1);
	ck_assert_int_eq(state.phase, PHASE_DAEMONS);
	ck_assert_int_eq(decision.count, 2);
	ck_assert_int_eq(decision.actions[1].kind, ACTION_FORWARD_TO_ALL);
	ck_assert_int_eq(decision.actions[1].signal, SIGINT);
	ck_assert(decision.actions[1].is_stop);
	ck_assert(decision.actions[1].to_untold);
}
END_TEST

/* A pause process that is stopped together with the rest of its pod must not cut that short. */
START_TEST(pause_waits_for_the_others)
{
	static const struct event stop = {.kind = EVENT_SIGNAL, .signal = SIGTERM};
	static const struct {
		const struct event *told[3];
		int count;
		enum phase phase;
		int64_t deadline;
	} rows[] = {
		{{&nobody}, 1, PHASE_ENDED, NO_DEADLINE},
		{{&some_children}, 1, PHASE_RUNNING, 1000},
		{{&some_children, &nobody}, 2, PHASE_ENDED, NO_DEADLINE},
		{{&strangers}, 1, PHASE_RUNNING, CHECK_INTERVAL},
		{{&strangers, &time_has_come, &nobody}, 3, PHASE_ENDED, NO_DEADLINE},
		/* Another stop cuts the delay short. */
		{{&strangers, &stop, &strangers}, 3, PHASE_ENDING, CHECK_INTERVAL},
	};

	for (size_t row = 0; row < COUNT(rows); row++) {
		struct lifecycle_settings settings = lifecycle_defaults();
		struct lifecycle state;

		settings.pause = true;
		settings.stop_delay = 1000;
		state = lifecycle_start(&settings);
		lifecycle_step(&state, &nobody, 0);
		ck_assert_int_eq(state.phase, PHASE_RUNNING);
		lifecycle_step(&state, &stop, 0);
		ck_assert_msg(lifecycle_deadline(&state) == 0, "row %zu: nobody looks", row);
		lifecycle_step(&state, &time_has_come, 0);
		for (int i = 0; i < rows[row].count; i++) {
			const struct decision decision =
				lifecycle_step(&state, rows[row].told[i], 0);

			ck_assert_msg(state.phase != PHASE_RUNNING || decision.count == 0,
				      "row %zu: somebody is signalled", row);
		}
		ck_assert_msg(state.phase == rows[row].phase, "row %zu: phase", row);
		ck_assert_msg(lifecycle_deadline(&state) == rows[row].deadline, "row %zu: deadline",
			      row);
	}
}
END_TEST

Suite *lifecycle_suite(void)
{
	const TTest *const tests[] = {signals_while_main_runs,
				      signals_after_main_has_ended,
				      main_stopped,
				      statuses,
				      status_is_kept,
				      pause_waits_for_the_others,
				      second_stop_of_a_pause_signals_nobody,
				      held_stop_is_dropped_when_the_end_has_begun,
				      stop_that_main_took_reaches_its_daemons,
				      the_timeout_is_for_main,
				      main_that_cannot_be_killed,
				      a_second_stop_does_not_begin_the_timeout_anew,
				      in_any_order,
				      time_is_asked_for_where_it_counts};
	Suite *suite = suite_of("lifecycle", tests, COUNT(tests));
	TCase *told = tcase_create("stories");

	tcase_add_loop_test(told, told_step_by_step, 0, COUNT(stories));
	suite_add_tcase(suite, told);
	return suite;
}
