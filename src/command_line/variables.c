/* SPDX-License-Identifier: MIT */
#include "command_line/variables.h"

#include <string.h>

#include "base/text.h"
#include "command_line/options.h"
#include "identity/environment.h"

static const char prefix[] = "DINIT_SU_";
#define NAME_SIZE 32

/*
 * Turn the name of a variable without its prefix into the name of an option: STOP_DELAY becomes
 * stop-delay. A character that no variable of dinit-su has, such as a small letter, becomes a
 * question mark. Returns the length of the name, or 0 if it is too long for an option.
 */
static size_t name_of(const char *variable, char name[NAME_SIZE])
{
	const size_t length = strcspn(variable, "=");

	if (length > NAME_SIZE)
		return 0;
	for (size_t i = 0; i < length; i++) {
		const char at = variable[i];

		name[i] = at == '_' ? '-' : at >= 'A' && at <= 'Z' ? (char)(at - 'A' + 'a') : '?';
	}
	return length;
}

/* What follows the prefix in the entry of a variable that is not empty. NULL for other entries. */
static const char *own_variable(const char *entry)
{
	const char *value;

	if (strncmp(entry, prefix, sizeof(prefix) - 1) != 0)
		return NULL;
	/* An empty variable is an unset one: Compose makes unset variables empty. */
	value = strchr(entry, '=');
	return value && value[1] ? entry + sizeof(prefix) - 1 : NULL;
}

/* Apply the variable of an option. entry is NAME=VALUE, as in the environment. */
static bool apply_variable(const struct option *option, struct settings *settings,
			   const char *entry, struct failure *failure)
{
	const char *value = strchr(entry, '=') + 1;
	char origin[64];
	struct text text = text_in(origin, sizeof(origin));

	text_add(&text, "%s", entry);
	origin[strcspn(origin, "=")] = '\0';
	if (option_value(option) != VALUE_NONE)
		return option_apply(option, settings, origin, value, failure);
	if (strcmp(value, "0") == 0)
		return true;
	if (strcmp(value, "1") != 0)
		return fail(failure, STATUS_REFUSED, "%s: '%s' is neither 1 nor 0", origin, value);
	return option_apply(option, settings, origin, NULL, failure);
}

bool variables_apply(char **environment, struct settings *settings, struct failure *failure)
{
	const char *entries[OPTIONS_MAX] = {NULL};
	size_t unread = 0;
	bool good = true;

	for (; *environment; environment++) {
		const char *variable = own_variable(*environment);
		const struct option *option;
		char name[NAME_SIZE];

		if (!variable)
			continue;
		option = option_by_name(&options_native, name, name_of(variable, name));
		if (option && option->where & IN_ENVIRONMENT &&
		    !entries[option - options_native.options]) {
			entries[option - options_native.options] = *environment;
			unread++;
		}
	}
	for (size_t i = 0; unread > 0; i++) {
		if (!entries[i])
			continue;
		unread--;
		if (!apply_variable(&options_native.options[i], settings, entries[i], failure))
			good = false;
	}
	return good;
}

/*
 * True if Kubernetes may have set the variable. It tells each container the Services of its
 * namespace: one called dinit-su or dinit-su-NAME becomes DINIT_SU_SERVICE_HOST,
 * DINIT_SU_PORT_80_TCP_ADDR and so on. No option has such a name.
 */
static bool is_of_a_service(const char *variable)
{
	static const char *const forms[] = {"_SERVICE_HOST=", "_PORT=", "_PORT_"};

	/* The first underscore of the form may be the last one of the prefix. */
	for (const char *at = variable - 1; *at != '='; at++) {
		for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
			if (strncmp(at, forms[i], strlen(forms[i])) == 0)
				return true;
		}
	}
	return false;
}

/* Append the variable of an option: DINIT_SU_ and its name in capitals. */
static void add_variable_of(struct text *text, const struct option *option)
{
	text_add(text, "%s", prefix);
	for (const char *at = option->name; *at; at++)
		text_add(text, "%c", *at == '-' ? '_' : *at - 'a' + 'A');
}

static void warn_of_variable(const char *variable, const struct reporter *reporter)
{
	char name[NAME_SIZE], message[160];
	const size_t length = name_of(variable, name);
	struct text text = text_in(message, sizeof(message));
	const struct option *option = option_by_name(&options_native, name, length);

	if ((option && option->where & IN_ENVIRONMENT) || is_of_a_service(variable))
		return;
	for (const char *at = variable - sizeof(prefix) + 1; *at != '='; at++)
		text_add(&text, "%c", *at);
	text_add(&text, " has no effect: ");
	if (option) {
		text_add(&text, "only the command line can ask for --%s", option->name);
	} else {
		text_add(&text, "no option has this name");
		option = option_nearest(&options_native, name, length, IN_ENVIRONMENT);
		if (option) {
			text_add(&text, "; the nearest is ");
			add_variable_of(&text, option);
		}
	}
	report(reporter, REPORT_WARNINGS, "%s", message);
}

void variables_warn(char **environment, const struct reporter *reporter)
{
	for (; *environment; environment++) {
		const char *variable = own_variable(*environment);

		if (variable)
			warn_of_variable(variable, reporter);
	}
}

bool variables_read_umask(char **environment, struct settings *settings, struct failure *failure)
{
	const char *name = settings->umask_from_environment;
	const char *value = name ? environment_get(environment, name) : NULL;
	const struct setting setting = {settings, name, failure};

	return !value || !*value || option_set_umask(&setting, value);
}
