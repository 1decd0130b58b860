/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "report/json.h"

/* The value of a string member, as json_add_string() wrote it. */
static const char *quoted(const char *value)
{
	static char buffer[4096];
	struct text text = text_in(buffer, sizeof(buffer));

	json_add_string(&text, "n", value);
	if (strncmp(buffer, ",\"n\":\"", 6) != 0 || buffer[text.length - 1] != '"')
		ck_abort_msg("%s", buffer);
	buffer[text.length - 1] = '\0';
	return buffer + 6;
}

START_TEST(strings)
{
	static const struct {
		const char *value;
		const char *wanted;
	} rows[] = {
		{"", ""},
		{"plain", "plain"},
		{"a \"quote\" and a \\", "a \\\"quote\\\" and a \\\\"},
		{"a\nb\rc\td", "a\\u000ab\\u000dc\\u0009d"},
		{"\x01\x1f\x7f", "\\u0001\\u001f\\u007f"},
		{"/", "/"},
		/* Whole sequences of every length, the first and the last of each. */
		{"\xc2\x80\xdf\xbf", "\xc2\x80\xdf\xbf"},
		{"\xe0\xa0\x80\xef\xbf\xbf", "\xe0\xa0\x80\xef\xbf\xbf"},
		{"\xed\x9f\xbf\xee\x80\x80", "\xed\x9f\xbf\xee\x80\x80"},
		{"\xf0\x90\x80\x80\xf4\x8f\xbf\xbf", "\xf0\x90\x80\x80\xf4\x8f\xbf\xbf"},
		/* Alone, cut off by the end or by something else. */
		{"\x80", "\\ufffd"},
		{"a\xbf z", "a\\ufffd z"},
		{"\xc3", "\\ufffd"},
		{"\xc3(", "\\ufffd("},
		{"\xe2\x82", "\\ufffd\\ufffd"},
		{"\xe2\x82\"", "\\ufffd\\ufffd\\\""},
		{"\xf0\x9f\x98", "\\ufffd\\ufffd\\ufffd"},
		{"\xf0\xc3\xa9", "\\ufffd\xc3\xa9"},
		/* Overlong, surrogates, too large. */
		{"\xc0\xaf", "\\ufffd\\ufffd"},
		{"\xc1\xbf", "\\ufffd\\ufffd"},
		{"\xe0\x80\xaf", "\\ufffd\\ufffd\\ufffd"},
		{"\xe0\x9f\xbf", "\\ufffd\\ufffd\\ufffd"},
		{"\xed\xa0\x80", "\\ufffd\\ufffd\\ufffd"},
		{"\xed\xbf\xbf", "\\ufffd\\ufffd\\ufffd"},
		{"\xf0\x80\x80\x80", "\\ufffd\\ufffd\\ufffd\\ufffd"},
		{"\xf0\x8f\xbf\xbf", "\\ufffd\\ufffd\\ufffd\\ufffd"},
		{"\xf4\x90\x80\x80", "\\ufffd\\ufffd\\ufffd\\ufffd"},
		{"\xf5\x80\x80\x80", "\\ufffd\\ufffd\\ufffd\\ufffd"},
		{"\xff\xfe", "\\ufffd\\ufffd"},
	};

	for (int i = 0; i < COUNT(rows); i++)
		ck_assert_msg(strcmp(quoted(rows[i].value), rows[i].wanted) == 0, "row %d: %s", i,
			      quoted(rows[i].value));
}
END_TEST

START_TEST(every_byte)
{
	for (int byte = 1; byte < 256; byte++) {
		const char value[] = {'a', (char)byte, 'b', '\0'};
		char wanted[16];

		if (byte < ' ' || byte == 0x7f)
			snprintf(wanted, sizeof(wanted), "a\\u%04xb", (unsigned int)byte);
		else if (byte == '"' || byte == '\\')
			snprintf(wanted, sizeof(wanted), "a\\%cb", byte);
		else if (byte < 0x80)
			snprintf(wanted, sizeof(wanted), "a%cb", byte);
		else
			snprintf(wanted, sizeof(wanted), "a\\ufffdb");
		ck_assert_str_eq(quoted(value), wanted);
	}
}
END_TEST

static size_t put_utf8(char *at, unsigned int code)
{
	if (code < 0x80)
		return (size_t)sprintf(at, "%c", (int)code);
	if (code < 0x800)
		return (size_t)sprintf(at, "%c%c", 0xc0 | code >> 6, 0x80 | (code & 63));
	if (code < 0x10000)
		return (size_t)sprintf(at, "%c%c%c", 0xe0 | code >> 12, 0x80 | (code >> 6 & 63),
				       0x80 | (code & 63));
	return (size_t)sprintf(at, "%c%c%c%c", 0xf0 | code >> 18, 0x80 | (code >> 12 & 63),
			       0x80 | (code >> 6 & 63), 0x80 | (code & 63));
}

START_TEST(every_character)
{
	/* All of the first plane, and enough of the others. */
	for (unsigned int code = 0x80; code <= 0x10ffff; code += code < 0xffff ? 1 : 61) {
		char value[8] = "";
		const bool is_surrogate = code >= 0xd800 && code < 0xe000;

		put_utf8(value, code);
		if (strcmp(quoted(value), is_surrogate ? "\\ufffd\\ufffd\\ufffd" : value) != 0)
			ck_abort_msg("U+%04X: %s", code, quoted(value));
	}
}
END_TEST

/* The time that json_begin() wrote, compared with what the C library makes of it. */
static void compare_time(int64_t seconds, int milliseconds)
{
	const time_t time = (time_t)seconds;
	char buffer[64], date[32], wanted[64];
	struct text text = text_in(buffer, sizeof(buffer));
	struct tm parts;

	json_begin(&text, seconds * 1000 + milliseconds);
	json_end(&text);
	gmtime_r(&time, &parts);
	strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &parts);
	snprintf(wanted, sizeof(wanted), "{\"time\":\"%s.%03dZ\"}", date, milliseconds);
	if (strcmp(buffer, wanted) != 0)
		ck_abort_msg("%lld: %s, not %s", (long long)seconds, buffer, wanted);
}

START_TEST(times)
{
	const int64_t last = 253402300799; /* of the year 9999 */

	/* Every day until the calendar begins anew, leap days and centuries among them. */
	for (int64_t day = 0; day < 146097; day++)
		compare_time(day * 86400, 0);
	compare_time(last, 999);
	srand(1);
	for (int i = 0; i < 50000; i++)
		compare_time(((int64_t)rand() << 31 | rand()) % last, rand() % 1000);
}
END_TEST

START_TEST(an_object)
{
	char buffer[128];
	struct text text = text_in(buffer, sizeof(buffer));

	json_begin(&text, INT64_C(951782400007));
	json_add_string(&text, "event", "\"");
	json_add_number(&text, "pid", 4711);
	json_add_number(&text, "least", -2147483647 - 1);
	json_end(&text);
	ck_assert_str_eq(buffer, "{\"time\":\"2000-02-29T00:00:00.007Z\",\"event\":\"\\\"\","
				 "\"pid\":4711,\"least\":-2147483648}");
}
END_TEST

Suite *json_suite(void)
{
	const TTest *const tests[] = {strings, every_byte, every_character, times, an_object};

	return suite_of("json", tests, COUNT(tests));
}
