/* SPDX-License-Identifier: MIT */
/*
 * Accounts: /etc/passwd and /etc/group read as files, passwd(5) and group(5). No NSS module is
 * loaded, so nothing but this program runs as root.
 *
 * The C library's fgetpwent(3) and fgetgrent(3) are not used: musl's take 4294967296 for uid 0 and
 * cut the last character off a file that lacks its last newline, and glibc's and musl's differ in
 * what they skip. Here every line that is not exactly right is skipped: the wrong number of fields,
 * an id that is no plain decimal number, an empty name, a comment (#), a line of NIS (+, -), a NUL.
 */
#ifndef DINIT_SU_ACCOUNTS_H
#define DINIT_SU_ACCOUNTS_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "identity/group_set.h"
#include "report/failure.h"

/* The longest account name that is known here; useradd(8) allows 32. */
#define ACCOUNT_NAME_SIZE 256

/* Where the accounts are kept: the system's files, or a test's. */
struct account_files {
	const char *passwd;
	const char *group;
};

struct account_ids {
	uid_t uid;
	gid_t gid;
};

/* Bytes for HOME, USER and LOGNAME as entries of main's environment. */
#define ACCOUNT_STRINGS_SIZE (sizeof("HOME=USER=LOGNAME=") + PATH_MAX + 2 * ACCOUNT_NAME_SIZE)

/* An account, which owns its strings: it cannot be copied by assignment. */
struct account {
	uid_t uid;
	gid_t gid;
	size_t line; /* where its line starts in the file */
	/* The strings: as entries of an environment, environ(7), and behind their NAME=. */
	char *home_variable, *user_variable, *logname_variable;
	const char *name, *home;
	char strings[ACCOUNT_STRINGS_SIZE];
};

/* Let account have a name, shorter than ACCOUNT_NAME_SIZE, and a home, shorter than PATH_MAX. */
void account_set_name(struct account *account, const char *name, const char *home);

struct group_entry {
	size_t line; /* where its line starts in the file */
	gid_t gid;
};

enum lookup {
	LOOKUP_FOUND,
	LOOKUP_NOT_FOUND,
	LOOKUP_NO_FILE, /* the file does not exist */
	LOOKUP_FAILED,	/* it cannot be read; failure says why */
};

/*
 * Find the account of a user in the passwd file at path: the first one with that name, or, if there
 * is none and user is all digits, the first one with that uid.
 */
enum lookup accounts_find_user(const char *path, const char *user, struct account *account,
			       struct failure *failure);

/* Find a group in the group file at path, by name or by number, likewise. */
enum lookup accounts_find_group(const char *path, const char *group, struct group_entry *found,
				struct failure *failure);

/*
 * Add to set every group of the group file at path that lists user as a member, except one. With 0
 * for it root's group is no exception. LOOKUP_FOUND when the file was read, whether there were any
 * or not. More than GROUPS_MAX is a failure.
 */
enum lookup accounts_add_memberships(const char *path, const char *user, gid_t except,
				     struct group_set *set, struct failure *failure);

/*
 * Add to set the ids that the passwd file has for users and the group file for groups, except those
 * of name. What does not fit is left out.
 */
enum lookup accounts_add_ids(const struct account_files *files, const char *name,
			     struct group_set *set, struct failure *failure);

#endif
