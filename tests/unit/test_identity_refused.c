/* SPDX-License-Identifier: MIT */
/* What is no USER, and in which words that is said. */
#include <string.h>

#include "identity_users.h"

static const struct account_files no_files = {"/no/passwd", "/no/group"};

/* The form alone: no file is looked at. */
START_TEST(forms)
{
	static const struct {
		const char *text;
		const char *words; /* NULL: good */
	} rows[] = {
		{"app", NULL},
		{"1000", NULL},
		{"app:app", NULL},
		{"app:1000", NULL},
		{"1000:1000", NULL},
		{"-", NULL},
		{"+1", NULL},
		{" 1", NULL},
		{"0x1", NULL},
		{"4294967296", NULL},
		{" ", NULL},
		{"", "USER is empty"},
		{":", "':' has no USER before"},
		{":b", "':b' has no USER before"},
		{"::", "no USER before"},
		{":a:", "no USER before"},
		{"a:", "'a:' has no GROUP after"},
		{"a:b:c", "'a:b:c' is not USER or USER:GROUP"},
		{"a:b:", "is not USER or USER:GROUP"},
		{"a::b", "is not USER or USER:GROUP"},
		{"a::", "is not USER or USER:GROUP"},
	};

	for (int i = 0; i < COUNT(rows); i++) {
		struct failure failure = {0};
		const bool good = identity_check(rows[i].text, &failure);

		ck_assert_msg(good == (rows[i].words == NULL), "'%s'", rows[i].text);
		ck_assert_msg(failure.status == (good ? 0 : STATUS_REFUSED), "'%s'", rows[i].text);
		if (!good)
			ck_assert_msg(strstr(failure.text, rows[i].words) != NULL, "'%s': %s",
				      rows[i].text, failure.text);
	}
}
END_TEST

START_TEST(long_names)
{
	char text[ACCOUNT_NAME_SIZE + 1000];
	struct failure failure;

	memset(text, 'x', sizeof(text));
	text[ACCOUNT_NAME_SIZE - 1] = '\0';
	ck_assert(identity_check(text, &failure));
	text[ACCOUNT_NAME_SIZE - 1] = ':';
	text[sizeof(text) - 1] = '\0';
	ck_assert(identity_check(text, &failure));
	text[ACCOUNT_NAME_SIZE - 1] = 'x';
	ck_assert(!identity_check(text, &failure));
	text[ACCOUNT_NAME_SIZE] = ':';
	ck_assert(!identity_check(text, &failure));
	text[ACCOUNT_NAME_SIZE] = '\0';
	ck_assert(!identity_check(text, &failure));
	ck_assert_ptr_nonnull(strstr(failure.text, "too long"));
}
END_TEST

static void expect_failure(const char *text, const struct account_files *where, const char *words)
{
	static struct identity identity;
	struct failure failure = {0};

	ck_assert_msg(!resolve(text, where, &identity, &failure), "'%s'", text);
	ck_assert_int_eq(failure.status, STATUS_REFUSED);
	ck_assert_msg(strstr(failure.text, words) != NULL, "'%s': %s", text, failure.text);
}

START_TEST(what_is_wrong)
{
	static const struct {
		const char *text;
		const char *words;
	} rows[] = {
		{"", "USER is empty"},
		{":", "no USER before"},
		{":app", "no USER before"},
		{"app:", "no GROUP after"},
		{"app:app:app", "is not USER or USER:GROUP"},
		{"app::", "is not USER or USER:GROUP"},
		{"ap", "no user 'ap' in "},
		{"+1", "no user '+1'"},
		{"-1", "no user '-1'"},
		{" 1", "no user ' 1'"},
		{"1 ", "no user '1 '"},
		{"0x1", "no user '0x1'"},
		{"1e3", "no user '1e3'"},
		{"1000\n", "no user '1000"},
		{"2000", "write '2000:2000'"},
		{"4294967295", "no user id"},
		{"4294967296:1", "no user id"},
		{"99999999999999999999", "no user id"},
		{"app:ap", "no group 'ap' in "},
		{"app:-1", "no group '-1'"},
		{"app:4294967295", "no group id"},
		{"1:99999999999999999999", "no group id"},
		{"4294967296", "no user id"},
		{"00000001000", "no user id"},
		{"4294967295:1000", "no user id"},
		{"App", "no user 'App'"},
		{"# app", "no user '# app'"},
		{"app:4294967296", "no group id"},
		{"app:+1", "no group '+1'"},
		{"app: 1", "no group ' 1'"},
		{"app:1 ", "no group '1 '"},
		{"app:0x1", "no group '0x1'"},
		{"app:1e3", "no group '1e3'"},
		{"ap:app", "no user 'ap' in "},
		{"2000:ap", "no group 'ap' in "},
		{"007", "write '007:007'"},
	};
	const struct account_files where = files();
	char name[ACCOUNT_NAME_SIZE + 1];

	for (int i = 0; i < COUNT(rows); i++)
		expect_failure(rows[i].text, &where, rows[i].words);
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	expect_failure(name, &where, "too long");
	name[sizeof(name) - 2] = '\0';
	expect_failure(name, &where, "no user 'xxx");
}
END_TEST

START_TEST(without_files)
{
	const struct account_files directory = {"/", "/"};
	const char *users = file_with_text(passwd);
	const struct account_files only_users = {users, "/no/group"};
	const struct account_files users_and_a_directory = {users, "/"};
	static struct identity identity;
	struct failure failure;

	ck_assert(resolve("7:8", &no_files, &identity, &failure));
	ck_assert(identity.target.uid == 7 && identity.target.gid == 8 && !identity.has_account);
	expect_failure("7", &no_files, "write '7:7'");
	expect_failure("app", &no_files, "there is no /no/passwd");
	expect_failure("7:app", &no_files, "there is no /no/group");
	expect_failure("app:7", &no_files, "there is no /no/passwd");
	expect_failure("app", &no_files, "write UID:GID");
	expect_failure("4294967295", &no_files, "no user id");
	expect_failure("7:4294967295", &no_files, "no group id");
	expect_failure("+7:8", &no_files, "there is no /no/passwd");
	expect_failure("7: 8", &no_files, "there is no /no/group");
	expect_failure("", &no_files, "USER is empty");
	expect_failure("app", &directory, "cannot read /");
	expect_failure("7:8", &directory, "cannot read /");
	memset(&identity, 0, sizeof(identity));
	ck_assert(resolve("app", &only_users, &identity, &failure));
	ck_assert_uint_eq(identity.target.groups.count, 1);
	ck_assert_uint_eq(identity.target.groups.ids[0], 1001);
	expect_failure("app", &users_and_a_directory, "cannot read /: Is a directory");
	expect_failure("app:7", &users_and_a_directory, "cannot read /: Is a directory");
}
END_TEST

Suite *identity_refused_suite(void)
{
	const TTest *const tests[] = {forms, long_names, what_is_wrong, without_files};

	return suite_of("identity refused", tests, COUNT(tests));
}
