/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/trusted_path.h"

START_TEST(what_only_root_can_change)
{
	static const struct {
		const char *name;
		uid_t directory_owner;
		mode_t directory_mode;
		uid_t owner;
		mode_t mode;
		bool kept;
	} rows[] = {
		{"root's directory", 0, 0755, 0, S_IFDIR | 0755, true},
		{"another's directory in it", 0, 0755, 7, S_IFDIR | 0777, true},
		{"a link in it", 0, 0755, 0, S_IFLNK | 0777, true},
		{"a directory of another's", 7, 0755, 0, S_IFDIR | 0755, false},
		{"a closed one of another's", 7, 0, 0, S_IFLNK | 0777, false},
		{"the group may write", 0, 0775, 0, S_IFDIR | 0755, false},
		{"others may write", 0, 0757, 0, S_IFLNK | 0777, false},
		{"root's directory in a sticky one", 0, 01777, 0, S_IFDIR | 0755, true},
		{"another's directory in a sticky one", 0, 01777, 7, S_IFDIR | 0755, false},
		{"root's link in a sticky one", 0, 01777, 0, S_IFLNK | 0777, false},
		{"a sticky one of another's", 7, 01777, 0, S_IFDIR | 0755, false},
		{"set-group-ID alone", 0, 02755, 0, S_IFLNK | 0777, true},
	};

	for (int i = 0; i < COUNT(rows); i++) {
		const struct stat directory = {.st_uid = rows[i].directory_owner,
					       .st_mode = S_IFDIR | rows[i].directory_mode};
		const struct stat found = {.st_uid = rows[i].owner, .st_mode = rows[i].mode};

		ck_assert_msg(trusted_path_is_kept(&directory, &found) == rows[i].kept, "%s",
			      rows[i].name);
	}
}
END_TEST

START_TEST(where_paths_lead)
{
	static const struct {
		const char *path;
		int error;
		const char *name;
	} rows[] = {
		{"/", 0, "."},
		{"//", 0, "."},
		{".", 0, "."},
		{"./", 0, "."},
		{"x", 0, "x"},
		{"/no-such-file", 0, "no-such-file"},
		{"/usr/", 0, "usr"},
		{"/usr/.", 0, "."},
		{"/usr//lib", 0, "lib"},
		{"/usr/..", 0, "."},
		{"/usr/../usr", 0, "usr"},
		{"", ENOENT, NULL},
		{"/no-such-file/x", ENOENT, NULL},
		{"/dev/null/x", ENOTDIR, NULL},
	};
	char longer[PATH_MAX + 1], name[NAME_MAX + 2];
	struct trusted_path found;

	for (int i = 0; i < COUNT(rows); i++) {
		clear_stack();
		ck_assert_msg(trusted_path_find(rows[i].path, true, &found) == rows[i].error,
			      "'%s'", rows[i].path);
		if (rows[i].error == 0)
			ck_assert_str_eq(found.name, rows[i].name);
		/* Not closed, as descriptor 0 would be by a walk that begins with one. */
		ck_assert_int_ge(fcntl(STDIN_FILENO, F_GETFD), 0);
	}
	memset(longer, '/', sizeof(longer) - 1);
	longer[PATH_MAX] = '\0';
	ck_assert_int_eq(trusted_path_find(longer, true, &found), ENAMETOOLONG);
	longer[PATH_MAX - 1] = '\0';
	ck_assert_int_eq(trusted_path_find(longer, true, &found), 0);
	memset(name, 'x', sizeof(name) - 1);
	name[NAME_MAX + 1] = '\0';
	ck_assert_int_eq(trusted_path_find(name, false, &found), ENAMETOOLONG);
	name[NAME_MAX] = '\0';
	ck_assert_int_eq(trusted_path_find(name, false, &found), 0);
}
END_TEST

Suite *trusted_path_suite(void)
{
	const TTest *const tests[] = {what_only_root_can_change, where_paths_lead};

	return suite_of("trusted path", tests, COUNT(tests));
}
