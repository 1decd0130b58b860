/* SPDX-License-Identifier: MIT */
/*
 * dinit-su, from top to bottom: hold signals, read what is asked for, find out who that is, become
 * it, start main, let go, see it through to the end.
 */
#include <errno.h>
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
#include "report.h"
#include "signals.h"
#include "spawn.h"
#include "supervise.h"

static const struct account_files system_files = {.passwd = "/etc/passwd", .group = "/etc/group"};

static int end_with(const struct failure *failure)
{
	report(REPORT_ERRORS, REPORT_ERRORS, "%s", failure->text);
	return failure->status;
}

static int print(const char *text)
{
	size_t length = strlen(text);

	if (write(STDOUT_FILENO, text, length) == (ssize_t)length)
		return 0;
	report(REPORT_ERRORS, REPORT_ERRORS, "cannot write to stdout: %s", strerror(errno));
	return STATUS_REFUSED;
}

/*
 * Find out who to be. *who is NULL if that does not matter: no USER, or --if-root without root.
 * *becomes tells whether there is anything to switch.
 */
static bool choose_identity(const struct settings *settings, const struct credentials *now,
			    struct identity *identity, const struct identity **who, bool *becomes,
			    struct failure *failure)
{
	*who = NULL;
	*becomes = false;
	if (!settings->user || (settings->if_root && now->effective_uid != 0))
		return true;
	if (!identity_resolve(settings->user, &system_files, identity, failure))
		return false;
	*who = identity;
	switch (identity_transition(identity, now)) {
	case BECOME:
		*becomes = true;
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
		settings->user, now->effective_uid);
}

static bool prepare_environment(const struct settings *settings, const struct identity *who,
				struct environment *environment, struct failure *failure)
{
	environment->entries = environ;
	if (!who || settings->keep_environment)
		return true;
	return environment_for_account(environment, environ,
				       who->has_account ? &who->account : NULL, failure);
}

static int print_explanation(const struct explanation *explanation)
{
	static char buffer[64 * 1024];
	struct text text = text_in(buffer, sizeof(buffer));

	explain(explanation, &text);
	return print(buffer);
}

int main(int count __attribute__((unused)), char **argv)
{
	/* Not on the stack: touched only as far as it is used, the rest takes no memory. */
	static struct identity identity;
	static struct environment environment;
	struct inherited_signals signals;
	struct credentials now;
	struct settings settings;
	struct failure failure;
	const struct identity *who;
	bool becomes;
	const bool is_pid1 = getpid() == 1;
	pid_t main_pid;

	signals_hold(&signals);
	descriptors_guard();
	if (!credentials_read(&now, &failure) || !credentials_may_start(&now, &failure) ||
	    !cmdline_parse(argv, environ, &settings, &failure))
		return end_with(&failure);
	if (settings.task == TASK_HELP)
		return print(cmdline_help);
	if (settings.task == TASK_VERSION)
		return print("dinit-su " PACKAGE_VERSION "\n");
	if (!choose_identity(&settings, &now, &identity, &who, &becomes, &failure))
		return end_with(&failure);
	if (settings.task == TASK_EXPLAIN)
		return print_explanation(
			&(struct explanation){&settings, who, &now, becomes, is_pid1});

	struct program program = {.command = settings.command, .signals = &signals};

	if (!prepare_environment(&settings, who, &environment, &failure))
		return end_with(&failure);
	program.environment = environment.entries;

	if (!settings.exec && !is_pid1)
		prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	if (becomes && settings.root_init)
		program.become = who;
	else if (becomes && !credentials_assume(who, &failure))
		return end_with(&failure);

	if (settings.exec) {
		spawn_in_place(&program, &failure);
		return end_with(&failure);
	}
	if (!spawn_main(&program, &main_pid, &failure))
		return end_with(&failure);
	report(settings.report, REPORT_STORY, "started '%s' as pid %d", settings.command[0],
	       main_pid);

	descriptors_release();
	if (chdir("/") < 0)
		report(settings.report, REPORT_DETAILS, "cannot leave the working directory: %s",
		       strerror(errno));
	return supervise(main_pid, (struct lifecycle_settings){settings.wait, is_pid1},
			 settings.report);
}
