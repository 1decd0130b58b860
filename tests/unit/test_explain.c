/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <signal.h>
#include <string.h>

#include "explain.h"

static char *command[] = {"server", "--port", "80", NULL};
static struct identity app = {
	.has_account = true,
	.account = {.name = "app", .home = "/home/app"},
	.target = {.uid = 1000, .gid = 1001, .groups = {.count = 2, .ids = {29, 1001}}},
};
static struct identity changed = {
	.has_account = true,
	.changes_account = true,
	.wanted = {.uid = 5, .gid = 6},
	.account = {.name = "app", .home = "/home/app", .uid = 1000, .gid = 1001},
	.target = {.uid = 5, .gid = 6, .groups = {.count = 1, .ids = {6}}},
};
static struct identity number = {
	.target = {.uid = 7, .gid = 8, .groups = {.count = 1, .ids = {8}}}};
static struct identity capable = {
	.target = {.uid = 7, .gid = 8, .groups = {.count = 1, .ids = {8}}, .capabilities = 0x401},
};
static const struct credentials root = {0};
static const struct credentials other = {.real_uid = 5, .real_gid = 6};

#define PLAN(asked, who, identity_, becomes_, is_pid1_)                                            \
	{                                                                                          \
		.settings = &asked, .now = &who, .identity = identity_, .becomes = becomes_,       \
		.is_pid1 = is_pid1_                                                                \
	}
#define STOP "stop      on SIGINT SIGQUIT SIGTERM\n"

