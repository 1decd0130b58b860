# SPDX-License-Identifier: MIT
"""Stdin, stdout and stderr: main can open by name what it was given, and nothing else changes owner."""
import os
import socket
import stat
import subprocess

from harness import APP, Place, SystemTest, probe, run, sandboxed

BY_NAME = "echo out >/dev/stdout; echo error >/dev/stderr"


def owner(descriptor):
    status = os.fstat(descriptor)
    return status.st_uid, status.st_gid


def run_on(descriptor, *arguments):
    """Run main with the descriptor as its stdin, stdout and stderr; its status."""
    command = [Place.file("dinit-su"), *arguments, "--", *probe("exit", 0)]
    return subprocess.run(sandboxed([], command, Place.file("passwd"), Place.file("group")),
                          stdin=descriptor, stdout=descriptor, stderr=descriptor).returncode


class Stdio(SystemTest):
    def test_pipes_open_by_name(self):
        for arguments in (["app"], ["-x", "app"], ["-R", "app"], ["1000:1000"]):
            with self.subTest(arguments=arguments):
                ended = run(*arguments, "--", "sh", "-c", BY_NAME)
                self.assertEqual((ended.status, ended.output, ended.errors), (0, "out\n", "error\n"))

    def test_not_when_told_not_to(self):
        ended = run("--no-stdio-chown", "app", "--", "sh", "-c", BY_NAME)
        self.assertEqual(ended.output, "")
        self.assertIn("ermission denied", ended.errors)

    def test_the_group_of_a_pipe_stays(self):
        for descriptor in os.pipe():
            os.fchown(descriptor, 0, 77)
            self.assertEqual(run_on(descriptor, "app"), 0)
            self.assertEqual(owner(descriptor), (APP, 77))
            os.close(descriptor)

    def test_a_terminal_is_given(self):
        master, terminal = os.openpty()
        before = owner(terminal)
        self.assertEqual(run_on(terminal, "app"), 0)
        self.assertEqual(owner(terminal), (APP, before[1]))
        os.close(master)
        os.close(terminal)

    def test_files_and_devices_keep_their_owner(self):
        file = os.open(Place.write("stdio-file", ""), os.O_RDWR)
        device = os.open("/dev/null", os.O_RDWR)
        one, other = socket.socketpair()
        path = os.path.join(Place.directory(), "fifo")
        os.mkfifo(path, 0o600)
        fifo = os.open(path, os.O_RDWR)
        for descriptor in (file, device, one.fileno(), fifo):
            before = owner(descriptor)
            self.assertEqual(run_on(descriptor, "app"), 0)
            self.assertEqual(owner(descriptor), before)
        self.assertTrue(stat.S_ISCHR(os.fstat(device).st_mode))
        os.close(file)
        os.close(device)
        os.close(fifo)
        one.close()
        other.close()

    def test_without_the_capability_it_is_a_note(self):
        for option, lines in (("-q", 0), ("-v", 1)):
            ended = run(option, "app", "--", *probe("exit", 0), sandbox=["-c", "0"])
            self.assertEqual(ended.status, 0)
            self.assertEqual(min(ended.errors.count("cannot give descriptor 1 to uid 4242"), 1), lines)

    def test_nothing_is_given_without_a_switch(self):
        reading, writing = os.pipe()
        self.assertEqual(run_on(writing, "-n"), 0)
        self.assertEqual(owner(writing), (0, 0))
        os.close(reading)
        os.close(writing)
