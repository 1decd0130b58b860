/* SPDX-License-Identifier: MIT */
#include "init/supervise.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/signal_names.h"
#include "base/signals.h"
#include "base/text.h"
#include "init/memory_kills.h"
#include "init/network.h"
#include "init/processes.h"
#include "init/terminal.h"

/* How many orphans are reaped before the next look for a signal, which takes a tenth of one. */
#define REAPED_IN_A_ROW 32

/* How many signals are taken before init reaps again, even if more of them are pending. */
#define SIGNALS_IN_A_ROW 32

struct supervisor {
	const struct reporter *reporter;
	pid_t main_pid;
	bool warn_reaped;
	bool has_terminal; /* main has, or had, the foreground */
	bool new_session;
	bool stop_with_sender;
	bool suspending; /* main was sent STOP for a Ctrl-Z */
	struct lifecycle lifecycle;
	struct tree tree;
	bool reaping;	      /* a child may have ended that was not collected yet */
	bool any_ended;	      /* somebody was collected since the last EVENT_ALL_REAPED */
	int signals_in_a_row; /* since the last look for ended children */
	bool has_asked;	      /* outcome is of an ACTION_ASK */
	bool has_looked;      /* at the network, and the lifecycle was not told yet */
	enum network network; /* what the last look has found */
	bool lingering;	      /* that the network is waited for was told */
	bool is_blind;	      /* init cannot wait for signals, and that was told */
	bool unreachable;     /* nobody could be killed */
	bool out_of_reach;    /* somebody is left whom init may not signal */
	struct outcome outcome;
	bool killed_main; /* init itself has sent KILL to main */
	bool killed_rest; /* what is left was sent KILL before, and that was told */
	bool has_memory_kills;
	uint32_t memory_kills; /* at the start, if it has that: memory_kills() */
	siginfo_t info;	       /* of the signal that is being handled */
	struct text *verdict;
	struct termination_log *log;
	int asked_by;		 /* the first stop signal, or 0 */
	const char *waiting_for; /* what the termination log says a stop waits for, or NULL */
	bool ended;
};

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

static void tell_main_ended(struct supervisor *init, int status)
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

static enum report_level orphan_level(const struct supervisor *init)
{
	return init->warn_reaped ? REPORT_WARNINGS : REPORT_DETAILS;
}

static void tell_orphan_ended(const struct supervisor *init, pid_t pid, int status)
{
	const struct report_event event = {
		.name = "orphan-ended",
		.pid = pid,
		.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0,
		.has_status = true,
		.status = lifecycle_exit_status(status),
	};

	report_event(init->reporter, orphan_level(init), &event,
		     "orphan (pid %d) ended with status %d", pid, event.status);
}

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

static pid_t look_for_child(int *status, int options)
{
	pid_t pid;

	do
		pid = waitpid(-1, status, WNOHANG | options);
	while (pid < 0 && errno == EINTR);
	return pid;
}

/*
 * Collect one child that has ended or, if none has, one that was stopped. Two calls, because one
 * for both would slow a storm of orphans down by a hundredth. Returns the pid; 0 if no child has
 * changed, -1 if there is no child.
 */
static pid_t reap(int *status)
{
	const pid_t pid = look_for_child(status, 0);

	return pid == 0 ? look_for_child(status, WUNTRACED) : pid;
}

/* How often init looks for ended children when it cannot wait for signals, in milliseconds. */
#define BLIND_INTERVAL 100

/* Main's status must not be lost for that, so that init goes on looking for its end. */
static int go_on_without_signals(struct supervisor *init)
{
	if (!init->is_blind)
		report(init->reporter, REPORT_ERRORS,
		       "cannot wait for signals: %s; none is passed on any more", strerror(errno));
	init->is_blind = true;
	if (init->reaping)
		return 0;
	poll(NULL, 0, BLIND_INTERVAL);
	return SIGCHLD;
}

static int take_signal(struct supervisor *init)
{
	const int64_t deadline = lifecycle_deadline(&init->lifecycle);
	int signal;

	/* With more to reap, do not wait: only look. */
	if (init->reaping)
		signal = signals_wait(ALL_BUT_CHILD, 0, &init->info);
	else
		signal = signals_wait(ALL_SIGNALS,
				      deadline == NO_DEADLINE ? WAIT_FOREVER
							      : deadline - clock_monotonic(),
				      &init->info);
	return signal < 0 ? go_on_without_signals(init) : signal;
}

static bool is_time(const struct supervisor *init)
{
	const int64_t deadline = lifecycle_deadline(&init->lifecycle);

	return deadline != NO_DEADLINE && clock_monotonic() >= deadline;
}

