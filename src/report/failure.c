/* SPDX-License-Identifier: MIT */
#include "report/failure.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"

static void add(struct failure *failure, const char *format, va_list arguments)
{
	struct text text = {.start = failure->text,
			    .size = sizeof(failure->text),
			    .length = strlen(failure->text)};

	text_add_list(&text, format, arguments);
}

bool fail(struct failure *failure, int status, const char *format, ...)
{
	va_list arguments;

	failure->status = status;
	failure->text[0] = '\0';
	va_start(arguments, format);
	add(failure, format, arguments);
	va_end(arguments);
	return false;
}

bool fail_further(struct failure *failure, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	add(failure, format, arguments);
	va_end(arguments);
	return false;
}

bool fail_to(const char *act, struct failure *failure)
{
	return fail(failure, STATUS_REFUSED, "cannot %s: %s", act, strerror(errno));
}
