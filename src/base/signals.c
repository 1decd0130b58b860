/* SPDX-License-Identifier: MIT */
#include "base/signals.h"

#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The size of the kernel's signal set, which is not that of the C library's: 64 signals, 128 on
 * MIPS. */
#define KERNEL_SET_SIZE (_NSIG / 8)

/*
 * A member of struct timespec as this call takes it: 32 bits where processors have that many, which
 * kernels before 5.1 know too. x32 has those of x86-64, and riscv32 only the newer call.
 */
#ifndef SYS_rt_sigtimedwait
#define SYS_rt_sigtimedwait SYS_rt_sigtimedwait_time64
typedef int64_t kernel_time;
#elif defined __LP64__ || defined __x86_64__
typedef int64_t kernel_time;
#else
typedef int32_t kernel_time;
#endif

static sigset_t every_signal(void)
{
	sigset_t set;

	/* No more of it is read. */
	memset(&set, 0xff, KERNEL_SET_SIZE);
	return set;
}

bool signals_hold(struct inherited_signals *inherited)
{
	const struct sigaction by_default = {.sa_handler = SIG_DFL};
	const sigset_t every = every_signal();
	struct sigaction before;

	memset(&inherited->mask, 0, sizeof(inherited->mask));
	if (syscall(SYS_rt_sigprocmask, SIG_SETMASK, &every, &inherited->mask, KERNEL_SET_SIZE) <
		    0 ||
	    sigaction(SIGCHLD, &by_default, &before) < 0)
		return false;
	inherited->child_ignored = before.sa_handler == SIG_IGN;
	return true;
}

bool signals_restore(const struct inherited_signals *inherited)
{
	const struct sigaction ignore = {.sa_handler = SIG_IGN};

	if (inherited->child_ignored && sigaction(SIGCHLD, &ignore, NULL) < 0)
		return false;
	return syscall(SYS_rt_sigprocmask, SIG_SETMASK, &inherited->mask, NULL, KERNEL_SET_SIZE) ==
	       0;
}

int signals_wait(enum signal_choice choice, int64_t timeout, siginfo_t *info)
{
	sigset_t set = every_signal();
	kernel_time time[2];
	long signal;

	if (choice == ALL_BUT_CHILD)
		sigdelset(&set, SIGCHLD);
	if (choice == ONLY_CONTINUE || choice == ONLY_OF_WRITES)
		sigemptyset(&set);
	if (choice == ONLY_CONTINUE)
		sigaddset(&set, SIGCONT);
	if (choice == ONLY_OF_WRITES) {
		sigaddset(&set, SIGPIPE);
		sigaddset(&set, SIGXFSZ);
	}
	if (timeout != WAIT_FOREVER) {
		time[0] = (kernel_time)(timeout / 1000);
		time[1] = (kernel_time)(timeout % 1000 * 1000000);
	}
	/* Not sigtimedwait(3): musl's goes on waiting after EINTR, for the whole time again. */
	signal = syscall(SYS_rt_sigtimedwait, &set, info, timeout == WAIT_FOREVER ? NULL : time,
			 KERNEL_SET_SIZE);
	return signal < 0 ? 0 : (int)signal;
}

int signals_pending(const bool wanted[_NSIG])
{
	sigset_t set;

	sigemptyset(&set);
	sigpending(&set);
	for (int signal = 1; signal < _NSIG; signal++) {
		if (wanted[signal] && sigismember(&set, signal) == 1)
			return signal;
	}
	return 0;
}

bool signals_is_own(const siginfo_t *info)
{
	/*
	 * Init never signals itself. What carries its own pid is the kernel's answer to a write
	 * that failed, SIGPIPE for a log line to a pipe without a reader or SIGXFSZ for one to a
	 * file at its size limit, and must not be taken for a message to main: it would kill it.
	 * Most signals come from outside the PID namespace, and so from no pid at all: 0.
	 */
	return info->si_code == SI_USER && info->si_pid != 0 && info->si_pid == getpid();
}

void signals_forget_own(void)
{
	siginfo_t taken[4];
	int count = 0;

	/* Each of the two can be pending twice: for the thread, which a write does, and by kill(2).
	 */
	while (count < 4 && signals_wait(ONLY_OF_WRITES, 0, &taken[count]) > 0) {
		if (!signals_is_own(&taken[count]))
			count++;
	}
	/* One that somebody has sent is main's. To itself a process may send any siginfo. */
	while (count-- > 0)
		syscall(SYS_rt_sigqueueinfo, getpid(), taken[count].si_signo, &taken[count]);
}

bool signals_pass(pid_t pid, int signal, const siginfo_t *info)
{
	/*
	 * A value survives only sigqueue(3). It fails with EAGAIN when the user's queue is full
	 * (RLIMIT_SIGPENDING); the signal without its value is then better than none.
	 */
	if (info->si_code == SI_QUEUE && sigqueue(pid, signal, info->si_value) == 0)
		return true;
	return kill(pid, signal) == 0;
}

bool signals_stop(int signal)
{
	siginfo_t info;
	sigset_t set;

	/* The whole group, as the terminal does: a shell sees its job stopped when all of it is. */
	kill(0, signal);
	sigemptyset(&set);
	sigaddset(&set, signal);
	syscall(SYS_rt_sigprocmask, SIG_UNBLOCK, &set, NULL, KERNEL_SET_SIZE);
	syscall(SYS_rt_sigprocmask, SIG_BLOCK, &set, NULL, KERNEL_SET_SIZE);
	/* A stop signal discards a pending SIGCONT (signal(7)), so one that is there has continued
	 * us. */
	return signals_wait(ONLY_CONTINUE, 0, &info) == SIGCONT;
}
