/* SPDX-License-Identifier: MIT */
#include "init/memory_kills.h"

#include <stddef.h>
#include <string.h>

#include "base/content.h"
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
		if (content_read(paths[i], content, sizeof(content)) >= 0)
			return find_count(content, count);
	}
	return false;
}
