/* SPDX-License-Identifier: MIT */
#include "init/processes.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/directories.h"
#include "base/parse.h"

/*
 * A process, held by a descriptor of its /proc directory. The number of a process that has ended
 * may be given to another, but the descriptor stays with the one it was opened for: reading through
 * it then fails with ESRCH, and so does signalling.
 */
struct process {
	int descriptor;
	pid_t pid;
	struct facts facts;
};

/* The ancestors that the children of a process have, itself included. */
struct known {
	pid_t pid; /* 0: this entry is free */
	uint64_t start;
	struct ancestors ancestors;
};

/* Children of one parent are mostly listed close to each other. */
#define KNOWN_MAX 64

/* One pass over the processes that /proc lists. */
struct walk {
	struct tree *tree;
	const struct delivery *delivery;
	int listing;	    /* descriptor that /proc is being listed through */
	bool only_group;    /* only main's group is meant */
	bool at_once;	    /* who is to be told is told while the others are looked at */
	bool hang_up;	    /* leaders of sessions with a terminal get HUP */
	bool go_on;	    /* everybody gets CONT */
	bool unreadable;    /* /proc does not tell about somebody */
	struct text *names; /* of those who are told, or NULL */
	struct outcome outcome;
	struct known known[KNOWN_MAX];
};

static bool is_pid1(const struct tree *tree)
{
	return tree->init == 1;
}

/* As read(2) of a file of the process, with a NUL behind it. */
static ssize_t read_file(const struct process *process, const char *name, char *buffer, size_t size)
{
	const int file = openat(process->descriptor, name, O_RDONLY | O_CLOEXEC);
	ssize_t length;
	int error;

	if (file < 0)
		return -1;
	length = read(file, buffer, size - 1);
	error = errno;
	close(file);
	errno = error;
	buffer[length > 0 ? length : 0] = '\0';
	return length;
}

/* Fill in what may have changed. */
static bool process_read(struct process *process)
{
	char line[1024];

	return read_file(process, "stat", line, sizeof(line)) > 0 &&
	       facts_read(line, &process->facts);
}

