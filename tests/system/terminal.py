# SPDX-License-Identifier: MIT
"""Programs on a terminal of their own: what is typed, what comes, who owns the terminal afterwards."""
import os
import select
import subprocess
import termios
import time

from harness import APP, PATIENCE, Place, end_namespace, sandboxed

CTRL_C, CTRL_Z, CTRL_BACKSLASH = b"\x03", b"\x1a", b"\x1c"
PROMPT = "prompt> "


def owner(path):
    found = os.stat(path)
    return found.st_uid, found.st_gid


class Owners:
    """A terminal that may change hands, and everything else on and around it that must not."""

    def __init__(self, terminal, others):
        self.terminal = terminal
        self.group = owner(terminal)[1]
        self.before = {path: owner(path) for path in others}

    def check(self, uid):
        """The terminal belongs to uid, its group is what it was, and so is all the rest."""
        now = {path: owner(path) for path in self.before}
        if now != self.before:
            raise AssertionError("changed owner: was %r, is %r" % (self.before, now))
        if owner(self.terminal) != (uid, self.group):
            raise AssertionError("the terminal is of %r, not of %d:%d" % (
                owner(self.terminal), uid, self.group))


class Terminal:
    """A program on a pseudo-terminal of its own, PID 1 and leader of the session as in a container.

    On leaving, the terminal has to belong to uid and nothing else may have changed owner; files
    are what there is besides the devices that every program uses and another terminal.
    """

    def __init__(self, *command, prompt=False, uid=0, files=()):
        self.uid = uid
        self.bystander = os.openpty()
        self.master, terminal = os.openpty()
        self.owners = Owners(os.ttyname(terminal), [
            "/dev/null", "/dev/tty", "/dev/ptmx", os.ttyname(self.bystander[1]),
            Place.file("passwd"), *files])
        attributes = termios.tcgetattr(terminal)
        # NOFLSH: a Ctrl-Z typed late discards nothing that was printed and not yet read here.
        attributes[3] = attributes[3] & ~termios.ECHO | termios.NOFLSH
        termios.tcsetattr(terminal, termios.TCSANOW, attributes)
        reading, writing = os.pipe()
        environment = dict(os.environ, PS1=PROMPT, HISTFILE="/dev/null", TERM="vt100")
        self.process = subprocess.Popen(
            sandboxed(["-t", "-p", str(writing)], list(command), Place.file("passwd"),
                      Place.file("group")),
            stdin=terminal, stdout=terminal, stderr=terminal, pass_fds=[writing], env=environment)
        os.close(terminal)
        os.close(writing)
        with os.fdopen(reading) as file:
            self.pid = int(file.readline())
        self.seen = ""
        if prompt:
            self.expect(PROMPT)

    def __enter__(self):
        return self

    def __exit__(self, failure, *_):
        try:
            if not failure and self.master >= 0:
                self.owners.check(self.uid)
        finally:
            end_namespace(self.process, self.pid)
            for descriptor in self.bystander:
                os.close(descriptor)
            if self.master >= 0:
                os.close(self.master)

    def type(self, text):
        os.write(self.master, text if isinstance(text, bytes) else text.encode())

    def read(self, deadline):
        if not select.select([self.master], [], [], max(deadline - time.monotonic(), 0))[0]:
            raise AssertionError("nothing more came after %r" % self.seen)
        try:
            data = os.read(self.master, 4096)
        except OSError:  # EIO: the last one that had it open has closed it
            data = b""
        self.seen += data.decode(errors="replace")
        return bool(data)

    def expect(self, wanted):
        """Wait for the text to be printed; returns what came before it, and forgets both."""
        deadline = time.monotonic() + PATIENCE
        while wanted not in self.seen:
            if not self.read(deadline):
                raise AssertionError("%r did not come, only %r" % (wanted, self.seen))
        before, _, self.seen = self.seen.partition(wanted)
        return before

    def command(self, line):
        """Type a line at the prompt of an interactive shell and wait for the next prompt."""
        self.type(line + "\n")
        return self.expect(PROMPT)

    def wait(self):
        """Read to the end; the exit status."""
        deadline = time.monotonic() + PATIENCE
        while self.read(deadline):
            pass
        return self.process.wait(PATIENCE)

    def hang_up(self):
        self.owners.check(self.uid)
        os.close(self.master)
        self.master = -1


def dinit_su(*arguments):
    return [Place.file("dinit-su"), *arguments]


def as_app(*command, **options):
    return Terminal(*dinit_su("app", "--", *command), uid=APP, **options)


SHELL = ["bash", "--norc", "--noprofile", "--noediting", "-i"]
TRAPPED = "trap 'echo interrupted; exit 9' INT; echo ready; while :; do sleep .01; done"
# No command of the shell's own: stopped between vfork and exec, it would keep the shell from
# stopping, with or without dinit-su.
BUSY = "bash -c 'echo ready; until [ -e %s ]; do :; done; echo went on'"
# At work until a line is typed.
LOOP = "n=0; until read -t 0 <&1; do sleep .1; echo n$((n += 1)); done; echo end"
