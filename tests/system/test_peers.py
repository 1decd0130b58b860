# SPDX-License-Identifier: MIT
"""The comparison in the README: every cell of its table is measured here, with the real programs.

The peers are Debian packages (tini, dumb-init, catatonit, gosu; setpriv is in util-linux). Where one
is not installed its column is skipped.
"""
import os
import shutil
import signal
import subprocess
import time
import unittest

from harness import (Init, Place, SystemTest, children, probe, run, send_value, stat, status,
                     until)

README = os.path.join(os.path.dirname(__file__), "..", "..", "README.md")
SETPRIV = ["setpriv", "--reuid=app", "--regid=app", "--init-groups"]
WAYS = {
    "dinit-su": ["dinit-su", "app", "--"],
    "tini + gosu": ["tini", "--", "gosu", "app"],
    "dumb-init + gosu": ["dumb-init", "gosu", "app"],
    "catatonit + setpriv": ["catatonit", "--", *SETPRIV],
}

# What a Python program needs to wait for signals: its handlers run between two steps of the program,
# so pause(2) would sleep through a signal that came just before it. The byte that the wakeup
# descriptor gets does not go away.
WAITING = """
import os, signal, sys, time

wakes, woken = os.pipe()
os.set_blocking(woken, False)
signal.set_wakeup_fd(woken)

def wait_for_signals():
    while True:
        os.read(wakes, 100)
"""
# A server: asked to stop it finishes what it does; asked again it ends at once, as many do.
SERVER = WAITING + """

def stop(*_):
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    time.sleep(.3)
    open(sys.argv[1], "w").close()
    os._exit(0)

signal.signal(signal.SIGTERM, stop)
print("ready", flush=True)
wait_for_signals()
"""
# A manager: asked to stop it sees whether its worker, which handles nothing, still runs.
MANAGER = WAITING + """
worker = os.fork()
if worker == 0:
    while True:
        signal.pause()

def stop(*_):
    time.sleep(.3)
    if os.waitpid(worker, os.WNOHANG) == (0, 0):
        open(sys.argv[1], "w").close()
    os._exit(0)

signal.signal(signal.SIGTERM, stop)
print("ready", flush=True)
wait_for_signals()
"""


def path_of(program):
    if program == "dinit-su":
        return Place.file("dinit-su")
    return shutil.which(program, path=os.environ["PATH"] + ":/usr/sbin:/sbin")


