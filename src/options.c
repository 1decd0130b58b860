/* SPDX-License-Identifier: MIT */
#include "options.h"

#include <string.h>

#include "parse.h"
#include "signal_names.h"
#include "termination_log.h"
#include "text.h"

const char options_help[] =
	"dinit-su [OPTION]... USER[:GROUP] [--] COMMAND [ARG]...    manual: dinit-su(8)\n"
	"dinit-su --no-switch [OPTION]... [--] COMMAND [ARG]...\n"
	"Become USER, start COMMAND as that user, and be its init: reap, pass signals on,\n"
	"end cleanly. For a Dockerfile: ENTRYPOINT [\"/sbin/dinit-su\", \"app\", \"--\"]\n"
	"  -x --exec: no init, as gosu    -n --no-switch: no USER, as tini  -E --keep-env\n"
	"  -i --if-root: not root? carry on    -R --root-init: only COMMAND becomes USER\n"
	"  -s --new-session: not the terminal's   --no-stdio-chown: stdio keeps its owner\n"
	"Signals and the end; as variables too, DINIT_SU_STOP_DELAY=5s and so on\n"
	"  -r --rewrite FROM:TO          send TO for FROM; FROM:ignore drops it\n"
	"  -g --group, -c --single-child every signal goes to the group, to COMMAND alone\n"
	"  -p --parent-death SIGNAL      for init, when its own parent dies\n"
	"  -S --stop-signals LIST        what asks for a stop (default TERM,INT,QUIT)\n"
	"  -d --stop-delay TIME          hold the first of them back for so long\n"
	"  -t --stop-timeout TIME        then kill what still runs after so long\n"
	"  -w --wait TIME                leftovers' time from TERM to KILL (default 5s)\n"
	"  -W --wait-all                 COMMAND daemonizes: stay until nothing is left\n"
	"  -e --exit-map CODE[:TO]       report TO (default 0) for status CODE\n"
	"  --termination-log[=PATH]      leave the reason of a bad end there\n"
	"  -v --verbose, -q --quiet, --log-format text|json\n"
	"--explain: say what would be done    --install PATH: copy this program there\n"
	"--pause: no COMMAND    -h --help    -V --version    TIME: 500ms, 5s, 2m or 1h\n"
	"Exit status: COMMAND's, or 128+N when signal N killed it; 125 dinit-su failed,\n"
	"126 COMMAND cannot be run, 127 COMMAND was not found.\n";

/* The longest item of a list: a signal's name. */
#define ITEM_SIZE 32

/*
 * Call take(settings, item) for every item of a list with commas between them. Returns false as
 * soon as one is empty, too long or not taken.
 */
static bool each_item(struct settings *settings, const char *list,
		      bool (*take)(struct settings *settings, char *item))
{
	for (;;) {
		size_t length = strcspn(list, ",");
		char item[ITEM_SIZE];

		if (length == 0 || length >= sizeof(item))
			return false;
		memcpy(item, list, length);
		item[length] = '\0';
		if (!take(settings, item))
			return false;
		if (list[length] == '\0')
			return true;
		list += length + 1;
	}
}

/* Cut an item at its colon. Returns what follows, or NULL if there is none. */
static char *cut(char *item)
{
	char *colon = strchr(item, ':');

	if (!colon)
		return NULL;
	*colon = '\0';
	return colon + 1;
}

/* A signal that init can do something about: KILL and STOP never arrive, CHLD is its own. */
static bool parse_received(const char *name, int *signal)
{
	return signal_parse(name, signal) && *signal != SIGKILL && *signal != SIGSTOP &&
	       *signal != SIGCHLD;
}

static bool take_rewrite(struct settings *settings, char *item)
{
	const char *target = cut(item);
	int from, to;

	if (!target || !parse_received(item, &from))
		return false;
	if (strcmp(target, "ignore") == 0)
		to = SEND_NOTHING;
	else if (!signal_parse(target, &to))
		return false;
	settings->lifecycle.send_as[from] = (uint8_t)to;
	return true;
}

static bool set_rewrite(struct settings *settings, const char *value)
{
	return each_item(settings, value, take_rewrite);
}

