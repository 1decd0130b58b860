/* SPDX-License-Identifier: MIT */
/* The names of signals, as in signal(7) and kill -l. */
#ifndef DINIT_SU_SIGNAL_NAMES_H
#define DINIT_SU_SIGNAL_NAMES_H

#include <signal.h>
#include <stdbool.h>

/* As the kernel and glibc's programs count them. musl counts from 35: see signals.h. */
#define SIGNAL_RTMIN 34
#define SIGNAL_RTMAX (_NSIG - 1)

/* Bytes for the longest name that signal_name() returns. */
#define SIGNAL_NAME_SIZE 16

/* "SIGTERM", "SIGRTMIN+3" or "signal 99", put into name. Returns name. */
const char *signal_name(int signal, char name[SIGNAL_NAME_SIZE]);

/*
 * The signal that text names: a name with or without SIG, in capitals or not; RTMIN, RTMIN+n,
 * RTMAX or RTMAX-n; or a number from 1 on. Returns false, with *signal untouched, for anything
 * else.
 */
bool signal_parse(const char *text, int *signal);

#endif
