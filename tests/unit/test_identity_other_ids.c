/* SPDX-License-Identifier: MIT */
/* Who USER is with ids that are given, and when the account is to be made. */
#include <string.h>

#include "identity/identity.h"
#include "unit.h"

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

/* Images of Alpine list a user in its own group, whose line is made to say the wanted number. */
START_TEST(listed_in_its_own_group)
{
	static const char users[] = "app:x:1000:1001::/home/app:\n";
	static const char groups[] = "app:x:1001:app\naudio:x:29:app\n";
	static const struct {
		const char *user;
		struct ids ids;
		size_t count;
		gid_t groups[3];
	} rows[] = {
		{"app", {0}, 2, {29, 1001}},
		{"app", {true, false, 7, 0, NULL, NULL}, 2, {29, 1001}},
		{"app", {false, true, 0, 8, NULL, NULL}, 2, {8, 29}},
		{"app", {false, true, 0, 1001, NULL, NULL}, 2, {29, 1001}},
		/* Lines stay: that of root's group says no name of a user's, and that of a number.
		 */
		{"app", {false, true, 0, 0, NULL, NULL}, 3, {0, 29, 1001}},
		{"1000", {false, true, 0, 8, NULL, NULL}, 3, {8, 29, 1001}},
	};
	const struct account_files where = {file_with_text(users), file_with_text(groups)};

	for (int i = 0; i < COUNT(rows); i++) {
		static struct identity identity;
		const struct identity_settings settings = {.user = rows[i].user};
		struct failure failure = {0};

		ck_assert(identity_resolve(&settings, &rows[i].ids, &where, &identity, &failure));
		ck_assert_msg(identity.target.groups.count == rows[i].count, "row %d", i);
		ck_assert_mem_eq(identity.target.groups.ids, rows[i].groups,
				 rows[i].count * sizeof(gid_t));
	}
}
END_TEST

/* Root's group is never a user's own: its number is not given another. */
START_TEST(listed_in_the_group_of_root)
{
	const struct account_files where = {file_with_text("app:x:1000:0::/home/app:\n"),
					    file_with_text("root:x:0:app\n")};
	static struct identity identity;
	const struct identity_settings settings = {.user = "app"};
	const struct ids ids = {.has_gid = true, .gid = 8};
	struct failure failure = {0};

	ck_assert(identity_resolve(&settings, &ids, &where, &identity, &failure));
	ck_assert_uint_eq(identity.target.groups.count, 2);
	ck_assert(group_set_has(&identity.target.groups, 0));
}
END_TEST

Suite *identity_other_ids_suite(void)
{
	const TTest *const tests[] = {other_ids, listed_in_its_own_group,
				      listed_in_the_group_of_root};

	return suite_of("identity other ids", tests, COUNT(tests));
}
