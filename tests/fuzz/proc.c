/* SPDX-License-Identifier: MIT */
/*
 * Files of the kernel whose content other processes influence: /proc/PID/stat, with a name that the
 * process has chosen; /proc/PID/cmdline, which it may overwrite; children; /proc/net/tcp; events of
 * a cgroup. The first byte of the input selects one.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/content.h"
#include "fuzz.h"

/* Every short file has the content of the input. */
static const char *content;
static size_t content_size;

static ssize_t take_content(const char *path __attribute__((unused)), char *buffer, size_t size)
{
	const size_t length = content_size < size - 1 ? content_size : size - 1;

	memcpy(buffer, content, length);
	buffer[length] = '\0';
	return (ssize_t)length;
}

#define content_read take_content
#include "init/memory_kills.c"
#include "init/network.c"
#include "init/process.c"
#undef content_read

/* Field number of stat, counted from the last bracket; NULL if it is missing. */
static const char *field_of(const char *text, int number)
{
	const char *at = strrchr(text, ')');

	for (int field = 3; at && field <= number; field++) {
		at = strchr(at, ' ');
		at = at ? at + 1 : NULL;
	}
	return at;
}

static void check_stat(void)
{
	static struct process process;
	const char *text = fuzz_copy(content, strnlen(content, 1023));
	const char *name = strchr(text, '('), *end = strrchr(text, ')');
	const bool expected = name && end && field_of(text, 34);

	memset(&process, 0, sizeof(process));
	if (!process_look(7, &process)) {
		PROMISE(!expected);
		return;
	}
	PROMISE(expected && process.pid == 7);
	if (strspn(field_of(text, 20), "0123456789") < 10)
		PROMISE(process.facts.has_ended ==
			(end[2] == 'Z' && (!isdigit((unsigned char)*field_of(text, 20)) ||
					   strtoul(field_of(text, 20), NULL, 10) <= 1)));
	PROMISE(strlen(process.facts.name) < sizeof(process.facts.name));
	if (name < end)
		PROMISE(strncmp(process.facts.name, name + 1, strlen(process.facts.name)) == 0);
	if (strspn(field_of(text, 4), "0123456789") < 10)
		PROMISE(process.facts.parent == (pid_t)strtoul(field_of(text, 4), NULL, 10) ||
			strchr("+- \t\n\v\f\r", *field_of(text, 4)));
	process_look_again(&process);
}

static void check_cmdline(void)
{
	static const char shells[] = " sh ash bash dash ksh mksh yash zsh ";
	const char *first = content, *name, *slash = strrchr(first, '/');
	const size_t first_length = strlen(first) + 1;
	const struct process process = {.pid = 7};
	const bool is_shell = process_is_shell(&process);
	char word[16];

	if (content_size == 0 || content_size > 255) {
		PROMISE(content_size || !is_shell);
		return;
	}
	name = slash ? slash + 1 : first;
	name += *name == '-';
	if (strcmp(name, "busybox") == 0 && first_length < content_size + 1)
		name = first + first_length;
	snprintf(word, sizeof(word), " %.10s ", name);
	PROMISE(is_shell == (*name && !strchr(name, ' ') && strstr(shells, word) != NULL));
}

static void check_children(void)
{
	char only[32];

	snprintf(only, sizeof(only), "%d ", 42);
	PROMISE(process_is_only_child(42, 1) ==
		(strcmp(fuzz_copy(content, strnlen(content, 31)), only) == 0));
}

/* A connection is sending if it is closed and its queue is a hexadecimal number other than 0. */
static bool is_sending(char *line)
{
	char *word[5] = {NULL}, *rest = line;
	size_t digits;

	for (int i = 0; i < 5; i++)
		word[i] = strtok_r(rest, " ", &rest);
	if (!word[4] || word[4] != word[3] + 3 ||
	    (strcmp(word[3], "04") != 0 && strcmp(word[3], "09") != 0 &&
	     strcmp(word[3], "0B") != 0))
		return false;
	digits = strspn(word[4], "0123456789ABCDEF");
	return word[4][digits] == ':' && strspn(word[4], "0") < digits;
}

static void check_network(void)
{
	const char *const path = fuzz_file(0, content, content_size), *const end = content +
										   content_size;
	bool expected = false;

	for (const char *at = content; at < end;) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		const size_t length = (size_t)((newline ? newline : end) - at);
		const bool sends = is_sending(fuzz_copy(at, length));

		PROMISE(network_line_is_sending(fuzz_copy(at, length)) == sends);
		expected |= sends;
		at += length + 1;
	}
	PROMISE(look_at(path) == (expected ? NETWORK_SENDING : NETWORK_QUIET));
}

static void check_memory(void)
{
	const char *text = fuzz_copy(content, strnlen(content, 511)), *line = NULL;
	uint32_t count = 0x5a5a5a5a;
	size_t digits;

	for (const char *at = text; at; at = strchr(at, '\n'), at = at ? at + 1 : NULL) {
		if (!line && strncmp(at, "oom_kill ", 9) == 0)
			line = at + 9;
	}
	digits = line ? strspn(line, "0123456789") : 0;
	if (memory_kills(&count)) {
		PROMISE(digits && (line[digits] == '\n' || line[digits] == '\0'));
		PROMISE(count == strtoull(line, NULL, 10));
	} else {
		PROMISE(count == 0x5a5a5a5a);
		PROMISE(!digits || digits > 10 || (line[digits] && line[digits] != '\n') ||
			strtoull(line, NULL, 10) > UINT32_MAX);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const checks[])(void) = {check_stat, check_cmdline, check_children,
					       check_network, check_memory};
	struct input input = fuzz_begin(data, size);
	const unsigned int kind = fuzz_byte(&input);

	content = fuzz_rest(&input, &content_size);
	/* '0' selects the first. */
	checks[(kind + 2) % 5]();
	return 0;
}
