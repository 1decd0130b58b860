# SPDX-License-Identifier: MIT
"""The engine sees main's status, or why main was not run."""
from cases import ENTERED_BY_HAND, Cases, OnDocker, OnPodman
from engine import read


class Status(Cases):
    def status_of(self, *arguments):
        return self.start_it(*arguments).wait()

    def test_main_s_own_status(self):
        for status in (0, 7, 255):
            with self.subTest(status=status):
                self.assertEqual(self.status_of("sh", "-c", "exit %d" % status), status)

    def test_the_signal_that_killed_main(self):
        for name, number in (("TERM", 15), ("KILL", 9), ("USR1", 10)):
            with self.subTest(signal=name):
                self.assertEqual(self.status_of("sh", "-c", "kill -%s $$" % name), 128 + number)

    def test_a_command_that_is_not_there(self):
        ended = self.run_it("no-such-command")
        self.assertEqual((ended.status, ended.output), (127, ""), ended)
        self.assertRegex(ended.errors, r"^dinit-su: .*no-such-command.*\n$")

    def test_a_command_that_cannot_run(self):
        ended = self.run_it("/etc/passwd")
        self.assertEqual((ended.status, ended.output), (126, ""), ended)
        self.assertRegex(ended.errors, r"^dinit-su: .*/etc/passwd.*\n$")

    def test_a_user_that_does_not_exist(self):
        directory, options = self.share()
        container = self.start_it("nobody-knows", "--", "touch", "/data/ran",
                                  options=options + ENTERED_BY_HAND)
        self.assertEqual(container.wait(), 125)
        self.assertRegex(container.logs(), r"\Adinit-su: .*nobody-knows.*\n\Z")
        self.assertIsNone(read(directory + "/ran"))

    def test_output_arrives_whole(self):
        ended = self.run_it("sh", "-c", "i=0; while [ $i -lt 2000 ]; do i=$((i+1)); echo $i; done")
        self.assertEqual(ended.output.split(), [str(number) for number in range(1, 2001)])


class DockerStatus(Status, OnDocker):
    pass


class PodmanStatus(Status, OnPodman):
    pass
