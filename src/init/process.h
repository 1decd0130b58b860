/* SPDX-License-Identifier: MIT */
/*
 * One process, as /proc tells about it, and signalling it without ever reaching another one.
 *
 * The kernel may give the pid of a process that has ended to another one. A pid together with the
 * time of the start is unique, because no pid comes round again within a tick. A descriptor of the
 * process's /proc directory stays with the process that it was opened for.
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

/* Look at the process that has this pid. Returns false with errno set if that is not possible. */
bool process_look(pid_t pid, struct process *process);

/* Look again at what may have changed. Returns false if the process has ended. */
bool process_look_again(struct process *process);

bool process_is_shell(const struct process *process);

/*
 * True if its stdin ends when somebody else ends: a pipe, but for the one with this inode, or what
 * may be a FIFO, because it has a path that does not lead to /dev. proc_pid_fd(5). Also if init may
 * not see that, because it has not all the capabilities of the process.
 */
bool process_may_be_filter(const struct process *process, uint32_t but);

/*
 * True if child is the only child of init, the process that calls. False if the kernel does not
 * list children (CONFIG_PROC_CHILDREN), or if /proc is of another PID namespace: there /proc/self
 * has another number.
 */
bool process_is_only_child(pid_t child, pid_t init);

/*
 * Signal a process; init is the process that calls. Returns false if the process is out of reach.
 * True if it got the signal or has ended: whom it may have left behind, init has to look for.
 */
bool process_signal(const struct process *process, int signal, pid_t init);

#endif
