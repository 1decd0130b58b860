/* SPDX-License-Identifier: MIT */
#include "explain.h"

#include "base/signal_names.h"

/* Append a value from outside, with a question mark for every control character. */
static void add_value(struct text *text, const char *value)
{
	struct text part = {.start = text->start + text->length, .size = text->size - text->length};

	text_add(&part, "%s", value);
	text_mask_controls(&part);
	text->length += part.length;
}

/* Append words, such a value and the end of the line. */
static void add_line(struct text *text, const char *words, const char *value)
{
	text_add(text, "%s", words);
	add_value(text, value);
	text_add(text, "\n");
}

static void explain_groups(const struct group_set *groups, struct text *text)
{
	for (size_t i = 0; i < groups->count; i++)
		text_add(text, " %u", groups->ids[i]);
}

static void explain_user(const struct plan *plan, struct text *text)
{
	const struct identity *identity = plan->identity;

	if (!plan->becomes) {
		text_add(text, "user      uid %u, gid %u, as now: nothing to switch\n",
			 plan->now->real_uid, plan->now->real_gid);
		return;
	}
	text_add(text, "user      %suid %u, gid %u, groups",
		 identity->has_account ? "" : "no account, ", identity->target.uid,
		 identity->target.gid);
	explain_groups(&identity->target.groups, text);
	if (identity->has_account) {
		text_add(text, " (");
		add_value(text, identity->account.name);
		text_add(text, ")");
	}
	text_add(text, "\n");
}

static void explain_account(const struct plan *plan, struct text *text)
{
	const struct identity *identity = plan->identity;

	if (!(plan->becomes || plan->takes_name) || !identity->changes_account)
		return;
	text_add(text, "accounts  ");
	add_value(text, identity->account.name);
	if (identity->is_new)
		add_line(text, " is created, with the home ", identity->account.home);
	else
		text_add(text, " is %u:%u in the account files, which becomes %u:%u\n",
			 identity->account.uid, identity->account.gid, identity->wanted.uid,
			 identity->wanted.gid);
}

static void explain_rights(const struct plan *plan, struct text *text)
{
	const struct settings *settings = plan->settings;
	/* With no identity the process carries on with the capabilities that it has. */
	const uint64_t capabilities = plan->identity ? plan->identity->target.capabilities : 0;

	if (!settings->limits.has_umask && !settings->limits.no_new_privileges && !capabilities)
		return;
	text_add(text, "rights   ");
	if (settings->limits.has_umask)
		text_add(text, " umask 0%o", settings->limits.umask);
	if (settings->limits.no_new_privileges)
		text_add(text, " no_new_privs");
	for (uint64_t set = capabilities; set; set &= set - 1)
		text_add(text, " cap_%s", capabilities_name(set));
	text_add(text, "\n");
}

static void explain_variables(const struct account *account, struct text *text)
{
	text_add(text, "env       HOME=");
	add_value(text, account->home[0] ? account->home : "/");
	text_add(text, " USER=");
	add_value(text, account->name);
	add_line(text, " LOGNAME=", account->name);
}

static void explain_environment(const struct plan *plan, struct text *text)
{
	const struct identity *identity = plan->identity;

	if (!identity || plan->settings->environment == ENVIRONMENT_KEPT)
		text_add(text, "env       as it is\n");
	else if (identity->has_account)
		explain_variables(&identity->account, text);
	else
		text_add(text, "env       HOME=/, no USER, no LOGNAME\n");
}

static void explain_stdio(const struct plan *plan, struct text *text)
{
	if (plan->becomes && !plan->settings->keep_stdio)
		text_add(text, "stdio     terminals and pipes are given to uid %u\n",
			 plan->identity->target.uid);
}

static void explain_paths(const struct plan *plan, const char *const *path, const char *unless,
			  struct text *text)
{
	for (; *path; path++) {
		text_add(text, "files     below ");
		add_value(text, *path);
		text_add(text, " are given to uid %u%s\n", plan->identity->target.uid, unless);
	}
}

static void explain_files(const struct plan *plan, struct text *text)
{
	if (!plan->becomes)
		return;
	explain_paths(plan, plan->settings->hand_over.chown, "", text);
	explain_paths(plan, plan->settings->hand_over.chown_if_needed,
		      ", unless it has that already", text);
}

