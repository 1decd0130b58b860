/* SPDX-License-Identifier: MIT */
/*
 * The termination log: a file that says afterwards why a container ended badly. Kubernetes shows
 * what it contains as the container's message.
 */
#ifndef DINIT_SU_TERMINATION_LOG_H
#define DINIT_SU_TERMINATION_LOG_H

#include "report.h"

/* Where Kubernetes looks unless terminationMessagePath says otherwise. */
#define TERMINATION_LOG_PATH "/dev/termination-log"

/*
 * Open the file at path, which is made if there is none. Returns its descriptor, or -1 with a
 * warning: that a message could not be left is no reason not to start. open(2)
 */
int termination_log_open(const char *path, const struct reporter *reporter);

/* Let the file contain this line and nothing else. Does nothing for descriptor -1. */
void termination_log_write(int descriptor, const char *line);

#endif
