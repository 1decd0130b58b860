/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <string.h>

#include "command_line/cmdline.h"
#include "command_line/options.h"

#define WORDS 8
#define DEFAULT_WAIT .lifecycle.wait = 5000
#define DEFAULT_REPORT .reporter.level = REPORT_WARNINGS

static char *nothing[] = {NULL};

static bool parse(char *const words[WORDS], char **environment, struct settings *settings,
		  struct failure *failure)
{
	static char *arguments[WORDS + 2];

	arguments[0] = "dinit-su";
	memcpy(&arguments[1], words, sizeof(*words) * WORDS);
	*settings = default_settings();
	return cmdline_parse(arguments, environment, settings, failure);
}

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

START_TEST(bad_ones)
{
	static const struct {
		char *words[WORDS];
		const char *refusal;
	} rows[] = {
		{{NULL}, "no USER and no COMMAND"},
		{{"-v"}, "no USER and no COMMAND"},
		{{"app"}, "no COMMAND"},
		{{"app", "--"}, "no COMMAND"},
		{{"-n"}, "no COMMAND"},
		{{"-n", "--"}, "no COMMAND"},
		{{"--", "true"}, "no USER before '--'"},
		{{"-v", "--", "app", "true"}, "no USER before '--'"},
		{{"app", "-v", "--", "true"}, "'-v' after USER 'app'"},
		{{"app", "--wait=5", "true"}, "'--wait=5' after USER 'app'"},
		{{"app", "--help"}, "'--help' after USER 'app'"},
		{{"", "-v"}, "'-v' after USER ''"},
		{{"", "--"}, "no COMMAND"},
		{{""}, "no COMMAND"},
		{{"--explain"}, "no USER and no COMMAND"},
		{{"app", "-", "true"}, "'-' after USER 'app'"},
		{{"-1", "true"}, "-1: no such option"},
		{{"-vz", "app", "true"}, "-z in '-vz': no such option"},
		{{"-", "true"}, "'-': no such option"},
		{{"--zap", "app", "true"}, "--zap: no such option"},
		{{"--exe", "app", "true"}, "--exe: no such option; did you mean --exec?"},
		{{"--execs", "app", "true"}, "--execs: no such option; did you mean --exec?"},
		{{"--exec=1", "app", "true"}, "--exec=1: this option takes no value"},
		{{"--no-switch=", "true"}, "--no-switch=: this option takes no value"},
		{{"--if-root=1", "a", "b"}, "--if-root=1: this option takes no value"},
		{{"--root-init=1", "a", "b"}, "--root-init=1: this option takes no value"},
		{{"--keep-env=1", "a", "b"}, "--keep-env=1: this option takes no value"},
		{{"--no-stdio-chown=1", "a", "b"}, "--no-stdio-chown=1: this option takes"},
		{{"--new-session=1", "a", "b"}, "--new-session=1: this option takes no value"},
		{{"--explain=1", "a", "b"}, "--explain=1: this option takes no value"},
		{{"--help=x"}, "--help=x: this option takes no value"},
		{{"--version=x"}, "--version=x: this option takes no value"},
		{{"---", "a", "b"}, "---: no such option"},
		{{"--=5", "a", "b"}, "--=5: no such option"},
		{{"-x-", "a", "b"}, "-- in '-x-': no such option"},
		{{"--zap", "--help"}, "--zap: no such option"},
		{{"--wait"}, "--wait: needs a value"},
		{{"-w"}, "-w: needs a value"},
		{{"-nw"}, "-nw: needs a value"},
		{{"-w=5", "app", "true"}, "-w in '-w=5': '=5' is not a duration"},
		{{"-wv", "app", "true"}, "-w in '-wv': 'v' is not a duration"},
		{{"-w", "", "app", "true"}, "'' is not a duration"},
		{{"-w", "--", "app", "true"}, "'--' is not a duration"},
		{{"--wait", "-v", "app", "true"}, "--wait: '-v' is not a duration"},
		{{"-w", "x", "app", "true"}, "'x' is not a duration"},
		{{"--wait=", "app", "true"}, "'' is not a duration"},
		{{"--stop-dealy=5", "app", "true"},
		 "--stop-dealy=5: no such option; did you mean --stop-delay?"},
		{{"-help"}, "-help: a name has two dashes; write --help"},
		{{"-wait=5", "app", "true"}, "write --wait=5"},
		{{"-exec", "app", "true"}, "write --exec"},
		{{"-tini", "app", "true"}, "-t in '-tini': 'ini' is not a duration"},
		{{"--chown", "app", "--", "id"},
		 "no USER before '--': 'app' was taken as the value of --chown"},
		{{"--chown", "app", "id"}, "no COMMAND: 'app' was taken as the value of --chown"},
		{{"-vG", "app", "--", "id"}, "'app' was taken as the value of -vG"},
		{{"-G", "app"}, "no USER and no COMMAND: 'app' was taken as the value of -G"},
		{{"-G", "staff", "-v", "--", "id"}, "no USER before '--': is a variable unset?"},
		{{"-r", "TERM:QIUT", "app", "true"}, "-r: 'QIUT' is not a signal"},
		{{"-r", "KILL:TERM", "app", "true"}, "-r: 'KILL' cannot be caught"},
		{{"-xn", "true"}, "--exec and --no-switch"},
		{{"-Rn", "true"}, "--root-init and --no-switch"},
		{{"-in", "true"}, "--if-root and --no-switch"},
		{{"-n", "-x", "true"}, "--exec and --no-switch"},
		{{"-xR", "app", "true"}, "--exec and --root-init"},
		{{"-R", "--exec", "app", "true"}, "--exec and --root-init"},
		{{"-kn", "true"}, "--keep-groups and --no-switch"},
		{{"-n", "-G", "a", "true"}, "--add-group and --no-switch"},
		{{"-n", "-C", "chown", "true"}, "--keep-caps and --no-switch"},
		{{"-n", "--ids=1", "true"}, "--ids and --no-switch"},
		{{"-n", "--ids-from-env=U", "true"}, "--ids-from-env and --no-switch"},
		{{"-n", "--ids-of=/", "true"}, "--ids-of and --no-switch"},
		{{"-n", "--create", "true"}, "--create and --no-switch"},
		{{"--ids=1", "--ids-of=/", "app", "true"}, "only one of them"},
		{{"--ids=1", "--ids-from-env=U", "app", "true"}, "only one of them"},
		{{"--ids-of=/", "--ids-from-env=U", "app", "true"}, "only one of them"},
		{{"--ids-of=/", "--ids=1", "app", "true"}, "only one of them"},
		{{"--explain", "--install=/x"}, "only one of them can be done"},
		{{"--pause", "app", "-x"}, "'-x' after USER 'app'"},
		{{"--allow-root", "--ids=1", "app", "true"}, "--allow-root: only --ids-from-env"},
		{{"--create", "app:app", "true"}, "leave GROUP out"},
		{{"--ids=", "app", "true"}, "--ids=: '' is not UID or UID:GID"},
		{{"--ids", "a:b", "app", "true"}, "'a:b' is not UID or UID:GID"},
		{{"--ids-from-env", "1:1", "app", "true"}, "'1:1' is not UIDVAR or UIDVAR:GIDVAR"},
		{{"--ids-from-env", "$A", "app", "true"}, "without a $"},
		{{"--ids-of=", "app", "true"}, "--ids-of=: '' is empty"},
		{{"--create=x", "app", "true"}, "takes no value"},
		{{"-G", "", "app", "true"}, "-G: '' is empty"},
		{{"-G"}, "-G: needs a value"},
		{{"-m", "8", "app", "true"}, "-m: '8' is not a umask"},
		{{"--umask=", "app", "true"}, "'' is not a umask"},
		{{"-C", "", "app", "true"}, "'' is empty"},
		{{"-C", "chown,fly", "app", "true"}, "unknown capability 'fly'"},
		{{"--no-new-privs=1", "app", "true"}, "takes no value"},
		{{"-xs", "app", "true"}, "--exec and --new-session: with --exec there is no init"},
		{{"--explain", "-xn", "true"}, "--exec and --no-switch"},
	};

	for (int i = 0; i < COUNT(rows); i++) {
		struct settings settings;
		struct failure failure = {0};

		ck_assert_msg(!parse(rows[i].words, nothing, &settings, &failure), "row %d", i);
		ck_assert_int_eq(failure.status, STATUS_REFUSED);
		ck_assert_msg(strstr(failure.text, rows[i].refusal) != NULL, "row %d: %s", i,
			      failure.text);
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

START_TEST(groups_have_a_limit)
{
	char *arguments[ADD_GROUPS_MAX + 5] = {"dinit-su"};
	struct settings settings;
	struct failure failure;

	for (int i = 1; i <= ADD_GROUPS_MAX; i++)
		arguments[i] = "-Gx";
	arguments[ADD_GROUPS_MAX + 1] = "app";
	arguments[ADD_GROUPS_MAX + 2] = "true";
	settings = default_settings();
	ck_assert(cmdline_parse(arguments, nothing, &settings, &failure));
	ck_assert_ptr_nonnull(settings.identity.add_groups[ADD_GROUPS_MAX - 1]);
	ck_assert_ptr_null(settings.identity.add_groups[ADD_GROUPS_MAX]);
	arguments[ADD_GROUPS_MAX + 1] = "-Gx";
	settings = default_settings();
	arguments[ADD_GROUPS_MAX + 3] = "true";
	ck_assert(!cmdline_parse(arguments, nothing, &settings, &failure));
	ck_assert_str_eq(failure.text,
			 "-G in '-Gx': 'x' is one too many: this option can be given 32 times");
}
END_TEST

START_TEST(no_name)
{
	struct settings settings = default_settings();
	struct failure failure;

	ck_assert(!cmdline_parse(nothing, nothing, &settings, &failure));
	ck_assert_int_eq(failure.status, STATUS_REFUSED);
	ck_assert_str_eq(failure.text, "no USER and no COMMAND; try --help");
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
	const TTest *const tests[] = {good_ones,	   bad_ones,
				      variables,	   command_is_the_rest,
				      groups_have_a_limit, no_name,
				      help_fits_a_screen};

	return suite_of("cmdline", tests, COUNT(tests));
}