static bool take_stop_signal(struct settings *settings, char *item)
{
	int signal;

	if (!parse_received(item, &signal))
		return false;
	settings->lifecycle.asks_stop[signal] = true;
	return true;
}

static bool set_stop_signals(struct settings *settings, const char *value)
{
	memset(settings->lifecycle.asks_stop, 0, sizeof(settings->lifecycle.asks_stop));
	return each_item(settings, value, take_stop_signal);
}

static bool take_exit_map(struct settings *settings, char *item)
{
	const char *target = cut(item);
	uint32_t from, to = 0;

	if (!parse_number(item, 255, &from) || (target && !parse_number(target, 255, &to)))
		return false;
	settings->exit_map[from] = (uint8_t)to;
	return true;
}

static bool set_exit_map(struct settings *settings, const char *value)
{
	return each_item(settings, value, take_exit_map);
}

static bool set_parent_death(struct settings *settings, const char *value)
{
	return signal_parse(value, &settings->parent_death);
}

static bool set_group(struct settings *settings, const char *value __attribute__((unused)))
{
	settings->lifecycle.audience = AUDIENCE_GROUP;
	return true;
}

static bool set_single_child(struct settings *settings, const char *value __attribute__((unused)))
{
	settings->lifecycle.audience = AUDIENCE_MAIN;
	return true;
}

static bool set_stop_delay(struct settings *settings, const char *value)
{
	return parse_duration(value, &settings->lifecycle.stop_delay);
}

static bool set_stop_timeout(struct settings *settings, const char *value)
{
	return parse_duration(value, &settings->lifecycle.stop_timeout);
}

static bool set_wait(struct settings *settings, const char *value)
{
	return parse_duration(value, &settings->lifecycle.wait);
}

/* -v says more than what was asked for before, --verbose=2 as much as -vv. */
static bool set_verbose(struct settings *settings, const char *value)
{
	enum report_level *level = &settings->reporter.level;
	uint32_t more;

	if (!value)
		*level = *level < REPORT_STORY ? REPORT_STORY : REPORT_DETAILS;
	else if (parse_number(value, 2, &more))
		*level = REPORT_WARNINGS + more;
	else
		return false;
	return true;
}

static bool set_quiet(struct settings *settings, const char *value __attribute__((unused)))
{
	settings->reporter.level = REPORT_ERRORS;
	return true;
}

static bool set_log_format(struct settings *settings, const char *value)
{
	settings->reporter.json = strcmp(value, "json") == 0;
	return settings->reporter.json || strcmp(value, "text") == 0;
}

static bool set_termination_log(struct settings *settings, const char *value)
{
	settings->termination_log = value ? value : TERMINATION_LOG_PATH;
	return settings->termination_log[0] != '\0';
}

static bool set_install(struct settings *settings, const char *value)
{
	settings->install = value;
	return value[0] != '\0';
}

#define FLAG(field) .flag = offsetof(struct settings, field)
#define NO_TIME "is no time: write 500ms, 5s, 2m or 1h"
#define NO_PATH "is no path"

