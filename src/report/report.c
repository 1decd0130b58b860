/* SPDX-License-Identifier: MIT */
#include "report/report.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/signal_names.h"
#include "base/text.h"
#include "report/json.h"

/* Ask first: poll(2) promises room for PIPE_BUF bytes, unless main writes in between. */
static void write_shared(const char *line, size_t length)
{
	struct pollfd ready = {.fd = STDERR_FILENO, .events = POLLOUT};
	ssize_t ignored = 0;

	if (poll(&ready, 1, 0) == 1 && ready.revents == POLLOUT)
		ignored = write(STDERR_FILENO, line, length);
	(void)ignored;
}

/*
 * Write to a pipe or a terminal without ever waiting for its reader.
 *
 * O_NONBLOCK belongs to the open file description, which main shares: set there, main's own writes
 * would start to fail. A description of our own comes from opening the descriptor's /proc link,
 * just for this line, so that no descriptor is kept. Without /proc the shared one is the next best.
 */
static void write_stream(const char *line, size_t length)
{
	int own = open("/proc/self/fd/2", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	ssize_t ignored = 0;

	if (own >= 0) {
		ignored = write(own, line, length);
		close(own);
	} else {
		write_shared(line, length);
	}
	(void)ignored;
}

static void write_line(const char *line, size_t length)
{
	struct stat status;
	ssize_t ignored;

	/* A sandbox refuses the look. A file opened anew would be overwritten. */
	if (fstat(STDERR_FILENO, &status) < 0) {
		write_shared(line, length);
		return;
	}
	if (S_ISFIFO(status.st_mode) || S_ISCHR(status.st_mode)) {
		write_stream(line, length);
		return;
	}
	/* Write to a file through the description that main shares: it holds the position. */
	if (S_ISSOCK(status.st_mode))
		ignored = send(STDERR_FILENO, line, length, MSG_DONTWAIT | MSG_NOSIGNAL);
	else
		ignored = write(STDERR_FILENO, line, length);
	(void)ignored;
}

/*
 * A line is no longer than PIPE_BUF, so that it is written whole or not at all: pipe(7). In JSON
 * one byte of the message or of the user's name becomes six at worst. Both are cut off so early
 * that the object always fits, and is valid.
 */
#define LINE_SIZE PIPE_BUF
#define MESSAGE_SIZE (PIPE_BUF / 4 - sizeof("podman-init: warning: "))
#define JSON_MESSAGE_SIZE 384
#define JSON_USER_SIZE 128

static void put_text(struct text *line, const struct reporter *reporter, enum report_level level,
		     const char *message)
{
	text_add(line, "%s: %s%s", reporter->name, level == REPORT_WARNINGS ? "warning: " : "",
		 message);
	text_mask_controls(line);
}

static void put_json(struct text *line, const struct reporter *reporter, enum report_level level,
		     const struct report_event *event, const char *message)
{
	static const char *const levels[] = {"error", "info", "warning", "info", "debug"};
	char name[SIGNAL_NAME_SIZE], user[JSON_USER_SIZE];

	json_begin(line, clock_realtime());
	json_add_string(line, "level", levels[level]);
	json_add_string(line, "event", event->name ? event->name : "message");
	if (event->pid)
		json_add_number(line, "pid", event->pid);
	if (event->signal)
		json_add_string(line, "signal", signal_name(event->signal, name));
	if (event->has_status)
		json_add_number(line, "status", event->status);
	if (reporter->user) {
		struct text text = text_in(user, sizeof(user));

		text_add(&text, "%s", reporter->user);
		json_add_string(line, "user", user);
	}
	json_add_string(line, "message", message);
	json_end(line);
}

/* Not inline, so that its large buffers are on the stack only while there is something to say. */
static __attribute__((noinline)) void say(const struct reporter *reporter, enum report_level level,
					  const struct report_event *event, const char *format,
					  va_list arguments)
{
	char message[MESSAGE_SIZE], buffer[LINE_SIZE];
	struct text text = text_in(message, reporter->json ? JSON_MESSAGE_SIZE : MESSAGE_SIZE);
	struct text line = text_in(buffer, sizeof(buffer) - 1);

	text_add_list(&text, format, arguments);
	if (reporter->json)
		put_json(&line, reporter, level, event, message);
	else
		put_text(&line, reporter, level, message);
	buffer[line.length] = '\n';
	write_line(buffer, line.length + 1);
}

void report_event(const struct reporter *reporter, enum report_level level,
		  const struct report_event *event, const char *format, ...)
{
	va_list arguments;

	if (!report_is_on(reporter, level))
		return;
	va_start(arguments, format);
	say(reporter, level, event, format, arguments);
	va_end(arguments);
}

void report(const struct reporter *reporter, enum report_level level, const char *format, ...)
{
	const struct report_event no_event = {0};
	va_list arguments;

	if (!report_is_on(reporter, level))
		return;
	va_start(arguments, format);
	say(reporter, level, &no_event, format, arguments);
	va_end(arguments);
}
