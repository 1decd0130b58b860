/* SPDX-License-Identifier: MIT */
/* --install: copy this program, for an init container that brings it into somebody else's image. */
#ifndef DINIT_SU_INSTALL_H
#define DINIT_SU_INSTALL_H

#include <stdbool.h>

#include "report/failure.h"

/*
 * Copy the running program to path, with mode 0755. The copy gets a name of its own first and is
 * then renamed, so that nobody sees half of it and a program that runs from path is not disturbed.
 * Needs /proc. Returns false with a failure.
 */
bool install_self(const char *path, struct failure *failure);

#endif
