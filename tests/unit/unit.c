/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* One directory for a run, made before the first test. */
static char directory[PATH_MAX - 32];
static char paths[16][PATH_MAX];
static int path_count;

struct settings default_settings(void)
{
	struct settings settings = {0};

	settings_add_defaults(&settings);
	return settings;
}

__attribute__((noinline)) void clear_stack(void)
{
	volatile char below[8 * PATH_MAX];

	for (size_t i = 0; i < sizeof(below); i++)
		below[i] = 0;
}

static void make_directory(void)
{
	const char *parent = getenv("TMPDIR");

	snprintf(directory, sizeof(directory), "%s/dinit-su-unit-XXXXXX",
		 parent && *parent ? parent : "/tmp");
	if (!mkdtemp(directory)) {
		perror(directory);
		exit(EXIT_FAILURE);
	}
}

static void remove_directory(void)
{
	DIR *open_directory = opendir(directory);
	const struct dirent *entry;

	while (open_directory && (entry = readdir(open_directory)))
		unlinkat(dirfd(open_directory), entry->d_name, 0);
	if (open_directory)
		closedir(open_directory);
	if (rmdir(directory) < 0)
		perror(directory);
}

const char *file_with(const void *content, size_t size)
{
	char *path;
	int file;

	ck_assert_int_lt(path_count, COUNT(paths));
	path = paths[path_count++];
	snprintf(path, sizeof(paths[0]), "%s/XXXXXX", directory);
	file = mkostemp(path, O_CLOEXEC);
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
		accounts_groups_suite,
		cmdline_suite,
		cmdline_refused_suite,
		credentials_suite,
		dropin_suite,
		delivery_suite,
		environment_suite,
		explain_suite,
		identity_suite,
		identity_other_ids_suite,
		identity_refused_suite,
		ids_suite,
		account_files_suite,
		lifecycle_any_order_suite,
		lifecycle_ending_suite,
		lifecycle_signals_suite,
		lifecycle_stops_suite,
		lines_suite,
		ownership_suite,
		parse_suite,
		report_suite,
		signals_suite,
		standard_streams_suite,
		text_suite,
		json_suite,
		options_suite,
		signal_names_suite,
		completions_suite,
		network_suite,
		nearest_suite,
		trusted_path_suite,
		program_file_suite,
		linger_suite,
		variables_suite,
		process_suite,
		search_suite,
	};
	SRunner *runner = srunner_create(accounts_suite());
	int failed;

	make_directory();
	for (int i = 0; i < COUNT(suites); i++)
		srunner_add_suite(runner, suites[i]());
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	remove_directory();
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
