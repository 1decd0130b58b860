/* SPDX-License-Identifier: MIT */
#include "cmdline.h"

#include <string.h>

#include "capabilities.h"
#include "version.h"

/* A command line while it is read. */
struct reading {
	const struct option_table *table;
	struct settings *settings;
	char **next;	      /* the first argument that is not read yet */
	const char *for_init; /* an option that says how to be init, or NULL */
	const char *for_user; /* an option that is about USER, or NULL */
	struct failure *failure;
};

static bool refuse(struct reading *reading, const char *what, const char *why)
{
	return fail(reading->failure, STATUS_REFUSED, "%s%s; try %s", what, why,
		    reading->table->help);
}

static bool apply(struct reading *reading, const struct option *option, const char *written,
		  const char *value)
{
	if (option->where & FOR_INIT)
		reading->for_init = option->name;
	if (option->where & FOR_USER)
		reading->for_user = option->name;
	return option_apply(option, reading->settings, written, value, reading->failure);
}

static bool read_long_option(struct reading *reading)
{
	const char *written = *reading->next++;
	const char *name = written + 2;
	size_t length = strcspn(name, "=");
	const char *value = name[length] == '=' ? name + length + 1 : NULL;
	const struct option *option = option_by_name(reading->table, name, length);

	if (!option)
		return refuse(reading, written, ": no such option");
	if (option->value == VALUE_NONE && value)
		return refuse(reading, written, ": this option takes no value");
	if (option->value == VALUE_NEEDED && !value) {
		if (!*reading->next)
			return refuse(reading, written, ": needs a value");
		value = *reading->next++;
	}
	return apply(reading, option, written, value);
}

/* One or more letters behind one dash; a value may follow its letter or be the next argument. */
static bool read_short_options(struct reading *reading)
{
	const char *written = *reading->next++;

	for (const char *letter = written + 1; *letter; letter++) {
		const struct option *option = option_by_letter(reading->table, *letter);
		const char *value;

		if (!option)
			return refuse(reading, written, ": no such option");
		if (option->value != VALUE_NEEDED) {
			if (!apply(reading, option, written, NULL))
				return false;
			continue;
		}
		value = letter[1] ? letter + 1 : *reading->next++;
		if (!value)
			return refuse(reading, written, ": needs a value");
		return apply(reading, option, written, value);
	}
	return true;
}

static bool read_options(struct reading *reading)
{
	while (*reading->next && (*reading->next)[0] == '-' && strcmp(*reading->next, "--") != 0) {
		const char *written = *reading->next;
		bool read;

		/* To dinit-su a mistake, to getopt(3) no option. */
		if (written[1] == '\0')
			return reading->table != &options_native ||
			       refuse(reading, "'-'", ": no such option");
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
	if (reading->settings->create && strchr(user, ':'))
		return refuse(reading, user,
			      ": --create makes USER a group of its own, leave GROUP out");
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

/* A pod's pause process: nothing to run, and a USER only if one is named. */
static bool read_nothing(struct reading *reading)
{
	if (*reading->next && !reading->settings->no_switch && !read_user(reading))
		return false;
	if (*reading->next)
		return refuse(reading, *reading->next, ": with --pause there is no COMMAND");
	return true;
}

static bool check_together(struct reading *reading)
{
	struct settings *settings = reading->settings;

	if (settings->no_switch && settings->exec)
		return refuse(reading, "--exec and --no-switch", ": together they do nothing");
	if (settings->no_switch && reading->for_user)
		return fail(reading->failure, STATUS_REFUSED,
			    "--%s and --no-switch: there is no user to switch to; try --help",
			    reading->for_user);
	if ((settings->ids != NULL) + (settings->ids_from_environment != NULL) +
		    (settings->ids_of != NULL) >
	    1)
		return refuse(reading, "--ids, --ids-from-env, --ids-of",
			      ": only one of them can tell the ids");
	if (settings->allow_root && !settings->ids_from_environment)
		return refuse(reading, "--allow-root",
			      ": only --ids-from-env takes ids from the environment");
	if (settings->exec && reading->for_init)
		return fail(reading->failure, STATUS_REFUSED,
			    "--exec and --%s: with --exec there is no init; try --help",
			    reading->for_init);
	return !settings->keep_capabilities_list ||
	       capabilities_parse(settings->keep_capabilities_list, &settings->keep_capabilities,
				  reading->failure);
}

char **cmdline_read_options(const struct option_table *table, char **words,
			    struct settings *settings, struct failure *failure)
{
	struct reading reading = {.table = table,
				  .settings = settings,
				  .next = words,
				  .failure = failure};

	return read_options(&reading) ? reading.next : NULL;
}

bool cmdline_parse(char **arguments, char **environment, struct settings *settings,
		   struct failure *failure)
{
	struct reading reading = {.table = &options_native,
				  .settings = settings,
				  .failure = failure};
	bool variables_are_good;

	reading.next = arguments[0] ? arguments + 1 : arguments;

	/* The variables first, so that the command line wins; but --help works whatever they are.
	 */
	variables_are_good = options_apply_variables(environment, settings, failure);
	if (!read_options(&reading))
		return false;
	if (settings->help || settings->version) {
		settings->answer = settings->help ? options_help : version_text;
		return true;
	}
	if (!variables_are_good || !options_read_umask(environment, settings, failure))
		return false;
	if (settings->install)
		return !*reading.next ||
		       refuse(&reading, *reading.next, ": --install runs nothing");
	if (!check_together(&reading))
		return false;
	if (settings->lifecycle.pause)
		return read_nothing(&reading);
	return (settings->no_switch || read_user(&reading)) && read_command(&reading);
}
