# SPDX-License-Identifier: MIT
"""The rules that hold whichever call has failed.

1. Main runs as asked, or not at all: ids, groups, capabilities, no_new_privs, umask, signals, words and
   environment are the same as in a start without a fault.
2. If main did not run, the status is 125, 126 or 127 (a drop-in name has its own), and one line says why.
3. If main ran, init ends with main's status and reports no error.
4. No run hangs.
5. Each file has its old or its new content, and no other file is touched.
"""
import signal

from scenarios import GROUP, PASSWD

# The parts of main's state that the options decide. A false success of a call must not change them either.
DECIDED = ("words:", "Uid:", "Gid:", "Groups:", "CapInh:", "CapPrm:", "CapEff:", "CapAmb:", "NoNewPrivs:",
           "SigBlk:", "SigIgn:", "Umask:", "HOME:", "USER:", "LOGNAME:", "LISTEN_PID:")
# The parts that no program can verify after a false success: a disposition, the rest of a file that seems
# to end.
NOT_VERIFIED = {"rt_sigaction": ("SigIgn:",), "read": ("Groups:", "HOME:"), "getgroups": ("Groups:",)}
# The parts that init may go on without, and those that it does not set.
SURROUNDINGS = ("descriptor ", "terminal:", "CapBnd:")
# Calls without which the C library itself ends the process.
OF_THE_LIBRARY = ("arch_prctl", "set_tid_address")


# (how, call): a false success that init believes, with the reason.
BELIEVED = {
    ("return", "vfork"): "it does not return 0 in the parent",
    ("return", "execve"): "it does not return when it succeeds",
    ("return", "mmap"): "memory at address 0",
    ("return", "sendfile"): "0 is the end of the file",
    ("return", "getppid"): "a parent outside of the PID namespace: the one that was there has died, and main is told",
    ("return", "rename"): "the old file stays whole, with the new one beside it",
    ("return", "renameat"): "the same",
    ("return", "ftruncate"): "what is not cut off are empty lines, which no reader takes for an entry",
    ("return", "rt_sigprocmask"): "to ask for the mask again would be one more call in each start",
}
# The same while init waits.
BELIEVED_IN_LOOP = ("kill", "pidfd_send_signal", "wait4", "rt_sigtimedwait")


def is_believed(scenario, fault):
    if (fault.how, fault.call) in BELIEVED:
        return True
    if fault.how == "return" and fault.call in BELIEVED_IN_LOOP:
        return fault.phase == "loop"
    # The call returns descriptor 0, the terminal: a file that is read from it does not end.
    return fault.how == "return" and fault.call in ("open", "openat") and scenario.terminal


def is_for_ever_impossible(scenario, fault):
    if fault.times != 0:
        return False
    # A wait without a timeout does not time out.
    if (fault.call, fault.name) == ("rt_sigtimedwait", "EAGAIN"):
        return True
    # A main that has stopped and that nobody may signal stays stopped: init says so, and nothing ends.
    if scenario.title == "suspended" and fault.call == "kill":
        return True
    # A pause process that gets no signals from the kernel can only be killed.
    return bool(scenario.stop) and fault.call == "rt_sigtimedwait"


def is_left_out(scenario, fault):
    """Faults that have no answer, each with its reason."""
    if is_believed(scenario, fault) or is_for_ever_impossible(scenario, fault):
        return True
    # A read that returns 0 is the end of the file: init cannot know that the account file goes on.
    if scenario.files and (fault.how, fault.call) == ("return", "read"):
        return True
    # Nothing refuses one umask(2) and not the next one. It always succeeds: the mask for a new
    # home, and the one of before again.
    if fault.call == "umask" and fault.times == 1 and scenario.title.startswith("create"):
        return True
    # Main stays a child until it is reaped: wait(2).
    if (fault.call, fault.name, fault.phase) == ("wait4", "ECHILD", "loop"):
        return True
    # LISTEN_PID stays init's, or becomes 0: neither is main's pid, and main ignores the descriptors:
    # sd_listen_fds(3). The call always succeeds: getpid(2).
    if fault.call == "getpid" and (fault.role == "new" or "LISTEN_PID" in scenario.variables):
        return True
    # Below the name of such a peer /bin/sh runs a file that the kernel cannot.
    return scenario.runs_scripts and (fault.call, fault.name) == ("execve", "ENOEXEC")


def lines_of(text, beginnings):
    return [line for line in text.splitlines() if line.startswith(beginnings)]


def complaints(scenario, text):
    """(errors, warnings) of init, by the beginning of the lines."""
    own = scenario.name + ": "
    # On a busy machine a walk reports how many files it has seen.
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
        # With ENOENT the file exists and its interpreter is missing.
        return ({not_found} if fault.name == "ENOTDIR" else
                {not_found, cannot_run} if fault.name == "ENOENT" else {cannot_run})
    if scenario.title == "explain":
        return {refused, cannot_run, not_found}
    return {refused}


