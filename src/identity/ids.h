/* SPDX-License-Identifier: MIT */
/*
 * Ids that USER runs with instead of its own, so that what the container writes on a bind mount
 * belongs to the person who started it.
 */
#ifndef DINIT_SU_IDS_H
#define DINIT_SU_IDS_H

#include <stdbool.h>
#include <sys/types.h>

#include "report/failure.h"

/* Who tells the ids. */
enum ids_source {
	IDS_OF_ACCOUNT,	  /* the account files alone */
	IDS_GIVEN,	  /* text is UID[:GID], a good one */
	IDS_OF_VARIABLES, /* text is UIDVAR[:GIDVAR], likewise */
	IDS_OF_PATH,	  /* text is a path, whose owner USER becomes */
};

struct ids_settings {
	enum ids_source source;
	const char *text;
	bool allow_root; /* the environment may ask for id 0 */
};

struct ids {
	bool has_uid, has_gid;
	uid_t uid;
	gid_t gid;
	const char *source;  /* the variables or the path that tell the ids, or NULL: neither */
	const char *missing; /* why source tells no uid, for messages */
};

/* Whether text is UIDVAR or UIDVAR:GIDVAR, each the name of a variable. */
bool ids_are_variables(const char *text);

/*
 * Find out which ids --ids, --ids-from-env or --ids-of asks for, if any. A variable that is unset
 * or empty asks for none, nor does a path of root's. Returns false with a failure that names the
 * variable whose value is no id, or is 0 without --allow-root; or the path that cannot be looked
 * at, has a link of somebody else's on the way, or may belong to somebody whom this user namespace
 * does not map.
 */
bool ids_choose(const struct ids_settings *settings, char **environment, struct ids *ids,
		struct failure *failure);

#endif
