/* SPDX-License-Identifier: MIT */
#include "cmdline.h"

#include <string.h>

#include "parse.h"

const char cmdline_help[] =
	"dinit-su [OPTION]... USER[:GROUP] [--] COMMAND [ARG]...\n"
	"dinit-su --no-switch [OPTION]... [--] COMMAND [ARG]...\n"
	"\n"
	"Become USER, start COMMAND as that user, and be its init: reap, forward signals,\n"
	"end cleanly. For a Dockerfile: ENTRYPOINT [\"/sbin/dinit-su\", \"app\", \"--\"]\n"
	"\n"
	"  -x, --exec        switch user and exec in place, no init\n"
	"  -n, --no-switch   init only, no user switch; takes no USER\n"
	"  -i, --if-root     not started as root: carry on as whoever that is\n"
	"  -R, --root-init   only COMMAND becomes USER; init stays root\n"
	"  -E, --keep-env    leave HOME, USER and LOGNAME as they are\n"
	"  -w, --wait TIME   what is left gets this long from TERM to KILL (default 5s)\n"
	"      --no-stdio-chown  leave the ownership of stdin, stdout and stderr alone\n"
	"  -v                tell what happens; -vv tells everything\n"
	"  -q                errors only\n"
	"      --explain     print what would be done, as whom, and do none of it\n"
	"  -h, --help        -V, --version\n"
	"\n"
	"TIME is a number with ms, s (default), m or h; DINIT_SU_WAIT sets it as well.\n"
	"Exit status: COMMAND's own; 128+N when signal N killed it; 125 dinit-su failed,\n"
	"126 COMMAND cannot be run, 127 COMMAND was not found.  Manual: dinit-su(8)\n";

enum option_id {
	OPTION_EXEC,
	OPTION_NO_SWITCH,
	OPTION_IF_ROOT,
	OPTION_ROOT_INIT,
	OPTION_KEEP_ENV,
	OPTION_WAIT,
	OPTION_NO_STDIO_CHOWN,
	OPTION_VERBOSE,
	OPTION_QUIET,
	OPTION_EXPLAIN,
	OPTION_HELP,
	OPTION_VERSION,
	OPTION_COUNT,
};

struct option {
	char letter;	      /* 0: none */
	const char *name;     /* NULL: none */
	const char *value;    /* what its value is called; NULL: takes none */
	const char *variable; /* the environment's name for it; NULL: the command line's only */
};

static const struct option options[OPTION_COUNT] = {
	[OPTION_EXEC] = {'x', "exec", NULL, NULL},
	[OPTION_NO_SWITCH] = {'n', "no-switch", NULL, NULL},
	[OPTION_IF_ROOT] = {'i', "if-root", NULL, NULL},
	[OPTION_ROOT_INIT] = {'R', "root-init", NULL, NULL},
	[OPTION_KEEP_ENV] = {'E', "keep-env", NULL, NULL},
	[OPTION_WAIT] = {'w', "wait", "TIME", "DINIT_SU_WAIT"},
	[OPTION_NO_STDIO_CHOWN] = {0, "no-stdio-chown", NULL, NULL},
	[OPTION_VERBOSE] = {'v', NULL, NULL, NULL},
	[OPTION_QUIET] = {'q', NULL, NULL, NULL},
	[OPTION_EXPLAIN] = {0, "explain", NULL, NULL},
	[OPTION_HELP] = {'h', "help", NULL, NULL},
	[OPTION_VERSION] = {'V', "version", NULL, NULL},
};

/* A command line while it is read. */
struct reading {
	struct settings *settings;
	char **next; /* the first argument that is not read yet */
	bool no_switch;
	struct failure *failure;
};

static bool refuse(struct reading *reading, const char *what, const char *why)
{
	return fail(reading->failure, STATUS_REFUSED, "%s%s; try --help", what, why);
}

static bool set_wait(struct reading *reading, const char *origin, const char *value)
{
	if (parse_duration(value, &reading->settings->wait))
		return true;
	return fail(reading->failure, STATUS_REFUSED,
		    "%s: '%s' is no time: write 500ms, 5s, 2m or 1h", origin, value);
}

/* Act on one option. origin is how it was written, for messages. */
static bool apply(struct reading *reading, enum option_id id, const char *origin, const char *value)
{
	struct settings *settings = reading->settings;

	switch (id) {
	case OPTION_EXEC:
		settings->exec = true;
		return true;
	case OPTION_NO_SWITCH:
		reading->no_switch = true;
		return true;
	case OPTION_IF_ROOT:
		settings->if_root = true;
		return true;
	case OPTION_ROOT_INIT:
		settings->root_init = true;
		return true;
	case OPTION_KEEP_ENV:
		settings->keep_environment = true;
		return true;
	case OPTION_WAIT:
		return set_wait(reading, origin, value);
	case OPTION_NO_STDIO_CHOWN:
		settings->keep_stdio = true;
		return true;
	case OPTION_VERBOSE:
		if (settings->report < REPORT_STORY)
			settings->report = REPORT_STORY;
		else
			settings->report = REPORT_DETAILS;
		return true;
	case OPTION_QUIET:
		settings->report = REPORT_ERRORS;
		return true;
	case OPTION_EXPLAIN:
		settings->task = TASK_EXPLAIN;
		return true;
	case OPTION_HELP:
		settings->task = TASK_HELP;
		return true;
	case OPTION_VERSION:
		settings->task = TASK_VERSION;
		return true;
	case OPTION_COUNT:
		break;
	}
	return refuse(reading, origin, ": not an option");
}