def judge_refused(scenario, fault, ended):
    errors, warnings = complaints(scenario, ended.errors)
    others = [line for line in ended.errors.splitlines() if line not in errors + warnings]
    if was_cut(scenario, fault, ended) and ended.status in (125, scenario.refusals[0]):
        # Init, PID 1, has ended before main could print anything.
        return
    if fault.call in OF_THE_LIBRARY and ended.status == 128 + signal.SIGSEGV:
        return
    if ended.status not in refusal(scenario, fault):
        yield "the status does not fit a start that has failed"
    if scenario.talks:
        return
    if len(errors) != 1 and not (fault.call == "write" and fault.times == 0):
        yield "not one line says why"
    if others:
        yield "lines that are not init's"


def differs(scenario, clean, fault, ended):
    """True if main runs with another state than in a start without a fault."""
    left_out = NOT_VERIFIED.get(fault.call, ()) if fault.how == "return" else ()
    if fault.call in ("open", "openat") and (fault.how == "return" or
                                             fault.name in ("ENOENT", "ENOTDIR")):
        # Without /etc/group there are no supplementary groups: an error only for the name of one.
        named = any(":audio" in argument for argument in scenario.arguments)
        left_out = () if named else ("Groups:",)
    if scenario.title == "create, not root" and "warning: " in ended.errors:
        # Where the account files cannot be changed, main keeps the environment that it was given.
        left_out = ("HOME:", "USER:", "LOGNAME:")
    decided = tuple(line for line in DECIDED if line not in left_out)
    wanted, got = lines_of(clean.output, decided), lines_of(ended.output, decided)
    # A PID 1 that cannot wait for its children ends, and main with it, in the middle of a line.
    return got[:-1] != wanted[:len(got) - 1] if was_cut(scenario, fault, ended) else got != wanted


def was_cut(scenario, fault, ended):
    """Init says that it cannot wait, and ends.

    On a terminal the line is lost if main writes at the same moment: one writer keeps the others out, and a write
    that does not wait fails with EAGAIN then.
    """
    return fault.call == "wait4" and ("cannot wait for child" in ended.errors or
                                      (scenario.terminal and fault.phase == "loop" and ended.status == 125))


def judge_surroundings(clean, ended):
    def lines(run):
        return [line for line in run.output.splitlines() if not line.startswith(SURROUNDINGS)]

    if lines(ended) != lines(clean):
        yield "the surroundings of main differ"


def is_one_look_at_the_clock(fault):
    """Nothing refuses one look at the clock and not the next one.

    After a refusal init counts by times(2), which begins elsewhere: what it waits for may never come. If all
    that follow are refused too, a stop is passed on in time.
    """
    return (fault.call, fault.phase, fault.how, fault.times) == ("clock_gettime", "loop", "error", 1)


def judge_main(scenario, clean, fault, ended):
    if differs(scenario, clean, fault, ended):
        yield "main runs with a state that was not asked for"
    errors, warnings = complaints(scenario, ended.errors)
    if was_cut(scenario, fault, ended) and ended.status in (125, scenario.refusals[0]):
        return
    if fault.how != "return" and fault.call not in ("open", "openat") and not warnings:
        yield from judge_surroundings(clean, ended)
    late = scenario.main[0] == "life" and ended.status == scenario.status + 1
    # kill(2) of a child can only fail with EPERM, if main has become another user. Init reports that if main
    # is alone, and not if other processes of its group were signalled.
    unheard = fault.call == "kill" or is_one_look_at_the_clock(fault)
    if late and fault.how != "return" and not errors + warnings and not unheard:
        yield "the stop was lost and nothing says so"
    if ended.status != scenario.status and not late:
        yield "the status of main is lost"
    if errors and not scenario.talks and "cannot wait for signals" not in ended.errors:
        yield "an error is reported although main ran"


def judge_other(scenario, clean, fault, ended):
    """A scenario without main."""
    if ended.status == clean.status:
        if scenario.title == "help" and ended.output != clean.output:
            yield "succeeded, and said something else"
    else:
        yield from judge_refused(scenario, fault, ended)


def judge_files(scenario, clean, fault, ended):
    """Files belong to the old owner or to the ids that were asked for, and account files are whole."""
    for path in clean.files:
        # All else is made by the run.
        if path not in ended.files and path.startswith(("etc/", "tree/")):
            yield "removed a file: " + path
    for path, (owner, group, content) in ended.files.items():
        known = clean.files.get(path)
        if known is None:
            if fault.call not in ("unlink", "unlinkat") or fault.times == 0:
                yield "left a file: " + path
            continue
        if owner not in (0, known[0], 5000, 4242) or group not in (0, known[1], 5001, 5000, 4242):
            yield "gave %s to %d:%d" % (path, owner, group)
        # Init makes a new file if the fault says that there is none.
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
    """The findings of a run, as texts."""
    if ended.hung:
        if not is_one_look_at_the_clock(fault):
            yield "hung"
        return
    if ended.hits == 0:
        # The call was not made this time: nothing has failed.
        wrong = judge_clean(scenario, ended)
        if wrong:
            yield "nothing was injected, and " + wrong
        return
    if ran(ended):
        yield from judge_main(scenario, clean, fault, ended)
    elif scenario.main and scenario.main[0] != "show":
        yield from judge_refused(scenario, fault, ended)
        if ended.output and not was_cut(scenario, fault, ended):
            yield "something was run"
    else:
        yield from judge_other(scenario, clean, fault, ended)
    yield from judge_files(scenario, clean, fault, ended)
