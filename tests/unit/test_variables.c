/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <string.h>

#include "command_line/variables.h"

static bool with_variables(char *const *variables, struct settings *settings,
			   struct failure *failure)
{
	char *environment[8] = {"PATH=/bin"};
	int count = 1;

	while (*variables)
		environment[count++] = *variables++;
	*settings = default_settings();
	return variables_apply(environment, settings, failure);
}

START_TEST(variables)
{
	char *all[] = {"DINIT_SU_REWRITE=TERM:QUIT", "DINIT_SU_STOP_DELAY=5s",
		       "DINIT_SU_WAIT_ALL=1",	     "DINIT_SU_EXIT_MAP=143",
		       "DINIT_SU_LOG_FORMAT=json",   NULL};
	char *more[] = {"DINIT_SU_GROUP=1",
			"DINIT_SU_PARENT_DEATH=TERM",
			"DINIT_SU_STOP_SIGNALS=PWR",
			"DINIT_SU_STOP_TIMEOUT=9ms",
			"DINIT_SU_TERMINATION_LOG=/log",
			"DINIT_SU_VERBOSE=2",
			NULL};
	char *off[] = {"DINIT_SU_WAIT_ALL=0", "DINIT_SU_GROUP=0",   "DINIT_SU_SINGLE_CHILD=0",
		       "DINIT_SU_QUIET=0",    "DINIT_SU_VERBOSE=0", NULL};
	char *quiet[] = {"DINIT_SU_SINGLE_CHILD=1", "DINIT_SU_QUIET=1", NULL};
	struct settings settings;
	struct failure failure;

	ck_assert(with_variables(all, &settings, &failure));
	ck_assert_int_eq(settings.lifecycle.send_as[SIGTERM], SIGQUIT);
	ck_assert(settings.lifecycle.stop_delay == 5000);
	ck_assert(settings.lifecycle.rest == REST_IS_AWAITED);
	ck_assert_int_eq(settings_exit_status(&settings, 143), 0);
	ck_assert(settings.reporter.json);

	ck_assert(with_variables(more, &settings, &failure));
	ck_assert_int_eq(settings.lifecycle.audience, AUDIENCE_GROUP);
	ck_assert_int_eq(settings.parent_death, SIGTERM);
	ck_assert(settings.lifecycle.asks_stop[SIGPWR] && !settings.lifecycle.asks_stop[SIGTERM]);
	ck_assert(settings.lifecycle.stop_timeout == 9);
	ck_assert_str_eq(settings.termination_log, "/log");
	ck_assert_int_eq(settings.reporter.level, REPORT_DETAILS);

	ck_assert(with_variables(off, &settings, &failure));
	ck_assert(settings.lifecycle.rest == REST_IS_ENDED);
	ck_assert_int_eq(settings.lifecycle.audience, AUDIENCE_BY_SIGNAL);
	ck_assert_int_eq(settings.reporter.level, REPORT_WARNINGS);

	ck_assert(with_variables(quiet, &settings, &failure));
	ck_assert_int_eq(settings.lifecycle.audience, AUDIENCE_MAIN);
	ck_assert_int_eq(settings.reporter.level, REPORT_ERRORS);
}
END_TEST

/* The variable that the command line names comes before what --umask or DINIT_SU_UMASK says. */
START_TEST(umask_from_a_variable)
{
	static const struct {
		char *entry;
		bool has_umask;
		unsigned int wanted;
		const char *refusal;
	} rows[] = {
		{"UMASK=027", true, 027, NULL},
		{"UMASK=0", true, 0, NULL},
		{"UMASK=", false, 0, NULL},
		{"UMASKS=1", false, 0, NULL},
		{"UMASK=08", false, 0, "UMASK: '08' is not a umask"},
		{"UMASK=u=rwx", false, 0, "UMASK: 'u=rwx' is not a umask"},
		{"UMASK=01000", false, 0, "UMASK: '01000' is not a umask"},
	};

	for (int i = 0; i < COUNT(rows); i++) {
		char *environment[] = {"PATH=/bin", rows[i].entry, NULL};
		struct settings settings = default_settings();
		struct failure failure = {0};

		settings.umask_from_environment = "UMASK";
		ck_assert_msg(variables_read_umask(environment, &settings, &failure) ==
				      !rows[i].refusal,
			      "%s", rows[i].entry);
		ck_assert_msg(settings.limits.has_umask == rows[i].has_umask, "%s", rows[i].entry);
		ck_assert_uint_eq(settings.limits.umask, rows[i].wanted);
		if (rows[i].refusal)
			ck_assert_msg(strstr(failure.text, rows[i].refusal) == failure.text, "%s",
				      failure.text);
	}
}
END_TEST

static bool is_untouched(const struct settings *settings)
{
	return settings->mode == MODE_INIT && !settings->no_switch && !settings->identity.if_root &&
	       !settings->root_init && settings->environment == ENVIRONMENT_OF_ACCOUNT &&
	       !settings->keep_stdio && settings->lifecycle.rest == REST_IS_ENDED &&
	       !settings->install && settings->task == TASK_RUN && !settings->identity.user;
}

