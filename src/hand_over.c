/* SPDX-License-Identifier: MIT */
#include "hand_over.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/scope.h"
#include "files/ownership.h"
#include "identity/account_files.h"
#include "report/report.h"

/* From the ids in the account's line, and with roots_too from root, to those that main gets. */
static struct ownership_change ownership_of(const struct identity *identity, bool roots_too)
{
	const bool has_old = identity->has_account && !identity->is_new;

	return (struct ownership_change){
		.from_uid = has_old ? identity->account.uid : identity->target.uid,
		.from_gid = has_old ? identity->account.gid : identity->target.gid,
		.to_uid = identity->target.uid,
		.to_gid = identity->target.gid,
		.roots_too = roots_too,
	};
}

/* The signals that end a hand-over: those that ask for a stop and are not rewritten to nothing. */
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
 * Walk the home, so that the account's files follow its ids. Many accounts have no home, and that
 * is no error. A home that cannot be handed over is a warning.
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

/* Make the home as useradd(8) does, but empty. A home that belongs to another user stays theirs. */
static bool make_home(const struct identity *identity, bool is_root)
{
	const char *home = identity->account.home;
	const mode_t before = umask(022);
	SCOPED_DESCRIPTOR int descriptor = -1;
	struct stat status;
	int error;

	mkdir("/home", 0755);
	error = mkdir(home, 0700) < 0 ? errno : 0;
	umask(before);
	descriptor = open(home, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	/* mkdir failed, and so open did: the first error tells why. */
	if (descriptor < 0 && errno == ENOENT && error)
		errno = error;
	/* A home of root's is given: engines create the directories above a mount as root's. */
	return descriptor >= 0 && fstat(descriptor, &status) == 0 &&
	       (!is_root || status.st_uid != 0 ||
		fchownat(descriptor, "", identity->target.uid, identity->target.gid,
			 AT_EMPTY_PATH) == 0);
}

/* Git does not commit for somebody without a full name, and an engine's user has nobody else to
 * ask. */
static const char *full_name(const struct plan *plan)
{
	return plan->takes_name ? plan->identity->account.name : "";
}

/*
 * Make the account files say who main is going to be. Another container may have changed them since
 * they were read, so that under the lock USER is resolved once more. *written tells whether the
 * account's line says it now. Returns false with a failure.
 */
static bool write_account(const struct plan *plan, const bool stops[_NSIG], bool *written,
			  struct failure *failure)
{
	const struct reporter *reporter = &plan->settings->reporter;
	struct identity *identity = plan->identity;
	struct account_lock lock;
	bool resolved;

	if (!account_files_lock(plan->files, stops, reporter, &lock, failure))
		return false;
	resolved = identity_resolve(&plan->settings->identity, &plan->ids, plan->files, identity,
				    failure);
	*written = resolved && !identity->changes_account;
	if (resolved && identity->changes_account) {
		const struct account_change change = {.account = &identity->account,
						      .is_new = identity->is_new,
						      .comment = full_name(plan),
						      .ids = identity->wanted};

		if (identity->is_new && !make_home(identity, plan->becomes))
			report(reporter, REPORT_WARNINGS, "cannot change %s: %s",
			       identity->account.home, strerror(errno));
		*written = account_files_write(plan->files, &change, reporter);
	}
	account_files_unlock(&lock);
	return resolved;
}

/*
 * Not root: USER's line is made to say the ids that the engine has chosen, as far as the files may
 * be written. If not, main goes on as somebody without an account, in the environment that it had.
 */
static bool take_name(struct plan *plan, const bool stops[_NSIG], struct failure *failure)
{
	const char *path = plan->files->passwd;
	bool written = true;

	if (!plan->identity->changes_account)
		return true;
	if (access(path, W_OK) < 0 && errno != ENOENT) {
		report(&plan->settings->reporter, REPORT_WARNINGS,
		       "uid %u has no account, and %s cannot be changed: %s",
		       plan->identity->target.uid, path, strerror(errno));
		written = false;
	} else if (!write_account(plan, stops, &written, failure)) {
		return false;
	}
	if (!written)
		plan->identity = NULL;
	return true;
}

/* Most starts have nothing to hand over. */
static bool has_work(const struct plan *plan)
{
	const struct settings *settings = plan->settings;

	return plan->takes_name ||
	       (plan->becomes && (plan->identity->changes_ids || settings->hand_over.chown[0] ||
				  settings->hand_over.chown_if_needed[0]));
}

bool hand_over(struct plan *plan, struct failure *failure)
{
	struct identity *identity = plan->identity;
	bool stops[_NSIG], is_new, written;

	if (!has_work(plan))
		return true;
	choose_stops(&plan->settings->lifecycle, stops);
	if (plan->takes_name)
		return take_name(plan, stops, failure);
	is_new = identity->is_new;
	/* Until this process has the lock, another container may take the same free id. */
	if (is_new && !write_account(plan, stops, &written, failure))
		return false;
	if (!walk_trees(plan, !is_new && identity->changes_ids, stops, failure))
		return false;
	return is_new || !identity->changes_account ||
	       write_account(plan, stops, &written, failure);
}
