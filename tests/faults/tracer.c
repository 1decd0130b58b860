/* SPDX-License-Identifier: MIT */
/*
 * tracer [OPTION]... PROGRAM COMMAND [ARG]...: run COMMAND, and tamper with one system call of the
 * process below it that runs PROGRAM.
 *
 * That process is init. Its calls are followed from its execve(2) on. The calls of the process that
 * it starts as main are followed up to main's execve(2). COMMAND may be a sandbox: init is then a
 * PID 1 that is traced from outside. Exits with COMMAND's status, 128+N for signal N.
 *
 *   -o FILE      write to FILE, at the end, how often the fault was injected
 *   -l           write all calls to FILE instead: ROLE PHASE NUMBER NTH, where ROLE is init or new
 *                and PHASE is start, or loop when main has been executed
 *   -f ROLE:NUMBER:NTH:TIMES:HOW:VALUE   the fault. The NTH call of this NUMBER, and TIMES - 1 that
 *                follow (0: all of them), is not made but fails with the errno VALUE (HOW: error)
 *                or returns VALUE (return); or it is made with a size of at most VALUE (short)
 *   -k NUMBER:NTH:SIGNAL   send SIGNAL to init at its NTH call of this NUMBER
 */
#include <elf.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined __x86_64__ || defined __aarch64__

#define TRACEES_MAX 256
#define NUMBERS_MAX 600

enum role { OTHER, INIT, NEW };
enum how { ERROR, RETURN, SHORT };

struct tracee {
	pid_t pid; /* 0: this entry is free */
	enum role role;
	bool is_known; /* the event of its parent's fork has come */
	bool is_held;  /* it waits for that event */
	bool tampered; /* its call is not made, and the result is yet to be set */
};

struct fault {
	int role, number, nth, times, value;
	enum how how;
	int hits;
};

struct tracer {
	struct stat program;
	bool lists;
	FILE *output;
	struct fault fault;
	int kill_number, kill_nth, kill_signal; /* number -1: no signal is to be sent */
	bool is_loop;
	int counts[NEW + 1][NUMBERS_MAX];
	struct tracee tracees[TRACEES_MAX];
};

static _Noreturn void give_up(const char *what)
{
	fprintf(stderr, "tracer: %s: %s\n", what, strerror(errno));
	exit(124);
}

/* The registers of system calls. A call whose number is -1 is not made. */

#ifdef __x86_64__

static void set_number(pid_t pid, long number)
{
	struct user_regs_struct registers;

	ptrace(PTRACE_GETREGS, pid, 0, &registers);
	registers.orig_rax = (unsigned long)number;
	ptrace(PTRACE_SETREGS, pid, 0, &registers);
}

static void set_result(pid_t pid, long result)
{
	struct user_regs_struct registers;

	ptrace(PTRACE_GETREGS, pid, 0, &registers);
	registers.rax = (unsigned long)result;
	ptrace(PTRACE_SETREGS, pid, 0, &registers);
}

static void set_argument(pid_t pid, int index, unsigned long value)
{
	struct user_regs_struct registers;

	ptrace(PTRACE_GETREGS, pid, 0, &registers);
	if (index == 2)
		registers.rdx = value;
	else
		registers.r10 = value;
	ptrace(PTRACE_SETREGS, pid, 0, &registers);
}

#else

static void set_number(pid_t pid, long number)
{
	int value = (int)number;
	struct iovec vector = {&value, sizeof(value)};

	ptrace(PTRACE_SETREGSET, pid, 0x404 /* NT_ARM_SYSTEM_CALL */, &vector);
}

static void set_register(pid_t pid, int index, unsigned long value)
{
	struct user_regs_struct registers;
	struct iovec vector = {&registers, sizeof(registers)};

	ptrace(PTRACE_GETREGSET, pid, NT_PRSTATUS, &vector);
	registers.regs[index] = value;
	ptrace(PTRACE_SETREGSET, pid, NT_PRSTATUS, &vector);
}

static void set_result(pid_t pid, long result)
{
	set_register(pid, 0, (unsigned long)result);
}

static void set_argument(pid_t pid, int index, unsigned long value)
{
	set_register(pid, index, value);
}

#endif

static struct tracee *find(struct tracer *tracer, pid_t pid)
{
	struct tracee *free_entry = NULL;

	for (int i = 0; i < TRACEES_MAX; i++) {
		if (tracer->tracees[i].pid == pid)
			return &tracer->tracees[i];
		if (!free_entry && tracer->tracees[i].pid == 0)
			free_entry = &tracer->tracees[i];
	}
	if (!free_entry) {
		errno = ENOMEM;
		give_up("too many processes");
	}
	*free_entry = (struct tracee){.pid = pid};
	return free_entry;
}

