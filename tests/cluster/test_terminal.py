# SPDX-License-Identifier: MIT
"""People at a terminal in a pod: exec, attach, debug."""
import os
import pty
import select
import subprocess
import time

import cluster
from cluster import ClusterTest, until


class Terminal:
    """kubectl on a terminal of its own."""

    def __init__(self, *arguments):
        master, slave = pty.openpty()
        self.master = master
        self.process = subprocess.Popen(cluster.command(*arguments), stdin=slave, stdout=slave,
                                        stderr=slave, start_new_session=True)
        os.close(slave)
        self.shown = b""

    def type(self, text):
        os.write(self.master, text.encode())

    def wait_for(self, text):
        deadline = time.monotonic() + cluster.PATIENCE
        while text.encode() not in self.shown:
            if time.monotonic() > deadline:
                raise AssertionError("no %r in %r" % (text, self.shown))
            if select.select([self.master], [], [], 0.5)[0]:
                try:
                    self.shown += os.read(self.master, 65536)
                except OSError:
                    raise AssertionError("no %r in %r" % (text, self.shown))

    def end(self):
        self.process.kill()
        self.process.wait()
        os.close(self.master)


class AtATerminal(ClusterTest):
    def open(self, *arguments):
        terminal = Terminal("-n", self.namespace, *arguments)
        self.addCleanup(terminal.end)
        return terminal

    def test_exec_that_stays_open_does_not_hold_the_container(self):
        self.apply_example("non-root.yaml")
        self.ready("non-root")
        shell = self.open("exec", "-it", "non-root", "--", "bash", "--norc")
        shell.type("echo $((6 * 7))\n")
        shell.wait_for("42")
        began = time.monotonic()
        self.kubectl("delete", "pod", "non-root", "--wait=false")
        self.assertEqual(self.ended("non-root", "web")["exitCode"], 0)
        # The shell ignores TERM; --wait is five seconds.
        self.assertLess(time.monotonic() - began, 5)
        self.assertIsNotNone(until(lambda: shell.process.poll() is not None, "kubectl exec"))

    def test_a_shell_as_the_app(self):
        """exec starts a program as the image's user, root; dinit-su in the image switches in place."""
        self.apply_example("deployment.yaml")
        pod = self.ready("web", 2)[0]["metadata"]["name"]
        self.assertEqual(self.execute(pod, "id", "-un").stdout, "root\n")
        shell = self.open("exec", "-it", pod, "--", "/sbin/dinit-su", "-x", "www-data", "--", "bash",
                          "--norc")
        shell.type("id -un; echo $HOME; echo the end; exit\n")
        shell.wait_for("www-data\r\n/var/www\r\nthe end")

    def test_attach_has_job_control_and_ctrl_c(self):
        self.run_pod("shell", {"stdin": True, "tty": True, "command": [
            "/sbin/dinit-su", "www-data", "--", "bash", "--norc", "-i"]})
        shell = self.open("attach", "-it", "shell")
        shell.type("sleep 1000\n")
        shell.wait_for("sleep 1000\r\n")
        until(lambda: "sleep" in self.execute("shell", "sh", "-c", "cat /proc/[0-9]*/comm",
                                              check=False).stdout,
              "the command in the foreground")
        shell.type("\x03")
        shell.type("echo status $?\n")
        shell.wait_for("status 130")
        shell.type("exit 5\n")
        self.assertEqual(self.ended("shell")["exitCode"], 5)

    def test_debug_container_beside_it(self):
        """A debug container shares the process namespace of its target container."""
        self.apply_example("non-root.yaml")
        self.ready("non-root")
        for verb in (("debug",), ("alpha", "debug")):
            terminal = self.open(*verb, "-it", "non-root", "--image=nginx-dinit-su:1",
                                 "--target=web", "--", "sh", "-c",
                                 "cat /proc/1/comm; echo the end")
            try:
                terminal.wait_for("dinit-su\r\nthe end")
                return
            except AssertionError as error:
                shown = str(error)
        if "disabled" in shown or "could not find" in shown:
            self.skipTest("this cluster has no debug containers: " + shown[-200:])
        raise AssertionError(shown)
