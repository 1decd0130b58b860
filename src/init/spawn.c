/* SPDX-License-Identifier: MIT */
#include "init/spawn.h"

#include <errno.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "identity/environment.h"
#include "init/command.h"
#include "init/terminal.h"

/*
 * What the new process tells init. Both share memory until execve(2). Every access is volatile:
 * vfork(2) returns twice, and the compiler does not see that the first return changes the value for
 * the second.
 */
struct birth {
	bool failed; /* COMMAND was not run; the failure is filled in */
};

#define PID_ENTRY_SIZE 32

/*
 * Replace init's pid in a variable by the caller's, which is main's. The service manager that set
 * the variable could only know init's pid: sd_listen_fds(3), sd_watchdog_enabled(3).
 */
static void correct_pid(const struct program *program, const char *name,
			char buffer[PID_ENTRY_SIZE])
{
	if (environment_get(program->environment, name))
		environment_move_pid(program->environment, name, program->init, getpid(), buffer,
				     PID_ENTRY_SIZE);
}

/*
 * Give the new process a process group or session of its own, and its group the foreground if init
 * had it. A new session has no controlling terminal and cannot get the one on 0-2, which belongs to
 * another session. So it cannot push input into that terminal either: only a process whose
 * controlling terminal it is, or one with CAP_SYS_ADMIN, may. See TIOCSCTTY and TIOCSTI of
 * ioctl_tty(2).
 */
static bool separate(const struct program *program, struct failure *failure)
{
	if ((program->new_session ? setsid() : setpgid(0, 0)) < 0)
		return fail(failure, STATUS_REFUSED, "cannot give main a %s of its own: %s",
			    program->new_session ? "session" : "process group", strerror(errno));
	if (program->terminal >= 0)
		terminal_give(program->terminal, getpid());
	return true;
}

static bool execute(const struct program *program, struct failure *failure)
{
	return command_execute(program->command, program->environment, program->scripts_by_shell,
			       failure);
}

/* A main with every signal blocked could not be stopped, and nothing would show why. */
static bool restore_signals(const struct program *program, struct failure *failure)
{
	return signals_restore(program->signals) || fail_to("give main its signal mask", failure);
}

/*
 * The new process. It runs in init's memory, vfork(2), so it only makes system calls, fills in the
 * failure and ends. Processes of its user cannot attach to it: a process whose credentials have
 * changed is not dumpable before execve(2), PR_SET_DUMPABLE of prctl(2).
 */
static _Noreturn __attribute__((noinline)) void
become_main(const struct program *program, volatile struct birth *birth, struct failure *failure)
{
	static char listen_pid[PID_ENTRY_SIZE], watchdog_pid[PID_ENTRY_SIZE];

	correct_pid(program, "LISTEN_PID", listen_pid);
	correct_pid(program, "WATCHDOG_PID", watchdog_pid);
	if (separate(program, failure) &&
	    (!program->become || credentials_assume(program->become, failure)) &&
	    credentials_pass_on(program->capabilities, failure) &&
	    restore_signals(program, failure))
		execute(program, failure);
	birth->failed = true;
	_exit(STATUS_REFUSED);
}

bool spawn_main(const struct program *program, pid_t *pid, struct failure *failure)
{
	volatile struct birth birth = {0};
	char *const name = program->command[0], *const before = program->command[-1];

	*pid = vfork();
	if (*pid == 0)
		become_main(program, &birth, failure);
	/* A child that tried /bin/sh has changed these words, which are in shared memory. */
	program->command[0] = name;
	program->command[-1] = before;
	if (*pid < 0)
		return fail_to("start a process", failure);
	if (!birth.failed)
		return true;
	waitpid(*pid, NULL, 0);
	if (program->terminal >= 0)
		terminal_give(program->terminal, getpgrp());
	return false;
}

bool spawn_in_place(const struct program *program, struct failure *failure)
{
	struct inherited_signals again;

	if (!credentials_pass_on(program->capabilities, failure))
		return false;
	signals_forget_own();
	if (!restore_signals(program, failure))
		return false;
	execute(program, failure);
	/* The message may exceed the file size limit: SIGXFSZ must not replace the exit status. */
	signals_hold(&again);
	return false;
}
