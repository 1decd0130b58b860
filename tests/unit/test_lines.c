/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/lines.h"

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

START_TEST(only_newlines)
{
	struct lines lines = opened(file_with_text("\n\n\n"));

	for (int i = 0; i < 3; i++)
		expect_line(&lines, "");
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

START_TEST(nul_at_the_end)
{
	struct lines lines = opened(file_with("\n\0", 2));
	size_t length;

	expect_line(&lines, "");
	ck_assert_str_eq(lines_next(&lines, &length), "");
	ck_assert_uint_eq(length, 1);
	expect_end(&lines);
}
END_TEST

START_TEST(lines_may_be_changed)
{
	struct lines lines = opened(file_with_text("one\ntwo\n"));
	size_t length;
	char *line = lines_next(&lines, &length);

	ck_assert_uint_eq(length, 3);
	memset(line, '\n', length + 1);
	expect_line(&lines, "two");
	expect_end(&lines);
}
END_TEST

/* Two lines whose newlines are around the end of the first read, wherever exactly that is. */
START_TEST(split_by_a_read)
{
	static const size_t ends[] = {65535, 131071};
	static char content[131071 + 16];
	const size_t first = ends[_i / 12] - 8 + (size_t)(_i % 12);
	struct lines lines;
	size_t length;
	char *line;

	memset(content, 'a', first);
	memcpy(content + first, "\nbcde\nf", 7);
	lines = opened(file_with(content, first + 7));
	line = lines_next(&lines, &length);
	ck_assert_ptr_nonnull(line);
	ck_assert_uint_eq(length, first);
	ck_assert_uint_eq(strspn(line, "a"), first);
	expect_line(&lines, "bcde");
	expect_line(&lines, "f");
	expect_end(&lines);
}
END_TEST

/* A pipe gives less than was asked for, in pieces that end anywhere. */
START_TEST(pieces)
{
	const char *path = file_with_text("");
	struct lines lines;
	int writer;

	/* A pipe with a name of its own: a plain chroot has no /dev/fd. */
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(mkfifo(path, 0600), 0);
	writer = open(path, O_RDWR | O_CLOEXEC);
	ck_assert_int_ge(writer, 0);
	lines = opened(path);
	ck_assert_int_eq(write(writer, "on", 2), 2);
	if (fork() == 0) {
		usleep(20000);
		_exit(write(writer, "e\ntwo\nla", 8) == 8 ? 0 : 1);
	}
	close(writer);
	expect_line(&lines, "one");
	expect_line(&lines, "two");
	expect_line(&lines, "la");
	expect_end(&lines);
	wait(NULL);
}
END_TEST

/* Line lengths around the sizes that the buffer has, with and without a last newline. */
static const size_t line_sizes[] = {65528,  65529,  65530,  65534,   65535,   65536,
				    131071, 131072, 262144, 1048576, 1048577, 3000000};

START_TEST(lines_of_any_length)
{
	static char content[3000100];
	const size_t size = line_sizes[_i / 2];
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

/* Wherever a text stands between others that nearly are it, its line is found, and only that. */
START_TEST(with_a_text)
{
	static const char *const texts[] = {"a", "ab", "app", "application", "a-name-of-18-bytes"};
	char content[512] = "";

	memset(content, 'a', (size_t)_i);
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct lines lines;
		size_t length;

		snprintf(content + _i, sizeof(content) - (size_t)_i,
			 "\naapplicatio\n:%s:\nap\n,%s,\nno\n", texts[i], texts[i]);
		lines = opened(file_with_text(content));
		for (int found = 0; found < 2;) {
			const char *line = lines_next_with(&lines, texts[i], &length);

			ck_assert_ptr_nonnull(line);
			ck_assert_ptr_nonnull(strstr(line, texts[i]));
			ck_assert_uint_eq(length, strlen(line));
			found += line[0] == (found ? ',' : ':');
		}
		while (lines_next_with(&lines, texts[i], &length))
			;
		expect_end(&lines);
	}
}
END_TEST

/* The text, and the line before it, around the end of the first read. */
START_TEST(with_a_text_split_by_a_read)
{
	static const size_t ends[] = {65535, 131071};
	static char content[131071 + 32];
	const size_t first = ends[_i / 16] - 12 + (size_t)(_i % 16);
	struct lines lines;
	size_t length;
	char *line;

	memset(content, 'x', first);
	memcpy(content + first, "\n:text:\n", 8);
	lines = opened(file_with(content, first + 8));
	line = lines_next_with(&lines, "text", &length);
	ck_assert_ptr_nonnull(line);
	ck_assert_str_eq(line, ":text:");
	expect_end(&lines);
}
END_TEST

START_TEST(no_file)
{
	struct lines lines;

	ck_assert(!lines_open(&lines, "/no/such/file"));
	ck_assert_int_eq(errno, ENOENT);
	ck_assert(!lines_open(&lines, "/dev/null/file"));
	ck_assert_int_eq(errno, ENOTDIR);
	ck_assert(!lines_open(&lines, ""));
	ck_assert_int_eq(errno, ENOENT);
}
END_TEST

/* Whoever opens as often as this would run out of descriptors if one were kept. */
START_TEST(nothing_is_kept)
{
	const char *path = file_with_text("one\ntwo\n");
	const int next = open("/", O_RDONLY | O_CLOEXEC);

	close(next);
	for (int i = 0; i < 100; i++) {
		struct lines lines = opened(path);

		ck_assert_int_eq(lines.descriptor, next);
		ck_assert_int_eq(fcntl(lines.descriptor, F_GETFD), FD_CLOEXEC);
		expect_line(&lines, "one");
		lines_close(&lines);
	}
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
	const TTest *const tests[] = {
		nothing,    newlines,	    only_newlines,	  last_line_without_newline,
		nul_inside, nul_at_the_end, lines_may_be_changed, many_lines,
		pieces,	    no_file,	    nothing_is_kept,	  directory,
	};
	Suite *suite = suite_of("lines", tests, COUNT(tests));
	TCase *lengths = tcase_create("lengths");

	tcase_add_checked_fixture(lengths, NULL, remove_files);
	tcase_add_loop_test(lengths, lines_of_any_length, 0, 2 * COUNT(line_sizes));
	tcase_add_loop_test(lengths, split_by_a_read, 0, 2 * 12);
	tcase_add_loop_test(lengths, with_a_text, 0, 100);
	tcase_add_loop_test(lengths, with_a_text_split_by_a_read, 0, 2 * 16);
	suite_add_tcase(suite, lengths);
	return suite;
}