static void add_duration(struct text *text, int64_t milliseconds)
{
	const unsigned int seconds = (unsigned int)(milliseconds / 1000);
	const unsigned int rest = (unsigned int)(milliseconds % 1000);

	if (rest == 0)
		text_add(text, "%u s", seconds);
	else if (seconds == 0)
		text_add(text, "%u ms", rest);
	else
		text_add(text, "%u s %u ms", seconds, rest);
}

static void explain_signals(const struct lifecycle_settings *settings, struct text *text)
{
	char name[SIGNAL_NAME_SIZE];

	if (settings->audience != AUDIENCE_BY_SIGNAL)
		text_add(text, "signals   all go to %s\n",
			 settings->audience == AUDIENCE_GROUP ? "the group" : "the command alone");
	for (int signal = 1; signal < _NSIG; signal++) {
		const uint8_t sent = settings->send_as[signal];

		if (!sent)
			continue;
		text_add(text, "signal    %s: ", signal_name(signal, name));
		text_add(text, "%s\n", sent == SEND_NOTHING ? "ignored" : signal_name(sent, name));
	}
}

static void explain_stop(const struct lifecycle_settings *settings, struct text *text)
{
	char name[SIGNAL_NAME_SIZE];

	text_add(text, "stop      on");
	for (int signal = 1; signal < _NSIG; signal++) {
		if (settings->asks_stop[signal])
			text_add(text, " %s", signal_name(signal, name));
	}
	if (settings->stop_delay > 0) {
		text_add(text, "; passed on after ");
		add_duration(text, settings->stop_delay);
	}
	if (settings->stop_timeout != NO_DEADLINE) {
		text_add(text, "; main is killed ");
		add_duration(text, settings->stop_timeout);
		text_add(text, " later");
	}
	text_add(text, "\n");
}

static void explain_end(const struct settings *settings, struct text *text)
{
	if (settings->lifecycle.rest == REST_IS_AWAITED) {
		text_add(text, "ending    when no process is left\n");
	} else {
		text_add(text, "ending    what is left gets TERM, and KILL after ");
		add_duration(text, settings->lifecycle.wait);
		text_add(text, "\n");
	}
	if (settings->lifecycle.linger > 0) {
		text_add(text, "network   gets up to ");
		add_duration(text, settings->lifecycle.linger);
		text_add(text, " for the last bytes, from a PID 1\n");
	}
	for (int status = 0; status < 256; status++) {
		if (settings_exit_status(settings, status) != status)
			text_add(text, "status    %d becomes %d\n", status,
				 settings_exit_status(settings, status));
	}
	if (settings->termination_log)
		add_line(text, "message   of a bad end in ", settings->termination_log);
}

static void explain_init(const struct plan *plan, struct text *text)
{
	const struct settings *settings = plan->settings;

	if (settings->mode == MODE_IN_PLACE) {
		text_add(text, "init      none: the command replaces this process\n");
		return;
	}
	text_add(text, "init      %s, as uid %u\n",
		 plan->is_pid1 ? "PID 1 of its namespace" : "child subreaper",
		 plan->becomes && !settings->root_init ? plan->identity->target.uid
						       : plan->now->real_uid);
	if (settings->program.session == SESSION_NEW)
		text_add(text, "session   main has its own, without the terminal\n");
	explain_signals(&settings->lifecycle, text);
	explain_stop(&settings->lifecycle, text);
	explain_end(settings, text);
}

void explain(const struct plan *plan, const char *file, struct text *text)
{
	text_add(text, "command  ");
	for (char **word = plan->settings->command; word && *word; word++) {
		text_add(text, " ");
		add_value(text, *word);
	}
	if (plan->settings->mode == MODE_PAUSE)
		text_add(text, " none: wait for a stop signal");
	text_add(text, "\n");
	if (file)
		add_line(text, "program   ", file);
	explain_user(plan, text);
	explain_account(plan, text);
	explain_rights(plan, text);
	explain_environment(plan, text);
	explain_stdio(plan, text);
	explain_files(plan, text);
	explain_init(plan, text);
}