static struct event main_changed(struct supervisor *init, int status)
{
	if (WIFSTOPPED(status)) {
		const bool by_ctrl_z = init->suspending && WSTOPSIG(status) == SIGSTOP;

		init->suspending = false;
		return (struct event){.kind = EVENT_MAIN_STOPPED,
				      .signal = by_ctrl_z ? SIGTSTP : WSTOPSIG(status)};
	}
	tell_main_ended(init, status);
	return (struct event){.kind = EVENT_MAIN_ENDED, .status = status};
}

static struct event all_reaped(struct supervisor *init, bool has_children)
{
	const enum phase phase = init->lifecycle.phase;
	/* If init has no child, those that are left may belong to another user. */
	const bool look_closely = (phase == PHASE_ENDING || phase == PHASE_KILLING) &&
				  (init->out_of_reach || !has_children);
	const struct event event = {.kind = EVENT_ALL_REAPED,
				    .any_ended = init->any_ended,
				    .remaining = processes_remaining(&init->tree, has_children,
								     look_closely)};

	init->reaping = init->any_ended = false;
	return event;
}

/* Neither main's end nor its status can be found out: not to hang is all that is left. */
static void end_without_children(struct supervisor *init)
{
	report(init->reporter, REPORT_ERRORS, "cannot wait for child processes: %s",
	       strerror(errno));
	init->lifecycle.status = STATUS_REFUSED;
	init->ended = true;
}

/* Reap up to REAPED_IN_A_ROW children. Returns true with an event if the lifecycle must know. */
static bool reap_some(struct supervisor *init, struct event *event)
{
	init->signals_in_a_row = 0;
	for (int i = 0; i < REAPED_IN_A_ROW; i++) {
		int status;
		const pid_t pid = reap(&status);

		if (pid < 0 && errno != ECHILD)
			end_without_children(init);
		if (pid <= 0) {
			*event = all_reaped(init, pid == 0);
			return true;
		}
		init->any_ended |= !WIFSTOPPED(status);
		if (pid == init->main_pid) {
			*event = main_changed(init, status);
			return true;
		}
		if (!WIFSTOPPED(status) && report_is_on(init->reporter, orphan_level(init)))
			tell_orphan_ended(init, pid, status);
	}
	return false;
}

static struct event asked(const struct outcome *outcome)
{
	return (struct event){
		.kind = EVENT_ASKED,
		.is_over = !outcome->sent,
		/* A process that was told alone may leave one behind that was not listed yet. */
		.asks_again = outcome->untold > 0 || (!outcome->whole && outcome->told > 0),
		.listed = outcome->listed,
	};
}

/* Between main's end and the look at what it has left behind no signal is for anybody. */
static bool is_to_reap_first(const struct supervisor *init)
{
	return init->reaping && (init->signals_in_a_row >= SIGNALS_IN_A_ROW ||
				 init->lifecycle.phase == PHASE_MAIN_ENDED);
}

static struct event next_event(struct supervisor *init)
{
	struct event event;

	if (init->unreachable) {
		init->unreachable = false;
		init->reaping = true;
		return (struct event){.kind = EVENT_UNREACHABLE};
	}
	if (init->has_asked) {
		init->has_asked = false;
		return asked(&init->outcome);
	}
	if (init->has_looked) {
		init->has_looked = false;
		return (struct event){.kind = EVENT_NETWORK,
				      .is_sending = init->network == NETWORK_SENDING};
	}
	for (;;) {
		int signal;

		if (is_time(init)) {
			/* Whatever it is time for, find out which processes are left, too. */
			init->reaping = true;
			init->info = (siginfo_t){0};
			return (struct event){.kind = EVENT_TIME};
		}
		signal = is_to_reap_first(init) ? 0 : take_signal(init);
		if (signal == SIGCHLD)
			init->reaping = true;
		if (signal > 0 && signal != SIGCHLD) {
			init->signals_in_a_row++;
			if (!signals_is_own(&init->info))
				return (struct event){
					.kind = EVENT_SIGNAL,
					.signal = signal,
					.from_kernel = init->info.si_code == SI_KERNEL,
				};
		} else if (init->reaping && reap_some(init, &event)) {
			return event;
		}
	}
}

/* The signals by which a terminal, or somebody in its place, suspends a job: termios(3). */
static bool is_of_jobs(int signal)
{
	return signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU;
}

