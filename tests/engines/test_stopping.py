# SPDX-License-Identifier: MIT
"""Stops of a container, with signals, leftovers and orphans."""
import os
import time

import confine
import images
from cases import Cases, OnDocker, OnPodman
from engine import SOON, read, read_status, until

# A background process: it makes the file ready, and on TERM it needs a second to save its data.
SAVER = ("trap 'sleep 1; echo saved > /data/saved; exit' TERM; echo > /data/ready; "
         "while :; do sleep .05; done")
WITH_SAVER = "(%s) & while [ ! -e /data/ready ]; do sleep .02; done; " % SAVER
UNTIL_TOLD = "while [ ! -e /data/go ]; do sleep .02; done; exit 5"


def touch(directory, name):
    with open(os.path.join(directory, name), "w"):
        pass


def wait_for_file(directory, name):
    until(lambda: os.path.exists(os.path.join(directory, name)), lambda: name)


class Bash(Cases):
    """With bash, which knows every signal by its name."""

    image = images.DEBIAN

    def test_stop_reaches_main_and_its_child(self):
        container = self.start_it("bash", "-c", "trap 'echo stopped' TERM; echo ready; sleep 300; "
                                  "exit 7")
        container.wait_for("ready")
        container.wait_for_processes(["bash", "dinit-su", "sleep"])
        self.assertLess(container.stop(), SOON)
        self.assertEqual(container.wait(), 7)
        self.assertIn("stopped\n", container.logs())

    def test_kill_reaches_main(self):
        container = self.start_it(
            "bash", "-c", "for s in HUP INT QUIT USR1 USR2 WINCH RTMIN+3 RTMAX; do "
            "trap \"echo got $s.\" $s; done; echo ready; while :; do sleep .05; done")
        container.wait_for("ready")
        for signal, name in (("HUP", "HUP"), ("SIGUSR1", "USR1"), ("12", "USR2"),
                             ("WINCH", "WINCH"), ("RTMIN+3", "RTMIN+3"), ("64", "RTMAX"),
                             ("INT", "INT"), ("QUIT", "QUIT")):
            with self.subTest(signal=signal):
                container.kill(signal)
                container.wait_for("got %s." % name)

    def test_usr1_goes_to_main_alone(self):
        container = self.start_it("bash", "-c", "trap 'echo got; kill $!; wait $!; echo $?; exit' "
                                  "USR1; sleep 300 & echo ready; while :; do wait; done")
        container.wait_for("ready")
        container.kill("USR1")
        self.assertEqual(container.wait(), 0)
        # 143: the helper lived on until main itself sent it TERM.
        self.assertEqual(container.logs().split(), ["ready", "got", "143"])


