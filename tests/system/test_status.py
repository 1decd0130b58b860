# SPDX-License-Identifier: MIT
"""What init reports when main ends, and when it cannot start."""
import os
import re
import shutil
import signal
import struct
import subprocess
import sys
import unittest

from harness import SIGRTMAX, Init, Place, SystemTest, probe, run


class Status(SystemTest):
    def test_every_status(self):
        for status in range(256):
            self.assertEqual(run("-n", "--", *probe("exit", status)).status, status)

    def test_every_signal(self):
        # Those that do not end a process by default: signal(7).
        harmless = {signal.SIGCHLD, signal.SIGCONT, signal.SIGSTOP, signal.SIGTSTP, signal.SIGTTIN,
                    signal.SIGTTOU, signal.SIGURG, signal.SIGWINCH}
        for number in range(1, SIGRTMAX + 1):
            if number not in harmless:
                self.assertEqual(run("-n", "--", *probe("die", number)).status, 128 + number)

    def test_status_waits_for_nobody_when_nothing_is_left(self):
        with Init("app", "--", *probe("exit", 3)) as init:
            self.assertEqual(init.wait(), 3)

    def test_kill_that_init_did_not_send_is_told(self):
        ended = run("-n", "--", *probe("die", signal.SIGKILL))
        self.assertRegex(ended.errors, r"\Adinit-su: warning: main \(pid \d+\) was killed by SIGKILL, "
                                       r"which dinit-su did not send.*\n\Z")


class OwnWrites(SystemTest):
    """A SIGPIPE or SIGXFSZ that a write of init's raises is not main's, and does not end init."""

    def end(self, stderr, *arguments, before="pass"):
        """Run it with stderr of that kind, and not as PID 1, which these signals would not kill."""
        path = os.path.join(Place.directory(), stderr)
        steps = ["import os, resource, signal, subprocess, sys",
                 "path, command = sys.argv[1], sys.argv[2:]",
                 before]
        if stderr == "broken":
            # Python ignores SIGPIPE, and exec keeps that.
            steps += ["reading, writing = os.pipe()", "os.close(reading)", "os.dup2(writing, 2)",
                      "signal.signal(signal.SIGPIPE, signal.SIG_DFL)"]
        else:
            steps += ["os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT), 2)",
                      "resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))",
                      "signal.signal(signal.SIGXFSZ, signal.SIG_DFL)"]
        steps += ["os.execv(command[0], command)"]
        return run("-c", "\n".join(steps), path, Place.file("dinit-su"), *arguments,
                   binary=sys.executable, sandbox=["-s"])

    def test_main_runs(self):
        for stderr in ("broken", "full"):
            for how in (["-x"], []):
                with self.subTest(stderr=stderr, how=how):
                    ended = self.end(stderr, *how, "-v", "app", "--", *probe("exit", 3))
                    self.assertEqual(ended.status, 3, ended)

    def test_a_failure_keeps_its_status(self):
        for stderr in ("broken", "full"):
            for how in (["-x"], []):
                with self.subTest(stderr=stderr, how=how):
                    ended = self.end(stderr, *how, "app", "--", "no-such-command")
                    self.assertEqual(ended.status, 127, ended)

    def test_account_file_at_the_limit(self):
        passwd = os.path.join(Place.directory(), "passwd")
        shutil.copy(Place.file("passwd"), passwd)
        for how in (["-x"], []):
            with self.subTest(how=how):
                ended = run("-c", 'ulimit -f 0; exec "$@"', "sh", Place.file("dinit-su"), *how,
                            "--ids", "5000:5000", "app", "--", *probe("exit", 3), binary="/bin/sh",
                            passwd=passwd, sandbox=["-s"])
                self.assertEqual(ended.status, 3, ended)
                self.assertIn("File too large", ended.errors)

    def test_one_that_was_sent_is_main_s(self):
        for stderr in ("broken", "full"):
            for number in (signal.SIGPIPE, signal.SIGXFSZ):
                before = ("signal.signal(%(n)d, signal.SIG_DFL);"
                          "signal.pthread_sigmask(signal.SIG_BLOCK, [%(n)d]);"
                          "subprocess.run(['kill', '-%(n)d', str(os.getpid())])" % {"n": number})
                with self.subTest(stderr=stderr, number=number):
                    ended = self.end(stderr, "-x", "-v", "app", "--",
                                     *probe("signals-until", int(number)), before=before)
                    self.assertEqual((ended.status, ended.output),
                                     (0, "ready\n%d 0 0\n" % number))


