/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <errno.h>
#include <string.h>

#include "lines.h"

static struct lines opened(const char *path)
{
	struct lines lines;

	ck_assert_msg(lines_open(&lines, path), "%s", path);
	return lines;
}

static void expect_line(struct lines *lines, const char *wanted)
{
	size_t length;
	const char *line = lines_next(lines, &length);

	ck_assert_ptr_nonnull(line);
	ck_assert_str_eq(line, wanted);
	ck_assert_uint_eq(length, strlen(wanted));
}

static void expect_end(struct lines *lines)
{
	size_t length;

	ck_assert_ptr_null(lines_next(lines, &length));
	ck_assert_ptr_null(lines_next(lines, &length));
	ck_assert_int_eq(lines->error, 0);
	lines_close(lines);
}

START_TEST(nothing)
{
	struct lines lines = opened(file_with_text(""));

	expect_end(&lines);
}
END_TEST

START_TEST(newlines)
{
	struct lines lines = opened(file_with_text("one\n\n\ntwo\n"));

	expect_line(&lines, "one");
	expect_line(&lines, "");
	expect_line(&lines, "");
	expect_line(&lines, "two");
	expect_end(&lines);
}
END_TEST

START_TEST(last_line_without_newline)
{
	struct lines lines = opened(file_with_text("one\nlast"));

	expect_line(&lines, "one");
	expect_line(&lines, "last");
	expect_end(&lines);
}
END_TEST

START_TEST(nul_inside)
{
	static const char content[] = "a\0b\nc\n";
	struct lines lines = opened(file_with(content, sizeof(content) - 1));
	size_t length;

	ck_assert_str_eq(lines_next(&lines, &length), "a");
	ck_assert_uint_eq(length, 3);
	expect_line(&lines, "c");
	expect_end(&lines);
}
END_TEST

/* Line lengths around the sizes that the buffer has, with and without a last newline. */
START_TEST(lines_of_any_length)
{
	static const size_t sizes[] = {65534, 65535, 65536, 131071, 131072, 3000000};
	static char content[3000100];
	const size_t size = sizes[_i / 2];
	const size_t ending = _i % 2 ? 0 : 1;
	struct lines lines;
	size_t length;
	char *line;

	memcpy(content, "first\n", 6);
	memset(content + 6, 'x', size);
	content[6 + size] = '\n';
	lines = opened(file_with(content, 6 + size + ending));
	expect_line(&lines, "first");
	line = lines_next(&lines, &length);
	ck_assert_ptr_nonnull(line);
	ck_assert_uint_eq(length, size);
	ck_assert_uint_eq(strspn(line, "x"), size);
	expect_end(&lines);
}
END_TEST

START_TEST(many_lines)
{
	static char content[40000 * 8];
	struct lines lines;
	size_t length;
	int count = 0;

	for (size_t i = 0; i < 40000; i++)
		memcpy(content + i * 8, "1234567\n", 8);
	lines = opened(file_with(content, sizeof(content)));
	for (char *line; (line = lines_next(&lines, &length)); count++)
		ck_assert_str_eq(line, "1234567");
	ck_assert_int_eq(count, 40000);
	expect_end(&lines);
}
END_TEST

START_TEST(no_file)
{
	struct lines lines;

	ck_assert(!lines_open(&lines, "/no/such/file"));
	ck_assert_int_eq(errno, ENOENT);
}
END_TEST

START_TEST(directory)
{
	struct lines lines = opened("/");
	size_t length;

	ck_assert_ptr_null(lines_next(&lines, &length));
	ck_assert_int_eq(lines.error, EISDIR);
	lines_close(&lines);
}
END_TEST

Suite *lines_suite(void)
{
	const TTest *const tests[] = {nothing,	  newlines,   last_line_without_newline,
				      nul_inside, many_lines, no_file,
				      directory};
	Suite *suite = suite_of("lines", tests, COUNT(tests));
	TCase *lengths = tcase_create("lengths");

	tcase_add_checked_fixture(lengths, NULL, remove_files);
	tcase_add_loop_test(lengths, lines_of_any_length, 0, 12);
	suite_add_tcase(suite, lengths);
	return suite;
}
