/* SPDX-License-Identifier: MIT */
/*
 * dinit-su, from top to bottom: hold signals, read what is asked for, find out who that is, become
 * it, start main, let go, see it through to the end.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "cmdline.h"
#include "config.h"
#include "credentials.h"
#include "descriptors.h"
#include "environment.h"
#include "explain.h"
#include "identity.h"
#include "install.h"
#include "options.h"
#include "plan.h"
#include "report.h"
#include "signals.h"
#include "spawn.h"
#include "stdio_owner.h"
#include "supervise.h"
#include "terminal.h"
#include "termination_log.h"

static const struct account_files system_files = {.passwd = "/etc/passwd", .group = "/etc/group"};

static int end_with(const struct plan *plan, const struct failure *failure)
{
	const struct reporter *reporter = &plan->settings->reporter;
	const struct report_event event = {.name = "failed",
					   .has_status = true,
					   .status = failure->status};

	report_event(reporter, REPORT_ERRORS, &event, "%s", failure->text);
	termination_log_write(plan->termination_log, failure->text);
	return failure->status;
}

static int print(const struct plan *plan, const char *text)
{
	size_t length = strlen(text);

	if (write(STDOUT_FILENO, text, length) == (ssize_t)length)
		return 0;
	report(&plan->settings->reporter, REPORT_ERRORS, "cannot write to stdout: %s",
	       strerror(errno));
	return STATUS_REFUSED;
}

/*
 * Find out who to be. plan->identity stays NULL if that does not matter: no USER, or --if-root
 * without root.
 */
static bool choose_identity(struct plan *plan, struct identity *identity, struct failure *failure)
{
	const struct settings *settings = plan->settings;

	if (!settings->user)
		return true;
	if (!identity_check(settings->user, failure))
		return false;
	if (settings->if_root && plan->now->effective_uid != 0)
		return true;
	if (!identity_resolve(settings->user, &system_files, identity, failure))
		return false;
	plan->identity = identity;
	switch (identity_transition(identity, plan->now)) {
	case BECOME:
		plan->becomes = true;
		return true;
	case CARRY_ON:
		return true;
	case REFUSE:
		break;
	}
	return fail(
		failure, STATUS_REFUSED,
		"cannot become '%s': started as uid %u and not as root; --if-root carries on as "
		"that user",
		settings->user, plan->now->effective_uid);
}

static bool choose_environment(const struct plan *plan, struct program *program,
			       struct failure *failure)
{
	static struct environment environment;
	const struct identity *identity = plan->identity;

	program->environment = environ;
	if (!identity || plan->settings->keep_environment)
		return true;
	if (!environment_for_account(&environment, environ,
				     identity->has_account ? &identity->account : NULL, failure))
		return false;
	program->environment = environment.entries;
	return true;
}

/*
 * Job control is for the processes of the terminal's own session. One of another session is not
 * stopped when it reads in the background: it would get what is typed to the shell there. And a
 * shell in it could not suspend its jobs.
 */
static bool check_session(const struct settings *settings, struct failure *failure)
{
	if (!settings->new_session || !isatty(STDIN_FILENO))
		return true;
	return fail(failure, STATUS_REFUSED,
		    "--new-session: stdin is a terminal, and main would share it without job "
		    "control; write '</dev/null' or leave the option out");
}

/* Init itself switches, so that no process of the container is root; or, if asked to, only main. */
static bool become(const struct plan *plan, struct program *program, struct failure *failure)
{
	const struct settings *settings = plan->settings;

	if (!plan->becomes)
		return true;
	if (!settings->keep_stdio)
		stdio_give(plan->identity->uid, &settings->reporter);
	if (settings->root_init)
		program->become = plan->identity;
	else if (!credentials_assume(plan->identity, failure))
		return false;
	report(&settings->reporter, REPORT_STORY, "%s '%s': uid %u, gid %u, %d groups",
	       settings->root_init ? "main becomes" : "became", settings->user, plan->identity->uid,
	       plan->identity->gid, (int)plan->identity->groups.count);
	return true;
}

static int print_explanation(const struct plan *plan)
{
	static char buffer[64 * 1024];
	struct text text = text_in(buffer, sizeof(buffer));

	explain(plan, &text);
	return print(plan, buffer);
}