/* Who to become and what to run is never taken from the environment; nor is what is not ours. */
START_TEST(other_variables)
{
	char *const rows[] = {
		"DINIT_SU_EXEC=1",
		"DINIT_SU_NO_SWITCH=1",
		"DINIT_SU_IF_ROOT=1",
		"DINIT_SU_ROOT_INIT=1",
		"DINIT_SU_KEEP_ENV=1",
		"DINIT_SU_NO_STDIO_CHOWN=1",
		"DINIT_SU_PAUSE=1",
		"DINIT_SU_INSTALL=/x",
		"DINIT_SU_EXPLAIN=1",
		"DINIT_SU_HELP=1",
		"DINIT_SU_VERSION=1",
		"DINIT_SU_USER=root",
		"DINIT_SU_=1",
		"DINIT_SU_WAIT-ALL=1",
		"DINIT_SU_WAIT_ALL=",
		"DINIT_SU_TERMINATION_LOG=",
		"DINIT_SU_LOG_FORMAT=",
		"DINIT_SU_wait_all=1",
		"DINIT_SU_WAIT_ALL",
		"DINIT_SU_WAIT_ALLX=1",
		"DINIT_SU_WAIT_AL=1",
		"XDINIT_SU_WAIT_ALL=1",
		"DINIT_SU_WAIT__ALL=1",
		"dinit_su_WAIT_ALL=1",
		"DINIT_SU_A_NAME_THAT_IS_LONGER_THAN_ANY_OPTION_COULD_BE=1",
		"DINIT_SU_",
		"",
		"=1",
	};

	for (int i = 0; i < COUNT(rows); i++) {
		char *one[] = {rows[i], NULL};
		struct settings settings;
		struct failure failure;

		ck_assert_msg(with_variables(one, &settings, &failure), "%s", rows[i]);
		ck_assert_msg(is_untouched(&settings), "%s has an effect", rows[i]);
	}
}
END_TEST

/* What says how to report holds whatever else is wrong, and wherever it stands. */
START_TEST(order_of_variables)
{
	static char *const orders[][7] = {
		{"DINIT_SU_WAIT=soon", "DINIT_SU_LOG_FORMAT=json", "DINIT_SU_TERMINATION_LOG=/log",
		 "DINIT_SU_QUIET=1", "DINIT_SU_STOP_DELAY=x", "DINIT_SU_VERBOSE=2", NULL},
		{"DINIT_SU_VERBOSE=2", "DINIT_SU_STOP_DELAY=x", "DINIT_SU_QUIET=1",
		 "DINIT_SU_TERMINATION_LOG=/log", "DINIT_SU_LOG_FORMAT=json", "DINIT_SU_WAIT=soon",
		 NULL},
	};
	char *twice[] = {"DINIT_SU_WAIT=1", "DINIT_SU_WAIT=2", NULL};
	struct settings settings;
	struct failure failure;

	for (int i = 0; i < COUNT(orders); i++) {
		ck_assert(!with_variables(orders[i], &settings, &failure));
		ck_assert(settings.reporter.json);
		ck_assert_int_eq(settings.reporter.level, REPORT_ERRORS);
		ck_assert_str_eq(settings.termination_log, "/log");
		ck_assert_msg(strstr(failure.text, "DINIT_SU_WAIT: ") == failure.text, "%s",
			      failure.text);
	}
	ck_assert(with_variables(twice, &settings, &failure));
	ck_assert(settings.lifecycle.wait == 1000);
}
END_TEST

START_TEST(bad_variables)
{
	static const struct {
		char *entry;
		const char *refusal;
	} rows[] = {
		{"DINIT_SU_WAIT_ALL=yes", "DINIT_SU_WAIT_ALL: 'yes' is neither 1 nor 0"},
		{"DINIT_SU_GROUP=2", "DINIT_SU_GROUP: '2' is neither 1 nor 0"},
		{"DINIT_SU_QUIET=true", "DINIT_SU_QUIET: 'true' is neither 1 nor 0"},
		{"DINIT_SU_VERBOSE=3", "DINIT_SU_VERBOSE: '3' is neither 0, 1 nor 2"},
		{"DINIT_SU_STOP_SIGNALS=KILL", "DINIT_SU_STOP_SIGNALS: 'KILL' cannot be caught"},
		{"DINIT_SU_REWRITE=A=B", "DINIT_SU_REWRITE: 'A=B' is not FROM:TO"},
		{"DINIT_SU_LOG_FORMAT=xml", "DINIT_SU_LOG_FORMAT: 'xml' is neither text nor json"},
	};

	for (int i = 0; i < COUNT(rows); i++) {
		char *one[] = {rows[i].entry, NULL};
		struct settings settings;
		struct failure failure = {0};

		ck_assert_msg(!with_variables(one, &settings, &failure), "%s", rows[i].entry);
		ck_assert_int_eq(failure.status, STATUS_REFUSED);
		ck_assert_msg(strncmp(failure.text, rows[i].refusal, strlen(rows[i].refusal)) == 0,
			      "%s", failure.text);
	}
}
END_TEST

Suite *variables_suite(void)
{
	const TTest *const tests[] = {variables, umask_from_a_variable, order_of_variables,
				      other_variables, bad_variables};

	return suite_of("variables", tests, COUNT(tests));
}
