/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "report.h"

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

START_TEST(a_line)
{
	int reader = stderr_is_pipe();

	report(REPORT_WARNINGS, REPORT_ERRORS, "no user '%s' in %d", "ap", 3);
	ck_assert_str_eq(received(reader), "dinit-su: no user 'ap' in 3\n");
}
END_TEST

START_TEST(levels)
{
	int reader = stderr_is_pipe();

	for (int asked = REPORT_ERRORS; asked <= REPORT_DETAILS; asked++) {
		for (int level = REPORT_ERRORS; level <= REPORT_DETAILS; level++) {
			char nothing;

			report((enum report_level)asked, (enum report_level)level, "x");
			if (level <= asked)
				ck_assert_str_eq(received(reader), "dinit-su: x\n");
			else
				ck_assert_int_eq(read(reader, &nothing, 1), -1);
		}
	}
}
END_TEST

START_TEST(always_one_line)
{
	int reader = stderr_is_pipe();
	char name[5000];

	report(REPORT_ERRORS, REPORT_ERRORS, "a%sb", "\n\r\t\x1b[31m\x7f\x01");
	ck_assert_str_eq(received(reader), "dinit-su: a????[31m??b\n");
	report(REPORT_ERRORS, REPORT_ERRORS, "caf\xc3\xa9");
	ck_assert_str_eq(received(reader), "dinit-su: caf\xc3\xa9\n");
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	report(REPORT_ERRORS, REPORT_ERRORS, "%s", name);
	ck_assert_uint_eq(strcspn(received(reader), "\n"), 1022);
}
END_TEST

START_TEST(full_pipe)
{
	int reader = stderr_is_pipe();
	char page[4096] = {0};

	fcntl(STDERR_FILENO, F_SETFL, O_NONBLOCK);
	while (write(STDERR_FILENO, page, sizeof(page)) > 0)
		;
	fcntl(STDERR_FILENO, F_SETFL, 0);
	report(REPORT_ERRORS, REPORT_ERRORS, "lost");
	ck_assert_int_eq(fcntl(STDERR_FILENO, F_GETFL) & O_NONBLOCK, 0);
	while (read(reader, page, sizeof(page)) > 0)
		ck_assert_ptr_null(memchr(page, 'd', sizeof(page)));
	report(REPORT_ERRORS, REPORT_ERRORS, "there again");
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
	report(REPORT_ERRORS, REPORT_ERRORS, "lost");
}
END_TEST

START_TEST(closed)
{
	close(STDERR_FILENO);
	report(REPORT_ERRORS, REPORT_ERRORS, "lost");
	ck_assert_int_eq(open("/dev/null", O_RDONLY), STDERR_FILENO);
	report(REPORT_ERRORS, REPORT_ERRORS, "lost");
}
END_TEST

START_TEST(sockets)
{
	int ends[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	dup2(ends[1], STDERR_FILENO);
	report(REPORT_ERRORS, REPORT_ERRORS, "to a socket");
	ck_assert_str_eq(received(ends[0]), "dinit-su: to a socket\n");
	close(ends[0]);
	report(REPORT_ERRORS, REPORT_ERRORS, "lost, and no SIGPIPE");
}
END_TEST

START_TEST(files_keep_their_position)
{
	const char *path = file_with_text("0123456789012345678901234567890123456789");
	int file = open(path, O_RDWR);

	dup2(file, STDERR_FILENO);
	lseek(file, 5, SEEK_SET);
	report(REPORT_ERRORS, REPORT_ERRORS, "in between");
	ck_assert_int_eq(lseek(file, 0, SEEK_CUR), 5 + 21);
	lseek(file, 0, SEEK_SET);
	ck_assert_str_eq(received(file), "01234dinit-su: in between\n67890123456789");
}
END_TEST

Suite *report_suite(void)
{
	const TTest *const tests[] = {a_line,	       levels,
				      always_one_line, full_pipe,
				      broken_pipe,     closed,
				      sockets,	       files_keep_their_position};

	return suite_of("report", tests, COUNT(tests));
}
