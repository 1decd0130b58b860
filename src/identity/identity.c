/* SPDX-License-Identifier: MIT */
#include "identity/identity.h"

#include <errno.h>
#include <string.h>

#include "base/parse.h"
#include "base/text.h"

static bool use_account(struct identity *identity, const struct ids *ids,
			const struct account_files *files, struct failure *failure)
{
	/* The line of its own group, which may list the user, is made to say the wanted gid. */
	const gid_t except = ids->gid && !identity->by_number ? identity->account.gid : 0;

	identity->target.uid = identity->account.uid;
	if (identity->group_given)
		return true;
	identity->target.gid = identity->account.gid;
	/* Without a group file there are no memberships. No group was named: not an error. */
	return accounts_add_memberships(files->group, identity->account.name, except,
					&identity->target.groups, failure) != LOOKUP_FAILED;
}

/* The ids that useradd(8) gives to users that are not the system's. */
#define FIRST_FREE_ID 1000
#define LAST_FREE_ID 60000

/* A name for useradd(8): a small letter or _, then these, digits and -, and perhaps a $ last. */
static bool is_account_name(const char *name)
{
	static const char may[] = "abcdefghijklmnopqrstuvwxyz_0123456789-";
	size_t length = strspn(name, may);

	if (length == 0 || strchr("0123456789-", name[0]))
		return false;
	length += name[length] == '$';
	return length <= NEW_NAME_MAX && name[length] == '\0';
}

/* Fill in the account that --create is going to make, as if it existed already. */
static bool invent_account(const char *user, const struct ids *ids,
			   const struct account_files *files, struct identity *identity,
			   struct failure *failure)
{
	struct group_set *used = &identity->others;
	struct account *account = &identity->account;
	char buffer[sizeof("/home/") + NEW_NAME_MAX];
	struct text home = text_in(buffer, sizeof(buffer));
	struct group_entry group = {0};
	uint32_t free_id = FIRST_FREE_ID;
	enum lookup found;

	if (!is_account_name(user))
		return fail(failure, STATUS_REFUSED,
			    "'%s' cannot be created: a name is up to %d of a-z, 0-9, _ and -", user,
			    NEW_NAME_MAX);
	if (!ids->has_uid && ids->source)
		return fail(failure, STATUS_REFUSED, "no user '%s' in %s, and %s %s", user,
			    files->passwd, ids->source, ids->missing);
	used->count = 0;
	found = accounts_find_group(files->group, user, &group, failure);
	if (found == LOOKUP_FAILED || accounts_add_ids(files, user, used, failure) == LOOKUP_FAILED)
		return false;
	while (group_set_has(used, free_id))
		free_id++;
	if (free_id > LAST_FREE_ID)
		return fail(failure, STATUS_REFUSED, "no id from %d to %d is free for '%s'",
			    FIRST_FREE_ID, LAST_FREE_ID, user);
	account->uid = ids->has_uid ? ids->uid : free_id;
	if (found == LOOKUP_FOUND)
		account->gid = group.gid;
	else
		account->gid = group_set_has(used, account->uid) ? free_id : account->uid;
	text_add(&home, "/home/%s", user);
	account_set_name(account, user, buffer);
	identity->has_account = identity->is_new = true;
	return true;
}

/* Fail for a user or a group, as kind says, that has no entry in the file at path. */
static bool cannot_find(const char *kind, const char *name, const char *path, enum lookup found,
			struct failure *failure)
{
	if (parse_is_digits(name))
		return fail(failure, STATUS_REFUSED, "'%s' is no %s id: ids go from 0 to %u", name,
			    kind, ID_MAX);
	if (found == LOOKUP_NO_FILE)
		return fail(failure, STATUS_REFUSED,
			    "cannot look up %s '%s': there is no %s; without one write UID:GID",
			    kind, name, path);
	return fail(failure, STATUS_REFUSED, "no %s '%s' in %s", kind, name, path);
}

static bool resolve_user(const char *user, const struct identity_settings *settings,
			 const struct ids *ids, const struct account_files *files,
			 struct identity *identity, struct failure *failure)
{
	const enum lookup found =
		accounts_find_user(files->passwd, user, &identity->account, failure);

	identity->has_account = found == LOOKUP_FOUND;
	identity->is_new = false;
	identity->by_number = identity->has_account && strcmp(identity->account.name, user) != 0;
	if (found == LOOKUP_FAILED)
		return false;
	if (!identity->has_account && settings->create &&
	    !invent_account(user, ids, files, identity, failure))
		return false;
	if (identity->has_account)
		return use_account(identity, ids, files, failure);
	if (!parse_id(user, &identity->target.uid))
		return cannot_find("user", user, files->passwd, found, failure);
	return identity->group_given || settings->keep_own_group ||
	       fail(failure, STATUS_REFUSED,
		    "uid %s has no account and so no group: write '%s:%s' or another GROUP", user,
		    user, user);
}

bool identity_find_group(const char *group, const struct account_files *files, gid_t *gid,
			 struct failure *failure)
{
	struct group_entry entry;
	enum lookup found = accounts_find_group(files->group, group, &entry, failure);

