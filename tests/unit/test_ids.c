/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/parse.h"
#include "identity/ids.h"

START_TEST(given)
{
	static const struct {
		const char *text;
		bool good, has_gid;
		uid_t uid;
		gid_t gid;
	} rows[] = {
		{"1000", true, false, 1000, 0},
		{"1000:1001", true, true, 1000, 1001},
		{"0:0", true, true, 0, 0},
		{"4294967294:4294967294", true, true, 4294967294U, 4294967294U},
		{"", false, false, 0, 0},
		{":", false, false, 0, 0},
		{"1000:", false, false, 0, 0},
		{":1000", false, false, 0, 0},
		{"1000:1000:1000", false, false, 0, 0},
		{"4294967295", false, false, 0, 0},
		{"1:4294967295", false, false, 0, 0},
		{"-1", false, false, 0, 0},
		{"1:-1", false, false, 0, 0},
		{" 1:1", false, false, 0, 0},
		{"1: 1", false, false, 0, 0},
		{"1:1 ", false, false, 0, 0},
		{"0x1:1", false, false, 0, 0},
		{"app:app", false, false, 0, 0},
		{"1:app", false, false, 0, 0},
	};
	char longer[300];
	struct ids ids;

	for (int i = 0; i < COUNT(rows); i++) {
		bool good;

		ids.gid = 0;
		good = parse_ids(rows[i].text, &ids.uid, &ids.has_gid, &ids.gid);
		ck_assert_msg(good == rows[i].good, "'%s'", rows[i].text);
		ck_assert_msg(!good || (ids.uid == rows[i].uid && ids.gid == rows[i].gid &&
					ids.has_gid == rows[i].has_gid),
			      "'%s'", rows[i].text);
	}
	memset(longer, '1', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	ck_assert(!parse_ids(longer, &ids.uid, &ids.has_gid, &ids.gid));
	ck_assert(!ids_are_variables(longer));
}
END_TEST

START_TEST(names_of_variables)
{
	static const struct {
		const char *text;
		bool good;
	} rows[] = {
		{"PUID:PGID", true},	{"USER_ID", true}, {"_", true},		 {"a1:b2", true},
		{"A:A", true},		{"", false},	   {":", false},	 {"PUID:", false},
		{":PGID", false},	{"A:B:C", false},  {"1000:1000", false}, {"A:1", false},
		{"$PUID:$PGID", false}, {"A B", false},	   {"A=B", false},	 {"A-B", false},
		{"A:\xc3\xaf", false},	{"A,B", false},	   {"A:B ", false},	 {"A:B,C", false},
	};

	for (int i = 0; i < COUNT(rows); i++)
		ck_assert_msg(ids_are_variables(rows[i].text) == rows[i].good, "'%s'",
			      rows[i].text);
}
END_TEST

START_TEST(from_variables)
{
	static const struct {
		const char *names;
		bool allow_root;
		const char *uid, *gid; /* entries */
		bool has_uid, has_gid;
		uid_t wanted_uid;
		gid_t wanted_gid;
		const char *words; /* of the failure, or NULL */
	} rows[] = {
		{"U:G", false, "U=1", "G=2", true, true, 1, 2, NULL},
		{"U:G", false, "X=1", "Y=2", false, false, 0, 0, NULL},
		{"U:G", false, "U=", "G=", false, false, 0, 0, NULL},
		{"U:G", false, "U=1", "Y=2", true, false, 1, 0, NULL},
		{"U:G", false, "X=1", "G=2", false, true, 0, 2, NULL},
		{"U", false, "U=1", "G=x", true, false, 1, 0, NULL},
		{"U", false, "U=1", "=x", true, false, 1, 0, NULL},
		{"U:U", false, "U=1", "G=x", true, true, 1, 1, NULL},
		{"U:G", true, "U=0", "G=0", true, true, 0, 0, NULL},
		{"U:G", false, "U=0", "G=2", false, false, 0, 0, "U=0: the env"},
		{"U:G", false, "U=1", "G=0", false, false, 0, 0, "G=0: the env"},
		{"U:G", false, "U=000", "G=0", false, false, 0, 0, "--allow-root"},
		{"U:G", true, "U=x", "G=0", false, false, 0, 0, "U=x: not an id"},
		{"U:G", false, "U=1", "G=-1", false, false, 0, 0, "G=-1: not an id"},
		{"U:G", false, "U=4294967295", "G=1", false, false, 0, 0,
		 "go from 0 to 4294967294"},
		{"U:G", false, "UU=x", "GG=x", false, false, 0, 0, NULL},
	};

	for (int i = 0; i < COUNT(rows); i++) {
		const struct ids_settings settings = {.source = IDS_OF_VARIABLES,
						      .text = rows[i].names,
						      .allow_root = rows[i].allow_root};
		char uid[32], gid[32], *environment[] = {uid, gid, NULL};
		struct failure failure = {0};
		struct ids ids;
		bool good;

		strcpy(uid, rows[i].uid);
		strcpy(gid, rows[i].gid);
		good = ids_choose(&settings, environment, &ids, &failure);
		ck_assert_msg(good == !rows[i].words, "row %d: %s", i, failure.text);
		if (!good) {
			ck_assert_msg(strstr(failure.text, rows[i].words) != NULL, "row %d: %s", i,
				      failure.text);
			continue;
		}
		ck_assert_msg(ids.has_uid == rows[i].has_uid && ids.has_gid == rows[i].has_gid,
			      "row %d", i);
		ck_assert_msg(!ids.has_uid || ids.uid == rows[i].wanted_uid, "row %d", i);
		ck_assert_msg(!ids.has_gid || ids.gid == rows[i].wanted_gid, "row %d", i);
		ck_assert_str_eq(ids.missing, "is not set");
		ck_assert_str_eq(ids.source, rows[i].names);
	}
}
END_TEST

START_TEST(other_sources)
{
	const struct ids_settings none = {0}, wanted = {.source = IDS_GIVEN, .text = "7:8"},
				  root = {.source = IDS_OF_PATH, .text = "/"},
				  nowhere = {.source = IDS_OF_PATH, .text = "/no/such/path"};
	char *environment[] = {NULL};
	struct failure failure;
	struct stat status;
	struct ids ids;

	ck_assert(ids_choose(&none, environment, &ids, &failure));
	ck_assert(!ids.has_uid && !ids.has_gid && !ids.source);
	ck_assert(ids_choose(&wanted, environment, &ids, &failure));
	ck_assert(ids.has_uid && ids.uid == 7 && ids.has_gid && ids.gid == 8);
	ck_assert(ids_choose(&root, environment, &ids, &failure));
	ck_assert_int_eq(stat("/", &status), 0);
	ck_assert(ids.has_uid == (status.st_uid != 0));
	ck_assert_str_eq(ids.source, "/");
	ck_assert_str_eq(ids.missing, "belongs to root");
	ck_assert(!ids_choose(&nowhere, environment, &ids, &failure));
	ck_assert_str_eq(failure.text, "--ids-of /no/such/path: No such file or directory");
}
END_TEST

Suite *ids_suite(void)
{
	const TTest *const tests[] = {given, names_of_variables, from_variables, other_sources};

	return suite_of("ids", tests, COUNT(tests));
}
