/* SPDX-License-Identifier: MIT */
#include "run.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/lines.h"
#include "base/pages.h"
#include "base/signals.h"
#include "base/text.h"
#include "identity/credentials.h"
#include "init/descriptors.h"
#include "init/supervise.h"
#include "init/terminal.h"
#include "report/report.h"
#include "report/termination_log.h"

/*
 * Open the termination log for a start that has failed. As long as init has more rights than main
 * is going to have, only the default path is opened: another one may be a variable's.
 */
static void open_termination_log_late(struct plan *plan)
{
	const struct settings *settings = plan->settings;
	const char *path = settings->termination_log;

	if (path && settings->task != TASK_EXPLAIN && plan->termination_log.descriptor < 0 &&
	    (plan->has_switched || plan->now->effective_uid != 0 ||
	     strcmp(path, TERMINATION_LOG_PATH) == 0))
		termination_log_open(&plan->termination_log, path, &settings->reporter);
}

int end_with(struct plan *plan, const struct failure *failure)
{
	const struct reporter *reporter = &plan->settings->reporter;
	/* A signal that ended the start has a status of its own, 128+N. */
	const bool is_own =
		failure->status >= STATUS_REFUSED && failure->status <= STATUS_NOT_FOUND;
	const int status = is_own ? plan->settings->failure_status[failure->status - STATUS_REFUSED]
				  : failure->status;
	const struct report_event event = {.name = "failed", .has_status = true, .status = status};

	report_event(reporter, REPORT_ERRORS, &event, "%s", failure->text);
	open_termination_log_late(plan);
	termination_log_write(&plan->termination_log, failure->text);
	return status;
}

static void open_termination_log(void *context)
{
	struct plan *plan = context;

	termination_log_open(&plan->termination_log, plan->settings->termination_log,
			     &plan->settings->reporter);
}

/* Open the termination log with the rights of main, which with --root-init init does not have. */
static bool prepare_termination_log(struct plan *plan, const struct program *program,
				    struct failure *failure)
{
	if (!plan->settings->termination_log)
		return true;
	if (program->become)
		return credentials_borrow(program->become, open_termination_log, plan, failure);
	open_termination_log(plan);
	return true;
}

/*
 * PR_SET_PDEATHSIG of prctl(2); after each change of ids, which undoes it. A parent that has died
 * since the start sends nothing more; with sigqueue(3) the signal does not look like one of the
 * kernel's.
 */
static bool watch_parent(const struct plan *plan, struct failure *failure)
{
	const int signal = plan->settings->parent_death;
	pid_t parent;

	if (!signal)
		return true;
	if (prctl(PR_SET_PDEATHSIG, signal, 0, 0, 0) < 0)
		return fail_to("watch the parent", failure);
	parent = getppid();
	/* getppid(2) cannot fail, but a sandbox can refuse it: that is no other parent. */
	if (parent < 0 || plan->parent < 0)
		return fail(failure, STATUS_REFUSED, "cannot watch the parent: getppid is refused");
	if (parent != plan->parent)
		signals_queue(getpid(), signal, (union sigval){0});
	return true;
}

/* PR_SET_CHILD_SUBREAPER of prctl(2). Orphans come to a PID 1 by themselves. */
static bool become_reaper(const struct plan *plan, struct failure *failure)
{
	if (plan->is_pid1)
		return true;
	if (!plan->settings->no_subreaper)
		return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0 ||
		       fail_to("become a child subreaper", failure);
	report(&plan->settings->reporter, REPORT_WARNINGS,
	       "neither PID 1 nor a subreaper: orphans will not be reaped");
	return true;
}

static bool start_main(const struct plan *plan, struct program *program,
		       struct supervision *supervision, struct failure *failure)
{
	const struct reporter *reporter = &plan->settings->reporter;
	const enum session session = plan->settings->program.session;
	struct report_event event = {.name = "main-started"};

	/* A group of another session cannot have it: tcsetpgrp(3). Init stays in the foreground. */
	program->terminal = session == SESSION_NEW ? -1 : terminal_in_foreground(plan->streams);
	program->new_session = session == SESSION_NEW ||
			       (session == SESSION_NEW_IF_DETACHED && program->terminal < 0);
	supervision->new_session = program->new_session;
	if (plan->streams[STDIN_FILENO].is_anonymous)
		supervision->input = (uint32_t)plan->streams[STDIN_FILENO].inode;
	supervision->has_terminal = program->terminal >= 0;
	if (!spawn_main(program, &supervision->main_pid, failure))
		return false;
	event.pid = supervision->main_pid;
	report_event(reporter, REPORT_STORY, &event, "started '%s' as pid %d", program->command[0],
		     event.pid);
	return true;
}

/* Give memory that only the start needs back to the kernel, because init may wait for years. */
static void release(struct plan *plan)
{
	/* Let main run first on this processor: somebody waits for it, and nobody for init. */
	sched_yield();
	pages_give_back_stack();
	lines_release();
	environment_release(plan->environment);
	pages_give_back(plan->found, sizeof(*plan->found));
	plan->found = NULL;
	plan->identity = NULL;
}

/*
 * After a change of ids a process is not dumpable, PR_SET_DUMPABLE of prctl(2), and only somebody
 * with CAP_SYS_PTRACE can open its /proc/PID/fd: ptrace(2), access mode checking. Then a cron job
 * of main's user could not write to /proc/1/fd/1. Init has no right and no secret that main has
 * not, with one exception: under --new-session init still has the terminal, which main must not
 * get. Under --root-init, where the new process has changed ids while it shared init's memory, this
 * is for root: the check also wants the same ids and no fewer capabilities.
 */
static void let_user_open_streams(const struct plan *plan)
{
	if (plan->becomes && plan->settings->program.session != SESSION_NEW)
		prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
}

int be_init(struct plan *plan, struct program *program, struct failure *failure)
{
	const struct settings *settings = plan->settings;
	const struct reporter *reporter = &settings->reporter;
	struct lifecycle_settings lifecycle = settings->lifecycle;
	struct supervision supervision = {.warn_reaped = settings->warn_reaped,
					  .stop_with_sender = settings->stop_with_sender,
					  .log = &plan->termination_log,
					  .reporter = reporter,
					  .lifecycle = &lifecycle};
	char buffer[256];
	struct text verdict = text_in(buffer, sizeof(buffer));
	struct report_event event = {.name = "ending", .has_status = true};

	lifecycle.kernel_ends_rest = plan->is_pid1;
	lifecycle.pause = settings->mode == MODE_PAUSE;
	if (!supervise_is_possible(failure) || !become_reaper(plan, failure) ||
	    !prepare_termination_log(plan, program, failure) || !watch_parent(plan, failure) ||
	    (settings->command && !start_main(plan, program, &supervision, failure)))
		return settings_exit_status(settings, end_with(plan, failure));
	release(plan);
	/* Init held these capabilities only to pass them on to main: drop them. */
	if (program->capabilities && !program->become && !credentials_keep(0, failure))
		report(reporter, REPORT_WARNINGS, "%s", failure->text);
	descriptors_release(&plan->termination_log.descriptor);
	let_user_open_streams(plan);
	if (chdir("/") < 0)
		report(reporter, REPORT_DETAILS, "cannot leave the working directory: %s",
		       strerror(errno));
	event.status = settings_exit_status(settings, supervise(&supervision, &verdict));
	report_event(reporter, REPORT_STORY, &event, "ending with status %d", event.status);
	if (event.status != 0)
		termination_log_write(&plan->termination_log, buffer);
	else
		termination_log_take_back(&plan->termination_log);
	return event.status;
}
