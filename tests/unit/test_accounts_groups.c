/* SPDX-License-Identifier: MIT */
/* Groups and their members as group has them, and sets of groups. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "identity/accounts.h"
#include "unit.h"

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

	ck_assert_int_eq(accounts_add_memberships(file_with_text(group), "app", 0, &set, &failure),
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
		result = accounts_add_memberships(file_with_text(content), rows[i / 2].user, 0,
						  &set, &failure);
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
		ck_assert_int_eq(accounts_add_memberships(path, "app", 0, &set, &failure),
				 LOOKUP_FOUND);
		ck_assert_uint_eq(set.count, (size_t)COUNT(wanted));
		ck_assert_mem_eq(set.ids, wanted, sizeof(wanted));
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

	ck_assert_int_eq(accounts_add_memberships(path, "app", 0, &set, &failure), LOOKUP_FOUND);
	ck_assert_uint_eq(set.count, 1);
	ck_assert_uint_eq(set.ids[0], 4);
	ck_assert_int_eq(accounts_find_group(path, "a", &found, &failure), LOOKUP_NOT_FOUND);
	ck_assert_int_eq(accounts_find_group(path, "e", &found, &failure), LOOKUP_NOT_FOUND);
	ck_assert_uint_eq(found.gid, 77);
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
	ck_assert_int_eq(accounts_add_memberships(file_with_text(content), "app", 0, &set,
						  &failure),
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
	ck_assert_int_eq(accounts_add_memberships(file_with_text(content), "app", 0, &set,
						  &failure),
			 LOOKUP_FOUND);
	ck_assert_uint_eq(set.count, GROUPS_MAX);
	set.count = 0;
	sprintf(at, "g:x:%d:app\n", GROUPS_MAX);
	ck_assert_int_eq(accounts_add_memberships(file_with_text(content), "app", 0, &set,
						  &failure),
			 LOOKUP_FAILED);
	ck_assert_ptr_nonnull(strstr(failure.text, "more than 65536 groups"));
	free(content);
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

Suite *accounts_groups_suite(void)
{
	const TTest *const tests[] = {groups,
				      memberships,
				      lists_of_members,
				      memberships_are_added,
				      groups_that_are_no_text,
				      long_lists_of_members,
				      more_groups_than_the_kernel_takes,
				      group_sets};

	return suite_of("accounts groups", tests, COUNT(tests));
}
