# SPDX-License-Identifier: MIT
"""The terminal: who is in its foreground, what Ctrl-C and Ctrl-Z do, with and without a shell above."""
import contextlib
import errno
import fcntl
import os
import select
import shutil
import signal
import struct
import subprocess
import termios
import time
import unittest

from harness import (APP, PATIENCE, Place, SystemTest, children, probe, run, sandboxed, stat, status,
                     until)

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
            self.process.kill()
            self.process.wait()
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
        # Security modules decide about fstat(2) and ioctl(2) apart.
        strace = ('exec strace -qq -o /dev/null -P "$(tty)" -e trace=fstat,newfstatat '
                  '-e inject=fstat,newfstatat:error=EACCES "$@"')
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


class UnderShell(SystemTest):
    """Below an interactive shell, which stops and resumes its jobs."""

    def shell(self, **options):
        return Terminal(*SHELL, prompt=True, **options)

    def start(self, terminal, *arguments):
        terminal.type(" ".join(dinit_su(*arguments)) + "\n")

    READ = ("--", "sh", "-c", "'echo ready; read line; echo got $line'")
    READER = ("-n", *READ)

    def test_ctrl_z_stops_both_and_fg_resumes_both(self):
        for uid, who in ((0, "-n"), (APP, "app")):
            with self.subTest(who), self.shell(uid=uid) as terminal:
                self.stop_and_resume(terminal, who)

    def stop_and_resume(self, terminal, who):
        self.start(terminal, who, *self.READ)
        terminal.expect("ready")
        for _ in range(3):
            terminal.type(CTRL_Z)
            self.assertIn("Stopped", terminal.expect(PROMPT))
            terminal.type("fg\n")
            terminal.expect("dinit-su")
            # Before that Ctrl-Z would go to the shell, or be undone by what continues main.
            until(lambda: self.main_goes_on(terminal), "main to go on")
        terminal.type("words\n")
        terminal.expect("got words")
        terminal.expect(PROMPT)
        self.assertIn("status 0", terminal.command("echo status $?"))

    def test_main_is_continued_once(self):
        """A second time could come after the next Ctrl-Z, and undo it."""
        with self.shell() as terminal:
            self.start(terminal, "-vn", *self.READ)
            terminal.expect("ready")
            terminal.type(CTRL_Z)
            self.assertIn("Stopped", terminal.expect(PROMPT))
            terminal.type("fg\n")
            terminal.expect("continuing it")
            terminal.type("words\n")
            self.assertNotIn("CONT", terminal.expect("got words"))
            self.assertNotIn("CONT", terminal.expect(PROMPT))

    def main_goes_on(self, terminal):
        foreground_of_terminal = 5
        main = children(children(terminal.pid)[0])[0]
        fields = stat(main)
        return fields[foreground_of_terminal] == str(main) and fields[0] == "S"

    def test_a_pipeline_stops_as_a_whole(self):
        with self.shell() as terminal:
            terminal.type("sleep 1000 | " + " ".join(dinit_su("-n", "--", "sleep", "1000")) + "\n")
            # Before its execve(2) what the shell has forked may still ignore TSTP, as the shell does.
            until(lambda: self.names(terminal.pid) == ["dinit-su", "sleep"], "the pipeline")
            until(lambda: self.main_runs(terminal), "main")
            terminal.type(CTRL_Z)
            self.assertIn("Stopped", terminal.expect(PROMPT))
            terminal.command("kill -CONT %1; kill %1; wait")

    def main_runs(self, terminal):
        return any(self.names(job) == ["sleep"] for job in children(terminal.pid))

    @staticmethod
    def names(parent):
        return sorted(status(child)["Name"] for child in children(parent))

    def test_bg_lets_it_run_on(self):
        with self.shell() as terminal:
            go_on = Place.shared("go-on-%d" % time.monotonic_ns())
            self.start(terminal, "-n", "--", BUSY % go_on)
            terminal.expect("ready")
            terminal.type(CTRL_Z)
            terminal.expect(PROMPT)
            terminal.type("bg\n")
            # Once as bash names the job, once from the job itself.
            terminal.expect("went on")
            Place.write(go_on, "")
            terminal.expect("went on")
            until(lambda: not children(terminal.pid), "the job to end")
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
        with self.shell(uid=APP) as terminal:
            self.start(terminal, "app", "--", "less", "/etc/passwd")
            terminal.expect("root:")
            terminal.type(CTRL_Z)
            self.assertIn("Stopped", terminal.expect(PROMPT))
            terminal.type("fg\n")
            terminal.expect("root:")
            terminal.type("q")
            terminal.expect(PROMPT)
            self.assertIn("status 0", terminal.command("echo status $?"))

    def test_password_prompt(self):
        with self.shell(uid=APP) as terminal:
            script = "'read -r -s -p Password: word; echo; echo got $word'"
            self.start(terminal, "app", "--", "bash", "-c", script)
            terminal.expect("Password:")
            terminal.type("secret\n")
            self.assertNotIn("secret", terminal.expect("got "))
            terminal.expect("secret")
            terminal.expect(PROMPT)
            self.assertIn(" echo", terminal.command("stty -a"))

    def test_hangup_reaches_main(self):
        """The shell passes it on to its jobs; the first process waits for what they do about it."""
        path = Place.shared("hangup")
        script = "\"trap 'echo hung up >%s; exit' HUP; trap '' TERM; echo ready; " \
                 "while :; do sleep .01; done\"" % path
        with Terminal(*dinit_su("-n", "--", *SHELL), prompt=True, uid=APP) as terminal:
            self.start(terminal, "app", "--", "sh", "-c", script)
            terminal.expect("ready")
            terminal.hang_up()
            terminal.process.wait(PATIENCE)
        self.assertEqual(owner(path), (APP, APP))
        with open(path) as file:
            self.assertEqual(file.read(), "hung up\n")
        os.unlink(path)


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
