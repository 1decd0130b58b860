/* SPDX-License-Identifier: MIT */
#include "init/memory_kills.h"

#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "base/parse.h"

/* The number behind "oom_kill " at the start of a line. */
static bool find_count(char *content, uint32_t *count)
{
	static const char key[] = "oom_kill ";
	char *line = content;

	while (strncmp(line, key, sizeof(key) - 1) != 0) {
		line = strchr(line, '\n');
		if (!line)
			return false;
		line++;
	}
	line += sizeof(key) - 1;
	line[strcspn(line, "\n")] = '\0';
	return parse_number(line, UINT32_MAX, count);
}

bool memory_kills(uint32_t *count)
{
	static const char *const paths[] = {
		"/sys/fs/cgroup/memory.events",
		"/sys/fs/cgroup/memory/memory.oom_control",
	};
	char content[512];

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		int file = open(paths[i], O_RDONLY | O_CLOEXEC);
		ssize_t length = file < 0 ? -1 : read(file, content, sizeof(content) - 1);

		if (file >= 0)
			close(file);
		if (length < 0)
			continue;
		content[length] = '\0';
		return find_count(content, count);
	}
	return false;
}
