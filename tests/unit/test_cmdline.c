/* SPDX-License-Identifier: MIT */
/* What the words and the variables set, and that --help fits a screen. */
#include <string.h>

#include "cmdline_words.h"
#include "command_line/options.h"

#define DEFAULT_WAIT .lifecycle.wait = 5000
#define DEFAULT_REPORT .reporter.level = REPORT_WARNINGS

START_TEST(good_ones)
{
	static const struct {
		char *words[WORDS];
		struct settings wanted;
		const char *command;
	} rows[] = {
		{{"app", "true"}, {.identity.user = "app", DEFAULT_WAIT, DEFAULT_REPORT}, "true"},
		{{"app", "--", "true", "-x"},
		 {.identity.user = "app", DEFAULT_WAIT, DEFAULT_REPORT},
		 "true"},
		{{"app", "--", "--", "x"},
		 {.identity.user = "app", DEFAULT_WAIT, DEFAULT_REPORT},
		 "--"},
		{{"", "true"}, {.identity.user = "", DEFAULT_WAIT, DEFAULT_REPORT}, "true"},
		{{"-x", "app", "true"},
		 {.identity.user = "app", .mode = MODE_IN_PLACE, DEFAULT_WAIT, DEFAULT_REPORT},
		 "true"},
		{{"--exec", "app", "true"},
		 {.identity.user = "app", .mode = MODE_IN_PLACE, DEFAULT_WAIT, DEFAULT_REPORT},
		 "true"},
		{{"-n", "true"}, {DEFAULT_WAIT, DEFAULT_REPORT}, "true"},
		{{"--no-switch", "--", "-true"}, {DEFAULT_WAIT, DEFAULT_REPORT}, "-true"},
		{{"-i", "app", "true"},
		 {.identity.user = "app", .identity.if_root = true, DEFAULT_WAIT, DEFAULT_REPORT},
		 "true"},
		{{"--if-root", "app", "true"},
		 {.identity.user = "app", .identity.if_root = true, DEFAULT_WAIT, DEFAULT_REPORT},
		 "true"},
		{{"-R", "app", "true"},
		 {.identity.user = "app", .root_init = true, DEFAULT_WAIT, DEFAULT_REPORT},
		 "true"},
		{{"--root-init", "app", "true"},
		 {.identity.user = "app", .root_init = true, DEFAULT_WAIT, DEFAULT_REPORT},
		 "true"},
		{{"-E", "app", "true"},
		 {.identity.user = "app",
		  .environment = ENVIRONMENT_KEPT,
		  DEFAULT_WAIT,
		  DEFAULT_REPORT},
		 "true"},
		{{"--keep-env", "app", "true"},
		 {.identity.user = "app",
		  .environment = ENVIRONMENT_KEPT,
		  DEFAULT_WAIT,
		  DEFAULT_REPORT},
		 "true"},
		{{"-kN", "-m", "27", "-G", "audio", "app", "true"},
		 {.identity.user = "app",
		  .identity.keep_groups = true,
		  .limits.no_new_privileges = true,
		  .limits.has_umask = true,
		  .limits.umask = 027,
		  .identity.add_groups = {"audio"},
		  DEFAULT_WAIT,
		  DEFAULT_REPORT},
		 "true"},
		{{"--add-group=29", "-G44", "--add-group", "app", "app", "true"},
		 {.identity.user = "app",
		  .identity.add_groups = {"29", "44", "app"},
		  DEFAULT_WAIT,
		  DEFAULT_REPORT},
		 "true"},
		{{"-C", "chown", "--keep-caps=kill,cap_setgid", "app", "true"},
		 {.identity.user = "app",
		  .identity.keep_capabilities = 1 << 5 | 1 << 6,
		  DEFAULT_WAIT,
		  DEFAULT_REPORT},
		 "true"},
		{{"-nNm0", "true"},
		 {.limits.no_new_privileges = true,
		  .limits.has_umask = true,
		  DEFAULT_WAIT,
		  DEFAULT_REPORT},
		 "true"},
		{{"--keep-groups", "--no-new-privs", "--umask=0777", "app", "true"},
		 {.identity.user = "app",
		  .identity.keep_groups = true,
		  .limits.no_new_privileges = true,
		  .limits.has_umask = true,
		  .limits.umask = 0777,
		  DEFAULT_WAIT,
		  DEFAULT_REPORT},
		 "true"},
		{{"--no-stdio-chown", "app", "true"},
		 {.identity.user = "app", .keep_stdio = true, DEFAULT_WAIT, DEFAULT_REPORT},
		 "true"},
		{{"-s", "app", "true"},
		 {.identity.user = "app",
		  .program.session = SESSION_NEW,
		  DEFAULT_WAIT,
		  DEFAULT_REPORT},
		 "true"},
		{{"-n", "--new-session", "true"},
		 {.program.session = SESSION_NEW, DEFAULT_WAIT, DEFAULT_REPORT},
		 "true"},
		{{"-w", "7", "app", "true"},
		 {.identity.user = "app", .lifecycle.wait = 7000, DEFAULT_REPORT},
		 "true"},
		{{"-w7ms", "app", "true"},
		 {.identity.user = "app", .lifecycle.wait = 7, DEFAULT_REPORT},
		 "true"},
		{{"--wait", "7", "app", "true"},
		 {.identity.user = "app", .lifecycle.wait = 7000, DEFAULT_REPORT},
		 "true"},
		{{"--wait=7", "app", "true"},
		 {.identity.user = "app", .lifecycle.wait = 7000, DEFAULT_REPORT},
		 "true"},
		{{"-w1", "-w", "0", "app", "true"},
		 {.identity.user = "app", .lifecycle.wait = 0, DEFAULT_REPORT},
		 "true"},
		{{"-nvw7", "true"},
		 {.lifecycle.wait = 7000, .reporter.level = REPORT_STORY},
		 "true"},
		{{"-v", "app", "true"},
		 {.identity.user = "app", .reporter.level = REPORT_STORY, DEFAULT_WAIT},
		 "true"},
		{{"-vv", "app", "true"},
		 {.identity.user = "app", .reporter.level = REPORT_DETAILS, DEFAULT_WAIT},
		 "true"},
		{{"-v", "-v", "-v", "a", "b"},
		 {.identity.user = "a", .reporter.level = REPORT_DETAILS, DEFAULT_WAIT},
		 "b"},
		{{"-vvq", "app", "true"},
		 {.identity.user = "app", .reporter.level = REPORT_ERRORS, DEFAULT_WAIT},
		 "true"},
		{{"-qv", "app", "true"},
		 {.identity.user = "app", .reporter.level = REPORT_STORY, DEFAULT_WAIT},
		 "true"},
		{{"--explain", "a", "b"},
		 {.identity.user = "a", .task = TASK_EXPLAIN, DEFAULT_WAIT, DEFAULT_REPORT},
		 "b"},
		{{"-nw", "5", "true"}, {.lifecycle.wait = 5000, DEFAULT_REPORT}, "true"},
		{{"-nw5", "--", "-w"}, {.lifecycle.wait = 5000, DEFAULT_REPORT}, "-w"},
		{{"-w", "1h", "--wait=2m", "app", "true"},
		 {.identity.user = "app", .lifecycle.wait = 120000, DEFAULT_REPORT},
		 "true"},
		{{"-nv", "true"}, {.reporter.level = REPORT_STORY, DEFAULT_WAIT}, "true"},
		{{"-xiE", "app", "true"},
		 {.identity.user = "app",
		  .mode = MODE_IN_PLACE,
		  .identity.if_root = true,
		  .environment = ENVIRONMENT_KEPT,
		  DEFAULT_WAIT,
		  DEFAULT_REPORT},
		 "true"},
		{{"-q", "-vv", "app", "true"},
		 {.identity.user = "app", .reporter.level = REPORT_DETAILS, DEFAULT_WAIT},
		 "true"},
		{{"-v", "-q", "-v", "app", "true"},
		 {.identity.user = "app", .reporter.level = REPORT_STORY, DEFAULT_WAIT},
		 "true"},
		{{"-q", "-q", "app", "true"},
		 {.identity.user = "app", .reporter.level = REPORT_ERRORS, DEFAULT_WAIT},
		 "true"},
		{{"-n", "app", "--", "x"}, {DEFAULT_WAIT, DEFAULT_REPORT}, "app"},
		{{"-n", "--", "--", "x"}, {DEFAULT_WAIT, DEFAULT_REPORT}, "--"},
		{{"app:staff", "true", "--", "-n"},
		 {.identity.user = "app:staff", DEFAULT_WAIT, DEFAULT_REPORT},
		 "true"},
		{{"", "--", "true"}, {.identity.user = "", DEFAULT_WAIT, DEFAULT_REPORT}, "true"},
		{{"app", ""}, {.identity.user = "app", DEFAULT_WAIT, DEFAULT_REPORT}, ""},
		{{"-xn", "--help"},
		 {.task = TASK_HELP, .mode = MODE_IN_PLACE, DEFAULT_WAIT, DEFAULT_REPORT},
		 NULL},
		{{"-h", "whatever"}, {.task = TASK_HELP, DEFAULT_WAIT, DEFAULT_REPORT}, NULL},
		{{"--help"}, {.task = TASK_HELP, DEFAULT_WAIT, DEFAULT_REPORT}, NULL},
		{{"-V"}, {.task = TASK_VERSION, DEFAULT_WAIT, DEFAULT_REPORT}, NULL},
		{{"--version"}, {.task = TASK_VERSION, DEFAULT_WAIT, DEFAULT_REPORT}, NULL},
	};

	for (int i = 0; i < COUNT(rows); i++) {
		struct settings settings;
		const struct settings wanted = rows[i].wanted;
		struct failure failure = {0};

		ck_assert_msg(parse(rows[i].words, nothing, &settings, &failure), "row %d: %s", i,
			      failure.text);
		ck_assert_msg((settings.command == NULL) == (rows[i].command == NULL), "row %d", i);
		if (rows[i].command)
			ck_assert_str_eq(settings.command[0], rows[i].command);
		ck_assert_msg(settings.lifecycle.wait == wanted.lifecycle.wait, "row %d: wait", i);
		ck_assert_msg(settings.reporter.level == wanted.reporter.level, "row %d: report",
			      i);
		ck_assert_msg(settings.task == wanted.task, "row %d: task", i);
		ck_assert_msg(settings.mode == wanted.mode, "row %d: mode", i);
		ck_assert_msg(settings.identity.if_root == wanted.identity.if_root,
			      "row %d: if-root", i);
		ck_assert_msg(settings.root_init == wanted.root_init, "row %d: root-init", i);
		ck_assert_msg(settings.environment == wanted.environment, "row %d: env", i);
		ck_assert_msg(settings.program.session == wanted.program.session, "row %d: session",
			      i);
		ck_assert_msg(settings.keep_stdio == wanted.keep_stdio, "row %d: stdio", i);
		ck_assert_msg(settings.identity.keep_groups == wanted.identity.keep_groups,
			      "row %d", i);
		ck_assert_msg(settings.limits.no_new_privileges == wanted.limits.no_new_privileges,
			      "row %d", i);
		ck_assert_msg(settings.limits.has_umask == wanted.limits.has_umask, "row %d", i);
		ck_assert_msg(settings.limits.umask == wanted.limits.umask, "row %d: umask", i);
		ck_assert_msg(settings.identity.keep_capabilities ==
				      wanted.identity.keep_capabilities,
			      "row %d", i);
		for (int group = 0; group <= ADD_GROUPS_MAX; group++)
			ck_assert_pstr_eq(settings.identity.add_groups[group],
					  wanted.identity.add_groups[group]);
		if (wanted.identity.user)
			ck_assert_str_eq(settings.identity.user, wanted.identity.user);
		else
			ck_assert_ptr_null(settings.identity.user);
	}
}
END_TEST

