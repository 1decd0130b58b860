/* SPDX-License-Identifier: MIT */
/*
 * Messages: the first line of the input is the user's name, the rest the message. Each line of JSON
 * is read back by a parser that takes RFC 8259 and nothing more.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuzz.h"

static char said[8192];
static size_t said_length;

static ssize_t take_line(int descriptor __attribute__((unused)), const void *line, size_t length)
{
	PROMISE(length < sizeof(said));
	memcpy(said, line, length);
	said[length] = '\0';
	said_length = length;
	return (ssize_t)length;
}

/* To report.c stderr is a regular file. */
static int look_at_file(int descriptor __attribute__((unused)), struct stat *status)
{
	*status = (struct stat){.st_mode = S_IFREG};
	return 0;
}

#define write take_line
#define fstat look_at_file
#include "report/report.c"
#undef write
#undef fstat

/* One UTF-8 character of RFC 3629 at bytes. Returns its length, or 0; *character is its number. */
static size_t read_character(const char *bytes, unsigned int *character)
{
	static const unsigned int least[] = {0, 0, 0x80, 0x800, 0x10000};
	const unsigned int first = (unsigned char)bytes[0];
	const size_t length = first < 0x80	       ? 1
			      : (first & 0xe0) == 0xc0 ? 2
			      : (first & 0xf0) == 0xe0 ? 3
			      : (first & 0xf8) == 0xf0 ? 4
						       : 0;

	*character = length == 1 ? first : first & (0xffU >> (length + 1));
	for (size_t i = 1; i < length; i++) {
		if (((unsigned char)bytes[i] & 0xc0) != 0x80)
			return 0;
		*character = *character << 6 | ((unsigned char)bytes[i] & 0x3f);
	}
	if (length == 0 || *character < least[length] || *character > 0x10ffff ||
	    (*character >= 0xd800 && *character < 0xe000))
		return 0;
	return length;
}

/* Read the string of JSON at *at; value is its text as UTF-8. Anything else breaks a promise. */
static void read_string(const char **at, char *value, size_t size)
{
	struct text text = text_in(value, size);
	const char *from = *at;
	unsigned int character;

	PROMISE(*from++ == '"');
	while (*from != '"') {
		size_t length = read_character(from, &character);

		PROMISE(length > 0 && character >= 0x20 && character != 0x7f);
		if (*from != '\\') {
			text_add(&text, "%c", *from);
			for (size_t i = 1; i < length; i++)
				text_add(&text, "%c", from[i]);
			from += length;
			continue;
		}
		if (from[1] == 'u') {
			char digits[5] = {from[2], from[3], from[4], from[5], '\0'};

			PROMISE(strspn(digits, "0123456789abcdefABCDEF") == 4);
			character = (unsigned int)strtoul(digits, NULL, 16);
			PROMISE(character == 0xfffd || character < 0x80);
			text_add(&text, character < 0x80 ? "%c" : "\xef\xbf\xbd", (char)character);
			from += 6;
		} else {
			PROMISE(from[1] == '"' || from[1] == '\\');
			text_add(&text, "%c", from[1]);
			from += 2;
		}
	}
	*at = from + 1;
}

/* The expected value of a text: each byte that is part of no character is U+FFFD. */
static void replace_bad(const char *from, size_t most, char *value, size_t size)
{
	struct text text = text_in(value, size);
	const char *cut = fuzz_copy(from, strnlen(from, most));
	unsigned int character;

	while (*cut) {
		const size_t length = read_character(cut, &character);

		if (!length)
			text_add(&text, "\xef\xbf\xbd");
		for (size_t i = 0; i < length; i++)
			text_add(&text, "%c", cut[i]);
		cut += length ? length : 1;
	}
}

static void expect(const char **at, const char *text)
{
	PROMISE(strncmp(*at, text, strlen(text)) == 0);
	*at += strlen(text);
}

static void read_number(const char **at, int expected)
{
	char *end;

	PROMISE(**at == '-' || (**at >= '0' && **at <= '9'));
	PROMISE(strtol(*at, &end, 10) == expected);
	*at = end;
}

static void check_member(const char **at, const char *name, const char *expected, size_t most)
{
	char value[2048], wanted[2048];

	expect(at, ",\"");
	expect(at, name);
	expect(at, "\":");
	read_string(at, value, sizeof(value));
	replace_bad(expected, most, wanted, sizeof(wanted));
	PROMISE(strcmp(value, wanted) == 0);
}

static void check_json(const struct report_event *event, const char *user, const char *message)
{
	const char *at = said;
	char time[64], name[SIGNAL_NAME_SIZE];

	expect(&at, "{\"time\":");
	read_string(&at, time, sizeof(time));
	PROMISE(strlen(time) == strlen("2024-02-29T23:59:59.999Z") && time[10] == 'T');
	check_member(&at, "level", "warning", 99);
	check_member(&at, "event", event->name ? event->name : "message", 99);
	if (event->pid) {
		expect(&at, ",\"pid\":");
		read_number(&at, event->pid);
	}
	if (event->signal)
		check_member(&at, "signal", signal_name(event->signal, name), 99);
	if (event->has_status) {
		expect(&at, ",\"status\":");
		read_number(&at, event->status);
	}
	check_member(&at, "user", user, JSON_USER_SIZE - 1);
	check_member(&at, "message", message, JSON_MESSAGE_SIZE - 1);
	expect(&at, "}\n");
	PROMISE(*at == '\0' && said_length == strlen(said) && said_length <= PIPE_BUF);
}

/* A plain message is one line, with ? for each control character. */
static void check_line(const char *message)
{
	const char *at = said;

	expect(&at, "fuzz: warning: ");
	for (; *at != '\n'; at++, message++) {
		const bool is_control = (unsigned char)*message < ' ' || *message == 0x7f;

		PROMISE(*at == (is_control ? '?' : *message));
	}
	PROMISE(at == said + said_length - 1 && said_length <= PIPE_BUF);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = fuzz_begin(data, size);
	const unsigned int bits = fuzz_byte(&input), number = fuzz_byte(&input);
	const char *user = fuzz_line(&input, NULL), *message = fuzz_rest(&input, NULL);
	struct reporter reporter = {.name = "fuzz",
				    .level = REPORT_WARNINGS,
				    .json = true,
				    .user = user};
	const struct report_event event = {
		.name = bits & 1 ? "ending" : NULL,
		.pid = bits & 2 ? (pid_t)(number << 14) : 0,
		.signal = bits & 4 ? (int)number % 65 : 0,
		.has_status = bits & 8,
		.status = (int)number,
	};

	report_event(&reporter, REPORT_WARNINGS, &event, "%s", message);
	check_json(&event, user, message);
	reporter.json = false;
	report(&reporter, REPORT_WARNINGS, "%s", message);
	check_line(message);
	return 0;
}