	if (found == LOOKUP_FOUND)
		*gid = entry.gid;
	return found == LOOKUP_FOUND ||
	       (found != LOOKUP_FAILED &&
		(parse_id(group, gid) ||
		 cannot_find("group", group, files->group, found, failure)));
}

static bool too_many_groups(const struct identity_settings *settings, struct failure *failure)
{
	return fail(failure, STATUS_REFUSED, "%s is in more than %d groups", settings->user,
		    GROUPS_MAX);
}

static bool keep_groups(const struct identity_settings *settings, const struct account_files *files,
			struct identity *identity, struct failure *failure)
{
	struct group_set *of_root = &identity->others;
	const gid_t *have;
	const int count = credentials_groups(&have);
	enum lookup found;
	const char *root;

	/* Without some of its groups main may have more access: a mode may exclude a group. */
	if (count < 0)
		return fail(failure, STATUS_REFUSED,
			    "--keep-groups: cannot read the groups of this process: %s",
			    strerror(errno));
	/* The user's account is looked up later, and overwrites root's. */
	found = accounts_find_user(files->passwd, "0", &identity->account, failure);
	root = found == LOOKUP_FOUND ? identity->account.name : "root";
	of_root->count = 0;
	if (found == LOOKUP_FAILED ||
	    accounts_add_memberships(files->group, root, 0, of_root, failure) == LOOKUP_FAILED)
		return false;
	for (int i = 0; i < count; i++) {
		if (have[i] != 0 && !group_set_has(of_root, have[i]) &&
		    !group_set_add(&identity->target.groups, have[i]))
			return too_many_groups(settings, failure);
	}
	return true;
}

static bool add_groups(const struct identity_settings *settings, const struct account_files *files,
		       struct identity *identity, struct failure *failure)
{
	for (const char *const *group = settings->add_groups; *group; group++) {
		gid_t gid;

		if (!identity_find_group(*group, files, &gid, failure))
			return false;
		if (!group_set_add(&identity->target.groups, gid))
			return too_many_groups(settings, failure);
	}
	return group_set_add(&identity->target.groups, identity->target.gid) ||
	       too_many_groups(settings, failure);
}

static void use_ids(const struct ids *ids, struct identity *identity)
{
	const struct account *account = &identity->account;

	if (ids->has_uid)
		identity->target.uid = ids->uid;
	if (ids->has_gid)
		identity->target.gid = ids->gid;
	identity->wanted.uid = ids->has_uid ? ids->uid : account->uid;
	identity->wanted.gid = ids->has_gid ? ids->gid : account->gid;
	identity->changes_ids = identity->is_new ||
				(identity->has_account && (identity->wanted.uid != account->uid ||
							   identity->wanted.gid != account->gid));
	/* Found by number: the line stays, because the next start must find the number again. */
	identity->changes_account = identity->changes_ids && !identity->by_number;
}

bool identity_check(const char *user_and_group, struct failure *failure)
{
	static const char lacks[] = "'%s' has no %s the colon";
	const char *colon = strchr(user_and_group, ':');

	if (user_and_group[0] == '\0')
		return fail(failure, STATUS_REFUSED, "USER is empty: is a variable unset?");
	if (colon == user_and_group)
		return fail(failure, STATUS_REFUSED, lacks, user_and_group, "USER before");
	if (colon && colon[1] == '\0')
		return fail(failure, STATUS_REFUSED, lacks, user_and_group, "GROUP after");
	if (colon && strchr(colon + 1, ':'))
		return fail(failure, STATUS_REFUSED, "'%s' is not USER or USER:GROUP",
			    user_and_group);
	if (strcspn(user_and_group, ":") >= ACCOUNT_NAME_SIZE)
		return fail(failure, STATUS_REFUSED, "the name of the user is too long: '%s'",
			    user_and_group);
	return true;
}

bool identity_resolve(const struct identity_settings *settings, const struct ids *ids,
		      const struct account_files *files, struct identity *identity,
		      struct failure *failure)
{
	const char *user_and_group = settings->user;
	size_t length = strcspn(user_and_group, ":");
	const char *group = user_and_group[length] ? user_and_group + length + 1 : NULL;
	char user[ACCOUNT_NAME_SIZE];

	if (!identity_check(user_and_group, failure))
		return false;
	memcpy(user, user_and_group, length);
	user[length] = '\0';

	identity->target.groups.count = 0;
	identity->group_given = group != NULL;
	if (settings->keep_groups && !keep_groups(settings, files, identity, failure))
		return false;
	if (group && !identity_find_group(group, files, &identity->target.gid, failure))
		return false;
	if (!resolve_user(user, settings, ids, files, identity, failure))
		return false;
	use_ids(ids, identity);
	if (identity->changes_ids && !identity->is_new && identity->account.uid == 0)
		return fail(failure, STATUS_REFUSED, "'%s' is root, whose ids stay", user);
	identity->group_given = group || ids->has_gid;
	return add_groups(settings, files, identity, failure);
}

enum transition identity_transition(const struct identity *identity, const struct credentials *now)
{
	if (now->effective_uid == 0)
		return BECOME;
	/* credentials_may_start() has made sure that real and effective ids are the same. */
	if (now->real_uid == identity->target.uid && !identity->is_new &&
	    (!identity->group_given || now->real_gid == identity->target.gid))
		return CARRY_ON;
	return REFUSE;
}