class Stopping(Cases):
    def assert_saved(self, directory):
        self.assertEqual(read(directory + "/saved"), "saved\n")

    def test_stop_at_once_after_the_start(self):
        container = self.start_it("sleep", "300")
        # Until then PID 1 is the engine's runtime, which would end with status 2.
        until(lambda: read_status(container.pid())["Name"] == "dinit-su", lambda: "PID 1")
        self.assertLess(container.stop(), SOON)
        self.assertEqual(container.wait(), 143)

    def test_stop_gives_a_background_process_time_to_save(self):
        directory, options = self.share()
        container = self.start_it("sh", "-c", WITH_SAVER + "trap 'exit 3' TERM; echo ready; "
                                  "while :; do sleep .05; done", options=options)
        container.wait_for("ready")
        container.stop()
        self.assert_saved(directory)
        self.assertEqual(container.wait(), 3)

    def test_the_end_of_main_gives_a_background_process_time_to_save(self):
        directory, options = self.share()
        ended = self.run_it("sh", "-c", WITH_SAVER + "exit 4", options=options)
        self.assert_saved(directory)
        self.assertEqual(ended.status, 4, ended)

    def test_an_exec_gets_time_to_save(self):
        directory, options = self.share()
        container = self.start_it("sh", "-c", UNTIL_TOLD, options=options)
        container.execute("sh", "-c", SAVER, options=["-d", "--user", "app"])
        wait_for_file(directory, "ready")
        touch(directory, "go")
        self.assertEqual(container.wait(), 5)
        self.assert_saved(directory)

    def end_with_an_exec_of_root(self, *options):
        """End main beside a process that init may not signal; returns the log."""
        directory, shared = self.share()
        container = self.start_it("sh", "-c", UNTIL_TOLD,
                                  options=[*shared, *options, "-e", "DINIT_SU_WAIT=1h"])
        container.execute("sh", "-c", "trap '' TERM; echo > /data/ready; sleep 300",
                          options=["-d", "--user", "root"])
        wait_for_file(directory, "ready")
        touch(directory, "go")
        self.assertEqual(container.wait(), 5)
        return container.logs()

    def test_an_exec_of_root_is_not_waited_for_and_named_if_asked(self):
        self.assertNotIn("belongs to another user", self.end_with_an_exec_of_root())
        self.assertRegex(self.end_with_an_exec_of_root("-e", "DINIT_SU_VERBOSE=1"),
                         r"dinit-su: .*\((sh|sleep)\) belongs to another user")

    def test_leftovers_that_ignore_term_are_killed(self):
        began = time.monotonic()
        ended = self.run_it("sh", "-c", "(trap '' TERM; while :; do sleep .1; done) & exit 6",
                            options=["-e", "DINIT_SU_WAIT=500ms"])
        self.assertEqual(ended.status, 6, ended)
        self.assertLess(time.monotonic() - began, 5)

    def test_main_that_ignores_term_is_killed_by_the_engine(self):
        container = self.start_it("sh", "-c", "trap '' TERM; echo ready; while :; do sleep .1; "
                                  "done", options=["--stop-timeout", "1"])
        container.wait_for("ready")
        container.stop()
        self.assertEqual(container.wait(), 137)

    def test_the_image_s_own_stop_signal(self):
        container = self.start_it("sh", "-c", "trap 'exit 9' QUIT; echo ready; "
                                  "while :; do sleep .05; done", options=["--stop-signal", "QUIT"])
        container.wait_for("ready")
        self.assertLess(container.stop(), SOON)
        self.assertEqual(container.wait(), 9)

    def test_orphans_are_reaped(self):
        container = self.start_it("sh", "-c", "i=0; while [ $i -lt 200 ]; do i=$((i+1)); "
                                  "(sleep 0 &); done; echo $i; sleep 300; true")
        container.wait_for("200")
        container.wait_for_processes(["dinit-su", "sh", "sleep"])

    def test_a_started_again_container_is_as_before(self):
        container = self.start_it("sh", "-c", "trap 'exit 7' TERM; id -u; "
                                  "while :; do sleep .05; done")
        container.wait_for("1000\n")
        container.stop()
        container.call("start")
        container.wait_for("1000\n1000\n")
        container.stop()
        self.assertEqual(container.wait(), 7)

    def test_in_another_s_pid_namespace_only_its_own_are_ended(self):
        """Init is not PID 1 there, as in a pod that shares its processes."""
        other = self.start_it("sh", "-c", "echo ready; sleep 300; exit 8")
        other.wait_for("ready")
        directory, options = self.share()
        ended = self.run_it("sh", "-c", WITH_SAVER + "exit 4",
                            options=options + ["--pid", "container:" + other.identity])
        self.assertEqual(ended.status, 4, ended)
        self.assert_saved(directory)
        self.assertTrue(other.inspect()["State"]["Running"])
        other.wait_for_processes(["dinit-su", "sh", "sleep"])

    def test_below_the_engine_s_own_init(self):
        """With --init the engine's init is PID 1, and leftovers still get the time to save."""
        if not confine.tool(self.engine.init_program):
            self.skipTest("%s is not installed" % self.engine.init_program)
        directory, options = self.share()
        ended = self.run_it("sh", "-c", WITH_SAVER + "exit 4", options=options + ["--init"])
        self.assertEqual(ended.status, 4, ended)
        self.assert_saved(directory)


class DockerBash(Bash, OnDocker):
    pass


class PodmanBash(Bash, OnPodman):
    pass


class DockerStopping(Stopping, OnDocker):
    pass


class PodmanStopping(Stopping, OnPodman):
    pass
