/* SPDX-License-Identifier: MIT */
/*
 * dinit-su, from top to bottom: hold signals, read what is asked for, find out who that is, become
 * it, start main, let go, see it through to the end.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "account_files.h"
#include "cmdline.h"
#include "config.h"
#include "credentials.h"
#include "descriptors.h"
#include "environment.h"
#include "explain.h"
#include "identity.h"
#include "install.h"
#include "options.h"
#include "ownership.h"
#include "plan.h"
#include "report.h"
#include "signals.h"
#include "spawn.h"
#include "stdio_owner.h"
#include "supervise.h"
#include "terminal.h"
#include "termination_log.h"

static const struct account_files system_files = {.passwd = "/etc/passwd", .group = "/etc/group"};

/* What only the start needs. On pages of its own, touched only as far as it is used. */
struct start {
	struct identity identity;
	struct environment environment;
} __attribute__((aligned(4096)));

static int end_with(const struct plan *plan, const struct failure *failure)
{
	const struct reporter *reporter = &plan->settings->reporter;
	const struct report_event event = {.name = "failed",
					   .has_status = true,
					   .status = failure->status};

	report_event(reporter, REPORT_ERRORS, &event, "%s", failure->text);
	termination_log_write(plan->termination_log, failure->text);
	return failure->status;
}

static int print(const struct plan *plan, const char *text)
{
	size_t length = strlen(text);

	if (write(STDOUT_FILENO, text, length) == (ssize_t)length)
		return 0;
	report(&plan->settings->reporter, REPORT_ERRORS, "cannot write to stdout: %s",
	       strerror(errno));
	return STATUS_REFUSED;
}

/* Whether this process has, and its user is to have, what cannot be given to it. */
static bool check_rights(const struct plan *plan, struct failure *failure)
{
	const struct identity *identity = plan->identity;
	const uint64_t missing = identity->capabilities & ~plan->now->permitted;

	if (identity->capabilities && identity->uid == 0)
		return fail(failure, STATUS_REFUSED,
			    "--keep-caps: root keeps every capability anyway");
	if (missing)
		return fail(failure, STATUS_REFUSED,
			    "--keep-caps: the container was not given cap_%s",
			    capabilities_name(missing));
	return true;
}

/*
 * Find out who to be. plan->identity stays NULL if that does not matter: no USER, or --if-root
 * without root.
 */
static bool choose_identity(struct plan *plan, struct identity *identity, struct ids *ids,
			    struct failure *failure)
{
	const struct settings *settings = plan->settings;

	if (!settings->user)
		return true;
	if (!identity_check(settings->user, failure))
		return false;
	if (settings->if_root && plan->now->effective_uid != 0)
		return true;
	if (!ids_choose(settings, environ, ids, failure) ||
	    !identity_resolve(settings, ids, &system_files, identity, failure))
		return false;
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
	return fail(
		failure, STATUS_REFUSED,
		"cannot become '%s': started as uid %u and not as root; --if-root carries on as "
		"that user",
		settings->user, plan->now->effective_uid);
}

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

/*
 * Let files belong to the ids that main is going to have. The account files come last, so that a
 * start after an interrupted one finds the old ids there and hands over the rest; but an account
 * that is made has no old ones, and its home may be among the paths.
 */
static bool hand_over(const struct plan *plan, struct identity *identity, const struct ids *ids,
		      struct failure *failure)
{
	const struct settings *settings = plan->settings;
	const bool is_new = plan->becomes && identity->is_new;
	const struct ownership_change change = ownership_of(identity, true);

	if (!plan->becomes)
		return true;
	if (is_new && !account_files_update(settings, ids, &system_files, identity, failure))
		return false;
	if (!is_new && identity->changes_account && !hand_over_home(plan, failure))
		return false;
	for (const char *const *path = settings->chown; *path; path++) {
		if (!ownership_walk(*path, &change, settings->lifecycle.asks_stop,
				    &settings->reporter, failure))
			return false;
	}
	return is_new || !identity->changes_account ||
	       account_files_update(settings, ids, &system_files, identity, failure);
}

static bool choose_environment(const struct plan *plan, struct program *program,
			       struct environment *environment, struct failure *failure)
{
	const struct identity *identity = plan->identity;

	program->environment = environ;
	if (!identity || plan->settings->keep_environment)
		return true;
	if (!environment_for_account(environment, environ,
				     identity->has_account ? &identity->account : NULL, failure))
		return false;
	program->environment = environment->entries;
	return true;
}

