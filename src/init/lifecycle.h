/* SPDX-License-Identifier: MIT */
/*
 * The life of a container: decides what init does about a signal, an ended child or a passed
 * deadline. Pure: state, event and time in, actions out; no system call, no clock, no global.
 * supervise.h makes events of what happens and system calls of the actions. docs/lifecycle.md has a
 * picture. model/lifecycle.pml searches every interleaving for a violation of what must hold.
 */
#ifndef DINIT_SU_LIFECYCLE_H
#define DINIT_SU_LIFECYCLE_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

/* Times are milliseconds of a clock that never goes back. */
#define NO_DEADLINE INT64_MAX

/* Who gets a signal that comes to init. */
enum audience {
	AUDIENCE_BY_SIGNAL, /* TERM, INT, HUP, QUIT, TSTP and the kernel's WINCH to the group */
	AUDIENCE_GROUP,	    /* every signal to everyone in it, whoever handles it */
	AUDIENCE_MAIN,
};

/* What becomes of the processes that main leaves behind when it ends. */
enum rest {
	REST_IS_ENDED,		/* they are asked to end and, after a time, killed */
	REST_IS_AWAITED,	/* main daemonizes: init stays until none is left */
	REST_IS_LEFT,		/* init ends without a signal to them */
	REST_IS_LEFT_BUT_GROUP, /* the same, but what is left of main's group gets TERM */
};

/* In send_as: the signal is dropped. */
#define SEND_NOTHING 255

/* What the lifecycle is told once, at the start. */
struct lifecycle_settings {
	int64_t stop_delay;   /* how long the first stop signal is held back */
	int64_t stop_timeout; /* how long main lives after it was passed on; or NO_DEADLINE */
	int64_t wait;	      /* how long leftovers get between TERM and KILL */
	int64_t linger;	      /* how long the network gets at the end; 0: no time */
	int64_t later; /* how much later filters are asked, and the others are looked at again */
	bool pause;    /* there is no main */
	/* Init is PID 1: when it ends, the kernel kills what is left. So none of it is left alone.
	 */
	bool kernel_ends_rest;
	enum rest rest;
	enum audience audience;
	uint8_t send_as[_NSIG]; /* what is sent for each signal: 0 for itself, SEND_NOTHING */
	bool asks_stop[_NSIG];	/* the signals, as they come in, that ask for a stop */
};

enum phase {
	PHASE_RUNNING,	  /* main lives, or nothing does (pause) */
	PHASE_DAEMONS,	  /* main has ended and what it left behind is awaited */
	PHASE_MAIN_ENDED, /* its status is known; not yet known what is left */
	PHASE_ENDING,	  /* what is left was asked to end, or is looked after by who was */
	PHASE_KILLING,	  /* what is left was killed */
	PHASE_LINGERING,  /* nobody is left to wait for but the network */
	PHASE_ENDED,	  /* nothing more to do */
};

struct lifecycle {
	struct lifecycle_settings settings;
	enum phase phase;
	bool main_lives;
	int stop_signal;  /* the last that asked for a stop, or 0; held back while pass_at is set */
	int status;	  /* exit status to be; counts once main has ended */
	int64_t pass_at;  /* when to pass the held signal on */
	int64_t stop_at;  /* when main is killed if it has not stopped */
	int64_t kill_at;  /* when what main left behind is killed */
	int64_t check_at; /* when to look again at what tells init nothing: processes whose end
			     gives no SIGCHLD; the network */
	int64_t ask_at;	  /* when to ask again, as somebody is left who was not asked, or may start
			     another */
	int64_t ask_from; /* no sooner than this */
	int64_t filters_from; /* when filters are asked as well */
	int64_t linger_until; /* the network gets no more time; NO_DEADLINE: it has none yet */
};

/* Who is left beside init. */
enum remaining {
	REMAINING_NOBODY,
	REMAINING_CHILDREN,  /* at least one child: its end will give a SIGCHLD */
	REMAINING_STRANGERS, /* somebody whose end may give none: docker exec; beside others out of
				reach */
	REMAINING_OUT_OF_REACH, /* only processes of other users, which init may not signal */
};

