/* SPDX-License-Identifier: MIT */
#include "init/story.h"

#include <errno.h>
#include <string.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "base/signal_names.h"
#include "init/memory_kills.h"
#include "report/termination_log.h"

/*
 * Say about a SIGKILL that init did not send to main whether the kernel may have sent it. A count
 * that could not be read at the start is no zero: it may have been high by then.
 */
static void add_killer(const struct supervisor *init, struct text *verdict)
{
	uint32_t kills;

	text_add(verdict, ", which %s did not send; the cgroup's OOM count ", init->reporter->name);
	if (!init->has_memory_kills || !memory_kills(&kills))
		text_add(verdict, "cannot be read");
	else if (kills > init->memory_kills)
		text_add(verdict, "rose by %u: the kernel has killed for want of memory",
			 kills - init->memory_kills);
	else
		text_add(verdict, "did not rise");
}

void tell_main_ended(struct supervisor *init, int status)
{
	const bool killed = WIFSIGNALED(status);
	const bool unsolicited = killed && WTERMSIG(status) == SIGKILL && !init->killed_main;
	const struct report_event event = {
		.name = "main-ended",
		.pid = init->main_pid,
		.signal = killed ? WTERMSIG(status) : 0,
		.has_status = true,
		.status = lifecycle_exit_status(status),
	};
	char name[SIGNAL_NAME_SIZE];

	if (!killed)
		text_add(init->verdict, "main (pid %d) ended with status %d", init->main_pid,
			 event.status);
	else
		text_add(init->verdict, "main (pid %d) was killed by %s", init->main_pid,
			 signal_name(event.signal, name));
	if (unsolicited)
		add_killer(init, init->verdict);
	report_event(init->reporter, unsolicited ? REPORT_WARNINGS : REPORT_STORY, &event, "%s",
		     init->verdict->start);
}

void tell_orphan_ended(const struct supervisor *init, pid_t pid, int status)
{
	const struct report_event event = {
		.name = "orphan-ended",
		.pid = pid,
		.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0,
		.has_status = true,
		.status = lifecycle_exit_status(status),
	};
	const enum report_level level = init->given->warn_reaped ? REPORT_WARNINGS : REPORT_DETAILS;

	report_event(init->reporter, level, &event, "orphan (pid %d) ended with status %d", pid,
		     event.status);
}

/* Nobody who gets a KILL can say so: init does. */
static enum report_level level_of(int signal)
{
	return signal == SIGKILL ? REPORT_WARNINGS : REPORT_STORY;
}

void tell_passed_on(const struct supervisor *init, int signal, bool to_main)
{
	const struct report_event event = {.name = "signal-passed-on",
					   .pid = init->main_pid,
					   .signal = signal};
	const struct outcome *outcome = &init->outcome;
	const enum report_level level = level_of(signal);
	char name[SIGNAL_NAME_SIZE];

	signal_name(signal, name);
	if (to_main || outcome->whole || outcome->passed_over == 0)
		report_event(init->reporter, level, &event, "passed %s on to %s %d", name,
			     !to_main && outcome->whole ? "process group" : "pid", init->main_pid);
	else
		report_event(init->reporter, level, &event,
			     "passed %s on to %d of process group %d, who look after the other %d",
			     name, outcome->told, init->main_pid, outcome->passed_over);
}

void warn_not_passed_on(const struct supervisor *init, int signal)
{
	const struct report_event event = {.name = "signal-not-passed-on",
					   .pid = init->main_pid,
					   .signal = signal};
	char name[SIGNAL_NAME_SIZE];

	report_event(init->reporter, REPORT_WARNINGS, &event, "cannot pass %s on to pid %d: %s",
		     signal_name(signal, name), init->main_pid, strerror(errno));
}

void tell_held_back(const struct supervisor *init, int signal)
{
	const struct report_event event = {.name = "stop-held-back", .signal = signal};
	char name[SIGNAL_NAME_SIZE];

	report_event(init->reporter, REPORT_STORY, &event,
		     "asked to stop: %s is passed on when --stop-delay is over",
		     signal_name(signal, name));
}

