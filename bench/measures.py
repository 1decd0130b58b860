# SPDX-License-Identifier: MIT
"""One function for each measurement: contenders -> {name: figures}.

Times are measured in rounds, each contender once a round, so that all of them meet the same load of the
machine.
"""
import contextlib
import os
import random
import re
import signal
import struct
import subprocess
import time

import contenders
from figures import percentile, ratio, summary
from place import ENVIRONMENT, Container, fields, now

MICROSECONDS = 1e6
TIMESPEC = struct.Struct("@qq" if struct.calcsize("@l") == 8 else "@ll")
IN_A_ROW = 4
ORPHANS_AT_ONCE = 5000
STORM = 2000  # orphans a second


def launch(place, commands, rounds, in_a_row=1):
    """Nanoseconds and page faults of each start: for each command a list of rounds, for each round a
    list of the starts in a row."""
    arguments = []
    for command in commands:
        arguments += [";"] + command
    times = [[[] for _ in range(rounds)] for _ in commands]
    faults = [[[] for _ in range(rounds)] for _ in commands]
    # The first rounds read the programs from disk and are not counted.
    warming = 3
    for line in place.tool("launch", rounds + warming, in_a_row, *arguments[1:]).splitlines():
        number, command, _, nanoseconds, count = map(int, line.split())
        if number >= warming:
            times[command][number - warming].append(nanoseconds)
            faults[command][number - warming].append(count)
    return times, faults


def start(place, everybody, lines, rounds):
    """From execve(2) of the entry point to the first instruction of the program below it.

    The floor takes part twice: the distance of its median ratio to itself from 1 is noise. The figure
    is the median of the later starts in a row. The first start, which meets the caches as another
    contender has left them, is a figure of its own.
    """
    place.use_accounts(lines)
    floor = everybody[-1]
    entries = everybody + [contenders.Contender("floor again", floor.prefix, floor.programs),
                           contenders.reading(place.path, ["/etc/passwd", "/etc/group"])]
    samples, _ = launch(place, [entry.command(place.file("stamp")) for entry in entries], rounds,
                        IN_A_ROW)
    first = [[starts[0] for starts in own] for own in samples]
    times = [[percentile(starts[1:], 50) for starts in own] for own in samples]
    floor = len(everybody) - 1
    result = {}
    for entry, own, own_first in zip(entries, times, first):
        result[entry.name] = summary(own, MICROSECONDS / 1e9)
        result[entry.name]["to floor"] = ratio(own, times[floor])
        result[entry.name]["first to floor"] = ratio(own_first, first[floor])
        result[entry.name]["dinit-su to this"] = ratio(times[0], own)
    return result


def page_faults(place, everybody, rounds):
    """Minor page faults of the whole life of init, switch and a program that does nothing."""
    _, faults = launch(place, [entry.command(place.file("stamp")) for entry in everybody], rounds)
    return {entry.name: summary([count for starts in own for count in starts])
            for entry, own in zip(everybody, faults)}


