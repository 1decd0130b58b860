/* SPDX-License-Identifier: MIT */
/*
 * Functions for text of the C library for musl, in place of the library's: 1.7 KiB of the static
 * binary less. Other C libraries keep theirs.
 *
 * musl's strerror(3) knows every errno. This one knows those that the system calls of this program
 * can meet on Linux, in the words of errno(3). musl's strspn(3) and strcspn(3) make a table of the
 * characters first, which pays for more of them than the few that are looked for here.
 */
#include <limits.h> /* which defines __GLIBC__, if it is that */

#ifndef __GLIBC__

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"

#define ERRORS(ERROR)                                                                              \
	ERROR(EPERM, "Operation not permitted")                                                    \
	ERROR(ENOENT, "No such file or directory")                                                 \
	ERROR(ESRCH, "No such process")                                                            \
	ERROR(EINTR, "Interrupted system call")                                                    \
	ERROR(EIO, "Input/output error")                                                           \
	ERROR(ENXIO, "No such device or address")                                                  \
	ERROR(E2BIG, "Argument list too long")                                                     \
	ERROR(ENOEXEC, "Exec format error")                                                        \
	ERROR(EBADF, "Bad file descriptor")                                                        \
	ERROR(ECHILD, "No child processes")                                                        \
	ERROR(EAGAIN, "Resource temporarily unavailable")                                          \
	ERROR(ENOMEM, "Cannot allocate memory")                                                    \
	ERROR(EACCES, "Permission denied")                                                         \
	ERROR(EBUSY, "Device or resource busy")                                                    \
	ERROR(EEXIST, "File exists")                                                               \
	ERROR(EXDEV, "Invalid cross-device link")                                                  \
	ERROR(ENODEV, "No such device")                                                            \
	ERROR(ENOTDIR, "Not a directory")                                                          \
	ERROR(EISDIR, "Is a directory")                                                            \
	ERROR(EINVAL, "Invalid argument")                                                          \
	ERROR(ENFILE, "Too many open files in system")                                             \
	ERROR(EMFILE, "Too many open files")                                                       \
	ERROR(ETXTBSY, "Text file busy")                                                           \
	ERROR(EFBIG, "File too large")                                                             \
	ERROR(ENOSPC, "No space left on device")                                                   \
	ERROR(EROFS, "Read-only file system")                                                      \
	ERROR(EPIPE, "Broken pipe")                                                                \
	ERROR(ENAMETOOLONG, "File name too long")                                                  \
	ERROR(ENOLCK, "No locks available")                                                        \
	ERROR(ENOSYS, "Function not implemented")                                                  \
	ERROR(ELOOP, "Too many levels of symbolic links")                                          \
	ERROR(ENODATA, "No data available")                                                        \
	ERROR(EOVERFLOW, "Value too large for defined data type")                                  \
	ERROR(EBADMSG, "Bad message")                                                              \
	ERROR(ELIBBAD, "Accessing a corrupted shared library")                                     \
	ERROR(EOPNOTSUPP, "Operation not supported")                                               \
	ERROR(ENOTCONN, "Transport endpoint is not connected")                                     \
	ERROR(ETIMEDOUT, "Connection timed out")                                                   \
	ERROR(EHOSTDOWN, "Host is down")                                                           \
	ERROR(ESTALE, "Stale file handle")                                                         \
	ERROR(EUCLEAN, "Structure needs cleaning")                                                 \
	ERROR(EREMOTEIO, "Remote I/O error")                                                       \
	ERROR(EDQUOT, "Disk quota exceeded")                                                       \
	ERROR(ENOKEY, "Required key not available")                                                \
	ERROR(EKEYEXPIRED, "Key has expired")
#define NUMBER(number, words) number,
#define WORDS(number, words) words "\0"

static const uint16_t numbers[] = {ERRORS(NUMBER)};
static const char all_words[] = ERRORS(WORDS);

char *strerror(int error)
{
	static char number[16];
	struct text text = text_in(number, sizeof(number));
	const char *words = all_words;

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		if (numbers[i] == error)
			return (char *)words;
		words += strlen(words) + 1;
	}
	text_add(&text, "errno %d", error);
	return number;
}

char *strchr(const char *text, int character)
{
	for (; *text != (char)character; text++) {
		if (!*text)
			return NULL;
	}
	return (char *)text;
}

int strncmp(const char *one, const char *other, size_t length)
{
	for (; length > 0; one++, other++, length--) {
		if (*one != *other || !*one)
			return (unsigned char)*one - (unsigned char)*other;
	}
	return 0;
}

size_t strspn(const char *text, const char *accepted)
{
	const char *at = text;

	while (*at && strchr(accepted, *at))
		at++;
	return (size_t)(at - text);
}

size_t strcspn(const char *text, const char *rejected)
{
	const char *at = text;

	/* The NUL at the end of rejected counts as one of its characters: strchr(3). */
	while (!strchr(rejected, *at))
		at++;
	return (size_t)(at - text);
}

static int small(char character)
{
	return character >= 'A' && character <= 'Z' ? character - 'A' + 'a' : character;
}

int strncasecmp(const char *one, const char *other, size_t length)
{
	for (; length > 0; one++, other++, length--) {
		if (small(*one) != small(*other) || !*one)
			return small(*one) - small(*other);
	}
	return 0;
}

int strcasecmp(const char *one, const char *other)
{
	const size_t length = strlen(one) + 1;

	return strncasecmp(one, other, length);
}

#else
/* ISO C wants a file to declare something. */
typedef int no_library_words;
#endif
