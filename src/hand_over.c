/* SPDX-License-Identifier: MIT */
#include "hand_over.h"

#include <signal.h>
#include <unistd.h>

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

static bool walk(const struct plan *plan, const char *path, const struct ownership_change *change,
		 struct failure *failure)
{
	const struct settings *settings = plan->settings;
	const struct lifecycle_settings *lifecycle = &settings->lifecycle;
	bool stops[_NSIG] = {false};

	/* What is rewritten to nothing asks for nothing here either. */
	for (int signal = 1; signal < _NSIG; signal++)
		stops[signal] =
			lifecycle->asks_stop[signal] && lifecycle->send_as[signal] != SEND_NOTHING;
	return ownership_walk(path, change, stops, &settings->reporter, failure);
}

/* What the account had in its home goes along with its ids. */
static bool hand_over_home(const struct plan *plan, struct failure *failure)
{
	const struct account *account = &plan->identity->account;
	const struct ownership_change change = ownership_of(plan->identity, false);

	if (account->home[0] != '/' || account->home[1] == '\0' ||
	    walk(plan, account->home, &change, failure))
		return true;
	if (failure->status != STATUS_REFUSED)
		return false;
	/* Many accounts have none. */
	if (access(account->home, F_OK) == 0)
		report(&plan->settings->reporter, REPORT_WARNINGS, "%s", failure->text);
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
		if (!walk(plan, *path, &change, failure))
			return false;
	}
	return is_new || !identity->changes_account ||
	       account_files_update(settings, &plan->ids, plan->files, identity, failure);
}