def system_calls(place, contender):
    """The system calls from the entry point's first to the execve(2) that becomes the program."""
    trace, program = place.file("trace"), place.file("stamp")
    subprocess.run(["strace", "-f", "-qq", "-o", trace, place.sandbox, "--"] +
                   contender.command(program), env=ENVIRONMENT, check=True,
                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    calls, counting, around = [], False, set()
    with open(trace) as file:
        for line in file:
            call = re.match(r"(\d+) +(\w+)\((.*)", line)
            if not call:
                continue
            process, name, arguments = call.groups()
            if name == "execve" and arguments.startswith('"%s"' % program):
                return calls
            if counting:
                # The process that started the entry point goes on beside it and does not count.
                calls += [name] if process not in around else []
            elif arguments.startswith('"%s"' % contender.prefix[0]):
                counting = True
                around.discard(process)
            else:
                around.add(process)
    raise RuntimeError("strace of %s shows no start of its program" % contender.name)


def calls_of(trace, pid, start):
    """Names of the system calls that a process has begun after an offset of strace's output."""
    with open(trace) as file:
        file.seek(start)
        return re.findall(r"^%d +(\w+)\(" % pid, file.read(), re.MULTILINE)


def calls_to_stop(place, contender):
    """The number of system calls of init from a TERM, which comes while it rests, to its end."""
    trace = place.file("trace")
    with Container(place, contender, "rest", below=["strace", "-f", "-qq", "-o", trace]) as container:
        # Init rests when it has begun no call for a while.
        size = -1
        while size != os.path.getsize(trace):
            size = os.path.getsize(trace)
            time.sleep(0.3)
        os.kill(container.pid, signal.SIGTERM)
        container.process.wait()
    return calls_of(trace, container.pid, size)


def instructions(place, contender):
    """User instructions from the entry point's first to the execve(2) that becomes the program."""
    return steps(place, contender)[0]


def steps(place, contender):
    """User instructions as above, and the pages that PID 1 has written to by then, without its stack."""
    program = place.file("stamp")
    return [int(number) for number in place.tool("steps", program,
                                                 *contender.command(program)).split()]


def memory(place, contender):
    """Memory of init at rest, in KiB."""
    with Container(place, contender, "rest") as container:
        # Main says that it is ready before init has given back its memory.
        time.sleep(0.2)
        rollup = fields("/proc/%d/smaps_rollup" % container.pid)
        status = container.status()
    kib = {name: int(rollup[name].split()[0]) for name in ("Rss", "Pss", "Private_Dirty")}
    kib["page tables"] = int(status["VmPTE"].split()[0])
    return kib


def size_on_disk(contender):
    """Bytes of a contender's programs and of every shared library that they load."""
    files = set()
    for program in contender.programs:
        files.add(os.path.realpath(program))
        listing = subprocess.run(["ldd", program], stdout=subprocess.PIPE,
                                 stderr=subprocess.DEVNULL).stdout.decode()
        files.update(os.path.realpath(path) for path in re.findall(r"(/\S+) \(0x", listing))
    return sum(os.path.getsize(file) for file in files)


def hold(place, entries, *task):
    """A container of each contender, as a dictionary by name; close() ends them."""
    return {entry.name: Container(place, entry, *task) for entry in entries}


def close(containers):
    for container in containers.values():
        container.__exit__()


def idle(place, everybody, seconds):
    """Wake-ups of init while nothing happens."""
    containers = hold(place, everybody, "rest")
    time.sleep(1)
    before = {name: container.wake_ups() for name, container in containers.items()}
    time.sleep(seconds)
    result = {name: container.wake_ups() - before[name] for name, container in containers.items()}
    close(containers)
    return result


def send(container, pid):
    """Seconds from kill(2) to the handler of main."""
    before = now()
    os.kill(pid, signal.SIGUSR1)
    seconds, nanoseconds = TIMESPEC.unpack(container.read(TIMESPEC.size))
    return seconds + nanoseconds / 1e9 - before


def told(times):
    """The figures of signals. The floor is a main that is signalled directly; ratios are pair by pair."""
    direct = times["floor"]
    result = {}
    for name, own in times.items():
        result[name] = summary(own, MICROSECONDS)
        result[name]["to floor"] = ratio(own, direct)
        result[name]["dinit-su to this"] = ratio(times["dinit-su"], own)
    return result


def target(container, name):
    """The pid to signal: init's, or main's below the floor, which passes no signal on."""
    return container.main_pid() if name == "floor" else container.pid


def turns(what, rounds):
    """All of what in each round, each round in another order: none always follows the same one."""
    order, chance = list(what), random.Random(1)
    for _ in range(rounds):
        chance.shuffle(order)
        yield from order


@contextlib.contextmanager
def one_processor():
    """Use one processor: to wake another takes five times as long as a signal, and happens by chance."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@one_processor()
def signals_idle(place, everybody, rounds):
    containers = hold(place, everybody, "stamps")
    targets = {name: target(container, name) for name, container in containers.items()}
    times = {name: [] for name in containers}
    for name in turns(containers, rounds):
        times[name].append(send(containers[name], targets[name]))
    close(containers)
    return told(times)


def signals_storm(place, everybody, rounds, each):
    """The same while orphans die. One contender at a time: the machine bears only one such storm."""
    times = {entry.name: [] for entry in everybody}
    moments = random.Random(1)
    for entry in turns(everybody, rounds):
        with Container(place, entry, "storm", STORM) as container:
            pid = target(container, entry.name)
            time.sleep(0.05)
            for _ in range(each):
                # A random pause keeps the signals out of step with the orphans.
                time.sleep(moments.uniform(0.001, 0.005))
                times[entry.name].append(send(container, pid))
    return told(times)


def reaping(place, inits, rounds):
    """Orphans a second: all of them are dead when init gets them, and it reaps them."""
    containers = hold(place, inits, "reaping", ORPHANS_AT_ONCE)
    times = {name: [] for name in containers}
    processor = {name: [] for name in containers}
    for name in turns(containers, rounds):
        container = containers[name]
        before = container.processor_time()
        container.process.stdin.write(b"\n")
        container.process.stdin.flush()
        times[name].append(int(container.read_line()) / 1e9)
        processor[name].append(container.processor_time() - before)
    close(containers)
    result = {}
    for name, own in times.items():
        result[name] = summary([ORPHANS_AT_ONCE / seconds for seconds in own])
        result[name]["dinit-su to this"] = ratio([1 / seconds for seconds in times["dinit-su"]],
                                                 [1 / seconds for seconds in own])
        result[name]["processor seconds for 100,000"] = \
            percentile(processor[name], 50) * 100000 / ORPHANS_AT_ONCE
    return result


def stop(place, inits, rounds, *task):
    """Milliseconds from TERM until the container has ended."""
    times = {entry.name: [] for entry in inits}
    for entry in turns(inits, rounds):
        with Container(place, entry, *task) as container:
            # Main is ready a moment before init and the leftovers are at rest.
            time.sleep(0.01)
            before = now()
            os.kill(container.pid, signal.SIGTERM)
            container.process.wait()
            times[entry.name].append(now() - before)
    result = {}
    for name, own in times.items():
        result[name] = summary(own, 1e3)
        result[name]["dinit-su to this"] = ratio(times["dinit-su"], own)
    return result
