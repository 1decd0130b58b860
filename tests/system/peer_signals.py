# SPDX-License-Identifier: MIT
"""Who gets which signal, and what becomes of a stop, below a peer and below dinit-su."""
import os
import select
import signal

from harness import Init, children, probe, send_value, stat, status, until
from side_by_side import ENVIRONMENT, Difference, Line


class Signals:
    """Who gets which signal: an init with main and a helper of main's in its group."""

    def __init__(self, program, words):
        self.init = Init(*words, "--", *probe("pair"), binary=program, environment=ENVIRONMENT)
        self.names = {}
        self.heard = b""
        until(lambda: len(self.read()) == 2, "main and its helper")
        for line in self.read():
            name, pid = line.split()
            self.names[int(pid)] = name
        self.heard = b""
        # The numbers are those of the namespace; outside they are in this order.
        main = until(lambda: next((pid for pid in children(self.init.pid) if children(pid)), None),
                     "main with its helper")
        self.pids = [main, *children(main)]

    def read(self):
        """The lines so far."""
        while select.select([self.init.process.stdout], [], [], 0)[0]:
            self.heard += os.read(self.init.process.stdout.fileno(), 65536)
        return self.heard.decode().splitlines()

    def is_quiet(self):
        """Whether nobody has anything to do any more."""
        for pid in (self.init.pid, *self.pids):
            now = status(pid)
            pending = int(now["ShdPnd"], 16) | int(now["SigPnd"], 16)
            # A stopped process keeps what it was sent.
            if now["State"][0] not in "ST" or (now["State"][0] == "S" and pending):
                return False
        return True

    def settle(self):
        until(lambda: self.is_quiet() and self.is_quiet(), "everybody to be at rest")

    def outcome(self, number):
        """Who got the signal, as which one, and who is stopped by it."""
        self.heard = b""
        send_value(self.init.pid, number, 4711)
        self.settle()
        heard = self.read()
        stopped = [name for name, pid in zip(("main", "helper"), self.pids) if stat(pid)[0] == "T"]
        for pid in self.pids:
            os.kill(pid, signal.SIGCONT)
        self.settle()
        self.read()
        who = sorted({line.split()[0] for line in heard}) + ["stops " + name for name in stopped]
        return {"who": who, "as": sorted({line.split()[1] for line in heard}),
                "value": sorted({line.split()[2] for line in heard})}


def signal_differences(peer, link, options):
    for words in options:
        found = []
        for program in peer, link:
            signals = Signals(program, words)
            with signals.init:
                found.append({number: signals.outcome(number) for number in range(1, 65)
                              if number not in (signal.SIGKILL, signal.SIGSTOP, signal.SIGCHLD)})
        for number, theirs in found[0].items():
            ours = found[1][number]
            for name in ("who", "as", "value"):
                if theirs[name] != ours[name]:
                    yield Difference(Line([*words, "signal", number]), name, theirs[name],
                                     ours[name])
                    break


def state_after_stop(program, words):
    """What a TSTP to the init does to a main that does nothing about it.

    In a session of its own: an init may stop the whole group it was started in.
    """
    with Init(*words, "--", "sh", "-c", "trap 'echo continued' CONT; echo ready; "
              "while :; do sleep 1000 & wait; done", binary=program,
              environment=ENVIRONMENT, start_new_session=True) as init:
        init.read_until("ready")
        main = init.main_pid()
        # In its wait, which is where the shell runs a trap at once.
        until(lambda: children(main) and stat(main)[0] == "S", "its helper")
        os.kill(init.pid, signal.SIGTSTP)

        def change():
            if select.select([init.process.stdout], [], [], 0)[0]:
                return init.read_line()
            at_rest = stat(init.pid)[0] == "S" and int(status(init.pid)["ShdPnd"], 16) == 0
            return "stopped" if at_rest and stat(main)[0] == "T" else None

        def lasting_change():
            # What is stopped for good looks the same when asked again.
            first = change()
            return change() if first == "stopped" else first

        return until(lasting_change, "main to be stopped")


def stop_differences(peer, link, options):
    for words in options:
        theirs, ours = state_after_stop(peer, words), state_after_stop(link, words)
        if theirs != ours:
            yield Difference(Line([*words, "TSTP"]), "stops", theirs, ours)


def pause_status(program, words, numbers):
    """The status after these signals, the last of which ends it."""
    with Init(*words, binary=program, environment=ENVIRONMENT) as init:
        until(lambda: os.path.basename(os.readlink("/proc/%d/exe" % init.pid)) in
              ("catatonit", "dinit-su") and stat(init.pid)[0] == "S", "it to pause")
        for number in numbers:
            os.kill(init.pid, number)
        return init.wait()
