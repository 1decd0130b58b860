/* SPDX-License-Identifier: MIT */
#include "base/parse.h"

#include <string.h>

static bool is_digit(char character)
{
	return character >= '0' && character <= '9';
}

/*
 * Read up to ten decimal digits: enough for every number known here, too few to overflow. Returns
 * the first character behind them, or NULL if there is no digit or there are more than ten.
 */
static const char *read_number(const char *text, int64_t *number)
{
	const char *at = text;

	*number = 0;
	while (is_digit(*at)) {
		if (at - text == 10)
			return NULL;
		*number = *number * 10 + (*at++ - '0');
	}
	return at == text ? NULL : at;
}

bool parse_is_digits(const char *text)
{
	size_t length = strspn(text, "0123456789");

	return length > 0 && text[length] == '\0';
}

bool parse_number(const char *text, uint32_t largest, uint32_t *number)
{
	int64_t read;
	const char *rest = read_number(text, &read);

	if (!rest || *rest != '\0' || read > largest)
		return false;
	*number = (uint32_t)read;
	return true;
}

/* Read an id. Returns what follows it, or NULL. */
static const char *read_id(const char *text, uint32_t *id)
{
	int64_t number;
	const char *rest = read_number(text, &number);

	if (!rest || number > ID_MAX)
		return NULL;
	*id = (uint32_t)number;
	return rest;
}

bool parse_id(const char *text, uint32_t *id)
{
	uint32_t parsed;
	const char *rest = read_id(text, &parsed);

	if (!rest || *rest)
		return false;
	*id = parsed;
	return true;
}

bool parse_ids(const char *text, uint32_t *uid, bool *has_gid, uint32_t *gid)
{
	const char *rest = read_id(text, uid);

	*has_gid = rest && *rest == ':';
	return *has_gid ? parse_id(rest + 1, gid) : rest && *rest == '\0';
}

static bool is_letter(char character)
{
	const char small = character | 0x20;

	return small >= 'a' && small <= 'z';
}

const char *parse_variable(const char *text)
{
	const char *at = text;

	while (is_letter(*at) || *at == '_' || (at > text && is_digit(*at)))
		at++;
	return at == text ? NULL : at;
}

bool parse_mode(const char *text, unsigned int *mode)
{
	const size_t length = strspn(text, "01234567");
	unsigned int value = 0;

	for (size_t i = 0; i < length && i < 4; i++)
		value = value * 8 + (unsigned int)(text[i] - '0');
	if (length == 0 || length > 4 || text[length] != '\0' || value > 0777)
		return false;
	*mode = value;
	return true;
}

bool parse_duration(const char *text, int64_t *milliseconds)
{
	static const struct {
		const char *name;
		int64_t milliseconds;
	} units[] = {{"", 1000}, {"ms", 1}, {"s", 1000}, {"m", 60 * 1000}, {"h", 60 * 60 * 1000}};
	const int64_t longest = INT32_MAX * (int64_t)1000;
	int64_t number;
	const char *rest = read_number(text, &number);

	for (size_t i = 0; rest && i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcmp(rest, units[i].name) == 0 && number <= longest / units[i].milliseconds) {
			*milliseconds = number * units[i].milliseconds;
			return true;
		}
	}
	return false;
}
