/* SPDX-License-Identifier: MIT */
/* The lifecycle's wait for the network, --linger. */
#include <signal.h>

#include "init/lifecycle.h"
#include "unit.h"

#define LINGER 100
#define NOTHING (-1)
#define STEPS 8

/* What happens when, and what comes of it. */
struct step {
	struct event event;
	int64_t now;
	enum phase phase;
	int64_t deadline;
	int action;   /* the last one that is decided, or NOTHING */
	bool is_told; /* false behind the last step */
};

#define SIGNAL_CAME(number)                                                                        \
	{                                                                                          \
		.kind = EVENT_SIGNAL, .signal = (number)                                           \
	}
#define MAIN_ENDED                                                                                 \
	{                                                                                          \
		.kind = EVENT_MAIN_ENDED                                                           \
	}
#define NOBODY                                                                                     \
	{                                                                                          \
		.kind = EVENT_ALL_REAPED, .remaining = REMAINING_NOBODY                            \
	}
#define SOME_CHILDREN                                                                              \
	{                                                                                          \
		.kind = EVENT_ALL_REAPED, .remaining = REMAINING_CHILDREN                          \
	}
#define TIME                                                                                       \
	{                                                                                          \
		.kind = EVENT_TIME                                                                 \
	}
#define SENDING                                                                                    \
	{                                                                                          \
		.kind = EVENT_NETWORK, .is_sending = true                                          \
	}
#define QUIET                                                                                      \
	{                                                                                          \
		.kind = EVENT_NETWORK                                                              \
	}

#define MAIN_HAS_ENDED(now)                                                                        \
	{                                                                                          \
		MAIN_ENDED, now, PHASE_MAIN_ENDED, NO_DEADLINE, ACTION_TAKE_TERMINAL, true         \
	}
#define LINGERS(now)                                                                               \
	{                                                                                          \
		NOBODY, now, PHASE_LINGERING, now, NOTHING, true                                   \
	}
#define LOOKS(now)                                                                                 \
	{                                                                                          \
		TIME, now, PHASE_LINGERING, NO_DEADLINE, ACTION_LOOK_AT_NETWORK, true              \
	}
#define ENDS(event, now)                                                                           \
	{                                                                                          \
		event, now, PHASE_ENDED, NO_DEADLINE, ACTION_END, true                             \
	}

static const struct story {
	const char *name;
	bool is_subreaper, wait_all, pause;
	int64_t linger, wait;
	struct step steps[STEPS];
} stories[] = {
	{"until the network is quiet",
	 false,
	 false,
	 false,
	 LINGER,
	 5000,
	 {MAIN_HAS_ENDED(0),
	  LINGERS(0),
	  LOOKS(0),
	  {SENDING, 0, PHASE_LINGERING, 20, NOTHING, true},
	  LOOKS(20),
	  ENDS(QUIET, 20)}},
	{"no longer than it was told",
	 false,
	 false,
	 false,
	 LINGER,
	 5000,
	 {MAIN_HAS_ENDED(0),
	  LINGERS(0),
	  LOOKS(90),
	  {SENDING, 90, PHASE_LINGERING, LINGER, NOTHING, true},
	  LOOKS(LINGER),
	  ENDS(SENDING, LINGER)}},
	{"not unless it was told",
	 false,
	 false,
	 false,
	 0,
	 5000,
	 {MAIN_HAS_ENDED(0), ENDS(NOBODY, 0)}},
	{"not below another init",
	 true,
	 false,
	 false,
	 LINGER,
	 5000,
	 {MAIN_HAS_ENDED(0), ENDS(NOBODY, 0)}},
	{"beside the wait for leftovers",
	 false,
	 false,
	 false,
	 LINGER,
	 5000,
	 {MAIN_HAS_ENDED(0),
	  {SOME_CHILDREN, 0, PHASE_ENDING, 5000, ACTION_ASK, true},
	  LINGERS(60),
	  LOOKS(99),
	  {SENDING, 99, PHASE_LINGERING, LINGER, NOTHING, true}}},
	{"over before the leftovers",
	 false,
	 false,
	 false,
	 LINGER,
	 5000,
	 {MAIN_HAS_ENDED(0),
	  {SOME_CHILDREN, 0, PHASE_ENDING, 5000, ACTION_ASK, true},
	  LINGERS(LINGER),
	  LOOKS(LINGER),
	  ENDS(SENDING, LINGER)}},
	{"killed leftovers send as well",
	 false,
	 false,
	 false,
	 LINGER,
	 10,
	 {MAIN_HAS_ENDED(0),
	  {SOME_CHILDREN, 0, PHASE_ENDING, 10, ACTION_ASK, true},
	  {TIME, 10, PHASE_LINGERING, 30, ACTION_KILL_ALL, true},
	  {SOME_CHILDREN, 10, PHASE_LINGERING, 30, NOTHING, true},
	  {NOBODY, 11, PHASE_LINGERING, 30, NOTHING, true},
	  LOOKS(30),
	  ENDS(QUIET, 30)}},
	{"killed when it is over, what was sent is told",
	 false,
	 false,
	 false,
	 LINGER,
	 LINGER,
	 {MAIN_HAS_ENDED(0),
	  {SOME_CHILDREN, 0, PHASE_ENDING, LINGER, ACTION_ASK, true},
	  {TIME, LINGER, PHASE_LINGERING, LINGER + 20, ACTION_KILL_ALL, true},
	  LOOKS(LINGER + 20),
	  ENDS(SENDING, LINGER + 20)}},
	{"a second stop ends it",
	 false,
	 false,
	 false,
	 LINGER,
	 5000,
	 {{SIGNAL_CAME(SIGTERM), 0, PHASE_RUNNING, NO_DEADLINE, ACTION_FORWARD_TO_BRANCHES, true},
	  MAIN_HAS_ENDED(0),
	  LINGERS(0),
	  {SIGNAL_CAME(SIGHUP), 0, PHASE_LINGERING, 0, NOTHING, true},
	  ENDS(SIGNAL_CAME(SIGINT), 0)}},
	{"the first stop does not",
	 false,
	 false,
	 false,
	 LINGER,
	 5000,
	 {MAIN_HAS_ENDED(0),
	  LINGERS(0),
	  {SIGNAL_CAME(SIGTERM), 0, PHASE_LINGERING, 0, NOTHING, true},
	  LOOKS(0),
	  {SENDING, 0, PHASE_LINGERING, 20, NOTHING, true},
	  ENDS(SIGNAL_CAME(SIGTERM), 5)}},
	{"after the daemons",
	 false,
	 true,
	 false,
	 LINGER,
	 5000,
	 {{MAIN_ENDED, 0, PHASE_DAEMONS, NO_DEADLINE, ACTION_TAKE_TERMINAL, true},
	  {SOME_CHILDREN, 0, PHASE_DAEMONS, NO_DEADLINE, NOTHING, true},
	  LINGERS(1000),
	  LOOKS(1099),
	  {SENDING, 1099, PHASE_LINGERING, 1100, NOTHING, true}}},
	{"without a main",
	 false,
	 false,
	 true,
	 LINGER,
	 5000,
	 {{SIGNAL_CAME(SIGTERM), 0, PHASE_MAIN_ENDED, 0, NOTHING, true},
	  {TIME, 0, PHASE_MAIN_ENDED, NO_DEADLINE, NOTHING, true},
	  LINGERS(0)}},
	{"a look that nobody waits for",
	 false,
	 false,
	 false,
	 LINGER,
	 5000,
	 {{QUIET, 0, PHASE_RUNNING, NO_DEADLINE, NOTHING, true}}},
};

