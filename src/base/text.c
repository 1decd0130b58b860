/* SPDX-License-Identifier: MIT */
#include "base/text.h"

struct text text_in(char *buffer, size_t size)
{
	buffer[0] = '\0';
	return (struct text){.start = buffer, .size = size};
}

static void add_character(struct text *text, char character)
{
	if (text->length + 1 < text->size) {
		text->start[text->length++] = character;
		text->start[text->length] = '\0';
	}
}

static void add_string(struct text *text, const char *string)
{
	char *at = text->start + text->length;
	const char *const last = text->start + text->size - 1;

	while (*string && at < last)
		*at++ = *string++;
	*at = '\0';
	text->length = (size_t)(at - text->start);
}

static void add_number(struct text *text, unsigned int number, unsigned int base)
{
	char digits[sizeof(number) * 3];
	size_t count = 0;

	do {
		digits[count++] = (char)('0' + number % base);
		number /= base;
	} while (number > 0);
	while (count > 0)
		add_character(text, digits[--count]);
}

static void add_signed(struct text *text, int number)
{
	if (number < 0)
		add_character(text, '-');
	add_number(text, number < 0 ? 0U - (unsigned int)number : (unsigned int)number, 10);
}

void text_add_list(struct text *text, const char *format, va_list arguments)
{
	for (const char *at = format; *at; at++) {
		if (*at != '%') {
			add_character(text, *at);
			continue;
		}
		switch (*++at) {
		case 's':
			add_string(text, va_arg(arguments, const char *));
			break;
		case 'c':
			add_character(text, (char)va_arg(arguments, int));
			break;
		case 'd':
			add_signed(text, va_arg(arguments, int));
			break;
		case 'u':
			add_number(text, va_arg(arguments, unsigned int), 10);
			break;
		case 'o':
			add_number(text, va_arg(arguments, unsigned int), 8);
			break;
		default:
			add_character(text, *at);
			break;
		}
	}
}

void text_add(struct text *text, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	text_add_list(text, format, arguments);
	va_end(arguments);
}

void text_mask_controls(struct text *text)
{
	for (size_t i = 0; i < text->length; i++) {
		if ((unsigned char)text->start[i] < ' ' || text->start[i] == '\x7f')
			text->start[i] = '?';
	}
}