/* True if all faults and signals are done, so that the calls of init need no stop. */
static bool is_done(const struct tracer *tracer)
{
	const struct fault *fault = &tracer->fault;

	return !tracer->lists && fault->times > 0 && fault->hits >= fault->times &&
	       tracer->kill_number < 0;
}

static void resume(const struct tracer *tracer, const struct tracee *tracee, int signal)
{
	const bool stops = tracee->tampered || (tracee->role != OTHER && !is_done(tracer));

	/* A tracee that was killed meanwhile is waited for like any other. */
	ptrace(stops ? PTRACE_SYSCALL : PTRACE_CONT, tracee->pid, 0, (long)signal);
}

static bool is_meant(const struct tracer *tracer, const struct tracee *tracee, int number, int nth)
{
	const struct fault *fault = &tracer->fault;

	return (int)tracee->role == fault->role && number == fault->number && nth >= fault->nth &&
	       (fault->times == 0 || nth < fault->nth + fault->times);
}

static int size_argument(int number)
{
	return number == SYS_sendfile ? 3 : 2;
}

static void enter_call(struct tracer *tracer, struct tracee *tracee,
		       const struct __ptrace_syscall_info *info)
{
	const int number = (int)info->entry.nr;
	struct fault *fault = &tracer->fault;
	int nth, size;

	if (number < 0 || number >= NUMBERS_MAX)
		return;
	nth = ++tracer->counts[tracee->role][number];
	if (tracer->lists)
		fprintf(tracer->output, "%s %s %d %d\n", tracee->role == INIT ? "init" : "new",
			tracer->is_loop ? "loop" : "start", number, nth);
	if (tracee->role == INIT && number == tracer->kill_number && nth == tracer->kill_nth) {
		tracer->kill_number = -1;
		kill(tracee->pid, tracer->kill_signal);
	}
	if (!is_meant(tracer, tracee, number, nth))
		return;
	fault->hits++;
	if (fault->how != SHORT) {
		set_number(tracee->pid, -1);
		tracee->tampered = true;
		return;
	}
	size = size_argument(number);
	if (info->entry.args[size] > (unsigned int)fault->value)
		set_argument(tracee->pid, size, (unsigned int)fault->value);
}

static void leave_call(const struct tracer *tracer, struct tracee *tracee)
{
	const struct fault *fault = &tracer->fault;

	if (tracee->tampered)
		set_result(tracee->pid, fault->how == ERROR ? -fault->value : fault->value);
	tracee->tampered = false;
}

static void stop_at_call(struct tracer *tracer, struct tracee *tracee)
{
	struct __ptrace_syscall_info info;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, tracee->pid, sizeof(info), &info) > 0) {
		if (info.op == PTRACE_SYSCALL_INFO_ENTRY)
			enter_call(tracer, tracee, &info);
		else if (info.op == PTRACE_SYSCALL_INFO_EXIT)
			leave_call(tracer, tracee);
	}
	resume(tracer, tracee, 0);
}

static bool runs_program(const struct tracer *tracer, pid_t pid)
{
	char path[64];
	struct stat status;

	snprintf(path, sizeof(path), "/proc/%d/exe", pid);
	return stat(path, &status) == 0 && status.st_dev == tracer->program.st_dev &&
	       status.st_ino == tracer->program.st_ino;
}

static void stop_at_exec(struct tracer *tracer, struct tracee *tracee)
{
	if (tracee->role == OTHER) {
		if (runs_program(tracer, tracee->pid))
			tracee->role = INIT;
		resume(tracer, tracee, 0);
		return;
	}
	/* This is main. */
	tracer->is_loop = true;
	ptrace(PTRACE_DETACH, tracee->pid, 0, 0);
	tracee->pid = 0;
}

static void stop_at_fork(struct tracer *tracer, struct tracee *tracee)
{
	unsigned long pid = 0;
	struct tracee *child;

	ptrace(PTRACE_GETEVENTMSG, tracee->pid, 0, &pid);
	child = find(tracer, (pid_t)pid);
	child->is_known = true;
	child->role = tracee->role == INIT ? NEW : tracee->role;
	if (child->is_held)
		resume(tracer, child, 0);
	child->is_held = false;
	resume(tracer, tracee, 0);
}

static bool stops_jobs(int signal)
{
	return signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU;
}

/*
 * True for a signal of the kernel for an error of the process itself, such as a wild pointer. It
 * kills even a PID 1, but not a traced one, which would repeat its error for ever: see
 * force_sig_info_to_task() of Linux.
 */
