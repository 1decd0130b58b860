/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <string.h>

#include "identity.h"

static const char passwd[] = "root:x:0:0::/root:/bin/sh\n"
			     "app:x:1000:1001::/home/app:/bin/sh\n"
			     "4711:x:5000:5000::/home/digits:/bin/sh\n";
static const char group[] = "root:x:0:\napp:x:1001:\naudio:x:29:app\nvideo:x:44:app\n77:x:78:\n";

static const struct account_files no_files = {"/no/passwd", "/no/group"};

static struct account_files files(void)
{
	return (struct account_files){file_with_text(passwd), file_with_text(group)};
}

START_TEST(who_it_is)
{
	static const struct {
		const char *text;
		uid_t uid;
		gid_t gid;
		const char *account;
		size_t groups;
	} rows[] = {
		{"root", 0, 0, "root", 1},
		{"app", 1000, 1001, "app", 3},
		{"1000", 1000, 1001, "app", 3},
		{"4711", 5000, 5000, "4711", 1},
		{"app:app", 1000, 1001, "app", 1},
		{"app:video", 1000, 44, "app", 1},
		{"app:0", 1000, 0, "app", 1},
		{"app:77", 1000, 78, "app", 1},
		{"app:99", 1000, 99, "app", 1},
		{"1000:99", 1000, 99, "app", 1},
		{"2000:2001", 2000, 2001, NULL, 1},
		{"4294967294:4294967294", 4294967294U, 4294967294U, NULL, 1},
	};
	const struct account_files where = files();

	for (int i = 0; i < COUNT(rows); i++) {
		static struct identity identity;
		struct failure failure = {0};

		memset(&identity, 0, sizeof(identity));
		ck_assert_msg(identity_resolve(rows[i].text, &where, &identity, &failure),
			      "'%s': %s", rows[i].text, failure.text);
		ck_assert_msg(identity.uid == rows[i].uid && identity.gid == rows[i].gid,
			      "'%s': %u:%u", rows[i].text, identity.uid, identity.gid);
		ck_assert_msg(identity.groups.count == rows[i].groups, "'%s'", rows[i].text);
		ck_assert_msg(group_set_has(&identity.groups, rows[i].gid), "'%s'", rows[i].text);
		ck_assert_msg(identity.has_account == (rows[i].account != NULL), "'%s'",
			      rows[i].text);
		ck_assert_msg(identity.group_given == (strchr(rows[i].text, ':') != NULL), "'%s'",
			      rows[i].text);
		if (rows[i].account)
			ck_assert_str_eq(identity.account.name, rows[i].account);
	}
}
END_TEST

static void expect_failure(const char *text, const struct account_files *where, const char *words)
{
	static struct identity identity;
	struct failure failure = {0};

	ck_assert_msg(!identity_resolve(text, where, &identity, &failure), "'%s'", text);
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
	const struct account_files only_users = {files().passwd, "/no/group"};
	static struct identity identity;
	struct failure failure;

	ck_assert(identity_resolve("7:8", &no_files, &identity, &failure));
	ck_assert(identity.uid == 7 && identity.gid == 8 && !identity.has_account);
	expect_failure("7", &no_files, "write '7:7'");
	expect_failure("app", &no_files, "there is no /no/passwd");
	expect_failure("7:app", &no_files, "there is no /no/group");
	expect_failure("app", &directory, "cannot read /");
	expect_failure("7:8", &directory, "cannot read /");
	memset(&identity, 0, sizeof(identity));
	ck_assert(identity_resolve("app", &only_users, &identity, &failure));
	ck_assert_uint_eq(identity.groups.count, 1);
}
END_TEST

START_TEST(transitions)
{
	static const struct {
		uid_t uid;
		gid_t gid;
		bool group_given;
		uid_t now_uid;
		gid_t now_gid;
		enum transition wanted;
	} rows[] = {
		{1000, 1000, false, 0, 0, BECOME},	   {0, 0, false, 0, 0, BECOME},
		{1000, 1000, false, 1000, 1000, CARRY_ON}, {1000, 1000, false, 1000, 0, CARRY_ON},
		{1000, 1000, true, 1000, 1000, CARRY_ON},  {1000, 1000, true, 1000, 0, REFUSE},
		{1000, 1000, false, 1001, 1000, REFUSE},   {0, 0, false, 1000, 0, REFUSE},
	};

	for (int i = 0; i < COUNT(rows); i++) {
		static struct identity identity;
		const struct credentials now = {
			rows[i].now_uid,
			rows[i].now_uid,
			rows[i].now_uid,
			rows[i].now_gid,
			rows[i].now_gid,
			rows[i].now_gid,
			0,
			0,
		};

		identity.uid = rows[i].uid;
		identity.gid = rows[i].gid;
		identity.group_given = rows[i].group_given;
		ck_assert_msg(identity_transition(&identity, &now) == rows[i].wanted, "row %d", i);
	}
}
END_TEST

Suite *identity_suite(void)
{
	const TTest *const tests[] = {who_it_is, what_is_wrong, without_files, transitions};

	return suite_of("identity", tests, COUNT(tests));
}
