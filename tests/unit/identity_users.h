/* SPDX-License-Identifier: MIT */
/* What the tests of USER share: account files, and who USER is in them. */
#ifndef DINIT_SU_IDENTITY_USERS_H
#define DINIT_SU_IDENTITY_USERS_H

#include "identity/identity.h"
#include "unit.h"

static const char passwd[] = "root:x:0:0::/root:/bin/sh\n"
			     "app:x:1000:1001::/home/app:/bin/sh\n"
			     "4711:x:5000:5000::/home/digits:/bin/sh\n"
			     "member:x:1002:44::/:/bin/sh\n";
static const char group[] = "root:x:0:\napp:x:1001:\naudio:x:29:app,member\n"
			    "video:x:44:app,member\n77:x:78:\n";

static const struct ids no_ids;

/* Who text is when nothing else is asked for. */
static inline bool resolve(const char *text, const struct account_files *where,
			   struct identity *identity, struct failure *failure)
{
	const struct identity_settings settings = {.user = text};

	return identity_resolve(&settings, &no_ids, where, identity, failure);
}

static inline struct account_files files(void)
{
	return (struct account_files){file_with_text(passwd), file_with_text(group)};
}

#endif
