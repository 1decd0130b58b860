/* SPDX-License-Identifier: MIT */
/* Users as passwd has them, and files that cannot be read or have nothing in them. */
#include <stdlib.h>
#include <string.h>

#include "identity/accounts.h"
#include "unit.h"

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

START_TEST(files_that_are_none)
{
	static struct group_set set;
	struct account account;
	struct failure failure;
	struct group_entry found;

	ck_assert_int_eq(accounts_find_user("/no/file", "a", &account, &failure), LOOKUP_NO_FILE);
	ck_assert_int_eq(accounts_find_group("/dev/null/x", "a", &found, &failure), LOOKUP_NO_FILE);
	ck_assert_int_eq(accounts_add_memberships("/no/file", "a", 0, &set, &failure),
			 LOOKUP_NO_FILE);
	ck_assert_int_eq(accounts_find_user("/", "a", &account, &failure), LOOKUP_FAILED);
	ck_assert_str_eq(failure.text, "cannot read /: Is a directory");
	ck_assert_int_eq(failure.status, STATUS_REFUSED);
	failure = (struct failure){0};
	ck_assert_int_eq(accounts_find_group("/", "a", &found, &failure), LOOKUP_FAILED);
	ck_assert_str_eq(failure.text, "cannot read /: Is a directory");
	failure = (struct failure){0};
	ck_assert_int_eq(accounts_add_memberships("/", "a", 0, &set, &failure), LOOKUP_FAILED);
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
	ck_assert_int_eq(accounts_add_memberships(path, "a", 0, &set, &failure), LOOKUP_FAILED);
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
		ck_assert_msg(accounts_add_memberships(path, "a", 0, &set, &failure) ==
				      LOOKUP_FOUND,
			      "'%s'", contents[i]);
		ck_assert_msg(set.count == 0, "'%s'", contents[i]);
	}
}
END_TEST

Suite *accounts_suite(void)
{
	const TTest *const tests[] = {users,
				      lengths,
				      lines_that_are_no_text,
				      a_first_line_that_is_no_entry,
				      a_name_elsewhere_on_the_line,
				      files_that_are_none,
				      files_that_do_not_open,
				      files_with_nothing_in_them};

	return suite_of("accounts", tests, COUNT(tests));
}
