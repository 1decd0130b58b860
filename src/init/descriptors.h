/* SPDX-License-Identifier: MIT */
/* The descriptors that init was started with: kept for main, let go by init. */
#ifndef DINIT_SU_DESCRIPTORS_H
#define DINIT_SU_DESCRIPTORS_H

/*
 * Close every descriptor but stdout and stderr: main has inherited them by now, and init must not
 * keep a pipe, socket or file open that main and its children have closed. Stdout and stderr stay,
 * because cron jobs and links of log files write to /proc/1/fd/1 and /proc/1/fd/2. *kept, unless it
 * is -1, stays open under another number.
 */
void descriptors_release(int *kept);

#endif
