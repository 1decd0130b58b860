/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include "stdio_owner.h"

START_TEST(what_is_given)
{
	static const struct {
		mode_t mode;
		bool is_terminal;
		uid_t owner;
		bool given;
	} rows[] = {
		{S_IFIFO | 0600, false, 0, true},    {S_IFIFO | 0600, false, 1000, false},
		{S_IFIFO | 0600, false, 7, true},    {S_IFCHR | 0620, true, 0, true},
		{S_IFCHR | 0620, true, 1000, false}, {S_IFCHR | 0666, false, 0, false},
		{S_IFREG | 0644, false, 0, false},   {S_IFSOCK | 0777, false, 0, false},
		{S_IFBLK | 0660, false, 0, false},   {S_IFDIR | 0755, false, 0, false},
		{S_IFREG | 0644, true, 0, false},
	};

	for (int i = 0; i < COUNT(rows); i++) {
		const struct stat status = {.st_mode = rows[i].mode, .st_uid = rows[i].owner};

		ck_assert_msg(stdio_is_given(&status, rows[i].is_terminal, 1000) == rows[i].given,
			      "row %d", i);
	}
}
END_TEST

Suite *stdio_suite(void)
{
	const TTest *const tests[] = {what_is_given};

	return suite_of("stdio", tests, COUNT(tests));
}
