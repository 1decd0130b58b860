/* SPDX-License-Identifier: MIT */
/* The pause program of the Kubernetes sandbox image. */
#include <strings.h>

#include "command_line/names/dropin.h"

bool pause_parse(char **words, char **environment __attribute__((unused)),
		 struct settings *settings, struct failure *failure __attribute__((unused)))
{
	settings->mode = MODE_PAUSE;
	settings->lifecycle.rest = REST_IS_LEFT;
	settings->lifecycle.asks_stop[SIGQUIT] = false;
	/* The pause program ignores every other word. */
	for (; *words; words++) {
		if (strcasecmp(*words, "-v") == 0) {
			settings->task = TASK_VERSION;
			settings->answer = "pause.c (dinit-su " PACKAGE_VERSION ")\n";
		}
	}
	return true;
}
