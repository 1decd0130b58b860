/* SPDX-License-Identifier: MIT */
#include "dropin/dropin.h"

#include <string.h>

#include "cmdline.h"
#include "pages.h"
#include "text.h"

/*
 * The peers leave what main has left behind no time at all. It gets some, but not so much that a
 * container takes much longer to end than people are used to.
 */
#define WAIT 2000

static const struct {
	const char *name;
	bool (*parse)(char **words, char **environment, struct settings *settings,
		      struct failure *failure);
} names[] = {
	{"catatonit", catatonit_parse},	  {"docker-init", tini_parse}, /* what `docker run --init`
									  calls its own */
	{"dumb-init", dumb_init_parse},	  {"gosu", gosu_parse},	       {"pause", pause_parse},
	{"podman-init", catatonit_parse}, /* and `podman run --init` */
	{"su-exec", su_exec_parse},	  {"tini", tini_parse},	       {"tini-static", tini_parse},
};

bool dropin_parse(char **arguments, char **environment, struct settings *settings,
		  struct failure *failure)
{
	const char *slash = arguments[0] ? strrchr(arguments[0], '/') : NULL;
	const char *name = slash ? slash + 1 : arguments[0];

	for (size_t i = 0; name && i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(name, names[i].name) == 0) {
			settings->reporter.name = names[i].name;
			settings->lifecycle.wait = WAIT;
			return names[i].parse(arguments + 1, environment, settings, failure);
		}
	}
	return cmdline_parse(arguments, environment, settings, failure);
}

/*
 * Take the first "--" out, unless there is an option before it: that belongs to COMMAND, and so
 * does all that follows. The words before it move up.
 */
static char **without_dashes(char **words, bool anywhere)
{
	size_t at = 0;

	while (anywhere && words[at] && (words[at][0] != '-' || words[at][1] == '\0'))
		at++;
	if (!words[at] || strcmp(words[at], "--") != 0)
		return words;
	memmove(words + 1, words, at * sizeof(*words));
	return words + 1;
}

const char *dropin_usage(const struct settings *settings, const char *options)
{
	static LARGE char buffer[256];
	struct text text = text_in(buffer, sizeof(buffer));

	text_add(&text,
		 "usage: %s %s COMMAND [ARG]...\ndinit-su " PACKAGE_VERSION
		 ", MIT License; dinit-su(8), DROP-IN NAMES\n",
		 settings->reporter.name, options);
	return buffer;
}

bool dropin_read(const struct dropin *peer, char **words, struct settings *settings,
		 struct failure *failure)
{
	words = cmdline_read_options(&peer->options, words, settings, failure);
	/* Those are given at once; what comes behind them is not looked at. */
	if (!words && !settings->help && !settings->version)
		return false;
	settings->answer = settings->help      ? dropin_usage(settings, peer->usage)
			   : settings->version ? peer->version
					       : NULL;
	if (settings->answer || settings->lifecycle.pause)
		return true;
	settings->command = without_dashes(words, peer->dashes_anywhere);
	return *settings->command ||
	       fail(failure, STATUS_REFUSED, "no COMMAND; try %s", peer->options.help);
}

void dropin_fail_with(struct settings *settings, uint8_t status, uint8_t cannot_run,
		      uint8_t not_found)
{
	settings->failure_status[0] = status;
	settings->failure_status[STATUS_CANNOT_RUN - STATUS_REFUSED] = cannot_run;
	settings->failure_status[STATUS_NOT_FOUND - STATUS_REFUSED] = not_found;
}
