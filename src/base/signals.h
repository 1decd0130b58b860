/* SPDX-License-Identifier: MIT */
/*
 * Signals as the kernel sees them, all of them.
 *
 * sigprocmask(3) and sigfillset(3) leave out the signals that a C library keeps for its threads: 32
 * to 34 in musl, 32 and 33 in glibc. But 34 is what the rest of the world calls RTMIN; left
 * unblocked it is lost by a PID 1 and kills anything else. So masks go through the system call, and
 * the numbers of RTMIN and RTMAX are written down in signal_names.h: a static musl binary would
 * count from 35.
 */
#ifndef DINIT_SU_SIGNALS_H
#define DINIT_SU_SIGNALS_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/signal_names.h"

/* What this process inherited from whoever started it, and main has to get back. */
struct inherited_signals {
	sigset_t mask;
	bool child_ignored; /* SIGCHLD was ignored; every other disposition is left as it came */
};

/*
 * Block every signal, so that each waits for signals_wait() (a blocked signal stays pending even in
 * a PID 1, where one with the default disposition is otherwise thrown away: signal(7),
 * pid_namespaces(7)). SIGCHLD goes back to its default: ignored, children would leave no status
 * (wait(2), NOTES). Returns false with errno set.
 */
bool signals_hold(struct inherited_signals *inherited);

/*
 * Put back what signals_hold() found. For the process that is about to become main. Returns false
 * with errno set.
 */
bool signals_restore(const struct inherited_signals *inherited);

/* Which signals signals_wait() takes. */
enum signal_choice { ALL_SIGNALS, ALL_BUT_CHILD, ONLY_CONTINUE, ONLY_OF_WRITES };

/* No end to the wait. */
#define WAIT_FOREVER INT64_MAX

/*
 * Take the next pending signal, waiting up to timeout milliseconds (0: not at all, WAIT_FOREVER).
 * Returns its number with *info filled in, or 0 when the time was up or the wait was interrupted
 * although everything is blocked: by a freezer, a STOP and CONT, a debugger (signal(7)).
 * sigtimedwait(2); at most 2147483647 seconds.
 */
int signals_wait(enum signal_choice choice, int64_t timeout, siginfo_t *info);

/* A signal that is pending and that wanted, by its number, says is wanted; or 0. sigpending(2) */
int signals_pending(const bool wanted[_NSIG]);

/* Whether info is of a signal that this process brought on itself: see signals.c. */
bool signals_is_own(const siginfo_t *info);

/*
 * Forget every pending signal that this process brought on itself by writing. To be called before
 * signals_restore() in the process that wrote: execve(2) keeps what is pending, and what init's own
 * writes have raised would kill the program.
 */
void signals_forget_own(void);

/* Send signal to one process, with the value that came with it, if one did: sigqueue(3). */
bool signals_pass(pid_t pid, int signal, const siginfo_t *info);

/*
 * Stop this process and the rest of its process group, as the terminal would with this signal
 * (SIGTSTP, SIGTTIN, SIGTTOU). Returns when continued, true; or false at once where the kernel lets
 * nobody stop that nobody could continue: a PID 1, an orphaned process group, the signal ignored.
 * The SIGCONT is taken: who calls this continues main, and a second time would undo a Ctrl-Z that
 * comes in between.
 */
bool signals_stop(int signal);

#endif
