# SPDX-License-Identifier: MIT
"""All orphans are reaped, whatever else goes on, and an init without work sleeps."""
import os
import signal
import time

from harness import Init, SystemTest, children, looks_into_processes, probe, stat, status, until


def context_switches(pid):
    of = status(pid)
    return int(of["voluntary_ctxt_switches"]) + int(of["nonvoluntary_ctxt_switches"])


def is_off_processor(pid):
    """True if the process sleeps and was switched away: until then proc(5) says "running"."""
    with open("/proc/%d/syscall" % pid) as file:
        return file.read() != "running\n" and stat(pid)[0] == "S"


def processor_time(pid):
    fields = stat(pid)
    return int(fields[11]) + int(fields[12])


class Reaping(SystemTest):
    def check(self, *arguments, **options):
        with Init(*arguments, "--", *probe("orphans", 2000), **options) as init:
            init.read_until("done")
            main = init.main_pid()
            until(lambda: children(init.pid) == [main], "2,000 orphans to be reaped")
            init.signal(signal.SIGTERM)
            self.assertEqual(init.wait(), 0)

    def test_2000_orphans_as_pid_1(self):
        self.check("app")

    def test_2000_orphans_as_subreaper(self):
        self.check("app", sandbox=["-s"])

    def test_signals_get_through_while_orphans_die(self):
        storm = "while :; do (true &); done & exec %s" % " ".join(probe("signals"))
        with Init("-n", "--", "bash" if os.path.exists("/bin/bash") else "sh", "-c", storm) as init:
            init.read_until("ready")
            for _ in range(100):
                init.signal(signal.SIGUSR1)
                self.assertEqual(init.read_line(), "%d 0 0" % signal.SIGUSR1)
            # To the group, so that the storm ends too.
            init.signal(signal.SIGTERM)
            self.assertEqual(init.wait(), 0)

    def test_children_from_before_are_reaped(self):
        # The program that becomes init may have children; one of them has ended already.
        script = 'true & sleep 1000 & echo $!; exec "$@"'
        with Init("-c", script, "sh", *[os.environ["DINIT_SU"], "-n", "--", *probe("orphans", 1)],
                  binary="/bin/sh") as init:
            init.read_until("done")
            until(lambda: len(children(init.pid)) == 2, "the ended child to be reaped")
            init.signal(signal.SIGTERM)
            self.assertEqual(init.wait(), 0)


class Idle(SystemTest):
    @looks_into_processes
    def test_asleep_means_asleep(self):
        with Init("app", "--", *probe("signals")) as init:
            init.read_until("ready")
            # It is S a moment before it is switched away, and that is counted.
            until(lambda: is_off_processor(init.pid), "init to sleep")
            before = context_switches(init.pid), processor_time(init.pid)
            time.sleep(2)
            self.assertEqual((context_switches(init.pid), processor_time(init.pid)), before)

    def test_resident_memory(self):
        with Init("app", "--", *probe("signals")) as init:
            init.read_until("ready")
            until(lambda: stat(init.pid)[0] == "S", "init to sleep")
            if b"ld-" in open(os.environ["DINIT_SU"], "rb").read(4096):
                self.skipTest("the limit is for the static binary")
            # The file has 72 KiB of that; the rest depends on where the kernel puts the stack.
            self.assertLessEqual(int(status(init.pid)["VmRSS"].split()[0]), 96)
