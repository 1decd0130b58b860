/* SPDX-License-Identifier: MIT */
#include "files/ownership_rules.h"

bool ownership_decide(const struct stat *status, const struct ownership_change *change, uid_t *uid,
		      gid_t *gid)
{
	const bool is_roots = status->st_uid == 0;

	*uid = *gid = KEEP;
	if (S_ISCHR(status->st_mode) || S_ISBLK(status->st_mode))
		return false;
	if (is_roots && !S_ISDIR(status->st_mode) && status->st_nlink > 1)
		return false;
	if (!(is_roots && change->roots_too) && status->st_uid != change->from_uid &&
	    status->st_uid != change->to_uid)
		return false;
	if (status->st_uid != change->to_uid)
		*uid = change->to_uid;
	if (status->st_gid != change->to_gid &&
	    (status->st_gid == change->from_gid || (change->roots_too && status->st_gid == 0)))
		*gid = change->to_gid;
	return *uid != KEEP || *gid != KEEP;
}

bool ownership_is_others(const struct stat *status, const struct ownership_change *change)
{
	return status->st_uid != 0 && status->st_uid != change->from_uid &&
	       status->st_uid != change->to_uid;
}
