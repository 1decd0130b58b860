/* SPDX-License-Identifier: MIT */
/*
 * sandbox [OPTION]... COMMAND [ARG]...: run COMMAND as PID 1 of fresh PID and mount namespaces.
 *
 * The signals and mounts of COMMAND stay inside, and all its processes end with COMMAND. If the
 * sandbox is killed they do too, unless COMMAND has changed its ids. unshare(1) does nearly the
 * same, but not in a plain chroot, and without these options. Exits with COMMAND's status, 128+N
 * for signal N.
 *
 *   -p FD        write COMMAND's pid, as seen outside, to descriptor FD
 *   -b FROM:TO   bind mount; repeatable
 *   -P           mount no /proc over the one that is there
 *   -E           hide /proc: an empty file system is mounted over it
 *   -s           start COMMAND as the child of a PID 1 that only reaps
 *   -N           a network namespace too, which ends with the processes in it
 *   -U           a user namespace too: only root is mapped, setgroups is forbidden
 *   -c NUMBER    drop a capability from the bounding set; repeatable
 *   -t           make stdin the controlling terminal of a new session, as a container runtime does
 *   -n           start COMMAND in a new session without a terminal; Ctrl-C still ends the sandbox
 *   -u UID:GID   start COMMAND as that user, without supplementary groups
 *   -i SIGNAL    start COMMAND with the signal ignored; repeatable
 *   -m SIGNAL    start COMMAND with the signal blocked; repeatable
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

struct options {
	int pid_descriptor;
	const char *binds[16];
	int bind_count;
	bool keep_proc, hide_proc, below_reaper, user_namespace, own_terminal, no_terminal;
	bool own_network;
	int drops[64];
	int drop_count;
	int uid, gid; /* -1: stay root */
	unsigned long long ignored, blocked;
};

static _Noreturn void give_up(const char *what)
{
	fprintf(stderr, "sandbox: %s: %s\n", what, strerror(errno));
	exit(125);
}

static void check(int result, const char *what)
{
	if (result < 0)
		give_up(what);
}

/* Says how to get CAP_SYS_ADMIN, the first thing that a container or an ordinary user lacks. */
static void check_privilege(int result, const char *what)
{
	if (result < 0 && errno == EPERM)
		fprintf(stderr,
			"sandbox: this takes root with CAP_SYS_ADMIN: run it as root; start a "
			"container with --cap-add SYS_ADMIN, and under AppArmor also with "
			"--security-opt apparmor=unconfined\n");
	check(result, what);
}

static void write_file(const char *path, const char *content)
{
	int file = open(path, O_WRONLY | O_CLOEXEC);

	if (file < 0 || write(file, content, strlen(content)) < 0)
		give_up(path);
	close(file);
}

/*
 * If the directory of a chroot is no mount point, the mount that holds it cannot be named, and so
 * cannot be made private: mounts made here could show up on the host. Step out of the chroot, in
 * this mount namespace only, make everything private there, and move the directory over the root.
 *
 * The kernel refuses a user namespace, user_namespaces(7), to a process whose root is not the
 * topmost mount at the root of its mount namespace. The move makes it that mount even on a ramfs,
 * where pivot_root(2) fails.
 */
static void make_chroot_the_root(void)
{
	char path[PATH_MAX];
	int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

	check(root, "/");
	check(chroot("/usr"), "chroot");
	check(fchdir(root), "fchdir");
	for (int i = 0; i < 256; i++)
		check(chdir(".."), "chdir ..");
	check(chroot("."), "chroot");
	check(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), "make mounts private");
	check(fchdir(root), "fchdir");
	if (!getcwd(path, sizeof(path)))
		give_up("getcwd");
	check(mount(".", ".", NULL, MS_BIND | MS_REC, NULL), "bind the root");
	check(chdir(path), path);
	check(mount(".", "/", NULL, MS_MOVE, NULL), "move over the root");
	check(chroot("."), "chroot");
	check(chdir("/"), "/");
	close(root);
}

static void isolate_mounts(void)
{
	char directory[PATH_MAX];
	bool back = getcwd(directory, sizeof(directory)) != NULL;

	check_privilege(unshare(CLONE_NEWNS), "unshare mount namespace");
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0)
		return;
	if (errno != EINVAL)
		check_privilege(-1, "make mounts private");
	make_chroot_the_root();
	/* Root of a user namespace may not enter the closed home of another user: stay in "/". */
	if (back && chdir(directory) < 0 && errno != EACCES)
		give_up(directory);
}

static void isolate_user(void)
{
	check(unshare(CLONE_NEWUSER), "unshare user namespace");
	write_file("/proc/self/setgroups", "deny");
	write_file("/proc/self/uid_map", "0 0 1");
	write_file("/proc/self/gid_map", "0 0 1");
}

static void bind_mount(const char *from_to)
{
	char *from = strdup(from_to), *to = strchr(from, ':');

	if (!to)
		give_up(from_to);
	*to++ = '\0';
	check(mount(from, to, NULL, MS_BIND, NULL), from_to);
	free(from);
}

static void set_up(const struct options *options)
{
	if (options->own_network)
		check(unshare(CLONE_NEWNET), "unshare network namespace");
	if (!options->keep_proc)
		check(mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL),
		      "/proc");
	if (options->hide_proc)
		check(mount("none", "/proc", "tmpfs", 0, NULL), "hide /proc");
	for (int i = 0; i < options->bind_count; i++)
		bind_mount(options->binds[i]);
	for (int i = 0; i < options->drop_count; i++)
		check(prctl(PR_CAPBSET_DROP, options->drops[i], 0, 0, 0), "drop capability");
	if (options->own_terminal || options->no_terminal)
		check(setsid(), "setsid");
	if (options->own_terminal)
		check(ioctl(STDIN_FILENO, TIOCSCTTY, 0), "controlling terminal");
	if (options->uid >= 0) {
		check(setgroups(0, NULL), "setgroups");
		check(setresgid((gid_t)options->gid, (gid_t)options->gid, (gid_t)options->gid),
		      "gid");
		check(setresuid((uid_t)options->uid, (uid_t)options->uid, (uid_t)options->uid),
		      "uid");
	}
}

