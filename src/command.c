/* SPDX-License-Identifier: MIT */
#include "command.h"

#include <endian.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "capabilities.h"
#include "environment.h"
#include "program_file.h"
#include "text.h"

/* Where COMMAND is looked for when there is no PATH: what container engines set. */
#define DEFAULT_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/* A script's interpreter may be a script: the kernel follows up to five of them, execve(2). */
#define INTERPRETERS_MAX 5

/* In the f_flags of statfs(2): mounted with noexec. <linux/statfs.h> collides with the C library.
 */
#define MOUNTED_NOEXEC 8

/* One search for COMMAND. */
struct search {
	const char *command; /* as it was written */
	char **words;	     /* what execve(2) is given, or NULL: the file is only to be found */
	char **environment;
	bool scripts_by_shell;
	struct failure *failure;
};

/*
 * The interpreter or loader on the way to running the file at path that is not there, or NULL.
 * *file is what was read of the program that asks for it.
 */
static const char *missing_interpreter(const char *path, struct program_file *file)
{
	for (int depth = 0; depth < INTERPRETERS_MAX; depth++) {
		if (!program_file_read(file, path) || !file->interpreter)
			return NULL;
		if (file->carriage_return || access(file->interpreter, F_OK) < 0)
			return file->interpreter;
		path = file->interpreter;
	}
	return NULL;
}

/* "cannot run 'COMMAND': WHY" and MORE. */
static bool cannot_run(const struct search *search, const char *why, const char *more)
{
	return fail(search->failure, STATUS_CANNOT_RUN, "cannot run '%s': %s%s", search->command,
		    why, more);
}

static bool explain_missing(const struct search *search, const char *path)
{
	struct program_file file;
	const char *interpreter = missing_interpreter(path, &file);

	if (!interpreter)
		return cannot_run(search, "its interpreter or its loader is missing", "");
	return fail(search->failure, STATUS_CANNOT_RUN, "cannot run '%s': its %s '%s%s",
		    search->command, file.kind == SCRIPT ? "interpreter" : "loader", interpreter,
		    file.carriage_return
			    ? "\\r' is missing: its #! line ends in a carriage return; "
			      "save it with Unix line ends"
			    : "' is missing");
}

/*
 * statfs(2). Where the kernel has one call for it, that is used by itself: musl's function brings
 * half a kilobyte along.
 */
static bool look_at_mount(const char *path, struct statfs *mount)
{
#ifdef SYS_statfs64
	return statfs(path, mount) == 0;
#else
	return syscall(SYS_statfs, path, mount) == 0;
#endif
}

/* EACCES has many causes; execve(2) lists them. */
static bool explain_denied(const struct search *search, const char *path)
{
	struct stat status;
	struct statfs mount;
	const char *why = strerror(EACCES);

	if (stat(path, &status) < 0)
		return cannot_run(search, why, "");
	if (S_ISDIR(status.st_mode))
		return cannot_run(search, strerror(EISDIR), "");
	if (!S_ISREG(status.st_mode))
		return cannot_run(search, why, ": it is not a regular file");
	if (look_at_mount(path, &mount) && (mount.f_flags & MOUNTED_NOEXEC))
		return cannot_run(search, why, ": its file system is mounted with noexec");
	if (access(path, X_OK) == 0)
		return cannot_run(search, why, ": not it, but its interpreter");
	return fail(search->failure, STATUS_CANNOT_RUN, "cannot run '%s': %s: its mode is 0%o",
		    search->command, why, status.st_mode & 07777);
}

/*
 * A program that is marked to use its file capabilities at once is not run at all where the
 * bounding set lacks one of them: "Safety checking for capability-dumb binaries" in
 * capabilities(7).
 */
static bool explain_not_permitted(const struct search *search, const char *path)
{
	/* struct vfs_cap_data of the kernel: revision, then permitted and inheritable, twice. */
	uint32_t data[6] = {0};

	if (getxattr(path, "security.capability", data, sizeof(data)) > 0) {
		uint64_t wanted = le32toh(data[1]) | (uint64_t)le32toh(data[3]) << 32;

		for (unsigned long number = 0; number < 64; number++) {
			if (prctl(PR_CAPBSET_READ, number, 0, 0, 0) == 1)
				wanted &= ~(UINT64_C(1) << number);
		}
		if (wanted)
			return fail(search->failure, STATUS_CANNOT_RUN,
				    "cannot run '%s': %s: the file has cap_%s, which the container "
				    "was not given",
				    search->command, strerror(EPERM), capabilities_name(wanted));
	}
	return cannot_run(search, strerror(EPERM), "");
}

static bool explain_no_program(const struct search *search, const char *path)
{
	struct program_file file;
	struct utsname here;
	const char *why = strerror(ENOEXEC), *machine;

	if (!program_file_read(&file, path) || file.kind != ELF)
		return cannot_run(search, why, " (a script needs a #! line)");
	machine = program_file_machine(file.machine);
	uname(&here);
	return fail(search->failure, STATUS_CANNOT_RUN,
		    "cannot run '%s': %s: it is a program for %s, and this is %s", search->command,
		    why, machine, here.machine);
}

