/* SPDX-License-Identifier: MIT */
/*
 * One pass over the processes that /proc lists: delivery.h decides about each of them. Those that
 * are chosen are told when all have been looked at.
 */
#ifndef DINIT_SU_WALK_H
#define DINIT_SU_WALK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/text.h"
#include "init/delivery.h"
#include "init/process.h"
#include "report/report.h"

struct tree {
	pid_t init;
	pid_t main; /* also the number of the group that init made for it; 0: there is no main */
	uint32_t input; /* inode of the container's stdin: who reads that pipe is no filter */
	struct told *told;
	bool others_named; /* who is out of reach was reported, or that /proc does not tell */
	const struct reporter *reporter;
};

/* What came of a delivery. The numbers are numbers of processes. */
struct outcome {
	bool sent;	  /* a process got the signal, or has just ended */
	bool whole;	  /* all got it at once, in one indivisible step */
	int told;	  /* that got it, if one after the other */
	int passed_over;  /* that were told before, or that an ancestor looks after */
	int untold;	  /* of those passed over, the ones that were not told before */
	int out_of_reach; /* of another user: init may not signal them */
	int listed;	  /* that were looked at */
};

/* What is known of the ancestors of a process's children: of the process and all above it. */
struct known {
	pid_t pid; /* 0: this entry is free */
	uint64_t start;
	struct ancestors ancestors;
};

/* Children of one parent are mostly listed close to each other. */
#define KNOWN_MAX 64

/*
 * How many parents a walk looks up, some 10 us each. Mostly that is fewer than one for each
 * process, because what is known of a parent holds for its other children.
 */
#define CLIMBED_MAX 100000

/* One pass over the processes that /proc lists. */
struct walk {
	struct tree *tree;
	const struct delivery *delivery;
	int listing;	    /* descriptor that /proc is being listed through */
	bool only_group;    /* only main's group is meant */
	bool only_looks;    /* stop at the first process that init may signal, and tell none */
	bool unreadable;    /* /proc does not tell about somebody */
	bool overflowed;    /* the table of told processes had no entry for somebody */
	bool beyond_table;  /* tell those who have no entry, at once */
	struct text *names; /* of those who are told, or NULL */
	int climbed;	    /* how many parents were looked up */
	struct outcome outcome;
	struct known known[KNOWN_MAX];
};

static inline bool is_pid1(const struct tree *tree)
{
	return tree->init == 1;
}

/* True if a process handles the signal itself, or did when it was told. */
bool walk_handles(const struct walk *walk, const struct process *process);

/* Look at all processes. Returns false if /proc does not tell about one or the walk stopped. */
bool walk_processes(struct walk *walk);

/* Tell the processes that a walk has chosen. With were_told only remember that they were told. */
void walk_tell_chosen(struct walk *walk, bool were_told);

/*
 * For when all that could have been told count as told, whether the table has room or not. ticks is
 * the time of the signal, clock_ticks(), or one before it.
 */
void walk_remember_all(const struct walk *walk, uint64_t ticks);

#endif
