/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "command_line/names/dropin.h"
#include "init/lifecycle.h"

#define WORDS 8

/* The settings in words: what differs from a plain `dinit-su --no-switch`, in this order. */
static const char *in_words(const struct settings *settings)
{
	static const char *const levels[] = {"errors ", "notes ", "", "story ", "details "};
	static const char *const audiences[] = {"", "group ", "main "};
	static const char *const rests[] = {"", "wait ", "leave ", "leave ask "};
	const struct lifecycle_settings *lifecycle = &settings->lifecycle;
	static char text[1024];
	int at = 0;

#define ADD(...) (at += snprintf(text + at, sizeof(text) - (size_t)at, __VA_ARGS__))
	ADD("%s%s", levels[settings->reporter.level], audiences[lifecycle->audience]);
	ADD("%s%s%s", settings->mode == MODE_IN_PLACE ? "exec " : "",
	    settings->environment == ENVIRONMENT_ONLY_HOME ? "home " : "",
	    settings->identity.keep_own_group ? "keep-group " : "");
	ADD("%s%s%s", settings->program.scripts_by_shell ? "scripts " : "",
	    settings->program.session == SESSION_NEW_IF_DETACHED ? "session " : "",
	    settings->no_subreaper ? "no-subreaper " : "");
	ADD("%s%s", rests[lifecycle->rest], settings->mode == MODE_PAUSE ? "pause " : "");
	ADD("%s", settings->warn_reaped ? "warn " : "");
	for (int signal = 1; signal < _NSIG; signal++) {
		if (lifecycle->send_as[signal])
			ADD("%d>%d ", signal, lifecycle->send_as[signal]);
	}
	if (!lifecycle->asks_stop[SIGQUIT])
		ADD("no-quit ");
	for (int status = 0; status < 256; status++) {
		if (settings_exit_status(settings, status) != status)
			ADD("%d=%d ", status, settings_exit_status(settings, status));
	}
	if (settings->parent_death)
		ADD("death=%d ", settings->parent_death);
	ADD("%d/%d/%d", settings->failure_status[0], settings->failure_status[1],
	    settings->failure_status[2]);
	if (settings->identity.user)
		ADD(" as %s", settings->identity.user);
	for (char **word = settings->command; word && *word; word++)
		ADD(" [%s]", *word);
	if (settings->answer)
		ADD(" %s%.*s", settings->answer_on_stderr ? "err:" : "out:",
		    (int)strcspn(settings->answer, "\n"), settings->answer);
	return text;
#undef ADD
}

static bool parse(const char *const words[WORDS], const char *variable, struct settings *settings,
		  struct failure *failure)
{
	static char copies[WORDS][64], *arguments[WORDS + 1];
	char *environment[] = {(char *)variable, NULL};
	int count = 0;

	for (; words[count]; count++)
		arguments[count] = strcpy(copies[count], words[count]);
	arguments[count] = NULL;
	*settings = default_settings();
	return dropin_parse(dropin_take_name(arguments, settings), arguments, environment, settings,
			    failure);
}

#define TINI "main scripts no-subreaper leave 1/126/127"
#define TINI_USAGE "usage: tini [-ghlsvw] [-e CODE] [-p SIGNAL] [--] COMMAND [ARG]..."
#define TINI_VERSION "tini version 0.19.0 - git.dinit-su"
#define DUMB_INIT_LOUD "group scripts session no-subreaper leave ask 20>19 21>19 22>19 1/2/2"
#define DUMB_INIT "errors " DUMB_INIT_LOUD
#define DUMB_INIT_CHILD "errors main scripts no-subreaper leave 1/2/2"
#define CATATONIT "errors main scripts leave 20>255 no-quit 1/1/1"
#define GOSU "exec home keep-group 1/1/1"