static bool explain_not_found(const struct search *search, int error)
{
	const char *command = search->command, *hint = "";

	if (strchr(command, ' '))
		hint = "; it has a space: write COMMAND and each ARG as a word of its own";
	if (!*command)
		hint = "; it is empty: is a variable unset?";
	return fail(search->failure, STATUS_NOT_FOUND, "cannot run '%s': %s%s", command,
		    strchr(command, '/') ? strerror(error) : "not found in PATH", hint);
}

/* Turn the error of try_file() into a failure. */
static bool explain(const struct search *search, const char *path, int error)
{
	switch (error) {
	case ENOENT:
	case ENOTDIR:
		return explain_not_found(search, error);
	case ELIBACC:
		return explain_missing(search, path);
	case EACCES:
		return explain_denied(search, path);
	case EPERM:
		return explain_not_permitted(search, path);
	case ENOEXEC:
		return explain_no_program(search, path);
	default:
		return cannot_run(search, strerror(error), "");
	}
}

/* What execve(2) would say of the file at path, as far as that can be told: an errno, or 0. */
static int look_at(const char *path)
{
	struct program_file file;
	struct stat status;

	/* EACCES on a mount with noexec too: access(2). */
	if (access(path, X_OK) < 0 || stat(path, &status) < 0)
		return errno;
	if (!S_ISREG(status.st_mode))
		return EACCES;
	return missing_interpreter(path, &file) ? ENOENT : 0;
}

/* execve(2) of the file at path. Returns only when that fails, with its errno. */
static int execute_file(const struct search *search, const char *path)
{
	char **words = search->words, *const name = words[0], *const before = words[-1];

	execve(path, words, search->environment);
	if (errno != ENOEXEC || !search->scripts_by_shell)
		return errno;
	/* As execvp(3). The word before COMMAND is one of init's own, and has been read. */
	words[-1] = "/bin/sh";
	words[0] = (char *)path;
	execve(words[-1], words - 1, search->environment);
	words[-1] = before;
	words[0] = name;
	return ENOEXEC;
}

/*
 * Run the file at path, or look at it. Returns 0 when it was only to be found, or an errno:
 * ELIBACC, which the kernel does not give, where the file is there and its interpreter or loader is
 * not.
 */
static int try_file(const struct search *search, const char *path)
{
	const int error = search->words ? execute_file(search, path) : look_at(path);

	return error == ENOENT && access(path, F_OK) == 0 ? ELIBACC : error;
}

/*
 * A command without a slash, along PATH. execvpe(3) is not used: glibc's gives a file that the
 * kernel cannot run to /bin/sh, musl's does not, and the status must not depend on that.
 */
static bool search_path(const struct search *search, char file[PATH_MAX])
{
	const char *path = environment_get(search->environment, "PATH");
	bool is_explained = false;

	if (!path)
		path = DEFAULT_PATH;
	for (const char *at = path;; at += strcspn(at, ":") + 1) {
		size_t length = strcspn(at, ":");
		struct text text = text_in(file, PATH_MAX);
		int error = ENOENT;

		if (length + strlen(search->command) + sizeof("/") < PATH_MAX) {
			/* An empty part means the current directory: environ(7). */
			if (length > 0) {
				memcpy(file, at, length);
				text.length = length;
				text_add(&text, "/");
			}
			text_add(&text, "%s", search->command);
			error = try_file(search, file);
		}
		if (error == 0)
			return true;
		/* A directory that may not be searched is no reason to say "denied". */
		if ((error == EACCES && access(file, F_OK) == 0) || error == ELIBACC)
			is_explained = !explain(search, file, error);
		else if (error != EACCES && error != ENOENT && error != ENOTDIR)
			return explain(search, file, error);
		if (at[length] == '\0')
			return is_explained ? false : explain(search, file, ENOENT);
	}
}

static bool find_and_run(const struct search *search, char file[PATH_MAX])
{
	const char *command = search->command;
	struct text text = text_in(file, PATH_MAX);
	int error;

	if (command[0] == '\0')
		return explain(search, command, ENOENT);
	if (!strchr(command, '/'))
		return search_path(search, file);
	text_add(&text, "%s", command);
	error = try_file(search, command);
	return error == 0 || explain(search, command, error);
}

bool command_execute(char **words, char **environment, bool scripts_by_shell,
		     struct failure *failure)
{
	const struct search search = {words[0], words, environment, scripts_by_shell, failure};
	char file[PATH_MAX];

	return find_and_run(&search, file);
}

bool command_find(const char *command, char **environment, char file[PATH_MAX],
		  struct failure *failure)
{
	const struct search search = {command, NULL, environment, false, failure};

	return find_and_run(&search, file);
}
