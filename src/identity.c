/* SPDX-License-Identifier: MIT */
#include "identity.h"

#include <string.h>

#include "parse.h"

static bool use_account(struct identity *identity, const struct account_files *files,
			struct failure *failure)
{
	identity->uid = identity->account.uid;
	if (identity->group_given)
		return true;
	identity->gid = identity->account.gid;
	/* Without a group file there are no memberships; that is no error, no group was named. */
	return accounts_add_memberships(files->group, identity->account.name, &identity->groups,
					failure) != LOOKUP_FAILED;
}

static bool use_number(const char *user, struct identity *identity, struct failure *failure)
{
	if (!parse_id(user, &identity->uid))
		return fail(failure, STATUS_REFUSED, "'%s' is no user id: ids go from 0 to %u",
			    user, ID_MAX);
	if (!identity->group_given)
		return fail(failure, STATUS_REFUSED,
			    "uid %s has no account and so no group: write '%s:%s' or another GROUP",
			    user, user, user);
	return true;
}

static bool resolve_user(const char *user, const struct account_files *files,
			 struct identity *identity, struct failure *failure)
{
	switch (accounts_find_user(files->passwd, user, &identity->account, failure)) {
	case LOOKUP_FOUND:
		identity->has_account = true;
		return use_account(identity, files, failure);
	case LOOKUP_NOT_FOUND:
		if (parse_is_digits(user))
			return use_number(user, identity, failure);
		return fail(failure, STATUS_REFUSED, "no user '%s' in %s", user, files->passwd);
	case LOOKUP_NO_FILE:
		if (parse_is_digits(user))
			return use_number(user, identity, failure);
		return fail(failure, STATUS_REFUSED,
			    "cannot look up user '%s': there is no %s; without one write UID:GID",
			    user, files->passwd);
	default:
		return false;
	}
}

bool identity_find_group(const char *group, const struct account_files *files, gid_t *gid,
			 struct failure *failure)
{
	enum lookup found = accounts_find_group(files->group, group, gid, failure);

	if (found == LOOKUP_FOUND)
		return true;
	if (found == LOOKUP_FAILED)
		return false;
	if (parse_id(group, gid))
		return true;
	if (parse_is_digits(group))
		return fail(failure, STATUS_REFUSED, "'%s' is no group id: ids go from 0 to %u",
			    group, ID_MAX);
	if (found == LOOKUP_NO_FILE)
		return fail(failure, STATUS_REFUSED,
			    "cannot look up group '%s': there is no %s; without one write UID:GID",
			    group, files->group);
	return fail(failure, STATUS_REFUSED, "no group '%s' in %s", group, files->group);
}

static bool too_many_groups(const struct settings *settings, struct failure *failure)
{
	return fail(failure, STATUS_REFUSED, "%s is in more than %d groups", settings->user,
		    GROUPS_MAX);
}

static bool keep_groups(const struct settings *settings, const struct account_files *files,
			struct identity *identity, struct failure *failure)
{
	static struct group_set of_root;
	const gid_t *have;
	const int count = credentials_groups(&have);
	/* Root's account is looked up in the room for the user's own, which comes later. */
	const enum lookup found =
		accounts_find_user(files->passwd, "0", &identity->account, failure);
	const char *root = found == LOOKUP_FOUND ? identity->account.name : "root";

	if (found == LOOKUP_FAILED ||
	    accounts_add_memberships(files->group, root, &of_root, failure) == LOOKUP_FAILED)
		return false;
	for (int i = 0; i < count; i++) {
		if (have[i] != 0 && !group_set_has(&of_root, have[i]) &&
		    !group_set_add(&identity->groups, have[i]))
			return too_many_groups(settings, failure);
	}
	return true;
}

static bool add_groups(const struct settings *settings, const struct account_files *files,
		       struct identity *identity, struct failure *failure)
{
	for (const char *const *group = settings->add_groups; *group; group++) {
		gid_t gid;

		if (!identity_find_group(*group, files, &gid, failure))
			return false;
		if (!group_set_add(&identity->groups, gid))
			return too_many_groups(settings, failure);
	}
	return group_set_add(&identity->groups, identity->gid) ||
	       too_many_groups(settings, failure);
}

bool identity_check(const char *user_and_group, struct failure *failure)
{
	const char *colon = strchr(user_and_group, ':');

	if (user_and_group[0] == '\0')
		return fail(failure, STATUS_REFUSED, "USER is empty: is a variable unset?");
	if (colon == user_and_group)
		return fail(failure, STATUS_REFUSED, "'%s' has no USER before the colon",
			    user_and_group);
	if (colon && colon[1] == '\0')
		return fail(failure, STATUS_REFUSED, "'%s' has no GROUP after the colon",
			    user_and_group);
	if (colon && strchr(colon + 1, ':'))
		return fail(failure, STATUS_REFUSED, "'%s' is not USER or USER:GROUP",
			    user_and_group);
	if (strcspn(user_and_group, ":") >= ACCOUNT_NAME_SIZE)
		return fail(failure, STATUS_REFUSED, "the name of the user is too long: '%s'",
			    user_and_group);
	return true;
}

bool identity_resolve(const struct settings *settings, const struct account_files *files,
		      struct identity *identity, struct failure *failure)
{
	const char *user_and_group = settings->user;
	size_t length = strcspn(user_and_group, ":");
	const char *group = user_and_group[length] ? user_and_group + length + 1 : NULL;
	char user[ACCOUNT_NAME_SIZE];

	if (!identity_check(user_and_group, failure))
		return false;
	memcpy(user, user_and_group, length);
	user[length] = '\0';

	identity->group_given = group != NULL;
	identity->capabilities = settings->keep_capabilities;
	identity->no_new_privileges = settings->no_new_privileges;
	if (settings->keep_groups && !keep_groups(settings, files, identity, failure))
		return false;
	if (group && !identity_find_group(group, files, &identity->gid, failure))
		return false;
	return resolve_user(user, files, identity, failure) &&
	       add_groups(settings, files, identity, failure);
}

enum transition identity_transition(const struct identity *identity, const struct credentials *now)
{
	if (now->effective_uid == 0)
		return BECOME;
	/* credentials_may_start() has made sure that real and effective ids are the same. */
	if (now->real_uid == identity->uid &&
	    (!identity->group_given || now->real_gid == identity->gid))
		return CARRY_ON;
	return REFUSE;
}
