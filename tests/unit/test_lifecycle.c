/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "lifecycle.h"

#define WAIT 5000
#define CHECK_INTERVAL 20
#define EXITED(code) ((code) << 8) /* wait statuses as Linux makes them */
#define KILLED(number) (number)

static const struct event main_ended = {.kind = EVENT_MAIN_ENDED, .status = EXITED(7)};
static const struct event nobody = {.kind = EVENT_ALL_REAPED, .remaining = REMAINING_NOBODY};
static const struct event some_children = {.kind = EVENT_ALL_REAPED,
					   .remaining = REMAINING_CHILDREN};
static const struct event strangers = {.kind = EVENT_ALL_REAPED, .remaining = REMAINING_STRANGERS};
static const struct event time_has_come = {.kind = EVENT_TIME};
static const struct event unreachable = {.kind = EVENT_UNREACHABLE};

static struct event signal_event(int number)
{
	return (struct event){.kind = EVENT_SIGNAL, .signal = number};
}

static struct lifecycle started(bool is_pid1, int64_t wait)
{
	return lifecycle_start((struct lifecycle_settings){wait, is_pid1});
}

START_TEST(signals_while_main_runs)
{
	for (int number = 1; number <= 64; number++) {
		struct lifecycle state = started(true, WAIT);
		const struct event event = signal_event(number);
		const struct decision decision = lifecycle_step(&state, &event, 0);
		const bool to_nobody = number == SIGCHLD || number == SIGTTIN || number == SIGTTOU;
		const bool to_group = number == SIGTERM || number == SIGINT || number == SIGHUP ||
				      number == SIGQUIT || number == SIGTSTP;

		ck_assert_msg(decision.count == !to_nobody, "signal %d", number);
		ck_assert_int_eq(state.phase, PHASE_RUNNING);
		ck_assert(lifecycle_deadline(&state) == NO_DEADLINE);
		if (to_nobody)
			continue;
		ck_assert_msg(decision.actions[0].kind ==
				      (to_group ? ACTION_FORWARD_TO_GROUP : ACTION_FORWARD_TO_MAIN),
			      "signal %d", number);
		ck_assert_int_eq(decision.actions[0].signal, number);
	}
}
END_TEST

