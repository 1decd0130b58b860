/* SPDX-License-Identifier: MIT */
#include "options.h"

#include <string.h>

#include "environment.h"
#include "ids.h"
#include "parse.h"
#include "signal_names.h"
#include "termination_log.h"
#include "text.h"

const char options_help[] =
	"dinit-su [OPTION]... USER[:GROUP] [--] COMMAND [ARG]...    manual: dinit-su(8)\n"
	"dinit-su --no-switch [OPTION]... [--] COMMAND [ARG]...\n"
	"As USER run COMMAND, be its init: ENTRYPOINT [\"/sbin/dinit-su\", \"app\", "
	"\"--\"]\n"
	"  -x --exec: no init, as gosu    -n --no-switch: no USER, as tini  -E --keep-env\n"
	"  -i --if-root: not root? carry on    -R --root-init: only COMMAND becomes USER\n"
	"  -k --keep-groups  -G --add-group GROUP  -N --no-new-privs  -C --keep-caps LIST\n"
	"  --ids UID[:GID], --ids-from-env VAR[:VAR], --ids-of PATH: ids for USER to have\n"
	"  --create: USER, if there is none   --allow-root: id 0 too   --no-stdio-chown\n"
	"  --chown PATH, --chown-if-needed PATH: hand it over   -s --new-session: no tty\n"
	"  -m --umask MODE, --umask-from-env VAR\n"
	"Signals and the end; as variables too, DINIT_SU_STOP_DELAY=5s and so on\n"
	"  -r --rewrite FROM:TO          send TO for FROM; FROM:ignore drops it\n"
	"  -g --group, -c --single-child every signal goes to the group, to COMMAND alone\n"
	"  -S --stop-signals LIST        what asks for a stop (default TERM,INT,QUIT)\n"
	"  -d --stop-delay TIME, -t --stop-timeout TIME: until passed on, then until KILL\n"
	"  -w --wait TIME                leftovers' time from TERM to KILL (default 5s)\n"
	"  -L --linger TIME              network's time for the last bytes (default 0s)\n"
	"  -W --wait-all                 COMMAND daemonizes: stay until nothing is left\n"
	"  -e --exit-map CODE[:TO]: report TO, or 0   -p --parent-death SIGNAL: for init\n"
	"  --termination-log[=PATH]: why it ended  -v --verbose  -q --quiet  --log-format\n"
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

bool option_set_exit_map(struct settings *settings, const char *value)
{
	return each_item(settings, value, take_exit_map);
}

bool option_set_parent_death(struct settings *settings, const char *value)
{
	return signal_parse(value, &settings->parent_death);
}

bool option_set_group(struct settings *settings, const char *value __attribute__((unused)))
{
	settings->lifecycle.audience = AUDIENCE_GROUP;
	return true;
}

bool option_set_single_child(struct settings *settings, const char *value __attribute__((unused)))
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

static bool set_linger(struct settings *settings, const char *value)
{
	return parse_duration(value, &settings->lifecycle.linger);
}

/* -v says more than what was asked for before, --verbose=2 as much as -vv. */
bool option_set_verbose(struct settings *settings, const char *value)
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
	if (value && value[0] == '\0')
		return false;
	/* 1 and 0 as for the variables of other options that need no value. */
	if (value && strcmp(value, "0") == 0)
		settings->termination_log = NULL;
	else if (value && strcmp(value, "1") != 0)
		settings->termination_log = value;
	else
		settings->termination_log = TERMINATION_LOG_PATH;
	return true;
}

static bool set_install(struct settings *settings, const char *value)
{
	settings->install = value;
	return value[0] != '\0';
}

/* Add a value to a list that ends in NULL and has room for so many. */
static bool add_to(const char **list, int room, const char *value)
{
	int count = 0;

	while (list[count])
		count++;
	if (count == room || !*value)
		return false;
	list[count] = value;
	return true;
}

static bool set_add_group(struct settings *settings, const char *value)
{
	return add_to(settings->add_groups, ADD_GROUPS_MAX, value);
}

static bool set_chown(struct settings *settings, const char *value)
{
	return add_to(settings->chown, CHOWN_MAX, value);
}

static bool set_chown_if_needed(struct settings *settings, const char *value)
{
	return add_to(settings->chown_if_needed, CHOWN_MAX, value);
}

static bool set_umask(struct settings *settings, const char *value)
{
	settings->has_umask = parse_mode(value, &settings->umask);
	return settings->has_umask;
}

static bool set_umask_from_env(struct settings *settings, const char *value)
{
	settings->umask_from_environment = value;
	value = parse_variable(value);
	return value && *value == '\0';
}

static bool set_keep_caps(struct settings *settings, const char *value)
{
	settings->keep_capabilities_list = value;
	return true;
}

static bool set_ids(struct settings *settings, const char *value)
{
	uint32_t uid, gid;
	bool has_gid;

	settings->ids = value;
	return parse_ids(value, &uid, &has_gid, &gid);
}

static bool set_ids_from_env(struct settings *settings, const char *value)
{
	settings->ids_from_environment = value;
	return ids_are_variables(value);
}

static bool set_ids_of(struct settings *settings, const char *value)
{
	settings->ids_of = value;
	return value[0] != '\0';
}

#define NO_TIME "is no time: write 500ms, 5s, 2m or 1h"
#define EXPECTS_UMASK "is not a umask: write it in octal, 0 to 0777"
#define EXPECTS_PATHS "is empty, or one more than the 16 paths that can be handed over"
#define NO_PATH "is no path"
#define INIT (FOR_INIT | IN_ENVIRONMENT)

