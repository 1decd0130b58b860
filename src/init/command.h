/* SPDX-License-Identifier: MIT */
/* COMMAND: finding its file, running it, and saying why that is not possible. */
#ifndef DINIT_SU_COMMAND_H
#define DINIT_SU_COMMAND_H

#include <limits.h>
#include <stdbool.h>

#include "report/failure.h"

/*
 * Replace this process by COMMAND: execve(2) with words, which end in NULL, and environment. A
 * command without a slash is searched for along PATH. With scripts_by_shell, /bin/sh runs a file
 * that the kernel cannot, as in execvp(3), and words[-1] is overwritten for that. Returns only on
 * failure: false with a failure of status 126 or 127.
 */
bool command_execute(char **words, char **environment, bool scripts_by_shell,
		     struct failure *failure);

/*
 * Find the file that command_execute() would run. It is a regular file that this user may execute,
 * and its interpreter or loader exists. Only the kernel can tell the rest, such as whether it runs
 * programs for another processor. Returns false with a failure as above.
 */
bool command_find(const char *command, char **environment, char file[PATH_MAX],
		  struct failure *failure);

#endif
