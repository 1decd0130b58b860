/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "base/signal_names.h"

START_TEST(names_are_read_back)
{
	for (int number = 1; number <= SIGNAL_RTMAX; number++) {
		char name[SIGNAL_NAME_SIZE], small[SIGNAL_NAME_SIZE];
		int read = 0;

		ck_assert_ptr_eq(signal_name(number, name), name);
		/* Kept by glibc for itself: no name that anybody would write. */
		if (number == 32 || number == 33) {
			ck_assert_int_eq(strncmp(name, "signal 3", 8), 0);
			continue;
		}
		ck_assert_msg(strncmp(name, "SIG", 3) == 0, "%d is %s", number, name);
		ck_assert_msg(signal_parse(name, &read) && read == number, "%s is %d", name, read);
		read = 0;
		ck_assert_msg(signal_parse(name + 3, &read) && read == number, "%s", name + 3);
		for (size_t i = 0; i <= strlen(name); i++)
			small[i] = name[i] >= 'A' && name[i] <= 'Z' ? (char)(name[i] + 'a' - 'A')
								    : name[i];
		read = 0;
		ck_assert_msg(signal_parse(small, &read) && read == number, "%s", small);
	}
}
END_TEST

#define NAMED(name)                                                                                \
	{                                                                                          \
		SIG##name, "SIG" #name                                                             \
	}

/* As the headers have them, so that no row of the table is in the wrong place. */
START_TEST(names_are_those_of_the_headers)
{
	static const struct {
		int number;
		const char *name;
	} rows[] = {
		NAMED(HUP),  NAMED(INT),    NAMED(QUIT), NAMED(ILL),   NAMED(TRAP), NAMED(ABRT),
		NAMED(BUS),  NAMED(FPE),    NAMED(KILL), NAMED(USR1),  NAMED(SEGV), NAMED(USR2),
		NAMED(PIPE), NAMED(ALRM),   NAMED(TERM), NAMED(CHLD),  NAMED(CONT), NAMED(STOP),
		NAMED(TSTP), NAMED(TTIN),   NAMED(TTOU), NAMED(URG),   NAMED(XCPU), NAMED(XFSZ),
		NAMED(PROF), NAMED(VTALRM), NAMED(IO),	 NAMED(WINCH), NAMED(PWR),  NAMED(SYS),
	};

	for (int i = 0; i < COUNT(rows); i++) {
		char name[SIGNAL_NAME_SIZE];

		ck_assert_str_eq(signal_name(rows[i].number, name), rows[i].name);
	}
}
END_TEST

START_TEST(numbers_are_read)
{
	for (int number = 1; number <= SIGNAL_RTMAX; number++) {
		char text[8];
		int read = 0;

		snprintf(text, sizeof(text), "%d", number);
		ck_assert_msg(signal_parse(text, &read) && read == number, "%s", text);
	}
}
END_TEST

START_TEST(real_time)
{
	for (int distance = 0; distance <= SIGNAL_RTMAX - SIGNAL_RTMIN; distance++) {
		char text[32];
		int read = 0;

		snprintf(text, sizeof(text), "RTMIN+%d", distance);
		ck_assert_msg(signal_parse(text, &read) && read == 34 + distance, "%s", text);
		snprintf(text, sizeof(text), "sigrtmax-%d", distance);
		ck_assert_msg(signal_parse(text, &read) && read == 64 - distance, "%s", text);
	}
}
END_TEST

START_TEST(other_names)
{
	static const struct {
		const char *text;
		int number; /* 0: none */
	} rows[] = {
		{"RTMIN", 34},
		{"SIGRTMAX", 64},
		{"rtmax", 64},
		{"POLL", SIGIO},
		{"IOT", SIGABRT},
		{"cld", SIGCHLD},
		{"sIgTeRm", SIGTERM},
		{"015", 15},
		{"", 0},
		{"SIG", 0},
		{"0", 0},
		{"65", 0},
		{"-1", 0},
		{"+9", 0},
		{" 9", 0},
		{"9 ", 0},
		{"SIG9", 0},
		{"SIGSIGTERM", 0},
		{"TERMI", 0},
		{"TER", 0},
		{"TERM ", 0},
		{" TERM", 0},
		{"RTMIN+", 0},
		{"RTMIN-1", 0},
		{"RTMIN+31", 0},
		{"RTMIN1", 0},
		{"RTMIN +1", 0},
		{"RTMIN+-1", 0},
		{"RTMAX+1", 0},
		{"RTMAX-31", 0},
		{"RTMAX-", 0},
		{"RTMI", 0},
		{"RTMIN+0x1", 0},
		{"signal 9", 0},
		{"ignore", 0},
		{"4294967305", 0},
		{"RTMIN+4294967296", 0},
		{"EXIT", 0},
		{"TERM,INT", 0},
		{"TERM:INT", 0},
	};

	for (int i = 0; i < COUNT(rows); i++) {
		int read = -7;

		ck_assert_msg(signal_parse(rows[i].text, &read) == (rows[i].number != 0), "'%s'",
			      rows[i].text);
		ck_assert_msg(read == (rows[i].number ? rows[i].number : -7), "'%s': %d",
			      rows[i].text, read);
	}
}
END_TEST

START_TEST(numbers_without_a_name)
{
	char name[SIGNAL_NAME_SIZE];

	ck_assert_str_eq(signal_name(0, name), "signal 0");
	ck_assert_str_eq(signal_name(65, name), "signal 65");
	ck_assert_str_eq(signal_name(-2147483647 - 1, name), "signal -2147483");
}
END_TEST

Suite *signal_names_suite(void)
{
	const TTest *const tests[] = {names_are_read_back, names_are_those_of_the_headers,
				      numbers_are_read,	   real_time,
				      other_names,	   numbers_without_a_name};

	return suite_of("signal_names", tests, COUNT(tests));
}
