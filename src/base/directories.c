/* SPDX-License-Identifier: MIT */
#include "base/directories.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/parse.h"
#include "base/scope.h"

long directory_read(int descriptor, void *buffer, size_t size)
{
	return syscall(SYS_getdents64, descriptor, buffer, size);
}

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

int directory_each_number(const char *path, int *descriptor,
			  int (*visit)(int number, void *context), void *context)
{
	_Alignas(struct directory_entry) char buffer[2048];
	SCOPED_DESCRIPTOR const int opened = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int result = 0;
	long got = 0;

	*descriptor = opened;
	if (opened < 0)
		return -1;
	while (result == 0 && (got = directory_read(opened, buffer, sizeof(buffer))) > 0)
		result = visit_entries(buffer, got, visit, context);
	return got < 0 ? -1 : result;
}
