/* SPDX-License-Identifier: MIT */
/*
 * Which processes are told: those that get a signal that is meant for main and for what works with
 * it.
 *
 * Each branch of the process tree is told down to the first program that handles the signal. A
 * manager such as Celery or Gunicorn ends the workers that it has started. Told behind its back,
 * workers drop what they are doing. A shell is not a manager: it runs its trap only after its
 * command has ended, so the shell and its command are both told.
 *
 * Pure: facts in, decisions out. processes.h reads the facts from /proc and sends the signals.
 */
#ifndef DINIT_SU_DELIVERY_H
#define DINIT_SU_DELIVERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* A set of the signals 1 to 31. A real-time signal is in no set: it goes to main alone. */
typedef uint32_t signal_set;

/* The set that holds signal alone, or none if signal is 0 or a real-time signal. */
static inline signal_set set_of(int signal)
{
	return signal > 0 && signal < 32 ? (signal_set)1 << (signal - 1) : 0;
}

/* What /proc/PID/stat says of a process: proc_pid_stat(5). */
struct facts {
	pid_t parent; /* 0 if it is outside of the PID namespace: `docker exec` */
	pid_t group;
	pid_t session;
	int terminal;	    /* number of the controlling terminal, 0 if there is none */
	bool has_ended;	    /* with all of its threads: a zombie */
	signal_set ignored; /* the signals that it ignores */
	signal_set caught;  /* the signals that it handles */
	uint64_t start; /* when it was started, in ticks since boot: with its pid it is unique */
	char name[32];
};

/*
 * Fill in facts from the content of /proc/PID/stat, which is changed. The name stands in brackets
 * and may contain any character. Returns false if a field is missing.
 */
bool facts_read(char *line, struct facts *facts);

/*
 * Whether the arguments in the content of /proc/PID/cmdline are those of a shell: by the last part
 * of the first, a leading dash aside, or "busybox" and a shell's name. proc_pid_cmdline(5)
 */
bool arguments_are_of_shell(const char *arguments, size_t length);

/* What is known of the ancestors of a process, up to init. */
struct ancestors {
	bool lead_to_init; /* the process is a descendant of init */
	bool look_after;   /* one of them handles the signal itself: the process is left to it */
	bool were_told;	   /* one of them was told before: the process is part of its end */
};

/* How a signal is delivered. */
struct delivery {
	int signal;
	signal_set handled;  /* a program that handles one of these looks after its descendants */
	bool is_stop;	     /* remember who was told */
	bool to_everyone;    /* even if an ancestor handles the signal */
	bool to_untold;	     /* only to those who were not told before */
	bool not_below_told; /* nor to what those have started since, as part of their end */
	bool not_to_filters; /* nor to processes that end when their input does */
	bool hang_up; /* leaders of sessions with a terminal get HUP as well: shells ignore TERM */
	bool go_on;   /* everybody gets CONT as well, so that stopped processes act on the signal */
};

enum verdict {
	VERDICT_TELL,
	VERDICT_WAS_TOLD,      /* not again: it has got the signal */
	VERDICT_LOOKED_AFTER,  /* left to an ancestor, for as long as that lives */
	VERDICT_NOT_IF_FILTER, /* told if it is no filter */
};

/* Decide about a process that was, or was not, told before. */
enum verdict delivery_decide(const struct delivery *delivery, const struct facts *facts,
			     const struct ancestors *ancestors, bool was_told);

/*
 * The processes that were told. They are remembered, because /proc does not tell it later: node's
 * process.once() and Go's signal.Stop() remove a handler once it has run. To the server behind it,
 * which is draining, a second signal would mean "end at once".
 */
#define TOLD_MAX 4096

/* Every process that was started by then was told signal; with a group, only those in it. */
struct told_before {
	pid_t group;
	int signal;	/* 0: no process was told in this way */
	uint64_t ticks; /* since boot */
};

struct told_process {
	pid_t pid;	  /* 0: this entry is free */
	uint8_t signal;	  /* 0: it was not told yet */
	bool is_next;	  /* the walk has chosen it: it is told when the walk is over */
	bool has_handled; /* it handled the signal when it was looked at */
	uint64_t start;
};

struct told {
	struct told_process processes[TOLD_MAX];
	struct told_before group, all;
	/* Of those who are to be told: the number of the first, and that behind the last. */
	int next, behind;
};

/*
 * The entry of a process, or a new, empty one; NULL when the table is full. has_handled stays set
 * for good, because a handler may work only once: the process goes on looking after its
 * descendants.
 */
struct told_process *told_enter(struct told *told, pid_t pid, const struct facts *facts);

/* True if the process has an entry with has_handled. */
bool told_has_handled(const struct told *told, pid_t pid, const struct facts *facts);

/*
 * True if the process was told a signal that it does not ignore. A shell, for example, lets what it
 * starts in the background ignore INT and QUIT.
 */
bool told_has(const struct told *told, pid_t pid, const struct facts *facts);

#endif
