/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "identity/accounts.h"

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
			     "uidfirst:x:8100:8101:its uid is a later name:/home/uid:/bin/sh\n"
			     "8100:x:8200:8201::/home/name:/bin/sh\n"
			     "highest:x:4294967294:4294967294::/:\n"
			     "toohigh:x:4294967295:1::/:\n"
			     "hexgid:x:1:0x1::/:\n"
			     "spaced:x: 1:1::/:\n"
			     " indented:x:8300:8300::/home/indented:/bin/sh\n"
			     "dos:x:8400:8400::/home/dos:/bin/sh\r\n"
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
			    "-nis:x:12:app\n"
			    "+\n"
			    "app:x:10000:app\n"
			    "same:x:40:\n"
			    "same:x:41:app\n"
			    "alias:x:40:\n"
			    "gidfirst:x:8100:\n"
			    "8100:x:8200:\n"
			    "emptygid:x::app\n"
			    "signedgid:x:-1:app\n"
			    "wraps:x:4294967296:app\n"
			    ":x:50:app\n"
			    ":::\n"
			    "\n"
			    "highest:x:4294967294:\n"
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
		{"8100", LOOKUP_FOUND, 8200, 8201, "8100", "/home/name"},
		{"08100", LOOKUP_FOUND, 8100, 8101, "uidfirst", "/home/uid"},
		{"highest", LOOKUP_FOUND, 4294967294U, 4294967294U, "highest", "/"},
		{"4294967294", LOOKUP_FOUND, 4294967294U, 4294967294U, "highest", "/"},
		{" indented", LOOKUP_FOUND, 8300, 8300, " indented", "/home/indented"},
		{"dos", LOOKUP_FOUND, 8400, 8400, "dos", "/home/dos"},
		{"indented", LOOKUP_NOT_FOUND, 0, 0, NULL, NULL},
		{"toohigh", LOOKUP_NOT_FOUND, 0, 0, NULL, NULL},
		{"hexgid", LOOKUP_NOT_FOUND, 0, 0, NULL, NULL},
		{"spaced", LOOKUP_NOT_FOUND, 0, 0, NULL, NULL},
		{"4294967295", LOOKUP_NOT_FOUND, 0, 0, NULL, NULL},
		{"4294967296", LOOKUP_NOT_FOUND, 0, 0, NULL, NULL},
		{"00000001000", LOOKUP_NOT_FOUND, 0, 0, NULL, NULL},
		{"APP", LOOKUP_NOT_FOUND, 0, 0, NULL, NULL},
		{"app:x", LOOKUP_NOT_FOUND, 0, 0, NULL, NULL},
		{"+", LOOKUP_NOT_FOUND, 0, 0, NULL, NULL},
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
		{"root", LOOKUP_FOUND, 0},
		{"app", LOOKUP_FOUND, 1001},
		{"1001", LOOKUP_FOUND, 1001},
		{"4711", LOOKUP_FOUND, 30},
		{"last", LOOKUP_FOUND, 9},
		{"short", LOOKUP_NOT_FOUND, 0},
		{"large", LOOKUP_NOT_FOUND, 0},
		{"fields", LOOKUP_NOT_FOUND, 0},
		{"nobody", LOOKUP_NOT_FOUND, 0},
		{"12", LOOKUP_NOT_FOUND, 0},
		{"same", LOOKUP_FOUND, 40},
		{"40", LOOKUP_FOUND, 40},
		{"41", LOOKUP_FOUND, 41},
		{"8100", LOOKUP_FOUND, 8200},
		{"08100", LOOKUP_FOUND, 8100},
		{"highest", LOOKUP_FOUND, 4294967294U},
		{"emptygid", LOOKUP_NOT_FOUND, 0},
		{"signedgid", LOOKUP_NOT_FOUND, 0},
		{"wraps", LOOKUP_NOT_FOUND, 0},
		{"", LOOKUP_NOT_FOUND, 0},
		{"50", LOOKUP_NOT_FOUND, 0},
		{"+nis", LOOKUP_NOT_FOUND, 0},
		{"-nis", LOOKUP_NOT_FOUND, 0},
		{"#comment", LOOKUP_NOT_FOUND, 0},
		{"4294967295", LOOKUP_NOT_FOUND, 0},
		{"ap", LOOKUP_NOT_FOUND, 0},
	};
	const char *path = file_with_text(group);

	for (int i = 0; i < COUNT(rows); i++) {
		struct failure failure;
		struct group_entry found = {0};

		ck_assert_msg(accounts_find_group(path, rows[i].group, &found, &failure) ==
				      rows[i].result,
			      "'%s'", rows[i].group);
		ck_assert_msg(found.gid == rows[i].gid, "'%s': %u", rows[i].group, found.gid);
	}
}
END_TEST

