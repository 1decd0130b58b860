/* SPDX-License-Identifier: MIT */
#include "hand_over.h"

#include "account_files.h"
#include "ownership.h"
#include "report.h"

/* What belonged to the account's own ids, or with roots_too to root, is to be the new ones'. */
static struct ownership_change ownership_of(const struct identity *identity, bool roots_too)
{
	const bool has_old = identity->has_account && !identity->is_new;

	return (struct ownership_change){
		.from_uid = has_old ? identity->account.uid : identity->uid,
		.from_gid = has_old ? identity->account.gid : identity->gid,
		.to_uid = identity->uid,
		.to_gid = identity->gid,
		.roots_too = roots_too,
	};
}

/* What the account had in its home goes along with its ids. */
static bool hand_over_home(const struct plan *plan, struct failure *failure)
{
	const struct settings *settings = plan->settings;
	const struct account *account = &plan->identity->account;
	const struct ownership_change change = ownership_of(plan->identity, false);

	if (account->home[0] != '/' || account->home[1] == '\0' ||
	    ownership_walk(account->home, &change, settings->lifecycle.asks_stop,
			   &settings->reporter, failure))
		return true;
	if (failure->status != STATUS_REFUSED)
		return false;
	report(&settings->reporter, REPORT_STORY, "%s", failure->text);
	return true;
}

bool hand_over(const struct plan *plan, struct failure *failure)
{
	const struct settings *settings = plan->settings;
	struct identity *identity = plan->identity;
	struct ownership_change change;
	bool is_new;

	if (!plan->becomes)
		return true;
	is_new = identity->is_new;
	if (is_new && !account_files_update(settings, &plan->ids, plan->files, identity, failure))
		return false;
	/* Another container may have taken the first id that was free, until this one had the lock.
	 */
	change = ownership_of(identity, true);
	if (!is_new && identity->changes_account && !hand_over_home(plan, failure))
		return false;
	for (const char *const *path = settings->chown; *path; path++) {
		if (!ownership_walk(*path, &change, settings->lifecycle.asks_stop,
				    &settings->reporter, failure))
			return false;
	}
	return is_new || !identity->changes_account ||
	       account_files_update(settings, &plan->ids, plan->files, identity, failure);
}