/*
 * Whether a signal that suspends a job has to stop main with STOP, and init when main has stopped.
 * In a session of its own main's group is orphaned, and the kernel does not stop an orphaned group
 * for TSTP: setpgid(2). A Ctrl-Z, or the shell's `kill -TSTP %1`, has come to init in main's place;
 * below the name dumb-init it was rewritten to STOP. There has to be a shell that waits for its job
 * to stop: a STOP that somebody else has sent to main is for that one to undo.
 */
static bool is_suspension(const struct supervisor *init, int signal)
{
	return is_of_jobs(init->info.si_signo) &&
	       (signal == SIGSTOP || (signal == SIGTSTP && init->new_session)) &&
	       terminal_has_shell();
}

static void tell_passed_on(const struct supervisor *init, int signal, bool to_main)
{
	const struct report_event event = {.name = "signal-passed-on",
					   .pid = init->main_pid,
					   .signal = signal};
	const struct outcome *outcome = &init->outcome;
	char name[SIGNAL_NAME_SIZE];

	signal_name(signal, name);
	if (to_main || outcome->whole || outcome->passed_over == 0)
		report_event(init->reporter, REPORT_STORY, &event, "passed %s on to %s %d", name,
			     !to_main && outcome->whole ? "process group" : "pid", init->main_pid);
	else
		report_event(init->reporter, REPORT_STORY, &event,
			     "passed %s on to %d of process group %d, who look after the other %d",
			     name, outcome->told, init->main_pid, outcome->passed_over);
}

static void warn_not_passed_on(const struct supervisor *init, int signal)
{
	const struct report_event event = {.name = "signal-not-passed-on",
					   .pid = init->main_pid,
					   .signal = signal};
	char name[SIGNAL_NAME_SIZE];

	report_event(init->reporter, REPORT_WARNINGS, &event, "cannot pass %s on to pid %d: %s",
		     signal_name(signal, name), init->main_pid, strerror(errno));
}

static void forward_to_main(struct supervisor *init, int signal)
{
	if (signal == SIGKILL)
		init->killed_main = true;
	if (!signals_pass(init->main_pid, signal, &init->info))
		warn_not_passed_on(init, signal);
	else if (report_is_on(init->reporter, REPORT_STORY))
		tell_passed_on(init, signal, true);
}

static void forward_to_group(struct supervisor *init, const struct delivery *delivery)
{
	if (delivery->signal == SIGKILL)
		init->killed_main = true;
	init->outcome = processes_tell_group(&init->tree, delivery);
	if (!init->outcome.sent)
		warn_not_passed_on(init, delivery->signal);
	else if (report_is_on(init->reporter, REPORT_STORY))
		tell_passed_on(init, delivery->signal, false);
}

static void forward(struct supervisor *init, const struct action *action)
{
	struct delivery delivery = {
		.signal = action->signal,
		.handled = set_of(action->signal),
		.is_stop = action->is_stop,
		.to_everyone = action->kind == ACTION_FORWARD_TO_GROUP,
	};

	if (is_suspension(init, action->signal)) {
		init->suspending = true;
		delivery.signal = SIGSTOP;
		delivery.to_everyone = true;
		forward_to_group(init, &delivery);
	} else if (action->kind == ACTION_FORWARD_TO_MAIN) {
		forward_to_main(init, action->signal);
	} else {
		forward_to_group(init, &delivery);
	}
}

static void tell_held_back(const struct supervisor *init, int signal)
{
	const struct report_event event = {.name = "stop-held-back", .signal = signal};
	char name[SIGNAL_NAME_SIZE];

	report_event(init->reporter, REPORT_STORY, &event,
		     "asked to stop: %s is passed on when --stop-delay is over",
		     signal_name(signal, name));
}

/* A shell that resumes init in the foreground has given init the terminal: main gets it. */
static bool take_foreground(struct supervisor *init, bool resumed)
{
	const pid_t from = resumed ? getpgrp() : ANY_GROUP;
	const bool in_foreground =
		(resumed || init->has_terminal) && terminal_move(from, init->main_pid);

	init->has_terminal = init->has_terminal || in_foreground;
	return in_foreground;
}

/*
 * dumb-init stops itself whenever it has passed on a signal that suspends a job, whatever main
 * makes of it: the process that has sent it is the one to continue both. Init cannot stop as PID 1,
 * and a terminal whose Ctrl-Z nobody could undo is no such process.
 */