/* What does not depend on who main becomes. */
static bool limit(const struct settings *settings, struct failure *failure)
{
	if (settings->has_umask)
		umask(settings->umask);
	if (settings->no_new_privileges && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return fail(failure, STATUS_REFUSED, "cannot set no_new_privs: %s",
			    strerror(errno));
	return true;
}

/* Init itself switches, so that no process of the container is root; or, if asked to, only main. */
static bool become(const struct plan *plan, struct program *program, struct failure *failure)
{
	const struct settings *settings = plan->settings;

	if (!limit(settings, failure))
		return false;
	if (plan->identity)
		program->capabilities = plan->identity->capabilities;
	if (!plan->becomes)
		return !program->capabilities || credentials_keep(program->capabilities, failure);
	if (!settings->keep_stdio)
		stdio_give(plan->identity->uid, &settings->reporter);
	if (settings->root_init)
		program->become = plan->identity;
	else if (!credentials_assume(plan->identity, failure))
		return false;
	report(&settings->reporter, REPORT_STORY, "%s '%s': uid %u, gid %u, %d groups",
	       settings->root_init ? "main becomes" : "became", settings->user, plan->identity->uid,
	       plan->identity->gid, (int)plan->identity->groups.count);
	return true;
}

static int print_explanation(const struct plan *plan)
{
	static char buffer[64 * 1024];
	struct text text = text_in(buffer, sizeof(buffer));

	explain(plan, &text);
	return print(plan, buffer);
}

/*
 * PR_SET_PDEATHSIG of prctl(2); after the switch, which undoes it. A parent that has died since the
 * start sends nothing more; with sigqueue(3) the signal does not look like one of the kernel's.
 */
static void watch_parent(const struct plan *plan)
{
	const int signal = plan->settings->parent_death;

	if (!signal)
		return;
	prctl(PR_SET_PDEATHSIG, signal, 0, 0, 0);
	if (getppid() != plan->parent)
		sigqueue(getpid(), signal, (union sigval){0});
}

static bool start_main(const struct plan *plan, struct program *program,
		       struct supervision *supervision, struct failure *failure)
{
	const struct reporter *reporter = &plan->settings->reporter;
	struct report_event event = {.name = "main-started"};

	program->terminal = terminal_in_foreground();
	supervision->has_terminal = program->terminal >= 0;
	if (!spawn_main(program, &supervision->main_pid, failure))
		return false;
	event.pid = supervision->main_pid;
	report_event(reporter, REPORT_STORY, &event, "started '%s' as pid %d", program->command[0],
		     event.pid);
	return true;
}

/* Start main and see it through to the end: what a PID 1 is for. */
static int be_init(struct plan *plan, struct program *program, struct start *start,
		   struct failure *failure)
{
	const struct settings *settings = plan->settings;
	const struct reporter *reporter = &settings->reporter;
	struct supervision supervision = {.reporter = reporter, .lifecycle = &settings->lifecycle};
	char buffer[256];
	struct text verdict = text_in(buffer, sizeof(buffer));
	struct report_event event = {.name = "ending", .has_status = true};

	if (!plan->is_pid1)
		prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	watch_parent(plan);
	if (settings->command && !start_main(plan, program, &supervision, failure))
		return settings->exit_map[end_with(plan, failure)];
	/* Back to the kernel: an init that waits for years takes no memory for what it once found.
	 */
	munmap(start->environment.entries, start->environment.size);
	madvise(start, sizeof(*start), MADV_DONTNEED);
	/* What main keeps was init's to pass on, not to have. */
	if (program->capabilities && !program->become && !credentials_keep(0, failure))
		report(reporter, REPORT_WARNINGS, "%s", failure->text);
	descriptors_release(&plan->termination_log);
	if (chdir("/") < 0)
		report(reporter, REPORT_DETAILS, "cannot leave the working directory: %s",
		       strerror(errno));
	event.status = settings->exit_map[supervise(&supervision, &verdict)];
	report_event(reporter, REPORT_STORY, &event, "ending with status %d", event.status);
	if (event.status != 0)
		termination_log_write(plan->termination_log, buffer);
	return event.status;
}

int main(int count __attribute__((unused)), char **arguments)
{
	static struct start start;
	struct inherited_signals signals;
	struct ids ids;
	struct credentials now;
	struct settings settings = settings_defaults();
	struct failure failure;
	struct plan plan = {.settings = &settings, .now = &now, .termination_log = -1};
	struct program program = {.signals = &signals};

	signals_hold(&signals);
	plan.parent = getppid();
	plan.is_pid1 = getpid() == 1;
	descriptors_guard();
	if (!credentials_read(&now, &failure) || !credentials_may_start(&now, &failure) ||
	    !cmdline_parse(arguments, environ, &settings, &failure))
		return end_with(&plan, &failure);
	settings.reporter.user = settings.user;
	settings.lifecycle.kernel_ends_rest = plan.is_pid1;
	if (settings.help)
		return print(&plan, options_help);
	if (settings.version)
		return print(&plan, "dinit-su " PACKAGE_VERSION "\n");
	if (settings.install)
		return install_self(settings.install, &failure) ? 0 : end_with(&plan, &failure);

	if (settings.termination_log && !settings.explain)
		plan.termination_log =
			termination_log_open(settings.termination_log, &settings.reporter);
	if (!choose_identity(&plan, &start.identity, &ids, &failure))
		return end_with(&plan, &failure);
	if (settings.explain)
		return print_explanation(&plan);

	program.command = settings.command;
	if (!hand_over(&plan, &start.identity, &ids, &failure) ||
	    !choose_environment(&plan, &program, &start.environment, &failure) ||
	    !become(&plan, &program, &failure))
		return end_with(&plan, &failure);
	if (!settings.exec)
		return be_init(&plan, &program, &start, &failure);
	spawn_in_place(&program, &failure);
	return end_with(&plan, &failure);
}
