/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include "standard_streams.h"

START_TEST(what_is_given)
{
	static const struct {
		const char *name;
		mode_t mode;
		bool is_terminal;
		uid_t owner, uid;
		bool given;
	} rows[] = {
		{"root's pipe", S_IFIFO | 0600, false, 0, 1000, true},
		{"another's pipe", S_IFIFO | 0600, false, 7, 1000, true},
		{"the user's pipe", S_IFIFO | 0600, false, 1000, 1000, false},
		{"the user's pipe for root", S_IFIFO | 0600, false, 1000, 0, true},
		{"root's pipe for root", S_IFIFO | 0600, false, 0, 0, false},
		{"the user's terminal for another", S_IFCHR | 0620, true, 1000, 7, true},
		{"root's terminal", S_IFCHR | 0620, true, 0, 1000, true},
		{"another's terminal", S_IFCHR | 0620, true, 7, 1000, true},
		{"the user's terminal", S_IFCHR | 0620, true, 1000, 1000, false},
		{"root's terminal without a mode", S_IFCHR, true, 0, 1000, true},
		{"/dev/null", S_IFCHR | 0666, false, 0, 1000, false},
		{"another's device", S_IFCHR | 0666, false, 7, 1000, false},
		{"the user's device", S_IFCHR | 0666, false, 1000, 1000, false},
		{"a file", S_IFREG | 0644, false, 0, 1000, false},
		{"another's file", S_IFREG | 0644, false, 7, 1000, false},
		{"the user's file", S_IFREG | 0644, false, 1000, 1000, false},
		{"a file that claims to be a terminal", S_IFREG | 0644, true, 0, 1000, false},
		{"a socket", S_IFSOCK | 0777, false, 0, 1000, false},
		{"another's socket", S_IFSOCK | 0777, false, 7, 1000, false},
		{"a disk", S_IFBLK | 0660, false, 0, 1000, false},
		{"a disk that claims to be a terminal", S_IFBLK | 0660, true, 0, 1000, false},
		{"a closed one", 0, false, 0, 1000, false},
		{"a directory", S_IFDIR | 0755, false, 0, 1000, false},
		{"a symbolic link", S_IFLNK | 0777, false, 0, 1000, false},
	};

	for (int i = 0; i < COUNT(rows); i++) {
		const struct stream stream = {rows[i].mode, rows[i].owner, rows[i].is_terminal};

		ck_assert_msg(stream_is_given(&stream, rows[i].uid) == rows[i].given, "%s",
			      rows[i].name);
	}
}
END_TEST

Suite *standard_streams_suite(void)
{
	const TTest *const tests[] = {what_is_given};

	return suite_of("standard streams", tests, COUNT(tests));
}
