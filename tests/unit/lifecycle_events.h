/* SPDX-License-Identifier: MIT */
/* What the tests of the lifecycle share: events that it is told, and a life that has begun. */
#ifndef DINIT_SU_LIFECYCLE_EVENTS_H
#define DINIT_SU_LIFECYCLE_EVENTS_H

#include <signal.h>

#include "init/lifecycle.h"
#include "unit.h"

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

static inline struct event signal_event(int number)
{
	return (struct event){.kind = EVENT_SIGNAL, .signal = number};
}

static inline struct event stopped_event(int number)
{
	return (struct event){.kind = EVENT_MAIN_STOPPED, .signal = number};
}

static inline struct lifecycle started(bool is_pid1, int64_t wait)
{
	struct lifecycle_settings settings = lifecycle_defaults();

	settings.wait = wait;
	settings.kernel_ends_rest = is_pid1;
	return lifecycle_start(&settings);
}

#endif
