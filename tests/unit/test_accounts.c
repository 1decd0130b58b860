/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "accounts.h"

static const char passwd[] = "root:x:0:0:root:/root:/bin/sh\n"
			     "# app:x:1:1::/comment:/bin/sh\n"
			     "\n"
			     "+app:x:2:2::/nis:/bin/sh\n"
			     "-app:x:3:3::/nis:/bin/sh\n"
			     "+\n"
			     "app:x:4:4:too few:/home\n"
			     "app:x:5:5:too:many:/home:/bin/sh\n"
			     "app:x::6:no uid:/home:/bin/sh\n"
			     "app:x:4294967296:7:wraps to root:/home:/bin/sh\n"
			     "app:x:-1:8:signed:/home:/bin/sh\n"
			     "app:x:9::no gid:/home:/bin/sh\n"
			     ":x:10:10:no name:/home:/bin/sh\n"
			     "app:x:1000:1001:the first good one:/home/app:/bin/sh\n"
			     "app:x:2000:2000:the second:/home/second:/bin/sh\n"
			     "twin:x:1000:3000:same uid:/home/twin:/bin/sh\n"
			     "4711:x:5000:5000:digits:/home/digits:/bin/sh\n"
			     "other:x:4711:6000:uid of the digits::/bin/sh\n"
			     "last:x:7000:7000::/home/last:/bin/sh";

static const char group[] = "root:x:0:\n"
			    "app:x:1001:\n"
			    "first:x:20:app,other\n"
			    "middle:x:19:other,app,twin\n"
			    "end:x:18:other,app\n"
			    "longer:x:17:apple,snapp,ap,app2\n"
			    "empty:x:16:,,\n"
			    "twice:x:20:app,app\n"
			    "commas:x:15:,,app,\n"
			    "short:x:14\n"
			    "#comment:x:13:app\n"
			    "+nis:x:12:app\n"
			    "fields:x:11:app:app\n"
			    "large:x:4294967295:app\n"
			    "4711:x:30:\n"
			    "other:x:4711:\n"
			    "last:x:9:app";

START_TEST(users)
{
	static const struct {
		const char *user;
		enum lookup result;
		uid_t uid;
		gid_t gid;
		const char *name, *home;
	} rows[] = {
		{"root", LOOKUP_FOUND, 0, 0, "root", "/root"},
		{"app", LOOKUP_FOUND, 1000, 1001, "app", "/home/app"},
		{"1000", LOOKUP_FOUND, 1000, 1001, "app", "/home/app"},
		{"4711", LOOKUP_FOUND, 5000, 5000, "4711", "/home/digits"},
		{"other", LOOKUP_FOUND, 4711, 6000, "other", ""},
		{"last", LOOKUP_FOUND, 7000, 7000, "last", "/home/last"},
		{"007000", LOOKUP_FOUND, 7000, 7000, "last", "/home/last"},
		{"ap", LOOKUP_NOT_FOUND, 0, 0, NULL, NULL},
		{"appp", LOOKUP_NOT_FOUND, 0, 0, NULL, NULL},
		{"+app", LOOKUP_NOT_FOUND, 0, 0, NULL, NULL},
		{"# app", LOOKUP_NOT_FOUND, 0, 0, NULL, NULL},
		{"", LOOKUP_NOT_FOUND, 0, 0, NULL, NULL},
		{"10", LOOKUP_NOT_FOUND, 0, 0, NULL, NULL},
		{"8", LOOKUP_NOT_FOUND, 0, 0, NULL, NULL},
	};
	const char *path = file_with_text(passwd);

	for (int i = 0; i < COUNT(rows); i++) {
		struct account account;
		struct failure failure;

		ck_assert_msg(accounts_find_user(path, rows[i].user, &account, &failure) ==
				      rows[i].result,
			      "'%s'", rows[i].user);
		if (rows[i].result != LOOKUP_FOUND)
			continue;
		ck_assert_msg(account.uid == rows[i].uid && account.gid == rows[i].gid,
			      "'%s': %u:%u", rows[i].user, account.uid, account.gid);
		ck_assert_str_eq(account.name, rows[i].name);
		ck_assert_str_eq(account.home, rows[i].home);
	}
}
END_TEST

START_TEST(groups)
{
	static const struct {
		const char *group;
		enum lookup result;
		gid_t gid;
	} rows[] = {
		{"root", LOOKUP_FOUND, 0},	 {"app", LOOKUP_FOUND, 1001},
		{"1001", LOOKUP_FOUND, 1001},	 {"4711", LOOKUP_FOUND, 30},
		{"last", LOOKUP_FOUND, 9},	 {"short", LOOKUP_NOT_FOUND, 0},
		{"large", LOOKUP_NOT_FOUND, 0},	 {"fields", LOOKUP_NOT_FOUND, 0},
		{"nobody", LOOKUP_NOT_FOUND, 0}, {"12", LOOKUP_NOT_FOUND, 0},
	};
	const char *path = file_with_text(group);

	for (int i = 0; i < COUNT(rows); i++) {
		struct failure failure;
		gid_t gid = 0;

		ck_assert_msg(accounts_find_group(path, rows[i].group, &gid, &failure) ==
				      rows[i].result,
			      "'%s'", rows[i].group);
		ck_assert_msg(gid == rows[i].gid, "'%s': %u", rows[i].group, gid);
	}
}
END_TEST

