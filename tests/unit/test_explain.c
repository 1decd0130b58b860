/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <string.h>

#include "explain.h"

static char *command[] = {"server", "--port", "80", NULL};
static struct identity app = {
	.uid = 1000,
	.gid = 1001,
	.has_account = true,
	.account = {.name = "app", .home = "/home/app"},
	.groups = {.count = 2, .ids = {29, 1001}},
};
static struct identity number = {.uid = 7, .gid = 8, .groups = {.count = 1, .ids = {8}}};
static const struct credentials root = {0};
static const struct credentials other = {.real_uid = 5, .real_gid = 6};

START_TEST(plans)
{
	static const struct settings usual = {.command = command, .wait = 5000};
	static const struct settings exec = {.command = command, .exec = true, .keep_stdio = true};
	static const struct settings keeping = {.command = command,
						.root_init = true,
						.keep_environment = true,
						.wait = 50};
	static const struct settings plain = {.command = command, .keep_stdio = true};
	static const struct settings root_init = {.command = command,
						  .root_init = true,
						  .wait = 60000};
	const struct {
		const char *name;
		struct plan plan;
		const char *wanted;
	} rows[] = {
		{"switch",
		 {&usual, &root, &app, true, true},
		 "command   server --port 80\n"
		 "user      uid 1000, gid 1001, groups 29 1001 (app)\n"
		 "env       HOME=/home/app USER=app LOGNAME=app\n"
		 "stdio     terminals and pipes are given to uid 1000\n"
		 "init      PID 1 of its namespace, as uid 1000\n"
		 "ending    what is left gets TERM, and KILL 5000 ms later\n"},
		{"--exec, no account",
		 {&exec, &root, &number, true, true},
		 "command   server --port 80\n"
		 "user      no account, uid 7, gid 8, groups 8\n"
		 "env       HOME=/, no USER, no LOGNAME\n"
		 "init      none: the command replaces this process\n"},
		{"--root-init --keep-env",
		 {&keeping, &root, &app, true, false},
		 "command   server --port 80\n"
		 "user      uid 1000, gid 1001, groups 29 1001 (app)\n"
		 "env       as it is\n"
		 "stdio     terminals and pipes are given to uid 1000\n"
		 "init      child subreaper, as uid 0\n"
		 "ending    what is left gets TERM, and KILL 50 ms later\n"},
		{"--no-switch",
		 {&usual, &other, NULL, false, true},
		 "command   server --port 80\n"
		 "user      uid 5, gid 6, as now: nothing to switch\n"
		 "env       as it is\n"
		 "init      PID 1 of its namespace, as uid 5\n"
		 "ending    what is left gets TERM, and KILL 5000 ms later\n"},
		{"no account",
		 {&plain, &root, &number, true, false},
		 "command   server --port 80\n"
		 "user      no account, uid 7, gid 8, groups 8\n"
		 "env       HOME=/, no USER, no LOGNAME\n"
		 "init      child subreaper, as uid 7\n"
		 "ending    what is left gets TERM, and KILL 0 ms later\n"},
		{"--root-init as PID 1",
		 {&root_init, &root, &number, true, true},
		 "command   server --port 80\n"
		 "user      no account, uid 7, gid 8, groups 8\n"
		 "env       HOME=/, no USER, no LOGNAME\n"
		 "stdio     terminals and pipes are given to uid 7\n"
		 "init      PID 1 of its namespace, as uid 0\n"
		 "ending    what is left gets TERM, and KILL 60000 ms later\n"},
		{"already that user",
		 {&usual, &other, &app, false, false},
		 "command   server --port 80\n"
		 "user      uid 5, gid 6, as now: nothing to switch\n"
		 "env       HOME=/home/app USER=app LOGNAME=app\n"
		 "init      child subreaper, as uid 5\n"
		 "ending    what is left gets TERM, and KILL 5000 ms later\n"},
	};

	for (int i = 0; i < COUNT(rows); i++) {
		char buffer[1000];
		struct text text = text_in(buffer, sizeof(buffer));

		explain(&rows[i].plan, &text);
		ck_assert_msg(strcmp(buffer, rows[i].wanted) == 0, "%s:\n%s", rows[i].name, buffer);
	}
}
END_TEST

Suite *explain_suite(void)
{
	const TTest *const tests[] = {plans};

	return suite_of("explain", tests, COUNT(tests));
}
