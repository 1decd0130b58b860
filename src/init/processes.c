/* SPDX-License-Identifier: MIT */
#include "init/processes.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/directories.h"
#include "base/parse.h"

/* What is known of the ancestors of a process's children: of the process and all above it. */
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
	bool only_looks;    /* stop at the first process that init may signal, and tell none */
	bool unreadable;    /* /proc does not tell about somebody */
	struct text *names; /* of those who are told, or NULL */
	struct outcome outcome;
	struct known known[KNOWN_MAX];
};

static bool is_pid1(const struct tree *tree)
{
	return tree->init == 1;
}

static bool signal_process(const struct walk *walk, const struct process *process, int signal)
{
	return process_signal(process, signal, walk->tree->init);
}

/* True if a process handles the signal itself, or did when it was told. */
static bool handles(const struct walk *walk, const struct process *process)
{
	return ((process->facts.caught & walk->delivery->handled) ||
		told_has_handled(walk->tree->told, process->pid, &process->facts)) &&
	       !process_is_shell(process);
}

/*
 * Return what is known of a parent, or NULL. A subreaper makes sure that the pid still belongs to
 * the same process. A PID 1 need not, because all processes that it sees are its own.
 */
static const struct known *recall(const struct walk *walk, pid_t pid)
{
	const struct known *known = &walk->known[pid % KNOWN_MAX];
	struct process process;

	if (known->pid != pid)
		return NULL;
	if (is_pid1(walk->tree))
		return known;
	return process_look(pid, &process) && process.facts.start == known->start ? known : NULL;
}

static void note_ancestor(const struct walk *walk, const struct process *process,
			  struct ancestors *ancestors)
{
	/* A process that init may not signal is not told, and so it looks after no other. */
	if (handles(walk, process) && kill(process->pid, 0) == 0)
		ancestors->look_after = true;
	if (told_has(walk->tree->told, process->pid, &process->facts))
		ancestors->were_told = true;
}

/*
 * Find the parent of a process. By now its pid may belong to another process. If the child still
 * names the same pid afterwards, it does not. Returns false if the child has ended or its parent
 * cannot be looked at. If the child has come to another parent, the pid of *parent is 0.
 */
static bool look_up(struct process *process, struct process *parent)
{
	const pid_t expected = process->facts.parent;
	const bool is_seen = process_look(expected, parent);

	if (!process_look_again(process))
		return false;
	if (process->facts.parent != expected)
		parent->pid = 0;
	return is_seen || parent->pid == 0;
}

/* Find out about the ancestors of a process, and note it for its parent's other children. */
static struct ancestors ancestors_of(struct walk *walk, const struct process *process)
{
	struct ancestors found = {0};
	struct process at = *process, parent;
	struct known first = {0};

	while (at.facts.parent != walk->tree->init && at.facts.parent > 1) {
		const struct known *known = recall(walk, at.facts.parent);

		if (known) {
			found.look_after |= known->ancestors.look_after;
			found.were_told |= known->ancestors.were_told;
			found.lead_to_init = known->ancestors.lead_to_init;
			break;
		}
		if (!look_up(&at, &parent))
			return found;
		if (!parent.pid)
			continue;
		at = parent;
		if (!first.pid)
			first = (struct known){.pid = at.pid, .start = at.facts.start};
		note_ancestor(walk, &at, &found);
	}
	if (at.facts.parent == walk->tree->init)
		found.lead_to_init = true;
	if (first.pid) {
		first.ancestors = found;
		walk->known[first.pid % KNOWN_MAX] = first;
	}
	return found;
}

/* For when the table of told processes is full: all that could have been told count as told. */
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
 * Choose a process to be told when all have been looked at. If it was told at once, a shell could
 * start a program to save its data, and the walk would find that program and end it.
 */
static void choose(struct walk *walk, const struct process *process)
{
	struct told *told = walk->tree->told;
	struct told_process *entry = told_enter(told, process->pid, &process->facts);

	if (entry) {
		const int number = (int)(entry - told->processes);

		entry->is_next = true;
		if (told->behind == 0 || number < told->next)
			told->next = number;
		if (number >= told->behind)
			told->behind = number + 1;
		/* Noted before it is told, because its handler may work only once. */
		entry->has_handled |= walk->delivery->is_stop &&
				      (process->facts.caught & walk->delivery->handled) != 0;
	} else if (signal_process(walk, process, walk->delivery->signal)) {
		walk->outcome.sent = true;
		if (walk->delivery->is_stop)
			remember_all(walk);
	} else {
		return;
	}
	walk->outcome.told++;
	name_process(walk, process);
}

