/* SPDX-License-Identifier: MIT */
/* The descriptors that init was started with: kept for main, let go by init. */
#ifndef DINIT_SU_DESCRIPTORS_H
#define DINIT_SU_DESCRIPTORS_H

/*
 * Let go of all that main has inherited by now: every descriptor but stderr, so that init keeps no
 * pipe, socket or file open that main and its children have closed. *kept, unless it is -1, stays
 * open under another number.
 */
void descriptors_release(int *kept);

#endif
