/* SPDX-License-Identifier: MIT */
/* The controlling terminal: whose turn it is to read from it. */
#ifndef DINIT_SU_TERMINAL_H
#define DINIT_SU_TERMINAL_H

#include <sys/types.h>

/* A descriptor of the terminal on which this process is in the foreground, or -1. tcgetpgrp(3) */
int terminal_in_foreground(void);

/*
 * Make group the foreground process group of the terminal. To be called with SIGTTOU blocked, or a
 * process that is not in the foreground itself is stopped: tcsetpgrp(3).
 */
void terminal_give(int terminal, pid_t group);

#endif
