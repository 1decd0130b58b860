/* SPDX-License-Identifier: MIT */
#include "report.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "text.h"

/*
 * Write to a pipe or a terminal without ever waiting for its reader.
 *
 * O_NONBLOCK belongs to the open file description, which main shares: set there, main's own writes
 * would start to fail. A description of our own comes from opening the descriptor's /proc link,
 * just for this line, so that no descriptor is kept. Without /proc the next best is to ask first:
 * poll(2) promises room for PIPE_BUF bytes, unless main writes in between.
 */
static void write_stream(const char *line, size_t length)
{
	int own = open("/proc/self/fd/2", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct pollfd ready = {.fd = STDERR_FILENO, .events = POLLOUT};
	ssize_t ignored = 0;

	if (own >= 0) {
		ignored = write(own, line, length);
		close(own);
	} else if (poll(&ready, 1, 0) == 1 && ready.revents == POLLOUT) {
		ignored = write(STDERR_FILENO, line, length);
	}
	(void)ignored;
}

static void write_line(const char *line, size_t length)
{
	struct stat status;
	ssize_t ignored;

	if (fstat(STDERR_FILENO, &status) < 0)
		return;
	if (S_ISFIFO(status.st_mode) || S_ISCHR(status.st_mode)) {
		write_stream(line, length);
		return;
	}
	/* A file's own description has to be used: it holds the position that main writes at too.
	 */
	if (S_ISSOCK(status.st_mode))
		ignored = send(STDERR_FILENO, line, length, MSG_DONTWAIT | MSG_NOSIGNAL);
	else
		ignored = write(STDERR_FILENO, line, length);
	(void)ignored;
}

void report(enum report_level asked, enum report_level level, const char *format, ...)
{
	char line[PIPE_BUF / 4];
	struct text text = text_in(line, sizeof(line) - 1);
	va_list arguments;

	if (level > asked)
		return;
	text_add(&text, "dinit-su: ");
	va_start(arguments, format);
	text_add_list(&text, format, arguments);
	va_end(arguments);
	for (size_t i = 0; i < text.length; i++) {
		if ((unsigned char)line[i] < ' ' || line[i] == '\x7f')
			line[i] = '?';
	}
	line[text.length] = '\n';
	write_line(line, text.length + 1);
}
