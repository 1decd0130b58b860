/* SPDX-License-Identifier: MIT */
#include "base/signals.h"

#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The size of the kernel's set of signals: 64 of them, 128 on MIPS. */
#define KERNEL_SET_SIZE sizeof(struct signals)

/*
 * The type of a member of struct timespec in rt_sigtimedwait(2). On 32-bit processors it has 32
 * bits, because kernels before 5.1 know no other call. Two differ: x32 takes 64 bits as x86-64
 * does, and riscv32 has only the newer call, which takes 64.
 */
#ifndef SYS_rt_sigtimedwait
#define SYS_rt_sigtimedwait SYS_rt_sigtimedwait_time64
typedef int64_t kernel_time;
#elif defined __LP64__ || defined __x86_64__
typedef int64_t kernel_time;
#else
typedef int32_t kernel_time;
#endif

struct signals signals_every(void)
{
	struct signals set;

	memset(&set, 0xff, sizeof(set));
	return set;
}

#define WORD_BITS (8 * (int)sizeof(unsigned long))

static unsigned long bit_of(int signal)
{
	return 1UL << (signal - 1) % WORD_BITS;
}

void signals_include(struct signals *set, int signal)
{
	set->words[(signal - 1) / WORD_BITS] |= bit_of(signal);
}

void signals_exclude(struct signals *set, int signal)
{
	set->words[(signal - 1) / WORD_BITS] &= ~bit_of(signal);
}

/*
 * struct sigaction as the kernel has it, for dispositions without a handler: all but the handler is
 * zero then. A C library's sigaction(2) is five times the size, as it has to hold off abort(3).
 */
struct disposition {
#ifdef __mips__
	unsigned int flags;
#endif
	void (*handler)(int);
	unsigned long rest[6];
};

/* Set the disposition of SIGCHLD to SIG_DFL or SIG_IGN. Returns 0, or -1 with errno. */
static long set_child_disposition(void (*handler)(int), struct disposition *before)
{
	const struct disposition wanted = {.handler = handler};

	return syscall(SYS_rt_sigaction, SIGCHLD, &wanted, before, KERNEL_SET_SIZE);
}

bool signals_hold(struct inherited_signals *inherited)
{
	const struct signals every = signals_every();
	struct disposition before;

	if (syscall(SYS_rt_sigprocmask, SIG_SETMASK, &every, &inherited->mask, KERNEL_SET_SIZE) <
		    0 ||
	    set_child_disposition(SIG_DFL, &before) < 0)
		return false;
	inherited->child_ignored = before.handler == SIG_IGN;
	return true;
}

bool signals_restore(const struct inherited_signals *inherited)
{
	if (inherited->child_ignored && set_child_disposition(SIG_IGN, NULL) < 0)
		return false;
	return syscall(SYS_rt_sigprocmask, SIG_SETMASK, &inherited->mask, NULL, KERNEL_SET_SIZE) ==
	       0;
}

int signals_wait(const struct signals *set, int64_t timeout, siginfo_t *info)
{
	kernel_time time[2];
	long signal;

	if (timeout != WAIT_FOREVER) {
		time[0] = (kernel_time)(timeout / 1000);
		time[1] = (kernel_time)(timeout % 1000 * 1000000);
	}
	/* Not sigtimedwait(3): musl's goes on waiting after EINTR, for the whole time again. */
	signal = syscall(SYS_rt_sigtimedwait, set, info, timeout == WAIT_FOREVER ? NULL : time,
			 KERNEL_SET_SIZE);
	if (signal < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -1;
	return (int)signal;
}

bool signals_can_wait(void)
{
	/* A set of no size is not valid: whoever says anything else has not looked. */
	return syscall(SYS_rt_sigtimedwait, NULL, NULL, NULL, 0) < 0 && errno == EINVAL;
}

int signals_pending(const bool wanted[_NSIG])
{
	struct signals set = {0};

	syscall(SYS_rt_sigpending, &set, KERNEL_SET_SIZE);
	for (int signal = 1; signal < _NSIG; signal++) {
		if (wanted[signal] && (set.words[(signal - 1) / WORD_BITS] & bit_of(signal)))
			return signal;
	}
	return 0;
}

bool signals_is_own(const siginfo_t *info)
{
	/*
	 * Init never sends itself a signal that signals_wait() could return. One that carries
	 * init's own pid is the kernel's answer to a write that failed: SIGPIPE for a log line to a
	 * pipe without a reader, or SIGXFSZ for one to a file at its size limit. Passed on to main,
	 * it would kill main. A sender outside the PID namespace has the pid 0.
	 */
	return info->si_code == SI_USER && info->si_pid != 0 && info->si_pid == getpid();
}

void signals_forget_own(void)
{
	siginfo_t taken[4];
	int count = 0;
	struct signals set = {0};

	signals_include(&set, SIGPIPE);
	signals_include(&set, SIGXFSZ);
	/* Each of the two can be pending twice: for the thread, by a write, and for the process, by
	 * kill(2). */
	while (count < 4 && signals_wait(&set, 0, &taken[count]) > 0) {
		if (!signals_is_own(&taken[count]))
			count++;
	}
	/* What somebody has sent is for main: put it back. A process may send itself any siginfo.
	 */
	while (count-- > 0)
		syscall(SYS_rt_sigqueueinfo, getpid(), taken[count].si_signo, &taken[count]);
}

bool signals_queue(pid_t pid, int signal, union sigval value)
{
	siginfo_t info = {.si_signo = signal, .si_code = SI_QUEUE};

	info.si_pid = getpid();
	info.si_uid = getuid();
	info.si_value = value;
	return syscall(SYS_rt_sigqueueinfo, pid, signal, &info) == 0;
}

bool signals_pass(pid_t pid, int signal, const siginfo_t *info)
{
	/*
	 * A value survives only sigqueue(3). It fails with EAGAIN when the user's queue is full
	 * (RLIMIT_SIGPENDING); the signal without its value is then better than none.
	 */
	if (info->si_code == SI_QUEUE && signals_queue(pid, signal, info->si_value))
		return true;
	return kill(pid, signal) == 0;
}

/*
 * A stop signal discards a pending SIGCONT, signal(7). So one that is there after the stop has
 * continued us, and one that is there before it would be lost: somebody has seen main stop, and has
 * sent it already.
 */
static bool was_continued(void)
{
	siginfo_t info;
	struct signals set = {0};

	signals_include(&set, SIGCONT);
	return signals_wait(&set, 0, &info) == SIGCONT;
}

bool signals_stop(int signal)
{
	struct signals set = {0};

	if (was_continued())
		return true;
	/* The whole group, as the terminal does: a shell waits until all of its job has stopped. */
	kill(0, signal);
	signals_include(&set, signal);
	syscall(SYS_rt_sigprocmask, SIG_UNBLOCK, &set, NULL, KERNEL_SET_SIZE);
	syscall(SYS_rt_sigprocmask, SIG_BLOCK, &set, NULL, KERNEL_SET_SIZE);
	return was_continued();
}

bool signals_stop_self(void)
{
	if (was_continued())
		return true;
	kill(getpid(), SIGSTOP);
	return was_continued();
}