static const struct option options[] = {
	{'x', "exec", FLAG(exec)},
	{'n', "no-switch", FLAG(no_switch)},
	{'i', "if-root", FLAG(if_root)},
	{'R', "root-init", .for_init = true, FLAG(root_init)},
	{'E', "keep-env", FLAG(keep_environment)},
	{'s', "new-session", .for_init = true, FLAG(new_session)},
	{0, "no-stdio-chown", FLAG(keep_stdio)},
	{'r', "rewrite", true, true, .set = set_rewrite, .value = VALUE_NEEDED,
	 .expects = "is no FROM:TO of signals: write TERM:QUIT or HUP:ignore"},
	{'g', "group", true, true, .set = set_group},
	{'c', "single-child", true, true, .set = set_single_child},
	{'p', "parent-death", true, true, .set = set_parent_death, .value = VALUE_NEEDED,
	 .expects = "is no signal"},
	{'S', "stop-signals", true, true, .set = set_stop_signals, .value = VALUE_NEEDED,
	 .expects = "is no list of signals that can be caught: write TERM,INT,RTMIN+3"},
	{'d', "stop-delay", true, true, .set = set_stop_delay, .value = VALUE_NEEDED,
	 .expects = NO_TIME},
	{'t', "stop-timeout", true, true, .set = set_stop_timeout, .value = VALUE_NEEDED,
	 .expects = NO_TIME},
	{'w', "wait", true, true, .set = set_wait, .value = VALUE_NEEDED, .expects = NO_TIME},
	{'W', "wait-all", true, true, FLAG(lifecycle.wait_all)},
	{'e', "exit-map", true, true, .set = set_exit_map, .value = VALUE_NEEDED,
	 .expects = "is no CODE or CODE:TO: write 143 or 143:0"},
	{0, "termination-log", true, true, .set = set_termination_log, .value = VALUE_OPTIONAL,
	 .expects = NO_PATH},
	{0, "log-format", true, false, .set = set_log_format, .value = VALUE_NEEDED,
	 .expects = "is neither text nor json"},
	{'v', "verbose", true, false, .set = set_verbose, .value = VALUE_OPTIONAL,
	 .expects = "is neither 0, 1 nor 2"},
	{'q', "quiet", true, false, .set = set_quiet},
	{0, "pause", .for_init = true, FLAG(lifecycle.pause)},
	{0, "install", .set = set_install, .value = VALUE_NEEDED, .expects = NO_PATH},
	{0, "explain", FLAG(explain)},
	{'h', "help", FLAG(help)},
	{'V', "version", FLAG(version)},
};

static const size_t option_count = sizeof(options) / sizeof(options[0]);

bool option_apply(const struct option *option, struct settings *settings, const char *origin,
		  const char *value, struct failure *failure)
{
	if (option->flag)
		*(bool *)((char *)settings + option->flag) = true;
	else if (!option->set(settings, value))
		return fail(failure, STATUS_REFUSED, "%s: '%s' %s", origin, value, option->expects);
	return true;
}

const struct option *option_by_name(const char *name, size_t length)
{
	for (size_t i = 0; i < option_count; i++) {
		if (strlen(options[i].name) == length && memcmp(options[i].name, name, length) == 0)
			return &options[i];
	}
	return NULL;
}

const struct option *option_by_letter(char letter)
{
	for (size_t i = 0; i < option_count; i++) {
		if (options[i].letter == letter)
			return &options[i];
	}
	return NULL;
}

/* The option that a variable sets: STOP_DELAY is stop-delay. NULL if none does. */
static const struct option *option_by_variable(const char *variable, size_t length)
{
	const struct option *option;
	char name[32];

	if (length > sizeof(name))
		return NULL;
	for (size_t i = 0; i < length; i++) {
		const char at = variable[i];

		/* Capitals only: stop_delay in small letters is somebody else's variable. */
		name[i] = at == '_' ? '-' : at >= 'A' && at <= 'Z' ? (char)(at - 'A' + 'a') : '?';
	}
	option = option_by_name(name, length);
	return option && option->in_environment ? option : NULL;
}

/* entry is the variable with its value, as in the environment. */
static bool apply_variable(const struct option *option, struct settings *settings,
			   const char *entry, const char *value, struct failure *failure)
{
	char origin[64];
	struct text text = text_in(origin, sizeof(origin));

	text_add(&text, "%s", entry);
	origin[strcspn(origin, "=")] = '\0';
	if (option->value != VALUE_NONE)
		return option_apply(option, settings, origin, value, failure);
	if (strcmp(value, "0") == 0)
		return true;
	if (strcmp(value, "1") != 0)
		return fail(failure, STATUS_REFUSED, "%s: '%s' is neither 1 nor 0", origin, value);
	return option_apply(option, settings, origin, NULL, failure);
}

bool options_apply_variables(char **environment, struct settings *settings, struct failure *failure)
{
	static const char prefix[] = "DINIT_SU_";

	for (; *environment; environment++) {
		const char *variable = *environment + sizeof(prefix) - 1;
		const struct option *option;
		size_t length;

		if (strncmp(*environment, prefix, sizeof(prefix) - 1) != 0)
			continue;
		length = strcspn(variable, "=");
		option = option_by_variable(variable, length);
		if (option && variable[length] == '=' &&
		    !apply_variable(option, settings, *environment, variable + length + 1, failure))
			return false;
	}
	return true;
}
