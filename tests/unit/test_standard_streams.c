/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <sys/sysmacros.h>

#include "files/standard_streams.h"

START_TEST(what_is_given)
{
	static const struct {
		const char *name;
		mode_t mode;
		bool is_terminal, is_anonymous;
		uid_t owner, uid;
		bool given;
	} rows[] = {
		{"root's pipe", S_IFIFO | 0600, false, true, 0, 1000, true},
		{"another's pipe", S_IFIFO | 0600, false, true, 7, 1000, true},
		{"the user's pipe", S_IFIFO | 0600, false, true, 1000, 1000, false},
		{"the user's pipe for root", S_IFIFO | 0600, false, true, 1000, 0, true},
		{"root's pipe for root", S_IFIFO | 0600, false, true, 0, 0, false},
		{"root's FIFO with a name", S_IFIFO | 0600, false, false, 0, 1000, false},
		{"another's FIFO with a name", S_IFIFO | 0666, false, false, 7, 1000, false},
		{"a file that claims to be a pipe", S_IFREG | 0644, false, true, 0, 1000, false},
		{"the user's terminal for another", S_IFCHR | 0620, true, false, 1000, 7, true},
		{"root's terminal", S_IFCHR | 0620, true, false, 0, 1000, true},
		{"another's terminal", S_IFCHR | 0620, true, false, 7, 1000, true},
		{"the user's terminal", S_IFCHR | 0620, true, false, 1000, 1000, false},
		{"root's terminal without a mode", S_IFCHR, true, false, 0, 1000, true},
		{"/dev/null", S_IFCHR | 0666, false, false, 0, 1000, false},
		{"another's device", S_IFCHR | 0666, false, false, 7, 1000, false},
		{"the user's device", S_IFCHR | 0666, false, false, 1000, 1000, false},
		{"a file", S_IFREG | 0644, false, false, 0, 1000, false},
		{"another's file", S_IFREG | 0644, false, false, 7, 1000, false},
		{"the user's file", S_IFREG | 0644, false, false, 1000, 1000, false},
		{"a file that claims to be a terminal", S_IFREG | 0644, true, false, 0, 1000,
		 false},
		{"a socket", S_IFSOCK | 0777, false, false, 0, 1000, false},
		{"another's socket", S_IFSOCK | 0777, false, false, 7, 1000, false},
		{"a disk", S_IFBLK | 0660, false, false, 0, 1000, false},
		{"a disk that claims to be a terminal", S_IFBLK | 0660, true, false, 0, 1000,
		 false},
		{"a closed one", 0, false, false, 0, 1000, false},
		{"a directory", S_IFDIR | 0755, false, false, 0, 1000, false},
		{"a symbolic link", S_IFLNK | 0777, false, false, 0, 1000, false},
	};

	for (int i = 0; i < COUNT(rows); i++) {
		const struct stream stream = {.mode = rows[i].mode,
					      .owner = rows[i].owner,
					      .is_terminal = rows[i].is_terminal,
					      .is_anonymous = rows[i].is_anonymous};

		ck_assert_msg(stream_is_given(&stream, rows[i].uid) == rows[i].given, "%s",
			      rows[i].name);
	}
}
END_TEST

/* Two names lead to the terminal of whoever opens them, and the devices are everybody's. */
START_TEST(which_terminals_are_given)
{
	static const struct {
		unsigned int major, minor;
		bool given;
	} rows[] = {{136, 0, true}, {4, 1, true}, {5, 0, false}, {5, 1, true}, {5, 2, false}};

	for (int i = 0; i < COUNT(rows); i++) {
		const struct stream stream = {.mode = S_IFCHR | 0666,
					      .is_terminal = true,
					      .device = makedev(rows[i].major, rows[i].minor)};

		ck_assert_msg(stream_is_given(&stream, 1000) == rows[i].given, "row %d", i);
	}
}
END_TEST

Suite *standard_streams_suite(void)
{
	const TTest *const tests[] = {what_is_given, which_terminals_are_given};

	return suite_of("standard streams", tests, COUNT(tests));
}