enum event_kind {
	EVENT_SIGNAL,	    /* signal came */
	EVENT_MAIN_STOPPED, /* main was stopped by signal */
	EVENT_MAIN_ENDED,   /* main was reaped; status is its wait status, wait(2) */
	EVENT_ALL_REAPED,   /* no further child has ended; remaining tells who lives */
	EVENT_TIME,	    /* lifecycle_deadline() has come; EVENT_ALL_REAPED follows */
	EVENT_ASKED,	    /* ACTION_ASK or ACTION_ASK_AGAIN was done; see struct event */
	EVENT_NETWORK,	    /* ACTION_LOOK_AT_NETWORK was done; is_sending is what it found */
	EVENT_UNREACHABLE,  /* main, or all that is left, is not to be killed; EVENT_ALL_REAPED
			       follows */
};

struct event {
	enum event_kind kind;
	int signal;
	int status;
	enum remaining remaining;
	bool from_kernel; /* signal was not sent by a process: a terminal that hangs up */
	bool any_ended;	  /* somebody was reaped since the last EVENT_ALL_REAPED */
	bool is_over;	  /* nobody is left whom init can ask */
	bool asks_again;  /* somebody may be left who is to be asked later */
	int listed;	  /* how many processes were looked at */
	bool is_sending;  /* the kernel still sends for programs that have ended: network.h */
};

enum action_kind {
	ACTION_FORWARD_TO_BRANCHES, /* signal to main's group, down to who handles it: delivery.h */
	ACTION_FORWARD_TO_GROUP,    /* signal to everyone in main's group */
	ACTION_FORWARD_TO_MAIN,	    /* signal to main alone, with its value */
	ACTION_FORWARD_TO_ALL,	    /* signal to everything that is left */
	ACTION_HOLD_BACK,      /* nothing yet: signal will be passed on when the delay is over */
	ACTION_STOP_WITH_MAIN, /* stop by signal like main, and continue it afterwards */
	ACTION_TAKE_TERMINAL,  /* what main had of the terminal goes back to init */
	ACTION_ASK,	       /* TERM to what is left and was not told yet: EVENT_ASKED follows */
	ACTION_ASK_AGAIN, /* the same, if nobody looks after it any more or it was started since */
	ACTION_KILL_MAIN, /* EVENT_UNREACHABLE follows if that fails */
	ACTION_KILL_ALL,  /* KILL to what is left; EVENT_UNREACHABLE follows if that fails */
	ACTION_LOOK_AT_NETWORK, /* EVENT_NETWORK follows */
	ACTION_END,		/* init ends with the lifecycle's status */
	ACTION_ASK_GROUP,	/* TERM to what is left of main's group, if anything is */
};

struct action {
	enum action_kind kind;
	int signal;
	bool is_stop;	  /* a stop, or a TERM: who was told it is not told again */
	bool to_everyone; /* ACTION_FORWARD_TO_ALL: also those below one that handles the signal */
	bool to_untold;	  /* ACTION_FORWARD_TO_ALL: not to those who were told it with main */
	bool to_filters;  /* ACTION_ASK_AGAIN: also to who ends when its input does */
};

#define ACTIONS_MAX 4

struct decision {
	int count;
	struct action actions[ACTIONS_MAX];
};

/* No delay, no timeout; TERM, INT and QUIT ask for a stop; leftovers get five seconds. */
struct lifecycle_settings lifecycle_defaults(void);

/* The state in which main has just been started. */
struct lifecycle lifecycle_start(const struct lifecycle_settings *settings);

/* False if lifecycle_step() ignores now for this event. */
bool lifecycle_needs_time(const struct lifecycle *state, const struct event *event);

/* Take an event that happened at now into state; returns what to do, in this order. */
struct decision lifecycle_step(struct lifecycle *state, const struct event *event, int64_t now);

/* When to come back with EVENT_TIME at the latest, or NO_DEADLINE. */
int64_t lifecycle_deadline(const struct lifecycle *state);

/* The exit status that a shell would show for a wait status: 128+N for signal N. wait(2) */
int lifecycle_exit_status(int wait_status);

#endif