START_TEST(memberships)
{
	static const gid_t wanted[] = {9, 15, 18, 19, 20};
	static struct group_set set;
	struct failure failure;

	ck_assert_int_eq(accounts_add_memberships(file_with_text(group), "app", &set, &failure),
			 LOOKUP_FOUND);
	ck_assert_uint_eq(set.count, (size_t)COUNT(wanted));
	ck_assert_mem_eq(set.ids, wanted, sizeof(wanted));
}
END_TEST

START_TEST(lines_that_are_no_text)
{
	static const char content[] = "app:x:1:1::/a\0:/bin/sh\napp:x:2:2::/b:/bin/sh\n";
	static char long_home[6000] = "app:x:3:3::/";
	struct account account;
	struct failure failure;

	ck_assert_int_eq(accounts_find_user(file_with(content, sizeof(content) - 1), "app",
					    &account, &failure),
			 LOOKUP_FOUND);
	ck_assert_uint_eq(account.uid, 2);
	memset(long_home + strlen(long_home), 'x', 5000);
	strcat(long_home, ":/bin/sh\napp:x:4:4::/:\n");
	ck_assert_int_eq(accounts_find_user(file_with_text(long_home), "app", &account, &failure),
			 LOOKUP_FOUND);
	ck_assert_uint_eq(account.uid, 4);
}
END_TEST

START_TEST(long_lists_of_members)
{
	const size_t size = 2000000;
	char *content = calloc(1, size + 100);
	static struct group_set set;
	struct failure failure;

	strcpy(content, "many:x:5:");
	for (size_t at = strlen(content); at < size; at += 5)
		memcpy(content + at, "user,", 5);
	strcat(content, "app\nnext:x:6:app\n");
	ck_assert_int_eq(accounts_add_memberships(file_with_text(content), "app", &set, &failure),
			 LOOKUP_FOUND);
	ck_assert_uint_eq(set.count, 2);
	free(content);
}
END_TEST

START_TEST(more_groups_than_the_kernel_takes)
{
	char *content = malloc((size_t)(GROUPS_MAX + 1) * 24), *at = content;
	static struct group_set set;
	struct failure failure;

	for (int gid = 0; gid <= GROUPS_MAX; gid++)
		at += sprintf(at, "g:x:%d:app\n", gid);
	ck_assert_int_eq(accounts_add_memberships(file_with_text(content), "app", &set, &failure),
			 LOOKUP_FAILED);
	ck_assert_ptr_nonnull(strstr(failure.text, "more than 65536 groups"));
	free(content);
}
END_TEST

START_TEST(files_that_are_none)
{
	static struct group_set set;
	struct account account;
	struct failure failure;
	gid_t gid;

	ck_assert_int_eq(accounts_find_user("/no/file", "a", &account, &failure), LOOKUP_NO_FILE);
	ck_assert_int_eq(accounts_find_group("/dev/null/x", "a", &gid, &failure), LOOKUP_NO_FILE);
	ck_assert_int_eq(accounts_add_memberships("/no/file", "a", &set, &failure), LOOKUP_NO_FILE);
	ck_assert_int_eq(accounts_find_user("/", "a", &account, &failure), LOOKUP_FAILED);
	ck_assert_str_eq(failure.text, "cannot read /: Is a directory");
	ck_assert_int_eq(accounts_find_group("/", "a", &gid, &failure), LOOKUP_FAILED);
	ck_assert_int_eq(accounts_add_memberships("/", "a", &set, &failure), LOOKUP_FAILED);
	ck_assert_int_eq(accounts_find_user(file_with_text(""), "a", &account, &failure),
			 LOOKUP_NOT_FOUND);
}
END_TEST

START_TEST(group_sets)
{
	static const gid_t added[] = {5, 1, 9, 5, 0, 4294967294U, 9};
	static const gid_t wanted[] = {0, 1, 5, 9, 4294967294U};
	static struct group_set set;

	for (int i = 0; i < COUNT(added); i++)
		ck_assert(group_set_add(&set, added[i]));
	ck_assert_uint_eq(set.count, (size_t)COUNT(wanted));
	ck_assert_mem_eq(set.ids, wanted, sizeof(wanted));
	ck_assert(group_set_has(&set, 0) && group_set_has(&set, 9));
	ck_assert(!group_set_has(&set, 2) && !group_set_has(&set, 10));
	for (gid_t gid = 100; set.count < GROUPS_MAX; gid++)
		ck_assert(group_set_add(&set, gid));
	ck_assert(group_set_add(&set, 100));
	ck_assert(!group_set_add(&set, 99));
}
END_TEST

Suite *accounts_suite(void)
{
	const TTest *const tests[] = {users,
				      groups,
				      memberships,
				      lines_that_are_no_text,
				      long_lists_of_members,
				      more_groups_than_the_kernel_takes,
				      files_that_are_none,
				      group_sets};

	return suite_of("accounts", tests, COUNT(tests));
}
