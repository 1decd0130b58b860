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
 * Make group the foreground process group of the terminal. SIGTTOU must be blocked, or a caller
 * that is not in the foreground itself is stopped: tcsetpgrp(3).
 */
void terminal_give(int terminal, pid_t group);

/* For terminal_move(): from any group that is in the foreground. */
#define ANY_GROUP 0

/*
 * Move the foreground of the controlling terminal from one process group to another. Does nothing
 * if a third group has it that still has processes, such as the shell's. Returns true if the second
 * group has the foreground now.
 */
bool terminal_move(pid_t from, pid_t to);

/*
 * True if the parent of this process group would continue the group after it was stopped. The
 * kernel assumes that of every parent in the session (orphaned process groups, setpgid(2)), but an
 * init such as tini does not do it. A shell with job control does. It can be told by TSTP, which it
 * ignores or catches because Ctrl-Z must not stop the shell. Without /proc the answer is true.
 */
bool terminal_has_shell(void);

#endif
