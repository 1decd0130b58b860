/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include "environment.h"

static void expect_entries(char **entries, const char *const wanted[])
{
	int i;

	for (i = 0; wanted[i]; i++) {
		ck_assert_ptr_nonnull(entries[i]);
		ck_assert_str_eq(entries[i], wanted[i]);
	}
	ck_assert_ptr_null(entries[i]);
}

static char *inherited[] = {"PATH=/bin",     "HOME=/before", "HOMER=simpson",
			    "USER=before",   "HOME=/two",    "LOGNAME=other",
			    "USERNAME=kept", "ODD",	     NULL};

START_TEST(of_an_account)
{
	static struct environment environment;
	const struct account account = {.name = "app", .home = "/home/app"};
	const char *const wanted[] = {"PATH=/bin",	"HOMER=simpson", "USERNAME=kept", "ODD",
				      "HOME=/home/app", "USER=app",	 "LOGNAME=app",	  NULL};
	struct failure failure;

	ck_assert(environment_for_account(&environment, inherited, &account, &failure));
	expect_entries(environment.entries, wanted);
}
END_TEST

START_TEST(of_nobody)
{
	static struct environment environment;
	const char *const wanted[] = {"PATH=/bin", "HOMER=simpson", "USERNAME=kept",
				      "ODD",	   "HOME=/",	    NULL};
	struct failure failure;

	ck_assert(environment_for_account(&environment, inherited, NULL, &failure));
	expect_entries(environment.entries, wanted);
}
END_TEST

START_TEST(of_an_account_without_home)
{
	static struct environment environment;
	const struct account account = {.name = "app"};
	const char *const wanted[] = {"HOME=/", "USER=app", "LOGNAME=app", NULL};
	char *nothing[] = {NULL};
	struct failure failure;

	ck_assert(environment_for_account(&environment, nothing, &account, &failure));
	expect_entries(environment.entries, wanted);
}
END_TEST

START_TEST(values)
{
	ck_assert_str_eq(environment_get(inherited, "PATH"), "/bin");
	ck_assert_str_eq(environment_get(inherited, "HOME"), "/before");
	ck_assert_ptr_null(environment_get(inherited, "HOM"));
	ck_assert_ptr_null(environment_get(inherited, "ODD"));
}
END_TEST

START_TEST(pids_move)
{
	char *entries[] = {"A_PID=12", "A_PID=123", "B_PID=12", "A_PID=x", "A_PID=", NULL};
	const char *const wanted[] = {"A_PID=4567", "A_PID=123", "B_PID=12",
				      "A_PID=x",    "A_PID=",	 NULL};
	char buffer[32];

	environment_move_pid(entries, "A_PID", 12, 4567, buffer, sizeof(buffer));
	expect_entries(entries, wanted);
}
END_TEST

Suite *environment_suite(void)
{
	const TTest *const tests[] = {of_an_account, of_nobody, of_an_account_without_home, values,
				      pids_move};

	return suite_of("environment", tests, COUNT(tests));
}
