# SPDX-License-Identifier: MIT
"""A session of main's own: --new-session."""
import errno
import fcntl
import shutil
import signal
import struct
import termios
import unittest

from harness import APP, PATIENCE, SystemTest, children, probe, run, stat, until
from terminal import CTRL_BACKSLASH, CTRL_C, CTRL_Z, LOOP, PROMPT, SHELL, Terminal, as_app, dinit_su


class NewSession(SystemTest):
    """--new-session: stdout and stderr are a terminal, but main cannot act on it."""

    def main(self, *command, **options):
        return Terminal("sh", "-c", 'exec "$@" </dev/null', "sh", *dinit_su("-s", "app", "--", *command),
                        uid=APP, **options)

    def errors(self, terminal):
        """What main was told when it tried to: errno by what it tried."""
        found = {}
        for task in ("take", "open", "push"):
            terminal.expect(task + " ")
            found[task] = int(terminal.expect("\r\n"))
        self.assertEqual(terminal.wait(), 0)
        return found

    def test_main_can_not_push_input_into_the_terminal(self):
        with as_app(*probe("terminal")) as terminal:
            # EIO: a kernel that lets nobody do it (dev.tty.legacy_tiocsti).
            self.assertIn(self.errors(terminal), (
                {"take": errno.EPERM, "open": 0, "push": 0},
                {"take": errno.EPERM, "open": 0, "push": errno.EIO}))
        with self.main(*probe("terminal")) as terminal:
            self.assertIn(self.errors(terminal), (
                {"take": errno.EPERM, "open": errno.ENXIO, "push": errno.EPERM},
                {"take": errno.EPERM, "open": errno.ENXIO, "push": errno.EIO}))

    @unittest.skipUnless(shutil.which("strace"), "needs strace, to have setsid(2) refused")
    def test_without_one_main_is_not_run(self):
        refused = ["strace", "-f", "-qqo", "/dev/null", "-e", "trace=setsid",
                   "-e", "inject=setsid:error=EPERM"]
        self.assert_refused(run("-s", "app", "--", "echo", "main was run", below=refused),
                            "cannot give main a session of its own")

    def test_the_session_is_mains_own_and_init_keeps_the_foreground(self):
        group, session, terminal_number, foreground = 2, 3, 4, 5
        with self.main("sh", "-c", "echo ready; exec sleep 1000") as terminal:
            terminal.expect("ready")
            main = until(lambda: children(terminal.pid), "main")[0]
            fields, of_init = stat(main), stat(terminal.pid)
            self.assertEqual((fields[group], fields[session], fields[terminal_number]),
                             (str(main), str(main), "0"))
            self.assertEqual(of_init[foreground], of_init[group])

    def test_keys_and_window_size_reach_main(self):
        with self.main(*probe("signals")) as terminal:
            terminal.expect("ready")
            for key, number in ((CTRL_C, signal.SIGINT), (CTRL_BACKSLASH, signal.SIGQUIT),
                                (CTRL_Z, signal.SIGTSTP)):
                terminal.type(key)
                terminal.expect("%d " % number)
            fcntl.ioctl(terminal.master, termios.TIOCSWINSZ, struct.pack("4H", 50, 132, 0, 0))
            terminal.expect("%d " % signal.SIGWINCH)

    def test_window_size_reaches_the_whole_group(self):
        program = " ".join(probe("signals"))
        with self.main("sh", "-c", "%s & %s; exit 1" % (program, program)) as terminal:
            for _ in range(2):
                terminal.expect("ready")
            fcntl.ioctl(terminal.master, termios.TIOCSWINSZ, struct.pack("4H", 50, 132, 0, 0))
            for _ in range(2):
                terminal.expect("%d " % signal.SIGWINCH)

    def test_hangup_ends_it(self):
        with self.main("sh", "-c", "echo ready; exec sleep 1000") as terminal:
            terminal.expect("ready")
            terminal.hang_up()
            self.assertEqual(terminal.process.wait(PATIENCE), 128 + signal.SIGHUP)

    def test_ctrl_z_does_not_hang_it(self):
        with self.main("bash", "-c", LOOP) as terminal:
            for number in range(1, 4):
                terminal.expect("n%d" % number)
                terminal.type(CTRL_Z)
            terminal.type("\n")
            terminal.expect("end")
            self.assertEqual(terminal.wait(), 0)

    def test_under_a_shell_ctrl_z_stops_both(self):
        command = dinit_su("-s", "app", "--", "sh", "-c", "'echo ready; exec sleep 1000'", "</dev/null")
        with Terminal(*SHELL, prompt=True, uid=APP) as terminal:
            terminal.type(" ".join(command) + "\n")
            terminal.expect("ready")
            main = children(children(terminal.pid)[0])[0]
            for _ in range(3):
                terminal.type(CTRL_Z)
                self.assertIn("Stopped", terminal.expect(PROMPT))
                self.assertEqual(stat(main)[0], "T")
                terminal.type("fg\n")
                terminal.expect("dinit-su")
                until(lambda: stat(main)[0] == "S", "main to be continued")
            terminal.type(CTRL_C)
            terminal.expect(PROMPT)
            self.assertIn("status 130", terminal.command("echo status $?"))

    def test_not_with_a_terminal_to_read_from(self):
        with Terminal(*dinit_su("-s", "app", "--", "sh", "-c", "echo was run"), uid=0) as terminal:
            self.assertEqual(terminal.wait(), 125)
            self.assertIn("--new-session: stdin is a terminal", terminal.seen)
            self.assertNotIn("was run", terminal.seen)
