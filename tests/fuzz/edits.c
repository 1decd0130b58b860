/* SPDX-License-Identifier: MIT */
/*
 * Changes of the account files: the first line of the input is USER, the second has the new UID and
 * GID; the passwd file follows, and behind a line "GROUP" the group file. The files are in memory:
 * account_files.c cannot replace them and overwrites them in place.
 */
#include <stdio.h>
#include <string.h>

#include "base/parse.h"
#include "fuzz.h"
#include "identity/account_files.h"

/*
 * The new content differs from the old one in the ids of the entry at line, or has one entry more.
 * A file whose content got shorter has been truncated.
 */
static void check_content(const char *old, size_t old_size, const char *new, size_t new_size,
			  size_t line, bool is_new)
{
	size_t front = 0, back = 0;

	while (front < old_size && front < new_size && old[front] == new[front])
		front++;
	if (is_new) {
		/* A last line that lacks its newline gets one. */
		PROMISE(front == old_size);
		PROMISE(new_size == old_size || new[new_size - 1] == '\n');
		return;
	}
	while (back < old_size - front && back < new_size - front &&
	       old[old_size - 1 - back] == new[new_size - 1 - back])
		back++;
	for (size_t i = front; i < old_size - back; i++)
		PROMISE(i > line && (old[i] == ':' || (old[i] >= '0' && old[i] <= '9')));
	for (size_t i = front; i < new_size - back; i++)
		PROMISE(i > line && (new[i] == ':' || (new[i] >= '0' && new[i] <= '9')));
}

static void check_edit(const char *file, size_t size, const struct account *account,
		       struct account_ids ids)
{
	char text[32];
	struct edit edit = {.text = text,
			    .added = (size_t)sprintf(text, "%u:%u", ids.uid, ids.gid)};

	/* The ids of an entry that a lookup has found can be replaced. */
	PROMISE(edit_entry(file, size, account->line, &edit));
	PROMISE(edit.at > account->line && edit.at + edit.removed <= size);
	PROMISE(file[edit.at - 1] == ':' && file[edit.at + edit.removed] == ':');
}

/* For a line anywhere in a file: no byte beyond its end is read, and an edit lies within it. */
static void check_any_line(const char *file, size_t size, size_t line)
{
	struct edit edit = {.text = "1:1", .added = 3};

	if (edit_entry(file, size, line, &edit))
		PROMISE(edit.at > line && edit.at + edit.removed < size);
	edit = (struct edit){.text = "\na:!:1:\n", .added = 8};
	edit_append(file, size, &edit);
	PROMISE(edit.at == size && edit.removed == 0);
}

static void write_and_look(const struct account_files *files, const char *const content[2],
			   const size_t sizes[2], const struct account *account, bool is_new,
			   struct account_ids ids)
{
	static struct account again;
	static struct group_entry group, old_group;
	const struct reporter reporter = {.name = "fuzz", .level = REPORT_ERRORS};
	const struct account_change change = {.account = account,
					      .is_new = is_new,
					      .comment = "made",
					      .ids = ids};
	struct failure failure;
	size_t size;
	const bool had_group = accounts_find_group(files->group, account->name, &old_group,
						   &failure) == LOOKUP_FOUND;
	const char *new;

	PROMISE(account_files_write(files, &change, &reporter));
	new = fuzz_file_content(0, &size);
	check_content(content[0], sizes[0], new, size, is_new ? sizes[0] : account->line, is_new);
	PROMISE(accounts_find_user(files->passwd, account->name, &again, &failure) == LOOKUP_FOUND);
	PROMISE(again.uid == ids.uid && again.gid == ids.gid);
	PROMISE(strcmp(again.name, account->name) == 0 && strcmp(again.home, account->home) == 0);
	new = fuzz_file_content(1, &size);
	check_content(content[1], sizes[1], new, size, 0, is_new && !had_group);
	/* The account's own group gets the new number; root's group is no account's own. */
	if (ids.gid != 0 && had_group && old_group.gid != 0 &&
	    (is_new || old_group.gid == account->gid)) {
		PROMISE(accounts_find_group(files->group, account->name, &group, &failure) ==
			LOOKUP_FOUND);
		PROMISE(group.gid == ids.gid);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct account account;
	struct input input = fuzz_begin(data, size);
	const char *user = fuzz_line(&input, NULL), *numbers = fuzz_line(&input, NULL), *middle;
	const char *content[2];
	size_t sizes[2], length;
	struct account_files files;
	struct account_ids ids = {0};
	struct failure failure;
	bool has_gid = false;

	content[0] = fuzz_rest(&input, &length);
	middle = memmem(content[0], length, "\nGROUP\n", 7);
	sizes[0] = middle ? (size_t)(middle - content[0]) : length;
	content[1] = middle ? middle + 7 : content[0] + length;
	sizes[1] = length - (size_t)(content[1] - content[0]);
	files.passwd = fuzz_file(0, content[0], sizes[0]);
	files.group = fuzz_file(1, content[1], sizes[1]);
	check_any_line(content[0], length, length ? strlen(user) % length : 0);
	if (!parse_ids(numbers, &ids.uid, &has_gid, &ids.gid) || !has_gid)
		return 0;
	if (accounts_find_user(files.passwd, user, &account, &failure) == LOOKUP_FOUND) {
		/* The last line may lack its newline. */
		check_edit(content[0], sizes[0], &account, ids);
		if (strcmp(account.name, user) == 0)
			write_and_look(&files, content, sizes, &account, false, ids);
	} else if (*user && strlen(user) <= 32 &&
		   strspn(user, "abcdefghijklmnopqrstuvwxyz") == strlen(user)) {
		account_set_name(&account, user, "/home/new");
		account.gid = ids.gid;
		write_and_look(&files, content, sizes, &account, true, ids);
	}
	return 0;
}
