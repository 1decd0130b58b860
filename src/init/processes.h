/* SPDX-License-Identifier: MIT */
/*
 * The processes that are left when main has ended: who there is, and signalling all of them without
 * ever leaving our own tree.
 *
 * As PID 1 that is everything in the PID namespace, and kill(-1) reaches it in one indivisible
 * step. As a subreaper it is init's descendants, which only /proc knows; a descendant stays one for
 * life, because when its parent dies it comes to init: PR_SET_CHILD_SUBREAPER of prctl(2).
 */
#ifndef DINIT_SU_PROCESSES_H
#define DINIT_SU_PROCESSES_H

#include <stdbool.h>

#include "init/lifecycle.h"
#include "report/report.h"

/* Who is left, given whether waitpid(2) says that init has children. */
enum remaining processes_remaining(bool has_children);

/*
 * Send signal to all that are left. Returns whether at least one was reached; as PID 1 always true.
 * With name_others, each process of another user, which init may not signal, is named in a warning.
 */
bool processes_signal_all(int signal, bool name_others, const struct reporter *reporter);

#endif
