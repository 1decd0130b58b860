/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "report/report.h"

static const struct reporter reporter_of[] = {
	[REPORT_ERRORS] = {.name = "dinit-su", .level = REPORT_ERRORS},
	[REPORT_NOTES] = {.name = "dinit-su", .level = REPORT_NOTES},
	[REPORT_WARNINGS] = {.name = "dinit-su", .level = REPORT_WARNINGS},
	[REPORT_STORY] = {.name = "dinit-su", .level = REPORT_STORY},
	[REPORT_DETAILS] = {.name = "dinit-su", .level = REPORT_DETAILS},
};

/* What report() has written to the other end. */
static const char *received(int descriptor)
{
	static char buffer[8192];
	ssize_t length = read(descriptor, buffer, sizeof(buffer) - 1);

	ck_assert_int_ge(length, 0);
	buffer[length] = '\0';
	return buffer;
}

static int stderr_is_pipe(void)
{
	int ends[2];

	ck_assert_int_eq(pipe(ends), 0);
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	ck_assert_int_eq(dup2(ends[1], STDERR_FILENO), STDERR_FILENO);
	close(ends[1]);
	return ends[0];
}

/*
 * Without a number to spare report() cannot open a description of its own, as without /proc. To be
 * undone before the test ends: the leak check of a sanitizer opens files.
 */
