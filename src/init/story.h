/* SPDX-License-Identifier: MIT */
/* What init says about a life: in lines on stderr, in the verdict, and in the termination log. */
#ifndef DINIT_SU_STORY_H
#define DINIT_SU_STORY_H

#include <stdbool.h>
#include <sys/types.h>

#include "init/supervisor.h"

/* Main was reaped with this wait status. The line becomes the verdict. */
void tell_main_ended(struct supervisor *init, int status);

void tell_orphan_ended(const struct supervisor *init, pid_t pid, int status);

/* Signal was sent to main alone, or to its group with the outcome that init holds. */
void tell_passed_on(const struct supervisor *init, int signal, bool to_main);

/* The same, but it failed with errno. */
void warn_not_passed_on(const struct supervisor *init, int signal);

void tell_held_back(const struct supervisor *init, int signal);

/* Signal was sent to what is left, with the outcome that init holds. */
void tell_all_signalled(const struct supervisor *init, int signal);

/* Main was sent KILL, as it has not stopped in time. The verdict begins with that. */
void tell_main_killed(struct supervisor *init);

/* KILL was sent to what is left. The names are of the first who got it. */
void tell_all_killed(const struct supervisor *init, const char *names);

/* The network was looked at; if that failed, errno says why. */
void tell_network(const struct supervisor *init);

/* Init ends although the network is still sending. */
void warn_of_lost_bytes(const struct supervisor *init);

/*
 * Write what init waits for to the termination log whenever it changes after a stop. A KILL from
 * outside, as at the end of a grace period, leaves no time to write anything.
 */
void note_obstacle(struct supervisor *init, const struct event *event);

#endif
