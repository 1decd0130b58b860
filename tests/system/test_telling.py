# SPDX-License-Identifier: MIT
"""What is left of an end: JSON for a log pipeline, the termination log, why main was killed."""
import datetime
import json
import os
import re
import shutil
import signal
import subprocess
import time
from stat import S_IFCHR

from harness import APP, Init, Place, SystemTest, children, probe, run, stat, until


class Json(SystemTest):
    def objects(self, ended):
        return [json.loads(line) for line in ended.errors.splitlines()]

    def test_story(self):
        ended = run("-v", "--log-format=json", "app", "--", *probe("exit", 3))
        lines = self.objects(ended)
        self.assertEqual([line["event"] for line in lines],
                         ["message", "main-started", "main-ended", "ending"])
        for line in lines:
            self.assertEqual((line["level"], line["user"]), ("info", "app"))
            when = datetime.datetime.strptime(line["time"], "%Y-%m-%dT%H:%M:%S.%fZ")
            age = time.time() - when.replace(tzinfo=datetime.timezone.utc).timestamp()
            self.assertTrue(-1 < age < 60, line)
        self.assertEqual((lines[2]["pid"], lines[2]["status"]), (lines[1]["pid"], 3))
        self.assertEqual(lines[3]["status"], 3)

    def test_signals(self):
        environment = dict(os.environ, DINIT_SU_LOG_FORMAT="json", DINIT_SU_VERBOSE="1")
        with Init("-n", "--", *probe("signals"), environment=environment,
                  stderr=subprocess.PIPE) as init:
            init.read_until("ready")
            init.signal(signal.SIGTERM)
            self.assertEqual(init.wait(), 0)
            lines = [json.loads(line) for line in init.process.stderr.read().splitlines()]
            init.process.stderr.close()
        passed, = (line for line in lines if line["event"] == "signal-passed-on")
        self.assertEqual(passed["signal"], "SIGTERM")
        self.assertNotIn("user", passed)

    def test_whatever_names_contain(self):
        for name in (b"\xff\xfe", b'"\\"', b"a\nb\x1b", b"\xc3\xa4", b"\xe2\x82", b"x" * 250,
                     b"\xff" * 250):
            with self.subTest(name=name[:9]):
                ended = run("--log-format", "json", "app", "--", b"./" + name)
                line, = self.objects(ended)
                self.assertEqual((line["level"], line["event"], line["status"]),
                                 ("error", "failed", 127))

    def test_a_command_line_that_is_wrong(self):
        line, = self.objects(run("--log-format", "json", "--fly"))
        self.assertEqual(line["status"], 125)


class Story(SystemTest):
    def test_a_script_without_an_interpreter_below_another_name(self):
        """It is run by /bin/sh, and the story names what was asked for."""
        directory = Place.directory()
        shutil.copy(Place.file("dinit-su"), os.path.join(directory, "tini"))
        with open(os.path.join(directory, "words"), "w") as file:
            file.write("exit 3\n")
        os.chmod(file.name, 0o755)
        path = {"PATH": directory + ":" + os.environ["PATH"]}
        for command in ("words", file.name):
            ended = run("-vvv", "--", command, binary=os.path.join(directory, "tini"),
                        environment=path)
            self.assertEqual(ended.status, 3)
            self.assertIn("started '%s' as pid " % command, ended.errors)


