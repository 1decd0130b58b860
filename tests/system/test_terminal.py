# SPDX-License-Identifier: MIT
"""The terminal of a container, where nobody above init could resume what stops: Ctrl-C, Ctrl-Z."""
import contextlib
import fcntl
import os
import shutil
import signal
import struct
import termios
import time

from harness import APP, PATIENCE, Place, SystemTest, children, probe, stat, until
from terminal import (BUSY, CTRL_BACKSLASH, CTRL_C, CTRL_Z, LOOP, PROMPT, SHELL, TRAPPED, Terminal,
                      as_app, dinit_su)


class InContainer(SystemTest):
    """As PID 1 with a terminal: `docker run -it`. Nobody above could resume it."""

    def test_ctrl_c_and_ctrl_backslash_reach_main(self):
        for key, number in ((CTRL_C, signal.SIGINT), (CTRL_BACKSLASH, signal.SIGQUIT)):
            for arguments in (["app"], ["-x", "app"], ["-R", "app"], ["-n"]):
                with self.subTest(number=number, arguments=arguments):
                    # A shell that waits: with --exec it is PID 1, and those need a handler.
                    script = TRAPPED.replace("INT", "INT QUIT")
                    with Terminal(*dinit_su(*arguments, "--", "sh", "-c", script),
                                  uid=APP if "app" in arguments else 0) as terminal:
                        terminal.expect("ready")
                        terminal.type(key)
                        self.assertEqual(terminal.wait(), 9)

    def test_foreground_where_nobody_may_look_at_the_terminal(self):
        # Security modules decide about fstat(2) and ioctl(2) apart. A name with ? may be unknown to an
        # architecture.
        calls = "?fstat,?fstat64,?newfstatat,?fstatat64,?statx"
        strace = ('exec strace -qq -o /dev/null -P "$(tty)" -e trace=%s '
                  '-e inject=%s:error=EACCES "$@"' % (calls, calls))
        script = "set -- $(cat /proc/$$/stat); echo group $5 of $8"
        with Terminal("sh", "-c", strace, "sh", *dinit_su("app", "--", "sh", "-c", script)) as terminal:
            self.assertRegex(terminal.expect("\n"), r"^group (\d+) of \1\r$")
            self.assertEqual(terminal.wait(), 0)

    def test_killed_by_ctrl_c(self):
        with as_app("sh", "-c", "echo ready; exec sleep 1000") as terminal:
            terminal.expect("ready")
            terminal.type(CTRL_C)
            self.assertEqual(terminal.wait(), 128 + signal.SIGINT)

    def test_ctrl_z_does_not_hang_it(self):
        with as_app("bash", "-c", LOOP) as terminal:
            for number in range(1, 6):
                terminal.expect("n%d" % number)
                terminal.type(CTRL_Z)
            terminal.type("\n")
            terminal.expect("end")
            self.assertEqual(terminal.wait(), 0)

    def test_a_stop_on_purpose_stays(self):
        with as_app("sh", "-c", "echo ready; read line") as terminal:
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
        with as_app(*SHELL, prompt=True) as terminal:
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
            go_on = Place.shared("go-on-%d" % time.monotonic_ns())
            terminal.type(BUSY % go_on + "\n")
            terminal.expect("ready")
            terminal.type(CTRL_Z)
            terminal.expect(PROMPT)
            terminal.type("bg\n")
            terminal.expect("went on")
            Place.write(go_on, "")
            terminal.expect("went on")
            terminal.type("exit 6\n")
            self.assertEqual(terminal.wait(), 6)

    def test_window_size_reaches_main(self):
        with as_app(*probe("signals")) as terminal:
            terminal.expect("ready")
            fcntl.ioctl(terminal.master, termios.TIOCSWINSZ, struct.pack("4H", 50, 132, 0, 0))
            terminal.expect("%d " % signal.SIGWINCH)

    def test_hangup_ends_it(self):
        with as_app("sh", "-c", "echo ready; exec sleep 1000") as terminal:
            terminal.expect("ready")
            terminal.hang_up()
            self.assertEqual(terminal.process.wait(PATIENCE), 128 + signal.SIGHUP)

    def test_password_prompt(self):
        script = "read -r -s -p 'Password: ' word; echo; echo got $word"
        with as_app("bash", "-c", script) as terminal:
            terminal.expect("Password: ")
            terminal.type("secret\n")
            self.assertNotIn("secret", terminal.expect("got "))
            self.assertEqual(terminal.wait(), 0)

    def test_the_terminal_opens_by_name(self):
        script = "echo out >/dev/stdout; echo tty >/dev/tty; echo name >$(tty)"
        with as_app("sh", "-c", script) as terminal:
            for word in ("out", "tty", "name"):
                terminal.expect(word)
            self.assertEqual(terminal.wait(), 0)

    def test_messages_with_tostop(self):
        """Main has the foreground, so init writes from the background: that must not stop it."""
        script = "stty tostop; exec " + " ".join(dinit_su("-v", "app", "--", "sleep", ".01"))
        with Terminal("sh", "-c", script, uid=APP) as terminal:
            terminal.expect("ended with status 0")
            self.assertEqual(terminal.wait(), 0)

    def test_full_screen_program_that_suspends_itself(self):
        """vi stops its group at Ctrl-Z and paints its screen anew when it is continued."""
        with self.edited_file() as path, as_app("vi", path, files=[path]) as terminal:
            terminal.expect("old words")
            terminal.type(CTRL_Z)
            terminal.expect("old words")
            terminal.type(":s/old/new/\r")
            terminal.expect("new/\r")
            terminal.type(":wq\r")
            self.assertEqual(terminal.wait(), 0)
            with open(path) as file:
                self.assertEqual(file.read(), "new words\n")

    @contextlib.contextmanager
    def edited_file(self):
        vi = shutil.which("vi")
        if not vi or os.path.basename(os.path.realpath(vi)) == "busybox":
            self.skipTest("no vi that suspends itself")
        path = Place.shared("vi-file")
        with open(path, "w") as file:
            file.write("old words\n")
        os.chown(path, APP, APP)
        yield path
        os.unlink(path)