static void stop_with_sender(struct supervisor *init, const struct event *event)
{
	const struct delivery go_on = {.signal = SIGCONT, .to_everyone = true};

	if (!init->stop_with_sender || event->kind != EVENT_SIGNAL || event->from_kernel ||
	    !is_of_jobs(event->signal) || init->ended || !signals_stop_self())
		return;
	init->suspending = false;
	take_foreground(init, true);
	processes_tell_group(&init->tree, &go_on);
}

/*
 * Main was stopped from the terminal. If a shell above can resume both, init stops as well until
 * that happens. If none can, init continues main at once, or the container would hang.
 */
static void stop_with_main(struct supervisor *init, int signal)
{
	const struct delivery go_on = {.signal = SIGCONT, .to_everyone = true};
	const bool resumed = terminal_has_shell() && signals_stop(signal);
	const bool in_foreground = take_foreground(init, resumed);
	char name[SIGNAL_NAME_SIZE];

	/* Continued in the background, main would touch the terminal again and stop, for ever. */
	if (!resumed && signal != SIGTSTP && !in_foreground) {
		report(init->reporter, REPORT_WARNINGS,
		       "main is stopped by %s: it uses a terminal that it was not given",
		       signal_name(signal, name));
		return;
	}
	report(init->reporter, REPORT_STORY, "main was stopped by %s%s: continuing it",
	       signal_name(signal, name), resumed ? "" : ", which nobody could resume");
	processes_tell_group(&init->tree, &go_on);
}

static void tell_all_signalled(const struct supervisor *init, int signal)
{
	const struct report_event event = {.name = "all-signalled", .signal = signal};
	char name[SIGNAL_NAME_SIZE];

	signal_name(signal, name);
	if (init->outcome.untold == 0)
		report_event(init->reporter, REPORT_STORY, &event,
			     "sent %s to what main has left behind", name);
	else
		report_event(init->reporter, REPORT_STORY, &event,
			     "sent %s to what main has left behind, %d of it; %d are left to those "
			     "who look after them, or to the end of their input",
			     name, init->outcome.told, init->outcome.untold);
}

/* Signal what main has left behind. It has no group of main's any more, so all of it is meant. */
static void forward_to_all(struct supervisor *init, const struct action *action)
{
	const struct delivery delivery = {
		.signal = action->signal,
		.handled = set_of(action->signal),
		.is_stop = action->is_stop,
		.to_everyone = action->to_everyone,
		.to_untold = action->to_untold,
		.go_on = action->is_stop,
	};

	init->outcome = processes_tell_all(&init->tree, &delivery, NULL);
	tell_all_signalled(init, action->signal);
}

static void ask(struct supervisor *init, const struct action *action)
{
	const bool again = action->kind == ACTION_ASK_AGAIN;
	const struct lifecycle *lifecycle = &init->lifecycle;
	const struct delivery delivery = {
		.signal = SIGTERM,
		/* A manager that has caught the stop which was passed on has begun to end. */
		.handled = set_of(SIGTERM) | set_of(lifecycle->stop_signal),
		.is_stop = true,
		.to_untold = true,
		.not_below_told = again,
		.not_to_filters = !action->to_filters,
		.hang_up = !again,
		.go_on = !again,
	};

	init->outcome = processes_tell_all(&init->tree, &delivery, NULL);
	init->out_of_reach = init->outcome.out_of_reach > 0;
	init->has_asked = true;
	if (!again || init->outcome.told > 0)
		tell_all_signalled(init, SIGTERM);
}

static void kill_main(struct supervisor *init)
{
	const struct report_event event = {.name = "main-killed",
					   .pid = init->main_pid,
					   .signal = SIGKILL};

	/* Main is not reaped yet, so the pid is still main's. It may be another user's by now. */
	if (kill(init->main_pid, SIGKILL) < 0) {
		warn_not_passed_on(init, SIGKILL);
		init->unreachable = true;
		return;
	}
	report_event(init->reporter, REPORT_WARNINGS, &event,
		     "main (pid %d) still runs when --stop-timeout is over: sent SIGKILL to it",
		     init->main_pid);
	if (!init->killed_main)
		text_add(init->verdict, "--stop-timeout is over: ");
	init->killed_main = true;
}

static void kill_all(struct supervisor *init)
{
	/* Warn once only: KILL is repeated while a process is in uninterruptible sleep. */
	const enum report_level level = init->killed_rest ? REPORT_DETAILS : REPORT_WARNINGS;
	const struct report_event event = {.name = "all-signalled", .signal = SIGKILL};
	char buffer[256];
	const struct delivery delivery = {.signal = SIGKILL, .to_everyone = true};
	struct text names = text_in(buffer, sizeof(buffer));

	init->outcome = processes_tell_all(&init->tree, &delivery, &names);
	init->unreachable = !init->outcome.sent;
	init->killed_rest = true;
	if (init->outcome.told > 0)
		report_event(init->reporter, level, &event,
			     "sent SIGKILL to %d %s that had not ended in time: %s",
			     init->outcome.told, init->outcome.told == 1 ? "process" : "processes",
			     names.start);
	else if (init->outcome.sent)
		report_event(init->reporter, level, &event,
			     "sent SIGKILL to what had not ended in time");
}

