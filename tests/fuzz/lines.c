/* SPDX-License-Identifier: MIT */
/*
 * Lines and texts: the first line of the input is searched for in the lines that follow, and
 * text_add() is compared with snprintf(3).
 */
#include <stdio.h>
#include <string.h>

#include "base/lines.h"
#include "base/text.h"
#include "fuzz.h"

/* All lines come in their order and place; with text, at least those that contain it. */
static void check_lines(const char *path, const char *content, size_t size, const char *text)
{
	struct lines lines;
	size_t at = 0, length;
	const char *line;

	PROMISE(lines_open(&lines, path));
	while ((line = text ? lines_next_with(&lines, text, &length)
			    : lines_next(&lines, &length))) {
		PROMISE(lines.line >= at && lines.line + length <= size);
		PROMISE(memcmp(line, content + lines.line, length) == 0 && line[length] == '\0');
		PROMISE(lines.line == 0 || content[lines.line - 1] == '\n');
		PROMISE(!memchr(line, '\n', length));
		PROMISE(lines.line + length == size || content[lines.line + length] == '\n');
		/* The lines that were passed over do not contain it. */
		PROMISE(text ? !*text || !memmem(content + at, lines.line - at, text, strlen(text))
			     : lines.line == at);
		at = lines.line + length + (lines.line + length < size);
	}
	PROMISE(!lines.error);
	PROMISE(text && *text ? !memmem(content + at, size - at, text, strlen(text)) : at == size);
	lines_close(&lines);
	PROMISE(lines_open(&lines, path) && lines_read_all(&lines));
	PROMISE(lines.end == size && memcmp(lines.buffer, content, size) == 0);
	lines_close(&lines);
}

static void check_text(const char *text, unsigned int number, size_t size)
{
	char expected[64], *buffer = fuzz_copy(text, size);
	struct text built = text_in(buffer, size);
	int length;

	text_add(&built, "%s|%c%%", text, 'c');
	text_add(&built, "%d,%u,%o", (int)number, number, number);
	length =
		snprintf(expected, size, "%s|%c%%%d,%u,%o", text, 'c', (int)number, number, number);
	PROMISE(strcmp(buffer, expected) == 0);
	PROMISE(built.length == (length < (int)size ? (size_t)length : size - 1));
	text_mask_controls(&built);
	for (size_t i = 0; i < built.length; i++)
		PROMISE((unsigned char)buffer[i] >= ' ' && buffer[i] != 0x7f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = fuzz_begin(data, size);
	unsigned int number = 0;
	const char *text, *content;
	size_t length, room;

	for (int i = 0; i < 4; i++)
		number = number << 8 | fuzz_byte(&input);
	text = fuzz_line(&input, &length);
	room = 1 + number % 64;
	check_text(text, number, room <= length ? room : length + 1);
	content = fuzz_rest(&input, &length);
	check_lines(fuzz_file(0, content, length), content, length, NULL);
	check_lines(fuzz_file(0, content, length), content, length, text);
	return 0;
}