class TerminationLog(SystemTest):
    def setUp(self):
        self.path = Place.shared("log-%d" % time.monotonic_ns())

    def content(self):
        with open(self.path) as file:
            return file.read()

    def end(self, *arguments, **options):
        return run("--termination-log=" + self.path, *arguments, **options)

    def variable(self, *arguments, path=None, **options):
        return run(*arguments, environment={"PATH": os.environ["PATH"],
                                            "DINIT_SU_TERMINATION_LOG": path or self.path}, **options)

    def default(self, *arguments, variable=None, **options):
        """With the default path, in a /dev of this test's."""
        device = Place.directory()
        os.chmod(device, 0o755)
        self.path = os.path.join(device, "termination-log")
        os.mknod(os.path.join(device, "null"), 0o666 | S_IFCHR, os.stat("/dev/null").st_rdev)
        with open(self.path, "w"):
            os.chmod(self.path, 0o666)
        sandbox = ["-b", device + ":/dev"]
        if variable:
            return self.variable(*arguments, path=variable, sandbox=sandbox, **options)
        return run("--termination-log", *arguments, sandbox=sandbox, **options)

    def victim(self, mode=0o644, owner=0):
        """A file that stays as it is."""
        path = os.path.join(Place.directory(), "victim")
        with open(path, "w") as file:
            file.write("precious\n")
        os.chown(path, owner, owner)
        os.chmod(path, mode)
        return path

    def assert_untouched(self, path):
        with open(path) as file:
            self.assertEqual(file.read(), "precious\n")

    def test_says_how_main_ended(self):
        for command, words in ((["exit", 3], "ended with status 3\n"),
                               (["die", 11], "was killed by SIGSEGV\n"),
                               (["die", 9], "SIGKILL, which dinit-su did not send")):
            with open(self.path, "w") as file:
                file.write("a longer text that was there before, of another container's end\n" * 9)
            os.chown(self.path, APP, APP)
            self.end("app", "--", *probe(*command))
            self.assertIn(words, self.content())
            self.assertTrue(self.content().startswith("main (pid "))
            self.assertEqual(self.content().count("\n"), 1)

    def test_nothing_of_a_good_end(self):
        for arguments, command in (([], ["exit", 0]), (["-e", "3"], ["exit", 3])):
            self.assertEqual(self.end(*arguments, "app", "--", *probe(*command)).status, 0)
            self.assertEqual(self.content(), "")

    def test_says_what_was_refused(self):
        self.assertEqual(self.default("nobody-here", "--", "true").status, 125)
        self.assertIn("no user 'nobody-here'", self.content())
        self.assertEqual(self.default("--no-such-option", "app", "--", "true").status, 125)
        self.assertIn("--no-such-option", self.content())
        ended = self.default("--another", "app", "--", "true", variable="1")
        self.assertEqual((ended.status, self.content()),
                         (125, ended.errors.replace("dinit-su: ", "")))
        self.assertEqual(self.end("app", "--", "no-such-command").status, 127)
        self.assertIn("cannot run 'no-such-command'", self.content())

    def test_before_the_switch_no_other_path_is_opened(self):
        """Neither one that a variable has chosen nor one of the command line's."""
        for fault in (["nobody-here", "--", "true"], ["--no-such-option", "app", "--", "true"],
                      ["--ids-of", "/no/such/path", "app", "--", "true"]):
            for ending in (self.variable, self.end):
                with self.subTest(fault=fault, ending=ending):
                    self.assertEqual(ending(*fault).status, 125)
                    self.assertFalse(os.path.exists(self.path))
        victim = self.victim(0o666)
        self.assertEqual(self.variable("nobody-here", "--", "true", path=victim).status, 125)
        self.assert_untouched(victim)

    def test_without_root_nothing_is_gained_before(self):
        ended = self.variable("nobody-here", "--", "true", sandbox=["-u", "7:7"])
        self.assertEqual((ended.status, self.content()),
                         (125, ended.errors.replace("dinit-su: ", "")))
        self.assertEqual(os.stat(self.path).st_uid, 7)

    def test_a_variable_writes_nothing_that_main_could_not_write(self):
        """However init ends: an account line in the log would be the next start's user."""
        line = "\napp:x:0:0::/:/bin/sh\n#"
        for arguments in (["--exec", "app"], ["app"], ["--root-init", "app"]):
            for command in (["/no/such" + line], probe("exit", 3)):
                with self.subTest(arguments=arguments, command=command):
                    victim = self.victim()
                    ended = self.variable(*arguments, "--", *command, path=victim)
                    self.assertIn(ended.status, (3, 127), ended)
                    self.assert_untouched(victim)
                    new = Place.file("new-log")
                    self.variable(*arguments, "--", *command, path=new)
                    self.assertFalse(os.path.exists(new))

    def test_it_is_opened_as_the_user(self):
        for arguments in (["app"], ["--root-init", "app"]):
            with self.subTest(arguments=arguments):
                self.setUp()
                self.assertEqual(self.variable(*arguments, "--", *probe("exit", 3)).status, 3)
                self.assertIn("ended with status 3\n", self.content())
                self.assertEqual(os.stat(self.path).st_uid, APP)
                self.assertEqual(os.stat(self.path).st_gid, APP)

    def test_root_init_is_root_again(self):
        ended = self.end("--root-init", "app", "--", "sh", "-c",
                         "sed -n '/^Uid/p; /^Gid/p; /^Groups/p; /^CapEff/p' /proc/1/status")
        plain = run("--root-init", "app", "--", "sh", "-c",
                    "sed -n '/^Uid/p; /^Gid/p; /^Groups/p; /^CapEff/p' /proc/1/status")
        self.assertEqual((ended.status, ended.output), (0, plain.output), ended)

    def test_control_characters_are_masked(self):
        self.assertEqual(self.end("app", "--", "no-such\n\x1b[2J").status, 127)
        self.assertRegex(self.content(), r"\A[ -~]+\n\Z")

    def test_what_main_has_written_stays(self):
        for before in ("", "of another end\n"):
            for said in ("main's own words\n", "of another ends"):
                with self.subTest(before=before, said=said):
                    with open(self.path, "w") as file:
                        file.write(before)
                    os.chown(self.path, APP, APP)
                    os.utime(self.path, (1, 1))
                    ended = self.end("app", "--", "sh", "-c", 'printf %s "$1" >"$2"; exit 3', "sh",
                                     said, self.path)
                    self.assertEqual((ended.status, self.content()), (3, said), ended)

    def test_outside_kubernetes_there_is_no_file_and_no_warning(self):
        self.default("app", "--", "true")
        os.unlink(self.path)
        ended = run("--termination-log", "app", "--", *probe("exit", 3),
                    sandbox=["-b", os.path.dirname(self.path) + ":/dev"])
        self.assertEqual((ended.status, ended.errors), (3, ""))
        self.assertFalse(os.path.exists(self.path))

    def test_a_default_path_that_may_not_be_written_is_a_warning(self):
        self.default("app", "--", "true")
        os.chmod(self.path, 0o600)
        ended = run("--termination-log", "app", "--", *probe("exit", 3),
                    sandbox=["-b", os.path.dirname(self.path) + ":/dev"])
        self.assertEqual(ended.status, 3)
        self.assertIn("cannot open the termination log /dev/termination-log: Permission denied",
                      ended.errors)

    def test_what_is_not_a_regular_file(self):
        os.mkfifo(self.path)
        os.chmod(self.path, 0o666)
        reading = os.open(self.path, os.O_RDONLY | os.O_NONBLOCK)
        ended = self.end("app", "--", *probe("exit", 3))
        self.assertEqual(ended.status, 3)
        self.assertIn("not a regular file", ended.errors)
        os.close(reading)

    def test_says_that_it_was_too_slow(self):
        with Init("--termination-log=" + self.path, "-t", "100ms", "app", "--", "sh", "-c",
                  "trap '' TERM; echo ready; while :; do sleep .01; done") as init:
            init.read_until("ready")
            init.signal(signal.SIGTERM)
            self.assertEqual(init.wait(), 137)
        self.assertRegex(self.content(), r"\A--stop-timeout is over: main .* killed by SIGKILL\n\Z")

    def test_a_variable_without_a_path(self):
        for value, words in (("1", "bad end in /dev/termination-log\n"), ("./1", "bad end in ./1\n"),
                             ("0", None)):
            ended = run("--explain", "app", "--", "true",
                        environment={"DINIT_SU_TERMINATION_LOG": value})
            self.assertEqual(ended.status, 0)
            if words:
                self.assertIn(words, ended.output)
            else:
                self.assertNotIn("bad end", ended.output)

    def test_a_log_that_cannot_be_opened_is_a_warning(self):
        os.symlink("/etc/passwd", self.path)
        ended = self.end("app", "--", "echo", "ran")
        self.assertEqual((ended.status, ended.output), (0, "ran\n"))
        self.assertIn("cannot open the termination log", ended.errors)

    def test_main_does_not_inherit_it(self):
        ended = self.end("app", "--", "sh", "-c", "ls -l /proc/self/fd")
        self.assertNotIn(self.path, ended.output)


