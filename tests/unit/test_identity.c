/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "identity/identity.h"

static const char passwd[] = "root:x:0:0::/root:/bin/sh\n"
			     "app:x:1000:1001::/home/app:/bin/sh\n"
			     "4711:x:5000:5000::/home/digits:/bin/sh\n"
			     "member:x:1002:44::/:/bin/sh\n";
static const char group[] = "root:x:0:\napp:x:1001:\naudio:x:29:app,member\n"
			    "video:x:44:app,member\n77:x:78:\n";

static const struct ids no_ids;

/* Who text is when nothing else is asked for. */
static bool resolve(const char *text, const struct account_files *where, struct identity *identity,
		    struct failure *failure)
{
	const struct identity_settings settings = {.user = text};

	return identity_resolve(&settings, &no_ids, where, identity, failure);
}

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
		{"0:0", 0, 0, "root", 1},
		{"0", 0, 0, "root", 1},
		{"root:app", 0, 1001, "root", 1},
		{"app:root", 1000, 0, "app", 1},
		{"2000:audio", 2000, 29, NULL, 1},
		{"1000:1001", 1000, 1001, "app", 1},
		{"001000:0099", 1000, 99, "app", 1},
		{"member", 1002, 44, "member", 2},
	};
	const struct account_files where = files();

	for (int i = 0; i < COUNT(rows); i++) {
		static struct identity identity;
		struct failure failure = {0};

		memset(&identity, 0, sizeof(identity));
		ck_assert_msg(resolve(rows[i].text, &where, &identity, &failure), "'%s': %s",
			      rows[i].text, failure.text);
		ck_assert_msg(identity.target.uid == rows[i].uid &&
				      identity.target.gid == rows[i].gid,
			      "'%s': %u:%u", rows[i].text, identity.target.uid,
			      identity.target.gid);
		ck_assert_msg(identity.target.groups.count == rows[i].groups, "'%s'", rows[i].text);
		ck_assert_msg(group_set_has(&identity.target.groups, rows[i].gid), "'%s'",
			      rows[i].text);
		ck_assert_msg(identity.has_account == (rows[i].account != NULL), "'%s'",
			      rows[i].text);
		ck_assert_msg(identity.group_given == (strchr(rows[i].text, ':') != NULL), "'%s'",
			      rows[i].text);
		if (rows[i].account)
			ck_assert_str_eq(identity.account.name, rows[i].account);
	}
}
END_TEST

START_TEST(groups_of_an_account)
{
	static const gid_t of_app[] = {29, 44, 1001}, of_member[] = {29, 44};
	const struct account_files where = files();
	static struct identity app, uid, member;
	struct failure failure;

	ck_assert(resolve("app", &where, &app, &failure));
	ck_assert_uint_eq(app.target.groups.count, (size_t)COUNT(of_app));
	ck_assert_mem_eq(app.target.groups.ids, of_app, sizeof(of_app));
	ck_assert_str_eq(app.account.home, "/home/app");
	/* By number too the memberships are those of the name. */
	ck_assert(resolve("1000", &where, &uid, &failure));
	ck_assert_uint_eq(uid.target.groups.count, (size_t)COUNT(of_app));
	ck_assert_mem_eq(uid.target.groups.ids, of_app, sizeof(of_app));
	ck_assert_str_eq(uid.account.home, "/home/app");
	/* The primary group is listed too, and counts once. */
	ck_assert(resolve("member", &where, &member, &failure));
	ck_assert_uint_eq(member.target.groups.count, (size_t)COUNT(of_member));
	ck_assert_mem_eq(member.target.groups.ids, of_member, sizeof(of_member));
}
END_TEST

START_TEST(a_number_that_keeps_the_group)
{
	const struct account_files where = files();
	static struct identity unknown = {.target = {.gid = 77}}, app = {.target = {.gid = 77}};
	struct identity_settings settings = {.user = "999", .keep_own_group = true};
	struct failure failure;

	ck_assert(identity_resolve(&settings, &no_ids, &where, &unknown, &failure));
	ck_assert_uint_eq(unknown.target.uid, 999);
	ck_assert_uint_eq(unknown.target.gid, 77);
	ck_assert_uint_eq(unknown.target.groups.count, 1);
	/* An account has a group of its own. */
	settings.user = "1000";
	ck_assert(identity_resolve(&settings, &no_ids, &where, &app, &failure));
	ck_assert_uint_ne(app.target.gid, 77);
}
END_TEST

START_TEST(as_many_groups_as_fit)
{
	static const char user[] = "app:x:1:4294967294::/:\n", zero[] = "app:x:1:0::/:\n";
	char *content = malloc((size_t)GROUPS_MAX * 24), *at = content;
	static struct identity full, over;
	struct failure failure;
	struct account_files where;

	for (int gid = 0; gid < GROUPS_MAX; gid++)
		at += sprintf(at, "g:x:%d:app\n", gid);
	where = (struct account_files){file_with_text(zero), file_with_text(content)};
	ck_assert(resolve("app", &where, &full, &failure));
	ck_assert_uint_eq(full.target.groups.count, GROUPS_MAX);
	where.passwd = file_with_text(user);
	ck_assert(!resolve("app", &where, &over, &failure));
	ck_assert_str_eq(failure.text, "app is in more than 65536 groups");
	free(content);
}
END_TEST

