/* SPDX-License-Identifier: MIT */
#include "hand_over.h"

#include <signal.h>
#include <unistd.h>

#include "files/ownership.h"
#include "identity/account_files.h"
#include "report/report.h"

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

/* The signals that end a hand-over. What is rewritten to nothing asks for nothing here either. */
static void choose_stops(const struct lifecycle_settings *lifecycle, bool stops[_NSIG])
{
	for (int signal = 0; signal < _NSIG; signal++)
		stops[signal] =
			lifecycle->asks_stop[signal] && lifecycle->send_as[signal] != SEND_NOTHING;
}

static bool walk_all(const char *const *paths, struct ownership_walk *walk, struct failure *failure)
{
	for (; *paths; paths++) {
		walk->path = *paths;
		if (!ownership_walk(walk, failure))
			return false;
	}
	return true;
}

/*
 * What the account had in its home goes along with its ids. Many accounts have no home; one that
 * cannot be handed over is a warning.
 */
static bool walk_home(const struct account *account, struct ownership_walk *walk,
		      struct failure *failure)
{
	if (account->home[0] != '/' || account->home[1] == '\0')
		return true;
	walk->path = account->home;
	walk->may_be_absent = true;
	if (ownership_walk(walk, failure))
		return true;
	if (failure->status != STATUS_REFUSED)
		return false;
	report(walk->reporter, REPORT_WARNINGS, "%s", failure->text);
	return true;
}

/* Walk the home, if its ids change, and every path that was asked for. */
static bool walk_trees(const struct plan *plan, bool with_home, const bool stops[_NSIG],
		       struct failure *failure)
{
	const struct settings *settings = plan->settings;
	const struct ownership_change of_home = ownership_of(plan->identity, false);
	const struct ownership_change of_paths = ownership_of(plan->identity, true);
	struct ownership_walk home = {.change = &of_home,
				      .stops = stops,
				      .reporter = &settings->reporter};
	struct ownership_walk walk = {.change = &of_paths,
				      .stops = stops,
				      .reporter = &settings->reporter};

	if (with_home && !walk_home(&plan->identity->account, &home, failure))
		return false;
	if (!walk_all(settings->hand_over.chown, &walk, failure))
		return false;
	walk.if_needed = true;
	return walk_all(settings->hand_over.chown_if_needed, &walk, failure);
}

bool hand_over(const struct plan *plan, struct failure *failure)
{
	const struct settings *settings = plan->settings;
	struct identity *identity = plan->identity;
	bool stops[_NSIG];
	bool is_new;

	if (!plan->becomes)
		return true;
	choose_stops(&settings->lifecycle, stops);
	is_new = identity->is_new;
	/* Another container may take the first id that is free, until this one has the lock. */
	if (is_new && !account_files_update(&settings->identity, &plan->ids, plan->files, identity,
					    stops, &settings->reporter, failure))
		return false;
	if (!walk_trees(plan, !is_new && identity->changes_ids, stops, failure))
		return false;
	return is_new || !identity->changes_account ||
	       account_files_update(&settings->identity, &plan->ids, plan->files, identity, stops,
				    &settings->reporter, failure);
}
