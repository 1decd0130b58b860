/* SPDX-License-Identifier: MIT */
#include "init/processes.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/content.h"
#include "base/parse.h"
#include "init/walk.h"

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

/* Tell all of a group, or with -1 of the namespace, in one indivisible step: kill(2). */
static bool tell_at_once(struct walk *walk, pid_t target)
{
	const uint64_t before = clock_ticks();
	const bool sent = kill(target, walk->delivery->signal) == 0;

	walk_tell_chosen(walk, true);
	if (walk->delivery->is_stop)
		walk_remember_all(walk, before);
	return sent;
}

/*
 * Tell the whole group, so that no process escapes by forking. Main is not reaped yet, so its pid,
 * which is its group's number too, is still its own.
 */
static struct outcome tell_whole_group(struct walk *walk)
{
	const pid_t main = walk->tree->main, group = getpgid(main);
	struct outcome outcome = {.whole = true, .sent = tell_at_once(walk, -main)};

	/* The group that init made for main need not be the one that main has gone to since. */
	if (!outcome.sent || (group > 0 && group != main))
		outcome.sent |= kill(main, walk->delivery->signal) == 0;
	return outcome;
}

/* How many times the group is searched again for processes that were started meanwhile. */
#define PASSES 3

static struct outcome tell_branches(struct walk *walk)
{
	struct delivery delivery = *walk->delivery;
	struct outcome outcome;

	walk_tell_chosen(walk, false);
	outcome = walk->outcome;
	walk->delivery = &delivery;
	/* A process that was told may have ended and left a child that was not listed yet. */
	delivery.to_untold = delivery.not_below_told = true;
	for (int i = 0; i < PASSES && delivery.is_stop && walk->outcome.told > 0; i++) {
		walk_processes(walk);
		walk_tell_chosen(walk, false);
	}
	walk->delivery = NULL;
	return outcome;
}

/* True if only main need be told, because it is init's only child and handles the signal. */
static bool tell_main(const struct walk *walk, const struct process *main)
{
	struct told_process *entry;

	if (!walk_handles(walk, main) || kill(main->pid, walk->delivery->signal) < 0)
		return false;
	entry = walk->delivery->is_stop ? told_enter(walk->tree->told, main->pid, &main->facts)
					: NULL;
	if (entry)
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
 * True if init and main are the only processes of the PID namespace, because none was started in it
 * but these two: the last word of /proc/loadavg is the last pid that the namespace has given away,
 * to a process or to a thread. The pid of a main that lives is not given away a second time. Only
 * who may restore processes, clone3(2), can choose a pid.
 */
static bool is_main_alone(const struct tree *tree)
{
	char line[64];
	const char *last;

	if (!is_pid1(tree) || tree->main != 2 ||
	    content_read("/proc/loadavg", line, sizeof(line)) < 0)
		return false;
	last = strrchr(line, ' ');
	return last && strcmp(last, " 2\n") == 0;
}

/*
 * A main that is alone is told with its group and without a look: there is nobody to be passed
 * over, and a command that its shell has started since is told too. Nothing is remembered, because
 * what main starts from then on was not told. If init has no child but main, all of main's group
 * descends from main, so that a main which handles the signal looks after all of it.
 */
struct outcome processes_tell_group(struct tree *tree, const struct delivery *delivery)
{
	struct walk walk = {.tree = tree, .delivery = delivery, .only_group = true};
	struct process main;

	if (delivery->to_everyone)
		return tell_whole_group(&walk);
	if (is_main_alone(tree))
		return (struct outcome){.sent = kill(-tree->main, delivery->signal) == 0 ||
						kill(tree->main, delivery->signal) == 0,
					.told = 1};
	if (process_is_only_child(tree->main, tree->init) && process_look(tree->main, &main) &&
	    tell_main(&walk, &main))
		return (struct outcome){.sent = true, .told = 1};
	if (proc_is_ours(tree) && can_signal_others(tree) && walk_processes(&walk) &&
	    walk.outcome.passed_over > 0)
		return tell_branches(&walk);
	return tell_whole_group(&walk);
}

static void warn_of_proc(struct tree *tree)
{
	if (!tree->others_named)
		report(tree->reporter, REPORT_WARNINGS,
		       "no /proc of this PID namespace: cannot end what is left");
	tree->others_named = true;
}

/* Tell all as PID 1: when none is passed over, or /proc does not tell which would be. */
static void tell_namespace(struct walk *walk)
{
	tell_at_once(walk, -1);
	walk->outcome.whole = walk->outcome.sent = true;
}

struct outcome processes_tell_all(struct tree *tree, const struct delivery *delivery,
				  struct text *names)
{
	struct walk walk = {.tree = tree, .delivery = delivery, .names = names};
	const bool can_list = proc_is_ours(tree);
	const bool can_choose = can_list && walk_processes(&walk);

	/* Where /proc does not tell whom a first TERM has reached, no second one is sent. */
	if (is_pid1(tree) &&
	    (can_choose ? walk.outcome.passed_over == 0 : !delivery->not_below_told))
		tell_namespace(&walk);
	else if (can_list)
		walk_tell_chosen(&walk, false);
	else
		warn_of_proc(tree);
	if (is_pid1(tree) && delivery->go_on)
		kill(-1, SIGCONT);
	tree->others_named |= delivery->go_on;
	return walk.outcome;
}

/*
 * True if the tree has a process that init may signal and that has not been collected: the walk
 * stops at it. Also if /proc does not tell.
 */
static __attribute__((noinline)) bool anybody_is_reachable(struct tree *tree)
{
	const struct delivery nothing = {0};
	struct walk walk = {.tree = tree, .delivery = &nothing, .only_looks = true};

	return !walk_processes(&walk);
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
	/* Who is reachable need not be a child, and then ends without a SIGCHLD. */
	return has_children && !look_closely ? REMAINING_CHILDREN : REMAINING_STRANGERS;
}
