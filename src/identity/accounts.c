/* SPDX-License-Identifier: MIT */
#include "identity/accounts.h"

#include <errno.h>
#include <string.h>

#include "base/lines.h"
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

/* Append an entry of an environment at *end. Returns its start. */
static char *add_variable(char **end, const char *variable, const char *value)
{
	char *const start = *end;

	*end = mempcpy(mempcpy(start, variable, strlen(variable)), value, strlen(value) + 1);
	return start;
}

void account_set_name(struct account *account, const char *name, const char *home)
{
	char *end = account->strings;

	account->home_variable = add_variable(&end, "HOME=", home);
	account->user_variable = add_variable(&end, "USER=", name);
	account->logname_variable = add_variable(&end, "LOGNAME=", name);
	account->home = account->home_variable + strlen("HOME=");
	account->name = account->user_variable + strlen("USER=");
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

/*
 * The text that every line of interest contains: the name as written, or the number without its
 * leading zeros. An id in a file may have more leading zeros than the one that is looked for.
 */
static const char *without_zeros(const char *name)
{
	while (parse_is_digits(name) && name[0] == '0' && name[1])
		name++;
	return name;
}

/* A file that is searched, and the entry of it that was found last. The caller sets what to find.
 */
struct search {
	const char *path;
	const char *text; /* lines without it are of no interest */
	size_t fields;	  /* of an entry */
	struct lines lines;
	char *field[PASSWD_FIELDS];
	uint32_t id; /* a user's uid and a group's gid stand in the same place */
	bool found, by_name;
	bool is_full; /* the set that ids are added to */
	gid_t except; /* the group that is not added, or 0 */
};

static enum lookup search_begin(struct search *search, struct failure *failure)
{
	if (lines_open(&search->lines, search->path))
		return LOOKUP_FOUND;
	if (errno == ENOENT || errno == ENOTDIR)
		return LOOKUP_NO_FILE;
	fail(failure, STATUS_REFUSED, "cannot open %s: %s", search->path, strerror(errno));
	return LOOKUP_FAILED;
}

static bool search_next(struct search *search)
{
	size_t length;
	char *line;

	while ((line = lines_next_with(&search->lines, search->text, &length))) {
		if (split(line, length, search->field, search->fields) &&
		    parse_id(search->field[PASSWD_UID], &search->id))
			return true;
	}
	return false;
}

/* Whether the entry of a passwd file is an account that can be used here. */
static bool is_account(const struct search *search)
{
	gid_t gid;

	return strlen(search->field[PASSWD_NAME]) < ACCOUNT_NAME_SIZE &&
	       strlen(search->field[PASSWD_HOME]) < PATH_MAX &&
	       parse_id(search->field[PASSWD_GID], &gid);
}

/*
 * The next entry that is a better answer than the one before: the first with this number, if it is
 * one, and last the first with this name.
 */
static bool search_match(struct search *search, const char *wanted)
{
	uint32_t number;
	const bool is_number = parse_id(wanted, &number);

	while (!search->by_name && search_next(search)) {
		if (search->fields == PASSWD_FIELDS && !is_account(search))
			continue;
		search->by_name = strcmp(search->field[PASSWD_NAME], wanted) == 0;
		if (search->by_name || (is_number && !search->found && search->id == number)) {
			search->found = true;
			return true;
		}
	}
	return false;
}

/* Close the file. What was found counts only if the file could be read that far. */
static enum lookup search_end(struct search *search, bool found, struct failure *failure)
{
	const int error = search->lines.error;

	lines_close(&search->lines);
	if (!error)
		return found ? LOOKUP_FOUND : LOOKUP_NOT_FOUND;
	fail(failure, STATUS_REFUSED, "cannot read %s: %s", search->path, strerror(error));
	return LOOKUP_FAILED;
}

enum lookup accounts_find_user(const char *path, const char *user, struct account *account,
			       struct failure *failure)
{
	struct search search = {.path = path, .fields = PASSWD_FIELDS, .text = without_zeros(user)};
	const enum lookup opened = search_begin(&search, failure);

	if (opened != LOOKUP_FOUND)
		return opened;
	while (search_match(&search, user)) {
		account->line = search.lines.line;
		account->uid = search.id;
		parse_id(search.field[PASSWD_GID], &account->gid);
		account_set_name(account, search.field[PASSWD_NAME], search.field[PASSWD_HOME]);
	}
	return search_end(&search, search.found, failure);
}

enum lookup accounts_find_group(const char *path, const char *group, struct group_entry *found,
				struct failure *failure)
{
	struct search search = {.path = path, .fields = GROUP_FIELDS, .text = without_zeros(group)};
	const enum lookup opened = search_begin(&search, failure);

	if (opened != LOOKUP_FOUND)
		return opened;
	while (search_match(&search, group))
		*found = (struct group_entry){.line = search.lines.line, .gid = search.id};
	return search_end(&search, search.found, failure);
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

static bool lists(const struct search *search, const char *user)
{
	return (!search->except || search->id != search->except) &&
	       is_listed(search->field[GROUP_MEMBERS], user);
}

static bool has_other_name(const struct search *search, const char *name)
{
	return strcmp(search->field[PASSWD_NAME], name) != 0;
}

/* Add to set the ids of the entries that count, until it is full. */
static enum lookup add_ids(struct search *search,
			   bool (*counts)(const struct search *search, const char *name),
			   const char *name, struct group_set *set, struct failure *failure)
{
	const enum lookup opened = search_begin(search, failure);

	if (opened != LOOKUP_FOUND)
		return opened;
	while (!search->is_full && search_next(search)) {
		if (counts(search, name))
			search->is_full = !group_set_add(set, search->id);
	}
	return search_end(search, true, failure);
}

enum lookup accounts_add_memberships(const char *path, const char *user, gid_t except,
				     struct group_set *set, struct failure *failure)
{
	struct search search = {.path = path,
				.fields = GROUP_FIELDS,
				.text = user,
				.except = except};
	const enum lookup ended = add_ids(&search, lists, user, set, failure);

	if (!search.is_full)
		return ended;
	fail(failure, STATUS_REFUSED, "%s is in more than %d groups of %s", user, GROUPS_MAX, path);
	return LOOKUP_FAILED;
}

enum lookup accounts_add_ids(const struct account_files *files, const char *name,
			     struct group_set *set, struct failure *failure)
{
	struct search users = {.path = files->passwd, .fields = PASSWD_FIELDS, .text = ""};
	struct search groups = {.path = files->group, .fields = GROUP_FIELDS, .text = ""};
	const enum lookup result = add_ids(&users, has_other_name, name, set, failure);

	if (result == LOOKUP_FAILED)
		return result;
	return add_ids(&groups, has_other_name, name, set, failure);
}
