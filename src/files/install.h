/* SPDX-License-Identifier: MIT */
/* --install: copy this program, for an init container that brings it into somebody else's image. */
#ifndef DINIT_SU_INSTALL_H
#define DINIT_SU_INSTALL_H

#include <stdbool.h>

#include "report/failure.h"

/*
 * Copy the program that is running to path, mode 0755: whole under a name of its own beside it
 * first, then renamed, so that nobody sees half of it and one that runs is not disturbed. Needs
 * /proc. Returns false with a failure that says what did not work.
 */
bool install_self(const char *path, struct failure *failure);

#endif
