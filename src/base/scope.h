/* SPDX-License-Identifier: MIT */
/*
 * Clean-up by scope: a function that has opened something may return anywhere, with the errno of
 * what has failed.
 */
#ifndef DINIT_SU_SCOPE_H
#define DINIT_SU_SCOPE_H

/* A descriptor, or -1, that is closed when the variable's scope is left. errno stays. */
#define SCOPED_DESCRIPTOR __attribute__((cleanup(scope_close)))
void scope_close(const int *descriptor);

#endif
