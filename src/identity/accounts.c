/* SPDX-License-Identifier: MIT */
#include "identity/accounts.h"

#include <errno.h>
#include <string.h>

#include "base/lines.h"
#include "base/pages.h"
#include "base/parse.h"

enum {
	PASSWD_NAME,
	PASSWD_PASSWORD,
	PASSWD_UID,
	PASSWD_GID,
	PASSWD_GECOS,
	PASSWD_HOME,
	PASSWD_SHELL,
	PASSWD_FIELDS
};
enum { GROUP_NAME, GROUP_PASSWORD, GROUP_GID, GROUP_MEMBERS, GROUP_FIELDS };

/* Put an entry of an environment in front of where the last one starts. Returns where it does. */
static char *add_variable(char *last, const char *variable, const char *value, size_t most)
{
	const size_t length = strnlen(value, most);
	char *start = last - 1 - length - strlen(variable);

	memcpy(stpcpy(start, variable), value, length);
	last[-1] = '\0';
	return start;
}

void account_set_name(struct account *account, const char *name, const char *home)
{
	static USED_AT_END char
		strings[sizeof("HOME=USER=LOGNAME=") + PATH_MAX + 2 * ACCOUNT_NAME_SIZE];
	char *const end = strings + sizeof(strings);

	account->home_variable = add_variable(end, "HOME=", home, PATH_MAX - 1);
	account->user_variable =
		add_variable(account->home_variable, "USER=", name, ACCOUNT_NAME_SIZE - 1);
	account->logname_variable =
		add_variable(account->user_variable, "LOGNAME=", name, ACCOUNT_NAME_SIZE - 1);
	account->home = account->home_variable + strlen("HOME=");
	account->name = account->user_variable + strlen("USER=");
}

static enum lookup open_file(struct lines *lines, const char *path, struct failure *failure)
{
	if (lines_open(lines, path))
		return LOOKUP_FOUND;
	if (errno == ENOENT || errno == ENOTDIR)
		return LOOKUP_NO_FILE;
	fail(failure, STATUS_REFUSED, "cannot open %s: %s", path, strerror(errno));
	return LOOKUP_FAILED;
}

/* Close the file that was searched: found, unless it could not be read to where the answer was. */
static enum lookup close_file(struct lines *lines, const char *path, bool found,
			      struct failure *failure)
{
	enum lookup result = found ? LOOKUP_FOUND : LOOKUP_NOT_FOUND;

	if (lines->error) {
		fail(failure, STATUS_REFUSED, "cannot read %s: %s", path, strerror(lines->error));
		result = LOOKUP_FAILED;
	}
	lines_close(lines);
	return result;
}

/* Split a line at its colons, in place. Returns false unless it is an entry of count fields. */
static bool split(char *line, size_t length, char *fields[], size_t count)
{
	const char *const end = line + length;
	size_t have = 1;

	if (strchr("#+-:", line[0]))
		return false;
	fields[0] = line;
	for (; line < end; line++) {
		if (*line == '\0')
			return false;
		if (*line != ':')
			continue;
		if (have == count)
			return false;
		*line = '\0';
		fields[have++] = line + 1;
	}
	return have == count;
}

/* The fields of a line that is an account, with its ids; name and home are still the line's. */
static bool parse_account(char *line, size_t length, char *field[], uid_t *uid, gid_t *gid)
{
	return split(line, length, field, PASSWD_FIELDS) &&
	       strlen(field[PASSWD_NAME]) < ACCOUNT_NAME_SIZE &&
	       strlen(field[PASSWD_HOME]) < PATH_MAX && parse_id(field[PASSWD_UID], uid) &&
	       parse_id(field[PASSWD_GID], gid);
}

/*
 * What a line of an account must contain to be of interest: its name as written or its number. An
 * id in a file may have more zeros in front than the one that is looked for, or fewer.
 */
static const char *without_zeros(const char *name)
{
	while (parse_is_digits(name) && name[0] == '0' && name[1])
		name++;
	return name;
}

enum lookup accounts_find_user(const char *path, const char *user, struct account *account,
			       struct failure *failure)
{
	struct lines lines;
	char *field[PASSWD_FIELDS];
	enum lookup opened = open_file(&lines, path, failure);
	bool by_name = false, by_number = false;
	uid_t wanted, uid;
	gid_t gid;
	bool is_number = parse_id(user, &wanted);
	size_t length;
	char *line;

