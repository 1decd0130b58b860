/* SPDX-License-Identifier: MIT */
#include "plan.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "identity/capabilities.h"
#include "init/command.h"

/*
 * Job control applies to the processes of the terminal's own session. A process of another session
 * is not stopped when it reads in the background, so it would get what is typed to the shell there.
 * And a shell in another session could not suspend its jobs.
 */
static bool check_session(const struct plan *plan, struct failure *failure)
{
	if (plan->settings->program.session != SESSION_NEW ||
	    !plan->streams[STDIN_FILENO].is_terminal)
		return true;
	return fail(failure, STATUS_REFUSED,
		    "--new-session: stdin is a terminal, and main would share it without job "
		    "control; write '</dev/null' or leave it out");
}

/* Refuse --keep-caps where it has no meaning, or where the capabilities are not there to keep. */
static bool check_rights(const struct plan *plan, struct failure *failure)
{
	const struct identity *identity = plan->identity;
	struct capability_sets now;

	if (!identity->target.capabilities)
		return true;
	if (identity->target.uid == 0)
		return fail(failure, STATUS_REFUSED,
			    "--keep-caps: root keeps every capability anyway");
	if (!capabilities_read(&now))
		return fail_to("read capabilities", failure);
	if (identity->target.capabilities & ~now.permitted)
		return fail(failure, STATUS_REFUSED,
			    "--keep-caps: the container was not given cap_%s",
			    capabilities_name(identity->target.capabilities & ~now.permitted));
	return true;
}

/*
 * A habit from tini: `dinit-su sleep 1`. The program is looked for without PATH, along which
 * whoever sets variables would let root open files.
 */
static bool refuse_user(const struct settings *settings, struct failure *failure)
{
	struct failure ignored;
	char file[PATH_MAX], *no_variables[] = {NULL};

	if (!settings->native ||
	    !command_find(settings->identity.user, no_variables, file, &ignored))
		return false;
	return fail_further(failure,
			    "; '%s' is a program: USER comes before COMMAND, and "
			    "--no-switch takes no USER",
			    settings->identity.user);
}

/*
 * Started by an engine as a uid that may have no account: with --create it gets USER's name. A uid
 * that has an account keeps that; if it is USER's, main gets USER's variables.
 */
static void choose_name(struct plan *plan)
{
	const struct settings *settings = plan->settings;
	struct identity *identity = plan->found;
	struct account *account = &identity->account;
	struct failure failure;
	char number[16];
	struct text text = text_in(number, sizeof(number));
	bool has_account;

	text_add(&text, "%u", plan->now->real_uid);
	has_account = accounts_find_user(plan->files->passwd, number, account, &failure) ==
			      LOOKUP_FOUND &&
		      account->uid == plan->now->real_uid;
	if (has_account && strcmp(account->name, settings->identity.user) != 0)
		return;
	plan->ids = (struct ids){.has_uid = true,
				 .uid = plan->now->real_uid,
				 .has_gid = !has_account,
				 .gid = plan->now->real_gid};
	if (!identity_resolve(&settings->identity, &plan->ids, plan->files, identity, &failure)) {
		report(&settings->reporter, REPORT_WARNINGS, "%s", failure.text);
		return;
	}
	plan->identity = identity;
	plan->takes_name = true;
}

static bool choose_identity(struct plan *plan, struct failure *failure)
{
	const struct settings *settings = plan->settings;
	struct identity *identity = plan->found;

	if (!settings->identity.user)
		return true;
	identity->target.gid = plan->now->real_gid;
	if (!identity_check(settings->identity.user, failure))
		return false;
	if (settings->identity.if_root && plan->now->effective_uid != 0) {
		if (settings->identity.create)
			choose_name(plan);
		return true;
	}
	if (!ids_choose(&settings->identity.ids, environ, &plan->ids, failure))
		return false;
	if (!identity_resolve(&settings->identity, &plan->ids, plan->files, identity, failure))
		return refuse_user(settings, failure);
	/* Not in choose_name(): who was started without root keeps what the engine has given. */
	identity->target.capabilities = settings->identity.keep_capabilities;
	plan->identity = identity;
	switch (identity_transition(identity, plan->now)) {
	case BECOME:
		plan->becomes = true;
		return check_rights(plan, failure);
	case CARRY_ON:
		return check_rights(plan, failure);
	case REFUSE:
		break;
	}
	return fail(failure, STATUS_REFUSED,
		    "cannot become '%s': started as uid %u and not as root%s",
		    settings->identity.user, plan->now->effective_uid,
		    settings->native ? "; --if-root carries on as that user" : "");
}

bool plan_make(struct plan *plan, struct failure *failure)
{
	return check_session(plan, failure) && choose_identity(plan, failure);
}
