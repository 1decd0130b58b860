/* SPDX-License-Identifier: MIT */
/* gosu 1.14 and su-exec 0.3: USER[:GROUP] COMMAND [ARG]... and no options. */
#include <string.h>

#include "command_line/names/dropin.h"

bool su_exec_parse(char **words, char **environment __attribute__((unused)),
		   struct settings *settings, struct failure *failure)
{
	const char *colon;

	settings->mode = MODE_IN_PLACE;
	settings->environment = ENVIRONMENT_ONLY_HOME;
	settings->identity.keep_own_group = true;
	if (!words[0] || !words[1])
		return fail(failure, STATUS_REFUSED, "no COMMAND: write USER[:GROUP] COMMAND");
	/*
	 * "app:" means "app", so the colon is cut off; the process may write to its arguments. In
	 * "app:audio:" the last colon starts a third part, which is an error.
	 */
	colon = strchr(words[0], ':');
	if (colon && colon > words[0] && colon[1] == '\0')
		words[0][colon - words[0]] = '\0';
	settings_set_user(settings, words[0]);
	settings->command = words + 1;
	return true;
}

/* Answer a first word that asks for the version or the usage. False if it does not. */
static bool answer(const char *word, struct settings *settings)
{
	static const char *const questions[] = {"--version", "-v", "--help", "-h", "-?"};

	for (size_t i = 0; word && i < sizeof(questions) / sizeof(questions[0]); i++) {
		if (strcmp(word, questions[i]) != 0)
			continue;
		settings->task = i < 2 ? TASK_VERSION : TASK_HELP;
		settings->answer = i < 2 ? "1.14 (dinit-su " PACKAGE_VERSION ")\n"
					 : dropin_usage(settings, "USER[:GROUP]");
		return true;
	}
	return false;
}

bool gosu_parse(char **words, char **environment, struct settings *settings,
		struct failure *failure)
{
	return answer(words[0], settings) || su_exec_parse(words, environment, settings, failure);
}
