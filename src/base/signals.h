/* SPDX-License-Identifier: MIT */
/*
 * All signals of the kernel, blocked, waited for and passed on by system call.
 *
 * sigprocmask(3) and sigfillset(3) leave out the signals that a C library keeps for its threads: 32
 * to 34 in musl, 32 and 33 in glibc. But 34 is RTMIN to all programs of glibc. If it is not
 * blocked, a PID 1 loses it, and any other init is killed by it. So masks are set by system call,
 * and the numbers of RTMIN and RTMAX are written down in signal_names.h, because musl counts
 * from 35.
 */
#ifndef DINIT_SU_SIGNALS_H
#define DINIT_SU_SIGNALS_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/signal_names.h"

/* A set of signals as the kernel has it: its sigset_t, of which a C library's is a longer one. */
struct signals {
	unsigned long words[_NSIG / 8 / sizeof(unsigned long)];
};

/* The set of all signals. */
struct signals signals_every(void);

/* Put a signal into a set, or take it out. sigaddset(3) and sigdelset(3) refuse 32 to 34. */
void signals_include(struct signals *set, int signal);
void signals_exclude(struct signals *set, int signal);

/* What this process inherited from whoever started it, and main has to get back. */
struct inherited_signals {
	struct signals mask;
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

/* No end to the wait. */
#define WAIT_FOREVER INT64_MAX

/*
 * Take the next pending signal of a set, waiting up to timeout milliseconds (0: not at all,
 * WAIT_FOREVER).
 * Returns its number with *info filled in, or 0 when the time was up or the wait was interrupted
 * although everything is blocked: by a freezer, a STOP and CONT, a debugger (signal(7)).
 * -1 with errno set when it is refused. sigtimedwait(2); at most 2147483647 seconds.
 */
int signals_wait(const struct signals *set, int64_t timeout, siginfo_t *info);

/* Whether the kernel lets this process wait for signals; if not, errno tells why. seccomp(2) */
bool signals_can_wait(void);

/* The lowest signal that is pending and for which wanted[signal] is true, or 0. sigpending(2) */
int signals_pending(const bool wanted[_NSIG]);

/* True if the kernel raised this signal because a write of this process failed. */
bool signals_is_own(const siginfo_t *info);

/*
 * Discard every pending signal for which signals_is_own(). The process that wrote calls this before
 * signals_restore(): execve(2) keeps pending signals, and those of init's own writes would kill the
 * program.
 */
void signals_forget_own(void);

/* sigqueue(3): send signal to one process with this value. Returns false with errno set. */
bool signals_queue(pid_t pid, int signal, union sigval value);

/* Send signal to one process, with the value that came with it, if one did: sigqueue(3). */
bool signals_pass(pid_t pid, int signal, const siginfo_t *info);

/*
 * Stop this process and the rest of its process group, as the terminal would with this signal
 * (SIGTSTP, SIGTTIN, SIGTTOU). Returns true once it was continued. Returns false at once where the
 * kernel does not stop it: a PID 1, an orphaned process group, which nobody could continue, or an
 * ignored signal. A SIGCONT that is pending already continues it before it stops. The SIGCONT is
 * taken off the queue: the caller continues main, and to continue it a second time would undo a
 * Ctrl-Z that comes in between.
 */
bool signals_stop(int signal);

/*
 * Stop this process alone. Returns as signals_stop() does. Not for a PID 1: the kernel does not
 * stop it, and discards a pending SIGCONT all the same.
 */
bool signals_stop_self(void);

#endif
