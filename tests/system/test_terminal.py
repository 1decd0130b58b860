# SPDX-License-Identifier: MIT
"""The terminal: who is in its foreground, what Ctrl-C and Ctrl-Z do, with and without a shell above."""
import fcntl
import os
import select
import signal
import struct
import subprocess
import termios
import time

from harness import (PATIENCE, Place, SystemTest, children, probe, sandboxed, stat, until)

CTRL_C, CTRL_Z, CTRL_BACKSLASH = b"\x03", b"\x1a", b"\x1c"
PROMPT = "prompt> "


class Terminal:
    """A program on a pseudo-terminal of its own, PID 1 and leader of the session as in a container."""

    def __init__(self, *command, prompt=False):
        self.master, terminal = os.openpty()
        attributes = termios.tcgetattr(terminal)
        attributes[3] &= ~termios.ECHO
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

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
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
        os.close(self.master)
        self.master = -1


def dinit_su(*arguments):
    return [Place.file("dinit-su"), *arguments]


SHELL = ["bash", "--norc", "--noprofile", "--noediting", "-i"]
LOOP = "for n in 1 2 3 4 5 6; do sleep .1; echo n$n; done; echo end"


class InContainer(SystemTest):
    """As PID 1 with a terminal: `docker run -it`. Nobody above could resume it."""

    def test_ctrl_c_and_ctrl_backslash_reach_main(self):
        for key, number in ((CTRL_C, signal.SIGINT), (CTRL_BACKSLASH, signal.SIGQUIT)):
            for arguments in (["app"], ["-x", "app"], ["-R", "app"], ["-n"]):
                with self.subTest(number=number, arguments=arguments):
                    # A shell that waits: with --exec it is PID 1, and those need a handler.
                    script = "trap 'exit 9' INT QUIT; echo ready; while :; do sleep .01; done"
                    with Terminal(*dinit_su(*arguments, "--", "sh", "-c", script)) as terminal:
                        terminal.expect("ready")
                        terminal.type(key)
                        self.assertEqual(terminal.wait(), 9)

    def test_killed_by_ctrl_c(self):
        with Terminal(*dinit_su("app", "--", "sh", "-c", "echo ready; exec sleep 1000")) as terminal:
            terminal.expect("ready")
            terminal.type(CTRL_C)
            self.assertEqual(terminal.wait(), 128 + signal.SIGINT)

    def test_ctrl_z_does_not_hang_it(self):
        with Terminal(*dinit_su("app", "--", "bash", "-c", LOOP)) as terminal:
            for number in range(1, 6):
                terminal.expect("n%d" % number)
                terminal.type(CTRL_Z)
            terminal.expect("end")
            self.assertEqual(terminal.wait(), 0)

    def test_a_stop_on_purpose_stays(self):
        with Terminal(*dinit_su("app", "--", "sh", "-c", "echo ready; read line")) as terminal:
            terminal.expect("ready")
            main = until(lambda: children(terminal.pid), "main")[0]
            os.kill(main, signal.SIGSTOP)
            until(lambda: stat(main)[0] == "T", "main to stop")
            # Whatever init does about it, it has done before it passes the next signal on.
            os.kill(terminal.pid, signal.SIGUSR2)
            until(lambda: stat(terminal.pid)[0] == "S", "init to sleep")
            self.assertEqual(stat(main)[0], "T")
            os.kill(main, signal.SIGKILL)
            self.assertEqual(terminal.wait(), 128 + signal.SIGKILL)

    def test_interactive_shell_has_job_control(self):
        with Terminal(*dinit_su("app", "--", *SHELL), prompt=True) as terminal:
            self.assertNotIn("no job control", terminal.seen)
            terminal.type("sh -c 'echo ready; read line; echo got $line'\n")
            terminal.expect("ready")
            terminal.type(CTRL_Z)
            self.assertIn("Stopped", terminal.expect(PROMPT))
            terminal.type("fg\n")
            terminal.expect("read line")
            terminal.type("words\n")
            terminal.expect("got words")
            terminal.expect(PROMPT)
            terminal.type("exit 6\n")
            self.assertEqual(terminal.wait(), 6)

    def test_window_size_reaches_main(self):
        with Terminal(*dinit_su("app", "--", *probe("signals"))) as terminal:
            terminal.expect("ready")
            fcntl.ioctl(terminal.master, termios.TIOCSWINSZ, struct.pack("4H", 50, 132, 0, 0))
            terminal.expect("%d " % signal.SIGWINCH)

    def test_hangup_ends_it(self):
        with Terminal(*dinit_su("app", "--", "sh", "-c", "echo ready; exec sleep 1000")) as terminal:
            terminal.expect("ready")
            terminal.hang_up()
            self.assertEqual(terminal.process.wait(PATIENCE), 128 + signal.SIGHUP)

    def test_password_prompt(self):
        script = "read -r -s -p 'Password: ' word; echo; echo got $word"
        with Terminal(*dinit_su("app", "--", "bash", "-c", script)) as terminal:
            terminal.expect("Password: ")
            terminal.type("secret\n")
            self.assertNotIn("secret", terminal.expect("got "))
            self.assertEqual(terminal.wait(), 0)

    def test_the_terminal_opens_by_name(self):
        script = "echo out >/dev/stdout; echo tty >/dev/tty; echo name >$(tty)"
        with Terminal(*dinit_su("app", "--", "sh", "-c", script)) as terminal:
            for word in ("out", "tty", "name"):
                terminal.expect(word)
            self.assertEqual(terminal.wait(), 0)

    def test_one_inside_the_other(self):
        inner = dinit_su("-n", "--", "bash", "-c", LOOP)
        with Terminal(*dinit_su("app", "--", *inner)) as terminal:
            for number in range(1, 4):
                terminal.expect("n%d" % number)
                terminal.type(CTRL_Z)
            terminal.expect("end")
            self.assertEqual(terminal.wait(), 0)