START_TEST(memberships)
{
	static const gid_t wanted[] = {9, 15, 18, 19, 20, 41, 10000};
	static struct group_set set;
	struct failure failure;

	ck_assert_int_eq(accounts_add_memberships(file_with_text(group), "app", &set, &failure),
			 LOOKUP_FOUND);
	ck_assert_uint_eq(set.count, (size_t)COUNT(wanted));
	ck_assert_mem_eq(set.ids, wanted, sizeof(wanted));
}
END_TEST

START_TEST(lists_of_members)
{
	static const struct {
		const char *members, *user;
		bool listed;
	} rows[] = {
		{"app", "app", true},	     {"app,b,c", "app", true}, {"a,app,c", "app", true},
		{"a,b,app", "app", true},    {"app,app", "app", true}, {",app", "app", true},
		{"app,", "app", true},	     {",,app,,", "app", true}, {"apple,app", "app", true},
		{"apple", "app", false},     {"snapp", "app", false},  {"ap,p", "app", false},
		{"app2,3app", "app", false}, {"App", "app", false},    {"", "app", false},
		{",", "app", false},	     {",,", "app", false},     {"app ", "app", false},
		{" app", "app", false},	     {"a;app", "app", false},  {"a,4711", "4711", true},
	};
	static const char *const ends[] = {"", "\n"};

	for (int i = 0; i < COUNT(rows) * COUNT(ends); i++) {
		static struct group_set set;
		char content[64];
		struct failure failure;
		enum lookup result;

		snprintf(content, sizeof(content), "g:x:7:%s%s", rows[i / 2].members, ends[i % 2]);
		set.count = 0;
		result = accounts_add_memberships(file_with_text(content), rows[i / 2].user, &set,
						  &failure);
		remove_files();
		ck_assert_msg(result == LOOKUP_FOUND, "'%s'", content);
		ck_assert_msg(set.count == (rows[i / 2].listed ? 1 : 0), "'%s'", content);
	}
}
END_TEST

START_TEST(memberships_are_added)
{
	static const gid_t wanted[] = {3, 7, 9, 4294967294U};
	const char *path = file_with_text("a:x:9:app\nb:x:3:app\nc:x:4294967294:app\n");
	static struct group_set set = {.count = 2, .ids = {3, 7}};
	struct failure failure;

	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(accounts_add_memberships(path, "app", &set, &failure),
				 LOOKUP_FOUND);
		ck_assert_uint_eq(set.count, (size_t)COUNT(wanted));
		ck_assert_mem_eq(set.ids, wanted, sizeof(wanted));
	}
}
END_TEST

