/* SPDX-License-Identifier: MIT */
/*
 * One process, as /proc tells about it, and signalling it without ever meaning another one.
 *
 * The number of a process that has ended may be given to another. A number and the time of its
 * start are unique, as no number comes round again within a tick; a descriptor of the process's
 * /proc directory stays with the process that it was opened for.
 */
#ifndef DINIT_SU_PROCESS_H
#define DINIT_SU_PROCESS_H

#include <stdbool.h>
#include <sys/types.h>

#include "init/delivery.h"

struct process {
	pid_t pid;
	struct facts facts;
};

/* A pipe, or none if the inode is 0. */
struct pipe_identity {
	dev_t device;
	ino_t inode;
};

/* Look at the process that has this number. Returns false with errno set if that is not possible.
 */
bool process_look(pid_t pid, struct process *process);

/* Look again at what may have changed. Returns false if the process has ended. */
bool process_look_again(struct process *process);

bool process_is_shell(const struct process *process);

/* Whether its stdin is a pipe other than this one: fd of proc_pid_fd(5). */
bool process_reads_pipe(const struct process *process, const struct pipe_identity *but);

/*
 * Whether the thread that a process began with has child as its only one, or none if child is 0.
 * False if the kernel does not list children (CONFIG_PROC_CHILDREN), and for init itself, the
 * process that calls, if /proc is of another PID namespace: /proc/self is another number's there.
 */
bool process_has_only_child(pid_t pid, pid_t child, pid_t init);

/*
 * Signal a process; init is the process that calls. Returns false if the process is out of reach.
 * True if it got the signal or has ended: whom it may have left behind, init has to look for.
 */
bool process_signal(const struct process *process, int signal, pid_t init);

#endif
