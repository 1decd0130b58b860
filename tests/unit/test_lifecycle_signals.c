/* SPDX-License-Identifier: MIT */
/* Whom a signal reaches while main runs, and that it means nothing afterwards. */
#include "lifecycle_events.h"

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
		else if (audience == AUDIENCE_BY_SIGNAL && from_kernel && number == SIGWINCH)
			kind = ACTION_FORWARD_TO_GROUP;
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

/* What the kernel tells init of its own use of the terminal is main's only if that was asked for.
 */
START_TEST(signals_for_init_that_are_rewritten)
{
	static const int numbers[] = {SIGTTIN, SIGTTOU};

	for (int i = 0; i < COUNT(numbers); i++) {
		const struct event event = {.kind = EVENT_SIGNAL,
					    .signal = numbers[i],
					    .from_kernel = true};
		struct lifecycle state = started(true, WAIT);
		struct decision decision;

		state.settings.send_as[numbers[i]] = SIGUSR1;
		decision = lifecycle_step(&state, &event, 0);
		ck_assert_int_eq(decision.count, 1);
		ck_assert_int_eq(decision.actions[0].kind, ACTION_FORWARD_TO_MAIN);
		ck_assert_int_eq(decision.actions[0].signal, SIGUSR1);
	}
}
END_TEST

/* Leftovers get TERM and are not told twice: so it counts however it came about. */
START_TEST(what_counts_as_told)
{
	static const struct {
		int received, send_as;
		bool terms_ask, is_stop;
	} rows[] = {
		{SIGTERM, 0, true, true},	{SIGTERM, 0, false, true},
		{SIGTERM, SIGHUP, true, true},	{SIGTERM, SIGHUP, false, false},
		{SIGUSR1, SIGTERM, true, true}, {SIGUSR1, SIGTERM, false, true},
		{SIGUSR1, SIGQUIT, true, true}, {SIGUSR1, SIGHUP, true, false},
		{SIGUSR1, 0, true, false},	{SIGHUP, 0, true, false},
	};

	for (int i = 0; i < COUNT(rows); i++) {
		const struct event event = signal_event(rows[i].received);
		struct lifecycle state = started(true, WAIT);
		struct decision decision;

		state.settings.asks_stop[SIGTERM] = rows[i].terms_ask;
		state.settings.send_as[rows[i].received] = (uint8_t)rows[i].send_as;
		decision = lifecycle_step(&state, &event, 0);
		ck_assert_int_eq(decision.count, 1);
		ck_assert_msg(decision.actions[0].is_stop == rows[i].is_stop, "row %d", i);
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

/* One that has its parent trace it stops for any signal, with which init has nothing to do. */
START_TEST(main_stopped)
{
	for (int number = 1; number <= 64; number++) {
		const bool stops_init = number == SIGTSTP || number == SIGTTIN || number == SIGTTOU;
		struct lifecycle state = started(true, WAIT);
		const struct event event = stopped_event(number);
		const struct decision decision = lifecycle_step(&state, &event, 0);

		ck_assert_msg(decision.count == stops_init, "stopped by %d", number);
		if (stops_init) {
			ck_assert_int_eq(decision.actions[0].kind, ACTION_STOP_WITH_MAIN);
			ck_assert_int_eq(decision.actions[0].signal, number);
		}
		ck_assert_int_eq(state.phase, PHASE_RUNNING);
	}
}
END_TEST

Suite *lifecycle_signals_suite(void)
{
	const TTest *const tests[] = {signals_while_main_runs, signals_for_init_that_are_rewritten,
				      what_counts_as_told, signals_after_main_has_ended,
				      main_stopped};

	return suite_of("lifecycle signals", tests, COUNT(tests));
}
