/* SPDX-License-Identifier: MIT */
#include "explain.h"

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
		 identity->has_account ? "" : "no account, ", identity->uid, identity->gid);
	explain_groups(&identity->groups, text);
	if (identity->has_account)
		text_add(text, " (%s)", identity->account.name);
	text_add(text, "\n");
}

static void explain_environment(const struct plan *plan, struct text *text)
{
	const struct identity *identity = plan->identity;

	if (!identity || plan->settings->keep_environment)
		text_add(text, "env       as it is\n");
	else if (identity->has_account)
		text_add(text, "env       HOME=%s USER=%s LOGNAME=%s\n", identity->account.home,
			 identity->account.name, identity->account.name);
	else
		text_add(text, "env       HOME=/, no USER, no LOGNAME\n");
}

static void explain_stdio(const struct plan *plan, struct text *text)
{
	if (plan->becomes && !plan->settings->keep_stdio)
		text_add(text, "stdio     terminals and pipes are given to uid %u\n",
			 plan->identity->uid);
}

static void explain_init(const struct plan *plan, struct text *text)
{
	if (plan->settings->exec) {
		text_add(text, "init      none: the command replaces this process\n");
		return;
	}
	text_add(text, "init      %s, as uid %u\n",
		 plan->is_pid1 ? "PID 1 of its namespace" : "child subreaper",
		 plan->becomes && !plan->settings->root_init ? plan->identity->uid
							     : plan->now->real_uid);
	text_add(text, "ending    what is left gets TERM, and KILL %d ms later\n",
		 (int)plan->settings->wait);
}

void explain(const struct plan *plan, struct text *text)
{
	text_add(text, "command  ");
	for (char **word = plan->settings->command; *word; word++)
		text_add(text, " %s", *word);
	text_add(text, "\n");
	explain_user(plan, text);
	explain_environment(plan, text);
	explain_stdio(plan, text);
	explain_init(plan, text);
}