/* The longest name and the longest home that fit, and one character more of either. */
START_TEST(lengths)
{
	static const struct {
		size_t name, home;
		bool fits;
	} rows[] = {
		{1, 0, true},
		{ACCOUNT_NAME_SIZE - 1, 0, true},
		{ACCOUNT_NAME_SIZE, 0, false},
		{100000, 0, false},
		{1, PATH_MAX - 1, true},
		{1, PATH_MAX, false},
		{1, 2000000, false},
		{ACCOUNT_NAME_SIZE - 1, PATH_MAX - 1, true},
	};

	for (int i = 0; i < COUNT(rows); i++) {
		const size_t size = rows[i].name + rows[i].home + 100;
		char *content = calloc(1, size);
		struct account account;
		struct failure failure;
		char *at = content;
		enum lookup result;

		memset(at, 'n', rows[i].name);
		at = stpcpy(at + rows[i].name, ":x:5:6::");
		memset(at, 'h', rows[i].home);
		strcpy(at + rows[i].home, ":/bin/sh\nnext:x:7:8::/:/bin/sh");
		result = accounts_find_user(file_with_text(content), "5", &account, &failure);
		ck_assert_msg(result == (rows[i].fits ? LOOKUP_FOUND : LOOKUP_NOT_FOUND), "row %d",
			      i);
		if (rows[i].fits) {
			ck_assert_msg(strlen(account.name) == rows[i].name, "row %d", i);
			ck_assert_msg(strlen(account.home) == rows[i].home, "row %d", i);
		}
		result = accounts_find_user(file_with_text(content), "next", &account, &failure);
		ck_assert_msg(result == LOOKUP_FOUND && account.uid == 7, "row %d", i);
		remove_files();
		free(content);
	}
}
END_TEST

