/* SPDX-License-Identifier: MIT */
/* Stops that have a limit, are held back or come again, and whom they reach in the end. */
#include "lifecycle_events.h"

static const struct event term = {.kind = EVENT_SIGNAL, .signal = SIGTERM};
static const struct event interrupt = {.kind = EVENT_SIGNAL, .signal = SIGINT};

static struct lifecycle with_timeout(bool wait_all)
{
	struct lifecycle_settings settings = lifecycle_defaults();

	settings.stop_timeout = 100;
	settings.rest = wait_all ? REST_IS_AWAITED : REST_IS_ENDED;
	settings.kernel_ends_rest = true;
	return lifecycle_start(&settings);
}

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

START_TEST(held_stop_is_passed_on_as_it_came)
{
	struct lifecycle state = started_with(false, false, WAIT);
	struct decision decision;

	lifecycle_step(&state, &term, 0);
	decision = lifecycle_step(&state, &time_has_come, WAIT);
	ck_assert_int_eq(decision.count, 1);
	ck_assert_int_eq(decision.actions[0].kind, ACTION_FORWARD_TO_BRANCHES);
	ck_assert_int_eq(decision.actions[0].signal, SIGTERM);
	ck_assert(decision.actions[0].is_stop);
	ck_assert(!decision.actions[0].to_everyone);
	ck_assert(lifecycle_deadline(&state) == NO_DEADLINE);
}
END_TEST

/* The delay is that of the stop, whoever it is for by then. */
START_TEST(held_stop_of_daemons_keeps_its_delay)
{
	struct lifecycle state = started_with(false, true, WAIT);
	struct decision decision;

	lifecycle_step(&state, &term, 0);
	decision = lifecycle_step(&state, &main_ended, 1);
	ck_assert_int_eq(decision.count, 1);
	ck_assert_int_eq(decision.actions[0].kind, ACTION_TAKE_TERMINAL);
	ck_assert_int_eq(state.phase, PHASE_DAEMONS);
	ck_assert_int_eq(lifecycle_deadline(&state), WAIT);
	decision = lifecycle_step(&state, &time_has_come, WAIT);
	ck_assert_int_eq(decision.count, 1);
	ck_assert_int_eq(decision.actions[0].kind, ACTION_FORWARD_TO_ALL);
	ck_assert_int_eq(decision.actions[0].signal, SIGTERM);
	ck_assert(decision.actions[0].is_stop);
	ck_assert(lifecycle_deadline(&state) == NO_DEADLINE);
}
END_TEST

START_TEST(stop_that_main_took_reaches_its_daemons)
{
	static const struct {
		int number;
		bool to_everyone;
	} rows[] = {{SIGINT, true}, {SIGTERM, false}};

	for (int i = 0; i < COUNT(rows); i++) {
		const struct event stop = signal_event(rows[i].number);
		struct lifecycle state = started_with(false, true, 0);
		struct decision decision;

		lifecycle_step(&state, &stop, 0);
		decision = lifecycle_step(&state, &main_ended, 1);
		ck_assert_int_eq(state.phase, PHASE_DAEMONS);
		ck_assert_int_eq(decision.count, 2);
		ck_assert_int_eq(decision.actions[1].kind, ACTION_FORWARD_TO_ALL);
		ck_assert_int_eq(decision.actions[1].signal, rows[i].number);
		ck_assert(decision.actions[1].is_stop);
		ck_assert(decision.actions[1].to_untold);
		ck_assert_msg(decision.actions[1].to_everyone == rows[i].to_everyone, "row %d", i);
	}
}
END_TEST

