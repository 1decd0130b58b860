# SPDX-License-Identifier: MIT
"""What init says, and that saying it can do no harm."""
import fcntl
import os
import signal
import subprocess

from harness import Init, Place, SystemTest, probe, run


class Reporting(SystemTest):
    def test_silent_on_success(self):
        for arguments in (["app"], ["-n"], ["-x", "app"], ["-R", "app"]):
            ended = run(*arguments, "--", *probe("exit", 0))
            self.assertEqual((ended.status, ended.output, ended.errors), (0, "", ""))

    def test_story(self):
        with Init("-v", "app", "--", *probe("signals")) as init:
            # The two write to the same pipe in no certain order.
            became, started, ready = sorted(init.read_line() for _ in range(3))
            self.assertEqual(ready, "ready")
            self.assertEqual(became, "dinit-su: became 'app': uid 4242, gid 4242, 3 groups")
            lines = [started]
            init.signal(signal.SIGTERM)
            lines += [init.read_until(word) for word in ("passed", "ended", "ending")]
            self.assertEqual(init.wait(), 0)
        for line in lines:
            self.assertTrue(line.startswith("dinit-su: "), line)
        self.assertIn("probe' as pid", lines[0])
        self.assertIn("SIGTERM on to pid", lines[1])
        self.assertIn("status 0", lines[2])

    def test_details_tell_of_orphans(self):
        ended = run("-vv", "-n", "--", "sh", "-c", "(true &); sleep .1")
        self.assertIn("orphan", ended.errors)
        self.assertNotIn("orphan", run("-v", "-n", "--", "sh", "-c", "(true &); sleep .1").errors)

    def test_quiet_says_errors_only(self):
        self.assertEqual(run("-q", "-n", "--", *probe("die", signal.SIGKILL)).errors, "")
        self.assertIn("no user", run("-q", "nobody-here", "id").errors)

    def test_names_cannot_make_a_second_line(self):
        ended = run("-v", "-n", "--", "no such\ncommand\x07")
        self.assertEqual(ended.errors.count("\n"), 1)
        self.assertIn("no such?command?", ended.errors)

    def full_pipe(self):
        reading, writing = os.pipe()
        flags = fcntl.fcntl(writing, fcntl.F_GETFL)
        fcntl.fcntl(writing, fcntl.F_SETFL, flags | os.O_NONBLOCK)
        try:
            while True:
                os.write(writing, b"x" * 4096)
        except BlockingIOError:
            pass
        fcntl.fcntl(writing, fcntl.F_SETFL, flags)
        return reading, writing

    def test_full_stderr_delays_nothing(self):
        for sandbox, form in (((), "text"), (("-E",), "text"), ((), "json")):
            with self.subTest(sandbox=sandbox, form=form):
                reading, writing = self.full_pipe()
                with Init("-vv", "--log-format", form, "app", "--", *probe("orphans", 50), stderr=writing,
                          sandbox=sandbox) as init:
                    init.read_until("done")
                    init.signal(signal.SIGUSR1)
                    init.read_until("%d 0 0" % signal.SIGUSR1)
                    init.signal(signal.SIGTERM)
                    self.assertEqual(init.wait(), 0)
                # Main's own stderr still blocks: the flag of the description they share is untouched.
                self.assertFalse(fcntl.fcntl(writing, fcntl.F_GETFL) & os.O_NONBLOCK)
                os.close(reading)
                os.close(writing)

    def test_lines_and_main_share_a_file_without_overwriting(self):
        path = Place.file("log")
        with open(path, "w") as log:
            subprocess.run([os.environ["SANDBOX"], "--", Place.file("dinit-su"), "-v", "-n", "--",
                            "sh", "-c", "echo from main >&2; exit 1"], stderr=log)
        with open(path) as log:
            lines = log.read().splitlines()
        # Main may write before init has said that it started.
        self.assertEqual(sorted(lines), [
            "dinit-su: ending with status 1", "dinit-su: main (pid 2) ended with status 1",
            "dinit-su: started 'sh' as pid 2", "from main"])
