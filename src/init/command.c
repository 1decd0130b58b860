/* SPDX-License-Identifier: MIT */
#include "init/command.h"

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

#include "base/text.h"
#include "identity/capabilities.h"
#include "identity/environment.h"
#include "init/program_file.h"

/* The search path without PATH: the one that container engines set. */
#define DEFAULT_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/* An interpreter may be a script itself. The kernel follows five of them: execve(2). */
#define INTERPRETERS_MAX 5

/* The noexec flag of statfs(2). <linux/statfs.h> collides with the header of the C library. */
#define MOUNTED_NOEXEC 8

/* A search for COMMAND. */
struct search {
	const char *command; /* as it was written */
	char **words;	     /* the arguments of execve(2), or NULL to find the file only */
	char **environment;
	bool scripts_by_shell;
	struct failure *failure;
};

/*
 * The interpreter or loader that running the file at path needs and that does not exist, or NULL.
 * *file receives the head of the file that names it.
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

static void add_missing(struct failure *failure, const char *path)
{
	struct program_file file;
	const char *interpreter = missing_interpreter(path, &file);

	if (interpreter)
		fail_further(failure, ": '%s%s", interpreter,
			     file.carriage_return ? "\\r': save the file with Unix line ends"
						  : "'");
}

/* statfs(2). musl's function would add half a kilobyte; on 32 bits two calls are needed. */
static bool look_at_mount(const char *path, struct statfs *mount)
{
#ifdef SYS_statfs64
	return statfs(path, mount) == 0;
#else
	return syscall(SYS_statfs, path, mount) == 0;
#endif
}

/* execve(2) lists the causes of EACCES. */
static void add_denied(struct failure *failure, const char *path)
{
	struct stat status;
	struct statfs mount;

	if (stat(path, &status) < 0)
		return;
	if (S_ISDIR(status.st_mode))
		fail_further(failure, ": it is a directory");
	else if (!S_ISREG(status.st_mode))
		fail_further(failure, ": it is not a regular file");
	else if (look_at_mount(path, &mount) && (mount.f_flags & MOUNTED_NOEXEC))
		fail_further(failure, ": its file system is mounted with noexec");
	else if (access(path, X_OK) == 0)
		fail_further(failure, ": not it, but its interpreter");
	else
		fail_further(failure, ": its mode is 0%o", status.st_mode & 07777);
}

/*
 * The kernel does not run a file with effective capabilities if the bounding set lacks one of them:
 * "Safety checking for capability-dumb binaries" in capabilities(7).
 */
static void add_not_permitted(struct failure *failure, const char *path)
{
	/* struct vfs_cap_data: a revision, then permitted and inheritable, low and high words. */
	uint32_t data[6] = {0};
	uint64_t wanted;

	if (getxattr(path, "security.capability", data, sizeof(data)) < 0)
		return;
	wanted = le32toh(data[1]) | (uint64_t)le32toh(data[3]) << 32;
	for (unsigned long number = 0; number < 64; number++) {
		if (prctl(PR_CAPBSET_READ, number, 0, 0, 0) == 1)
			wanted &= ~(UINT64_C(1) << number);
	}
	if (wanted)
		fail_further(failure, ": the file has cap_%s, which the container was not given",
			     capabilities_name(wanted));
}

static void add_no_program(struct failure *failure, const char *path)
{
	struct program_file file;
	struct utsname here;

	if (!program_file_read(&file, path) || file.kind != ELF) {
		fail_further(failure, ": a script needs a #! line");
	} else {
		uname(&here);
		fail_further(failure, ": it is a program for %s, and this is %s",
			     program_file_machine(file.machine), here.machine);
	}
}

static void add_not_found(struct failure *failure, const char *command)
{
	if (strchr(command, ' '))
		fail_further(failure,
			     "; it has a space: write COMMAND and each ARG as a word of its own");
	if (!*command)
		fail_further(failure, "; it is empty: is a variable unset?");
}

/* Fail with the description of an error of try_file(). */
static bool explain(const struct search *search, const char *path, int error)
{
	const char *command = search->command, *why = strerror(error);
	const bool is_found = error != ENOENT && error != ENOTDIR;

	if (!is_found && !strchr(command, '/'))
		why = "not found in PATH";
	if (error == ELIBACC)
		why = "its interpreter or its loader is missing";
	fail(search->failure, is_found ? STATUS_CANNOT_RUN : STATUS_NOT_FOUND,
	     "cannot run '%s': %s", command, why);
	if (!is_found)
		add_not_found(search->failure, command);
	if (error == ELIBACC)
		add_missing(search->failure, path);
	if (error == EACCES)
		add_denied(search->failure, path);
	if (error == EPERM)
		add_not_permitted(search->failure, path);
	if (error == ENOEXEC)
		add_no_program(search->failure, path);
	return false;
}

/* The errno of execve(2) for the file at path, as far as it can be known beforehand, or 0. */
static int look_at(const char *path)
{
	struct program_file file;
	struct stat status;

	/* access(2) heeds noexec mounts. */
	if (access(path, X_OK) < 0 || stat(path, &status) < 0)
		return errno;
	if (!S_ISREG(status.st_mode))
		return EACCES;
	return missing_interpreter(path, &file) ? ENOENT : 0;
}

/* execve(2) of the file at path. Returns its errno. */
static int execute_file(const struct search *search, const char *path)
{
	char **words = search->words, *const name = words[0], *const before = words[-1];

	execve(path, words, search->environment);
	if (errno != ENOEXEC || !search->scripts_by_shell)
		return errno;
	/* As in execvp(3). words[-1] is an argument of init's own, which is no longer needed. */
	words[-1] = "/bin/sh";
	words[0] = (char *)path;
	execve(words[-1], words - 1, search->environment);
	words[-1] = before;
	words[0] = name;
	return ENOEXEC;
}

/*
 * Run the file at path, or only check it. Returns 0 if it was checked and is good, or an errno. For
 * a file whose interpreter or loader does not exist that is ELIBACC, which execve(2) never returns.
 */
static int try_file(const struct search *search, const char *path)
{
	const int error = search->words ? execute_file(search, path) : look_at(path);

	return error == ENOENT && access(path, F_OK) == 0 ? ELIBACC : error;
}

/*
 * Search PATH for a command without a slash. execvpe(3) is not used, as its behaviour depends on
 * the C library: glibc has /bin/sh run a file that the kernel cannot, musl does not.
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
			/* An empty part is the current directory: environ(7). */
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
		/* EACCES can also mean that the directory may not be searched: look on. */
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
	error = try_file(search, command);
	if (error)
		return explain(search, command, error);
	text_add(&text, "%s", command);
	return true;
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