class Redirected(SystemTest):
    """Output goes elsewhere while the rest of stdio is a terminal."""

    def redirected(self, line, script, uid=APP):
        """Have a shell run the line, in which "$@" is dinit-su and its main, the script."""
        self.file = Place.write("redirected", "")
        command = dinit_su("app", "--", "sh", "-c", script)
        return Terminal("sh", "-c", line.replace("FILE", self.file), "sh", *command,
                        uid=uid, files=[self.file])

    def content(self):
        with open(self.file) as file:
            return file.read()

    def test_output_elsewhere(self):
        script = ("stat -L -c 'owner %u:%g' /proc/self/fd/1; echo ready >&2; read line; "
                  "echo got $line >&2")
        for line, content in (('"$@" >FILE', "owner 0:0\n"), ('exec "$@" >>FILE', "owner 0:0\n"),
                              ('"$@" | cat >FILE', "owner 4242:0\n"), ('"$@" >/dev/null', ""),
                              ('exec "$@" >&-', "")):
            with self.subTest(line), self.redirected(line, script) as terminal:
                terminal.expect("ready")
                terminal.type(CTRL_Z)
                terminal.type("words\n")
                terminal.expect("got words")
                terminal.wait()
                self.assertEqual(self.content(), content)

    def test_ctrl_c_where_main_has_no_descriptor_of_the_terminal(self):
        """Then it cannot be told to be in the foreground, and nothing is given to the user."""
        line = 'exec "$@" </dev/null >FILE 2>&1'
        with self.redirected(line, TRAPPED, uid=0) as terminal:
            until(lambda: self.content() == "ready\n", "main")
            terminal.type(CTRL_C)
            self.assertEqual(terminal.wait(), 9)
            self.assertEqual(self.content(), "ready\ninterrupted\n")


class Nested(SystemTest):
    """Below another init, dinit-su or not, which has the terminal but resumes nothing."""

    ABOVE = (["dinit-su", "-n", "--"], ["dinit-su", "-n", "--", "dinit-su", "-n", "--"],
             ["tini", "--"], ["tini", "-g", "--"], ["dumb-init", "--"],
             ["dumb-init", "--single-child", "--"])
    # Leaves TSTP blocked in what it starts, so that no shell below it has job control.
    CATATONIT = ["catatonit", "--"]

    def each(self, test, inits, *command):
        """Run test(terminal) for the command below dinit-su below each of these inits."""
        for words in inits:
            with self.subTest(words):
                if words[0] != "dinit-su" and not shutil.which(words[0]):
                    self.skipTest("no " + words[0])
                above = [Place.file(word) if word == "dinit-su" else word for word in words]
                with Terminal(*above, *dinit_su("app", "--", *command), uid=APP) as terminal:
                    test(terminal)

    def test_ctrl_z_does_not_hang_it(self):
        def test(terminal):
            for number in range(1, 4):
                terminal.expect("n%d" % number)
                terminal.type(CTRL_Z)
            terminal.type("\n")
            terminal.expect("end")
            self.assertEqual(terminal.wait(), 0)

        self.each(test, [*self.ABOVE, self.CATATONIT], "bash", "-c", LOOP)

    def test_ctrl_c_reaches_main(self):
        def test(terminal):
            terminal.expect("ready")
            terminal.type(CTRL_C)
            terminal.expect("interrupted")
            self.assertEqual(terminal.wait(), 9)

        self.each(test, [*self.ABOVE, self.CATATONIT], "sh", "-c", TRAPPED)

    def test_interactive_shell_has_job_control(self):
        def test(terminal):
            terminal.expect(PROMPT)
            terminal.type("sh -c 'echo ready; read line; echo got $line'\n")
            terminal.expect("ready")
            terminal.type(CTRL_Z)
            self.assertIn("Stopped", terminal.expect(PROMPT))
            terminal.type("fg\n")
            terminal.expect("read line")
            terminal.type("words\n")
            terminal.expect("got words")
            terminal.expect(PROMPT)

        self.each(test, self.ABOVE, *SHELL)

    def test_the_inner_one_without_a_switch(self):
        inner = dinit_su("-n", "--", "bash", "-c", LOOP)
        with as_app(*inner) as terminal:
            for number in range(1, 4):
                terminal.expect("n%d" % number)
                terminal.type(CTRL_Z)
            terminal.type("\n")
            terminal.expect("end")
            self.assertEqual(terminal.wait(), 0)
