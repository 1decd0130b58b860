/* SPDX-License-Identifier: MIT */
/*
 * COMMAND: finding its file along PATH, running it, and saying in words why that cannot be done.
 */
#ifndef DINIT_SU_COMMAND_H
#define DINIT_SU_COMMAND_H

#include <limits.h>
#include <stdbool.h>

#include "failure.h"

/*
 * Replace this process by COMMAND: execve(2) with words, which end in NULL, and environment.
 * A command without a slash is looked for along PATH. With scripts_by_shell a file that the kernel
 * cannot run is given to /bin/sh, as execvp(3) does; the word before the first is then overwritten.
 * Returns only when it cannot be run: false with a failure that has status 126 or 127.
 */
bool command_execute(char **words, char **environment, bool scripts_by_shell,
		     struct failure *failure);

/*
 * Find the file that command_execute() would run, as the user that this process is: there, a file,
 * with execute permission on its mount, its interpreter or loader there. What only the kernel can
 * tell, such as whether it runs programs of another processor, is left open. Returns false with the
 * failure of command_execute().
 */
bool command_find(const char *command, char **environment, char file[PATH_MAX],
		  struct failure *failure);

#endif
