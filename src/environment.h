/* SPDX-License-Identifier: MIT */
/* The environment that main gets: environ(7). */
#ifndef DINIT_SU_ENVIRONMENT_H
#define DINIT_SU_ENVIRONMENT_H

#include <stdbool.h>

#include "accounts.h"
#include "failure.h"

/* As many entries as fit without memory of their own; few containers have more. */
#define ENVIRONMENT_FEW 128

/* An environment: the inherited entries, but for those of the account. */
struct environment {
	char **entries; /* NULL at the end */
	size_t size;	/* of the memory that is mapped for them; 0 as long as none is */
	char *few[ENVIRONMENT_FEW];
};

/*
 * Make inherited the environment of an account: HOME, USER and LOGNAME. Without an account (NULL)
 * HOME is "/" and there is no USER and no LOGNAME. With only_home the other two are left alone.
 * Returns false when there is no memory.
 */
bool environment_for_account(struct environment *environment, char **inherited,
			     const struct account *account, bool only_home,
			     struct failure *failure);

/* Give back the memory that was mapped for it, if any. */
void environment_release(struct environment *environment);

/*
 * If the variable is there and its value is the pid from, let its entry be NAME=to, put into
 * buffer. Allocates nothing: safe after vfork(2).
 */
void environment_move_pid(char **entries, const char *name, pid_t from, pid_t to, char *buffer,
			  size_t size);

/* The value of a variable, or NULL. */
const char *environment_get(char **entries, const char *name);

#endif
