/* SPDX-License-Identifier: MIT */
/*
 * Credentials: who this process is, becoming somebody else for good, and proof that it worked:
 * credentials(7). Every call that changes them is in credentials.c.
 */
#ifndef DINIT_SU_CREDENTIALS_H
#define DINIT_SU_CREDENTIALS_H

#include <stdbool.h>
#include <sys/types.h>

#include "capabilities.h"
#include "failure.h"

struct identity;

struct credentials {
	uid_t real_uid, effective_uid;
	gid_t real_gid, effective_gid;
	/* Capabilities; read only when not root. */
	uint64_t permitted;
	uint64_t ambient;
};

/*
 * Find out which ones this process has; to be called before anything changes them. The saved ids
 * are no more than copies of the effective ones then: execve(2). Returns false with a failure that
 * names the call.
 */
bool credentials_read(struct credentials *credentials, struct failure *failure);

/*
 * Whether a program that was started with these credentials may act on what its caller wrote: not
 * if it is set-uid or set-gid, or has capabilities from its own file. A pure decision; false with a
 * failure that says which it is.
 */
bool credentials_may_start(const struct credentials *credentials, struct failure *failure);

/* The supplementary groups of this process, put into *groups. Returns how many, or -1 with errno.
 */
int credentials_groups(const gid_t **groups);

/*
 * Become identity for good: supplementary groups, group, user, and, for a user that is not root, no
 * capabilities but those of identity, permitted and inheritable and none of them effective. Then
 * verify all of it, and that a user that is not root cannot go back to uid 0.
 * Returns false with a failure that names the call and, where there is one, the way out; the
 * process may have changed in part by then and must end.
 */
bool credentials_assume(const struct identity *identity, struct failure *failure);

/*
 * Give up all capabilities of this process but these, which it has, and use none of them itself;
 * then verify that. The ambient set needs no look of its own: the kernel keeps it within the
 * permitted and the inheritable set, capabilities(7). Returns false with a failure, otherwise it is
 * so.
 */
bool credentials_keep(uint64_t capabilities, struct failure *failure);

/*
 * Call act(context) as identity, as far as the kernel asks who opens a file: supplementary groups,
 * effective group and user, no effective capabilities. Then be again who this process is, root,
 * whose real and saved ids stay all the while, so that nobody else can signal or trace it. Returns
 * false with a failure when one of the two did not work; the process must end then.
 */
bool credentials_borrow(const struct identity *identity, void (*act)(void *context), void *context,
			struct failure *failure);

/*
 * Make these capabilities, which are permitted and inheritable, survive the execve(2) to come, and
 * verify that the ambient set is exactly these. Nothing is done for none. Returns false with a
 * failure.
 */
bool credentials_pass_on(uint64_t capabilities, struct failure *failure);

/*
 * See to it that no program that this process runs can gain privileges: PR_SET_NO_NEW_PRIVS of
 * prctl(2). Empty the inheritable set but for the ambient capabilities, which have to be in it, and
 * verify both. The bounding set stays: a file capability that is outside it makes execve(2) fail.
 * Returns false with a failure.
 */
bool credentials_gain_no_more(struct failure *failure);

#endif
