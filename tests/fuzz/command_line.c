/* SPDX-License-Identifier: MIT */
/*
 * The command line of every name. Each line of the input is a word, the first one is the name; the
 * lines behind "ENVIRONMENT" are variables.
 */
#include <limits.h>
#include <signal.h>
#include <string.h>

#include "command_line/names/dropin.h"
#include "fuzz.h"
#include "identity/identity.h"

#define LONGEST (INT32_MAX * INT64_C(1000))

static void check_list(const char *const *list, int most)
{
	int count = 0;

	for (; list[count]; count++)
		PROMISE(list[count][0] != '\0');
	PROMISE(count <= most);
}

/* KILL and STOP, which init never gets, and CHLD, which is init's own, ask for no stop. */
static void check_signals(const struct settings *settings)
{
	static const int never[] = {SIGKILL, SIGSTOP, SIGCHLD};
	const struct lifecycle_settings *lifecycle = &settings->lifecycle;

	for (int signal = 0; signal < _NSIG; signal++)
		PROMISE(lifecycle->send_as[signal] < _NSIG ||
			lifecycle->send_as[signal] == SEND_NOTHING);
	for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++) {
		PROMISE(!lifecycle->asks_stop[never[i]]);
		PROMISE(!settings->native || !lifecycle->send_as[never[i]]);
	}
	PROMISE(settings->parent_death >= 0 && settings->parent_death < _NSIG);
}

static void check_settings(const struct settings *settings)
{
	const struct lifecycle_settings *lifecycle = &settings->lifecycle;
	struct failure failure;

	check_signals(settings);
	check_list(settings->identity.add_groups, ADD_GROUPS_MAX);
	check_list(settings->hand_over.chown, CHOWN_MAX);
	check_list(settings->hand_over.chown_if_needed, CHOWN_MAX);
	PROMISE(lifecycle->stop_delay >= 0 && lifecycle->stop_delay <= LONGEST);
	PROMISE(lifecycle->wait >= 0 && lifecycle->wait <= LONGEST);
	PROMISE(lifecycle->linger >= 0 && lifecycle->linger <= LONGEST);
	PROMISE(lifecycle->stop_timeout == NO_DEADLINE ||
		(lifecycle->stop_timeout >= 0 && lifecycle->stop_timeout <= LONGEST));
	PROMISE(settings->limits.umask <= 0777);
	PROMISE(settings->reporter.level <= REPORT_DETAILS);
	PROMISE(!settings->termination_log || settings->termination_log[0]);
	if (settings->task == TASK_HELP || settings->task == TASK_VERSION) {
		PROMISE(settings->answer && settings->answer[0]);
		return;
	}
	PROMISE(settings->task != TASK_INSTALL || settings->install[0]);
	if (settings->task == TASK_INSTALL)
		return;
	/* A missing command is an error and never a shell; so is a missing USER that is needed. */
	PROMISE(settings->mode == MODE_PAUSE || (settings->command && settings->command[0]));
	PROMISE(!settings->native || settings->no_switch || settings->mode == MODE_PAUSE ||
		settings->identity.user);
	if (settings->identity.user && identity_check(settings->identity.user, &failure))
		PROMISE(settings->identity.user[0] != '\0' && settings->identity.user[0] != ':');
}

static void check_same_words(char **one, char **other)
{
	for (; one && other && *one && *other; one++, other++)
		PROMISE(strcmp(*one, *other) == 0);
	PROMISE(one && other ? *one == *other : one == other);
}

static void check_same_list(const char *const *one, const char *const *other)
{
	for (; *one && *other; one++, other++)
		PROMISE(strcmp(*one, *other) == 0);
	PROMISE(*one == *other);
}

/*
 * The settings that no variable may change: the user to become, its rights, the paths that root
 * changes, and the command.
 */
static void check_guarded(const struct settings *one, const struct settings *other)
{
	const struct identity_settings *who = &one->identity, *same = &other->identity;

	PROMISE(fuzz_same(who->user, same->user));
	PROMISE(who->if_root == same->if_root && who->create == same->create);
	PROMISE(who->keep_own_group == same->keep_own_group);
	PROMISE(who->keep_groups == same->keep_groups);
	check_same_list(who->add_groups, same->add_groups);
	PROMISE(who->keep_capabilities == same->keep_capabilities);
	PROMISE(who->ids.source == same->ids.source && fuzz_same(who->ids.text, same->ids.text));
	PROMISE(who->ids.allow_root == same->ids.allow_root);
	PROMISE(one->task == other->task && fuzz_same(one->install, other->install));
	PROMISE(one->mode == other->mode && one->no_switch == other->no_switch);
	PROMISE(one->root_init == other->root_init && one->keep_stdio == other->keep_stdio);
	PROMISE(one->limits.no_new_privileges == other->limits.no_new_privileges);
	PROMISE(fuzz_same(one->umask_from_environment, other->umask_from_environment));
	check_same_list(one->hand_over.chown, other->hand_over.chown);
	check_same_list(one->hand_over.chown_if_needed, other->hand_over.chown_if_needed);
	PROMISE(one->environment == other->environment);
	check_same_words(one->command, other->command);
}

static bool parse(char **words, char **environment, struct settings *settings)
{
	struct failure failure = {0};

	*settings = (struct settings){0};
	settings_add_defaults(settings);
	if (dropin_parse(dropin_take_name(words, settings), words, environment, settings, &failure))
		return true;
	PROMISE(failure.status == STATUS_REFUSED);
	PROMISE(failure.text[0] && memchr(failure.text, '\0', sizeof(failure.text)));
	return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct settings with, without;
	struct input input = fuzz_begin(data, size);
	char **words = fuzz_words(&input, "ENVIRONMENT");
	char **environment = fuzz_words(&input, ""), *nothing[] = {NULL};

	if (!parse(fuzz_copy_words(words), environment, &with))
		return 0;
	check_settings(&with);
	/* A variable may be an error, but no variable makes a wrong command line right. */
	PROMISE(parse(fuzz_copy_words(words), nothing, &without));
	check_guarded(&with, &without);
	return 0;
}
