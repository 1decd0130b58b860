/* SPDX-License-Identifier: MIT */
#include "command_line/options.h"

#include <string.h>

#include "base/nearest.h"
#include "base/parse.h"

bool setting_refuse(const struct setting *setting, const char *part, const char *why)
{
	return fail(setting->failure, STATUS_REFUSED, "%s: '%s' %s", setting->origin, part, why);
}

enum option_value option_value(const struct option *option)
{
	if (option->kind == OPTION_FLAG || option->kind == OPTION_CHOICE ||
	    option->kind == OPTION_PLAIN)
		return VALUE_NONE;
	return option->kind == OPTION_OPTIONAL ? VALUE_OPTIONAL : VALUE_NEEDED;
}

bool option_apply(const struct option *option, struct settings *settings, const char *origin,
		  const char *value, struct failure *failure)
{
	const struct setting setting = {settings, origin, failure};
	char *const field = (char *)settings + option->field;

	switch (option->kind) {
	case OPTION_FLAG:
		*(bool *)field = true;
		return true;
	case OPTION_DURATION:
		return parse_duration(value, (int64_t *)field) ||
		       setting_refuse(&setting, value,
				      "is not a duration; write 500ms, 5s, 2m or 1h");
	case OPTION_CHOICE:
		*(unsigned int *)field = option->choice;
		return true;
	default:
		return option->set(&setting, value);
	}
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

const struct option *option_nearest(const struct option_table *table, const char *name,
				    size_t length, unsigned int where)
{
	const struct option *nearest = NULL;
	size_t least = SIZE_MAX;

	for (size_t i = 0; i < table->count; i++) {
		const struct option *option = &table->options[i];
		size_t distance;

		if (!option->name || (option->where & where) != where)
			continue;
		distance = nearest_distance(name, length, option->name);
		if (distance < least) {
			least = distance;
			nearest = option;
		}
	}
	return nearest_is_close(length, least) ? nearest : NULL;
}
