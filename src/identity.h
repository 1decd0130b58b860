/* SPDX-License-Identifier: MIT */
/*
 * Who to become: USER[:GROUP] -> ids and groups, and whether there is anything to switch. Nothing
 * here changes the process; that is credentials.h.
 */
#ifndef DINIT_SU_IDENTITY_H
#define DINIT_SU_IDENTITY_H

#include <stdbool.h>

#include "accounts.h"
#include "credentials.h"
#include "failure.h"
#include "settings.h"

/* Where the accounts are kept: the system's files, or a test's. */
struct account_files {
	const char *passwd;
	const char *group;
};

struct identity {
	uid_t uid;
	gid_t gid;
	bool group_given;	/* GROUP was written, so it counts when comparing */
	bool has_account;	/* else account is not filled in */
	struct account account; /* for HOME, USER and LOGNAME */
	struct group_set groups;
	uint64_t capabilities;	/* kept by a user that is not root */
	bool no_new_privileges; /* and nothing is left in the bounding set of such a user */
};

/* Whether the text has the form USER or USER:GROUP; false with a failure that says what is wrong.
 */
bool identity_check(const char *user_and_group, struct failure *failure);

/*
 * Find out who settings->user, USER[:GROUP], is, into an identity that is all zero. USER alone
 * brings its account's group and memberships; with GROUP there are no other groups. A name is
 * looked up as a name first and then, if all digits, as a number; a number without an account needs
 * GROUP. Returns false with a failure that says what is wrong with the text, or what the files
 * lack.
 *
 * --add-group adds groups. --keep-groups adds those of this process, but gid 0 and the groups of
 * its group file that list root: they came with root's account, the rest from whoever started it.
 */
bool identity_resolve(const struct settings *settings, const struct account_files *files,
		      struct identity *identity, struct failure *failure);

/* Find the gid of a group by name or number; a number needs no entry in the group file. */
bool identity_find_group(const char *group, const struct account_files *files, gid_t *gid,
			 struct failure *failure);

enum transition {
	BECOME,	  /* started as root: switch */
	CARRY_ON, /* already who was asked for */
	REFUSE,	  /* neither root nor who was asked for */
};

/* What a process with the credentials now has to do to run as identity. */
enum transition identity_transition(const struct identity *identity, const struct credentials *now);

#endif