class UnderShell(SystemTest):
    """Below an interactive shell, which stops and resumes its jobs."""

    def shell(self):
        return Terminal(*SHELL, prompt=True)

    def start(self, terminal, *arguments):
        terminal.type(" ".join(dinit_su(*arguments)) + "\n")

    READER = ("-n", "--", "sh", "-c", "'echo ready; read line; echo got $line'")

    def test_ctrl_z_stops_both_and_fg_resumes_both(self):
        with self.shell() as terminal:
            self.start(terminal, *self.READER)
            terminal.expect("ready")
            for _ in range(3):
                terminal.type(CTRL_Z)
                self.assertIn("Stopped", terminal.expect(PROMPT))
                terminal.type("fg\n")
                terminal.expect("dinit-su")
                # Before that Ctrl-Z would go to the shell.
                until(lambda: self.main_is_in_foreground(terminal), "main in the foreground")
            terminal.type("words\n")
            terminal.expect("got words")
            terminal.expect(PROMPT)
            self.assertIn("status 0", terminal.command("echo status $?"))

    def main_is_in_foreground(self, terminal):
        foreground_of_terminal = 5
        main = children(children(terminal.pid)[0])[0]
        return stat(main)[foreground_of_terminal] == str(main)

    def test_a_pipeline_stops_as_a_whole(self):
        with self.shell() as terminal:
            terminal.type("sleep 1000 | " + " ".join(dinit_su("-n", "--", "sleep", "1000")) + "\n")
            until(lambda: len(children(terminal.pid)) == 2, "the pipeline")
            until(lambda: self.main_runs(terminal), "main")
            terminal.type(CTRL_Z)
            self.assertIn("Stopped", terminal.expect(PROMPT))
            terminal.command("kill -CONT %1; kill %1; wait")

    def main_runs(self, terminal):
        return any(stat(main) and open("/proc/%d/comm" % main).read() == "sleep\n"
                   for job in children(terminal.pid) for main in children(job))

    def test_bg_lets_it_run_on(self):
        with self.shell() as terminal:
            # No command of the shell's own: stopped between vfork and exec, it would keep the shell
            # from stopping, with or without dinit-su.
            script = "'echo ready; for ((n = 0; n < 200000; n++)); do :; done; echo went on'"
            self.start(terminal, "-n", "--", "bash", "-c", script)
            terminal.expect("ready")
            terminal.type(CTRL_Z)
            terminal.expect(PROMPT)
            terminal.type("bg\n")
            terminal.expect("went on")
            # The shell kept its terminal.
            terminal.type("echo alive\n")
            terminal.expect("alive")

    def test_started_in_the_background_it_never_takes_the_terminal(self):
        with self.shell() as terminal:
            self.start(terminal, *self.READER, "&")
            terminal.expect("ready")
            # Main wants to read, so it stops, and the shell sees its job stopped.
            until(lambda: "Stopped" in terminal.command("jobs"), "the job to stop")
            terminal.type("fg\n")
            terminal.expect("dinit-su")
            terminal.type("words\n")
            terminal.expect("got words")
            terminal.expect(PROMPT)

    def test_background_output_with_tostop(self):
        with self.shell() as terminal:
            terminal.command("stty tostop")
            self.start(terminal, "-n", "--", "sh", "-c", "'echo from main >/dev/tty'", "&")
            until(lambda: "Stopped" in terminal.command("jobs"), "the job to stop")
            terminal.type("fg\n")
            terminal.expect("from main")
            terminal.expect(PROMPT)

    def test_ctrl_c_ends_it_and_the_shell_goes_on(self):
        with self.shell() as terminal:
            self.start(terminal, "-n", "--", "sh", "-c", "'echo ready; exec sleep 1000'")
            terminal.expect("ready")
            terminal.type(CTRL_C)
            terminal.expect(PROMPT)
            self.assertIn("status 130", terminal.command("echo status $?"))

    def test_a_script_has_its_terminal_back(self):
        script = "%s; echo ready; read line; echo got $line" % " ".join(dinit_su("-n", "--", "true"))
        with Terminal("sh", "-c", script) as terminal:
            terminal.expect("ready")
            terminal.type("words\n")
            terminal.expect("got words")
            self.assertEqual(terminal.wait(), 0)

    def test_full_screen_program(self):
        with self.shell() as terminal:
            self.start(terminal, "-n", "--", "less", "/etc/passwd")
            terminal.expect("root:")
            terminal.type("q")
            terminal.expect(PROMPT)
            self.assertIn("status 0", terminal.command("echo status $?"))
