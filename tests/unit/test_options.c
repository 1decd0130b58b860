/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "command_line/options.h"
#include "report/termination_log.h"

static const struct option *named(const char *name)
{
	return option_by_name(&options_native, name, strlen(name));
}

/* Whether the option takes the value; what it said if not is in failure. */
static bool apply(struct settings *settings, const char *name, const char *value,
		  struct failure *failure)
{
	const struct option *option = named(name);

	ck_assert_msg(option != NULL, "no option %s", name);
	return option_apply(option, settings, name, value, failure);
}

static struct settings after(const char *name, const char *value)
{
	struct settings settings = default_settings();
	struct failure failure = {0};

	ck_assert_msg(apply(&settings, name, value, &failure), "%s", failure.text);
	return settings;
}

/* Names and letters as in the manual; which of them a variable can set, and which are for init. */
START_TEST(the_table)
{
	static const struct {
		const char *name;
		char letter;
		bool in_environment, for_init;
	} rows[] = {
		{"exec", 'x', false, false},	    {"no-switch", 'n', false, false},
		{"if-root", 'i', false, false},	    {"root-init", 'R', false, true},
		{"keep-env", 'E', false, false},    {"no-stdio-chown", 0, false, false},
		{"rewrite", 'r', true, true},	    {"group", 'g', true, true},
		{"single-child", 'c', true, true},  {"parent-death", 'p', true, true},
		{"stop-signals", 'S', true, true},  {"stop-delay", 'd', true, true},
		{"stop-timeout", 't', true, true},  {"wait", 'w', true, true},
		{"linger", 'L', true, true},	    {"chown-if-needed", 0, false, false},
		{"umask", 'm', true, false},	    {"umask-from-env", 0, false, false},
		{"wait-all", 'W', true, true},	    {"exit-map", 'e', true, true},
		{"termination-log", 0, true, true}, {"log-format", 0, true, false},
		{"verbose", 'v', true, false},	    {"quiet", 'q', true, false},
		{"pause", 0, false, true},	    {"install", 0, false, false},
		{"explain", 0, false, false},	    {"help", 'h', false, false},
		{"version", 'V', false, false},
	};

	for (int i = 0; i < COUNT(rows); i++) {
		const struct option *option = named(rows[i].name);

		ck_assert_msg(option != NULL, "%s", rows[i].name);
		ck_assert_msg(option->letter == rows[i].letter, "%s", rows[i].name);
		ck_assert_msg(!!(option->where & IN_ENVIRONMENT) == rows[i].in_environment, "%s",
			      rows[i].name);
		ck_assert_msg(!!(option->where & FOR_INIT) == rows[i].for_init, "%s", rows[i].name);
		if (rows[i].letter)
			ck_assert_ptr_eq(option_by_letter(&options_native, rows[i].letter), option);
		ck_assert_ptr_null(
			option_by_name(&options_native, rows[i].name, strlen(rows[i].name) - 1));
	}
	ck_assert_ptr_null(named(""));
	ck_assert_ptr_null(named("waits"));
	ck_assert_ptr_null(option_by_letter(&options_native, 'z'));
	ck_assert_ptr_null(option_by_letter(&options_native, '-'));
}
END_TEST

START_TEST(flags)
{
	ck_assert(after("exec", NULL).mode == MODE_IN_PLACE);
	ck_assert(after("no-switch", NULL).no_switch);
	ck_assert(after("if-root", NULL).identity.if_root);
	ck_assert(after("root-init", NULL).root_init);
	ck_assert(after("keep-env", NULL).environment == ENVIRONMENT_KEPT);
	ck_assert(after("no-stdio-chown", NULL).keep_stdio);
	ck_assert(after("wait-all", NULL).lifecycle.rest == REST_IS_AWAITED);
	ck_assert(after("pause", NULL).mode == MODE_PAUSE);
	ck_assert(after("explain", NULL).task == TASK_EXPLAIN);
	ck_assert(after("help", NULL).task == TASK_HELP);
	ck_assert(after("version", NULL).task == TASK_VERSION);
	ck_assert_int_eq(after("group", NULL).lifecycle.audience, AUDIENCE_GROUP);
	ck_assert_int_eq(after("single-child", NULL).lifecycle.audience, AUDIENCE_MAIN);
	ck_assert_int_eq(default_settings().lifecycle.audience, AUDIENCE_BY_SIGNAL);
}
END_TEST