class Situations:
    """What one way to start a program as user `app` does. A method is a row of the table."""

    def __init__(self, way):
        self.command = [path_of(word) if word in ("dinit-su", "tini", "dumb-init", "catatonit",
                                                  "gosu", "setpriv") else word for word in way]

    def start(self, *program, **options):
        binary, *arguments = self.command
        return Init(*arguments, *program, binary=binary, **options)

    def run(self, *program):
        binary, *arguments = self.command
        return run(*arguments, *program, binary=binary)

    def no_process_is_root(self):
        with self.start(*probe("signals")) as init:
            init.read_until("ready")
            return status(init.pid)["Uid"].split()[0] != "0"

    def background_process_saves_its_data(self):
        path = Place.shared("peer-%d" % time.monotonic_ns())
        self.run("sh", "-c", "(trap 'sleep .2; echo data >%s; exit' TERM; echo ready >%s.ready; "
                 "while :; do sleep .01; done) & while [ ! -e %s.ready ]; do :; done" % ((path,) * 3))
        return os.path.exists(path)

    def stop_leaves_a_file(self, *command):
        """Whether the file at the path that ends the command is there when everything has ended."""
        path = Place.shared("peer-%d" % time.monotonic_ns())
        with self.start(*(word.replace("PATH", path) for word in command)) as init:
            init.read_until("ready")
            init.signal(signal.SIGTERM)
            init.wait()
        return os.path.exists(path)

    def server_behind_a_shell_finishes(self):
        server = Place.write("server.py", SERVER)
        return self.stop_leaves_a_file("sh", "-c", "python3 %s PATH; echo" % server)

    def workers_are_left_to_their_manager(self):
        return self.stop_leaves_a_file("python3", Place.write("manager.py", MANAGER), "PATH")

    def shell_with_a_trap_stops(self):
        with self.start("sh", "-c", "trap 'exit 7' TERM; sleep 1000; :") as init:
            # Before its execve the command has the shell's handler, which would take the signal.
            until(lambda: any(status(command)["Name"] == "sleep" for pid in children(init.pid)
                              for command in children(pid)), "its command")
            init.signal(signal.SIGTERM)
            try:
                init.process.wait(timeout=3)
                return True
            except subprocess.TimeoutExpired:
                return False

    def dev_stdout_opens(self):
        return self.run("sh", "-c", "echo text >/dev/stdout").output == "text\n"

    def helpers_survive_usr1(self):
        # Main, and a helper in its group that ends on USR1 as most programs do.
        helper, main = " ".join(probe("signals-until", signal.SIGUSR1)), " ".join(probe("signals"))
        with self.start("sh", "-c", "%s & exec %s" % (helper, main)) as init:
            init.read_until("ready")
            init.read_until("ready")
            helper = children(self.main_of(init))[0]
            init.signal(signal.SIGUSR1)
            init.read_until("%d 0 0" % signal.SIGUSR1)
            init.signal(signal.SIGUSR2)
            # When this has come through, whoever was sent USR1 has it, or has acted on it.
            init.read_until("%d 0 0" % signal.SIGUSR2)
            return until(lambda: self.verdict(helper), "the helper to end or to sleep on") == "sleeps"

    @staticmethod
    def main_of(init):
        """The child of init that has a child itself."""
        return next(pid for pid in children(init.pid) if children(pid))

    @staticmethod
    def verdict(pid):
        fields = stat(pid)
        if not fields or fields[0] == "Z":
            return "ended"
        try:
            pending = int(status(pid)["ShdPnd"], 16)
        except (FileNotFoundError, ProcessLookupError):
            return "ended"
        return "sleeps" if fields[0] == "S" and not pending else None

    def values_of_signals_arrive(self):
        with self.start(*probe("signals")) as init:
            init.read_until("ready")
            send_value(init.pid, signal.SIGUSR1, 4711)
            return init.read_line().endswith(" 4711")

    def asleep_while_idle(self):
        with self.start(*probe("signals")) as init:
            init.read_until("ready")
            until(lambda: stat(init.pid)[0] == "S", "init to sleep")
            time.sleep(.2)
            before = status(init.pid)["voluntary_ctxt_switches"]
            time.sleep(2.5)
            return status(init.pid)["voluntary_ctxt_switches"] == before


ROWS = {
    "No process is root": Situations.no_process_is_root,
    "A background process can save its data when main ends":
        Situations.background_process_saves_its_data,
    "A server behind `sh -c` can finish what it does": Situations.server_behind_a_shell_finishes,
    "A manager's workers are not told behind its back":
        Situations.workers_are_left_to_their_manager,
    "`trap ... TERM; command` in a script stops at once": Situations.shell_with_a_trap_stops,
    "The program can open `/dev/stdout`": Situations.dev_stdout_opens,
    "USR1 goes to the program and not to its helpers": Situations.helpers_survive_usr1,
    "The value of a queued signal arrives": Situations.values_of_signals_arrive,
    "No wake-up while idle": Situations.asleep_while_idle,
}


def table():
    """The cells of the README's table: {(row, column): word}."""
    with open(README) as file:
        lines = [[cell.strip() for cell in line.strip().strip("|").split("|")]
                 for line in file if line.startswith("|")]
    columns = next(line[1:] for line in lines if line[1:2] == ["dinit-su"])
    return {(line[0], column): word for line in lines if line[0] in ROWS
            for column, word in zip(columns, line[1:])}


class Peers(SystemTest):
    def test_the_table_has_every_row_and_column(self):
        self.assertEqual(set(table()), {(row, way) for row in ROWS for way in WAYS})

    def check(self, name):
        if not all(path_of(word) for word in WAYS[name] if word in (
                "tini", "dumb-init", "catatonit", "gosu", "setpriv")):
            raise unittest.SkipTest("%s is not installed" % name)
        promised = table()
        for row, measure in ROWS.items():
            with self.subTest(row=row):
                self.assertEqual("yes" if measure(Situations(WAYS[name])) else "no",
                                 promised[row, name])

    def test_dinit_su(self):
        self.check("dinit-su")

    def test_tini_and_gosu(self):
        self.check("tini + gosu")

    def test_dumb_init_and_gosu(self):
        self.check("dumb-init + gosu")

    def test_catatonit_and_setpriv(self):
        self.check("catatonit + setpriv")
