/* SPDX-License-Identifier: MIT */
/* catatonit 0.1.7. Podman calls it podman-init, and uses it with -P as a pod's pause process. */
#include "command_line/names/dropin.h"
#include "identity/environment.h"

static const struct option options[] = {
	CHOICE('g', NULL, enum audience, lifecycle.audience, AUDIENCE_GROUP, 0),
	CHOICE('h', NULL, enum task, task, TASK_HELP, 0),
	CHOICE('L', NULL, enum task, task, TASK_HELP, 0),
	CHOICE('P', NULL, enum mode, mode, MODE_PAUSE, 0),
	CHOICE('V', "version", enum task, task, TASK_VERSION, 0),
};

static const struct dropin catatonit = {
	.options = DROPIN_OPTIONS(options, "-h"),
	.usage = "[-ghLPV] [--]",
	.version = "tini version 0.1.7_catatonit - git.dinit-su\n",
	.dashes_anywhere = true,
};

bool catatonit_parse(char **words, char **environment, struct settings *settings,
		     struct failure *failure)
{
	settings->program.scripts_by_shell = true;
	settings->reporter.level =
		environment_get(environment, "CATATONIT_DEBUG") ? REPORT_DETAILS : REPORT_ERRORS;
	settings->lifecycle.rest = REST_IS_LEFT;
	settings->lifecycle.audience = AUDIENCE_MAIN;
	/* QUIT does not end a pause process. Without -P this setting has no effect. */
	settings->lifecycle.asks_stop[SIGQUIT] = false;
	settings->lifecycle.send_as[SIGTSTP] = SEND_NOTHING;
	if (!dropin_read(&catatonit, words, settings, failure))
		return false;
	settings->answer_on_stderr = settings->task == TASK_HELP;
	return true;
}
