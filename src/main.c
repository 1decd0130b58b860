/* SPDX-License-Identifier: MIT */
/*
 * dinit-su, from top to bottom: block signals, read the command line, find out which user to
 * become, hand files over, become that user, start main, let go of what only the start needs, and
 * see main through to its end.
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/pages.h"
#include "base/signals.h"
#include "command_line/names/dropin.h"
#include "explain.h"
#include "files/install.h"
#include "files/standard_streams.h"
#include "hand_over.h"
#include "identity/credentials.h"
#include "identity/environment.h"
#include "init/command.h"
#include "init/spawn.h"
#include "plan.h"
#include "report/report.h"
#include "run.h"

static const struct account_files system_files = {.passwd = "/etc/passwd", .group = "/etc/group"};

static int print(const struct plan *plan, const char *text)
{
	const int descriptor = plan->settings->answer_on_stderr ? STDERR_FILENO : STDOUT_FILENO;
	size_t length = strlen(text);

	/* A write that succeeds in part sets no errno: the disk is full then. */
	errno = ENOSPC;
	/* By another program's name the answer is not checked, as in that program. */
	if (write(descriptor, text, length) == (ssize_t)length || !plan->settings->native)
		return 0;
	report(&plan->settings->reporter, REPORT_ERRORS, "cannot write to stdout: %s",
	       strerror(errno));
	return STATUS_REFUSED;
}

/*
 * Print the explanation, or the failure that a start would meet. COMMAND is looked for as its user,
 * because root may read and run more. So this process becomes that user: it has nothing else to do.
 */
static int print_explanation(struct plan *plan, struct failure *failure)
{
	static char buffer[64 * 1024];
	struct text text = text_in(buffer, sizeof(buffer));
	char file[PATH_MAX];
	char **command = plan->settings->command;

	if ((plan->becomes && !credentials_assume(&plan->identity->target, failure)) ||
	    (command && !command_find(command[0], environ, file, failure)))
		return end_with(plan, failure);
	explain(plan, command ? file : NULL, &text);
	return print(plan, buffer);
}

static bool choose_environment(const struct plan *plan, struct program *program,
			       struct failure *failure)
{
	struct environment *environment = plan->environment;
	const struct identity *identity = plan->identity;

	program->environment = environ;
	if (!identity || plan->settings->environment == ENVIRONMENT_KEPT)
		return true;
	if (!environment_for_account(environment, environ,
				     identity->has_account ? &identity->account : NULL,
				     plan->settings->environment == ENVIRONMENT_ONLY_HOME, failure))
		return false;
	program->environment = environment->entries;
	return true;
}

/* Set the limits that do not depend on the user: the umask and no_new_privs. */
static bool limit(const struct limit_settings *settings, struct failure *failure)
{
	if (settings->has_umask) {
		/* umask(2) reports no error, but a second call returns what the first has set. */
		umask(settings->umask);
		if (umask(settings->umask) != settings->umask)
			return fail(failure, STATUS_REFUSED, "the umask is not 0%o as asked for",
				    settings->umask);
	}
	return !settings->no_new_privileges || credentials_gain_no_more(failure);
}

/* Init itself switches, so that no process of the container is root; or, if asked to, only main. */
static bool become(const struct plan *plan, struct program *program, struct failure *failure)
{
	const struct settings *settings = plan->settings;

	if (!limit(&settings->limits, failure))
		return false;
	if (plan->identity)
		program->capabilities = plan->identity->target.capabilities;
	if (!plan->becomes)
		return !program->capabilities || credentials_keep(program->capabilities, failure);
	if (!settings->keep_stdio)
		streams_give(plan->streams, plan->identity->target.uid, &settings->reporter);
	if (settings->root_init)
		program->become = &plan->identity->target;
	else if (!credentials_assume(&plan->identity->target, failure))
		return false;
	report(&settings->reporter, REPORT_STORY, "%s '%s': uid %u, gid %u, %d groups",
	       settings->root_init ? "main becomes" : "became", settings->identity.user,
	       plan->identity->target.uid, plan->identity->target.gid,
	       (int)plan->identity->target.groups.count);
	return true;
}

int main(int count __attribute__((unused)), char **arguments)
{
	static _Alignas(4096) struct start start; /* it begins a page: see plan.h */
	struct settings *const settings = &start.settings;
	struct failure *const failure = &start.failure;
	struct inherited_signals signals;
	const bool holds = signals_hold(&signals);
	struct credentials now;
	struct plan plan = {.settings = settings,
			    .now = &now,
			    .files = &system_files,
			    .found = &start.identity,
			    .environment = &start.environment,
			    .termination_log = {.descriptor = -1}};
	struct program program = {.signals = &signals};
	const struct dropin_name *name;

	program.init = getpid();
	plan.is_pid1 = program.init == 1;
	streams_look(plan.streams);
	settings_add_defaults(settings);
	name = dropin_take_name(arguments, settings);
	if (!holds) {
		fail_to("block signals", failure);
		return end_with(&plan, failure);
	}
	if (!credentials_read(&now, failure) || !credentials_may_start(&now, failure) ||
	    !dropin_parse(name, arguments, environ, settings, failure))
		return end_with(&plan, failure);
	/* Asked for as early as possible: a parent that has died before goes unnoticed. */
	if (settings->parent_death)
		plan.parent = getppid();
	if (settings->task == TASK_HELP || settings->task == TASK_VERSION)
		return print(&plan, settings->answer);
	if (settings->task == TASK_INSTALL)
		return install_self(settings->install, failure) ? 0 : end_with(&plan, failure);

	if (!plan_make(&plan, failure))
		return end_with(&plan, failure);
	if (settings->task == TASK_EXPLAIN)
		return print_explanation(&plan, failure);

	program.command = settings->command;
	program.scripts_by_shell = settings->program.scripts_by_shell;
	if (!hand_over(&plan, failure) || !choose_environment(&plan, &program, failure) ||
	    !become(&plan, &program, failure))
		return end_with(&plan, failure);
	plan.has_switched = !program.become;
	if (settings->mode != MODE_IN_PLACE)
		return be_init(&plan, &program, failure);
	spawn_in_place(&program, failure);
	return end_with(&plan, failure);
}
