# SPDX-License-Identifier: MIT
"""Containers with a terminal: main has it, in the foreground."""
import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
import time

import confine
import images
from cases import Cases, ENTERED_BY_HAND, OnDocker, OnPodman
from engine import PATIENCE, SOON, until

PROMPT = "prompt> "
# Works until a line is typed. It prints often, as a Ctrl-Z discards output that was not read yet.
LOOP = "n=0; until read -t 0; do sleep .1; echo number $((n += 1)); done; echo end"
# nginx for clients in the container alone; it opens its logs by name.
NGINX = """\
daemon off;
pid /tmp/pid;
error_log /dev/stderr notice;
events { }
http {
	access_log /dev/stdout;
	client_body_temp_path /tmp/body;
	proxy_temp_path /tmp/proxy;
	fastcgi_temp_path /tmp/fastcgi;
	uwsgi_temp_path /tmp/uwsgi;
	scgi_temp_path /tmp/scgi;
	server {
		listen 127.0.0.1:8080;
		location / { return 200 "hello"; }
	}
}
"""
GET = "exec 3<>/dev/tcp/127.0.0.1/8080; printf 'GET /page HTTP/1.0\\r\\n\\r\\n' >&3; cat <&3"
SHELL = ["bash", "--norc", "--noprofile", "--noediting", "-i"]


