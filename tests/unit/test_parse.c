/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include "base/parse.h"

START_TEST(ids)
{
	static const struct {
		const char *text;
		bool good;
		uint32_t id;
	} rows[] = {
		{"0", true, 0},
		{"1", true, 1},
		{"007", true, 7},
		{"0000000000", true, 0},
		{"4294967293", true, 4294967293U},
		{"4294967294", true, 4294967294U},
		{"4294967295", false, 0},
		{"4294967296", false, 0},
		{"9999999999", false, 0},
		{"00000000001", false, 0},
		{"99999999999999999999", false, 0},
		{"-1", false, 0},
		{"+1", false, 0},
		{" 1", false, 0},
		{"1 ", false, 0},
		{"1\n", false, 0},
		{"\t1", false, 0},
		{"0x1", false, 0},
		{"/", false, 0},
		{"1:", false, 0},
		{"\xd9\xa1", false, 0},
		{"1e3", false, 0},
		{"1.0", false, 0},
		{"one", false, 0},
		{"", false, 0},
	};

	for (int i = 0; i < COUNT(rows); i++) {
		uint32_t id = 77;

		ck_assert_msg(parse_id(rows[i].text, &id) == rows[i].good, "'%s'", rows[i].text);
		ck_assert_msg(id == (rows[i].good ? rows[i].id : 77), "'%s': %u", rows[i].text, id);
	}
}
END_TEST

START_TEST(durations)
{
	static const struct {
		const char *text;
		bool good;
		int64_t milliseconds;
	} rows[] = {
		{"0", true, 0},
		{"5", true, 5000},
		{"5s", true, 5000},
		{"500ms", true, 500},
		{"2m", true, 120000},
		{"1h", true, 3600000},
		{"2147483647", true, 2147483647000},
		{"2147483647s", true, 2147483647000},
		{"2147483648", false, 0},
		{"35791394m", true, 2147483640000},
		{"35791395m", false, 0},
		{"596523h", true, 2147482800000},
		{"596524h", false, 0},
		{"2147483648s", false, 0},
		{"9999999999h", false, 0},
		{"0ms", true, 0},
		{"0s", true, 0},
		{"0m", true, 0},
		{"0h", true, 0},
		{"9999999999ms", true, 9999999999},
		{"99999999999ms", false, 0},
		{"", false, 0},
		{"s", false, 0},
		{"ms", false, 0},
		{"-1", false, 0},
		{"+1", false, 0},
		{"1.5", false, 0},
		{" 5", false, 0},
		{"5 s", false, 0},
		{"5 ", false, 0},
		{"5s ", false, 0},
		{"5ss", false, 0},
		{"m", false, 0},
		{"h", false, 0},
		{"-1s", false, 0},
		{"0x5", false, 0},
		{"junk", false, 0},
		{"99999999999999999999s", false, 0},
		{"5S", false, 0},
		{"5sec", false, 0},
		{"5d", false, 0},
	};

	for (int i = 0; i < COUNT(rows); i++) {
		int64_t milliseconds = 77;

		ck_assert_msg(parse_duration(rows[i].text, &milliseconds) == rows[i].good, "'%s'",
			      rows[i].text);
		ck_assert_msg(milliseconds == (rows[i].good ? rows[i].milliseconds : 77), "'%s'",
			      rows[i].text);
	}
}
END_TEST

START_TEST(modes)
{
	static const struct {
		const char *text;
		bool good;
		unsigned int mode;
	} rows[] = {
		{"0", true, 0},
		{"022", true, 022},
		{"22", true, 022},
		{"0777", true, 0777},
		{"777", true, 0777},
		{"0000", true, 0},
		{"7", true, 7},
		{"1000", false, 0},
		{"7777", false, 0},
		{"00022", false, 0},
		{"8", false, 0},
		{"028", false, 0},
		{"-1", false, 0},
		{"+22", false, 0},
		{" 22", false, 0},
		{"22 ", false, 0},
		{"0x12", false, 0},
		{"", false, 0},
		{"u=rwx", false, 0},
		{"0o22", false, 0},
		{"22\n", false, 0},
		{"0778", false, 0},
		{"77777777777777777777", false, 0},
	};

	for (int i = 0; i < COUNT(rows); i++) {
		unsigned int mode = 7777;

		ck_assert_msg(parse_mode(rows[i].text, &mode) == rows[i].good, "'%s'",
			      rows[i].text);
		ck_assert_msg(mode == (rows[i].good ? rows[i].mode : 7777), "'%s'", rows[i].text);
	}
}
END_TEST

START_TEST(names_of_variables)
{
	static const struct {
		const char *text;
		int length; /* of the name; 0: there is none */
	} rows[] = {
		{"UMASK", 5}, {"a_1", 3}, {"_", 1},  {"A:B", 1}, {"A-B", 1},  {"A B", 1}, {"", 0},
		{"1A", 0},    {"$A", 0},  {"-", 0},  {" A", 0},	 {"=", 0},    {"A=", 1},  {"zZ", 2},
		{"@A", 0},    {"`", 0},	  {"[A", 0}, {"{", 0},	 {"\xc1", 0},
	};

	for (int i = 0; i < COUNT(rows); i++)
		ck_assert_ptr_eq(parse_variable(rows[i].text),
				 rows[i].length ? rows[i].text + rows[i].length : NULL);
}
END_TEST

START_TEST(digits)
{
	static const struct {
		const char *text;
		bool good;
	} rows[] = {
		{"0", true},   {"0123456789", true}, {"99999999999999999999", true},
		{"", false},   {"1a", false},	     {"a1", false},
		{"-1", false}, {"+1", false},	     {" 1", false},
		{"1 ", false}, {"1\n", false},	     {"0x1", false},
		{"1.", false}, {"/", false},	     {":", false},
	};

	for (int i = 0; i < COUNT(rows); i++)
		ck_assert_msg(parse_is_digits(rows[i].text) == rows[i].good, "'%s'", rows[i].text);
}
END_TEST

Suite *parse_suite(void)
{
	const TTest *const tests[] = {ids, modes, durations, digits, names_of_variables};

	return suite_of("parse", tests, COUNT(tests));
}
