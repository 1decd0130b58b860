# SPDX-License-Identifier: MIT
"""Descriptors: all of them for main; init keeps stdout and stderr."""
import fcntl
import os
import shutil
import subprocess

from harness import Init, Place, SystemTest, children, looks_into_processes, run, until


def lowest_free(closed):
    """The descriptor that listing a directory takes, given those that a shell was told to close."""
    return min([number for number in "012" if number + "<&-" in closed or number + ">&-" in closed])


def open_descriptors(pid):
    return sorted(int(name) for name in os.listdir("/proc/%d/fd" % pid))


class Descriptors(SystemTest):
    @looks_into_processes
    def test_init_keeps_stdout_and_stderr_only(self):
        with Init("app", "--", "sh", "-c", "echo started; read line", stdin=-1) as init:
            init.read_line()
            until(lambda: open_descriptors(init.pid) == [1, 2], "init to let go of the rest")
            until(lambda: os.readlink("/proc/%d/cwd" % init.pid) == "/", "init to leave")

    def test_init_keeps_no_descriptor_that_main_was_given(self):
        reading, writing = os.pipe()
        with Init("app", "--", "sh", "-c", "echo started; read line", stdin=-1,
                  pass_fds=[writing]) as init:
            os.close(writing)
            init.read_line()
            until(lambda: open_descriptors(init.pid) == [1, 2], "init to let go of the rest")
            self.assertIn(writing, open_descriptors(init.main_pid()))
        os.close(reading)

    def test_reader_of_stdout_sees_its_end_when_the_container_ends(self):
        reading, writing = os.pipe()
        main = "exec >&-; read line; echo job >/proc/1/fd/1"
        command = [os.environ["SANDBOX"], "--", Place.file("dinit-su"), "-n", "--", "sh", "-c", main]
        with subprocess.Popen(command, stdin=-1, stdout=writing) as process:
            os.close(writing)
            process.stdin.write(b"go\n")
            process.stdin.close()
            with os.fdopen(reading) as file:
                self.assertEqual(file.read(), "job\n")
            self.assertEqual(process.wait(), 0)

    def start_with_job(self, *arguments):
        """An init whose main, told to by a line, writes to both streams of PID 1 by their names."""
        init = Init(*arguments, "--", "sh", "-c",
                    "read line; echo job >/proc/1/fd/1; echo trouble >/proc/1/fd/2", stdin=-1)
        # This is the last step before init waits.
        until(lambda: children(init.pid) and os.readlink("/proc/%d/cwd" % init.pid) == "/",
              "init to let go")
        return init

    @looks_into_processes
    def test_jobs_write_to_the_streams_of_init(self):
        for arguments in (["app"], ["-n"], ["-i", "app"], ["-C", "net_bind_service", "app"]):
            with self.subTest(arguments=arguments), self.start_with_job(*arguments) as init:
                init.process.stdin.write(b"go\n")
                init.process.stdin.close()
                self.assertEqual((init.rest(), init.wait()), ("job\ntrouble\n", 0))

    @looks_into_processes
    def test_root_writes_to_the_streams_of_an_init_that_stays_root(self):
        """Below Docker root has no CAP_SYS_PTRACE. Then /proc/1/fd is for who is like a dumpable init."""
        with Init("-R", "app", "--", "sh", "-c", "read line", stdin=-1, sandbox=["-c", "19"]) as init:
            until(lambda: children(init.pid) and os.readlink("/proc/%d/cwd" % init.pid) == "/",
                  "init to let go")
            subprocess.run(["setpriv", "--bounding-set=-sys_ptrace", "--inh-caps=-sys_ptrace", "sh", "-c",
                            "echo job >/proc/%d/fd/1" % init.pid], check=True)
            init.process.stdin.close()
            self.assertEqual(init.rest(), "job\n")

    @looks_into_processes
    def test_main_in_a_session_of_its_own_gets_nothing_of_init(self):
        for arguments in (["-s", "app"], ["-R", "app"]):
            with self.subTest(arguments=arguments), self.start_with_job(*arguments) as init:
                # The owner of /proc/PID is root for as long as the process is not dumpable.
                self.assertEqual(os.stat("/proc/%d/fd" % init.pid).st_uid, 0)

    def test_main_gets_exactly_what_was_there(self):
        with open("/dev/null") as extra:
            number = extra.fileno()
            main = "import os; print(*os.listdir('/proc/self/fd'))"
            ended = run("app", "--", "python3", "-c", main, pass_fds=[number])
        listing = 4 if number == 3 else 3
        self.assertEqual(set(map(int, ended.output.split())), {0, 1, 2, number, listing})

    def test_closed_standard_descriptors_are_survived(self):
        for closed in ("0<&-", "1>&-", "2>&-", "0<&- 1>&-", "0<&- 1>&- 2>&-"):
            for arguments in (["app"], ["-x", "app"], ["-n"]):
                with self.subTest(closed=closed, arguments=arguments):
                    path = Place.shared("descriptors")
                    if os.path.exists(path):
                        os.remove(path)
                    main = ("import os; have = os.listdir('/proc/self/fd'); "
                            "open(%r, 'w').write(' '.join(have)); os._exit(5)" % path)
                    command = ["-c", 'exec "$@" ' + closed, "sh", Place.file("dinit-su"),
                               *arguments, "--", "python3", "-c", main]
                    ended = run(*command, binary="/bin/sh")
                    self.assertEqual((ended.status, ended.errors), (5, ""))
                    with open(path) as file:
                        have = set(file.read().split())
                    for number in "012":
                        # Listing takes one more: the lowest that is free.
                        is_closed = number + "<&-" in closed or number + ">&-" in closed
                        self.assertEqual(number in have - {lowest_free(closed)}, not is_closed)

    def test_an_error_with_nowhere_to_say_it_still_has_its_status(self):
        ended = run("-c", 'exec "$@" 2>&-', "sh", Place.file("dinit-su"), "nobody-here", "--", "id",
                    binary="/bin/sh")
        self.assertEqual((ended.status, ended.output, ended.errors), (125, "", ""))


class WithoutCloseRange(SystemTest):
    """Linux before 5.9, or an engine whose seccomp profile does not know close_range(2)."""

    def check(self, *sandbox):
        if not shutil.which("strace"):
            self.skipTest("needs strace, to make the system call fail")
        trace = ["-f", "-o", "/dev/null", "-e", "trace=close_range", "-e",
                 "inject=close_range:error=EPERM"]
        with Init(*trace, Place.file("dinit-su"), "-n", "--", "sh", "-c",
                  "echo started; read line", stdin=-1, sandbox=sandbox, binary=shutil.which("strace"),
                  pass_fds=[self.extra]) as init:
            init.read_line()
            traced = until(lambda: children(init.pid), "init below strace")[0]
            until(lambda: open_descriptors(traced) == [1, 2], "init to let go of the rest")

    def setUp(self):
        self.extra = os.open("/dev/null", os.O_RDONLY)

    def tearDown(self):
        os.close(self.extra)

    def test_with_proc(self):
        self.check()

    def test_without_proc(self):
        self.check("-E")