START_TEST(signals_after_main_has_ended)
{
	for (int number = 1; number <= 64; number++) {
		struct lifecycle state = started(false, WAIT);
		const struct event event = signal_event(number);

		lifecycle_step(&state, &main_ended, 0);
		ck_assert_int_eq(lifecycle_step(&state, &event, 0).count, 0);
		lifecycle_step(&state, &some_children, 0);
		ck_assert_int_eq(lifecycle_step(&state, &event, 0).count, 0);
		ck_assert_int_eq(state.phase, PHASE_ENDING);
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
		const struct event event = {.kind = EVENT_MAIN_STOPPED, .signal = rows[i].number};
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

struct step {
	const struct event *event;
	int64_t now;
	struct decision wanted;
	enum phase phase;
	int64_t deadline;
};

#define NOTHING                                                                                    \
	{                                                                                          \
		0                                                                                  \
	}
#define TAKE_TERMINAL                                                                              \
	{                                                                                          \
		1,                                                                                 \
		{                                                                                  \
			{                                                                          \
				ACTION_TAKE_TERMINAL, 0                                            \
			}                                                                          \
		}                                                                                  \
	}
#define ASK                                                                                        \
	{                                                                                          \
		2,                                                                                 \
		{                                                                                  \
			{ACTION_SIGNAL_LEFTOVERS, SIGTERM},                                        \
			{                                                                          \
				ACTION_SIGNAL_LEFTOVERS, SIGCONT                                   \
			}                                                                          \
		}                                                                                  \
	}
#define KILL                                                                                       \
	{                                                                                          \
		1,                                                                                 \
		{                                                                                  \
			{                                                                          \
				ACTION_SIGNAL_LEFTOVERS, SIGKILL                                   \
			}                                                                          \
		}                                                                                  \
	}
#define KILL_AND_END                                                                               \
	{                                                                                          \
		2,                                                                                 \
		{                                                                                  \
			{ACTION_SIGNAL_LEFTOVERS, SIGKILL},                                        \
			{                                                                          \
				ACTION_END, 0                                                      \
			}                                                                          \
		}                                                                                  \
	}
#define END                                                                                        \
	{                                                                                          \
		1,                                                                                 \
		{                                                                                  \
			{                                                                          \
				ACTION_END, 0                                                      \
			}                                                                          \
		}                                                                                  \
	}

/* Each story is told step by step, up to an empty one. */
static const struct story {
	const char *name;
	bool is_pid1;
	int64_t wait;
	struct step steps[10];
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
	  {&time_has_come, 12 + WAIT, KILL, PHASE_KILLING, NO_DEADLINE},
	  {&some_children, 13 + WAIT, KILL, PHASE_KILLING, NO_DEADLINE},
	  {&time_has_come, 14 + WAIT, NOTHING, PHASE_KILLING, NO_DEADLINE},
	  {&nobody, 15 + WAIT, END, PHASE_ENDED, NO_DEADLINE}}},
	{"those that a subreaper cannot kill it leaves",
	 false,
	 WAIT,
	 {{&unreachable, 1, NOTHING, PHASE_RUNNING, NO_DEADLINE},
	  {&main_ended, 10, TAKE_TERMINAL, PHASE_MAIN_ENDED, NO_DEADLINE},
	  {&some_children, 11, ASK, PHASE_ENDING, 11 + WAIT},
	  {&unreachable, 12, NOTHING, PHASE_ENDING, 11 + WAIT},
	  {&time_has_come, 11 + WAIT, KILL, PHASE_KILLING, NO_DEADLINE},
	  {&unreachable, 11 + WAIT, END, PHASE_ENDED, NO_DEADLINE}}},
	{"no time to wait",
	 false,
	 0,
	 {{&main_ended, 10, TAKE_TERMINAL, PHASE_MAIN_ENDED, NO_DEADLINE},
	  {&some_children, 11, ASK, PHASE_ENDING, 11},
	  {&time_has_come, 11, KILL, PHASE_KILLING, NO_DEADLINE}}},
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
	int64_t asked_at; /* when leftovers got TERM; -1: not yet */
	bool ended;
};

static void check_decision(struct history *history, const struct decision *decision, int64_t now)
{
	for (int i = 0; i < decision->count; i++) {
		const struct action *action = &decision->actions[i];

		ck_assert_msg(!history->ended, "something was decided after the end");
		if (action->kind == ACTION_SIGNAL_LEFTOVERS && action->signal == SIGTERM) {
			ck_assert_msg(history->asked_at < 0, "leftovers were asked twice");
			history->asked_at = now;
		}
		if (action->kind == ACTION_SIGNAL_LEFTOVERS && action->signal == SIGKILL)
			ck_assert_msg(history->asked_at >= 0 && now >= history->asked_at + WAIT,
				      "killed before its time");
		if (action->kind == ACTION_END)
			history->ended = true;
	}
}

START_TEST(in_any_order)
{
	const struct event *const events[] = {&main_ended, &nobody,	   &some_children,
					      &strangers,  &time_has_come, &unreachable};

	srand(1);
	for (int life = 0; life < 20000; life++) {
		struct lifecycle state = started(life % 2, WAIT);
		struct history history = {.asked_at = -1};
		struct decision decision;
		int64_t now = 0;

		for (int i = 0; i < 30; i++) {
			const struct event signal = signal_event(1 + rand() % 64);
			const int choice = rand() % (COUNT(events) + 1);

			now += rand() % 2 ? rand() % 100 : rand() % WAIT;
			decision =
				lifecycle_step(&state,
					       choice == COUNT(events) ? &signal : events[choice],
					       now);
			check_decision(&history, &decision, now);
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

Suite *lifecycle_suite(void)
{
	const TTest *const tests[] = {signals_while_main_runs, signals_after_main_has_ended,
				      main_stopped, statuses, in_any_order};
	Suite *suite = suite_of("lifecycle", tests, COUNT(tests));
	TCase *told = tcase_create("stories");

	tcase_add_loop_test(told, told_step_by_step, 0, COUNT(stories));
	suite_add_tcase(suite, told);
	return suite;
}
