/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#include "base/text.h"
#include "report/failure.h"

/* The format of a table's row, which no compiler can check. */
static void write_text(char *buffer, size_t size, const char *format, ...)
{
	struct text text = text_in(buffer, size);
	va_list arguments;

	va_start(arguments, format);
	text_add_list(&text, format, arguments);
	va_end(arguments);
}

START_TEST(conversions)
{
	char buffer[200];
	struct text text = text_in(buffer, sizeof(buffer));

	text_add(&text, "%s|%c|%d|%d|%d|%u|%o|%%", "word", 'x', 0, INT_MAX, INT_MIN, UINT_MAX,
		 0755U);
	ck_assert_str_eq(buffer, "word|x|0|2147483647|-2147483648|4294967295|755|%");
	ck_assert_uint_eq(text.length, 48);
}
END_TEST

START_TEST(pieces_are_appended)
{
	char buffer[20];
	struct text text = text_in(buffer, sizeof(buffer));

	text_add(&text, "one ");
	text_add(&text, "%s", "two");
	ck_assert_str_eq(buffer, "one two");
}
END_TEST

START_TEST(what_does_not_fit_is_cut_off)
{
	char buffer[] = "abcdefgh";
	struct text text = text_in(buffer, 5);

	text_add(&text, "%d", 1234567);
	text_add(&text, "more");
	ck_assert_str_eq(buffer, "1234");
	ck_assert_int_eq(buffer[5], 'f');
	text = text_in(buffer, 1);
	text_add(&text, "x");
	ck_assert_str_eq(buffer, "");
	ck_assert_int_eq(buffer[1], '2');
}
END_TEST

START_TEST(numbers)
{
	static const struct {
		const char *format;
		unsigned int number;
		const char *wanted;
	} rows[] = {
		{"%d", 0, "0"},
		{"%d", 7, "7"},
		{"%d", 10, "10"},
		{"%d", -1U, "-1"},
		{"%d", INT_MAX, "2147483647"},
		{"%d", 1U + INT_MAX, "-2147483648"},
		{"%u", 0, "0"},
		{"%u", 1U + INT_MAX, "2147483648"},
		{"%u", UINT_MAX, "4294967295"},
		{"%o", 0, "0"},
		{"%o", 8, "10"},
		{"%o", 022, "22"},
		{"%o", UINT_MAX, "37777777777"},
	};

	for (int i = 0; i < COUNT(rows); i++) {
		char buffer[16];

		write_text(buffer, sizeof(buffer), rows[i].format, rows[i].number);
		ck_assert_msg(strcmp(buffer, rows[i].wanted) == 0, "%s: '%s', not '%s'",
			      rows[i].format, buffer, rows[i].wanted);
	}
}
END_TEST

/* The same text in buffers of all sizes: its beginning, its NUL, and not a byte behind that. */
START_TEST(every_size)
{
	static const char whole[] = "ab-12cd%17x";

	for (size_t size = 1; size <= sizeof(whole) + 1; size++) {
		const size_t length = size <= sizeof(whole) ? size - 1 : sizeof(whole) - 1;
		char buffer[sizeof(whole) + 2];
		struct text text;

		memset(buffer, '#', sizeof(buffer));
		text = text_in(buffer, size);
		ck_assert_int_eq(buffer[0], '\0');
		text_add(&text, "a%c%d%s%%%o%c", 'b', -12, "cd", 017U, 'x');
		ck_assert_msg(text.length == length, "size %zu: %zu", size, text.length);
		ck_assert_msg(memcmp(buffer, whole, length) == 0, "size %zu: %s", size, buffer);
		ck_assert_msg(buffer[length] == '\0', "size %zu", size);
		ck_assert_msg(buffer[length + 1] == '#', "size %zu", size);
	}
}
END_TEST

START_TEST(texts_in_texts)
{
	char buffer[20];
	struct text text = text_in(buffer, sizeof(buffer));

	text_add(&text, "<%s|%s>", "", "%s%d%");
	ck_assert_str_eq(buffer, "<|%s%d%>");
	text_add(&text, "%s", "");
	ck_assert_uint_eq(text.length, 8);
}
END_TEST

START_TEST(failures_are_false)
{
	static const int statuses[] = {STATUS_REFUSED, STATUS_CANNOT_RUN, STATUS_NOT_FOUND};
	struct failure failure;

	for (int i = 0; i < COUNT(statuses); i++) {
		errno = EXDEV;
		ck_assert(!fail(&failure, statuses[i], "no %s in %d", "word", 3));
		ck_assert_int_eq(errno, EXDEV);
		ck_assert_int_eq(failure.status, 125 + i);
		ck_assert_str_eq(failure.text, "no word in 3");
	}
}
END_TEST

START_TEST(failures_are_cut_off)
{
	static char word[1000];
	struct failure failure;

	memset(word, 'x', sizeof(word) - 1);
	ck_assert(!fail(&failure, STATUS_REFUSED, "%s", word));
	ck_assert_uint_eq(strlen(failure.text), sizeof(failure.text) - 1);
	ck_assert_int_eq(failure.status, STATUS_REFUSED);
}
END_TEST

Suite *text_suite(void)
{
	const TTest *const tests[] = {conversions,	   numbers,
				      pieces_are_appended, what_does_not_fit_is_cut_off,
				      every_size,	   texts_in_texts,
				      failures_are_false,  failures_are_cut_off};

	return suite_of("text", tests, COUNT(tests));
}
