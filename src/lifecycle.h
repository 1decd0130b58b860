/* SPDX-License-Identifier: MIT */
/*
 * The life of a container, decided: what init does about a signal, an ended child or a passed
 * deadline. Pure: state, event and time in, actions out; no system call, no clock, no global.
 * supervise.h turns the world into events and actions into system calls.
 */
#ifndef DINIT_SU_LIFECYCLE_H
#define DINIT_SU_LIFECYCLE_H

#include <stdbool.h>
#include <stdint.h>

/* Times are milliseconds of a clock that never goes back. */
#define NO_DEADLINE INT64_MAX

enum phase {
	PHASE_RUNNING,	  /* main lives */
	PHASE_MAIN_ENDED, /* its status is known; not yet known what is left */
	PHASE_ENDING,	  /* what is left was asked to end */
	PHASE_KILLING,	  /* what is left was killed */
	PHASE_ENDED,	  /* nothing more to do */
};

/* What the lifecycle is told once, at the start. */
struct lifecycle_settings {
	int64_t wait;	       /* how long leftovers get between TERM and KILL */
	bool kernel_ends_rest; /* init is PID 1: when it ends, the kernel kills what is left */
};

struct lifecycle {
	struct lifecycle_settings settings;
	enum phase phase;
	int status;	  /* exit status to be; counts from PHASE_MAIN_ENDED on */
	int64_t kill_at;  /* deadline of PHASE_ENDING */
	int64_t check_at; /* when to look again for processes whose end gives no SIGCHLD */
};

/* Who is left beside init. */
enum remaining {
	REMAINING_NOBODY,
	REMAINING_CHILDREN,  /* at least one child: its end will give a SIGCHLD */
	REMAINING_STRANGERS, /* others only (docker exec): their end gives init no signal */
};

enum event_kind {
	EVENT_SIGNAL,	    /* signal came */
	EVENT_MAIN_STOPPED, /* main was stopped by signal */
	EVENT_MAIN_ENDED,   /* main was reaped; status is its wait status, wait(2) */
	EVENT_ALL_REAPED,   /* no further child has ended; remaining tells who lives */
	EVENT_TIME,	    /* lifecycle_deadline() has come */
	EVENT_UNREACHABLE,  /* none of those that are left could be killed */
};

struct event {
	enum event_kind kind;
	int signal;
	int status;
	enum remaining remaining;
};

enum action_kind {
	ACTION_FORWARD_TO_GROUP, /* signal to main's process group */
	ACTION_FORWARD_TO_MAIN,	 /* signal to main alone, with its value */
	ACTION_STOP_WITH_MAIN,	 /* stop by signal like main, and continue it afterwards */
	ACTION_TAKE_TERMINAL,	 /* what main had of the terminal goes back to init */
	ACTION_SIGNAL_LEFTOVERS, /* signal to everything that is left */
	ACTION_END,		 /* init ends with the lifecycle's status */
};

struct action {
	enum action_kind kind;
	int signal;
};

#define ACTIONS_MAX 2

struct decision {
	int count;
	struct action actions[ACTIONS_MAX];
};

/* The state in which main has just been started. */
struct lifecycle lifecycle_start(struct lifecycle_settings settings);

/* Take an event that happened at now into state; returns what to do, in this order. */
struct decision lifecycle_step(struct lifecycle *state, const struct event *event, int64_t now);

/* When to come back with EVENT_TIME at the latest, or NO_DEADLINE. */
int64_t lifecycle_deadline(const struct lifecycle *state);

/* The exit status that a shell would show for a wait status: 128+N for signal N. wait(2) */
int lifecycle_exit_status(int wait_status);

#endif
