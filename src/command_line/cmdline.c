/* SPDX-License-Identifier: MIT */
#include "command_line/cmdline.h"

#include <string.h>

#include "base/text.h"
#include "base/version.h"
#include "command_line/variables.h"

/* A command line while it is read. */
struct reading {
	const struct option_table *table;
	struct settings *settings;
	char **next;	      /* the first argument that is not read yet */
	const char *for_init; /* an option that says how to be init, or NULL */
	const char *for_user; /* an option that is about USER, or NULL */
	char **value;	      /* the last argument that an option took as its value, or NULL */
	const char *taken_by; /* that option, as it was written */
	struct failure *failure;
};

static bool refuse(struct reading *reading, const char *what, const char *why)
{
	return fail(reading->failure, STATUS_REFUSED, "%s%s; try %s", what, why,
		    reading->table->help);
}

/* True once an option has asked for an answer: the words behind it are not read. */
static bool is_answered(const struct settings *settings)
{
	return settings->task == TASK_HELP || settings->task == TASK_VERSION;
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

/* Take the next argument as an option's value. Returns NULL with a failure if there is none. */
static const char *take_value(struct reading *reading, const char *written)
{
	if (!*reading->next) {
		refuse(reading, written, ": needs a value");
		return NULL;
	}
	reading->value = reading->next;
	reading->taken_by = written;
	return *reading->next++;
}

static bool refuse_unknown(struct reading *reading, const char *written)
{
	const char *name = written + 2;
	const struct option *nearest = option_nearest(reading->table, name, strcspn(name, "="), 0);

	if (!nearest)
		return refuse(reading, written, ": no such option");
	return fail(reading->failure, STATUS_REFUSED, "%s: no such option; did you mean --%s?",
		    written, nearest->name);
}

static bool read_long_option(struct reading *reading)
{
	const char *written = *reading->next++;
	const char *name = written + 2;
	size_t length = strcspn(name, "=");
	const char *value = name[length] == '=' ? name + length + 1 : NULL;
	const struct option *option = option_by_name(reading->table, name, length);

	if (!option)
		return refuse_unknown(reading, written);
	if (option_value(option) == VALUE_NEEDED) {
		if (!value)
			value = take_value(reading, written);
		return value && apply(reading, option, written, value);
	}
	if (value && option_value(option) == VALUE_NONE)
		return refuse(reading, written, ": this option takes no value");
	return apply(reading, option, written, value);
}

/* How a letter was written, for messages: -t, or "-t in '-vtx'" if the word has more letters. */
static const char *written_letter(struct text *text, char letter, const char *word)
{
	text_add(text, "-%c", letter);
	if (word[2] != '\0')
		text_add(text, " in '%s'", word);
	return text->start;
}

/*
 * Read one or more letters behind one dash. A value may follow its letter or be the next argument.
 * A long name with one dash is refused: no long name makes sense as a group of letters.
 */
static bool read_short_options(struct reading *reading)
{
	const char *word = *reading->next++;

	if (word[2] != '\0' && reading->table == &options_native &&
	    option_by_name(reading->table, word + 1, strcspn(word + 1, "=")))
		return fail(reading->failure, STATUS_REFUSED,
			    "%s: a name has two dashes; write -%s", word, word);
	for (const char *letter = word + 1; *letter && !is_answered(reading->settings); letter++) {
		const struct option *option = option_by_letter(reading->table, *letter);
		char origin[64];
		struct text text = text_in(origin, sizeof(origin));
		const char *value;

		if (!option)
			return refuse(reading, written_letter(&text, *letter, word),
				      ": no such option");
		written_letter(&text, *letter, word);
		if (option_value(option) != VALUE_NEEDED) {
			if (!apply(reading, option, origin, NULL))
				return false;
			continue;
		}
		value = letter[1] ? letter + 1 : take_value(reading, word);
		return value && apply(reading, option, origin, value);
	}
	return true;
}

static bool read_options(struct reading *reading)
{
	while (!is_answered(reading->settings) && *reading->next && (*reading->next)[0] == '-' &&
	       strcmp(*reading->next, "--") != 0) {
		const char *written = *reading->next;
		bool read;

		/* A dash alone: a mistake for dinit-su, and a word that is not an option for
		 * getopt(3). */
		if (written[1] == '\0')
			return reading->table != &options_native ||
			       refuse(reading, "'-'", ": no such option");
		read = written[1] == '-' ? read_long_option(reading) : read_short_options(reading);
		if (!read)
			return false;
	}
	return true;
}

/* Refuse because a word is missing here. An option may have taken it as its value. */
static bool refuse_missing(struct reading *reading, const char *what, const char *why, char **place)
{
	if (!reading->value || reading->value + 1 != place)
		return refuse(reading, what, why);
	return fail(reading->failure, STATUS_REFUSED, "%s: '%s' was taken as the value of %s", what,
		    *reading->value, reading->taken_by);
}

static bool read_user(struct reading *reading)
{
	char *user = *reading->next;
	const char *after;

	if (!user)
		return refuse_missing(reading, "no USER and no COMMAND", "", reading->next);
	/* An unset variable without quotes leaves no word: COMMAND must not become USER. */
	if (strcmp(user, "--") == 0)
		return refuse_missing(reading, "no USER before '--'", ": is a variable unset?",
				      reading->next);
	after = *++reading->next;
	if (after && after[0] == '-' && strcmp(after, "--") != 0)
		return fail(reading->failure, STATUS_REFUSED,
			    "'%s' after USER '%s': options come before USER, and a COMMAND that "
			    "starts with '-' after '--'",
			    after, user);
	if (reading->settings->identity.create && strchr(user, ':'))
		return refuse(reading, user,
			      ": --create makes USER a group of its own, leave GROUP out");
	settings_set_user(reading->settings, user);
	return true;
}

static bool read_command(struct reading *reading)
{
	char **user = reading->settings->no_switch ? reading->next : reading->next - 1;

	if (*reading->next && strcmp(*reading->next, "--") == 0)
		reading->next++;
	if (!*reading->next)
		return refuse_missing(reading, "no COMMAND", "", user);
	reading->settings->command = reading->next;
	return true;
}

/* Check the command line of --pause: there is no COMMAND, and USER is optional. */
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

	if (settings->no_switch && settings->mode == MODE_IN_PLACE)
		return refuse(reading, "--exec and --no-switch", ": together they do nothing");
	if (settings->no_switch && reading->for_user)
		return fail(reading->failure, STATUS_REFUSED,
			    "--%s and --no-switch: there is no user to switch to; try --help",
			    reading->for_user);
	if (settings->identity.ids.allow_root && settings->identity.ids.source != IDS_OF_VARIABLES)
		return refuse(reading, "--allow-root",
			      ": only --ids-from-env takes ids from the environment");
	if (settings->mode == MODE_IN_PLACE && reading->for_init)
		return fail(reading->failure, STATUS_REFUSED,
			    "--exec and --%s: with --exec there is no init; try --help",
			    reading->for_init);
	return true;
}

/* Read USER and COMMAND, which follow the options. */
static bool read_rest(struct reading *reading)
{
	const struct settings *settings = reading->settings;

	if (settings->task == TASK_INSTALL)
		return !*reading->next ||
		       refuse(reading, *reading->next, ": --install runs nothing");
	if (!check_together(reading))
		return false;
	if (settings->mode == MODE_PAUSE)
		return read_nothing(reading);
	return (settings->no_switch || read_user(reading)) && read_command(reading);
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

	settings->native = true;
	reading.next = arguments[0] ? arguments + 1 : arguments;

	/* The variables come first, so that the command line wins. --help works with bad ones too.
	 */
	variables_are_good = variables_apply(environment, settings, failure);
	if (!read_options(&reading))
		return false;
	if (is_answered(settings)) {
		settings->answer = settings->task == TASK_HELP ? options_help : version_text;
		return true;
	}
	if (!variables_are_good || !variables_read_umask(environment, settings, failure) ||
	    !read_rest(&reading))
		return false;
	variables_warn(environment, &settings->reporter);
	return true;
}
