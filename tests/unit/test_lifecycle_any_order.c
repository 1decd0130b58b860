/* SPDX-License-Identifier: MIT */
/* What holds after any events in any order. */
#include <stdlib.h>
#include <string.h>

#include "lifecycle_events.h"

/* What has happened in a life, found out without lifecycle.c. */
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

/* Nothing that is usual while main runs costs a look at the clock. */
START_TEST(time_is_not_asked_for_in_vain)
{
	const struct event term = signal_event(SIGTERM);
	struct lifecycle state = started(true, WAIT);

	ck_assert(!lifecycle_needs_time(&state, &term));
	ck_assert(!lifecycle_needs_time(&state, &some_children));
	ck_assert(!lifecycle_needs_time(&state, &main_ended));
	lifecycle_step(&state, &main_ended, 0);
	ck_assert(!lifecycle_needs_time(&state, &nobody));
	ck_assert(lifecycle_needs_time(&state, &some_children));
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

Suite *lifecycle_any_order_suite(void)
{
	const TTest *const tests[] = {in_any_order, time_is_asked_for_where_it_counts,
				      time_is_not_asked_for_in_vain};

	return suite_of("lifecycle any order", tests, COUNT(tests));
}