static const struct good {
	const char *words[WORDS];
	const char *variable;
	const char *wanted;
} good_ones[] = {
	/* Any other name is dinit-su's own. */
	{{"dinit-su", "app", "true"}, NULL, "125/126/127 as app [true]"},
	{{"tini2", "app", "true"}, NULL, "125/126/127 as app [true]"},
	{{"/tini/", "app", "true"}, NULL, "125/126/127 as app [true]"},

	{{"tini", "true"}, NULL, TINI " [true]"},
	{{"/sbin/docker-init", "--", "true"}, NULL, TINI " [true]"},
	{{"./tini-static", "--", "--", "true"}, NULL, TINI " [--] [true]"},
	{{"tini", "a", "b", "--", "-c", "--"}, NULL, TINI " [a] [b] [-c] [--]"},
	{{"tini", "a", "-b", "--", "c"}, NULL, TINI " [a] [-b] [--] [c]"},
	{{"tini", "a", "-", "", "--", "c"}, NULL, TINI " [a] [-] [] [c]"},
	{{"tini", "-", "true"}, NULL, TINI " [-] [true]"},
	{{"tini", "-g", "true"}, NULL, "group scripts no-subreaper leave 1/126/127 [true]"},
	{{"tini", "-s", "true"}, NULL, "main scripts leave 1/126/127 [true]"},
	{{"tini", "-w", "true"}, NULL, "main scripts no-subreaper leave warn 1/126/127 [true]"},
	{{"tini", "-v", "true"}, NULL, "story " TINI " [true]"},
	{{"tini", "-vvv", "true"}, NULL, "details " TINI " [true]"},
	{{"tini", "-e143", "-e", "5", "true"},
	 NULL,
	 "main scripts no-subreaper leave 5=0 143=0 1/126/127 [true]"},
	{{"tini", "-pSIGKILL", "true"},
	 NULL,
	 "main scripts no-subreaper leave death=9 1/126/127 [true]"},
	{{"tini", "-sgwv", "--", "-x"}, NULL, "story group scripts leave warn 1/126/127 [-x]"},
	{{"tini", "-h"}, NULL, TINI " out:" TINI_USAGE},
	{{"tini", "-lx", "-y"}, NULL, TINI " out:" TINI_USAGE},
	{{"tini", "-l"}, NULL, TINI " out:" TINI_USAGE},
	{{"tini", "--version"}, NULL, TINI " out:" TINI_VERSION},
	{{"docker-init", "--version"}, NULL, TINI " out:" TINI_VERSION},
	{{"tini", "true"}, "TINI_SUBREAPER=", "main scripts leave 1/126/127 [true]"},
	{{"tini", "true"},
	 "TINI_KILL_PROCESS_GROUP=0",
	 "group scripts no-subreaper leave 1/126/127 [true]"},
	{{"tini", "-vv", "true"}, "TINI_VERBOSITY=0", "errors " TINI " [true]"},
	{{"tini", "true"}, "TINI_VERBOSITY=1", TINI " [true]"},
	{{"tini", "true"}, "TINI_VERBOSITY=2", "story " TINI " [true]"},
	{{"tini", "true"}, "TINI_VERBOSITY=3", "details " TINI " [true]"},
	{{"tini", "true"}, "TINI_VERBOSITY=4", "details " TINI " [true]"},
	{{"tini", "true"}, "TINI_VERBOSITY=much", "errors " TINI " [true]"},
	/* Meant for another init of the container, or for this one below another name. */
	{{"tini", "true"}, "DINIT_SU_GROUP=1", TINI " [true]"},

	{{"dumb-init", "true"}, NULL, DUMB_INIT " [true]"},
	{{"dumb-init", "--", "true", "--", "x"}, NULL, DUMB_INIT " [true] [--] [x]"},
	{{"dumb-init", "a", "--", "-b"}, NULL, DUMB_INIT " [a] [--] [-b]"},
	{{"dumb-init", "-c", "true"}, NULL, DUMB_INIT_CHILD " [true]"},
	{{"dumb-init", "--single-child", "true"}, NULL, DUMB_INIT_CHILD " [true]"},
	{{"dumb-init", "-v", "true"}, NULL, "story " DUMB_INIT_LOUD " [true]"},
	{{"dumb-init", "--verbose", "true"}, NULL, "story " DUMB_INIT_LOUD " [true]"},
	{{"dumb-init", "-c", "-r15:3", "true"},
	 NULL,
	 "errors main scripts no-subreaper leave 15>3 1/2/2 [true]"},
	{{"dumb-init", "-c", "--rewrite", "1:0", "--rewrite=31:31", "true"},
	 NULL,
	 "errors main scripts no-subreaper leave 1>255 31>31 1/2/2 [true]"},
	{{"dumb-init", "-r", "20:20", "-r", "21:0", "true"},
	 NULL,
	 "errors group scripts session no-subreaper leave ask 20>20 21>255 22>19 1/2/2 [true]"},
	{{"dumb-init", "-h"},
	 NULL,
	 DUMB_INIT " err:usage: dumb-init [-chvV] [-r S:R] [--] COMMAND [ARG]..."},
	{{"dumb-init", "--version", "-z"},
	 NULL,
	 DUMB_INIT " err:dumb-init v1.2.5 (dinit-su " PACKAGE_VERSION ")"},
	{{"dumb-init", "-V"},
	 NULL,
	 DUMB_INIT " err:dumb-init v1.2.5 (dinit-su " PACKAGE_VERSION ")"},
	{{"dumb-init", "true"}, "DUMB_INIT_DEBUG=1", "story " DUMB_INIT_LOUD " [true]"},
	{{"dumb-init", "true"}, "DUMB_INIT_DEBUG=2", DUMB_INIT " [true]"},
	{{"dumb-init", "true"}, "DUMB_INIT_SETSID=0", DUMB_INIT_CHILD " [true]"},
	{{"dumb-init", "true"}, "DUMB_INIT_SETSID=1", DUMB_INIT " [true]"},

	{{"catatonit", "--", "true"}, NULL, CATATONIT " [true]"},
	{{"/run/podman-init", "--", "true"}, NULL, CATATONIT " [true]"},
	{{"catatonit", "a", "--", "-b"}, NULL, CATATONIT " [a] [-b]"},
	{{"catatonit", "-g", "true"},
	 NULL,
	 "errors group scripts leave 20>255 no-quit 1/1/1 [true]"},
	{{"catatonit", "-P"}, NULL, "errors main scripts leave pause 20>255 no-quit 1/1/1"},
	{{"catatonit", "-P", "x"}, NULL, "errors main scripts leave pause 20>255 no-quit 1/1/1"},
	{{"catatonit", "-V"}, NULL, CATATONIT " out:tini version 0.1.7_catatonit - git.dinit-su"},
	{{"catatonit", "--version"},
	 NULL,
	 CATATONIT " out:tini version 0.1.7_catatonit - git.dinit-su"},
	{{"catatonit", "-h"},
	 NULL,
	 CATATONIT " err:usage: catatonit [-ghLPV] [--] COMMAND [ARG]..."},
	{{"catatonit", "true"},
	 "CATATONIT_DEBUG=",
	 "details main scripts leave 20>255 no-quit 1/1/1 [true]"},

	{{"gosu", "app", "true"}, NULL, GOSU " as app [true]"},
	{{"gosu", "app:", "--", "-h"}, NULL, GOSU " as app [--] [-h]"},
	{{"gosu", "1:2", "-v"}, NULL, GOSU " as 1:2 [-v]"},
	{{"gosu", ":", "true"}, NULL, GOSU " as : [true]"},
	{{"gosu", "", "true"}, NULL, GOSU " as  [true]"},
	{{"gosu", "--version"}, NULL, "1/1/1 out:1.14 (dinit-su " PACKAGE_VERSION ")"},
	{{"gosu", "-v", "true"}, NULL, "1/1/1 out:1.14 (dinit-su " PACKAGE_VERSION ")"},
	{{"gosu", "-?"}, NULL, "1/1/1 out:usage: gosu USER[:GROUP] COMMAND [ARG]..."},
	{{"su-exec", "app", "true"}, NULL, GOSU " as app [true]"},
	{{"su-exec", "-v", "true"}, NULL, GOSU " as -v [true]"},

	{{"pause"}, NULL, "leave pause no-quit 1/1/1"},
	{{"/pause", "whatever"}, NULL, "leave pause no-quit 1/1/1"},
	{{"/pause", "x", "-V"},
	 NULL,
	 "leave pause no-quit 1/1/1 out:pause.c (dinit-su " PACKAGE_VERSION ")"},
};

