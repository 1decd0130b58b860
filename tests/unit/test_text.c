/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <limits.h>

#include "failure.h"
#include "text.h"

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

START_TEST(failures_are_false)
{
	struct failure failure;

	ck_assert(!fail(&failure, STATUS_NOT_FOUND, "no %s in %d", "word", 3));
	ck_assert_int_eq(failure.status, 127);
	ck_assert_str_eq(failure.text, "no word in 3");
}
END_TEST

Suite *text_suite(void)
{
	const TTest *const tests[] = {conversions, pieces_are_appended,
				      what_does_not_fit_is_cut_off, failures_are_false};

	return suite_of("text", tests, COUNT(tests));
}
