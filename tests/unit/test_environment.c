/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <string.h>

#include "identity/environment.h"

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
	static struct account account;
	const char *const wanted[] = {"PATH=/bin",	"HOMER=simpson", "USERNAME=kept", "ODD",
				      "HOME=/home/app", "USER=app",	 "LOGNAME=app",	  NULL};
	struct failure failure;

	account_set_name(&account, "app", "/home/app");
	ck_assert(environment_for_account(&environment, inherited, &account, false, &failure));
	expect_entries(environment.entries, wanted);
}
END_TEST

START_TEST(of_nobody)
{
	static struct environment environment;
	const char *const wanted[] = {"PATH=/bin", "HOMER=simpson", "USERNAME=kept",
				      "ODD",	   "HOME=/",	    NULL};
	struct failure failure;

	ck_assert(environment_for_account(&environment, inherited, NULL, false, &failure));
	expect_entries(environment.entries, wanted);
}
END_TEST

START_TEST(with_only_home)
{
	static struct environment environment;
	static struct account account;
	const char *const wanted[] = {"PATH=/bin",	"HOMER=simpson",
				      "USER=before",	"LOGNAME=other",
				      "USERNAME=kept",	"ODD",
				      "HOME=/home/app", NULL};
	struct failure failure;

	account_set_name(&account, "app", "/home/app");
	ck_assert(environment_for_account(&environment, inherited, &account, true, &failure));
	expect_entries(environment.entries, wanted);
}
END_TEST

START_TEST(of_an_account_without_home)
{
	static struct environment environment;
	static struct account account;
	const char *const wanted[] = {"HOME=/", "USER=app", "LOGNAME=app", NULL};
	char *nothing[] = {NULL};
	struct failure failure;

	account_set_name(&account, "app", "");
	ck_assert(environment_for_account(&environment, nothing, &account, false, &failure));
	expect_entries(environment.entries, wanted);
}
END_TEST

START_TEST(of_the_longest_account)
{
	static struct environment environment;
	static struct account account;
	char *nothing[] = {NULL};
	char name[ACCOUNT_NAME_SIZE] = "", home[PATH_MAX] = "";
	struct failure failure;

	memset(name, 'n', sizeof(name) - 1);
	memset(home, 'h', sizeof(home) - 1);
	account_set_name(&account, name, home);
	ck_assert(environment_for_account(&environment, nothing, &account, false, &failure));
	ck_assert_str_eq(environment_get(environment.entries, "HOME"), home);
	ck_assert_str_eq(environment_get(environment.entries, "USER"), name);
	ck_assert_str_eq(environment_get(environment.entries, "LOGNAME"), name);
}
END_TEST

/* Kept are the strings themselves, each as often as it was there. */
START_TEST(what_is_kept)
{
	static struct environment environment;
	char *entries[] = {"A=1", "home=x", "A=2",     "HOME",	   "",
			   "=",	  "A=1",    "USERS=1", "LOGNAME=", NULL};
	char *const before[] = {entries[0], entries[1], entries[2], entries[3], entries[4],
				entries[5], entries[6], entries[7], entries[8]};
	struct failure failure;

	ck_assert(environment_for_account(&environment, entries, NULL, false, &failure));
	for (int i = 0; i < 8; i++)
		ck_assert_msg(environment.entries[i] == before[i], "%d: %s", i,
			      environment.entries[i]);
	ck_assert_str_eq(environment.entries[8], "HOME=/");
	ck_assert_ptr_null(environment.entries[9]);
	ck_assert_mem_eq(entries, before, sizeof(before));
}
END_TEST

/* More than a page of them, so that the room for the new ones is counted right. */
START_TEST(many_are_kept)
{
	static struct environment environment;
	static struct account account;
	static char *entries[4096 / sizeof(char *) + 9];
	struct failure failure;

	account_set_name(&account, "app", "/home/app");
	for (int count = COUNT(entries) - 16; count < COUNT(entries); count++) {
		for (int i = 0; i < count; i++)
			entries[i] = "A=1";
		entries[count] = NULL;
		ck_assert(
			environment_for_account(&environment, entries, &account, false, &failure));
		ck_assert_ptr_null(environment.entries[count + 3]);
		ck_assert_str_eq(environment.entries[count + 2], "LOGNAME=app");
		ck_assert_str_eq(environment.entries[count - 1], "A=1");
		environment_release(&environment);
	}
}
END_TEST

START_TEST(values)
{
	char *entries[] = {"EMPTY=", "TWO=a=b", "=x", NULL};
	char *nothing[] = {NULL};

	ck_assert_str_eq(environment_get(inherited, "PATH"), "/bin");
	ck_assert_str_eq(environment_get(inherited, "HOME"), "/before");
	ck_assert_ptr_null(environment_get(inherited, "HOM"));
	ck_assert_ptr_null(environment_get(inherited, "ODD"));
	ck_assert_ptr_null(environment_get(inherited, "path"));
	ck_assert_ptr_null(environment_get(inherited, "HOMERS"));
	ck_assert_ptr_null(environment_get(nothing, "PATH"));
	ck_assert_str_eq(environment_get(entries, "EMPTY"), "");
	ck_assert_str_eq(environment_get(entries, "TWO"), "a=b");
}
END_TEST

START_TEST(pids_move)
{
	static const struct {
		const char *entry;
		bool moves;
	} rows[] = {
		{"A_PID=12", true},   {"A_PID=012", true},  {"A_PID=123", false},
		{"A_PID=1", false},   {"A_PID=", false},    {"A_PID", false},
		{"A_PID=x", false},   {"A_PID=12x", false}, {"A_PID= 12", false},
		{"A_PID=+12", false}, {"A_PID=-12", false}, {"A_PID=4294967308", false},
		{"B_PID=12", false},  {"A_PIDS=12", false}, {"MY_A_PID=12", false},
		{"a_pid=12", false},
	};

	for (int i = 0; i < COUNT(rows); i++) {
		char entry[32], buffer[32] = "untouched";
		char *entries[] = {"FIRST=12", entry, "LAST=12", NULL};
		const char *const wanted[] = {"FIRST=12", rows[i].moves ? "A_PID=4567" : entry,
					      "LAST=12", NULL};

		strcpy(entry, rows[i].entry);
		environment_move_pid(entries, "A_PID", 12, 4567, buffer, sizeof(buffer));
		expect_entries(entries, wanted);
		ck_assert_str_eq(entry, rows[i].entry);
		ck_assert_str_eq(buffer, rows[i].moves ? "A_PID=4567" : "untouched");
	}
}
END_TEST

START_TEST(each_pid_moves)
{
	char *entries[] = {"A_PID=12", "A_PID=123", "A_PID=12", NULL};
	const char *const wanted[] = {"A_PID=2147483647", "A_PID=123", "A_PID=2147483647", NULL};
	char buffer[sizeof("A_PID=2147483647")];

	environment_move_pid(entries, "A_PID", 12, INT_MAX, buffer, sizeof(buffer));
	expect_entries(entries, wanted);
}
END_TEST

Suite *environment_suite(void)
{
	const TTest *const tests[] = {of_an_account,
				      of_nobody,
				      with_only_home,
				      of_an_account_without_home,
				      of_the_longest_account,
				      what_is_kept,
				      many_are_kept,
				      values,
				      pids_move,
				      each_pid_moves};

	return suite_of("environment", tests, COUNT(tests));
}