START_TEST(good)
{
	const struct good *row = &good_ones[_i];
	struct settings settings;
	struct failure failure = {0};
	const bool parsed = parse(row->words, row->variable, &settings, &failure);

	ck_assert_msg(parsed, "row %d: %s", _i, failure.text);
	ck_assert_str_eq(in_words(&settings), row->wanted);
}
END_TEST

START_TEST(bad)
{
	static const struct {
		const char *words[WORDS];
		const char *name, *wanted;
	} rows[] = {
		{{"dinit-su"}, "dinit-su", "no USER and no COMMAND; try --help"},
		{{"tini"}, "tini", "no COMMAND; try -h"},
		{{"/sbin/docker-init", "--"}, "docker-init", "no COMMAND; try -h"},
		{{"tini", "-x", "true"}, "tini", "-x: no such option; try -h"},
		{{"tini", "-gx", "true"}, "tini", "-x in '-gx': no such option; try -h"},
		{{"tini", "-e"}, "tini", "-e: needs a value; try -h"},
		{{"tini", "-e", "256", "x"}, "tini", "'256' is not an exit status"},
		{{"tini", "-p", "TREM", "x"}, "tini", "-p: 'TREM' is not a signal"},
		{{"tini", "--version", "x"}, "tini", "--version: no such option; try -h"},
		{{"dumb-init"}, "dumb-init", "no COMMAND; try --help"},
		{{"dumb-init", "--vers"}, "dumb-init", "--vers: no such option"},
		{{"dumb-init", "--verbose=1", "x"}, "dumb-init", "takes no value"},
		{{"dumb-init", "--rewrite"}, "dumb-init", "needs a value"},
		{{"dumb-init", "-r", "32:1", "x"}, "dumb-init", "is not S:R"},
		{{"dumb-init", "-r", "0:1", "x"}, "dumb-init", "is not S:R"},
		{{"dumb-init", "-r", "1:32", "x"}, "dumb-init", "is not S:R"},
		{{"dumb-init", "-r", "1", "x"}, "dumb-init", "is not S:R"},
		{{"dumb-init", "-r", "1:", "x"}, "dumb-init", "is not S:R"},
		{{"dumb-init", "-r", "TERM:1", "x"}, "dumb-init", "is not S:R"},
		{{"catatonit"}, "catatonit", "no COMMAND; try -h"},
		{{"podman-init", "-e", "1"}, "podman-init", "-e: no such option"},
		{{"gosu"}, "gosu", "no COMMAND: write USER[:GROUP] COMMAND"},
		{{"gosu", "app"}, "gosu", "no COMMAND: write USER[:GROUP] COMMAND"},
		{{"su-exec", "app"}, "su-exec", "no COMMAND: write USER[:GROUP] COMMAND"},
	};

	for (int i = 0; i < COUNT(rows); i++) {
		struct settings settings;
		struct failure failure = {0};

		ck_assert_msg(!parse(rows[i].words, NULL, &settings, &failure), "row %d", i);
		ck_assert_msg(strstr(failure.text, rows[i].wanted) != NULL, "row %d: %s", i,
			      failure.text);
		ck_assert_int_eq(failure.status, STATUS_REFUSED);
		ck_assert_str_eq(settings.reporter.name, rows[i].name);
	}
}
END_TEST

