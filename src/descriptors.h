/* SPDX-License-Identifier: MIT */
/* The descriptors that init was started with: kept for main, let go by init. */
#ifndef DINIT_SU_DESCRIPTORS_H
#define DINIT_SU_DESCRIPTORS_H

/*
 * Occupy each of 0, 1 and 2 that is closed, so that no file that init opens lands there and is
 * taken for stdin, stdout or stderr. The place holders can be neither read nor written and vanish
 * with exec: main finds closed what was closed.
 */
void descriptors_guard(void);

/*
 * Let go of all that main has inherited by now: every descriptor but stderr, so that init keeps no
 * pipe, socket or file open that main and its children have closed. *kept, unless it is -1, stays
 * open under another number.
 */
void descriptors_release(int *kept);

#endif