/* Tell the processes that a walk has chosen. With were_told only remember that they were told. */
static void tell_chosen(struct walk *walk, bool were_told)
{
	struct told *told = walk->tree->told;

	for (int i = told->next; i < told->behind; i++) {
		struct told_process *entry = &told->processes[i];
		const struct process process = {entry->pid, {.start = entry->start}};

		if (!entry->is_next)
			continue;
		entry->is_next = false;
		if (walk->delivery->is_stop)
			entry->signal = (uint8_t)walk->delivery->signal;
		if (!were_told)
			walk->outcome.sent |=
				signal_process(walk, &process, walk->delivery->signal);
	}
	told->next = told->behind = 0;
}

/* Warn about a process of the container. One that exec has brought is reported only with -v. */
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
		verdict = process_reads_pipe(process, &walk->tree->input) ? VERDICT_LOOKED_AFTER
									  : VERDICT_TELL;
	if (walk->delivery->hang_up && process->facts.terminal &&
	    process->facts.session == process->pid)
		signal_process(walk, process, SIGHUP);
	if (verdict == VERDICT_TELL) {
		choose(walk, process);
	} else {
		walk->outcome.sent = true;
		walk->outcome.passed_over++;
		walk->outcome.untold += verdict != VERDICT_WAS_TOLD;
	}
	if (walk->delivery->go_on && !is_pid1(walk->tree))
		signal_process(walk, process, SIGCONT);
}

static void consider(struct walk *walk, const struct process *process)
{
	struct ancestors ancestors;

	/*
	 * A zombie has ended, and its parent has yet to collect it. A child that it started just
	 * before may be missing in this listing. Init looks again once it has collected the zombie.
	 */
	if (process->facts.state == 'Z') {
		walk->outcome.sent |= process->facts.parent == walk->tree->init;
		return;
	}
	ancestors = ancestors_of(walk, process);
	if (!is_pid1(walk->tree) && !ancestors.lead_to_init)
		return;
	walk->outcome.listed++;
	/* Of main's group the signal itself will tell. */
	if (!walk->only_group && kill(process->pid, 0) < 0 && errno == EPERM) {
		walk->outcome.out_of_reach++;
		if (walk->delivery->hang_up && !walk->tree->others_named)
			report_other_user(walk, process, ancestors.lead_to_init);
		return;
	}
	if (walk->only_looks)
		walk->outcome.sent = true;
	else
		decide(walk, process, &ancestors);
}

/* False if the process is not meant. getpgid(2) tells that with less work than /proc. */
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
	if (process_look(pid, &process)) {
		consider(walk, &process);
	} else if (errno != ENOENT && errno != ESRCH && kill(pid, 0) == 0) {
		walk->unreadable = true;
	}
	return walk->only_looks && walk->outcome.sent;
}

/* Look at all processes. Returns false if /proc does not tell about one or the walk stopped. */
static bool walk_processes(struct walk *walk)
{
	walk->outcome = (struct outcome){0};
	memset(walk->known, 0, sizeof(walk->known));
	return directory_each_number("/proc", &walk->listing, visit, walk) == 0 &&
	       !walk->unreadable;
}

/* True if /proc is mounted and shows the PID namespace of this process. */
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

/*
 * Tell the whole group in one indivisible step, so that no process escapes by forking. Main is not
 * reaped yet, so its pid, which is its group's number too, is still its own.
 */
static struct outcome tell_whole_group(struct walk *walk, pid_t group)
{
	const struct tree *tree = walk->tree;
	const int signal = walk->delivery->signal;
	struct outcome outcome = {.whole = true, .sent = kill(-tree->main, signal) == 0};

	/* The group that init made for main need not be the one that main has gone to since. */
	if (group > 0 && group != tree->main)
		outcome.sent |= kill(tree->main, signal) == 0;
	tell_chosen(walk, true);
	if (walk->delivery->is_stop)
		remember_all(walk);
	return outcome;
}

/* How many times the group is searched again for processes that were started meanwhile. */
#define PASSES 3

static struct outcome tell_branches(struct walk *walk)
{
	struct delivery delivery = *walk->delivery;
	struct outcome outcome;

