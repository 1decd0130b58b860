/* SPDX-License-Identifier: MIT */
#include "command_line/options.h"

#include <string.h>

#include "base/parse.h"
#include "base/signal_names.h"
#include "identity/capabilities.h"
#include "identity/ids.h"
#include "report/termination_log.h"

const char options_help[] =
	"dinit-su [OPTION]... USER[:GROUP] [--] COMMAND [ARG]...    manual: dinit-su(8)\n"
	"As USER run COMMAND, be its init: ENTRYPOINT [\"/sbin/dinit-su\", \"app\", "
	"\"--\"]\n"
	"  -x --exec: no init, as gosu    -n --no-switch: no USER, as tini  -E --keep-env\n"
	"  -i --if-root: not root? carry on    -R --root-init: only COMMAND becomes USER\n"
	"  -k --keep-groups  -G --add-group GROUP  -N --no-new-privs  -C --keep-caps LIST\n"
	"  --ids UID[:GID], --ids-from-env VAR[:VAR], --ids-of PATH: ids for USER to have\n"
	"  --create: USER, if there is none   --allow-root: id 0 too   --no-stdio-chown\n"
	"  --chown PATH, --chown-if-needed PATH: hand it over   -s --new-session: no tty\n"
	"  -m --umask MODE, --umask-from-env VAR\n"
	"Signals and the end; as variables too: DINIT_SU_STOP_DELAY=5s...\n"
	"  -g --group: every signal to the whole group   -c --single-child: to COMMAND\n"
	"  -r --rewrite FROM:TO    send TO for FROM; FROM:ignore drops it\n"
	"  -S --stop-signals LIST  what asks for a stop (default TERM,INT,QUIT)\n"
	"  -d --stop-delay TIME, -t --stop-timeout TIME: until passed on, then until KILL\n"
	"  -w --wait TIME    leftovers' time from TERM to KILL (default 5s)\n"
	"  -L --linger TIME  network's time for the last bytes (default 0)\n"
	"  -W --wait-all     COMMAND daemonizes: stay until nothing is left\n"
	"  -e --exit-map CODE[:TO]: report TO, or 0   -p --parent-death SIGNAL: for init\n"
	"  --termination-log[=PATH]: why it ended  -v --verbose  -q --quiet  --log-format\n"
	"--explain: say what would be done    --install PATH: copy this program there\n"
	"--pause: no COMMAND    -h --help    -V --version    TIME: 500ms, 5s, 2m or 1h\n"
	"Exit status: COMMAND's, or 128+N when signal N killed it; 125 dinit-su failed,\n"
	"126 COMMAND cannot be run, 127 it was not found.\n";

#define EXPECTS_UMASK "is not a umask; write it in octal, 0 to 0777"
#define EXPECTS_STATUS "is not an exit status; write CODE or CODE:TO, each from 0 to 255"
#define EXPECTS_SIGNAL "is not a signal"
#define EXPECTS_TEXT "is empty; is a variable unset?"

/* The longest item of a list: two names of signals. */
#define ITEM_SIZE 32

/*
 * Call take() for every item of a list that is separated by commas. Returns false at the first item
 * that is not taken, with its failure.
 */