/*
 * PR_SET_PDEATHSIG of prctl(2); after the switch, which undoes it. A parent that has died since the
 * start sends nothing more; with sigqueue(3) the signal does not look like one of the kernel's.
 */
static void watch_parent(const struct plan *plan)
{
	const int signal = plan->settings->parent_death;

	if (!signal)
		return;
	prctl(PR_SET_PDEATHSIG, signal, 0, 0, 0);
	if (getppid() != plan->parent)
		sigqueue(getpid(), signal, (union sigval){0});
}

static bool start_main(const struct plan *plan, struct program *program,
		       struct supervision *supervision, struct failure *failure)
{
	const struct reporter *reporter = &plan->settings->reporter;
	struct report_event event = {.name = "main-started"};

	/* A group of another session cannot have it: tcsetpgrp(3). Init stays in the foreground. */
	program->new_session = plan->settings->new_session;
	program->terminal = program->new_session ? -1 : terminal_in_foreground();
	supervision->new_session = program->new_session;
	supervision->has_terminal = program->terminal >= 0;
	if (!spawn_main(program, &supervision->main_pid, failure))
		return false;
	if (program->environment != environ)
		environment_release(program->environment);
	event.pid = supervision->main_pid;
	report_event(reporter, REPORT_STORY, &event, "started '%s' as pid %d", program->command[0],
		     event.pid);
	return true;
}

/* Start main and see it through to the end: what a PID 1 is for. */
static int be_init(struct plan *plan, struct program *program, struct failure *failure)
{
	const struct settings *settings = plan->settings;
	const struct reporter *reporter = &settings->reporter;
	struct supervision supervision = {.reporter = reporter, .lifecycle = &settings->lifecycle};
	char buffer[256];
	struct text verdict = text_in(buffer, sizeof(buffer));
	struct report_event event = {.name = "ending", .has_status = true};

	if (!plan->is_pid1)
		prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	watch_parent(plan);
	if (settings->command && !start_main(plan, program, &supervision, failure))
		return settings->exit_map[end_with(plan, failure)];
	descriptors_release(&plan->termination_log);
	if (chdir("/") < 0)
		report(reporter, REPORT_DETAILS, "cannot leave the working directory: %s",
		       strerror(errno));
	event.status = settings->exit_map[supervise(&supervision, &verdict)];
	report_event(reporter, REPORT_STORY, &event, "ending with status %d", event.status);
	if (event.status != 0)
		termination_log_write(plan->termination_log, buffer);
	return event.status;
}

int main(int count __attribute__((unused)), char **arguments)
{
	/* Not on the stack: touched only as far as it is used, the rest takes no memory. */
	static struct identity identity;
	struct inherited_signals signals;
	struct credentials now;
	struct settings settings = settings_defaults();
	struct failure failure;
	struct plan plan = {.settings = &settings, .now = &now, .termination_log = -1};
	struct program program = {.signals = &signals};

	signals_hold(&signals);
	plan.parent = getppid();
	plan.is_pid1 = getpid() == 1;
	descriptors_guard();
	if (!credentials_read(&now, &failure) || !credentials_may_start(&now, &failure) ||
	    !cmdline_parse(arguments, environ, &settings, &failure))
		return end_with(&plan, &failure);
	settings.reporter.user = settings.user;
	settings.lifecycle.kernel_ends_rest = plan.is_pid1;
	if (settings.help)
		return print(&plan, options_help);
	if (settings.version)
		return print(&plan, "dinit-su " PACKAGE_VERSION "\n");
	if (settings.install)
		return install_self(settings.install, &failure) ? 0 : end_with(&plan, &failure);

	if (settings.termination_log && !settings.explain)
		plan.termination_log =
			termination_log_open(settings.termination_log, &settings.reporter);
	if (!check_session(&settings, &failure) || !choose_identity(&plan, &identity, &failure))
		return end_with(&plan, &failure);
	if (settings.explain)
		return print_explanation(&plan);

	program.command = settings.command;
	if (!choose_environment(&plan, &program, &failure) || !become(&plan, &program, &failure))
		return end_with(&plan, &failure);
	if (!settings.exec)
		return be_init(&plan, &program, &failure);
	spawn_in_place(&program, &failure);
	return end_with(&plan, &failure);
}