START_TEST(groups_that_are_added)
{
	static const struct {
		const char *user;
		const char *added[4];
		size_t count;
		gid_t has[4];
		const char *words; /* NULL: good */
	} rows[] = {
		{"app", {"77"}, 4, {29, 44, 78, 1001}, NULL},
		{"app", {"audio", "99", "99"}, 4, {29, 44, 99, 1001}, NULL},
		{"app:app", {"audio"}, 2, {29, 1001}, NULL},
		{"7:8", {"audio", "0"}, 3, {0, 8, 29}, NULL},
		{"app", {"audio", "nobody-here"}, 0, {0}, "no group 'nobody-here'"},
		{"app", {"4294967295"}, 0, {0}, "no group id"},
		{"app", {"-1"}, 0, {0}, "no group '-1'"},
	};
	const struct account_files where = files();

	for (int i = 0; i < COUNT(rows); i++) {
		static struct identity identity;
		struct identity_settings settings = {.user = rows[i].user};
		struct failure failure = {0};
		bool good;

		memset(&identity, 0, sizeof(identity));
		memcpy(settings.add_groups, rows[i].added, sizeof(rows[i].added));
		good = identity_resolve(&settings, &no_ids, &where, &identity, &failure);
		ck_assert_msg(good == !rows[i].words, "row %d: %s", i, failure.text);
		if (!good) {
			ck_assert_msg(strstr(failure.text, rows[i].words) != NULL, "row %d: %s", i,
				      failure.text);
			continue;
		}
		ck_assert_msg(identity.target.groups.count == rows[i].count, "row %d", i);
		ck_assert_mem_eq(identity.target.groups.ids, rows[i].has,
				 rows[i].count * sizeof(gid_t));
	}
}
END_TEST