START_TEST(groups_that_are_no_text)
{
	static const char content[] = "a:x:1:app\0\nb:x:2:\0app\n\0c:x:3:app\nd:x:4:app\n"
				      "e\0:x:5:app\n";
	const char *path = file_with(content, sizeof(content) - 1);
	static struct group_set set;
	struct failure failure;
	struct group_entry found = {.gid = 77};

	ck_assert_int_eq(accounts_add_memberships(path, "app", &set, &failure), LOOKUP_FOUND);
	ck_assert_uint_eq(set.count, 1);
	ck_assert_uint_eq(set.ids[0], 4);
	ck_assert_int_eq(accounts_find_group(path, "a", &found, &failure), LOOKUP_NOT_FOUND);
	ck_assert_int_eq(accounts_find_group(path, "e", &found, &failure), LOOKUP_NOT_FOUND);
	ck_assert_uint_eq(found.gid, 77);
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

/* Nothing of an entry is known yet when the first line is none. */
START_TEST(a_first_line_that_is_no_entry)
{
	static const char *const lines[] = {"#app:x:1:2::/:\n", "+app:x:1:2::/:\n", "app\n",
					    ":app:\n"};

	for (int i = 0; i < COUNT(lines); i++) {
		struct account account;
		struct failure failure;
		const char *path = file_with_text(lines[i]);

		clear_stack();
		ck_assert_int_eq(accounts_find_user(path, "app", &account, &failure),
				 LOOKUP_NOT_FOUND);
	}
}
END_TEST

/* A name is no number, whatever stands where a number would have been read to. */
START_TEST(a_name_elsewhere_on_the_line)
{
	struct account account;
	struct failure failure;
	const char *path = file_with_text("root:x:0:0:ghost:/ghost:/bin/sh\n");

	clear_stack();
	ck_assert_int_eq(accounts_find_user(path, "ghost", &account, &failure), LOOKUP_NOT_FOUND);
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

	for (int gid = 0; gid < GROUPS_MAX; gid++)
		at += sprintf(at, "g:x:%d:app\n", gid);
	ck_assert_int_eq(accounts_add_memberships(file_with_text(content), "app", &set, &failure),
			 LOOKUP_FOUND);
	ck_assert_uint_eq(set.count, GROUPS_MAX);
	set.count = 0;
	sprintf(at, "g:x:%d:app\n", GROUPS_MAX);
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
	struct group_entry found;

	ck_assert_int_eq(accounts_find_user("/no/file", "a", &account, &failure), LOOKUP_NO_FILE);
	ck_assert_int_eq(accounts_find_group("/dev/null/x", "a", &found, &failure), LOOKUP_NO_FILE);
	ck_assert_int_eq(accounts_add_memberships("/no/file", "a", &set, &failure), LOOKUP_NO_FILE);
	ck_assert_int_eq(accounts_find_user("/", "a", &account, &failure), LOOKUP_FAILED);
	ck_assert_str_eq(failure.text, "cannot read /: Is a directory");
	ck_assert_int_eq(failure.status, STATUS_REFUSED);
	failure = (struct failure){0};
	ck_assert_int_eq(accounts_find_group("/", "a", &found, &failure), LOOKUP_FAILED);
	ck_assert_str_eq(failure.text, "cannot read /: Is a directory");
	failure = (struct failure){0};
	ck_assert_int_eq(accounts_add_memberships("/", "a", &set, &failure), LOOKUP_FAILED);
	ck_assert_str_eq(failure.text, "cannot read /: Is a directory");
	ck_assert_uint_eq(set.count, 0);
}
END_TEST

/* No right to read it would do, but not for root. */
START_TEST(files_that_do_not_open)
{
	static struct group_set set;
	struct account account;
	struct failure failure = {0};
	char path[NAME_MAX + 3] = "/";
	struct group_entry found;

	memset(path + 1, 'x', NAME_MAX + 1);
	ck_assert_int_eq(accounts_find_user(path, "a", &account, &failure), LOOKUP_FAILED);
	ck_assert_int_eq(failure.status, STATUS_REFUSED);
	ck_assert_ptr_nonnull(strstr(failure.text, "cannot open /xxx"));
	ck_assert_ptr_nonnull(strstr(failure.text, "x: File name too long"));
	ck_assert_int_eq(accounts_find_group(path, "a", &found, &failure), LOOKUP_FAILED);
	ck_assert_int_eq(accounts_add_memberships(path, "a", &set, &failure), LOOKUP_FAILED);
}
END_TEST

START_TEST(files_with_nothing_in_them)
{
	static const char *const contents[] = {"",  "\n", "\n\n\n", "#\n",
					       "+", ":",  ":::",    "::::::"};

	for (int i = 0; i < COUNT(contents); i++) {
		const char *path = file_with_text(contents[i]);
		static struct group_set set;
		struct account account;
		struct failure failure;
		struct group_entry found;

		ck_assert_msg(accounts_find_user(path, "0", &account, &failure) == LOOKUP_NOT_FOUND,
			      "'%s'", contents[i]);
		ck_assert_msg(accounts_find_user(path, "", &account, &failure) == LOOKUP_NOT_FOUND,
			      "'%s'", contents[i]);
		ck_assert_msg(accounts_find_group(path, "", &found, &failure) == LOOKUP_NOT_FOUND,
			      "'%s'", contents[i]);
		ck_assert_msg(accounts_add_memberships(path, "a", &set, &failure) == LOOKUP_FOUND,
			      "'%s'", contents[i]);
		ck_assert_msg(set.count == 0, "'%s'", contents[i]);
	}
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
	ck_assert(group_set_has(&set, 4294967294U) && !group_set_has(&set, 4294967293U));
	for (gid_t gid = 100; set.count < GROUPS_MAX; gid++)
		ck_assert(group_set_add(&set, gid));
	ck_assert(group_set_add(&set, 100));
	ck_assert(!group_set_add(&set, 99));
	ck_assert_uint_eq(set.count, GROUPS_MAX);
	ck_assert(!group_set_has(&set, 99) && group_set_has(&set, 4294967294U));
	for (size_t i = 1; i < set.count; i++)
		ck_assert_msg(set.ids[i - 1] < set.ids[i], "%zu", i);
	set.count = 0;
	ck_assert(!group_set_has(&set, 0) && !group_set_has(&set, 100));
}
END_TEST

Suite *accounts_suite(void)
{
	const TTest *const tests[] = {users,
				      groups,
				      memberships,
				      lists_of_members,
				      memberships_are_added,
				      lengths,
				      lines_that_are_no_text,
				      groups_that_are_no_text,
				      a_first_line_that_is_no_entry,
				      a_name_elsewhere_on_the_line,
				      long_lists_of_members,
				      more_groups_than_the_kernel_takes,
				      files_that_are_none,
				      files_that_do_not_open,
				      files_with_nothing_in_them,
				      group_sets};

	return suite_of("accounts", tests, COUNT(tests));
}