class StopNotes(SystemTest):
    """While a stop lasts the termination log says what it waits for: a KILL leaves no time to."""

    # Each line on stdin is one step: what was left behind, which ignores TERM, ends at the last.
    MAIN = """
import os, signal, sys
signal.signal(signal.SIGTERM, signal.SIG_IGN)
signal.signal(signal.SIGHUP, signal.SIG_IGN)
signal.signal(signal.SIGQUIT, lambda *_: None)
os.write(1, b"ready\\n")
os.read(0, 1)
if os.fork():
    open(sys.argv[2], "w").write(sys.argv[3]) if len(sys.argv) > 2 else None
    os._exit(int(sys.argv[1]))
os.write(1, b"left\\n")
os.read(0, 1)
"""

    def setUp(self):
        self.path = Place.shared("log-%d" % time.monotonic_ns())

    def content(self):
        with open(self.path) as file:
            return file.read()

    def start(self, arguments, *main):
        init = Init("--termination-log=" + self.path, "--wait", "1h", *arguments, "app", "--",
                    "python3", "-c", self.MAIN, *map(str, main), stdin=subprocess.PIPE)
        self.addCleanup(init.__exit__)
        init.read_until("ready")
        return init

    def go_on(self, init):
        init.process.stdin.write(b"+")
        init.process.stdin.flush()

    def until_it_says(self, pattern):
        wanted = re.compile(r"asked to stop by SIGTERM, %s\n" % pattern)
        until(lambda: wanted.fullmatch(self.content()), "the note '%s'" % pattern)

    def test_from_the_delay_to_the_end(self):
        for status in (0, 3):
            with self.subTest(status=status):
                init = self.start(["--stop-delay", "1h", "--rewrite", "TERM:QUIT"], status)
                self.assertEqual(self.content(), "")
                init.signal(signal.SIGTERM)
                self.until_it_says("still in --stop-delay")
                init.signal(signal.SIGTERM)
                self.until_it_says("main has not ended yet")
                self.go_on(init)
                self.until_it_says("what main has left behind has not ended yet; "
                                   r"main \(pid \d+\) ended with status %d" % status)
                self.go_on(init)
                self.assertEqual(init.wait(), status)
                self.assertRegex(self.content(), r"\Amain \(pid \d+\) ended with status 3\n\Z"
                                 if status else r"\A\Z")

    def test_a_stop_that_comes_when_main_has_ended(self):
        init = self.start([], 3)
        self.go_on(init)
        init.read_until("left")
        until(lambda: len(children(init.pid)) == 1, "main to be reaped")
        init.signal(signal.SIGTERM)
        self.until_it_says("what main has left behind has not ended yet; "
                           r"main \(pid \d+\) ended with status 3")
        self.go_on(init)
        self.assertEqual(init.wait(), 3)
        self.assertRegex(self.content(), r"\Amain \(pid \d+\) ended with status 3\n\Z")

    def test_stays_when_init_is_killed(self):
        init = self.start([], 0)
        init.signal(signal.SIGTERM)
        self.until_it_says("main has not ended yet")
        init.signal(signal.SIGKILL)
        init.wait()
        self.until_it_says("main has not ended yet")

    def test_what_main_writes_itself_stays(self):
        for status in (0, 3):
            with self.subTest(status=status):
                init = self.start([], status, self.path, "why")
                init.signal(signal.SIGTERM)
                self.until_it_says("main has not ended yet")
                self.go_on(init)
                init.read_until("left")
                self.go_on(init)
                self.assertEqual(init.wait(), status)
                self.assertEqual(self.content(), "why")

    def test_nothing_without_a_stop(self):
        init = self.start([], 0)
        init.signal(signal.SIGHUP)
        self.go_on(init)
        init.read_until("left")
        self.assertEqual(self.content(), "")
        self.go_on(init)
        self.assertEqual((init.wait(), self.content()), (0, ""))


