/* SPDX-License-Identifier: MIT */
/*
 * Stdin, stdout and stderr: whose they are. A terminal or a pipe that root opened can be used by
 * whoever inherits it, but opened by name (/dev/stdout, /dev/tty) only by its owner; so it is given
 * to the user that main runs as.
 */
#ifndef DINIT_SU_STDIO_OWNER_H
#define DINIT_SU_STDIO_OWNER_H

#include <stdbool.h>
#include <sys/stat.h>

#include "report.h"

/*
 * Whether a descriptor with this status is to be given to uid: a pipe or a terminal that is not
 * uid's yet. Never a regular file, a socket, /dev/null or another device: those are somebody's
 * beyond this container. A pure decision.
 */
bool stdio_is_given(const struct stat *status, bool is_terminal, uid_t uid);

/*
 * Give descriptors 0, 1 and 2 to uid as far as stdio_is_given(); their group stays. To be called
 * before the switch. What cannot be given (no CAP_CHOWN, SELinux, a read-only devpts) stays as it
 * is: main can do all but open it by name. fchown(2)
 */
void stdio_give(uid_t uid, const struct reporter *reporter);

#endif
