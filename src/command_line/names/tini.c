/* SPDX-License-Identifier: MIT */
/* tini 0.19. Docker ships it as docker-init. */
#include <string.h>

#include "base/parse.h"
#include "command_line/names/dropin.h"
#include "identity/environment.h"

static bool set_subreaper(const struct setting *setting, const char *value __attribute__((unused)))
{
	setting->settings->no_subreaper = false;
	return true;
}

static const struct option options[] = {
	VALUE('e', NULL, option_set_exit_map, 0),
	CHOICE('g', NULL, enum audience, lifecycle.audience, AUDIENCE_GROUP, 0),
	CHOICE('h', NULL, enum task, task, TASK_HELP, 0),
	CHOICE('l', NULL, enum task, task, TASK_HELP, 0),
	VALUE('p', NULL, option_set_parent_death, 0),
	PLAIN('s', NULL, set_subreaper, 0),
	PLAIN('v', NULL, option_set_verbose, 0),
	FLAG('w', NULL, warn_reaped, 0),
};

static const struct dropin tini = {
	.options = DROPIN_OPTIONS(options, "-h"),
	.usage = "[-ghlsvw] [-e CODE] [-p SIGNAL] [--]",
	/* `docker info` and `docker version` parse this form. */
	.version = "tini version 0.19.0 - git.dinit-su\n",
	.dashes_anywhere = true,
};

/* Read the variables. They win over the options. */
static void read_variables(char **environment, struct settings *settings)
{
	static const enum report_level levels[] = {REPORT_ERRORS, REPORT_WARNINGS, REPORT_STORY,
						   REPORT_DETAILS};
	const char *verbosity = environment_get(environment, "TINI_VERBOSITY");
	uint32_t level = 0;

	if (environment_get(environment, "TINI_SUBREAPER"))
		settings->no_subreaper = false;
	if (environment_get(environment, "TINI_KILL_PROCESS_GROUP"))
		settings->lifecycle.audience = AUDIENCE_GROUP;
	if (!verbosity)
		return;
	/* A text that is not a number counts as 0: atoi(3). */
	parse_id(verbosity, &level);
	settings->reporter.level = levels[level < 3 ? level : 3];
}

bool tini_parse(char **words, char **environment, struct settings *settings,
		struct failure *failure)
{
	settings->program.scripts_by_shell = true;
	settings->no_subreaper = true;
	settings->lifecycle.rest = REST_IS_LEFT;
	settings->lifecycle.audience = AUDIENCE_MAIN;
	if (words[0] && strcmp(words[0], "--version") == 0 && !words[1]) {
		settings->task = TASK_VERSION;
		settings->answer = tini.version;
		return true;
	}
	if (!dropin_read(&tini, words, settings, failure))
		return false;
	read_variables(environment, settings);
	return true;
}