START_TEST(plans)
{
	struct settings usual = default_settings(), exec, keeping, plain, root_init, stopping,
			session, paused, rights, no_umask;

	usual.command = command;
	exec = keeping = plain = root_init = stopping = session = paused = usual;
	exec.mode = MODE_IN_PLACE;
	exec.keep_stdio = true;
	keeping.root_init = true;
	keeping.environment = ENVIRONMENT_KEPT;
	keeping.lifecycle.wait = 50;
	plain.keep_stdio = true;
	plain.lifecycle.wait = 0;
	root_init.root_init = true;
	root_init.lifecycle.wait = INT32_MAX * (int64_t)1000;
	stopping.lifecycle.audience = AUDIENCE_GROUP;
	stopping.lifecycle.send_as[SIGTERM] = SIGQUIT;
	stopping.lifecycle.send_as[SIGHUP] = SEND_NOTHING;
	stopping.lifecycle.stop_delay = 1500;
	stopping.lifecycle.stop_timeout = 20000;
	stopping.lifecycle.rest = REST_IS_AWAITED;
	stopping.lifecycle.linger = 500;
	settings_map_exit(&stopping, 143, 0);
	stopping.termination_log = "/log";
	rights = no_umask = exec;
	rights.limits.has_umask = no_umask.limits.has_umask = true;
	rights.limits.umask = 027;
	rights.limits.no_new_privileges = true;
	session.program.session = SESSION_NEW;
	paused.command = NULL;
	paused.mode = MODE_PAUSE;
	paused.lifecycle.audience = AUDIENCE_MAIN;

	const struct {
		const char *name;
		struct plan plan;
		const char *wanted;
	} rows[] = {
		{"switch", PLAN(usual, root, &app, true, true),
		 "command   server --port 80\n"
		 "user      uid 1000, gid 1001, groups 29 1001 (app)\n"
		 "env       HOME=/home/app USER=app LOGNAME=app\n"
		 "stdio     terminals and pipes are given to uid 1000\n"
		 "init      PID 1 of its namespace, as uid 1000\n" STOP
		 "ending    what is left gets TERM, and KILL after 5 s\n"},
		{"--exec, no account", PLAN(exec, root, &number, true, true),
		 "command   server --port 80\n"
		 "user      no account, uid 7, gid 8, groups 8\n"
		 "env       HOME=/, no USER, no LOGNAME\n"
		 "init      none: the command replaces this process\n"},
		{"--umask --no-new-privs --keep-caps", PLAN(rights, root, &capable, true, true),
		 "command   server --port 80\n"
		 "user      no account, uid 7, gid 8, groups 8\n"
		 "rights    umask 027 no_new_privs cap_chown cap_net_bind_service\n"
		 "env       HOME=/, no USER, no LOGNAME\n"
		 "init      none: the command replaces this process\n"},
		{"--ids", PLAN(exec, root, &changed, true, true),
		 "command   server --port 80\n"
		 "user      uid 5, gid 6, groups 6 (app)\n"
		 "accounts  app is 1000:1001 in the account files, which becomes 5:6\n"
		 "env       HOME=/home/app USER=app LOGNAME=app\n"
		 "init      none: the command replaces this process\n"},
		{"--umask 0", PLAN(no_umask, root, &number, true, true),
		 "command   server --port 80\n"
		 "user      no account, uid 7, gid 8, groups 8\n"
		 "rights    umask 00\n"
		 "env       HOME=/, no USER, no LOGNAME\n"
		 "init      none: the command replaces this process\n"},
		{"--root-init --keep-env", PLAN(keeping, root, &app, true, false),
		 "command   server --port 80\n"
		 "user      uid 1000, gid 1001, groups 29 1001 (app)\n"
		 "env       as it is\n"
		 "stdio     terminals and pipes are given to uid 1000\n"
		 "init      child subreaper, as uid 0\n" STOP
		 "ending    what is left gets TERM, and KILL after 50 ms\n"},
		{"--no-switch", PLAN(usual, other, NULL, false, true),
		 "command   server --port 80\n"
		 "user      uid 5, gid 6, as now: nothing to switch\n"
		 "env       as it is\n"
		 "init      PID 1 of its namespace, as uid 5\n" STOP
		 "ending    what is left gets TERM, and KILL after 5 s\n"},
		{"no account", PLAN(plain, root, &number, true, false),
		 "command   server --port 80\n"
		 "user      no account, uid 7, gid 8, groups 8\n"
		 "env       HOME=/, no USER, no LOGNAME\n"
		 "init      child subreaper, as uid 7\n" STOP
		 "ending    what is left gets TERM, and KILL after 0 s\n"},
		{"--root-init as PID 1", PLAN(root_init, root, &number, true, true),
		 "command   server --port 80\n"
		 "user      no account, uid 7, gid 8, groups 8\n"
		 "env       HOME=/, no USER, no LOGNAME\n"
		 "stdio     terminals and pipes are given to uid 7\n"
		 "init      PID 1 of its namespace, as uid 0\n" STOP
		 "ending    what is left gets TERM, and KILL after 2147483647 s\n"},
		{"already that user", PLAN(usual, other, &app, false, false),
		 "command   server --port 80\n"
		 "user      uid 5, gid 6, as now: nothing to switch\n"
		 "env       HOME=/home/app USER=app LOGNAME=app\n"
		 "init      child subreaper, as uid 5\n" STOP
		 "ending    what is left gets TERM, and KILL after 5 s\n"},
		{"everything about signals and the end", PLAN(stopping, other, NULL, false, true),
		 "command   server --port 80\n"
		 "user      uid 5, gid 6, as now: nothing to switch\n"
		 "env       as it is\n"
		 "init      PID 1 of its namespace, as uid 5\n"
		 "signals   all go to the group\n"
		 "signal    SIGHUP: ignored\n"
		 "signal    SIGTERM: SIGQUIT\n"
		 "stop      on SIGINT SIGQUIT SIGTERM; passed on after 1 s 500 ms; main is killed "
		 "20 s "
		 "later\n"
		 "ending    when no process is left\n"
		 "network   gets up to 500 ms for the last bytes, from a PID 1\n"
		 "status    143 becomes 0\n"
		 "message   of a bad end in /log\n"},
		{"--new-session", PLAN(session, other, NULL, false, true),
		 "command   server --port 80\n"
		 "user      uid 5, gid 6, as now: nothing to switch\n"
		 "env       as it is\n"
		 "init      PID 1 of its namespace, as uid 5\n"
		 "session   main has its own, without the terminal\n" STOP
		 "ending    what is left gets TERM, and KILL after 5 s\n"},
		{"--pause", PLAN(paused, other, NULL, false, true),
		 "command   none: wait for a stop signal\n"
		 "user      uid 5, gid 6, as now: nothing to switch\n"
		 "env       as it is\n"
		 "init      PID 1 of its namespace, as uid 5\n"
		 "signals   all go to the command alone\n" STOP
		 "ending    what is left gets TERM, and KILL after 5 s\n"},
	};

	for (int i = 0; i < COUNT(rows); i++) {
		char buffer[1000];
		struct text text = text_in(buffer, sizeof(buffer));

		explain(&rows[i].plan, NULL, &text);
		ck_assert_msg(strcmp(buffer, rows[i].wanted) == 0, "%s:\n%s", rows[i].name, buffer);
	}
}
END_TEST

Suite *explain_suite(void)
{
	const TTest *const tests[] = {plans};

	return suite_of("explain", tests, COUNT(tests));
}
