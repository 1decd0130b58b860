/* SPDX-License-Identifier: MIT */
/*
 * The controlling terminal: which process group is in its foreground, and so may read from it and
 * gets Ctrl-C and Ctrl-Z. termios(3), credentials(7).
 */
#ifndef DINIT_SU_TERMINAL_H
#define DINIT_SU_TERMINAL_H

#include <stdbool.h>
#include <sys/types.h>

#include "files/standard_streams.h"

/* The descriptor of the stream that is the terminal in whose foreground this process is, or -1.
 * tcgetpgrp(3) */
int terminal_in_foreground(const struct stream streams[STREAMS]);

/*
 * Make group the foreground process group of the terminal. To be called with SIGTTOU blocked, or a
 * process that is not in the foreground itself is stopped: tcsetpgrp(3).
 */
void terminal_give(int terminal, pid_t group);

/* Whoever is in the foreground. */
#define ANY_GROUP 0

/*
 * Move the foreground of the controlling terminal from one process group to another, if it is that
 * one (or ANY_GROUP) that has it, or one that has died out; never from a group that is alive and
 * none of these, such as the shell's. Returns whether it is with the other group now.
 */
bool terminal_move(pid_t from, pid_t to);

/*
 * Whether whoever is above this process group would continue it if it was stopped. The kernel
 * counts on anybody in the session for that (orphaned process groups, setpgid(2)), but an init such
 * as tini does not do it. A shell with job control does, and as Ctrl-Z must not stop the shell, it
 * ignores or catches TSTP. Without /proc the answer is yes.
 */
bool terminal_has_shell(void);

#endif