static void limit_numbers(rlim_t count)
{
	struct rlimit limit;

	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
	limit.rlim_cur = count;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

/* Report a line with nothing but poll(2) to tell whether there is room for it, or as usual. */
static void report_line(const char *line, bool by_poll)
{
	struct rlimit before;

	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
	if (by_poll)
		limit_numbers(STDERR_FILENO + 1);
	report(&reporter_of[REPORT_ERRORS], REPORT_ERRORS, "%s", line);
	limit_numbers(before.rlim_cur);
}

static void fill(int descriptor)
{
	static const char page[4096];
	const int flags = fcntl(descriptor, F_GETFL);

	fcntl(descriptor, F_SETFL, flags | O_NONBLOCK);
	while (write(descriptor, page, sizeof(page)) > 0)
		;
	while (write(descriptor, page, 1) > 0)
		;
	fcntl(descriptor, F_SETFL, flags);
}

START_TEST(a_line)
{
	int reader = stderr_is_pipe();

	report(&reporter_of[REPORT_WARNINGS], REPORT_ERRORS, "no user '%s' in %d", "ap", 3);
	ck_assert_str_eq(received(reader), "dinit-su: no user 'ap' in 3\n");
}
END_TEST

START_TEST(levels)
{
	int reader = stderr_is_pipe();

	for (int asked = REPORT_ERRORS; asked <= REPORT_DETAILS; asked++) {
		for (int level = REPORT_ERRORS; level <= REPORT_DETAILS; level++) {
			char nothing;

			report(&reporter_of[(enum report_level)asked], (enum report_level)level,
			       "x");
			if (level <= asked)
				ck_assert_str_eq(received(reader),
						 level == REPORT_WARNINGS ? "dinit-su: warning: x\n"
									  : "dinit-su: x\n");
			else
				ck_assert_int_eq(read(reader, &nothing, 1), -1);
		}
	}
}
END_TEST

START_TEST(always_one_line)
{
	int reader = stderr_is_pipe();
	const char *line;
	char name[5000];

	report(&reporter_of[REPORT_ERRORS], REPORT_ERRORS, "a%sb", "\n\r\t\x1b[31m\x7f\x01");
	ck_assert_str_eq(received(reader), "dinit-su: a????[31m??b\n");
	report(&reporter_of[REPORT_ERRORS], REPORT_ERRORS, "caf\xc3\xa9");
	ck_assert_str_eq(received(reader), "dinit-su: caf\xc3\xa9\n");
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	report(&reporter_of[REPORT_ERRORS], REPORT_ERRORS, "%s", name);
	line = received(reader);
	ck_assert_uint_eq(strlen(line), 1011);
	ck_assert_uint_eq(strcspn(line, "\n"), 1010);
}
END_TEST

START_TEST(every_character)
{
	int reader = stderr_is_pipe();

	for (int code = 1; code < 256; code++) {
		const char shown = code < ' ' || code == 0x7f ? '?' : (char)code;
		const char *line;

		report(&reporter_of[REPORT_ERRORS], REPORT_ERRORS, "%c%s", code, "x");
		line = received(reader);
		ck_assert_msg(strlen(line) == 13 && line[10] == shown &&
				      strcmp(line + 11, "x\n") == 0,
			      "character %d", code);
	}
}
END_TEST

START_TEST(json)
{
	const struct reporter by_app = {.level = REPORT_STORY, .json = true, .user = "a\"p:\xff"};
	const struct reporter no_user = {.level = REPORT_STORY, .json = true};
	const struct report_event whole = {.name = "main-ended",
					   .pid = 7,
					   .signal = SIGKILL,
					   .has_status = true,
					   .status = 137};
	const struct report_event status_only = {.name = "ending", .has_status = true};
	int reader = stderr_is_pipe();
	const char *line;

	report_event(&by_app, REPORT_WARNINGS, &whole, "it was\n'%s'", "so");
	line = received(reader);
	ck_assert_int_eq(strncmp(line, "{\"time\":\"2", 10), 0);
	ck_assert_str_eq(strchr(line, 'Z'), "Z\",\"level\":\"warning\",\"event\":\"main-ended\","
					    "\"pid\":7,\"signal\":\"SIGKILL\",\"status\":137,"
					    "\"user\":\"a\\\"p:\\ufffd\","
					    "\"message\":\"it was\\u000a'so'\"}\n");
	report_event(&no_user, REPORT_STORY, &status_only, "x");
	ck_assert_str_eq(strchr(received(reader), 'Z'), "Z\",\"level\":\"info\",\"event\":"
							"\"ending\",\"status\":0,"
							"\"message\":\"x\"}\n");
	report(&no_user, REPORT_ERRORS, "x");
	ck_assert_str_eq(strchr(received(reader), 'Z'), "Z\",\"level\":\"error\",\"event\":"
							"\"message\",\"message\":\"x\"}\n");
	report_event(&no_user, REPORT_DETAILS, &whole, "nothing is said");
	report(&no_user, REPORT_ERRORS, "y");
	ck_assert_ptr_nonnull(strstr(received(reader), "\"y\"}\n"));
}
END_TEST

/* However long its parts and however many bytes each of theirs takes: whole, and one line. */
START_TEST(json_is_never_cut)
{
	static const char bytes[] = {'x', '\x01', '\xff', '"', '\n'};
	const struct report_event event = {.name = "signal-not-passed-on",
					   .pid = -2147483647 - 1,
					   .signal = 64,
					   .has_status = true,
					   .status = 255};
	int reader = stderr_is_pipe();

	for (int i = 0; i < COUNT(bytes); i++) {
		char name[5000] = "";
		const struct reporter reporter = {.json = true, .user = name};
		const char *line;

		memset(name, bytes[i], sizeof(name) - 1);
		report_event(&reporter, REPORT_ERRORS, &event, "%s", name);
		line = received(reader);
		ck_assert_msg(strlen(line) <= 4096, "%d characters", (int)strlen(line));
		ck_assert_msg(strlen(line) > 3 && strcmp(line + strlen(line) - 3, "\"}\n") == 0,
			      "byte %d: ...%s", bytes[i], line + strlen(line) - 20);
		ck_assert_ptr_nonnull(strstr(line, ",\"message\":\""));
		ck_assert_uint_eq(strcspn(line, "\n"), strlen(line) - 1);
	}
}
END_TEST

/* Both of these with a description of report's own and without. */
START_TEST(full_pipe)
{
	int reader = stderr_is_pipe();
	char page[4096];
	ssize_t length;

	fill(STDERR_FILENO);
	report_line("lost", _i);
	ck_assert_int_eq(fcntl(STDERR_FILENO, F_GETFL) & O_NONBLOCK, 0);
	while ((length = read(reader, page, sizeof(page))) > 0)
		ck_assert_ptr_null(memchr(page, 'd', (size_t)length));
	report_line("there again", _i);
	ck_assert_str_eq(received(reader), "dinit-su: there again\n");
}
END_TEST

START_TEST(broken_pipe)
{
	sigset_t blocked;

	sigemptyset(&blocked);
	sigaddset(&blocked, SIGPIPE);
	sigprocmask(SIG_BLOCK, &blocked, NULL);
	close(stderr_is_pipe());
	report_line("lost", _i);
	report_line("lost again", _i);
	ck_assert_int_eq(fcntl(STDERR_FILENO, F_GETFL) & O_NONBLOCK, 0);
}
END_TEST

START_TEST(closed)
{
	close(STDERR_FILENO);
	report(&reporter_of[REPORT_ERRORS], REPORT_ERRORS, "lost");
	/* Its number is still free, and then taken by what cannot be written. */
	ck_assert_int_eq(open("/dev/null", O_RDONLY), STDERR_FILENO);
	report(&reporter_of[REPORT_ERRORS], REPORT_ERRORS, "lost");
}
END_TEST

START_TEST(sockets)
{
	int ends[2];

	signal(SIGPIPE, SIG_DFL);
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	dup2(ends[1], STDERR_FILENO);
	report(&reporter_of[REPORT_ERRORS], REPORT_ERRORS, "to a socket");
	ck_assert_str_eq(received(ends[0]), "dinit-su: to a socket\n");
	close(ends[0]);
	report(&reporter_of[REPORT_ERRORS], REPORT_ERRORS, "lost, and no SIGPIPE");
}
END_TEST

START_TEST(full_socket)
{
	int ends[2];
	char page[4096];
	ssize_t length;

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	dup2(ends[1], STDERR_FILENO);
	fill(STDERR_FILENO);
	report(&reporter_of[REPORT_ERRORS], REPORT_ERRORS, "lost");
	ck_assert_int_eq(fcntl(STDERR_FILENO, F_GETFL) & O_NONBLOCK, 0);
	while ((length = recv(ends[0], page, sizeof(page), MSG_DONTWAIT)) > 0)
		ck_assert_ptr_null(memchr(page, 'd', (size_t)length));
	report(&reporter_of[REPORT_ERRORS], REPORT_ERRORS, "there again");
	ck_assert_str_eq(received(ends[0]), "dinit-su: there again\n");
}
END_TEST

/* Main writes through the same description: neither overwrites what the other has written. */
START_TEST(files_are_shared_with_main)
{
	int file = open(file_with_text(""), O_RDWR);
	int appended = open(file_with_text("before\n"), O_RDWR | O_APPEND);

	dup2(file, STDERR_FILENO);
	ck_assert_int_eq(write(file, "main\n", 5), 5);
	report(&reporter_of[REPORT_ERRORS], REPORT_ERRORS, "init");
	ck_assert_int_eq(write(file, "main\n", 5), 5);
	lseek(file, 0, SEEK_SET);
	ck_assert_str_eq(received(file), "main\ndinit-su: init\nmain\n");

	dup2(appended, STDERR_FILENO);
	report(&reporter_of[REPORT_ERRORS], REPORT_ERRORS, "init");
	lseek(appended, 0, SEEK_SET);
	ck_assert_str_eq(received(appended), "before\ndinit-su: init\n");
}
END_TEST

START_TEST(files_keep_their_position)
{
	const char *path = file_with_text("0123456789012345678901234567890123456789");
	int file = open(path, O_RDWR);

	dup2(file, STDERR_FILENO);
	lseek(file, 5, SEEK_SET);
	report(&reporter_of[REPORT_ERRORS], REPORT_ERRORS, "in between");
	ck_assert_int_eq(lseek(file, 0, SEEK_CUR), 5 + 21);
	lseek(file, 0, SEEK_SET);
	ck_assert_str_eq(received(file), "01234dinit-su: in between\n67890123456789");
}
END_TEST

Suite *report_suite(void)
{
	const TTest *const tests[] = {a_line,
				      levels,
				      always_one_line,
				      every_character,
				      json,
				      json_is_never_cut,
				      closed,
				      sockets,
				      full_socket,
				      files_are_shared_with_main,
				      files_keep_their_position};
	Suite *suite = suite_of("report", tests, COUNT(tests));
	TCase *pipes = tcase_create("pipes");

	tcase_add_loop_test(pipes, full_pipe, 0, 2);
	tcase_add_loop_test(pipes, broken_pipe, 0, 2);
	suite_add_tcase(suite, pipes);
	return suite;
}