void tell_all_signalled(const struct supervisor *init, int signal)
{
	const struct report_event event = {.name = "all-signalled", .signal = signal};
	const enum report_level level = level_of(signal);
	char name[SIGNAL_NAME_SIZE];

	signal_name(signal, name);
	if (init->outcome.untold == 0)
		report_event(init->reporter, level, &event, "sent %s to what main has left behind",
			     name);
	else
		report_event(init->reporter, level, &event,
			     "sent %s to what main has left behind, %d of it; %d are left to who "
			     "looks after them, or end with their input",
			     name, init->outcome.told, init->outcome.untold);
}

void tell_main_killed(struct supervisor *init)
{
	const struct report_event event = {.name = "main-killed",
					   .pid = init->main_pid,
					   .signal = SIGKILL};

	report_event(init->reporter, REPORT_WARNINGS, &event,
		     "main (pid %d) still runs when --stop-timeout is over: sent SIGKILL to it",
		     init->main_pid);
	if (!init->killed_main)
		text_add(init->verdict, "--stop-timeout is over: ");
}

void tell_all_killed(const struct supervisor *init, const char *names)
{
	/* Warn once only: KILL is repeated while a process is in uninterruptible sleep. */
	const enum report_level level = init->killed_rest ? REPORT_DETAILS : REPORT_WARNINGS;
	const struct report_event event = {.name = "all-signalled", .signal = SIGKILL};
	const struct outcome *outcome = &init->outcome;

	if (outcome->told > 0)
		report_event(init->reporter, level, &event,
			     "sent SIGKILL to %d %s that had not ended in time: %s", outcome->told,
			     outcome->told == 1 ? "process" : "processes", names);
	else if (outcome->sent)
		report_event(init->reporter, level, &event,
			     "sent SIGKILL to what had not ended in time");
}

void tell_network(const struct supervisor *init)
{
	const struct report_event event = {.name = "lingering"};

	if (init->network == NETWORK_UNKNOWN)
		report(init->reporter, REPORT_WARNINGS,
		       "--linger: cannot read /proc/net/tcp: %s; the last bytes may be lost",
		       strerror(errno));
	if (init->network == NETWORK_SENDING && !init->lingering)
		report_event(init->reporter, REPORT_STORY, &event,
			     "waiting until the network has taken the last bytes");
}

void warn_of_lost_bytes(const struct supervisor *init)
{
	const bool is_over = clock_monotonic() >= init->lifecycle.linger_until;

	report(init->reporter, REPORT_WARNINGS, "%s: the network has not taken the last bytes yet",
	       is_over ? "--linger is over" : "asked to stop again");
}

/* What init waits for after a stop, in words. */
static const char *obstacle(const struct lifecycle *lifecycle)
{
	if (lifecycle->phase == PHASE_LINGERING)
		return "the network has not taken the last bytes yet";
	if (lifecycle->phase >= PHASE_DAEMONS)
		return lifecycle->settings.pause ? "what is left has not ended yet"
						 : "what main has left behind has not ended yet";
	if (lifecycle->pass_at != NO_DEADLINE)
		return "still in --stop-delay";
	return "main has not ended yet";
}

/* The lifecycle need not remember a stop that comes while what main has left behind ends. */
static bool asks_stop(const struct supervisor *init, int signal)
{
	const struct lifecycle_settings *settings = &init->lifecycle.settings;

	return settings->asks_stop[signal] && settings->send_as[signal] != SEND_NOTHING;
}

void note_obstacle(struct supervisor *init, const struct event *event)
{
	const char *const now = obstacle(&init->lifecycle);
	char buffer[384], name[SIGNAL_NAME_SIZE];
	struct text note = text_in(buffer, sizeof(buffer));

	if (!init->asked_by && event->kind == EVENT_SIGNAL && asks_stop(init, event->signal))
		init->asked_by = event->signal;
	if (!init->asked_by || init->ended || now == init->waiting_for ||
	    init->lifecycle.phase == PHASE_MAIN_ENDED)
		return;
	init->waiting_for = now;
	text_add(&note, "asked to stop by %s, %s", signal_name(init->asked_by, name), now);
	if (init->verdict->length > 0)
		text_add(&note, "; %s", init->verdict->start);
	termination_log_write(init->given->log, buffer);
}
