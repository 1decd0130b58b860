/* SPDX-License-Identifier: MIT */
/* The variables DINIT_SU_*, which set what options set, for an image that somebody else builds. */
#ifndef DINIT_SU_VARIABLES_H
#define DINIT_SU_VARIABLES_H

#include <stdbool.h>

#include "report/failure.h"
#include "report/report.h"
#include "settings.h"

/*
 * Set what the DINIT_SU_* variables say, in the order of the table: those that say how to report
 * come first. An option without a value is on with 1 and off with 0. An empty variable is an unset
 * one. Of two variables with the same name the first counts, as for getenv(3). Returns false with
 * the failure of a bad variable, after all others were taken.
 */
bool variables_apply(char **environment, struct settings *settings, struct failure *failure);

/* Warn about each variable that begins with DINIT_SU_ and has no effect, and name the nearest. */
void variables_warn(char **environment, const struct reporter *reporter);

/*
 * Take the umask from the variable that --umask-from-env names. Unset or empty it changes nothing;
 * what is not a umask is a failure that names the variable.
 */
bool variables_read_umask(char **environment, struct settings *settings, struct failure *failure);

#endif
