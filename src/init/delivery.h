/* SPDX-License-Identifier: MIT */
/*
 * Who is told: which processes get a signal that is meant for main and what works with it.
 *
 * Each branch of the process tree is told down to the first program that handles the signal. What a
 * manager such as Celery or Gunicorn has started is the manager's to end: told behind its back, its
 * workers drop what they are doing. A shell is no manager, as it runs its trap only after its
 * command has ended, so that the shell and its command are told.
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
	pid_t parent;
	pid_t group;
	pid_t session;
	int terminal;	    /* number of the controlling terminal, 0 if there is none */
	char state;	    /* R, S, Z and so on */
	signal_set ignored; /* the signals that it ignores */
	signal_set caught;  /* the signals that it handles */
	uint64_t start; /* when it was started, in ticks since boot: with its pid it is unique */
	char name[32];
	int threads;
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
	bool were_told;	   /* one of them was told before, so that the process is part of its end */
};

/* How a signal is delivered. */
struct delivery {
	int signal;
	signal_set handled;  /* who handles one of these, and is no shell, looks after the rest */
	bool is_stop;	     /* remember who was told */
	bool to_everyone;    /* whoever handles the signal */
	bool to_untold;	     /* only to those who were not told before */
	bool not_below_told; /* nor to what those have started since, as part of their end */
	bool not_to_filters; /* nor to those who end when their input does */
	bool hang_up; /* leaders of sessions with a terminal get HUP as well: shells ignore TERM */
	bool go_on;   /* everybody gets CONT as well, so that stopped processes act on the signal */
};

enum verdict {
	VERDICT_TELL,
	VERDICT_WAS_TOLD,      /* it has its signal */
	VERDICT_LOOKED_AFTER,  /* left to an ancestor, for as long as that lives */
	VERDICT_NOT_IF_FILTER, /* told if it is no filter */
};

/* Decide about a process that was, or was not, told before. */
enum verdict delivery_decide(const struct delivery *delivery, const struct facts *facts,
			     const struct ancestors *ancestors, bool was_told);

/*
 * The processes that were told. Remembered, because it cannot be read off again: the handler of
 * node's process.once() and of Go's signal.Stop() is gone once it has run, and to the server behind
 * it, which is draining, a second signal would mean "at once".
 */
#define TOLD_MAX 4096

/* Who was started by then was told signal, as far as it was in group, if that is not 0. */
struct told_before {
	pid_t group;
	int signal;	/* 0: nobody was told so */
	uint64_t ticks; /* since boot */
};

struct told_process {
	pid_t pid;	  /* 0: this entry is free */
	uint8_t signal;	  /* 0: it was not told yet */
	bool is_next;	  /* it is to be told as soon as all have been looked at */
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
 * The entry of a process, or a new one that says nothing; NULL when there is no room. Who has
 * handled a signal looks after what it has started from then on, as its handler may work once.
 */
struct told_process *told_enter(struct told *told, pid_t pid, const struct facts *facts);

/* Whether there is an entry which says that the process has handled the signal. */
bool told_has_handled(const struct told *told, pid_t pid, const struct facts *facts);

/*
 * Whether a process was told. One that ignores the signal has not heard it: what a shell starts in
 * the background ignores INT and QUIT.
 */
bool told_has(const struct told *told, pid_t pid, const struct facts *facts);

#endif