	if (opened != LOOKUP_FOUND)
		return opened;
	while (!by_name && (line = lines_next_with(&lines, without_zeros(user), &length))) {
		if (!parse_account(line, length, field, &uid, &gid))
			continue;
		by_name = strcmp(field[PASSWD_NAME], user) == 0;
		if (by_name || (is_number && !by_number && uid == wanted)) {
			by_number = true;
			account->line = lines.line;
			account->uid = uid;
			account->gid = gid;
			account_set_name(account, field[PASSWD_NAME], field[PASSWD_HOME]);
		}
	}
	return close_file(&lines, path, by_name || by_number, failure);
}

enum lookup accounts_find_group(const char *path, const char *group, struct group_entry *found,
				struct failure *failure)
{
	struct lines lines;
	char *field[GROUP_FIELDS];
	enum lookup opened = open_file(&lines, path, failure);
	bool by_name = false, by_number = false;
	struct group_entry candidate;
	gid_t wanted;
	bool is_number = parse_id(group, &wanted);
	size_t length;
	char *line;

	if (opened != LOOKUP_FOUND)
		return opened;
	while (!by_name && (line = lines_next_with(&lines, without_zeros(group), &length))) {
		if (!split(line, length, field, GROUP_FIELDS) ||
		    !parse_id(field[GROUP_GID], &candidate.gid))
			continue;
		by_name = strcmp(field[GROUP_NAME], group) == 0;
		if (by_name || (is_number && !by_number && candidate.gid == wanted)) {
			by_number = true;
			candidate.line = lines.line;
			*found = candidate;
		}
	}
	return close_file(&lines, path, by_name || by_number, failure);
}

/* Whether user is in a list of names with commas between them. */
static bool is_listed(const char *members, const char *user)
{
	size_t length = strlen(user);

	for (const char *at = members; at; at = strchr(at, ',')) {
		at += *at == ',';
		if (strncmp(at, user, length) == 0 && (at[length] == ',' || at[length] == '\0'))
			return true;
	}
	return false;
}

enum lookup accounts_add_memberships(const char *path, const char *user, struct group_set *set,
				     struct failure *failure)
{
	struct lines lines;
	char *field[GROUP_FIELDS];
	enum lookup opened = open_file(&lines, path, failure);
	bool fits = true;
	gid_t gid;
	size_t length;
	char *line;

	if (opened != LOOKUP_FOUND)
		return opened;
	while (fits && (line = lines_next_with(&lines, user, &length))) {
		if (split(line, length, field, GROUP_FIELDS) && parse_id(field[GROUP_GID], &gid) &&
		    is_listed(field[GROUP_MEMBERS], user))
			fits = group_set_add(set, gid);
	}
	if (fits)
		return close_file(&lines, path, true, failure);
	lines_close(&lines);
	fail(failure, STATUS_REFUSED, "%s is in more than %d groups of %s", user, GROUPS_MAX, path);
	return LOOKUP_FAILED;
}

static enum lookup add_ids(const char *path, size_t fields, const char *name, struct group_set *set,
			   struct failure *failure)
{
	struct lines lines;
	char *field[PASSWD_FIELDS];
	enum lookup opened = open_file(&lines, path, failure);
	uint32_t id;
	size_t length;
	char *line;

	if (opened != LOOKUP_FOUND)
		return opened;
	while ((line = lines_next(&lines, &length))) {
		/* A user's uid and a group's gid stand in the same place. */
		if (split(line, length, field, fields) && parse_id(field[PASSWD_UID], &id) &&
		    strcmp(field[PASSWD_NAME], name) != 0)
			group_set_add(set, id);
	}
	return close_file(&lines, path, true, failure);
}

enum lookup accounts_add_ids(const struct account_files *files, const char *name,
			     struct group_set *set, struct failure *failure)
{
	enum lookup result = add_ids(files->passwd, PASSWD_FIELDS, name, set, failure);

	if (result == LOOKUP_FAILED)
		return result;
	return add_ids(files->group, GROUP_FIELDS, name, set, failure);
}

/* Where gid is in set, or where it has to go. */
static size_t position(const struct group_set *set, gid_t gid)
{
	size_t low = 0, high = set->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (set->ids[middle] < gid)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool group_set_has(const struct group_set *set, gid_t gid)
{
	size_t at = position(set, gid);

	return at < set->count && set->ids[at] == gid;
}

bool group_set_add(struct group_set *set, gid_t gid)
{
	size_t at = position(set, gid);

	if (at < set->count && set->ids[at] == gid)
		return true;
	if (set->count == GROUPS_MAX)
		return false;
	memmove(&set->ids[at + 1], &set->ids[at], (set->count - at) * sizeof(set->ids[0]));
	set->ids[at] = gid;
	set->count++;
	return true;
}
