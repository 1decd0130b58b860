/* SPDX-License-Identifier: MIT */
/* dumb-init 1.2.5. */
#include <string.h>

#include "base/parse.h"
#include "command_line/names/dropin.h"
#include "identity/environment.h"

/* dumb-init rewrites signals 1 to 31. */
#define SIGNAL_LAST 31
#define EXPECTS_REWRITE "is not S:R, numbers of signals from 1 to 31; R may be 0"

/* Parse S:R, two signal numbers. An R of 0 drops the signal. */
static bool set_rewrite(const struct setting *setting, const char *value)
{
	uint32_t from, to;
	char first[sizeof("31")];
	size_t length = strcspn(value, ":");

	if (length >= sizeof(first) || !value[length])
		return setting_refuse(setting, value, EXPECTS_REWRITE);
	memcpy(first, value, length);
	first[length] = '\0';
	if (!parse_number(first, SIGNAL_LAST, &from) || from == 0 ||
	    !parse_number(value + length + 1, SIGNAL_LAST, &to))
		return setting_refuse(setting, value, EXPECTS_REWRITE);
	setting->settings->lifecycle.send_as[from] = (uint8_t)(to ? to : SEND_NOTHING);
	return true;
}

static const struct option options[] = {
	CHOICE('c', "single-child", enum audience, lifecycle.audience, AUDIENCE_MAIN, 0),
	CHOICE('h', "help", enum task, task, TASK_HELP, 0),
	VALUE('r', "rewrite", set_rewrite, 0),
	PLAIN('v', "verbose", option_set_verbose, 0),
	CHOICE('V', "version", enum task, task, TASK_VERSION, 0),
};

static const struct dropin dumb_init = {
	.options = DROPIN_OPTIONS(options, "--help"),
	.usage = "[-chvV] [-r S:R] [--]",
	.version = "dumb-init v1.2.5 (dinit-su " PACKAGE_VERSION ")\n",
};

static bool variable_is(char **environment, const char *name, const char *wanted)
{
	const char *value = environment_get(environment, name);

	return value && strcmp(value, wanted) == 0;
}

/*
 * Main leads a session of its own, unless it has the terminal, and every signal goes to its group.
 */
static void use_session(struct settings *settings)
{
	static const int stops[] = {SIGTSTP, SIGTTIN, SIGTTOU};
	struct lifecycle_settings *lifecycle = &settings->lifecycle;

	settings->program.session = SESSION_NEW_IF_DETACHED;
	lifecycle->audience = AUDIENCE_GROUP;
	lifecycle->rest = REST_IS_LEFT_BUT_GROUP;
	/*
	 * The group of a new session is an orphaned one: the kernel stops it for SIGSTOP, but not
	 * for the stop signals of a terminal, setpgid(2).
	 */
	for (size_t i = 0; i < sizeof(stops) / sizeof(stops[0]); i++) {
		if (!lifecycle->send_as[stops[i]])
			lifecycle->send_as[stops[i]] = SIGSTOP;
	}
}

bool dumb_init_parse(char **words, char **environment, struct settings *settings,
		     struct failure *failure)
{
	const struct setting setting = {.settings = settings};

	settings->program.scripts_by_shell = true;
	settings->no_subreaper = true;
	settings->stop_with_sender = true;
	settings->answer_on_stderr = true;
	settings->reporter.level = REPORT_ERRORS;
	settings->lifecycle.rest = REST_IS_LEFT;
	if (!dropin_read(&dumb_init, words, settings, failure))
		return false;
	if (variable_is(environment, "DUMB_INIT_DEBUG", "1"))
		option_set_verbose(&setting, NULL);
	if (variable_is(environment, "DUMB_INIT_SETSID", "0"))
		settings->lifecycle.audience = AUDIENCE_MAIN;
	if (settings->lifecycle.audience != AUDIENCE_MAIN)
		use_session(settings);
	return true;
}
