/* SPDX-License-Identifier: MIT */
/*
 * Account files: the first line of the input is the name to look up; the passwd file follows, and
 * behind a line "GROUP" the group file.
 *
 * Every lookup is compared with a second reading of the rules, which is in this file, and with the
 * C library's fgetpwent_r(3) and fgetgrent_r(3). The C library gets only the lines that are valid
 * by our rules. On these the two agree but for white space: glibc skips it at the start of a line
 * and of a member's name. glibc also takes some invalid lines: NIS entries (+, -), ids with a sign
 * or above 4294967294, too many fields, missing fields at the end of a group's line.
 */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "identity/accounts.h"

#define FIELDS_MAX 7

static bool read_id(const char *text, unsigned int *id)
{
	char *end;
	const unsigned long long number = strtoull(text, &end, 10);

	if (*text < '0' || *text > '9' || *end || strlen(text) > 10 || number > 4294967294)
		return false;
	*id = (unsigned int)number;
	return true;
}

/* The fields of a valid entry, in memory of their own, or NULL. */
static char **entry_of(const char *line, size_t length, size_t fields, unsigned int *id)
{
	static char *field[FIELDS_MAX];
	char *rest = fuzz_copy(line, length);
	unsigned int other;
	size_t count = 0;

	if (length == 0 || strlen(rest) != length || strchr("#+-:", *rest))
		return NULL;
	for (char *part = strsep(&rest, ":"); part; part = strsep(&rest, ":"), count++) {
		if (count == fields)
			return NULL;
		field[count] = part;
	}
	if (count != fields || !read_id(field[2], id))
		return NULL;
	if (fields == FIELDS_MAX &&
	    (!read_id(field[3], &other) || strlen(field[0]) >= 256 || strlen(field[5]) >= 4096))
		return NULL;
	return field;
}

static const char *line_end(const char *at, const char *end)
{
	const char *newline = memchr(at, '\n', (size_t)(end - at));

	return newline ? newline : end;
}

/* The entry that answers: the first with this name, or else the first with this number. */
struct answer {
	bool found, by_name;
	size_t line;
	unsigned int id;
	char **field;
};

static struct answer look_up(const char *file, size_t size, size_t fields, const char *wanted)
{
	struct answer answer = {0};
	const char *const end = file + size;
	unsigned int number = 0, id;
	const bool is_number = read_id(wanted, &number);

	for (const char *at = file; at < end; at = line_end(at, end) + 1) {
		char **field = entry_of(at, (size_t)(line_end(at, end) - at), fields, &id);
		const bool by_name = field && strcmp(field[0], wanted) == 0;

		if (!field || (!by_name && (!is_number || id != number || answer.found)))
			continue;
		answer.found = true;
		answer.by_name = by_name;
		answer.line = (size_t)(at - file);
		answer.id = id;
		if (by_name)
			break;
	}
	return answer;
}

/* Write the valid lines of a file. Returns false if the C library may read them differently. */
static bool filter(const char *file, size_t size, size_t fields, FILE *out)
{
	const char *const end = file + size;
	bool same = true;
	unsigned int id;

	for (const char *at = file; at < end; at = line_end(at, end) + 1) {
		const size_t length = (size_t)(line_end(at, end) - at);
		char **field = entry_of(at, length, fields, &id);

		if (!field)
			continue;
		fprintf(out, "%.*s\n", (int)length, at);
		same = same && !strpbrk(field[0], " \t\v\f\r") &&
		       (fields == FIELDS_MAX || !strpbrk(field[3], " \t\v\f\r"));
	}
	return same;
}

static FILE *begin_library(char **content, size_t *size)
{
	FILE *out = open_memstream(content, size);

	PROMISE(out);
	return out;
}

static FILE *filtered(const char *file, size_t size, size_t fields, char **content)
{
	size_t length;
	FILE *out = begin_library(content, &length);
	const bool same = filter(file, size, fields, out);

	fclose(out);
	return same && length > 0 ? fmemopen(*content, length, "r") : NULL;
}

