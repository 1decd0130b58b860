/* SPDX-License-Identifier: MIT */
/* The environment that main gets: environ(7). */
#ifndef DINIT_SU_ENVIRONMENT_H
#define DINIT_SU_ENVIRONMENT_H

#include <stdbool.h>

#include "identity/accounts.h"
#include "report/failure.h"

/* The number of entries that need no memory of their own; few containers have more. */
#define ENVIRONMENT_FEW 128

/* Which of the account's variables main gets: HOME, USER and LOGNAME. */
enum environment_choice {
	ENVIRONMENT_OF_ACCOUNT, /* all of them */
	ENVIRONMENT_ONLY_HOME,
	ENVIRONMENT_KEPT, /* none: they stay as they are */
};

/* The inherited environment with the variables of an account. */
struct environment {
	char **entries; /* NULL at the end */
	size_t size;	/* of the memory that is mapped for entries, or 0 */
	char *few[ENVIRONMENT_FEW];
};

/*
 * Fill in environment: the inherited entries, with HOME, USER and LOGNAME of the account. Without
 * an account, NULL, HOME is "/" and there is no USER and no LOGNAME. With only_home the inherited
 * USER and LOGNAME stay. Returns false with a failure if there is no memory.
 */
bool environment_for_account(struct environment *environment, char **inherited,
			     const struct account *account, bool only_home,
			     struct failure *failure);

/* Unmap the memory of the entries, if any. */
void environment_release(struct environment *environment);

/*
 * If a variable has the pid from as its value, replace its entry by NAME=to, which is put into
 * buffer. Nothing is allocated, so this is safe after vfork(2).
 */
void environment_move_pid(char **entries, const char *name, pid_t from, pid_t to, char *buffer,
			  size_t size);

/* The value of a variable, or NULL. */
const char *environment_get(char **entries, const char *name);

#endif
