/* SPDX-License-Identifier: MIT */
#include "numbered.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "parse.h"

/* What getdents64(2) fills in; its page gives this declaration because no header has to. */
struct directory_entry {
	uint64_t inode;
	int64_t offset;
	uint16_t length;
	uint8_t type;
	char name[];
};

static int visit_entries(const char *buffer, long size, int (*visit)(int number, void *context),
			 void *context)
{
	int result = 0;

	for (long at = 0; at < size && result == 0;) {
		const struct directory_entry *entry = (const void *)(buffer + at);
		uint32_t number;

		if (parse_id(entry->name, &number))
			result = visit((int)number, context);
		at += entry->length;
	}
	return result;
}

int numbered_each(const char *path, int *descriptor, int (*visit)(int number, void *context),
		  void *context)
{
	_Alignas(struct directory_entry) char buffer[2048];
	int result = 0, error;
	long got = 0;

	*descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*descriptor < 0)
		return -1;
	while (result == 0 &&
	       (got = syscall(SYS_getdents64, *descriptor, buffer, sizeof(buffer))) > 0)
		result = visit_entries(buffer, got, visit, context);
	error = errno;
	close(*descriptor);
	errno = error;
	return got < 0 ? -1 : result;
}
