# SPDX-License-Identifier: MIT
"""The completions, typed into real shells on a terminal.

Each shell runs a function called dinit-su that prints its words in brackets, so that what Tab made of
a line is known by what comes after Enter, however the shell draws it.
"""
import os
import pty
import re
import select
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

from harness import PATIENCE

MAKE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../completions/make")
ESCAPES = re.compile(rb"\x1b(\[[0-9;?<>=]*[a-zA-Z]|\][^\x07\x1b]*(\x07|\x1b\\)|[()][0-9A-B]|[=>])")

# What is typed before Tab, and the words that the shell runs then.
COMMON = (
    ("--wait-a", "--wait-all"),
    ("--no-new", "--no-new-privs"),
    ("nobod", "nobody"),
    ("nobody:roo", "nobody:root"),
    ("-xG roo", "-xG root"),
    ("-p WIN", "-p WINCH"),
    ("-S TERM,WIN", "-S TERM,WINCH"),
    ("-r TERM:WIN", "-r TERM:WINCH"),
    ("--keep-caps net_bi", "--keep-caps net_bind_service"),
    ("--log-format js", "--log-format json"),
    ("--ids-of /etc/passw", "--ids-of /etc/passwd"),
    ("-xw 5s --chown /data nobod", "-xw 5s --chown /data nobody"),
    ("-v nobod", "-v nobody"),
    ("nobody unsha", "nobody unshare"),
    ("nobody:root -- unsha", "nobody:root -- unshare"),
    ("-n unsha", "-n unshare"),
    ("--no-switch -- unsha", "--no-switch -- unshare"),
    ("nobody -- cat /etc/passw", "nobody -- cat /etc/passwd"),
)


class Shell:
    """An interactive shell on a terminal of its own."""

    def __init__(self, words, environment, first):
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.execvpe(words[0], words, environment)
        self.seen = b""
        self.run(first)

    def run(self, line):
        os.write(self.terminal, line.encode() + b"\n")

    def until(self, pattern):
        """Read until the pattern is on the screen; what matches is taken off it."""
        deadline = time.monotonic() + PATIENCE
        while True:
            screen = ESCAPES.sub(b"", self.seen)
            match = re.search(pattern, screen)
            if match:
                self.seen = screen[match.end():]
                return match.group(0).decode()
            ready, _, _ = select.select([self.terminal], [], [], deadline - time.monotonic())
            if not ready:
                raise AssertionError("waited in vain for %r in %r" % (pattern, screen[-400:]))
            self.seen += os.read(self.terminal, 4096)

    def end(self):
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.terminal)


class Completions(unittest.TestCase):
    def start(self, shell, words, function, load):
        """function prints its words as <WORDS> for the name that comes in."""
        if not shutil.which(shell):
            self.skipTest("%s is not installed" % shell)
        home = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, home, ignore_errors=True)
        name = os.path.join(home, "_dinit-su" if shell == "zsh" else "dinit-su")
        with open(name, "w") as file:
            subprocess.run([MAKE, shell], stdout=file, check=True)
        environment = {"HOME": home, "ZDOTDIR": home, "XDG_CONFIG_HOME": home, "TERM": "xterm",
                       "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                       "XDG_DATA_HOME": home, "LC_ALL": "C.UTF-8", "COLUMNS": "200"}
        # In quotes, so that the echo of this line is not taken for what it prints.
        ready = "; ".join([load % {"home": home}, function, "echo re''ady"])
        shell = Shell([shell] + words, environment, ready)
        self.addCleanup(shell.end)
        shell.until(rb"ready\r?\n")
        return shell

    def completes(self, shell, rows):
        for typed, wanted in rows:
            with self.subTest(typed=typed):
                os.write(shell.terminal, ("dinit-su %s\t" % typed).encode())
                os.write(shell.terminal, b"\n")
                got = shell.until(rb"<words:[^>]*>\r?\n").strip()
                self.assertEqual(got, "<words:%s>" % wanted)

    def test_bash(self):
        shell = self.start("bash", ["--norc", "--noprofile", "-i"],
                           'dinit-su() { echo "<wor""ds:$*>"; }', ". %(home)s/dinit-su")
        self.completes(shell, COMMON)

    def test_zsh(self):
        shell = self.start("zsh", ["-f", "-i"], 'dinit-su() { echo "<wor""ds:$*>"; }',
                           "fpath=(%(home)s $fpath); autoload -U compinit; compinit -u -D; "
                           "unsetopt list_ambiguous auto_menu beep")
        self.completes(shell, COMMON)

    def test_fish(self):
        shell = self.start("fish", ["-i"], 'function dinit-su; echo "<wor""ds:$argv>"; end',
                           "source %(home)s/dinit-su")
        self.completes(shell, COMMON)
