# SPDX-License-Identifier: MIT
"""What has to be true whatever call has failed.

1. Main does not run as anybody else than asked for: ids, groups, capabilities, no_new_privs, umask,
   signals, words, environment are as in a start in which nothing fails; or main does not run at all.
2. If main did not run, the status is 125, 126 or 127 (a drop-in's own), and one line says why.
3. If main ran, its status is the status, and nothing is called an error that was none of main's.
4. Nothing hangs.
5. Files are as they were or as they were to become, and no others are touched.
"""
import signal

from scenarios import GROUP, PASSWD

# What of main's state the options decide: what a lie of the kernel's must not change either.
DECIDED = ("words:", "Uid:", "Gid:", "Groups:", "CapInh:", "CapPrm:", "CapEff:", "CapAmb:", "NoNewPrivs:",
           "SigBlk:", "SigIgn:", "Umask:", "HOME:", "USER:", "LOGNAME:", "LISTEN_PID:")
# What nobody can find out: a disposition that the kernel says it has set, the end of a file that goes on.
NOT_VERIFIED = {"rt_sigaction": ("SigIgn:",), "read": ("Groups:", "HOME:"), "getgroups": ("Groups:",)}
# What init may go on without, and what is not its doing.
SURROUNDINGS = ("descriptor ", "terminal:", "CapBnd:")
# The C library ends a process itself that cannot have these.
OF_THE_LIBRARY = ("arch_prctl", "set_tid_address")


# (how, call): what the kernel says it has done, and nobody can find out that it has not.
BELIEVED = {
    ("return", "vfork"): "it does not return 0 in the parent",
    ("return", "execve"): "it does not return when it succeeds",
    ("return", "mmap"): "memory at address 0",
    ("return", "rt_sigprocmask"): "to ask for the mask again would be one more call in each start",
}
# The same while init waits.
BELIEVED_IN_LOOP = ("kill", "pidfd_send_signal", "wait4", "rt_sigtimedwait")


def is_believed(scenario, fault):
    if (fault.how, fault.call) in BELIEVED:
        return True
    if fault.how == "return" and fault.call in BELIEVED_IN_LOOP:
        return fault.phase == "loop"
    # Descriptor 0, which is the terminal: a file that is read from there does not end.
    return fault.how == "return" and fault.call in ("open", "openat") and scenario.terminal


def is_for_ever_impossible(scenario, fault):
    if fault.times != 0:
        return False
    # Main is a child until it is collected. A wait without a timeout does not time out.
    if (fault.call, fault.name) in (("wait4", "ECHILD"), ("rt_sigtimedwait", "EAGAIN")):
        return True
    # A pause process that the kernel shows no signals is ended by KILL.
    return bool(scenario.stop) and fault.call == "rt_sigtimedwait"


def is_left_out(scenario, fault):
    """Faults that have no answer, each with its reason."""
    if is_believed(scenario, fault) or is_for_ever_impossible(scenario, fault):
        return True
    # No account files without their ends: what was read is what there is.
    if scenario.files and (fault.how, fault.call) == ("return", "read"):
        return True
    # LISTEN_PID is no pid then, and main leaves the descriptors alone: sd_listen_fds(3).
    if fault.role == "new" and fault.call == "getpid":
        return True
    # The peers have /bin/sh run what the kernel cannot.
    return scenario.runs_scripts and (fault.call, fault.name) == ("execve", "ENOEXEC")


def lines_of(text, beginnings):
    return [line for line in text.splitlines() if line.startswith(beginnings)]


def complaints(scenario, text):
    """(errors, warnings): lines by their beginning."""
    own = scenario.name + ": "
    # A walk says how far it is on a machine that is busy.
    lines = [line for line in text.splitlines()
             if line.startswith(own) and not line.endswith("files so far")]
    warnings = [line for line in lines if line.startswith(own + "warning: ")]
    return [line for line in lines if line not in warnings], warnings


def ran(ended):
    return "Uid:" in ended.output


def judge_clean(scenario, ended):
    if ended.status != scenario.status:
        return "the status is not %d" % scenario.status
    if bool(scenario.main and scenario.main[0] != "show") != ran(ended):
        return "main was not run" if scenario.main else "something was run"
    expected = ("sent SIGKILL", "neither PID 1", "stay somebody else's")
    if ended.errors and not scenario.talks and not any(word in ended.errors for word in expected):
        return "something was said"
    return None


def refusal(scenario, fault):
    """The statuses that fit a start that has failed at this call."""
    refused, cannot_run, not_found = scenario.refusals
    if fault.call == "execve":
        # ENOENT for a file that is there: its interpreter is missing.
        return ({not_found} if fault.name == "ENOTDIR" else
                {not_found, cannot_run} if fault.name == "ENOENT" else {cannot_run})
    if scenario.title == "explain":
        return {refused, cannot_run, not_found}
    return {refused}


