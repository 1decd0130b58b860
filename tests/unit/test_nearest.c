/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <stdint.h>
#include <string.h>

#include "base/nearest.h"

START_TEST(distances)
{
	static const struct {
		const char *word, *other;
		size_t distance;
	} rows[] = {
		{"", "", 0},
		{"", "wait", 4},
		{"wait", "", 4},
		{"wait", "wait", 0},
		{"wai", "wait", 1},
		{"waits", "wait", 1},
		{"waxt", "wait", 1},
		{"awit", "wait", 2},
		{"stop-dealy", "stop-delay", 2},
		{"stopdelay", "stop-delay", 1},
		{"zap", "wait", 3},
		{"kitten", "sitting", 3},
		{"a", "1234567890123456789012345678901", 31},
		{"a", "12345678901234567890123456789012", SIZE_MAX},
	};

	for (int i = 0; i < COUNT(rows); i++)
		ck_assert_uint_eq(nearest_distance(rows[i].word, strlen(rows[i].word),
						   rows[i].other),
				  rows[i].distance);
	ck_assert_uint_eq(nearest_distance("waiting", 4, "wait"), 0);
}
END_TEST

START_TEST(what_is_close)
{
	ck_assert(nearest_is_close(3, 1));
	ck_assert(!nearest_is_close(3, 2));
	ck_assert(nearest_is_close(10, 3));
	ck_assert(!nearest_is_close(10, 4));
	ck_assert(!nearest_is_close(100, SIZE_MAX));
}
END_TEST

Suite *nearest_suite(void)
{
	const TTest *const tests[] = {distances, what_is_close};

	return suite_of("nearest", tests, COUNT(tests));
}
