/* SPDX-License-Identifier: MIT */
#include "report/json.h"

#include <stddef.h>

/* A number of exactly this many digits. */
static void add_digits(struct text *text, int number, int digits)
{
	for (int unit = digits == 4 ? 1000 : digits == 3 ? 100 : 10; unit > 0; unit /= 10)
		text_add(text, "%c", '0' + number / unit % 10);
}

/*
 * The date of a day since 1970-01-01 in the Gregorian calendar. gmtime_r(3) would do, but brings
 * the time zones of musl along, 7 KiB of a static binary of 50. Years begin in March here, so that
 * the leap day comes last, and months have 30.6 days: cut off, that makes 31 and 30 take turns as
 * they do from March on.
 */
static void add_date(struct text *text, int64_t days)
{
	/* Days since 0000-03-01, in eras of 400 years: every one of them has as many days. */
	const int64_t shifted = days + 719468;
	const int era = (int)(shifted / 146097), day_of_era = (int)(shifted % 146097);
	const int year_of_era =
		(day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	const int day_of_year =
		day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	const int month = (5 * day_of_year + 2) / 153; /* 0 is March */

	add_digits(text, era * 400 + year_of_era + (month >= 10), 4);
	text_add(text, "-");
	add_digits(text, month < 10 ? month + 3 : month - 9, 2);
	text_add(text, "-");
	add_digits(text, day_of_year - (153 * month + 2) / 5 + 1, 2);
}

void json_begin(struct text *text, int64_t time)
{
	const int second = (int)(time / 1000 % 86400);

	text_add(text, "{\"time\":\"");
	add_date(text, time / 1000 / 86400);
	text_add(text, "T");
	add_digits(text, second / 3600, 2);
	text_add(text, ":");
	add_digits(text, second / 60 % 60, 2);
	text_add(text, ":");
	add_digits(text, second % 60, 2);
	text_add(text, ".");
	add_digits(text, (int)(time % 1000), 3);
	text_add(text, "Z\"");
}

/*
 * How many bytes the UTF-8 sequence at bytes has, or 0 if there is none: RFC 3629, which forbids
 * overlong forms, surrogates and what is above U+10FFFF.
 */
static size_t sequence_length(const unsigned char *bytes)
{
	const unsigned char first = bytes[0], second = first ? bytes[1] : 0;
	size_t length;

	if (first < 0x80)
		return 1;
	if (first >= 0xc2 && first <= 0xdf)
		length = 2;
	else if (first >= 0xe0 && first <= 0xef)
		length = 3;
	else if (first >= 0xf0 && first <= 0xf4)
		length = 4;
	else
		return 0;
	if ((first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f) ||
	    (first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f))
		return 0;
	for (size_t i = 1; i < length; i++) {
		if ((bytes[i] & 0xc0) != 0x80)
			return 0;
	}
	return length;
}

static void add_quoted(struct text *text, const char *string)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *at = (const unsigned char *)string;

	text_add(text, "\"");
	while (*at) {
		size_t length = sequence_length(at);

		if (length == 0) {
			text_add(text, "\\ufffd");
			length = 1;
		} else if (*at < ' ' || *at == 0x7f) {
			text_add(text, "\\u00%c%c", digits[*at >> 4], digits[*at & 15]);
		} else {
			if (*at == '"' || *at == '\\')
				text_add(text, "\\");
			for (size_t i = 0; i < length; i++)
				text_add(text, "%c", at[i]);
		}
		at += length;
	}
	text_add(text, "\"");
}

void json_add_string(struct text *text, const char *name, const char *value)
{
	text_add(text, ",\"%s\":", name);
	add_quoted(text, value);
}

void json_add_number(struct text *text, const char *name, int value)
{
	text_add(text, ",\"%s\":%d", name, value);
}

void json_end(struct text *text)
{
	text_add(text, "}");
}
