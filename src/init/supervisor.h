/* SPDX-License-Identifier: MIT */
/*
 * What init's main loop is told, and its state, for the files that make the loop up: events.h finds
 * out what has happened, actions.h does what the lifecycle has decided, story.h says so.
 */
#ifndef DINIT_SU_SUPERVISOR_H
#define DINIT_SU_SUPERVISOR_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/signals.h"
#include "base/text.h"
#include "init/lifecycle.h"
#include "init/network.h"
#include "init/processes.h"
#include "report/report.h"
#include "report/termination_log.h"

/* What the loop is told once, at the start. */
struct supervision {
	pid_t main_pid;		     /* 0: there is no main */
	bool warn_reaped;	     /* each orphan's end is a warning */
	bool has_terminal;	     /* main was given the foreground of the terminal */
	bool new_session;	     /* main leads a session of its own */
	bool stop_with_sender;	     /* init stops when a process has sent it TSTP, TTIN or TTOU */
	uint32_t input;		     /* inode of stdin, if it is a pipe without a name, or 0 */
	struct termination_log *log; /* a KILL from outside finds there what a stop waits for */
	const struct reporter *reporter;
	const struct lifecycle_settings *lifecycle;
};

struct supervisor {
	const struct supervision *given;
	const struct reporter *reporter;
	pid_t main_pid;
	struct lifecycle lifecycle;
	struct tree tree;
	bool ended;

	bool has_terminal;    /* main has, or had, the foreground */
	bool suspending;      /* main was sent STOP for a Ctrl-Z */
	signal_set passed_on; /* the signals passed on since main last stopped */

	siginfo_t info;		  /* of the signal that is being handled */
	int signals_in_a_row;	  /* since the last look that found none */
	struct signals not_taken; /* the signals that were not taken since then */
	bool is_blind;		  /* init cannot wait for signals, and that was reported */
	bool reaping;		  /* a child may have ended that was not collected yet */
	bool any_ended;		  /* a child was collected since the last EVENT_ALL_REAPED */

	struct outcome outcome; /* of the last delivery */
	bool has_asked;	   /* outcome is of an ACTION_ASK, and the lifecycle does not know it yet */
	bool out_of_reach; /* a process is left that init may not signal */
	bool unreachable;  /* nobody could be killed, and the lifecycle does not know it yet */
	bool has_looked;   /* at the network, and the lifecycle does not know it yet */
	enum network network; /* what the last look has found */

	struct text *verdict; /* how main ended, in words */
	bool killed_main;     /* init itself has sent KILL to main */
	bool killed_rest;     /* what is left was sent KILL before, and that was reported */
	bool lingering;	      /* that init waits for the network was reported */
	bool has_memory_kills;
	uint32_t memory_kills;	 /* at the start, if it has that: memory_kills() */
	int asked_by;		 /* the first stop signal, or 0 */
	const char *waiting_for; /* what the termination log says a stop waits for, or NULL */
};

#endif
