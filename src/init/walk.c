/* SPDX-License-Identifier: MIT */
#include "init/walk.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/directories.h"

static bool signal_process(const struct walk *walk, const struct process *process, int signal)
{
	return process_signal(process, signal, walk->tree->init);
}

/* A PID 1 continues all of its namespace at once. */
static void go_on(const struct walk *walk, const struct process *process)
{
	if (walk->delivery->go_on && !is_pid1(walk->tree))
		signal_process(walk, process, SIGCONT);
}

/* Continued first, a process could stop again before it is told: it has used its terminal. */
static bool tell(const struct walk *walk, const struct process *process)
{
	const bool is_reached = signal_process(walk, process, walk->delivery->signal);

	go_on(walk, process);
	return is_reached;
}

bool walk_handles(const struct walk *walk, const struct process *process)
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
	if (walk_handles(walk, process) && kill(process->pid, 0) == 0)
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
		/* A main that nests processes to keep init busy is told as without /proc. */
		if (walk->climbed++ >= CLIMBED_MAX)
			walk->unreadable = true;
		if (walk->unreadable || !look_up(&at, &parent))
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

void walk_remember_all(const struct walk *walk, uint64_t ticks)
{
	struct told *told = walk->tree->told;
	/*
	 * A tick is ten milliseconds. A process of the same tick may have been started by a
	 * handler, and then was not told. If all were looked at, those who were told have entries
	 * of their own, but for one that was started between the look and the signal: that is told
	 * a second time.
	 */
	const bool were_listed = walk->outcome.listed > 0;
	const struct told_before before = {.group = walk->only_group ? walk->tree->main : 0,
					   .signal = walk->delivery->signal,
					   .ticks = ticks - were_listed};

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

	if (entry && !walk->beyond_table) {
		const int number = (int)(entry - told->processes);

		entry->is_next = true;
		if (told->behind == 0 || number < told->next)
			told->next = number;
		if (number >= told->behind)
			told->behind = number + 1;
		/* Noted before it is told, because its handler may work only once. */
		entry->has_handled |= walk->delivery->is_stop &&
				      (process->facts.caught & walk->delivery->handled) != 0;
	} else if (!entry && walk->beyond_table) {
		tell(walk, process);
	}
	walk->overflowed |= !entry;
	walk->outcome.told++;
	name_process(walk, process);
}

/*
 * Tell those who were chosen and have no entry. All that could have been told count as told from
 * then on, and not before: the rest of the walk would pass over them.
 */
static void tell_beyond_table(struct walk *walk)
{
	const struct outcome outcome = walk->outcome;

	walk->beyond_table = true;
	walk->names = NULL;
	walk_processes(walk);
	walk->beyond_table = walk->overflowed = false;
	walk->outcome = outcome;
	if (walk->delivery->is_stop)
		walk_remember_all(walk, clock_ticks());
}

/* False if a process has left main's group since it was looked at: the group's signal missed it. */
static bool was_reached(const struct walk *walk, pid_t pid)
{
	const pid_t main = walk->tree->main;

	return !walk->only_group || pid == main || getpgid(pid) == main;
}

void walk_tell_chosen(struct walk *walk, bool were_told)
{
	struct told *told = walk->tree->told;

	for (int i = told->next; i < told->behind; i++) {
		struct told_process *entry = &told->processes[i];
		struct process process = {entry->pid, {.start = entry->start}};

		if (!entry->is_next)
			continue;
		entry->is_next = false;
		if (walk->delivery->is_stop && entry->signal != SIGTERM &&
		    (!were_told || was_reached(walk, process.pid)))
			entry->signal = (uint8_t)walk->delivery->signal;
		/* Main, init's own child, is told even where no more files can be opened. */
		if (walk->only_group && process.pid == walk->tree->main)
			process.facts.parent = walk->tree->init;
		if (!were_told)
			walk->outcome.sent |= tell(walk, &process);
		/* Only stops are remembered. No other entry was made since that would be missed. */
		if (!entry->signal && !entry->has_handled)
			entry->pid = 0;
	}
	told->next = told->behind = 0;
	if (walk->overflowed && !were_told)
		tell_beyond_table(walk);
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
		verdict = process_may_be_filter(process, walk->tree->input) ? VERDICT_LOOKED_AFTER
									    : VERDICT_TELL;
	if (walk->delivery->hang_up && !walk->beyond_table && process->facts.terminal &&
	    process->facts.session == process->pid &&
	    (verdict == VERDICT_TELL || !walk->delivery->not_below_told))
		signal_process(walk, process, SIGHUP);
	if (verdict == VERDICT_TELL) {
		choose(walk, process);
	} else {
		walk->outcome.sent = true;
		walk->outcome.passed_over++;
		walk->outcome.untold += verdict != VERDICT_WAS_TOLD;
		go_on(walk, process);
	}
}

static void consider(struct walk *walk, const struct process *process)
{
	struct ancestors ancestors;

	/*
	 * A zombie has ended, and its parent has yet to collect it. A child that it started just
	 * before may be missing in this listing. Init looks again once it has collected the zombie.
	 */
	if (process->facts.has_ended) {
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
		if (walk->delivery->go_on && !walk->tree->others_named)
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
	} else if (kill(pid, 0) == 0) {
		walk->unreadable = true;
	}
	return walk->only_looks && walk->outcome.sent;
}

bool walk_processes(struct walk *walk)
{
	walk->outcome = (struct outcome){0};
	walk->climbed = 0;
	memset(walk->known, 0, sizeof(walk->known));
	return directory_each_number("/proc", &walk->listing, visit, walk) == 0 &&
	       !walk->unreadable;
}