/* clang-format off */
static const struct option options[] = {
	FLAG('x', "exec", exec, 0),
	FLAG('n', "no-switch", no_switch, 0),
	FLAG('i', "if-root", if_root, FOR_USER),
	FLAG('R', "root-init", root_init, FOR_INIT | FOR_USER),
	FLAG('k', "keep-groups", keep_groups, FOR_USER),
	VALUE('G', "add-group", set_add_group, FOR_USER,
	      "is empty, or one more than the 32 that can be added"),
	VALUE('m', "umask", set_umask, IN_ENVIRONMENT, EXPECTS_UMASK),
	VALUE(0, "umask-from-env", set_umask_from_env, 0, "is not the name of a variable"),
	FLAG('N', "no-new-privs", no_new_privileges, 0),
	VALUE('C', "keep-caps", set_keep_caps, FOR_USER, NULL),
	VALUE(0, "ids", set_ids, FOR_USER, "is no UID or UID:GID"),
	VALUE(0, "ids-from-env", set_ids_from_env, FOR_USER,
	      "names no variables: write UIDVAR:GIDVAR, without a $"),
	VALUE(0, "ids-of", set_ids_of, FOR_USER, NO_PATH),
	FLAG(0, "allow-root", allow_root, FOR_USER),
	FLAG(0, "create", create, FOR_USER),
	VALUE(0, "chown", set_chown, FOR_USER, EXPECTS_PATHS),
	VALUE(0, "chown-if-needed", set_chown_if_needed, FOR_USER, EXPECTS_PATHS),
	FLAG('E', "keep-env", keep_environment, 0),
	FLAG('s', "new-session", new_session, FOR_INIT),
	FLAG(0, "no-stdio-chown", keep_stdio, 0),
	VALUE('r', "rewrite", set_rewrite, INIT,
	      "is no FROM:TO of signals: write TERM:QUIT or HUP:ignore"),
	PLAIN('g', "group", option_set_group, INIT),
	PLAIN('c', "single-child", option_set_single_child, INIT),
	VALUE('p', "parent-death", option_set_parent_death, INIT, OPTION_EXPECTS_SIGNAL),
	VALUE('S', "stop-signals", set_stop_signals, INIT,
	      "is no list of signals that can be caught: write TERM,INT,RTMIN+3"),
	VALUE('d', "stop-delay", set_stop_delay, INIT, NO_TIME),
	VALUE('t', "stop-timeout", set_stop_timeout, INIT, NO_TIME),
	VALUE('L', "linger", set_linger, INIT, NO_TIME),
	VALUE('w', "wait", set_wait, INIT, NO_TIME),
	FLAG('W', "wait-all", lifecycle.wait_all, INIT),
	VALUE('e', "exit-map", option_set_exit_map, INIT, OPTION_EXPECTS_EXIT_MAP),
	OPTIONAL(0, "termination-log", set_termination_log, INIT, NO_PATH),
	VALUE(0, "log-format", set_log_format, IN_ENVIRONMENT, "is neither text nor json"),
	OPTIONAL('v', "verbose", option_set_verbose, IN_ENVIRONMENT, "is neither 0, 1 nor 2"),
	PLAIN('q', "quiet", set_quiet, IN_ENVIRONMENT),
	FLAG(0, "pause", lifecycle.pause, FOR_INIT),
	VALUE(0, "install", set_install, 0, NO_PATH),
	FLAG(0, "explain", explain, 0),
	FLAG('h', "help", help, 0),
	FLAG('V', "version", version, 0),
};
/* clang-format on */

const struct option_table options_native = {options, sizeof(options) / sizeof(options[0]),
					    "--help"};

bool option_apply(const struct option *option, struct settings *settings, const char *origin,
		  const char *value, struct failure *failure)
{
	if (!option->set)
		*(bool *)((char *)settings + option->flag) = true;
	else if (!option->set(settings, value))
		return fail(failure, STATUS_REFUSED, "%s: '%s' %s", origin, value, option->expects);
	return true;
}

const struct option *option_by_name(const struct option_table *table, const char *name,
				    size_t length)
{
	for (size_t i = 0; i < table->count; i++) {
		const struct option *option = &table->options[i];

		if (option->name && strlen(option->name) == length &&
		    memcmp(option->name, name, length) == 0)
			return option;
	}
	return NULL;
}

const struct option *option_by_letter(const struct option_table *table, char letter)
{
	for (size_t i = 0; i < table->count; i++) {
		if (table->options[i].letter == letter)
			return &table->options[i];
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
	option = option_by_name(&options_native, name, length);
	return option && option->where & IN_ENVIRONMENT ? option : NULL;
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

bool options_read_umask(char **environment, struct settings *settings, struct failure *failure)
{
	const char *name = settings->umask_from_environment;
	const char *value = name ? environment_get(environment, name) : NULL;

	if (!value || !*value || set_umask(settings, value))
		return true;
	return fail(failure, STATUS_REFUSED, "%s: '%s' %s", name, value, EXPECTS_UMASK);
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
		/* An empty variable is an unset one: Compose makes that of one that nobody has set.
		 */
		if (option && variable[length] == '=' && variable[length + 1] != '\0' &&
		    !apply_variable(option, settings, *environment, variable + length + 1, failure))
			return false;
	}
	return true;
}
