/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char paths[16][64];
static int path_count;

const char *file_with(const void *content, size_t size)
{
	const char *directory = getenv("TMPDIR");
	char *path = paths[path_count++];
	int file;

	snprintf(path, sizeof(paths[0]), "%s/dinit-su-unit-XXXXXX", directory ? directory : "/tmp");
	file = mkstemp(path);
	ck_assert_int_ge(file, 0);
	ck_assert_int_eq(write(file, content, size), (ssize_t)size);
	close(file);
	return path;
}

const char *file_with_text(const char *text)
{
	return file_with(text, strlen(text));
}

void remove_files(void)
{
	while (path_count > 0)
		unlink(paths[--path_count]);
}

Suite *suite_of(const char *name, const TTest *const tests[], int count)
{
	Suite *suite = suite_create(name);
	TCase *all = tcase_create("all");

	tcase_add_checked_fixture(all, NULL, remove_files);
	for (int i = 0; i < count; i++)
		tcase_add_test(all, tests[i]);
	suite_add_tcase(suite, all);
	return suite;
}

int main(void)
{
	Suite *(*const suites[])(void) = {
		cmdline_suite,	credentials_suite, environment_suite, explain_suite,
		identity_suite, lifecycle_suite,   lines_suite,	      parse_suite,
		report_suite,	signals_suite,	   stdio_suite,	      text_suite,
	};
	SRunner *runner = srunner_create(accounts_suite());
	int failed;

	for (int i = 0; i < COUNT(suites); i++)
		srunner_add_suite(runner, suites[i]());
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
