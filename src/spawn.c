/* SPDX-License-Identifier: MIT */
#include "spawn.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "environment.h"
#include "terminal.h"
#include "text.h"

/* Where COMMAND is looked for when there is no PATH: what container engines set. */
#define DEFAULT_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/*
 * What the new process tells init, in memory that both share until it runs COMMAND. Always
 * volatile: the compiler sees one process return twice and nobody who could have changed it in
 * between.
 */
struct birth {
	bool refused; /* it could not become who it should; the failure is filled in */
	int error;    /* errno of the execve(2) that failed, or 0 */
};

/*
 * execve(2). Returns only with the errno that tells why not: ELIBACC, which the kernel does not
 * give, where the file is there and what is not is the interpreter in its #! line or its loader.
 */
static int execute_file(const struct program *program, const char *file)
{
	char **command = program->command, *const name = command[0], *const before = command[-1];

	execve(file, command, program->environment);
	if (errno == ENOENT && access(file, F_OK) == 0)
		return ELIBACC;
	if (errno != ENOEXEC || !program->scripts_by_shell)
		return errno;
	/* As execvp(3). The word before COMMAND is one of init's own, and has been read. */
	command[-1] = "/bin/sh";
	command[0] = (char *)file;
	execve(command[-1], command - 1, program->environment);
	command[-1] = before;
	command[0] = name;
	return ENOEXEC;
}

/*
 * execve(2) for a command without a slash, along PATH. execvpe(3) is not used: glibc's gives a file
 * that the kernel cannot run to /bin/sh, musl's does not, and the status must not depend on that.
 */
static int execute_from_path(const struct program *program)
{
	const char *path = environment_get(program->environment, "PATH");
	const char *command = program->command[0];
	char file[PATH_MAX];
	int error = ENOENT;

	if (!path)
		path = DEFAULT_PATH;
	for (const char *at = path;; at += strcspn(at, ":") + 1) {
		size_t length = strcspn(at, ":");
		struct text text = text_in(file, sizeof(file));
		int why;

		if (length + strlen(command) + sizeof("/") < sizeof(file)) {
			/* An empty part means the current directory: environ(7). */
			if (length > 0) {
				memcpy(file, at, length);
				text.length = length;
				text_add(&text, "/");
			}
			text_add(&text, "%s", command);
			why = execute_file(program, file);
			/* A directory that may not be searched is no reason to say "denied". */
			if ((why == EACCES && access(file, F_OK) == 0) || why == ELIBACC)
				error = why;
			else if (why != EACCES && why != ENOENT && why != ENOTDIR)
				return why;
		}
		if (at[length] == '\0')
			return error;
	}
}

/* Run the command. Returns only with the errno that tells why not. */
static int execute(const struct program *program)
{
	const char *command = program->command[0];

	if (command[0] == '\0')
		return ENOENT;
	if (!strchr(command, '/'))
		return execute_from_path(program);
	return execute_file(program, command);
}

/* Turn the errno of execute() into a failure with the status and the words that fit. */
static bool cannot_execute(const char *command, int error, struct failure *failure)
{
	struct stat status;
	bool is_path = strchr(command, '/') != NULL;
	bool exists = is_path && stat(command, &status) == 0;

	if (error == ELIBACC)
		return fail(
			failure, STATUS_CANNOT_RUN,
			"cannot run '%s': the interpreter in its #! line or its loader is missing",
			command);
	if (error == ENOENT && !is_path)
		return fail(failure, STATUS_NOT_FOUND, "cannot run '%s': not found in PATH",
			    command);
	if (error == ENOENT || error == ENOTDIR)
		return fail(failure, STATUS_NOT_FOUND, "cannot run '%s': %s", command,
			    strerror(error));
	if (error == EACCES && exists && S_ISDIR(status.st_mode))
		error = EISDIR;
	if (error == ENOEXEC)
		return fail(failure, STATUS_CANNOT_RUN,
			    "cannot run '%s': %s (a script needs a #! line)", command,
			    strerror(error));
	return fail(failure, STATUS_CANNOT_RUN, "cannot run '%s': %s", command, strerror(error));
}

#define PID_ENTRY_SIZE 32

/*
 * sd_listen_fds(3), sd_watchdog_enabled(3): what says init's pid is meant for main, whose own
 * nobody could know. To be called by main to be.
 */
static void correct_pid(const struct program *program, const char *name,
			char buffer[PID_ENTRY_SIZE])
{
	if (environment_get(program->environment, name))
		environment_move_pid(program->environment, name, program->init, getpid(), buffer,
				     PID_ENTRY_SIZE);
}

/*
 * Main's own process group, in the foreground if init was. A session of its own has no controlling
 * terminal, and the one on 0-2 cannot become it as long as it is another session's. Only a process
 * whose controlling terminal it is, or one with CAP_SYS_ADMIN, may put words into it: TIOCSTI,
 * TIOCSCTTY of ioctl_tty(2).
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

/* A main with every signal blocked could not be stopped, and nothing would show why. */
static bool restore_signals(const struct program *program, struct failure *failure)
{
	return signals_restore(program->signals) ||
	       fail(failure, STATUS_REFUSED, "cannot give main its signal mask: %s",
		    strerror(errno));
}

/*
 * The new process, in init's own memory (vfork(2)): it may only make system calls and leave. Nobody
 * can attach to it meanwhile, though it may already be another user: since its credentials changed
 * it is not dumpable until execve(2) (PR_SET_DUMPABLE of prctl(2)).
 */
static _Noreturn __attribute__((noinline)) void
become_main(const struct program *program, volatile struct birth *birth, struct failure *failure)
{
	static char listen_pid[PID_ENTRY_SIZE], watchdog_pid[PID_ENTRY_SIZE];

	correct_pid(program, "LISTEN_PID", listen_pid);
	correct_pid(program, "WATCHDOG_PID", watchdog_pid);
	if (!separate(program, failure) ||
	    (program->become && !credentials_assume(program->become, failure)) ||
	    !credentials_pass_on(program->capabilities, failure) ||
	    !restore_signals(program, failure)) {
		birth->refused = true;
		_exit(STATUS_REFUSED);
	}
	birth->error = execute(program);
	_exit(STATUS_REFUSED);
}

bool spawn_main(const struct program *program, pid_t *pid, struct failure *failure)
{
	volatile struct birth birth = {0};
	char *const name = program->command[0], *const before = program->command[-1];

	*pid = vfork();
	if (*pid == 0)
		become_main(program, &birth, failure);
	/* The words are shared: the child that ran a script by /bin/sh has put others there. */
	program->command[0] = name;
	program->command[-1] = before;
	if (*pid < 0)
		return fail(failure, STATUS_REFUSED, "cannot start a process: %s", strerror(errno));
	if (!birth.refused && birth.error == 0)
		return true;
	waitpid(*pid, NULL, 0);
	if (program->terminal >= 0)
		terminal_give(program->terminal, getpgrp());
	return birth.refused ? false : cannot_execute(program->command[0], birth.error, failure);
}

bool spawn_in_place(const struct program *program, struct failure *failure)
{
	struct inherited_signals again;
	int error;

	if (!credentials_pass_on(program->capabilities, failure))
		return false;
	signals_forget_own();
	if (!restore_signals(program, failure))
		return false;
	error = execute(program);
	/* The message may be one write too many for stderr, and must not cost the status. */
	signals_hold(&again);
	return cannot_execute(program->command[0], error, failure);
}
