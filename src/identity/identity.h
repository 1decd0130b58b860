/* SPDX-License-Identifier: MIT */
/*
 * Which user to become: from USER[:GROUP] to ids and groups, and whether there is anything to
 * switch. Nothing here changes the process; credentials.h does.
 */
#ifndef DINIT_SU_IDENTITY_H
#define DINIT_SU_IDENTITY_H

#include <stdbool.h>

#include "identity/accounts.h"
#include "identity/credentials.h"
#include "identity/ids.h"
#include "report/failure.h"

/* The longest name of an account that --create makes, as useradd(8) has it. */
#define NEW_NAME_MAX 32

/* How many groups can be added. */
#define ADD_GROUPS_MAX 32

struct identity_settings {
	const char *user;    /* USER[:GROUP] as written, or NULL: no switch */
	bool if_root;	     /* not root: carry on as whoever that is */
	bool create;	     /* a USER that does not exist is created */
	bool keep_own_group; /* a uid without an account and without GROUP keeps the group */
	bool keep_groups;    /* of the supplementary groups those that the runtime added */
	const char *add_groups[ADD_GROUPS_MAX + 1]; /* names or numbers, NULL at the end */
	uint64_t keep_capabilities;		    /* what main has of them after the switch */
	struct ids_settings ids;
};

/* Who USER is: what was found, what the account files are to say, and what to switch to. */
struct identity {
	bool group_given;	/* GROUP was written or a gid asked for: gid has to match as well */
	bool has_account;	/* else account is not filled in */
	bool is_new;		/* the account is to be made */
	bool by_number;		/* it was found by its number, which its line has to keep */
	bool changes_ids;	/* the account is new, or it has other ids than the wanted ones */
	bool changes_account;	/* and its lines are to say them */
	struct account account; /* as the files have it, or as it is to be made */
	struct account_ids wanted;
	struct new_credentials target;
	struct group_set others; /* scratch space: the groups of root, or the ids of others */
};

/* True if the text has the form USER or USER:GROUP. Returns false with a failure if not. */
bool identity_check(const char *user_and_group, struct failure *failure);

/*
 * Find out the ids and groups of settings->user, USER[:GROUP]. USER alone has its account's group
 * and memberships, but for that in its own group if ids give that another number; with GROUP there
 * are no other groups. A name is looked up as a name first and then, if it is all digits, as a
 * number. A number without an account needs GROUP, or settings->keep_own_group: then the gid that
 * the caller has filled in counts. Returns false with a failure that says what is wrong with the
 * text, or what the files lack.
 *
 * --add-group adds groups. --keep-groups adds the supplementary groups of this process, except gid
 * 0 and the groups that list root in the group file: those came with root's account, and the rest
 * from the runtime.
 *
 * ids take precedence over the ids of the account and over GROUP. With --create a name that does
 * not exist is resolved as it will be: with a group of the same name and, without ids, the first
 * free ids.
 */
bool identity_resolve(const struct identity_settings *settings, const struct ids *ids,
		      const struct account_files *files, struct identity *identity,
		      struct failure *failure);

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
