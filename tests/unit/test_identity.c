/* SPDX-License-Identifier: MIT */
/* Who USER is: ids, groups and account. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "identity_users.h"

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

START_TEST(transitions)
{
	static const struct {
		uid_t uid;
		gid_t gid;
		bool group_given;
		uid_t now_uid;
		gid_t now_gid;
		enum transition wanted;
		bool is_new;
	} rows[] = {
		{1000, 1000, false, 0, 0, BECOME, false},
		{0, 0, false, 0, 0, BECOME, false},
		{1000, 1000, false, 1000, 1000, CARRY_ON, false},
		{1000, 1000, false, 1000, 0, CARRY_ON, false},
		{1000, 1000, true, 1000, 1000, CARRY_ON, false},
		{1000, 1000, true, 1000, 0, REFUSE, false},
		{1000, 1000, false, 1001, 1000, REFUSE, false},
		{0, 0, false, 1000, 0, REFUSE, false},
		{0, 0, true, 0, 0, BECOME, false},
		{1000, 1000, true, 0, 1000, BECOME, false},
		{1000, 0, true, 1000, 0, CARRY_ON, false},
		{1000, 0, true, 1000, 1000, REFUSE, false},
		{1001, 1000, true, 1000, 1000, REFUSE, false},
		{0, 0, true, 1000, 0, REFUSE, false},
		{4294967294U, 1, false, 4294967294U, 2, CARRY_ON, false},
		/* Nobody is an account already that is to be made. */
		{1000, 1000, false, 1000, 1000, REFUSE, true},
		{1000, 1000, true, 1000, 1000, REFUSE, true},
		{1000, 1000, true, 0, 0, BECOME, true},
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
		identity.is_new = rows[i].is_new;
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
				      transitions};

	return suite_of("identity", tests, COUNT(tests));
}