/* With ids, and accounts that are to be made. */
START_TEST(other_ids)
{
	static const char users[] = "root:x:0:0::/:\napp:x:1000:1001::/home/app:\n";
	static const char groups[] = "app:x:1001:\naudio:x:29:app,new\nnew2:x:77:\n";
	static const struct {
		const char *user;
		struct ids ids;
		bool create, is_new, changes;
		uid_t uid;
		gid_t gid;
		size_t groups;
		uid_t account_uid;
		gid_t account_gid;
		const char *words; /* of the failure, or NULL */
	} rows[] = {
		{"app", {0}, false, false, false, 1000, 1001, 2, 1000, 1001, NULL},
		{"app", {0}, true, false, false, 1000, 1001, 2, 1000, 1001, NULL},
		{"app", {true, true, 7, 8, NULL, NULL}, false, false, true, 7, 8, 2, 7, 8, NULL},
		{"app",
		 {true, false, 7, 0, NULL, NULL},
		 false,
		 false,
		 true,
		 7,
		 1001,
		 2,
		 7,
		 1001,
		 NULL},
		{"app",
		 {false, true, 0, 8, NULL, NULL},
		 false,
		 false,
		 true,
		 1000,
		 8,
		 2,
		 1000,
		 8,
		 NULL},
		{"app",
		 {true, true, 1000, 1001, NULL, NULL},
		 true,
		 false,
		 false,
		 1000,
		 1001,
		 2,
		 1000,
		 1001,
		 NULL},
		{"app:5",
		 {true, false, 7, 0, NULL, NULL},
		 false,
		 false,
		 true,
		 7,
		 5,
		 1,
		 7,
		 1001,
		 NULL},
		{"app:5", {true, true, 7, 8, NULL, NULL}, false, false, true, 7, 8, 1, 7, 8, NULL},
		{"app:5", {0}, false, false, false, 1000, 5, 1, 1000, 1001, NULL},
		{"5:6", {true, true, 7, 8, NULL, NULL}, false, false, false, 7, 8, 1, 7, 8, NULL},
		{"5:6", {false, true, 0, 8, NULL, NULL}, false, false, false, 5, 8, 1, 0, 8, NULL},
		{"new", {0}, true, true, true, 1002, 1002, 2, 1002, 1002, NULL},
		{"new2", {0}, true, true, true, 1002, 77, 1, 1002, 77, NULL},
		{"new", {true, true, 7, 8, NULL, NULL}, true, true, true, 7, 8, 2, 7, 8, NULL},
		{"new", {true, false, 7, 0, NULL, NULL}, true, true, true, 7, 7, 2, 7, 7, NULL},
		{"new",
		 {true, false, 29, 0, NULL, NULL},
		 true,
		 true,
		 true,
		 29,
		 1002,
		 2,
		 29,
		 1002,
		 NULL},
		{"new2", {true, true, 7, 8, NULL, NULL}, true, true, true, 7, 8, 1, 7, 8, NULL},
		{"new", {0}, false, false, false, 0, 0, 0, 0, 0, "no user 'new'"},
		{"new",
		 {.source = "U", .missing = "is not set"},
		 true,
		 false,
		 false,
		 0,
		 0,
		 0,
		 0,
		 0,
		 "no user 'new' in "},
		{"new",
		 {false, true, 0, 8, "U", "is not set"},
		 true,
		 false,
		 false,
		 0,
		 0,
		 0,
		 0,
		 0,
		 "U is not set"},
		{"root", {true, true, 0, 0, NULL, NULL}, false, false, false, 0, 0, 1, 0, 0, NULL},
		{"root",
		 {true, true, 7, 8, NULL, NULL},
		 false,
		 false,
		 false,
		 0,
		 0,
		 0,
		 0,
		 0,
		 "'root' is root, whose ids stay"},
		{"0:0",
		 {false, true, 0, 8, NULL, NULL},
		 false,
		 false,
		 false,
		 0,
		 0,
		 0,
		 0,
		 0,
		 "'0' is root, whose ids stay"},
		{"New", {0}, true, false, false, 0, 0, 0, 0, 0, "'New' cannot be created"},
		{"7", {0}, true, false, false, 0, 0, 0, 0, 0, "'7' cannot be created"},
	};
	const struct account_files where = {file_with_text(users), file_with_text(groups)};

	for (int i = 0; i < COUNT(rows); i++) {
		static struct identity identity;
		const struct identity_settings settings = {.user = rows[i].user,
							   .create = rows[i].create};
		struct failure failure = {0};
		const bool good =
			identity_resolve(&settings, &rows[i].ids, &where, &identity, &failure);

		ck_assert_msg(good == !rows[i].words, "row %d: %s", i, failure.text);
		if (!good) {
			ck_assert_msg(strstr(failure.text, rows[i].words) != NULL, "row %d: %s", i,
				      failure.text);
			continue;
		}
		ck_assert_msg(identity.target.uid == rows[i].uid &&
				      identity.target.gid == rows[i].gid,
			      "row %d: %u:%u", i, identity.target.uid, identity.target.gid);
		ck_assert_msg(identity.target.groups.count == rows[i].groups, "row %d", i);
		ck_assert_msg(group_set_has(&identity.target.groups, rows[i].gid), "row %d", i);
		ck_assert_msg(identity.is_new == rows[i].is_new, "row %d", i);
		ck_assert_msg(identity.changes_account == rows[i].changes, "row %d", i);
		if (identity.has_account)
			ck_assert_msg(identity.wanted.uid == rows[i].account_uid &&
					      identity.wanted.gid == rows[i].account_gid,
				      "row %d", i);
	}
}
END_TEST

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
		{1000, 1000, false, 0, 0, BECOME},
		{0, 0, false, 0, 0, BECOME},
		{1000, 1000, false, 1000, 1000, CARRY_ON},
		{1000, 1000, false, 1000, 0, CARRY_ON},
		{1000, 1000, true, 1000, 1000, CARRY_ON},
		{1000, 1000, true, 1000, 0, REFUSE},
		{1000, 1000, false, 1001, 1000, REFUSE},
		{0, 0, false, 1000, 0, REFUSE},
		{0, 0, true, 0, 0, BECOME},
		{1000, 1000, true, 0, 1000, BECOME},
		{1000, 0, true, 1000, 0, CARRY_ON},
		{1000, 0, true, 1000, 1000, REFUSE},
		{1001, 1000, true, 1000, 1000, REFUSE},
		{0, 0, true, 1000, 0, REFUSE},
		{4294967294U, 1, false, 4294967294U, 2, CARRY_ON},
	};

	for (int i = 0; i < COUNT(rows); i++) {
		static struct identity identity;
		const struct credentials now = {
			.real_uid = rows[i].now_uid,
			.effective_uid = rows[i].now_uid,
			.real_gid = rows[i].now_gid,
			.effective_gid = rows[i].now_gid,
		};

		identity.target.uid = rows[i].uid;
		identity.target.gid = rows[i].gid;
		identity.group_given = rows[i].group_given;
		ck_assert_msg(identity_transition(&identity, &now) == rows[i].wanted, "row %d", i);
	}
}
END_TEST

Suite *identity_suite(void)
{
	const TTest *const tests[] = {who_it_is,
				      groups_of_an_account,
				      a_number_that_keeps_the_group,
				      as_many_groups_as_fit,
				      groups_that_are_added,
				      other_ids,
				      forms,
				      long_names,
				      what_is_wrong,
				      without_files,
				      transitions};

	return suite_of("identity", tests, COUNT(tests));
}
