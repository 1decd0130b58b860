/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <string.h>

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

Suite *account_files_suite(void)
{
	const TTest *const tests[] = {entries, new_entries};

	return suite_of("account files", tests, COUNT(tests));
}
