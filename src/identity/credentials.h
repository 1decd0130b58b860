/* SPDX-License-Identifier: MIT */
/*
 * Credentials, credentials(7): which ones this process has, switching to others for good, and the
 * proof that the switch worked. Only credentials.c, and capabilities.c for it, call what changes
 * them.
 */
#ifndef DINIT_SU_CREDENTIALS_H
#define DINIT_SU_CREDENTIALS_H

#include <stdbool.h>
#include <sys/types.h>

#include "identity/capabilities.h"
#include "identity/group_set.h"
#include "report/failure.h"

/* What a process is to switch to: all that the kernel is told, and nothing about accounts. */
struct new_credentials {
	uid_t uid;
	gid_t gid;
	uint64_t capabilities; /* kept by a user that is not root */
	/* Large, and so at the end: few pages of it are touched. */
	struct group_set groups;
};

/* What does not depend on who main becomes. */
struct limit_settings {
	bool has_umask;
	unsigned int umask;
	bool no_new_privileges;
};

struct credentials {
	uid_t real_uid, effective_uid;
	gid_t real_gid, effective_gid;
	/* Capabilities; read only when not root. */
	uint64_t permitted;
	uint64_t ambient;
};

/*
 * Read the credentials of this process. The caller does so before anything changes them: the saved
 * ids are copies of the effective ones then, execve(2). Returns false with a failure.
 */
bool credentials_read(struct credentials *credentials, struct failure *failure);

/*
 * Decide whether a program started with these credentials may do what its caller wrote. It may not
 * if it is set-uid or set-gid, or has capabilities from its own file. Returns false with a failure
 * that says which. A pure function.
 */
bool credentials_may_start(const struct credentials *credentials, struct failure *failure);

/* Point *groups to the supplementary groups of this process. Returns their number, or -1 and errno.
 */
int credentials_groups(const gid_t **groups);

/*
 * Switch to target for good: supplementary groups, group and user. A user other than root keeps
 * only the capabilities of target, permitted and inheritable, none of them effective. Then verify
 * all of it, and that such a user cannot get uid 0 back. Returns false with a failure that names
 * the call and, if there is one, the way out. The process must end then, as it may have changed in
 * part.
 */
bool credentials_assume(const struct new_credentials *target, struct failure *failure);

/*
 * Reduce the permitted and inheritable sets to these capabilities, empty the effective set, and
 * verify it. The ambient set needs no look of its own: the kernel keeps it within the other two,
 * capabilities(7). Returns false with a failure.
 */
bool credentials_keep(uint64_t capabilities, struct failure *failure);

/*
 * Call act(context) with the supplementary groups, the effective group and the effective user of
 * target and without effective capabilities: the rights that count when a file is opened. Then
 * switch back to root. The real and saved ids stay root's, so that no other user can signal or
 * trace the process meanwhile. Returns false with a failure if a switch did not work; the process
 * must end then.
 */
bool credentials_borrow(const struct new_credentials *target, void (*act)(void *context),
			void *context, struct failure *failure);

/*
 * Put these capabilities, which are permitted and inheritable, into the ambient set, which survives
 * execve(2), and verify that it holds nothing else. Does nothing if there are none. Returns false
 * with a failure.
 */
bool credentials_pass_on(uint64_t capabilities, struct failure *failure);

/*
 * Prevent every program that this process runs from gaining privileges: PR_SET_NO_NEW_PRIVS of
 * prctl(2). Empty the inheritable set but for ambient capabilities, which must be in it. Verify
 * both. The bounding set stays: execve(2) fails for a file with a capability outside it. Returns
 * false with a failure.
 */
bool credentials_gain_no_more(struct failure *failure);

#endif