static void look_at_network(struct supervisor *init)
{
	const struct report_event event = {.name = "lingering"};

	init->network = network_look();
	init->has_looked = true;
	if (init->network == NETWORK_UNKNOWN)
		report(init->reporter, REPORT_WARNINGS,
		       "--linger: cannot read /proc/net/tcp: %s; the last bytes may be lost",
		       strerror(errno));
	if (init->network == NETWORK_SENDING && !init->lingering)
		report_event(init->reporter, REPORT_STORY, &event,
			     "waiting until the network has taken the last bytes");
	init->lingering = init->network == NETWORK_SENDING;
}

static void warn_of_lost_bytes(const struct supervisor *init)
{
	const bool is_over = clock_monotonic() >= init->lifecycle.linger_until;

	report(init->reporter, REPORT_WARNINGS, "%s: the network has not taken the last bytes yet",
	       is_over ? "--linger is over" : "asked to stop again");
}

static void act(struct supervisor *init, const struct action *action)
{
	switch (action->kind) {
	case ACTION_FORWARD_TO_BRANCHES:
	case ACTION_FORWARD_TO_GROUP:
	case ACTION_FORWARD_TO_MAIN:
		forward(init, action);
		break;
	case ACTION_FORWARD_TO_ALL:
		forward_to_all(init, action);
		break;
	case ACTION_HOLD_BACK:
		tell_held_back(init, action->signal);
		break;
	case ACTION_STOP_WITH_MAIN:
		stop_with_main(init, action->signal);
		break;
	case ACTION_TAKE_TERMINAL:
		if (init->has_terminal)
			terminal_move(init->main_pid, getpgrp());
		break;
	case ACTION_ASK_GROUP:
		/* Main was just reaped: the kernel does not give its pid away again so soon. */
		kill(-init->main_pid, action->signal);
		break;
	case ACTION_ASK:
	case ACTION_ASK_AGAIN:
		ask(init, action);
		break;
	case ACTION_KILL_MAIN:
		kill_main(init);
		break;
	case ACTION_KILL_ALL:
		kill_all(init);
		break;
	case ACTION_LOOK_AT_NETWORK:
		look_at_network(init);
		break;
	case ACTION_END:
		if (init->network == NETWORK_SENDING)
			warn_of_lost_bytes(init);
		init->ended = true;
		break;
	}
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

/*
 * Write what init waits for to the termination log whenever it changes after a stop. A KILL from
 * outside, as at the end of a grace period, leaves no time to write anything.
 */
static void note_obstacle(struct supervisor *init, const struct event *event)
{
	const char *const now = obstacle(&init->lifecycle);
	char buffer[384], name[SIGNAL_NAME_SIZE];
	struct text note = text_in(buffer, sizeof(buffer));

	if (!init->asked_by && event->kind == EVENT_SIGNAL && init->lifecycle.stop_signal)
		init->asked_by = event->signal;
	if (!init->asked_by || init->ended || now == init->waiting_for ||
	    init->lifecycle.phase == PHASE_MAIN_ENDED)
		return;
	init->waiting_for = now;
	text_add(&note, "asked to stop by %s, %s", signal_name(init->asked_by, name), now);
	if (init->verdict->length > 0)
		text_add(&note, "; %s", init->verdict->start);
	termination_log_write(init->log, buffer);
}

int supervise(const struct supervision *supervision, struct text *verdict)
{
	static struct told told;
	struct supervisor init = {
		.reporter = supervision->reporter,
		.main_pid = supervision->main_pid,
		.warn_reaped = supervision->warn_reaped,
		.has_terminal = supervision->has_terminal,
		.new_session = supervision->new_session,
		.stop_with_sender = supervision->stop_with_sender,
		.lifecycle = lifecycle_start(supervision->lifecycle),
		.tree = {.init = getpid(),
			 .main = supervision->main_pid,
			 .input = supervision->input,
			 .told = &told,
			 .reporter = supervision->reporter},
		/* A child of the program that became init may have ended before. */
		.reaping = true,
		.verdict = verdict,
		.log = supervision->log,
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