/*
 * Uses the raw calls: the C library leaves out the signals that it keeps for itself, and a program
 * that glibc's posix_spawn(3) has started, such as make, may hand some of them down ignored.
 */
static void set_signals(const struct options *options)
{
	/* struct sigaction as the kernel has it, all zero: SIG_DFL, no flags, on any architecture.
	 */
	static const char by_default[64];

	for (int number = 1; number <= 64; number++) {
		syscall(SYS_rt_sigaction, number, by_default, NULL, 8);
		if (options->ignored >> (number - 1) & 1)
			signal(number, SIG_IGN);
	}
	check((int)syscall(SYS_rt_sigprocmask, SIG_SETMASK, &options->blocked, NULL, 8), "mask");
}

/*
 * Die with the parent: no process may outlive a test run that was killed. A change of the effective
 * ids clears this, prctl(2). Who has the pid of -p can end such a COMMAND by that.
 */
static void die_with_parent(void)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
}

/* A descriptor of the terminal in whose foreground the sandbox was started, or -1. */
static int foreground_terminal(void)
{
	int terminal = open("/dev/tty", O_RDWR | O_CLOEXEC);

	if (terminal >= 0 && tcgetpgrp(terminal) != getpgrp()) {
		close(terminal);
		terminal = -1;
	}
	return terminal;
}

/*
 * COMMAND may have given the foreground to a process group that has ended with it, and the next
 * Ctrl-C would reach no process. COMMAND cannot give the foreground back: tcsetpgrp(3) takes the
 * number of a group, and the group of the sandbox has no number in the PID namespace.
 */
static void take_foreground_back(int terminal)
{
	if (terminal < 0 || kill(-tcgetpgrp(terminal), 0) == 0 || errno != ESRCH)
		return;
	/* From the background tcsetpgrp(3) stops the caller, unless it ignores this. */
	signal(SIGTTOU, SIG_IGN);
	tcsetpgrp(terminal, getpgrp());
}

static int exit_status(int status)
{
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static _Noreturn void run(const struct options *options, char **command)
{
	set_up(options);
	set_signals(options);
	execvp(command[0], command);
	give_up(command[0]);
}

/* Be a PID 1 that only reaps, and end as child, which runs COMMAND. */
static _Noreturn void reap_until(pid_t child)
{
	int status;
	pid_t pid;

	while ((pid = wait(&status)) != child || pid < 0)
		;
	exit(exit_status(status));
}

static int bad_usage(void)
{
	fputs("sandbox: see the top of tests/sandbox.c\n", stderr);
	return 125;
}

static void read_pair(const char *text, int *first, int *second)
{
	if (sscanf(text, "%d:%d", first, second) != 2) {
		errno = EINVAL;
		give_up(text);
	}
}

static bool read_options(int argc, char **argv, struct options *options)
{
	int letter;

	while ((letter = getopt(argc, argv, "+p:b:PEsUtnNc:u:i:m:")) != -1) {
		if (letter == 'p')
			options->pid_descriptor = atoi(optarg);
		else if (letter == 'b' && options->bind_count < 16)
			options->binds[options->bind_count++] = optarg;
		else if (letter == 'P')
			options->keep_proc = true;
		else if (letter == 'E')
			options->hide_proc = true;
		else if (letter == 's')
			options->below_reaper = true;
		else if (letter == 'U')
			options->user_namespace = true;
		else if (letter == 't')
			options->own_terminal = true;
		else if (letter == 'N')
			options->own_network = true;
		else if (letter == 'n')
			options->no_terminal = true;
		else if (letter == 'c' && options->drop_count < 64)
			options->drops[options->drop_count++] = atoi(optarg);
		else if (letter == 'u')
			read_pair(optarg, &options->uid, &options->gid);
		else if (letter == 'i')
			options->ignored |= 1ULL << (atoi(optarg) - 1);
		else if (letter == 'm')
			options->blocked |= 1ULL << (atoi(optarg) - 1);
		else
			return false;
	}
	return optind < argc;
}

int main(int argc, char **argv)
{
	struct options options = {.pid_descriptor = -1, .uid = -1, .gid = -1};
	int status, terminal;
	pid_t child;

	if (!read_options(argc, argv, &options))
		return bad_usage();
	terminal = foreground_terminal();
	/*
	 * The user namespace comes first: it has to own the mount namespace for its root to mount
	 * in that, user_namespaces(7).
	 */
	if (options.user_namespace)
		isolate_user();
	isolate_mounts();
	check_privilege(unshare(CLONE_NEWPID), "unshare PID namespace");
	child = fork();
	check(child, "fork");
	if (child == 0) {
		die_with_parent();
		if (options.below_reaper) {
			child = fork();
			check(child, "fork");
			if (child > 0)
				reap_until(child);
		}
		run(&options, argv + optind);
	}
	if (options.pid_descriptor >= 0) {
		dprintf(options.pid_descriptor, "%d\n", child);
		close(options.pid_descriptor);
	}
	/* A reader of COMMAND's output sees its end only when no process has the pipe open. */
	close(STDIN_FILENO);
	close(STDOUT_FILENO);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	take_foreground_back(terminal);
	return exit_status(status);
}