START_TEST(values)
{
	ck_assert(after("stop-delay", "1500ms").lifecycle.stop_delay == 1500);
	ck_assert(after("stop-timeout", "2m").lifecycle.stop_timeout == 120000);
	ck_assert(after("stop-timeout", "0").lifecycle.stop_timeout == 0);
	ck_assert(default_settings().lifecycle.stop_timeout == NO_DEADLINE);
	ck_assert(after("wait", "3").lifecycle.wait == 3000);
	ck_assert(after("linger", "30s").lifecycle.linger == 30000);
	ck_assert(default_settings().lifecycle.linger == 0);
	ck_assert_str_eq(after("chown-if-needed", "/v").hand_over.chown_if_needed[0], "/v");
	ck_assert_str_eq(after("umask-from-env", "UMASK").umask_from_environment, "UMASK");
	ck_assert_int_eq(after("parent-death", "kill").parent_death, SIGKILL);
	ck_assert_int_eq(after("parent-death", "RTMIN+1").parent_death, 35);
	ck_assert(after("log-format", "json").reporter.json);
	ck_assert(!after("log-format", "text").reporter.json);
	ck_assert_str_eq(after("termination-log", NULL).termination_log, "/dev/termination-log");
	ck_assert_str_eq(after("termination-log", "/log").termination_log, "/log");
	ck_assert_str_eq(after("install", "/bin/x").install, "/bin/x");
	ck_assert_int_eq(after("verbose", NULL).reporter.level, REPORT_STORY);
	ck_assert_int_eq(after("verbose", "0").reporter.level, REPORT_WARNINGS);
	ck_assert_int_eq(after("verbose", "1").reporter.level, REPORT_STORY);
	ck_assert_int_eq(after("verbose", "2").reporter.level, REPORT_DETAILS);
	ck_assert_int_eq(after("quiet", NULL).reporter.level, REPORT_ERRORS);
}
END_TEST