class MemoryKills(SystemTest):
    """The kernel's count in the container's cgroup, here a file of the test's that main changes."""

    def end(self, path, before, after):
        source = os.path.join(Place.directory(), "count")
        with open(source, "w") as file:
            file.write(before)
        os.chmod(source, 0o666)
        cgroup = os.path.join(Place.directory(), "cgroup")
        os.makedirs(os.path.join(cgroup, os.path.dirname(path)))
        with open(os.path.join(cgroup, path), "w"):
            pass
        script = "read line; printf '%s' > %s; kill -9 $$" % (after, source)
        with Init("-n", "--", "sh", "-c", script, stdin=subprocess.PIPE,
                  sandbox=["-b", "%s:/sys/fs/cgroup" % cgroup,
                           "-b", "%s:/sys/fs/cgroup/%s" % (source, path)]) as init:
            # It sleeps when it has started main and looked at the count.
            until(lambda: children(init.pid) and stat(init.pid)[0] == "S", "init to sleep")
            init.process.stdin.write(b"\n")
            init.process.stdin.flush()
            self.assertEqual(init.wait(), 137)
            return init.rest()

    def test_it_is_told_whether_the_count_rose(self):
        for path, line in (("memory.events", "low 0\noom 9\noom_kill %d\n"),
                           ("memory/memory.oom_control",
                            "oom_kill_disable 0\nunder_oom 0\noom_kill %d\n")):
            with self.subTest(path=path):
                line = line.replace("\n", "\\n")
                plain = line.replace("\\n", "\n")
                self.assertIn("OOM count rose by 1: the kernel has killed for want of memory",
                              self.end(path, plain % 2, line % 3))
                self.assertIn("OOM count did not rise", self.end(path, plain % 2, line % 2))


    def test_a_count_that_could_not_be_read_is_no_zero(self):
        self.assertIn("OOM count cannot be read",
                      self.end("memory.events", "", "oom_kill 3\\n"))