static bool is_crash(pid_t pid, int signal)
{
	siginfo_t info;

	return (signal == SIGSEGV || signal == SIGBUS || signal == SIGILL || signal == SIGFPE) &&
	       ptrace(PTRACE_GETSIGINFO, pid, 0, &info) == 0 && info.si_code > 0;
}

static void stop(struct tracer *tracer, struct tracee *tracee, int status)
{
	const int signal = WSTOPSIG(status), event = status >> 16;

	if (signal == (SIGTRAP | 0x80))
		stop_at_call(tracer, tracee);
	else if (event == PTRACE_EVENT_EXEC)
		stop_at_exec(tracer, tracee);
	else if (event == PTRACE_EVENT_FORK || event == PTRACE_EVENT_VFORK ||
		 event == PTRACE_EVENT_CLONE)
		stop_at_fork(tracer, tracee);
	else if (event == PTRACE_EVENT_STOP && stops_jobs(signal))
		ptrace(PTRACE_LISTEN, tracee->pid, 0, 0);
	else if (event == PTRACE_EVENT_STOP && !tracee->is_known)
		tracee->is_held = true;
	else if (event == 0 && is_crash(tracee->pid, signal))
		ptrace(PTRACE_DETACH, tracee->pid, 0, (long)signal);
	else
		resume(tracer, tracee, event ? 0 : signal);
}

/* Start COMMAND, which waits until it is traced. */
static pid_t start(struct tracer *tracer, char **command)
{
	const long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEEXEC | PTRACE_O_TRACEFORK |
			     PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | PTRACE_O_EXITKILL;
	int ends[2];
	char nothing;
	pid_t pid;

	if (pipe(ends) < 0)
		give_up("pipe");
	pid = fork();
	if (pid < 0)
		give_up("fork");
	if (pid == 0) {
		close(ends[1]);
		while (read(ends[0], &nothing, 1) < 0 && errno == EINTR)
			;
		close(ends[0]);
		execvp(command[0], command);
		give_up(command[0]);
	}
	if (ptrace(PTRACE_SEIZE, pid, 0, options) < 0)
		give_up("PTRACE_SEIZE");
	find(tracer, pid)->is_known = true;
	close(ends[0]);
	close(ends[1]);
	return pid;
}

static int follow(struct tracer *tracer, pid_t top)
{
	for (;;) {
		int status;
		pid_t pid = waitpid(-1, &status, __WALL);

		if (pid < 0 && errno == EINTR)
			continue;
		if (pid < 0)
			give_up("waitpid");
		if (WIFSTOPPED(status)) {
			stop(tracer, find(tracer, pid), status);
			continue;
		}
		find(tracer, pid)->pid = 0;
		if (pid == top)
			return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
	}
}

static void read_fault(struct fault *fault, const char *text)
{
	char role[8], how[8];

	if (sscanf(text, "%7[^:]:%d:%d:%d:%7[^:]:%d", role, &fault->number, &fault->nth,
		   &fault->times, how, &fault->value) != 6) {
		errno = EINVAL;
		give_up(text);
	}
	fault->role = strcmp(role, "init") == 0 ? INIT : NEW;
	fault->how = strcmp(how, "error") == 0	  ? ERROR
		     : strcmp(how, "return") == 0 ? RETURN
						  : SHORT;
}

static bool read_options(int argc, char **argv, struct tracer *tracer)
{
	int letter;

	while ((letter = getopt(argc, argv, "+o:lf:k:")) != -1) {
		if (letter == 'o')
			tracer->output = fopen(optarg, "we");
		else if (letter == 'l')
			tracer->lists = true;
		else if (letter == 'f')
			read_fault(&tracer->fault, optarg);
		else if (letter == 'k')
			sscanf(optarg, "%d:%d:%d", &tracer->kill_number, &tracer->kill_nth,
			       &tracer->kill_signal);
		else
			return false;
	}
	return tracer->output && optind + 1 < argc;
}

int main(int argc, char **argv)
{
	static struct tracer tracer = {.kill_number = -1, .fault = {.number = -1}};
	int status;

	if (!read_options(argc, argv, &tracer)) {
		fputs("tracer: see the top of tests/faults/tracer.c\n", stderr);
		return 124;
	}
	if (stat(argv[optind], &tracer.program) < 0)
		give_up(argv[optind]);
	status = follow(&tracer, start(&tracer, argv + optind + 1));
	if (!tracer.lists)
		fprintf(tracer.output, "%d\n", tracer.fault.hits);
	if (fclose(tracer.output) != 0)
		give_up("output");
	return status;
}

#else

int main(void)
{
	fputs("tracer: the registers of this architecture are not known\n", stderr);
	return 77;
}

#endif