START_TEST(bad_values)
{
	static const struct {
		const char *name, *value;
		const char *part, *why;
	} rows[] = {
		{"rewrite", "", "", "is not FROM:TO; write TERM:QUIT or HUP:ignore"},
		{"rewrite", "TERM", "TERM", "is not FROM:TO; write TERM:QUIT or HUP:ignore"},
		{"rewrite", "TERM:", "", "is not a signal, nor 'ignore'"},
		{"rewrite", ":TERM", "", "is not a signal"},
		{"rewrite", ":", "", "is not a signal"},
		{"rewrite", "TERM:QUIT:INT", "QUIT:INT", "is not a signal, nor 'ignore'"},
		{"rewrite", "TERM:QUIT,", "", "is not FROM:TO; write TERM:QUIT or HUP:ignore"},
		{"rewrite", ",TERM:QUIT", "", "is not FROM:TO; write TERM:QUIT or HUP:ignore"},
		{"rewrite", "TERM:QUIT,,HUP:INT", "",
		 "is not FROM:TO; write TERM:QUIT or HUP:ignore"},
		{"rewrite", "TERM=QUIT", "TERM=QUIT",
		 "is not FROM:TO; write TERM:QUIT or HUP:ignore"},
		{"rewrite", "KILL:TERM", "KILL", "cannot be caught"},
		{"rewrite", "STOP:TERM", "STOP", "cannot be caught"},
		{"rewrite", "CHLD:TERM", "CHLD", "is init's own"},
		{"rewrite", "9:15", "9", "cannot be caught"},
		{"rewrite", "TERM:IGNORE", "IGNORE", "is not a signal, nor 'ignore'"},
		{"rewrite", "TERM:nothing", "nothing", "is not a signal, nor 'ignore'"},
		{"rewrite", "TERM:0", "0", "is not a signal, nor 'ignore'"},
		{"rewrite", "0:TERM", "0", "is not a signal"},
		{"rewrite", "TERM:65", "65", "is not a signal, nor 'ignore'"},
		{"rewrite", "TERM: QUIT", " QUIT", "is not a signal, nor 'ignore'"},
		{"rewrite", "TERM:QUITQUITQUITQUITQUITQUITQUITQUIT",
		 "TERM:QUITQUITQUITQUITQUITQUITQUITQUIT", "has an item that is too long"},
		{"stop-signals", "", "", "is not a signal"},
		{"stop-signals", ",", "", "is not a signal"},
		{"stop-signals", "TERM,", "", "is not a signal"},
		{"stop-signals", ",TERM", "", "is not a signal"},
		{"stop-signals", "TERM,,INT", "", "is not a signal"},
		{"stop-signals", "TERM INT", "TERM INT", "is not a signal"},
		{"stop-signals", "TERM, INT", " INT", "is not a signal"},
		{"stop-signals", "KILL", "KILL", "cannot be caught"},
		{"stop-signals", "TERM,STOP", "STOP", "cannot be caught"},
		{"stop-signals", "SIGCHLD", "SIGCHLD", "is init's own"},
		{"stop-signals", "none", "none", "is not a signal"},
		{"stop-signals", "TERM:INT", "TERM:INT", "is not a signal"},
		{"exit-map", "", "", "is not an exit status"},
		{"exit-map", "256", "256", "is not an exit status"},
		{"exit-map", "-1", "-1", "is not an exit status"},
		{"exit-map", "143:", "", "is not an exit status"},
		{"exit-map", ":0", "", "is not an exit status"},
		{"exit-map", "143:256", "256", "is not an exit status"},
		{"exit-map", "143:0:0", "0:0", "is not an exit status"},
		{"exit-map", "143,", "", "is not an exit status"},
		{"exit-map", "143,,130", "", "is not an exit status"},
		{"exit-map", "143=0", "143=0", "is not an exit status"},
		{"exit-map", "TERM", "TERM", "is not an exit status"},
		{"exit-map", "0x8f", "0x8f", "is not an exit status"},
		{"exit-map", "143 ", "143 ", "is not an exit status"},
		{"exit-map", "143:0, 130:0", " 130", "is not an exit status"},
		{"parent-death", "", "", "is not a signal"},
		{"parent-death", "0", "0", "is not a signal"},
		{"parent-death", "65", "65", "is not a signal"},
		{"parent-death", "TERM,INT", "TERM,INT", "is not a signal"},
		{"stop-delay", "", "", "is not a duration; write 500ms, 5s, 2m or 1h"},
		{"stop-delay", "5d", "5d", "is not a duration; write 500ms, 5s, 2m or 1h"},
		{"stop-timeout", "never", "never", "is not a duration; write 500ms, 5s, 2m or 1h"},
		{"stop-timeout", "-1", "-1", "is not a duration; write 500ms, 5s, 2m or 1h"},
		{"linger", "long", "long", "is not a duration; write 500ms, 5s, 2m or 1h"},
		{"wait", "5.5", "5.5", "is not a duration; write 500ms, 5s, 2m or 1h"},
		{"wait", "2147483648", "2147483648",
		 "is not a duration; write 500ms, 5s, 2m or 1h"},
		{"log-format", "", "", "is neither text nor json"},
		{"log-format", "JSON", "JSON", "is neither text nor json"},
		{"log-format", "xml", "xml", "is neither text nor json"},
		{"termination-log", "", "", "is empty"},
		{"install", "", "", "is empty"},
		{"umask-from-env", "", "", "is not the name of a variable"},
		{"umask-from-env", "$UMASK", "$UMASK", "is not the name of a variable"},
		{"umask-from-env", "UMASK ", "UMASK ", "is not the name of a variable"},
		{"umask-from-env", "UMASK:X", "UMASK:X", "is not the name of a variable"},
		{"umask-from-env", "0022", "0022", "is not the name of a variable"},
		{"verbose", "3", "3", "is neither 0, 1 nor 2"},
		{"verbose", "", "", "is neither 0, 1 nor 2"},
		{"verbose", "yes", "yes", "is neither 0, 1 nor 2"},
		{"rewrite", "TERM:QIUT", "QIUT", "is not a signal, nor 'ignore'"},
		{"rewrite", "HUP:INT,TREM:INT", "TREM", "is not a signal"},
		{"ids-of", "", "", "is empty"},
		{"chown", "", "", "is empty"},
		{"add-group", "", "", "is empty"},
	};

	for (int i = 0; i < COUNT(rows); i++) {
		struct settings settings = default_settings();
		struct failure failure = {0};
		char beginning[256];

		ck_assert_msg(!apply(&settings, rows[i].name, rows[i].value, &failure),
			      "--%s '%s' is taken", rows[i].name, rows[i].value);
		ck_assert_int_eq(failure.status, STATUS_REFUSED);
		/* Whose value, which part of it, and why. */
		snprintf(beginning, sizeof(beginning), "%s: '%s' %s", rows[i].name, rows[i].part,
			 rows[i].why);
		ck_assert_msg(strncmp(failure.text, beginning, strlen(beginning)) == 0, "%s",
			      failure.text);
	}
}
END_TEST