	tell_chosen(walk, false);
	outcome = walk->outcome;
	walk->delivery = &delivery;
	/* A process that was told may have ended and left a child that was not listed yet. */
	delivery.to_untold = delivery.not_below_told = true;
	for (int i = 0; i < PASSES && delivery.is_stop && walk->outcome.told > 0; i++) {
		walk_processes(walk);
		tell_chosen(walk, false);
	}
	walk->delivery = NULL;
	return outcome;
}

/* True if only main need be told, because it is init's only child and handles the signal. */
static bool tell_main(const struct walk *walk, const struct process *main)
{
	struct told_process *entry;

	if (!handles(walk, main) || kill(main->pid, walk->delivery->signal) < 0)
		return false;
	entry = told_enter(walk->tree->told, main->pid, &main->facts);
	if (entry && walk->delivery->is_stop)
		entry->has_handled = true;
	return true;
}

/* Of processes that are not init's own children: process_signal(). */
static bool can_signal_others(const struct tree *tree)
{
	return is_pid1(tree) ||
	       (syscall(SYS_pidfd_send_signal, -1, 0, NULL, 0) < 0 && errno == EBADF);
}

/*
 * If init has no child but main, all of main's group descends from main, so that a main which
 * handles the signal looks after all of it. A main that does not and has no child is the whole
 * group: there is nobody to be passed over, and a child that it has got since is told with it. Each
 * thread has its own list of children, and with one thread there is only one list.
 */
struct outcome processes_tell_group(struct tree *tree, const struct delivery *delivery)
{
	struct walk walk = {.tree = tree, .delivery = delivery, .only_group = true};
	struct process main;

	if (delivery->to_everyone)
		return tell_whole_group(&walk, getpgid(tree->main));
	if (process_has_only_child(tree->init, tree->main, tree->init) &&
	    process_look(tree->main, &main)) {
		if (tell_main(&walk, &main))
			return (struct outcome){.sent = true, .told = 1};
		if (main.facts.threads == 1 && process_has_only_child(tree->main, 0, tree->init))
			return tell_whole_group(&walk, main.facts.group);
	}
	if (proc_is_ours(tree) && can_signal_others(tree) && walk_processes(&walk) &&
	    walk.outcome.passed_over > 0)
		return tell_branches(&walk);
	return tell_whole_group(&walk, getpgid(tree->main));
}

static void warn_of_proc(struct tree *tree)
{
	if (!tree->others_named)
		report(tree->reporter, REPORT_WARNINGS,
		       "no /proc of this PID namespace: cannot end what is left");
}

/* Tell all as PID 1: when none is passed over, or /proc does not tell which would be. */
static void tell_namespace(struct walk *walk)
{
	kill(-1, walk->delivery->signal);
	tell_chosen(walk, true);
	walk->outcome.whole = walk->outcome.sent = true;
	if (walk->delivery->is_stop)
		remember_all(walk);
}

struct outcome processes_tell_all(struct tree *tree, const struct delivery *delivery,
				  struct text *names)
{
	struct walk walk = {.tree = tree, .delivery = delivery, .names = names};
	const bool can_list = proc_is_ours(tree);
	const bool can_choose = can_list && walk_processes(&walk);

	if (is_pid1(tree) && (!can_choose || walk.outcome.passed_over == 0))
		tell_namespace(&walk);
	else if (can_list)
		tell_chosen(&walk, false);
	else
		warn_of_proc(tree);
	if (is_pid1(tree) && delivery->go_on)
		kill(-1, SIGCONT);
	tree->others_named = true;
	return walk.outcome;
}

/* True if the tree has a process that init may signal and that has not been collected. */
static __attribute__((noinline)) bool anybody_is_reachable(struct tree *tree)
{
	const struct delivery nothing = {0};
	struct walk walk = {.tree = tree, .delivery = &nothing, .only_looks = true};

	return !walk_processes(&walk) || walk.outcome.sent;
}

enum remaining processes_remaining(struct tree *tree, bool has_children, bool look_closely)
{
	/*
	 * kill(-1) fails with ESRCH only if PID 1 is alone. That init may signal none of the other
	 * processes is not an error.
	 */
	if (!has_children && !(is_pid1(tree) && kill(-1, 0) == 0))
		return REMAINING_NOBODY;
	if (look_closely && proc_is_ours(tree) && !anybody_is_reachable(tree))
		return REMAINING_OUT_OF_REACH;
	return has_children ? REMAINING_CHILDREN : REMAINING_STRANGERS;
}
