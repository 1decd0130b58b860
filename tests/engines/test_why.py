# SPDX-License-Identifier: MIT
"""The reason of a container's end: the termination message, and the kernel's kills for want of memory."""
import os

from cases import Cases, OnDocker, OnPodman
from engine import read

MEMORY = "24m"
# Needs four times as much memory.
EATER = ["/bin/busybox", "dd", "if=/dev/zero", "of=/dev/null", "bs=96M", "count=1"]
NOT_SENT = "was killed by SIGKILL, which dinit-su did not send"
KILLS = ("/sys/fs/cgroup/memory.events", "/sys/fs/cgroup/memory/memory.oom_control")


class Why(Cases):
    def run_with_log(self, *arguments, options=()):
        """Run it with a termination log as the kubelet mounts one; returns (ended, message)."""
        path = self.engine.file("termination-log")
        os.chmod(path, 0o666)
        ended = self.run_it(*arguments, options=[
            *options, "-v", path + ":/dev/termination-log",
            "-e", "DINIT_SU_TERMINATION_LOG=/dev/termination-log"])
        return ended, read(path)

    def with_limit(self):
        ended = self.run_it("cat", *KILLS, options=["--memory", MEMORY])
        if "oom_kill " not in ended.output:
            self.skipTest("no count of the kernel's kills in the containers of this machine")
        return ["--memory", MEMORY]

    def test_a_good_end_leaves_no_message(self):
        ended, message = self.run_with_log("sh", "-c", "exit 0")
        self.assertEqual((ended.status, message), (0, ""), ended)

    def test_a_status_is_the_message(self):
        ended, message = self.run_with_log("sh", "-c", "exit 7")
        self.assertEqual(ended.status, 7, ended)
        self.assertRegex(message, r"\Amain \(pid \d+\) ended with status 7\n\Z")

    def test_a_refusal_is_the_message(self):
        ended, message = self.run_with_log("no-such-command")
        self.assertEqual(ended.status, 127, ended)
        self.assertIn("no-such-command", message)

    def test_want_of_memory_is_told(self):
        ended, message = self.run_with_log(*EATER, options=self.with_limit())
        self.assertEqual(ended.status, 137, ended)
        self.assertIn(NOT_SENT + "; the cgroup's OOM count rose by 1: ", message)
        self.assertIn("for want of memory", message)
        self.assertIn(message.strip(), ended.errors)

    def test_somebody_else_s_kill_is_told_apart(self):
        ended, message = self.run_with_log("sh", "-c", "kill -KILL $$", options=self.with_limit())
        self.assertEqual(ended.status, 137, ended)
        self.assertIn(NOT_SENT + "; the cgroup's OOM count did not rise", message)


class DockerWhy(Why, OnDocker):
    pass


class PodmanWhy(Why, OnPodman):
    pass