static bool read_long_option(struct reading *reading)
{
	char *written = *reading->next++;
	const char *name = written + 2;
	size_t length = strcspn(name, "=");
	const char *value = name[length] == '=' ? name + length + 1 : NULL;

	for (enum option_id id = 0; id < OPTION_COUNT; id++) {
		const struct option *option = &options[id];

		if (!option->name || strlen(option->name) != length ||
		    strncmp(option->name, name, length) != 0)
			continue;
		if (!option->value && value)
			return refuse(reading, written, ": this option takes no value");
		if (option->value && !value) {
			if (!*reading->next)
				return refuse(reading, written, ": needs a value");
			value = *reading->next++;
		}
		return apply(reading, id, written, value);
	}
	return refuse(reading, written, ": no such option");
}

/* One or more letters behind one dash; a value may follow its letter or be the next argument. */
static bool read_short_options(struct reading *reading)
{
	char *written = *reading->next++;

	for (const char *letter = written + 1; *letter; letter++) {
		const char *value = NULL;
		enum option_id id = 0;

		while (id < OPTION_COUNT && options[id].letter != *letter)
			id++;
		if (id == OPTION_COUNT)
			return refuse(reading, written, ": no such option");
		if (options[id].value) {
			value = letter[1] ? letter + 1 : *reading->next;
			if (!value)
				return refuse(reading, written, ": needs a value");
			if (!letter[1])
				reading->next++;
		}
		if (!apply(reading, id, written, value))
			return false;
		if (value)
			return true;
	}
	return true;
}

static bool read_options(struct reading *reading)
{
	while (*reading->next && (*reading->next)[0] == '-' && strcmp(*reading->next, "--") != 0) {
		const char *written = *reading->next;
		bool read;

		if (written[1] == '\0')
			return refuse(reading, "'-'", ": no such option");
		read = written[1] == '-' ? read_long_option(reading) : read_short_options(reading);
		if (!read)
			return false;
	}
	return true;
}

static bool read_user(struct reading *reading)
{
	char *user = *reading->next;
	const char *after;

	if (!user)
		return refuse(reading, "no USER and no COMMAND", "");
	/* An unquoted variable that is unset leaves nothing here: COMMAND must not become USER. */
	if (strcmp(user, "--") == 0)
		return refuse(reading, "no USER before '--'", ": is a variable unset?");
	after = *++reading->next;
	if (after && after[0] == '-' && strcmp(after, "--") != 0)
		return fail(reading->failure, STATUS_REFUSED,
			    "'%s' after USER '%s': options come before USER, and a COMMAND that "
			    "starts with '-' after '--'",
			    after, user);
	reading->settings->user = user;
	return true;
}

static bool read_command(struct reading *reading)
{
	if (*reading->next && strcmp(*reading->next, "--") == 0)
		reading->next++;
	if (!*reading->next)
		return refuse(reading, "no COMMAND", "");
	reading->settings->command = reading->next;
	return true;
}

static bool check_together(struct reading *reading)
{
	const struct settings *settings = reading->settings;

	if (reading->no_switch && settings->exec)
		return refuse(reading, "--exec and --no-switch", ": together they do nothing");
	if (reading->no_switch && settings->root_init)
		return refuse(reading, "--root-init and --no-switch",
			      ": there is no user to switch to");
	if (reading->no_switch && settings->if_root)
		return refuse(reading, "--if-root and --no-switch",
			      ": there is no user to switch to");
	if (settings->exec && settings->root_init)
		return refuse(reading, "--exec and --root-init", ": with --exec there is no init");
	return true;
}

static bool read_variables(struct reading *reading, char **environment)
{
	for (enum option_id id = 0; id < OPTION_COUNT; id++) {
		const char *variable = options[id].variable;
		size_t length = variable ? strlen(variable) : 0;

		for (char **entry = environment; variable && *entry; entry++) {
			if (strncmp(*entry, variable, length) == 0 && (*entry)[length] == '=' &&
			    !apply(reading, id, variable, *entry + length + 1))
				return false;
		}
	}
	return true;
}

bool cmdline_parse(char **arguments, char **environment, struct settings *settings,
		   struct failure *failure)
{
	struct reading reading = {.settings = settings, .failure = failure};
	struct failure from_environment;
	bool variables_are_good;

	*settings = (struct settings){.wait = 5000, .report = REPORT_WARNINGS};
	reading.next = arguments[0] ? arguments + 1 : arguments;

	/* The variables first, so that the command line wins; --help works whatever they contain.
	 */
	reading.failure = &from_environment;
	variables_are_good = read_variables(&reading, environment);
	reading.failure = failure;

	if (!read_options(&reading))
		return false;
	if (settings->task == TASK_HELP || settings->task == TASK_VERSION)
		return true;
	if (!variables_are_good) {
		*failure = from_environment;
		return false;
	}
	return check_together(&reading) && (reading.no_switch || read_user(&reading)) &&
	       read_command(&reading);
}