START_TEST(variables)
{
	static const struct {
		const char *entry;
		char *words[WORDS];
		int64_t wait;
		const char *refusal;
	} rows[] = {
		{"DINIT_SU_WAIT=3", {"app", "true"}, 3000, NULL},
		{"DINIT_SU_WAIT=0", {"app", "true"}, 0, NULL},
		{"DINIT_SU_WAIT=300ms", {"-n", "true"}, 300, NULL},
		{"DINIT_SU_WAIT=3", {"-w1", "app", "true"}, 1000, NULL},
		{"DINIT_SU_WAIT=3", {"--wait=1", "app", "true"}, 1000, NULL},
		{"DINIT_SU_WAITING=x", {"-q", "app", "true"}, 5000, NULL},
		{"DINIT_SU_WAI=x", {"-q", "app", "true"}, 5000, NULL},
		{"DINIT_SU_WAIT", {"app", "true"}, 5000, NULL},
		{"dinit_su_wait=x", {"app", "true"}, 5000, NULL},
		{"DINIT_SU_EXEC=x", {"-q", "app", "true"}, 5000, NULL},
		{"DINIT_SU_WAIT=soon",
		 {"app", "true"},
		 0,
		 "DINIT_SU_WAIT: 'soon' is not a duration; write 500ms, 5s, 2m or 1h"},
		{"DINIT_SU_WAIT=", {"app", "true"}, 5000, NULL},
		{"DINIT_SU_WAIT=-1", {"app", "true"}, 0, "DINIT_SU_WAIT: '-1' is not a duration"},
		{"DINIT_SU_WAIT=soon", {"-w1", "app", "true"}, 0, "DINIT_SU_WAIT: 'soon'"},
		{"DINIT_SU_WAIT=soon", {"--explain", "a", "b"}, 0, "DINIT_SU_WAIT: 'soon'"},
		{"DINIT_SU_WAIT=soon", {"--zap"}, 0, "--zap: no such option"},
		{"DINIT_SU_WAIT=soon", {"--help"}, 5000, NULL},
		{"DINIT_SU_WAIT=soon", {"-h"}, 5000, NULL},
		{"DINIT_SU_WAIT=soon", {"--version"}, 5000, NULL},
		{"DINIT_SU_WAIT=soon", {"-V"}, 5000, NULL},
	};

	for (int i = 0; i < COUNT(rows); i++) {
		char entry[64];
		char *environment[] = {"PATH=/bin", entry, "HOME=/", NULL};
		struct settings settings;
		struct failure failure = {0};
		bool good;

		strcpy(entry, rows[i].entry);
		good = parse(rows[i].words, environment, &settings, &failure);
		ck_assert_msg(good == !rows[i].refusal, "row %d: %s", i, failure.text);
		if (good)
			ck_assert_msg(settings.lifecycle.wait == rows[i].wait, "row %d: wait", i);
		else
			ck_assert_msg(failure.status == STATUS_REFUSED &&
					      strstr(failure.text, rows[i].refusal),
				      "row %d: %s", i, failure.text);
	}
}
END_TEST

/* Settings point into the arguments: all of COMMAND's words are there, and none is a copy. */
START_TEST(command_is_the_rest)
{
	char *arguments[] = {"dinit-su", "-v", "app", "--", "server", "--", "-w", "", NULL};
	struct settings settings = default_settings();
	struct failure failure;

	ck_assert(cmdline_parse(arguments, nothing, &settings, &failure));
	ck_assert_ptr_eq(settings.identity.user, arguments[2]);
	ck_assert_ptr_eq(settings.command, &arguments[4]);
}
END_TEST

START_TEST(help_fits_a_screen)
{
	int lines = 0;

	for (const char *line = options_help; *line; line += strcspn(line, "\n") + 1) {
		ck_assert_uint_le(strcspn(line, "\n"), 80);
		lines++;
	}
	ck_assert_int_le(lines, 24);
}
END_TEST

Suite *cmdline_suite(void)
{
	const TTest *const tests[] = {good_ones, variables, command_is_the_rest,
				      help_fits_a_screen};

	return suite_of("cmdline", tests, COUNT(tests));
}