static bool process_open(pid_t pid, struct process *process)
{
	char path[32];
	struct text text = text_in(path, sizeof(path));
	int error;

	text_add(&text, "/proc/%d", pid);
	process->pid = pid;
	process->descriptor = openat(AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (process->descriptor < 0)
		return false;
	if (process_read(process))
		return true;
	error = errno;
	close(process->descriptor);
	errno = error;
	return false;
}

/*
 * Open the parent of a process. By the time it is opened its number may belong to another process;
 * that the child still names it then shows that it does not.
 */
static bool process_open_parent(struct process *process, struct process *parent)
{
	for (;;) {
		const pid_t expected = process->facts.parent;
		const bool opened = process_open(expected, parent);

		if (process_read(process) && process->facts.parent == expected)
			return opened;
		if (opened)
			close(parent->descriptor);
		if (process->facts.parent == expected || process->facts.parent <= 1)
			return false;
	}
}

/*
 * Signal a process. A child of init keeps its number until init reaps it, so kill(2) cannot go
 * astray. For others only the descriptor is safe: pidfd_send_signal(2), Linux 5.1. Without it a PID
 * 1 takes the number, which is one of its own container's in any case; to a subreaper they are out
 * of reach until their parents have ended and they have come to init.
 */
static bool process_signal(const struct tree *tree, const struct process *process, int signal)
{
	if (process->facts.parent == tree->init)
		return kill(process->pid, signal) == 0;
	if (syscall(SYS_pidfd_send_signal, process->descriptor, signal, NULL, 0) == 0)
		return true;
	return is_pid1(tree) && errno != ESRCH && kill(process->pid, signal) == 0;
}

static bool is_shell(const struct process *process)
{
	char arguments[256];
	const ssize_t length = read_file(process, "cmdline", arguments, sizeof(arguments));

	/* Behind what was cut off stands a NUL as well. */
	return length > 0 && arguments_are_of_shell(arguments, (size_t)length + 1);
}

/* A process that init may not signal is not told, and so looks after nobody. */
static bool looks_after(const struct tree *tree, const struct process *process,
			const struct delivery *delivery)
{
	return ((process->facts.caught & delivery->handled) ||
		told_has_handled(tree->told, process->pid, &process->facts)) &&
	       !is_shell(process) && kill(process->pid, 0) == 0;
}

/*
 * What is known of a parent. A PID 1 has nobody but its container's processes around it; a
 * subreaper makes sure that the number is still that of the process that was looked at.
 */
static const struct known *recall(const struct walk *walk, pid_t pid)
{
	const struct known *known = &walk->known[pid % KNOWN_MAX];
	struct process process;

	if (known->pid != pid)
		return NULL;
	if (is_pid1(walk->tree))
		return known;
	if (!process_open(pid, &process))
		return NULL;
	close(process.descriptor);
	return process.facts.start == known->start ? known : NULL;
}

static void note_ancestor(const struct walk *walk, const struct process *process,
			  struct ancestors *ancestors)
{
	if (looks_after(walk->tree, process, walk->delivery))
		ancestors->look_after = true;
	if (told_has(walk->tree->told, process->pid, &process->facts))
		ancestors->were_told = true;
}

/* What a parent says of its own ancestors is noted for its other children. */
static struct ancestors ancestors_of(struct walk *walk, struct process *process)
{
	struct ancestors found = {0};
	struct process at = *process, parent;
	struct known first = {0};

	while (at.facts.parent != walk->tree->init && at.facts.parent > 1) {
		const struct known *known = recall(walk, at.facts.parent);
		bool opened;

		if (known) {
			found.look_after |= known->ancestors.look_after;
			found.were_told |= known->ancestors.were_told;
			found.lead_to_init = known->ancestors.lead_to_init;
			break;
		}
		opened = process_open_parent(&at, &parent);
		if (at.descriptor != process->descriptor)
			close(at.descriptor);
		else
			process->facts = at.facts;
		if (!opened)
			return found;
		at = parent;
		if (!first.pid)
			first = (struct known){.pid = at.pid, .start = at.facts.start};
		note_ancestor(walk, &at, &found);
	}
	if (at.facts.parent == walk->tree->init)
		found.lead_to_init = true;
	if (at.descriptor != process->descriptor)
		close(at.descriptor);
	if (first.pid) {
		first.ancestors = found;
		walk->known[first.pid % KNOWN_MAX] = first;
	}
	return found;
}

/* It reads from a pipe, and not from the container's stdin: fd of proc_pid_fd(5). */
static bool is_filter(const struct tree *tree, const struct process *process)
{
	struct stat status;

	return fstatat(process->descriptor, "fd/0", &status, 0) == 0 && S_ISFIFO(status.st_mode) &&
	       !(status.st_dev == tree->input.device && status.st_ino == tree->input.inode);
}

/* Beyond what can be remembered one by one, all who could have been told count as told. */
static void remember_all(const struct walk *walk)
{
	struct told *told = walk->tree->told;
	const struct told_before before = {.group = walk->only_group ? walk->tree->main : 0,
					   .signal = walk->delivery->signal,
					   .ticks = clock_ticks()};

	if (walk->only_group)
		told->group = before;
	else
		told->all = before;
}

static void name_process(struct walk *walk, const struct process *process)
{
	const int count = walk->outcome.told;

	if (!walk->names)
		return;
	if (count <= 5)
		text_add(walk->names, "%s%d (%s)", count > 1 ? ", " : "", process->pid,
			 process->facts.name);
	else if (count == 6)
		text_add(walk->names, "...");
}

/*
 * All are looked at before the first is told: what a shell that was told starts then, to save its
 * data, is part of its end.
 */
static void tell(struct walk *walk, const struct process *process)
{
	struct told_process *entry =
		walk->at_once ? NULL : told_enter(walk->tree->told, process->pid, &process->facts);

	if (entry) {
		entry->is_next = true;
		/* Before it is told: its handler may work once. */
		entry->has_handled |= walk->delivery->is_stop &&
				      (process->facts.caught & walk->delivery->handled) != 0;
	} else if (!process_signal(walk->tree, process, walk->delivery->signal)) {
		return;
	} else if (walk->delivery->is_stop) {
		remember_all(walk);
	}
	walk->outcome.sent = true;
	walk->outcome.told++;
	name_process(walk, process);
}

/* Tell those whom a walk has chosen, or, if they were told all at once, only remember it. */
static void tell_chosen(const struct walk *walk, bool were_told)
{
	struct told *told = walk->tree->told;

	for (int i = 0; i < TOLD_MAX; i++) {
		struct told_process *entry = &told->processes[i];
		struct process process;

		if (!entry->is_next)
			continue;
		entry->is_next = false;
		if (walk->delivery->is_stop)
			entry->signal = (uint8_t)walk->delivery->signal;
		if (were_told || !process_open(entry->pid, &process))
			continue;
		if (process.facts.start == entry->start)
			process_signal(walk->tree, &process, walk->delivery->signal);
		close(process.descriptor);
	}
}

/* A process of the container itself; what exec has brought is somebody else's affair. */
static void report_other_user(const struct walk *walk, const struct process *process, bool is_ours)
{
	report(walk->tree->reporter, is_ours ? REPORT_WARNINGS : REPORT_STORY,
	       "process %d (%s) belongs to another user: it cannot be asked to end", process->pid,
	       process->facts.name);
}

static void decide(struct walk *walk, const struct process *process,
		   const struct ancestors *ancestors)
{
	const bool was_told = told_has(walk->tree->told, process->pid, &process->facts);
	enum verdict verdict =
		delivery_decide(walk->delivery, &process->facts, ancestors, was_told);

	if (verdict == VERDICT_NOT_IF_FILTER)
		verdict = is_filter(walk->tree, process) ? VERDICT_LOOKED_AFTER : VERDICT_TELL;
	if (walk->hang_up && process->facts.terminal && process->facts.session == process->pid)
		process_signal(walk->tree, process, SIGHUP);
	if (verdict == VERDICT_TELL) {
		tell(walk, process);
	} else {
		walk->outcome.sent = true;
		walk->outcome.passed_over++;
		walk->outcome.untold += verdict != VERDICT_WAS_TOLD;
	}
	if (walk->go_on)
		process_signal(walk->tree, process, SIGCONT);
}

static void consider(struct walk *walk, struct process *process)
{
	struct ancestors ancestors;

	/*
	 * A zombie has ended; its own parent has yet to collect it. What it has started just before
	 * may not be listed any more: init looks again when it has collected it.
	 */
	if (process->facts.state == 'Z') {
		walk->outcome.sent |= process->facts.parent == walk->tree->init;
		return;
	}
	ancestors = ancestors_of(walk, process);
	if (!is_pid1(walk->tree) && !ancestors.lead_to_init)
		return;
	walk->outcome.listed++;
	if (kill(process->pid, 0) < 0 && errno == EPERM) {
		walk->outcome.out_of_reach++;
		if (walk->hang_up && !walk->tree->others_named)
			report_other_user(walk, process, ancestors.lead_to_init);
		return;
	}
	decide(walk, process, &ancestors);
}

/* getpgid(2) tells sooner than /proc that a process is none of main's group. */
static bool may_be_meant(struct walk *walk, pid_t pid)
{
	pid_t group;

	if (pid == walk->tree->init)
		return false;
	if (!walk->only_group || pid == walk->tree->main)
		return true;
	group = getpgid(pid);
	if (group < 0 && errno != ESRCH)
		walk->unreadable = true;
	return group == walk->tree->main;
}

static int visit(int pid, void *context)
{
	struct walk *walk = context;
	struct process process;

	if (!may_be_meant(walk, pid))
		return 0;
	if (process_open(pid, &process)) {
		consider(walk, &process);
		close(process.descriptor);
	} else if (errno != ENOENT && errno != ESRCH && kill(pid, 0) == 0) {
		walk->unreadable = true;
	}
	return 0;
}

/* Returns false where /proc does not tell about somebody. */
static bool walk_processes(struct walk *walk)
{
	walk->outcome = (struct outcome){0};
	memset(walk->known, 0, sizeof(walk->known));
	return directory_each_number("/proc", &walk->listing, visit, walk) == 0 &&
	       !walk->unreadable;
}

/* Whether /proc is there and is of the PID namespace whose numbers this process uses. */
static bool proc_is_ours(const struct tree *tree)
{
	char target[16];
	ssize_t length = readlink("/proc/self", target, sizeof(target) - 1);
	uint32_t number;

	if (length < 0)
		return false;
	target[length] = '\0';
	return parse_id(target, &number) && (pid_t)number == tree->init;
}

/* Whether init has no child but main, so that all of main's group descends from main. */
static bool main_is_only_child(const struct tree *tree)
{
	char path[64], children[32];
	struct text text = text_in(path, sizeof(path));
	const struct process self = {.descriptor = AT_FDCWD};
	uint32_t number;
	size_t length;

	text_add(&text, "/proc/self/task/%d/children", tree->init);
	if (read_file(&self, path, children, sizeof(children)) <= 0)
		return false;
	length = strcspn(children, " ");
	if (children[length] == '\0' || children[length + 1] != '\0')
		return false;
	children[length] = '\0';
	return parse_id(children, &number) && (pid_t)number == tree->main;
}

/* Main is not reaped yet, so that neither its pid nor that of its group can be another's. */
static struct outcome tell_main(const struct tree *tree, const struct delivery *delivery,
				const struct process *main)
{
	struct told_process *entry = told_enter(tree->told, main->pid, &main->facts);

	if (entry && delivery->is_stop)
		entry->has_handled = true;
	return (struct outcome){.sent = kill(tree->main, delivery->signal) == 0, .told = 1};
}

static struct outcome tell_whole_group(const struct tree *tree, const struct delivery *delivery)
{
	struct outcome outcome = {.whole = true};
	pid_t group;

	outcome.sent = kill(-tree->main, delivery->signal) == 0;
	/* The group that init made for main need not be the one that main has gone to since. */
	group = getpgid(tree->main);
	if (group > 0 && group != tree->main)
		outcome.sent |= kill(tree->main, delivery->signal) == 0;
	if (delivery->is_stop)
		tree->told->group =
			(struct told_before){tree->main, delivery->signal, clock_ticks()};
	return outcome;
}

/* How often the group is looked at again for somebody who was born meanwhile. */
#define PASSES 3

static struct outcome tell_branches(struct walk *walk)
{
	const struct outcome outcome = walk->outcome;
	struct delivery delivery = *walk->delivery;

	walk->delivery = &delivery;
	tell_chosen(walk, false);
	/* Who was told may have ended since and left somebody behind who was not listed yet. */
	delivery.to_untold = delivery.not_below_told = true;
	for (int i = 0; i < PASSES && delivery.is_stop && walk->outcome.told > 0; i++) {
		walk_processes(walk);
		tell_chosen(walk, false);
	}
	walk->delivery = NULL;
	return outcome;
}

/* Of a process that is not init's own child: process_signal(). */
static bool can_signal_others(const struct tree *tree, const struct process *process)
{
	return is_pid1(tree) ||
	       syscall(SYS_pidfd_send_signal, process->descriptor, 0, NULL, 0) == 0;
}

struct outcome processes_tell_group(const struct tree *tree, const struct delivery *delivery)
{
	struct tree seen = *tree;
	struct walk walk = {.tree = &seen, .delivery = delivery, .only_group = true};
	struct process main;
	bool only_main, can_signal;

	if (delivery->to_everyone || !proc_is_ours(tree) || !process_open(tree->main, &main))
		return tell_whole_group(tree, delivery);
	only_main = looks_after(tree, &main, delivery) && main_is_only_child(tree);
	can_signal = only_main || can_signal_others(tree, &main);
	close(main.descriptor);
	if (only_main)
		return tell_main(tree, delivery, &main);
	/* Where nobody is passed over one indivisible step lets nobody escape by forking. */
	if (can_signal && walk_processes(&walk) && walk.outcome.passed_over > 0)
		return tell_branches(&walk);
	tell_chosen(&walk, true);
	return tell_whole_group(tree, delivery);
}

static void warn_of_proc(struct tree *tree)
{
	if (!tree->others_named)
		report(tree->reporter, REPORT_WARNINGS,
		       "no /proc of this PID namespace: cannot end what is left");
}

/* As PID 1, when nobody is passed over, or /proc does not tell who would be. */
static void tell_namespace(struct walk *walk)
{
	kill(-1, walk->delivery->signal);
	tell_chosen(walk, true);
	walk->outcome.whole = walk->outcome.sent = true;
	if (walk->delivery->is_stop)
		remember_all(walk);
}

static struct outcome tell_all(struct walk *walk)
{
	const bool can_list = proc_is_ours(walk->tree);
	const bool can_choose = can_list && walk_processes(walk);

	if (is_pid1(walk->tree) && (!can_choose || walk->outcome.passed_over == 0))
		tell_namespace(walk);
	else if (can_list)
		tell_chosen(walk, false);
	else
		warn_of_proc(walk->tree);
	if (is_pid1(walk->tree) && walk->go_on)
		kill(-1, SIGCONT);
	walk->tree->others_named = true;
	return walk->outcome;
}

struct outcome processes_tell_all(struct tree *tree, const struct delivery *delivery, bool go_on)
{
	struct walk walk = {.tree = tree, .delivery = delivery, .go_on = go_on};

	return tell_all(&walk);
}

struct outcome processes_ask_all(struct tree *tree, const struct delivery *delivery)
{
	struct walk walk = {.tree = tree, .delivery = delivery, .hang_up = true, .go_on = true};

	return tell_all(&walk);
}

struct outcome processes_kill_all(struct tree *tree, struct text *names)
{
	const struct delivery delivery = {.signal = SIGKILL, .to_everyone = true};
	struct walk walk = {.tree = tree, .delivery = &delivery, .names = names, .at_once = true};

	if (proc_is_ours(tree))
		walk_processes(&walk);
	else if (!is_pid1(tree))
		warn_of_proc(tree);
	if (is_pid1(tree)) {
		kill(-1, SIGKILL);
		walk.outcome.sent = true;
	}
	return walk.outcome;
}

struct search {
	struct walk walk;
	bool found;
};

/* Stops at the first process of the tree that has not ended and that init may signal. */
static int find_reachable(int pid, void *context)
{
	struct search *search = context;
	struct process process;

	if (pid == search->walk.tree->init || kill(pid, 0) < 0 || !process_open(pid, &process))
		return 0;
	if (process.facts.state == 'Z')
		search->found = process.facts.parent == search->walk.tree->init;
	else
		search->found = is_pid1(search->walk.tree) ||
				ancestors_of(&search->walk, &process).lead_to_init;
	close(process.descriptor);
	return search->found;
}

static __attribute__((noinline)) bool anybody_is_reachable(const struct tree *tree)
{
	const struct delivery nothing = {0};
	struct tree seen = *tree;
	struct search search = {.walk = {.tree = &seen, .delivery = &nothing}};

	return directory_each_number("/proc", &search.walk.listing, find_reachable, &search) != 0 ||
	       search.found;
}

enum remaining processes_remaining(const struct tree *tree, bool has_children, bool look_closely)
{
	/*
	 * kill(-1) fails with ESRCH only if there is no process beside PID 1: that it may signal
	 * none of those that there are is no error.
	 */
	if (!has_children && !(is_pid1(tree) && kill(-1, 0) == 0))
		return REMAINING_NOBODY;
	if (look_closely && proc_is_ours(tree) && !anybody_is_reachable(tree))
		return REMAINING_OUT_OF_REACH;
	return has_children ? REMAINING_CHILDREN : REMAINING_STRANGERS;
}