START_TEST(without_a_name)
{
	char *arguments[] = {NULL};
	struct settings settings = default_settings();
	struct failure failure;

	ck_assert(!dropin_parse(dropin_take_name(arguments, &settings), arguments, arguments,
				&settings, &failure));
	ck_assert_str_eq(settings.reporter.name, "dinit-su");
}
END_TEST

/* What happens when main has ended and something is left, for each setting that says so. */
START_TEST(the_rest)
{
	static const struct {
		bool is_pid1;
		enum rest rest;
		const char *wanted;
	} rows[] = {
		{true, REST_IS_ENDED, "all"},	       {true, REST_IS_LEFT, "all"},
		{true, REST_IS_LEFT_BUT_GROUP, "all"}, {false, REST_IS_ENDED, "all"},
		{false, REST_IS_LEFT, "none"},	       {false, REST_IS_LEFT_BUT_GROUP, "group"},
	};

	for (int i = 0; i < COUNT(rows); i++) {
		struct lifecycle_settings settings = lifecycle_defaults();
		struct lifecycle state;
		const struct event ended = {.kind = EVENT_MAIN_ENDED};
		const struct event left = {.kind = EVENT_ALL_REAPED,
					   .remaining = REMAINING_CHILDREN};
		struct decision decision;
		const char *found = "none";

		settings.kernel_ends_rest = rows[i].is_pid1;
		settings.rest = rows[i].rest;
		state = lifecycle_start(&settings);
		decision = lifecycle_step(&state, &ended, 0);
		for (int j = 0; j < decision.count; j++) {
			if (decision.actions[j].kind == ACTION_ASK_GROUP)
				found = "group";
		}
		decision = lifecycle_step(&state, &left, 0);
		if (decision.actions[0].kind == ACTION_ASK)
			found = "all";
		ck_assert_msg(strcmp(found, rows[i].wanted) == 0, "row %d: %s", i, found);
		ck_assert_int_eq(state.phase,
				 strcmp(found, "all") == 0 ? PHASE_ENDING : PHASE_ENDED);
	}
}
END_TEST

Suite *dropin_suite(void)
{
	const TTest *const tests[] = {bad, without_a_name, the_rest};
	Suite *suite = suite_of("dropin", tests, COUNT(tests));
	TCase *rows = tcase_create("good");

	tcase_add_loop_test(rows, good, 0, COUNT(good_ones));
	suite_add_tcase(suite, rows);
	return suite;
}