class Install(SystemTest):
    def setUp(self):
        self.target = os.path.join(Place.directory(), "init")

    def test_a_copy_that_runs(self):
        for _ in range(2):
            ended = run("--install", self.target, binary=Place.file("dinit-su"))
            self.assertEqual((ended.status, ended.output, ended.errors), (0, "", ""), ended)
            self.assertEqual(os.stat(self.target).st_mode & 0o7777, 0o755)
            self.assertEqual(os.listdir(os.path.dirname(self.target)), ["init"])
        self.assertEqual(run("-n", "--", *probe("exit", 3), binary=self.target).status, 3)

    def test_what_a_killed_one_has_left(self):
        """An init container is always pid 1, and its volume outlives it."""
        with open(self.target + ".1", "w") as file:
            file.write("half")
        self.assertEqual(run("--install", self.target).status, 0)
        self.assertEqual(os.listdir(os.path.dirname(self.target)), ["init"])

    def test_over_itself_while_it_runs(self):
        run("--install", self.target)
        with Init("-n", "--", *probe("signals"), binary=self.target) as init:
            init.read_until("ready")
            self.assertEqual(run("--install", self.target, binary=self.target).status, 0)
            init.signal(signal.SIGTERM)
            self.assertEqual(init.wait(), 0)

    def test_what_does_not_work(self):
        for path, words in ((os.path.dirname(self.target), "name the file in it"),
                            ("/nowhere/at/all", "No such file"), ("", "is empty")):
            with self.subTest(path=path):
                self.assert_refused(run("--install", path), words)
        self.assert_refused(run("--install", self.target, "app"), "--install runs nothing")
        # What is wrong with a directory is not what its file system is mounted as.
        directory = Place.directory()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "ro", "tmpfs", directory], check=True)
        self.addCleanup(subprocess.run, ["umount", directory], check=True)
        self.assert_refused(run("--install", directory), "Is a directory; name the file in it")
        self.assert_refused(run("--install", directory + "/init"), "Read-only file system")
        self.assert_refused(run("--install", self.target, sandbox=["-E"]), "/proc/self/exe")
        self.assertEqual(os.listdir(os.path.dirname(self.target)), [])


class InstallTold(SystemTest):
    def test_the_reason_is_in_the_termination_log(self):
        device = Place.directory()
        path = os.path.join(device, "termination-log")
        for arguments, variables in ((["--termination-log"], {}),
                                     ([], {"DINIT_SU_TERMINATION_LOG": "1"})):
            with self.subTest(arguments=arguments):
                with open(path, "w"):
                    pass
                ended = run(*arguments, "--install", "/nowhere/at/all", sandbox=["-b", device + ":/dev"],
                            environment=variables)
                self.assert_refused(ended, "cannot install to '/nowhere/at/all'")
                with open(path) as file:
                    self.assertEqual("dinit-su: " + file.read(), ended.errors)