static void ask_library_for_user(const char *file, size_t size, const char *user,
				 const struct account *account, bool by_name)
{
	char *content, buffer[8192];
	struct passwd entry, *found = NULL;
	FILE *in = filtered(file, size, FIELDS_MAX, &content);

	while (in && fgetpwent_r(in, &entry, buffer, sizeof(buffer), &found) == 0) {
		if (by_name ? strcmp(entry.pw_name, user) == 0 : entry.pw_uid == account->uid)
			break;
		found = NULL;
	}
	if (in) {
		PROMISE(found && strcmp(entry.pw_name, account->name) == 0);
		PROMISE(entry.pw_uid == account->uid && entry.pw_gid == account->gid);
		PROMISE(strcmp(entry.pw_dir, account->home) == 0);
		fclose(in);
	}
	free(content);
}

static void find_user(const char *path, const char *file, size_t size, const char *user)
{
	static struct account account;
	struct failure failure;
	const struct answer answer = look_up(file, size, FIELDS_MAX, user);
	const enum lookup found = accounts_find_user(path, user, &account, &failure);

	PROMISE(found == (answer.found ? LOOKUP_FOUND : LOOKUP_NOT_FOUND));
	if (!answer.found)
		return;
	PROMISE(account.uid == answer.id && account.line == answer.line);
	PROMISE(strcmp(account.name, user) == 0 || !answer.by_name);
	PROMISE(strncmp(file + account.line, account.name, strlen(account.name)) == 0);
	ask_library_for_user(file, size, user, &account, answer.by_name);
}

/* Add the groups that the C library finds for a user. Returns false if it may find others. */
static bool library_groups(const char *file, size_t size, const char *user, struct group_set *set)
{
	char *content, buffer[8192];
	struct group entry, *found;
	FILE *in = filtered(file, size, 4, &content);

	while (in && fgetgrent_r(in, &entry, buffer, sizeof(buffer), &found) == 0) {
		for (char **member = entry.gr_mem; *member; member++) {
			if (strcmp(*member, user) == 0)
				group_set_add(set, entry.gr_gid);
		}
	}
	if (in)
		fclose(in);
	free(content);
	return in;
}

static void find_groups(const char *path, const char *file, size_t size, const char *name)
{
	static struct group_set set, expected;
	struct group_entry group;
	struct failure failure;
	const struct answer answer = look_up(file, size, 4, name);
	const enum lookup found = accounts_find_group(path, name, &group, &failure);

	PROMISE(found == (answer.found ? LOOKUP_FOUND : LOOKUP_NOT_FOUND));
	if (answer.found)
		PROMISE(group.gid == answer.id && group.line == answer.line);
	set.count = expected.count = 0;
	PROMISE(accounts_add_memberships(path, name, 0, &set, &failure) == LOOKUP_FOUND);
	for (size_t i = 1; i < set.count; i++)
		PROMISE(set.ids[i - 1] < set.ids[i]);
	/* No list of members can contain a name with one of these. */
	if (!*name || strpbrk(name, ", \t\v\f\r") || !library_groups(file, size, name, &expected))
		return;
	PROMISE(set.count == expected.count);
	PROMISE(memcmp(set.ids, expected.ids, set.count * sizeof(set.ids[0])) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = fuzz_begin(data, size);
	const char *wanted = fuzz_line(&input, NULL), *rest, *middle, *group;
	size_t length, passwd_size, group_size;

	rest = fuzz_rest(&input, &length);
	middle = memmem(rest, length, "\nGROUP\n", 7);
	passwd_size = middle ? (size_t)(middle - rest) : length;
	group = middle ? middle + 7 : rest + length;
	group_size = length - (size_t)(group - rest);
	find_user(fuzz_file(0, rest, passwd_size), rest, passwd_size, wanted);
	find_groups(fuzz_file(1, group, group_size), group, group_size, wanted);
	return 0;
}
