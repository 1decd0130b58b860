/* SPDX-License-Identifier: MIT */
/* Words that are refused, and what is said of them. */
#include <string.h>

#include "cmdline_words.h"

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

Suite *cmdline_refused_suite(void)
{
	const TTest *const tests[] = {bad_ones, groups_have_a_limit, no_name};

	return suite_of("cmdline refused", tests, COUNT(tests));
}