def judge_refused(scenario, fault, ended):
    errors, warnings = complaints(scenario, ended.errors)
    others = [line for line in ended.errors.splitlines() if line not in errors + warnings]
    if was_cut(fault, ended) and ended.status in (125, scenario.refusals[0]):
        # A PID 1 has ended before main could say anything.
        return
    if fault.call in OF_THE_LIBRARY and ended.status == 128 + signal.SIGSEGV:
        return
    if ended.status not in refusal(scenario, fault):
        yield "the status of a start that has failed"
    if scenario.talks:
        return
    if len(errors) != 1 and not (fault.call == "write" and fault.times == 0):
        yield "not one line says why"
    if others:
        yield "lines that are not its own"


def differs(scenario, clean, fault, ended):
    """True if main runs in another way than in a start without a fault."""
    left_out = NOT_VERIFIED.get(fault.call, ()) if fault.how == "return" else ()
    if fault.call in ("open", "openat") and (fault.how == "return" or
                                             fault.name in ("ENOENT", "ENOTDIR")):
        # Without /etc/group there are no supplementary groups: an error only for the name of one.
        left_out = ("Groups:",)
    if scenario.title == "create, not root" and "warning: " in ended.errors:
        # Where the account files cannot be changed, main keeps the environment that it was given.
        left_out = ("HOME:", "USER:", "LOGNAME:")
    decided = tuple(line for line in DECIDED if line not in left_out)
    wanted, got = lines_of(clean.output, decided), lines_of(ended.output, decided)
    # A PID 1 that cannot wait for its children ends, and main with it, in the middle of a line.
    return got[:-1] != wanted[:len(got) - 1] if was_cut(fault, ended) else got != wanted


def was_cut(fault, ended):
    return fault.call == "wait4" and "cannot wait for child" in ended.errors


def judge_surroundings(clean, ended):
    def lines(run):
        return [line for line in run.output.splitlines() if not line.startswith(SURROUNDINGS)]

    if lines(ended) != lines(clean):
        yield "what surrounds main differs"


def judge_main(scenario, clean, fault, ended):
    if differs(scenario, clean, fault, ended):
        yield "main runs as it was not asked to"
    errors, warnings = complaints(scenario, ended.errors)
    if was_cut(fault, ended) and ended.status in (125, scenario.refusals[0]):
        return
    if fault.how != "return" and fault.call not in ("open", "openat") and not warnings:
        yield from judge_surroundings(clean, ended)
    late = scenario.main[0] == "life" and ended.status == scenario.status + 1
    # kill(2) of a child can fail with EPERM alone, if main has become another user. Init says so where main
    # is alone, and not where others of its group were told.
    if late and fault.how != "return" and not errors + warnings and fault.call != "kill":
        yield "the stop was lost and nothing says so"
    if ended.status != scenario.status and not late:
        yield "the status of main is lost"
    if errors and not scenario.talks and "cannot wait for signals" not in ended.errors:
        yield "an error is told although main was run"


def judge_other(scenario, clean, fault, ended):
    """A scenario without main."""
    if ended.status == clean.status:
        if scenario.title == "help" and ended.output != clean.output:
            yield "succeeded, and said something else"
    else:
        yield from judge_refused(scenario, fault, ended)


def judge_files(scenario, clean, fault, ended):
    """Nobody's file but those of the ids that were asked for, and account files that are whole."""
    for path, (owner, group, content) in ended.files.items():
        known = clean.files.get(path)
        if known is None:
            if fault.call not in ("unlink", "unlinkat") or fault.times == 0:
                yield "left a file: " + path
            continue
        if owner not in (0, known[0], 5000, 4242) or group not in (0, known[1], 5001, 5000, 4242):
            yield "gave %s to %d:%d" % (path, owner, group)
        # A file that is said not to be there is begun anew.
        is_missing = fault.call in ("open", "openat") and (fault.how == "return" or
                                                           fault.name in ("ENOENT", "ENOTDIR"))
        if path in ("etc/passwd", "etc/group") and not is_missing:
            before = scenario_before(path)
            if content not in (before, known[2]):
                yield "%s is neither as before nor as wanted: %r" % (path, content)
        if path == "copy" and content != known[2]:
            yield "the copy is not whole"


def scenario_before(path):
    return (PASSWD if path.endswith("passwd") else GROUP).encode()


def judge(scenario, clean, fault, ended):
    """What is wrong with a run, as texts."""
    if ended.hits == 0:
        # The call was not made this time: nothing has failed.
        fault = fault._replace(how="error")
    if ended.hung:
        yield "hung"
        return
    if ran(ended):
        yield from judge_main(scenario, clean, fault, ended)
    elif scenario.main and scenario.main[0] != "show":
        yield from judge_refused(scenario, fault, ended)
        if ended.output:
            yield "something was run"
    else:
        yield from judge_other(scenario, clean, fault, ended)
    yield from judge_files(scenario, clean, fault, ended)
