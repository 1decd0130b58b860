/* SPDX-License-Identifier: MIT */
#include "init/supervise.h"

#include <errno.h>
#include <stddef.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/signals.h"
#include "init/actions.h"
#include "init/events.h"
#include "init/memory_kills.h"
#include "init/story.h"
#include "init/supervisor.h"

bool supervise_is_possible(struct failure *failure)
{
	if (!signals_can_wait())
		return fail_to("wait for signals (rt_sigtimedwait)", failure);
	/* WNOWAIT is for waitid(2) alone: whoever says anything else has not looked. */
	if (waitpid(-1, NULL, WNOWAIT) < 0 && errno != EINVAL)
		return fail_to("wait for child processes (wait4)", failure);
	if (!clock_is_there())
		return fail_to("read the clock (clock_gettime)", failure);
	return true;
}

int supervise(const struct supervision *supervision, struct text *verdict)
{
	static struct told told;
	struct supervisor init = {
		.given = supervision,
		.reporter = supervision->reporter,
		.main_pid = supervision->main_pid,
		.has_terminal = supervision->has_terminal,
		.lifecycle = lifecycle_start(supervision->lifecycle),
		.tree = {.init = getpid(),
			 .main = supervision->main_pid,
			 .input = supervision->input,
			 .told = &told,
			 .reporter = supervision->reporter},
		/* A child of the program that became init may have ended before. */
		.reaping = true,
		.verdict = verdict,
	};

	init.has_memory_kills = memory_kills(&init.memory_kills);
	while (!init.ended) {
		struct event event = next_event(&init);
		const int64_t now =
			lifecycle_needs_time(&init.lifecycle, &event) ? clock_monotonic() : 0;
		struct decision decision = lifecycle_step(&init.lifecycle, &event, now);

		for (int i = 0; i < decision.count; i++)
			act(&init, &decision.actions[i]);
		stop_with_sender(&init, &event);
		if (supervision->log->descriptor >= 0)
			note_obstacle(&init, &event);
	}
	return init.lifecycle.status;
}
