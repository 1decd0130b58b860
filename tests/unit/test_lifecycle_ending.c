/* SPDX-License-Identifier: MIT */
/* How a life ends, step by step, and with which status. */
#include "lifecycle_events.h"

#define LATER 1000

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

/* What main leaves behind is left alone only where the end of init does not kill it. */
START_TEST(what_becomes_of_the_rest)
{
	static const struct {
		enum rest rest;
		bool is_pid1;
		bool group_is_asked;
		enum phase phase; /* once somebody is found to be left */
	} rows[] = {
		{REST_IS_ENDED, false, false, PHASE_ENDING},
		{REST_IS_ENDED, true, false, PHASE_ENDING},
		{REST_IS_AWAITED, false, false, PHASE_DAEMONS},
		{REST_IS_AWAITED, true, false, PHASE_DAEMONS},
		{REST_IS_LEFT, false, false, PHASE_ENDED},
		{REST_IS_LEFT, true, false, PHASE_ENDING},
		{REST_IS_LEFT_BUT_GROUP, false, true, PHASE_ENDED},
		{REST_IS_LEFT_BUT_GROUP, true, false, PHASE_ENDING},
	};

	for (int i = 0; i < 2 * COUNT(rows); i++) {
		const int row = i / 2;
		struct lifecycle state = started(rows[row].is_pid1, WAIT);
		struct decision decision;

		state.settings.rest = rows[row].rest;
		decision = lifecycle_step(&state, &main_ended, 0);
		ck_assert_msg(decision.count == 1 + rows[row].group_is_asked, "row %d", row);
		ck_assert_int_eq(decision.actions[0].kind, ACTION_TAKE_TERMINAL);
		if (rows[row].group_is_asked) {
			ck_assert_int_eq(decision.actions[1].kind, ACTION_ASK_GROUP);
			ck_assert_int_eq(decision.actions[1].signal, SIGTERM);
		}
		/* Those of other users are known to be out of reach only once they were asked. */
		lifecycle_step(&state, i % 2 ? &out_of_reach : &some_children, 1);
		ck_assert_msg(state.phase == rows[row].phase, "row %d: phase %d", row, state.phase);
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
#define ASK_FILTERS_TOO                                                                            \
	{                                                                                          \
		.count = 1, .actions = {                                                           \
			{.kind = ACTION_ASK_AGAIN, .signal = SIGTERM, .to_filters = true}          \
		}                                                                                  \
	}
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
	{"filters are asked when the others had a second",
	 true,
	 WAIT,
	 {{&main_ended, 10, TAKE_TERMINAL, PHASE_MAIN_ENDED, NO_DEADLINE},
	  {&some_children, 11, ASK, PHASE_ENDING, 11 + WAIT},
	  {&some_are_looked_after, 11, NOTHING, PHASE_ENDING, 11 + LATER},
	  {&child_reaped, 10 + LATER, NOTHING, PHASE_ENDING, 10 + LATER},
	  {&time_has_come, 10 + LATER, ASK_AGAIN, PHASE_ENDING, 11 + WAIT},
	  {&some_are_looked_after, 10 + LATER, NOTHING, PHASE_ENDING, 10 + 2 * LATER},
	  {&time_has_come, 10 + 2 * LATER, ASK_FILTERS_TOO, PHASE_ENDING, 11 + WAIT}}},
	{"filters are asked at the second look if that comes as late",
	 true,
	 WAIT,
	 {{&main_ended, 10, TAKE_TERMINAL, PHASE_MAIN_ENDED, NO_DEADLINE},
	  {&some_children, 11, ASK, PHASE_ENDING, 11 + WAIT},
	  {&some_are_looked_after, 11, NOTHING, PHASE_ENDING, 11 + LATER},
	  {&time_has_come, 11 + LATER, ASK_FILTERS_TOO, PHASE_ENDING, 11 + WAIT}}},
	{"a tenth of the time is spent on looking",
	 true,
	 WAIT,
	 {{&main_ended, 10, TAKE_TERMINAL, PHASE_MAIN_ENDED, NO_DEADLINE},
	  {&some_children, 11, ASK, PHASE_ENDING, 11 + WAIT},
	  {&many_were_listed, 50, NOTHING, PHASE_ENDING, 50 + LATER},
	  {&child_reaped, 51, NOTHING, PHASE_ENDING, 550},
	  {&time_has_come, 50 + LATER, ASK_FILTERS_TOO, PHASE_ENDING, 11 + WAIT}}},
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
		ck_assert_msg(decision->actions[i].to_filters == wanted->actions[i].to_filters,
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

Suite *lifecycle_ending_suite(void)
{
	const TTest *const tests[] = {statuses, status_is_kept, what_becomes_of_the_rest};
	Suite *suite = suite_of("lifecycle ending", tests, COUNT(tests));
	TCase *told = tcase_create("stories");

	tcase_add_loop_test(told, told_step_by_step, 0, COUNT(stories));
	suite_add_tcase(suite, told);
	return suite;
}
