# SPDX-License-Identifier: MIT
"""Containers with a terminal: main has it, in the foreground."""
import os
import pty
import select
import subprocess
import time

from cases import Cases, OnDocker, OnPodman
from engine import PATIENCE


class Terminal:
    """A user at a terminal, who has typed a command of the engine's client."""

    def __init__(self, engine, image, arguments, options=()):
        self.said = ""
        self.master, slave = pty.openpty()
        self.process = subprocess.Popen(
            engine.run_command(image, arguments, ["-it", "--rm", *options]), env=engine.environment,
            stdin=slave, stdout=slave, stderr=slave, start_new_session=True)
        os.close(slave)

    def type(self, text):
        os.write(self.master, text.encode())

    def wait_for(self, text):
        deadline = time.monotonic() + PATIENCE
        while text not in self.said:
            if not select.select([self.master], [], [], max(0, deadline - time.monotonic()))[0]:
                raise AssertionError("no %r in %r" % (text, self.said))
            try:
                self.said += os.read(self.master, 65536).decode(errors="replace")
            except OSError:
                raise AssertionError("no %r in %r before the end" % (text, self.said)) from None

    def wait(self):
        return self.process.wait(PATIENCE)

    def close(self):
        self.process.kill()
        self.process.wait()
        os.close(self.master)


class TerminalCases(Cases):
    def at_terminal(self, *arguments):
        terminal = Terminal(self.engine, self.image, arguments)
        self.addCleanup(terminal.close)
        return terminal

    def test_main_reads_what_is_typed(self):
        terminal = self.at_terminal("sh", "-c", 'echo ready; read x; echo "<$x>"; exit 7')
        terminal.wait_for("ready")
        terminal.type("hello\n")
        terminal.wait_for("<hello>")
        self.assertEqual(terminal.wait(), 7)

    def test_control_c_reaches_main(self):
        terminal = self.at_terminal("sh", "-c", "trap 'echo interrupted; exit 8' INT; echo ready; "
                                    "while :; do sleep .05; done")
        terminal.wait_for("ready")
        terminal.type("\x03")
        terminal.wait_for("interrupted")
        self.assertEqual(terminal.wait(), 8)

    def test_control_z_does_not_leave_main_stopped(self):
        """Nothing above the container could continue it."""
        terminal = self.at_terminal("sh", "-c", 'echo ready; read x; echo "<$x>"; exit 7')
        terminal.wait_for("ready")
        terminal.type("\x1a")
        terminal.wait_for("^Z")
        terminal.type("hello\n")
        terminal.wait_for("<hello>")
        self.assertEqual(terminal.wait(), 7)

    def test_an_interactive_shell_has_job_control(self):
        terminal = self.at_terminal("sh")
        terminal.type("sleep 300\n")
        terminal.wait_for("sleep 300\r\n")
        terminal.type("\x03")
        terminal.type("echo $((6*7)); exit 9\n")
        terminal.wait_for("42\r\n")
        self.assertEqual(terminal.wait(), 9)
        self.assertNotIn("job control turned off", terminal.said)

    def test_main_has_the_foreground(self):
        container = self.start_it("sh", "-c", "echo ready; cat /proc/$$/stat; read x",
                                  options=["-i", "-t"])
        container.wait_for("(sh)")
        fields = container.logs().rpartition(")")[2].split()
        group, session, terminal, foreground = map(int, fields[2:6])
        self.assertNotEqual(terminal, 0)
        self.assertEqual((foreground, session), (group, 1))
        states = {status["Name"]: status["State"] for status in container.processes().values()}
        self.assertEqual(states["sh"], "S (sleeping)")

    def test_stop(self):
        container = self.start_it("sh", "-c", "trap 'echo stopped; exit 7' TERM; echo ready; "
                                  "while :; do sleep .05; done", options=["-t"])
        container.wait_for("ready")
        self.assertLess(container.stop(), 2)
        self.assertEqual(container.wait(), 7)
        container.wait_for("stopped")


class DockerTerminal(TerminalCases, OnDocker):
    pass


class PodmanTerminal(TerminalCases, OnPodman):
    pass