static void take_step(struct lifecycle *state, const struct story *story, int number)
{
	const struct step *step = &story->steps[number];
	const struct decision decision = lifecycle_step(state, &step->event, step->now);
	const int action =
		decision.count ? (int)decision.actions[decision.count - 1].kind : NOTHING;

	ck_assert_msg(state->phase == step->phase, "%s, step %d: phase %d", story->name, number,
		      state->phase);
	ck_assert_msg(lifecycle_deadline(state) == step->deadline, "%s, step %d: deadline %lld",
		      story->name, number, (long long)lifecycle_deadline(state));
	ck_assert_msg(action == step->action, "%s, step %d: action %d", story->name, number,
		      action);
}

START_TEST(told_step_by_step)
{
	for (int i = 0; i < COUNT(stories); i++) {
		struct lifecycle_settings settings = lifecycle_defaults();
		struct lifecycle state;

		settings.kernel_ends_rest = !stories[i].is_subreaper;
		settings.rest = stories[i].wait_all ? REST_IS_AWAITED : REST_IS_ENDED;
		settings.pause = stories[i].pause;
		settings.linger = stories[i].linger;
		settings.wait = stories[i].wait;
		state = lifecycle_start(&settings);
		for (int at = 0; at < STEPS && stories[i].steps[at].is_told; at++)
			take_step(&state, &stories[i], at);
	}
}
END_TEST

/* A main that cannot be killed still has its connections: they are not what was left. */
START_TEST(not_for_a_main_that_lives)
{
	static const struct event term = SIGNAL_CAME(SIGTERM), time_has_come = TIME,
				  nobody = NOBODY, unreachable = {.kind = EVENT_UNREACHABLE};
	struct lifecycle_settings settings = lifecycle_defaults();
	struct lifecycle state;
	struct decision decision;

	settings.kernel_ends_rest = true;
	settings.linger = LINGER;
	settings.stop_timeout = 60;
	state = lifecycle_start(&settings);
	lifecycle_step(&state, &term, 0);
	decision = lifecycle_step(&state, &time_has_come, 60);
	ck_assert_int_eq(decision.actions[0].kind, ACTION_KILL_MAIN);
	lifecycle_step(&state, &unreachable, 60);
	decision = lifecycle_step(&state, &nobody, 60);
	ck_assert_int_eq(decision.count, 1);
	ck_assert_int_eq(decision.actions[0].kind, ACTION_END);
}
END_TEST

/* It asks for nothing, however often it comes. */
START_TEST(a_stop_that_is_dropped)
{
	static const struct event main_ended = MAIN_ENDED, nobody = NOBODY,
				  term = SIGNAL_CAME(SIGTERM);
	struct lifecycle_settings settings = lifecycle_defaults();
	struct lifecycle state;

	settings.kernel_ends_rest = true;
	settings.linger = LINGER;
	settings.send_as[SIGTERM] = SEND_NOTHING;
	state = lifecycle_start(&settings);
	lifecycle_step(&state, &main_ended, 0);
	lifecycle_step(&state, &nobody, 0);
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(lifecycle_step(&state, &term, 0).count, 0);
	ck_assert_int_eq(state.phase, PHASE_LINGERING);
}
END_TEST

Suite *linger_suite(void)
{
	const TTest *const tests[] = {told_step_by_step, not_for_a_main_that_lives,
				      a_stop_that_is_dropped};

	return suite_of("linger", tests, COUNT(tests));
}