static bool each_item(const struct setting *setting, const char *list,
		      bool (*take)(const struct setting *setting, char *item))
{
	for (;;) {
		size_t length = strcspn(list, ",");
		char item[ITEM_SIZE];

		if (length >= sizeof(item))
			return setting_refuse(setting, list, "has an item that is too long");
		memcpy(item, list, length);
		item[length] = '\0';
		if (!take(setting, item))
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

/* Parse a signal that init can act on when it comes in: not KILL and not STOP. */
static bool parse_received(const struct setting *setting, const char *name, int *signal)
{
	if (!signal_parse(name, signal))
		return setting_refuse(setting, name, EXPECTS_SIGNAL);
	/* signal(7) */
	if (*signal == SIGKILL || *signal == SIGSTOP)
		return setting_refuse(setting, name, "cannot be caught: the kernel acts on it");
	if (*signal == SIGCHLD)
		return setting_refuse(setting, name, "is init's own: it tells of ended children");
	return true;
}

static bool take_rewrite(const struct setting *setting, char *item)
{
	const char *target = cut(item);
	int from, to;

	if (!target)
		return setting_refuse(setting, item,
				      "is not FROM:TO; write TERM:QUIT or HUP:ignore");
	if (!parse_received(setting, item, &from))
		return false;
	if (strcmp(target, "ignore") == 0)
		to = SEND_NOTHING;
	else if (!signal_parse(target, &to))
		return setting_refuse(setting, target, EXPECTS_SIGNAL ", nor 'ignore'");
	setting->settings->lifecycle.send_as[from] = (uint8_t)to;
	return true;
}

static bool set_rewrite(const struct setting *setting, const char *value)
{
	return each_item(setting, value, take_rewrite);
}

static bool take_stop_signal(const struct setting *setting, char *item)
{
	int signal;

	if (!parse_received(setting, item, &signal))
		return false;
	setting->settings->lifecycle.asks_stop[signal] = true;
	return true;
}

static bool set_stop_signals(const struct setting *setting, const char *value)
{
	struct lifecycle_settings *lifecycle = &setting->settings->lifecycle;

	memset(lifecycle->asks_stop, 0, sizeof(lifecycle->asks_stop));
	return each_item(setting, value, take_stop_signal);
}

static bool take_exit_map(const struct setting *setting, char *item)
{
	const char *target = cut(item);
	uint32_t from, to = 0;

	if (!parse_number(item, 255, &from))
		return setting_refuse(setting, item, EXPECTS_STATUS);
	if (target && !parse_number(target, 255, &to))
		return setting_refuse(setting, target, EXPECTS_STATUS);
	settings_map_exit(setting->settings, (uint8_t)from, (uint8_t)to);
	return true;
}

bool option_set_exit_map(const struct setting *setting, const char *value)
{
	return each_item(setting, value, take_exit_map);
}

bool option_set_parent_death(const struct setting *setting, const char *value)
{
	return signal_parse(value, &setting->settings->parent_death) ||
	       setting_refuse(setting, value, EXPECTS_SIGNAL);
}

/* Each -v says more than what was asked for before it. --verbose=2 says as much as -vv. */
bool option_set_verbose(const struct setting *setting, const char *value)
{
	enum report_level *level = &setting->settings->reporter.level;
	uint32_t more;

	if (!value)
		*level = *level < REPORT_STORY ? REPORT_STORY : REPORT_DETAILS;
	else if (parse_number(value, 2, &more))
		*level = REPORT_WARNINGS + more;
	else
		return setting_refuse(setting, value, "is neither 0, 1 nor 2");
	return true;
}

static bool set_log_format(const struct setting *setting, const char *value)
{
	bool *json = &setting->settings->reporter.json;

	*json = strcmp(value, "json") == 0;
	return *json || strcmp(value, "text") == 0 ||
	       setting_refuse(setting, value, "is neither text nor json");
}

static bool set_termination_log(const struct setting *setting, const char *value)
{
	const char **path = &setting->settings->termination_log;

	if (value && value[0] == '\0')
		return setting_refuse(setting, value, EXPECTS_TEXT);
	/* A value of 1 or 0, as in the variables of other options that need no value. */
	if (value && strcmp(value, "0") == 0)
		*path = NULL;
	else if (value && strcmp(value, "1") != 0)
		*path = value;
	else
		*path = TERMINATION_LOG_PATH;
	return true;
}

/* Add a value to a list that ends in NULL and takes no more than most. */
static bool add_to(const struct setting *setting, const char **list, int most, const char *value)
{
	int count = 0;

	if (!*value)
		return setting_refuse(setting, value, EXPECTS_TEXT);
	while (list[count])
		count++;
	if (count == most)
		return fail(setting->failure, STATUS_REFUSED,
			    "%s: '%s' is one too many: this option can be given %d times",
			    setting->origin, value, most);
	list[count] = value;
	return true;
}

static bool set_add_group(const struct setting *setting, const char *value)
{
	return add_to(setting, setting->settings->identity.add_groups, ADD_GROUPS_MAX, value);
}

static bool set_chown(const struct setting *setting, const char *value)
{
	return add_to(setting, setting->settings->hand_over.chown, CHOWN_MAX, value);
}

static bool set_chown_if_needed(const struct setting *setting, const char *value)
{
	return add_to(setting, setting->settings->hand_over.chown_if_needed, CHOWN_MAX, value);
}

bool option_set_umask(const struct setting *setting, const char *value)
{
	struct settings *settings = setting->settings;

	settings->limits.has_umask = parse_mode(value, &settings->limits.umask);
	return settings->limits.has_umask || setting_refuse(setting, value, EXPECTS_UMASK);
}

static bool set_umask_from_env(const struct setting *setting, const char *value)
{
	const char *end = parse_variable(value);

	setting->settings->umask_from_environment = value;
	return (end && *end == '\0') ||
	       setting_refuse(setting, value,
			      "is not the name of a variable; write it without a $");
}

/* Options that tell ids exclude each other. */
static bool choose_ids(const struct setting *setting, enum ids_source source, const char *value)
{
	struct ids_settings *ids = &setting->settings->identity.ids;

	if (ids->source != IDS_OF_ACCOUNT && ids->source != source)
		return fail(setting->failure, STATUS_REFUSED,
			    "--ids, --ids-from-env, --ids-of: only one of them can tell the ids");
	ids->source = source;
	ids->text = value;
	return true;
}

static bool set_ids(const struct setting *setting, const char *value)
{
	uint32_t uid, gid;
	bool has_gid;

	if (!choose_ids(setting, IDS_GIVEN, value))
		return false;
	return parse_ids(value, &uid, &has_gid, &gid) ||
	       setting_refuse(setting, value, "is not UID or UID:GID; write numbers, as 1000:1000");
}

static bool set_ids_from_env(const struct setting *setting, const char *value)
{
	if (!choose_ids(setting, IDS_OF_VARIABLES, value))
		return false;
	return ids_are_variables(value) ||
	       setting_refuse(setting, value,
			      "is not UIDVAR or UIDVAR:GIDVAR; write the names of variables, as "
			      "PUID:PGID, without a $");
}

static bool set_ids_of(const struct setting *setting, const char *value)
{
	return *value ? choose_ids(setting, IDS_OF_PATH, value)
		      : setting_refuse(setting, value, EXPECTS_TEXT);
}

static bool set_keep_caps(const struct setting *setting, const char *value)
{
	uint64_t *capabilities = &setting->settings->identity.keep_capabilities;

	*capabilities = 0;
	return *value ? capabilities_parse(value, capabilities, setting->failure)
		      : setting_refuse(setting, value, EXPECTS_TEXT);
}

/* Choose a value of an enum in which the values other than 0 exclude each other. */
static bool choose(const struct setting *setting, unsigned int *chosen, unsigned int value,
		   const char *why)
{
	if (*chosen && *chosen != value)
		return fail(setting->failure, STATUS_REFUSED, "%s", why);
	*chosen = value;
	return true;
}

static const char one_task[] = "--explain and --install: only one of them can be done";
static const char one_mode[] = "--exec and --pause: with --exec there is no init; try --help";

static bool set_exec(const struct setting *setting, const char *value __attribute__((unused)))
{
	return choose(setting, &setting->settings->mode, MODE_IN_PLACE, one_mode);
}

static bool set_pause(const struct setting *setting, const char *value __attribute__((unused)))
{
	return choose(setting, &setting->settings->mode, MODE_PAUSE, one_mode);
}

static bool set_explain(const struct setting *setting, const char *value __attribute__((unused)))
{
	return choose(setting, &setting->settings->task, TASK_EXPLAIN, one_task);
}

static bool set_install(const struct setting *setting, const char *value)
{
	setting->settings->install = value;
	return *value ? choose(setting, &setting->settings->task, TASK_INSTALL, one_task)
		      : setting_refuse(setting, value, EXPECTS_TEXT);
}

#define INIT (FOR_INIT | IN_ENVIRONMENT)

/* clang-format off */
static const struct option options[] = {
	/* Options that say how to report come first: variables_apply() needs that. */
	VALUE(0, "log-format", set_log_format, IN_ENVIRONMENT),
	OPTIONAL('v', "verbose", option_set_verbose, IN_ENVIRONMENT),
	CHOICE('q', "quiet", enum report_level, reporter.level, REPORT_ERRORS, IN_ENVIRONMENT),
	OPTIONAL(0, "termination-log", set_termination_log, INIT),

	PLAIN('x', "exec", set_exec, 0),
	FLAG('n', "no-switch", no_switch, 0),
	FLAG('i', "if-root", identity.if_root, FOR_USER),
	FLAG('R', "root-init", root_init, FOR_INIT | FOR_USER),
	FLAG('k', "keep-groups", identity.keep_groups, FOR_USER),
	VALUE('G', "add-group", set_add_group, FOR_USER),
	VALUE('m', "umask", option_set_umask, IN_ENVIRONMENT),
	VALUE(0, "umask-from-env", set_umask_from_env, 0),
	FLAG('N', "no-new-privs", limits.no_new_privileges, 0),
	VALUE('C', "keep-caps", set_keep_caps, FOR_USER),
	VALUE(0, "ids", set_ids, FOR_USER),
	VALUE(0, "ids-from-env", set_ids_from_env, FOR_USER),
	VALUE(0, "ids-of", set_ids_of, FOR_USER),
	FLAG(0, "allow-root", identity.ids.allow_root, FOR_USER),
	FLAG(0, "create", identity.create, FOR_USER),
	VALUE(0, "chown", set_chown, FOR_USER),
	VALUE(0, "chown-if-needed", set_chown_if_needed, FOR_USER),
	CHOICE('E', "keep-env", enum environment_choice, environment, ENVIRONMENT_KEPT, 0),
	CHOICE('s', "new-session", enum session, program.session, SESSION_NEW, FOR_INIT),
	FLAG(0, "no-stdio-chown", keep_stdio, 0),
	VALUE('r', "rewrite", set_rewrite, INIT),
	CHOICE('g', "group", enum audience, lifecycle.audience, AUDIENCE_GROUP, INIT),
	CHOICE('c', "single-child", enum audience, lifecycle.audience, AUDIENCE_MAIN, INIT),
	VALUE('p', "parent-death", option_set_parent_death, INIT),
	VALUE('S', "stop-signals", set_stop_signals, INIT),
	DURATION('d', "stop-delay", lifecycle.stop_delay, INIT),
	DURATION('t', "stop-timeout", lifecycle.stop_timeout, INIT),
	DURATION('L', "linger", lifecycle.linger, INIT),
	DURATION('w', "wait", lifecycle.wait, INIT),
	CHOICE('W', "wait-all", enum rest, lifecycle.rest, REST_IS_AWAITED, INIT),
	VALUE('e', "exit-map", option_set_exit_map, INIT),
	PLAIN(0, "pause", set_pause, FOR_INIT),
	VALUE(0, "install", set_install, 0),
	PLAIN(0, "explain", set_explain, 0),
	CHOICE('h', "help", enum task, task, TASK_HELP, 0),
	CHOICE('V', "version", enum task, task, TASK_VERSION, 0),
};
/* clang-format on */

#define OPTIONS (sizeof(options) / sizeof(options[0]))

_Static_assert(OPTIONS <= OPTIONS_MAX, "variables_apply() has no entry for an option");

const struct option_table options_native = {options, OPTIONS, "--help"};