/* What a terminal sends reaches also those below one that handles it. */
START_TEST(daemons_get_what_a_terminal_sends)
{
	static const struct {
		int number;
		bool from_kernel;
		enum audience audience;
		bool to_everyone;
	} rows[] = {
		{SIGTERM, false, AUDIENCE_BY_SIGNAL, false},
		{SIGHUP, false, AUDIENCE_BY_SIGNAL, false},
		{SIGINT, false, AUDIENCE_BY_SIGNAL, true},
		{SIGHUP, true, AUDIENCE_BY_SIGNAL, true},
		{SIGTERM, false, AUDIENCE_GROUP, true},
		{SIGTERM, false, AUDIENCE_MAIN, false},
	};

	for (int i = 0; i < COUNT(rows); i++) {
		const struct event event = {.kind = EVENT_SIGNAL,
					    .signal = rows[i].number,
					    .from_kernel = rows[i].from_kernel};
		struct lifecycle state = started_with(false, true, 0);
		struct decision decision;

		state.settings.audience = rows[i].audience;
		lifecycle_step(&state, &main_ended, 1);
		decision = lifecycle_step(&state, &event, 2);
		ck_assert_int_eq(decision.count, 1);
		ck_assert_int_eq(decision.actions[0].kind, ACTION_FORWARD_TO_ALL);
		ck_assert_msg(decision.actions[0].to_everyone == rows[i].to_everyone, "row %d", i);
	}
}
END_TEST

/* The first is not lost, and what the kernel says of the second does not hold for it. */
START_TEST(second_stop_cuts_the_delay_short)
{
	static const struct event from_terminal = {.kind = EVENT_SIGNAL,
						   .signal = SIGQUIT,
						   .from_kernel = true};
	struct lifecycle state = started_with(false, false, WAIT);
	struct decision decision = lifecycle_step(&state, &term, 0);

	ck_assert_int_eq(decision.count, 1);
	ck_assert_int_eq(decision.actions[0].kind, ACTION_HOLD_BACK);
	ck_assert_int_eq(lifecycle_deadline(&state), WAIT);
	decision = lifecycle_step(&state, &from_terminal, 1);
	ck_assert_int_eq(decision.count, 2);
	ck_assert_int_eq(decision.actions[0].kind, ACTION_FORWARD_TO_BRANCHES);
	ck_assert_int_eq(decision.actions[0].signal, SIGTERM);
	ck_assert_int_eq(decision.actions[1].kind, ACTION_FORWARD_TO_GROUP);
	ck_assert_int_eq(decision.actions[1].signal, SIGQUIT);
	ck_assert(lifecycle_deadline(&state) == NO_DEADLINE);
}
END_TEST

/* Nothing would continue them: init hears of nobody's stop but main's. */
START_TEST(daemons_are_not_suspended)
{
	static const struct event suspend = {.kind = EVENT_SIGNAL, .signal = SIGTSTP};
	struct lifecycle state = started_with(false, true, 0);
	struct decision decision;

	ck_assert_int_eq(lifecycle_step(&state, &suspend, 0).count, 1);
	lifecycle_step(&state, &main_ended, 1);
	ck_assert_int_eq(state.phase, PHASE_DAEMONS);
	ck_assert_int_eq(lifecycle_step(&state, &suspend, 2).count, 0);
	state.settings.audience = AUDIENCE_GROUP;
	decision = lifecycle_step(&state, &suspend, 3);
	ck_assert_int_eq(decision.count, 1);
	ck_assert_int_eq(decision.actions[0].kind, ACTION_FORWARD_TO_ALL);
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

Suite *lifecycle_stops_suite(void)
{
	const TTest *const tests[] = {pause_waits_for_the_others,
				      second_stop_of_a_pause_signals_nobody,
				      held_stop_is_dropped_when_the_end_has_begun,
				      held_stop_is_passed_on_as_it_came,
				      held_stop_of_daemons_keeps_its_delay,
				      stop_that_main_took_reaches_its_daemons,
				      daemons_are_not_suspended,
				      daemons_get_what_a_terminal_sends,
				      second_stop_cuts_the_delay_short,
				      the_timeout_is_for_main,
				      main_that_cannot_be_killed,
				      a_second_stop_does_not_begin_the_timeout_anew};

	return suite_of("lifecycle stops", tests, COUNT(tests));
}
