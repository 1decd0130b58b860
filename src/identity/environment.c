/* SPDX-License-Identifier: MIT */
#include "identity/environment.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "base/parse.h"
#include "base/text.h"

/* The value of an entry NAME=VALUE, or NULL if it has another name. */
static const char *value_of(const char *entry, const char *name)
{
	while (*name && *entry == *name) {
		entry++;
		name++;
	}
	return *name == '\0' && *entry == '=' ? entry + 1 : NULL;
}

const char *environment_get(char **entries, const char *name)
{
	for (; *entries; entries++) {
		const char *value = value_of(*entries, name);

		if (value)
			return value;
	}
	return NULL;
}

void environment_move_pid(char **entries, const char *name, pid_t from, pid_t to, char *buffer,
			  size_t size)
{
	for (; *entries; entries++) {
		const char *value = value_of(*entries, name);
		uint32_t pid;

		if (value && parse_id(value, &pid) && (pid_t)pid == from) {
			struct text text = text_in(buffer, size);

			text_add(&text, "%s=%d", name, to);
			*entries = buffer;
		}
	}
}

static bool is_of_account(const char *entry, bool only_home)
{
	return value_of(entry, "HOME") ||
	       (!only_home && (value_of(entry, "USER") || value_of(entry, "LOGNAME")));
}

static char **space_for(struct environment *environment, size_t count)
{
	void *space;

	environment->size = 0;
	if (count <= ENVIRONMENT_FEW)
		return environment->few;
	space = mmap(NULL, count * sizeof(char *), PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (space == MAP_FAILED)
		return NULL;
	environment->size = count * sizeof(char *);
	return space;
}

bool environment_for_account(struct environment *environment, char **inherited,
			     const struct account *account, bool only_home, struct failure *failure)
{
	size_t count = 0, kept = 0;
	char **entries;

	while (inherited[count])
		count++;
	/* There are up to three more entries and the NULL at the end. */
	entries = space_for(environment, count + 4);
	if (!entries)
		return fail(failure, STATUS_REFUSED, "no memory for the environment: %s",
			    strerror(errno));
	for (size_t i = 0; i < count; i++) {
		if (!is_of_account(inherited[i], only_home))
			entries[kept++] = inherited[i];
	}
	entries[kept++] = account && account->home[0] ? account->home_variable : "HOME=/";
	if (account && !only_home) {
		entries[kept++] = account->user_variable;
		entries[kept++] = account->logname_variable;
	}
	entries[kept] = NULL;
	environment->entries = entries;
	return true;
}

void environment_release(struct environment *environment)
{
	if (environment->size)
		munmap(environment->entries, environment->size);
}
