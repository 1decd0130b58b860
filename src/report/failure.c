/* SPDX-License-Identifier: MIT */
#include "report/failure.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"

bool fail(struct failure *failure, int status, const char *format, ...)
{
	struct text text = text_in(failure->text, sizeof(failure->text));
	va_list arguments;

	va_start(arguments, format);
	text_add_list(&text, format, arguments);
	va_end(arguments);
	failure->status = status;
	return false;
}

bool fail_further(struct failure *failure, const char *format, ...)
{
	struct text text = {.start = failure->text,
			    .size = sizeof(failure->text),
			    .length = strlen(failure->text)};
	va_list arguments;

	va_start(arguments, format);
	text_add_list(&text, format, arguments);
	va_end(arguments);
	return false;
}

bool fail_to(const char *act, struct failure *failure)
{
	return fail(failure, STATUS_REFUSED, "cannot %s: %s", act, strerror(errno));
}
