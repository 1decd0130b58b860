/* SPDX-License-Identifier: MIT */
#include "command_line/names/dropin.h"

#include <string.h>

#include "base/pages.h"
#include "base/text.h"
#include "command_line/cmdline.h"

/*
 * Milliseconds between TERM and KILL for leftovers. The peers give them no time at all. Two seconds
 * are enough to save data and too few for a container to seem slow to stop.
 */
#define WAIT 2000

struct dropin_name {
	const char *name;
	bool (*parse)(char **words, char **environment, struct settings *settings,
		      struct failure *failure);
	/* The peer's exit statuses for STATUS_REFUSED, STATUS_CANNOT_RUN and STATUS_NOT_FOUND. */
	uint8_t failure_status[3];
};

static const struct dropin_name names[] = {
	{"catatonit", catatonit_parse, {1, 1, 1}},
	{"docker-init", tini_parse, {1, 126, 127}}, /* the init of `docker run --init` */
	{"dumb-init", dumb_init_parse, {1, 2, 2}},
	{"gosu", gosu_parse, {1, 1, 1}},
	{"pause", pause_parse, {1, 1, 1}},
	{"podman-init", catatonit_parse, {1, 1, 1}}, /* the init of `podman run --init` */
	{"su-exec", su_exec_parse, {1, 1, 1}},
	{"tini", tini_parse, {1, 126, 127}},
	{"tini-static", tini_parse, {1, 126, 127}},
};

static const struct dropin_name *find_name(const char *argument)
{
	const char *slash = argument ? strrchr(argument, '/') : NULL;
	const char *name = slash ? slash + 1 : argument;

	for (size_t i = 0; name && i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(name, names[i].name) == 0)
			return &names[i];
	}
	return NULL;
}

const struct dropin_name *dropin_take_name(char **arguments, struct settings *settings)
{
	const struct dropin_name *name = find_name(arguments[0]);

	if (name) {
		settings->reporter.name = name->name;
		memcpy(settings->failure_status, name->failure_status,
		       sizeof(name->failure_status));
	}
	return name;
}

bool dropin_parse(const struct dropin_name *name, char **arguments, char **environment,
		  struct settings *settings, struct failure *failure)
{
	if (!name)
		return cmdline_parse(arguments, environment, settings, failure);
	settings->lifecycle.wait = WAIT;
	return name->parse(arguments + 1, environment, settings, failure);
}

/*
 * Remove the first "--" and move the words before it up by one. An option before it belongs to
 * COMMAND, and so does everything behind that option: then nothing is removed.
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
	static char buffer[256];
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
	if (!words)
		return false;
	settings->answer = settings->task == TASK_HELP	    ? dropin_usage(settings, peer->usage)
			   : settings->task == TASK_VERSION ? peer->version
							    : NULL;
	if (settings->answer || settings->mode == MODE_PAUSE)
		return true;
	settings->command = without_dashes(words, peer->dashes_anywhere);
	return *settings->command ||
	       fail(failure, STATUS_REFUSED, "no COMMAND; try %s", peer->options.help);
}