START_TEST(rewrites)
{
	const struct settings settings =
		after("rewrite", "TERM:QUIT,hup:ignore,SIGUSR1:12,RTMIN+3:SIGRTMAX-1,TSTP:STOP");
	const uint8_t *send_as = settings.lifecycle.send_as;

	ck_assert_int_eq(send_as[SIGTERM], SIGQUIT);
	ck_assert_int_eq(send_as[SIGHUP], SEND_NOTHING);
	ck_assert_int_eq(send_as[SIGUSR1], SIGUSR2);
	ck_assert_int_eq(send_as[37], 63);
	ck_assert_int_eq(send_as[SIGTSTP], SIGSTOP);
	ck_assert_int_eq(send_as[SIGINT], 0);
}
END_TEST

/* Options that stand twice: rewriting and mapping add up, the last of two equal ones wins. */
START_TEST(repeated)
{
	struct settings settings = default_settings();
	struct failure failure;

	ck_assert(apply(&settings, "rewrite", "TERM:QUIT", &failure));
	ck_assert(apply(&settings, "rewrite", "INT:QUIT,TERM:INT", &failure));
	ck_assert_int_eq(settings.lifecycle.send_as[SIGTERM], SIGINT);
	ck_assert_int_eq(settings.lifecycle.send_as[SIGINT], SIGQUIT);
	ck_assert(apply(&settings, "exit-map", "143:1,130", &failure));
	ck_assert(apply(&settings, "exit-map", "143", &failure));
	ck_assert_int_eq(settings_exit_status(&settings, 143), 0);
	ck_assert_int_eq(settings_exit_status(&settings, 130), 0);
	ck_assert(apply(&settings, "stop-signals", "HUP", &failure));
	ck_assert(apply(&settings, "stop-signals", "PWR", &failure));
	ck_assert(!settings.lifecycle.asks_stop[SIGHUP]);
	ck_assert(apply(&settings, "group", NULL, &failure));
	ck_assert(apply(&settings, "single-child", NULL, &failure));
	ck_assert_int_eq(settings.lifecycle.audience, AUDIENCE_MAIN);
}
END_TEST

START_TEST(stop_signals_replace_the_usual_ones)
{
	const struct settings settings = after("stop-signals", "PWR,RTMIN+3,1");

	for (int number = 1; number <= 64; number++)
		ck_assert_msg(settings.lifecycle.asks_stop[number] ==
				      (number == SIGPWR || number == 37 || number == 1),
			      "signal %d", number);
}
END_TEST

START_TEST(long_lists)
{
	char list[4096] = "";
	struct settings settings;

	for (int number = 1; number <= 64; number++) {
		if (number != SIGKILL && number != SIGSTOP && number != SIGCHLD)
			sprintf(list + strlen(list), "%s%d", *list ? "," : "", number);
	}
	settings = after("stop-signals", list);
	for (int number = 1; number <= 64; number++)
		ck_assert_int_eq(settings.lifecycle.asks_stop[number],
				 number != SIGKILL && number != SIGSTOP && number != SIGCHLD);
	*list = '\0';
	for (int status = 0; status < 256; status++)
		sprintf(list + strlen(list), "%s%d:%d", *list ? "," : "", status, 255 - status);
	settings = after("exit-map", list);
	for (int status = 0; status < 256; status++)
		ck_assert_int_eq(settings_exit_status(&settings, status), 255 - status);
}
END_TEST

START_TEST(exit_map)
{
	const struct settings settings = after("exit-map", "143:0,130,0:5,255:254");

	for (int status = 0; status < 256; status++) {
		const int wanted = status == 143 || status == 130 ? 0
				   : status == 0		  ? 5
				   : status == 255		  ? 254
								  : status;

		ck_assert_msg(settings_exit_status(&settings, status) == wanted, "status %d",
			      status);
	}
}
END_TEST

START_TEST(nearest_options)
{
	static const struct {
		const char *name;
		unsigned int where;
		const char *nearest;
	} rows[] = {
		{"stop-dealy", 0, "stop-delay"},
		{"stopdelay", IN_ENVIRONMENT, "stop-delay"},
		{"exe", 0, "exec"},
		{"exe", IN_ENVIRONMENT, NULL},
		{"unmask", 0, "umask"},
		{"zap", 0, NULL},
		{"", 0, NULL},
	};

	for (int i = 0; i < COUNT(rows); i++) {
		const struct option *nearest = option_nearest(&options_native, rows[i].name,
							      strlen(rows[i].name), rows[i].where);

		ck_assert_pstr_eq(nearest ? nearest->name : NULL, rows[i].nearest);
	}
}
END_TEST

Suite *options_suite(void)
{
	const TTest *const tests[] = {the_table,
				      flags,
				      values,
				      bad_values,
				      rewrites,
				      repeated,
				      stop_signals_replace_the_usual_ones,
				      long_lists,
				      exit_map,
				      nearest_options};

	return suite_of("options", tests, COUNT(tests));
}
