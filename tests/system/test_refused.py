# SPDX-License-Identifier: MIT
"""A sandbox that refuses a system call: an error before main runs, and never a hang."""
import contextlib
import os
import resource
import shutil
import signal
import subprocess
import unittest

from harness import (SIGRTMIN, Init, SystemTest, children, probe, run, skip_unless_static, status,
                     until)

MODES = ((), ("-s",))


@unittest.skipUnless(shutil.which("strace"), "needs strace, to refuse system calls")
class Refused(SystemTest):
    def below(self, call, which):
        skip_unless_static(self)
        return [shutil.which("strace"), "-qqo", "/dev/null", "-e", "trace=" + call, "-e",
                "inject=%s:error=EPERM:when=%s" % (call, which)]

    def test_before_main_runs_it_is_an_error(self):
        for call in ("rt_sigtimedwait", "wait4", "clock_gettime"):
            for sandbox in MODES:
                with self.subTest(call=call, sandbox=sandbox):
                    ended = run("-n", "--", "echo", "main was run", below=self.below(call, "1+"),
                                sandbox=sandbox)
                    self.assert_refused(ended, call, "Operation not permitted")

    def test_later_the_status_of_main_is_not_lost(self):
        for call in ("rt_sigtimedwait", "clock_gettime"):
            with self.subTest(call=call):
                ended = run("-w", "100ms", "-n", "--", "sh", "-c",
                            "trap '' TERM; sleep 1000 & sleep .1; exit 7", below=self.below(call, "2+"))
                self.assertEqual(ended.status, 7, ended)

    def test_without_a_way_to_wait_it_ends(self):
        ended = run("-n", "--", "sleep", ".5", below=self.below("wait4", "2+"))
        self.assertEqual(ended.status, 125)
        self.assertIn("cannot wait for child processes: Operation not permitted", ended.errors)


class Turns(SystemTest):
    """Signals, ended children and deadlines take turns, however many signals are pending."""

    # The kernel counts what is pending for a user in all processes together. This one has none but
    # ours, so that nobody else's sigqueue(3) or timer_create(2) fails meanwhile.
    USER = "4747:4747"

    # More than an init takes in the time that a scheduler gives it at once.
    PENDING = 20000

    def limit_init(self):
        """Gives init the smallest share of the one processor that it has together with the sender."""
        os.sched_setaffinity(0, self.processor)
        os.nice(19)
        resource.setrlimit(resource.RLIMIT_SIGPENDING, (self.PENDING, self.limit))

    # Orphans that end at once, more than init reaps in a row: it looks for signals before the others.
    ORPHANS = 100
    MAIN = ("i=0; while [ $i -lt %d ]; do (sleep 1000 &); i=$((i + 1)); done; trap '' TERM USR1 %d; "
            "sleep 1000 & echo ready; read line; kill -USR1 0; read line; exit 3") % (ORPHANS, SIGRTMIN)

    @contextlib.contextmanager
    def flooded(self, task, main):
        """An init whose queue of signals is full, and kept full, as long as the block lasts."""
        self.limit = resource.getrlimit(resource.RLIMIT_SIGPENDING)[1]
        if 0 <= self.limit < self.PENDING:
            self.skipTest("needs a limit of %d pending signals, has %d" % (self.PENDING, self.limit))
        self.processor = {min(os.sched_getaffinity(0))}
        # A line for each signal takes init so long that it never gets to the end of its queue.
        with Init("-v", "-w", "300ms", self.USER, "--", "sh", "-c", main, stdin=-1,
                  preexec_fn=self.limit_init) as init:
            init.read_until("ready")
            sender = subprocess.Popen(probe(task, init.pid, SIGRTMIN))
            try:
                os.sched_setaffinity(sender.pid, self.processor)
                until(lambda: self.pending(init) > self.PENDING * 9 // 10, "a full queue")
                yield init
            finally:
                sender.kill()
                sender.wait()

    def test_a_full_queue_of_signals_keeps_init_from_nothing(self):
        with self.flooded("flood", self.MAIN) as init:
            before = len(children(init.pid))
            init.process.stdin.write(b"end the orphans\n")
            init.process.stdin.flush()
            until(lambda: len(children(init.pid)) < before, "the first orphans to be reaped")
            init.process.stdin.close()
            self.assertEqual(init.wait(), 3)

    def test_a_full_queue_of_its_thread_hides_no_stop_and_no_end(self):
        """What is sent to the thread alone comes before all that was sent to the process: tgkill(2)."""
        main = "trap '' %d; trap 'exit 3' TERM; echo ready; while :; do sleep .01; done" % SIGRTMIN
        with self.flooded("flood-thread", main) as init:
            init.signal(signal.SIGTERM)
            self.assertEqual(init.wait(), 3)

    @staticmethod
    def pending(init):
        return int(status(init.pid)["SigQ"].split("/")[0])