class Terminal:
    """A user at a terminal, who has typed a command of the engine's client."""

    def __init__(self, engine, image, arguments, options=()):
        self.said = ""
        self.master, slave = pty.openpty()
        self.process = subprocess.Popen(
            engine.run_command(image, arguments, ["-it", "--rm", *options]), env=engine.environment,
            stdin=slave, stdout=slave, stderr=slave, start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        os.close(slave)

    def type(self, text):
        os.write(self.master, text.encode())

    def wait_for(self, text):
        """Wait until the text is printed; returns the output before it, and drops both."""
        deadline = time.monotonic() + PATIENCE
        while text not in self.said:
            if not select.select([self.master], [], [], max(0, deadline - time.monotonic()))[0]:
                raise AssertionError("no %r in %r" % (text, self.said))
            try:
                self.said += os.read(self.master, 65536).decode(errors="replace")
            except OSError:
                raise AssertionError("no %r in %r before the end" % (text, self.said)) from None
        before, _, self.said = self.said.partition(text)
        return before

    def has(self, text):
        """True if the text has been printed, or is printed within half a second."""
        if select.select([self.master], [], [], 0.5)[0]:
            self.said += os.read(self.master, 65536).decode(errors="replace")
        return text in self.said

    def resize_until(self, text):
        """Set sizes of 40 lines and 100 or more columns until the text is printed.

        One change is not enough, as the client may not listen for it yet.
        """
        columns = iter(range(100, 199))

        def resized():
            size = struct.pack("4H", 40, next(columns), 0, 0)
            fcntl.ioctl(self.master, termios.TIOCSWINSZ, size)
            return self.has(text)

        until(resized, lambda: "%r after a new size" % text)

    def hang_up(self):
        os.close(self.master)
        self.master = -1

    def wait(self):
        """Read all output of the client; returns its exit status."""
        try:
            while self.master >= 0 and self.process.poll() is None:
                if select.select([self.master], [], [], 0.01)[0]:
                    self.said += os.read(self.master, 65536).decode(errors="replace")
        except OSError:
            pass
        return self.process.wait(PATIENCE)

    def close(self):
        self.process.kill()
        self.process.wait()
        if self.master >= 0:
            os.close(self.master)


class AtTerminal(Cases):
    def at_terminal(self, *arguments, options=()):
        terminal = Terminal(self.engine, self.image, arguments, options)
        self.addCleanup(terminal.close)
        return terminal


class TerminalCases(AtTerminal):
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
        # Until then the client has not put its own terminal into raw mode.
        terminal.wait_for("$ ")
        terminal.type("sh -c 'echo ready; exec sleep 300'\n")
        self.assertNotIn("job control turned off", terminal.wait_for("ready\r\n"))
        terminal.type("\x03")
        terminal.type("echo $((6*7)); exit 9\n")
        terminal.wait_for("42\r\n")
        self.assertEqual(terminal.wait(), 9)

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
        self.assertLess(container.stop(), SOON)
        self.assertEqual(container.wait(), 7)
        container.wait_for("stopped")



    def test_stdio_opens_by_name_and_nothing_else_is_given(self):
        script = """\
echo a >/dev/stdout; echo b >/dev/stderr
ls -lnL /proc/$$/fd/0 /proc/$$/fd/1 /proc/$$/fd/2 /dev/null /dev/tty /dev/ptmx |
while read mode links uid gid rest; do echo $uid:$gid; done"""
        ended = self.run_it("sh", "-c", script)
        self.assertEqual((ended.status, ended.errors), (0, "b\n"), ended)
        # ls sorts: the devices, stdin (/dev/null as well), and two pipes.
        self.assertEqual(ended.output.split(), ["a"] + ["0:0"] * 4 + ["1000:0"] * 2, ended)
        terminal = self.at_terminal("sh", "-c", script)
        self.assertEqual(terminal.wait(), 0)
        # The group is the one that the engine mounts devpts with.
        self.assertEqual(terminal.said.split(), ["a", "b"] + ["0:0"] * 3 + ["1000:5"] * 3)

    def test_window_size_reaches_main(self):
        terminal = self.at_terminal("sh", "-c", "trap 'echo resized; exit' WINCH; "
                                    "echo ready; while :; do sleep .05; done")
        terminal.wait_for("ready")
        terminal.resize_until("resized")
        self.assertEqual(terminal.wait(), 0)

    def test_control_backslash_reaches_main(self):
        terminal = self.at_terminal("sh", "-c", "trap 'echo quit; exit 8' QUIT; echo ready; "
                                    "while :; do sleep .05; done")
        terminal.wait_for("ready")
        terminal.type("\x1c")
        terminal.wait_for("quit")
        self.assertEqual(terminal.wait(), 8)


class BashCases(AtTerminal):
    """A real shell and programs of Debian."""

    image = images.DEBIAN

    def shell(self, *options):
        terminal = self.at_terminal(*SHELL, options=["-e", "PS1=" + PROMPT, *options])
        terminal.wait_for(PROMPT)
        return terminal

    def engine_has_init(self):
        if not confine.tool(self.engine.init_program):
            self.skipTest("%s is not installed" % self.engine.init_program)

    def suspend_and_resume(self, terminal):
        terminal.type("sh -c 'echo ready; read line; echo got $line'\n")
        terminal.wait_for("ready\r\n")
        terminal.type("\x1a")
        self.assertIn("Stopped", terminal.wait_for(PROMPT))
        terminal.type("fg\n")
        terminal.wait_for("echo got $line'\r\n")
        terminal.type("words\n")
        terminal.wait_for("got words\r\n")
        terminal.wait_for(PROMPT)

    def test_job_control(self):
        terminal = self.shell()
        self.suspend_and_resume(terminal)
        terminal.type("bash -c 'echo ready; until [ -e /tmp/go-on ]; do :; done; echo went on'\n")
        terminal.wait_for("ready\r\n")
        terminal.type("\x1a")
        self.assertIn("Stopped", terminal.wait_for(PROMPT))
        terminal.type("bg\n")
        terminal.type("echo >/tmp/go-on\n")
        terminal.wait_for("went on\r\n")
        for key, status in (("\x03", 130), ("\x1c", 131)):
            terminal.type("sh -c 'echo ready; exec sleep 300'\n")
            terminal.wait_for("ready\r\n")
            terminal.type(key)
            terminal.wait_for(PROMPT)
            terminal.type("echo status $?\n")
            terminal.wait_for("status %d\r\n" % status)
        terminal.type("exit 6\n")
        self.assertEqual(terminal.wait(), 6)

    def test_programs_that_set_the_terminal(self):
        terminal = self.shell()
        terminal.type("less /etc/passwd\n")
        terminal.wait_for("root:x:0:0")
        terminal.type("q")
        terminal.wait_for(PROMPT)
        terminal.type("until [[ $(stty size) = '40 1'* ]]; do sleep .1; done; echo $((6*7))\n")
        terminal.resize_until("42\r\n")
        terminal.type("read -r -s -p 'Password: ' word; echo; echo got $word\n")
        terminal.wait_for("$word\r\n")
        terminal.wait_for("Password: ")
        terminal.type("secret\n")
        self.assertNotIn("secret", terminal.wait_for("got "))
        terminal.wait_for("secret\r\n")

    def test_control_z_does_not_keep_a_program_from_ending(self):
        terminal = self.at_terminal("bash", "-c", LOOP)
        for _ in range(5):
            terminal.wait_for("number ")
            terminal.type("\x1a")
        terminal.type("\n")
        terminal.wait_for("end")
        self.assertEqual(terminal.wait(), 0)

    def test_below_the_engine_s_own_init(self):
        self.engine_has_init()
        terminal = self.at_terminal("bash", "-c", "trap 'exit 8' INT; " + LOOP +
                                    "; while :; do sleep .1; done", options=["--init"])
        for _ in range(3):
            terminal.wait_for("number ")
            terminal.type("\x1a")
        terminal.type("\n")
        terminal.wait_for("end")
        terminal.type("\x03")
        self.assertEqual(terminal.wait(), 8)

    def test_job_control_below_the_engine_s_own_init(self):
        self.engine_has_init()
        if self.engine.init_program == "catatonit":
            self.skipTest("catatonit leaves TSTP blocked in what it starts: no shell can suspend")
        self.suspend_and_resume(self.shell("--init"))

    def test_nginx_logs_to_stdout_and_stderr(self):
        directory, options = self.share()
        with open(os.path.join(directory, "nginx.conf"), "w") as file:
            file.write(NGINX)
        for more in ([], ["-t"]):
            with self.subTest(more):
                server = self.start_it(
                    "www-data", "--", "nginx", "-e", "/dev/stderr", "-c", "/data/nginx.conf",
                    options=options + more + ENTERED_BY_HAND)
                server.wait_for("start worker process ")
                self.assertIn("hello", server.execute("bash", "-c", GET).stdout)
                server.wait_for('"GET /page HTTP/1.0" 200')
                users = {status["Uid"].split()[0] for status in server.processes().values()}
                self.assertEqual(users, {"33"})
                server.stop()
                self.assertEqual(server.wait(), 0)


class DockerTerminal(TerminalCases, OnDocker):
    def test_hangup_reaches_main(self):
        """The container's own terminal stays, but Docker's client passes on the HUP that it gets.

        Podman's does so too, but it may be quicker to kill the container because of --rm.
        """
        directory, options = self.share()
        terminal = self.at_terminal("sh", "-c", "trap 'touch /data/hung-up; exit 8' HUP; echo ready; "
                                    "while :; do sleep .05; done", options=options)
        terminal.wait_for("ready")
        terminal.hang_up()
        terminal.wait()
        until(lambda: os.listdir(directory) == ["hung-up"], lambda: "main to get the HUP")


class PodmanTerminal(TerminalCases, OnPodman):
    pass


class DockerBash(BashCases, OnDocker):
    pass


class PodmanBash(BashCases, OnPodman):
    pass