class CannotRun(SystemTest):
    def refuse(self, status, command, *words, **options):
        """The same for an init, for --exec and for --root-init."""
        for arguments in (["app"], ["-x", "app"], ["-R", "app"]):
            with self.subTest(arguments=arguments):
                ended = run(*arguments, "--", command, **options)
                self.assert_refused(ended, "cannot run '%s'" % command, *words, status=status)

    def write(self, name, content, mode):
        path = Place.write(name, content)
        os.chmod(path, mode)
        return path

    @unittest.skipUnless(shutil.which("prlimit"), "needs prlimit")
    def test_no_process_left_for_main(self):
        for sandbox in ((), ("-s",)):
            ended = run("app", "--", "true", below=["prlimit", "--nproc=1"], sandbox=sandbox)
            self.assert_refused(ended, "cannot start a process: Resource temporarily unavailable")

    def test_not_found(self):
        self.refuse(127, "no-such-command", "not found in PATH")
        self.refuse(127, "/no/such/command", "No such file")
        self.refuse(127, "/etc/passwd/command", "Not a directory")
        self.refuse(127, "", "not found", "is a variable unset?")

    def test_one_word_that_was_meant_to_be_several(self):
        self.refuse(127, "id -u", "not found in PATH", "it has a space", "a word of its own")
        self.refuse(127, "/usr/bin/id -u", "No such file", "it has a space")

    def test_directory(self):
        self.refuse(126, "/etc", "Permission denied: it is a directory")

    def test_plain_file(self):
        self.refuse(126, self.write("plain", "echo main was run\n", 0o644), "Permission denied",
                    "its mode is 0644")

    def test_no_file(self):
        path = Place.file("fifo")
        os.mkfifo(path, 0o755)
        self.refuse(126, path, "Permission denied", "it is not a regular file")

    def test_mount_without_exec(self):
        directory = Place.directory()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "noexec,mode=755", "tmpfs", directory], check=True)
        try:
            path = shutil.copy(shutil.which("true"), directory)
            words = "Permission denied", "mounted with noexec"
            self.refuse(126, path, *words)
            self.refuse(126, "true", *words, environment={"PATH": directory})
            self.assert_refused(run("--explain", "app", path), *words, status=126)
        finally:
            subprocess.run(["umount", directory], check=True)

    def test_file_capabilities_that_the_container_was_not_given(self):
        # Both are among the capabilities that Docker and Podman give to a container by themselves.
        net_bind_service, sys_chroot = 10, 18
        path = shutil.copy(shutil.which("true"), Place.file("capable"))
        os.setxattr(path, "security.capability",
                    struct.pack("<5I", 0x02000001, 1 << net_bind_service | 1 << sys_chroot, 0, 0, 0))
        self.refuse(126, path, "Operation not permitted", "the file has cap_sys_chroot",
                    "container was not given", sandbox=["-c", str(sys_chroot)])
        self.assertEqual(run("app", "--", path).status, 0)

    def test_a_program_for_another_processor(self):
        with open(shutil.which("true"), "rb") as file:
            content = bytearray(file.read())
        # e_machine, elf(5): one that this machine does not run.
        here = content[18]
        content[18] = 183 if here != 183 else 62
        # Where an emulator is registered with the kernel, its pattern wants a 1 in EI_VERSION.
        content[6] = 0
        name = "arm64" if here != 183 else "amd64"
        path = Place.file("foreign")
        with open(path, "wb") as file:
            file.write(content)
        os.chmod(path, 0o755)
        self.refuse(126, path, "Exec format error",
                    "it is a program for %s, and this is %s" % (name, os.uname().machine))

    def test_a_loader_that_is_missing(self):
        with open(shutil.which("true"), "rb") as file:
            content = file.read()
        loader = re.search(rb"/lib[^\0]*/ld-[^\0]+", content).group()
        path = Place.file("no-loader")
        with open(path, "wb") as file:
            file.write(content.replace(loader, b"/no" + loader[3:]))
        os.chmod(path, 0o755)
        self.refuse(126, path, "its loader is missing: '/no%s'" % loader[3:].decode())

    def test_no_program(self):
        # execvp(3) of glibc would give this one to /bin/sh.
        self.refuse(126, self.write("words", "echo main was run\n", 0o755), "a script needs a #! line")
        self.refuse(126, self.write("nothing", "", 0o755), "a script needs a #! line")

    def test_missing_interpreter(self):
        # The second has a line end that only other systems take for one, the last is run by the first.
        for name, content, words in (
                ("script", "#! /no/such/shell -e\n", ["its interpreter or its loader is missing: '/no/such/shell'"]),
                ("chain", "#!%s\n" % Place.file("script"),
                 ["its interpreter or its loader is missing: '/no/such/shell'"]),
                ("crlf", "#!/bin/sh\r\nexit 3\r\n", ["is missing: '/bin/sh\\r'", "Unix line ends"])):
            path = self.write(name, content, 0o755)
            self.refuse(126, path, *words)
            self.refuse(126, name, *words, environment={"PATH": os.path.dirname(path)})
        good = Place.directory()
        with open(os.path.join(good, "crlf"), "w") as file:
            file.write("#!/bin/sh\nexit 9\n")
        os.chmod(file.name, 0o755)
        environment = {"PATH": os.path.dirname(path) + ":" + good}
        self.assertEqual(run("-n", "--", "crlf", environment=environment).status, 9)
        # Of a file that may not be read nobody can tell which.
        self.refuse(126, self.write("unreadable", "#!/no/such/shell\n", 0o711),
                    "its interpreter or its loader is missing")

    def test_an_interpreter_that_may_not_be_run(self):
        path = self.write("by-plain", "#!%s\n" % self.write("plain", "", 0o644), 0o755)
        self.refuse(126, path, "Permission denied", "not it, but its interpreter")

    def test_denied_in_path_is_126_and_later_directories_count(self):
        denied, good = Place.directory(), Place.directory()
        for directory, content, mode in ((denied, "", 0o644), (good, "#!/bin/sh\nexit 9\n", 0o755)):
            path = os.path.join(directory, "searched")
            with open(path, "w") as file:
                file.write(content)
            os.chmod(path, mode)
        self.refuse(126, "searched", "Permission denied", environment={"PATH": denied})
        environment = {"PATH": "/nowhere:%s:/etc/passwd:%s" % (denied, good)}
        self.assertEqual(run("-n", "--", "searched", environment=environment).status, 9)

    def test_empty_part_of_path_is_the_current_directory(self):
        directory = Place.directory()
        path = os.path.join(directory, "here")
        with open(path, "w") as file:
            file.write("#!/bin/sh\nexit 8\n")
        os.chmod(path, 0o755)
        for value in ("/nowhere:", ":/nowhere", "/nowhere::/nowhere"):
            ended = run("-n", "--", "here", environment={"PATH": value}, cwd=directory)
            self.assertEqual(ended.status, 8, value)

    def test_without_path(self):
        self.assertEqual(run("-n", "--", "true", environment={}).status, 0)

    def test_path_of_any_length(self):
        environment = {"PATH": ":".join(["/" + "x" * 5000] * 3 + [os.environ["PATH"]])}
        self.assertEqual(run("-n", "--", "true", environment=environment).status, 0)
