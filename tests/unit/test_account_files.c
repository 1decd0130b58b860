/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "identity/account_files.h"

/* The content with the edit made. */
static const char *edited(const char *content, const struct edit *edit)
{
	static char after[1000];

	memcpy(after, content, edit->at);
	memcpy(after + edit->at, edit->text, edit->added);
	strcpy(after + edit->at + edit->added, content + edit->at + edit->removed);
	return after;
}

START_TEST(entries)
{
	static const struct {
		const char *content;
		size_t line;
		const char *numbers;
		const char *wanted; /* NULL: there is no such entry */
	} rows[] = {
		{"a:x:1:2:c:/:sh\n", 0, "3:4", "a:x:3:4:c:/:sh\n"},
		{"a:x:1:2:c:/:sh", 0, "33:44", "a:x:33:44:c:/:sh"},
		{"a:x:1:2::/:\nb:x:1:2::/:\n", 12, "3:4", "a:x:1:2::/:\nb:x:3:4::/:\n"},
		{"a::1111:2222:::\nb", 0, "3:4", "a::3:4:::\nb"},
		{"a:x:1:b,c\n", 0, "3", "a:x:3:b,c\n"},
		{"a:x:1:", 0, "3", "a:x:3:"},
		{"a:x:0001:\n", 0, "1", "a:x:1:\n"},
		{"a:x:4294967294:4294967294:::\n", 0, "0:0", "a:x:0:0:::\n"},
		{"a:x:1:2", 0, "3:4", NULL},
		{"a:x:1", 0, "3", NULL},
		{"a:x:\n", 0, "3", NULL},
		{"a:x::\n", 0, "3", NULL},
		{"a:x\nb:1:2:\n", 0, "3", NULL},
		{"a:x:1\n:2:\n", 0, "3:4", NULL},
		{"a:x:z:\n", 0, "3", NULL},
		{"a\n", 0, "3", NULL},
		{"", 0, "3", NULL},
		{"a:x:1:\n", 7, "3", NULL},
		{"a:x:1:\n", 100, "3", NULL},
	};

	for (int i = 0; i < COUNT(rows); i++) {
		struct edit edit = {.text = rows[i].numbers, .added = strlen(rows[i].numbers)};
		const bool good =
			edit_entry(rows[i].content, strlen(rows[i].content), rows[i].line, &edit);

		ck_assert_msg(good == (rows[i].wanted != NULL), "row %d", i);
		if (good)
			ck_assert_str_eq(edited(rows[i].content, &edit), rows[i].wanted);
	}
}
END_TEST

START_TEST(new_entries)
{
	static const struct {
		const char *content;
		const char *wanted;
	} rows[] = {
		{"", "new\n"},		 {"a\n", "a\nnew\n"}, {"a", "a\nnew\n"},
		{"a\n\n", "a\n\nnew\n"}, {"\n", "\nnew\n"},
	};

	for (int i = 0; i < COUNT(rows); i++) {
		struct edit edit = {.text = "\nnew\n", .added = 5, .removed = 1};

		edit_append(rows[i].content, strlen(rows[i].content), &edit);
		ck_assert_str_eq(edited(rows[i].content, &edit), rows[i].wanted);
	}
}
END_TEST

/* A change of the line at offset 7 of passwd, with no group to change. */
static bool write_line(const char *passwd)
{
	const struct account account = {.name = (char *)"a", .line = 7};
	const struct account_change change = {.account = &account, .ids = {.uid = 3}};
	const struct account_files files = {.passwd = passwd, .group = "/no/file"};
	const struct reporter reporter = {.level = REPORT_ERRORS};

	errno = 0;
	return account_files_write(&files, &change, &reporter);
}

/* The user's own group is the one of its name with the old number, else the first with that. */
START_TEST(which_group_is_changed)
{
	static const struct {
		const char *group, *wanted;
		gid_t gid;
	} rows[] = {
		{"b:x:5:\na:x:5:\n", "b:x:5:\na:x:8:\n", 5},
		{"a:x:6:\nb:x:5:\n", "a:x:6:\nb:x:8:\n", 5},
		/* A name of digits is no number. */
		{"5:x:7:\n", "5:x:7:\n", 5},
		{"a:x:8:\n", "a:x:8:\n", 5},
		{"root:x:0:\na:x:6:\n", "root:x:0:\na:x:6:\n", 0},
	};

	for (int i = 0; i < COUNT(rows); i++) {
		const struct account account = {.name = (char *)"a", .gid = rows[i].gid};
		const struct account_change change = {.account = &account, .ids = {3, 8}};
		const char *group = file_with_text(rows[i].group);
		const struct account_files files = {.passwd = "/no/file", .group = group};
		const struct reporter reporter = {.level = REPORT_ERRORS};
		char content[64] = "";
		int descriptor;

		account_files_write(&files, &change, &reporter);
		descriptor = open(group, O_RDONLY);
		ck_assert_int_ge(read(descriptor, content, sizeof(content) - 1), 0);
		close(descriptor);
		ck_assert_str_eq(content, rows[i].wanted);
	}
}
END_TEST

/* Another program, which takes no lock, has written the file since the line was found. */
START_TEST(a_line_that_is_gone)
{
	static const char left[] = "b:x:1:2:::\n";
	char content[sizeof(left) + 1] = "";
	const char *passwd = file_with_text(left);
	int descriptor;

	ck_assert(!write_line(passwd));
	ck_assert_int_eq(errno, EBUSY);
	descriptor = open(passwd, O_RDONLY);
	ck_assert(read(descriptor, content, sizeof(content)) == sizeof(left) - 1);
	close(descriptor);
	ck_assert_str_eq(content, left);
	remove_files();
}
END_TEST

START_TEST(a_file_that_cannot_be_read)
{
	ck_assert(!write_line("/proc"));
	ck_assert_int_eq(errno, EISDIR);
}
END_TEST

Suite *account_files_suite(void)
{
	const TTest *const tests[] = {entries, new_entries, which_group_is_changed,
				      a_line_that_is_gone, a_file_that_cannot_be_read};

	return suite_of("account files", tests, COUNT(tests));
}
