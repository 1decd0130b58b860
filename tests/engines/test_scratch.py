# SPDX-License-Identifier: MIT
"""An image FROM scratch with only the program and busybox."""
import images
from cases import Cases, OnDocker, OnPodman
from engine import SOON

# A start without /proc, which is unmounted before the switch, while the capability for that is there.
WITHOUT_PROC = ["/busybox", "sh", "-c", "/busybox umount -l /proc && [ ! -e /proc/self ] && "
                'exec /dinit-su 1000:1000 -- "$@"', "sh"]
PRIVILEGED = ["--user", "0", "--cap-add", "SYS_ADMIN", "--security-opt", "seccomp=unconfined",
              "--security-opt", "apparmor=unconfined"]
ENTRYPOINT_DINIT_SU = ["--entrypoint", "/dinit-su"]
ENTRYPOINT_BUSYBOX = ["--entrypoint", "/busybox"]


class Scratch(Cases):
    image = images.SCRATCH

    def test_numbers_need_no_account_file(self):
        ended = self.run_it("/busybox", "id")
        self.assertEqual((ended.status, ended.output, ended.errors),
                         (0, "uid=1000 gid=1000 groups=1000\n", ""), ended)

    def test_home_is_the_root_directory_and_nobody_has_a_name(self):
        ended = self.run_it("/busybox", "env", options=["-e", "USER=root", "-e", "LOGNAME=root"])
        names = dict(line.split("=", 1) for line in ended.output.splitlines())
        self.assertEqual(names.get("HOME"), "/")
        self.assertNotIn("USER", names)
        self.assertNotIn("LOGNAME", names)

    def test_a_number_without_a_group_is_refused_with_the_way_out(self):
        self.assert_refused(self.run_it("1000", "--", "/busybox", "id",
                                        options=ENTRYPOINT_DINIT_SU), "1000:1000")

    def test_a_name_is_refused(self):
        self.assert_refused(self.run_it("app", "--", "/busybox", "id",
                                        options=ENTRYPOINT_DINIT_SU), "app", "/etc/passwd")

    def test_without_proc_main_runs_and_its_status_comes_out(self):
        ended = self.run_it(*WITHOUT_PROC[1:], "/busybox", "sh", "-c", "/busybox id; exit 7",
                            options=PRIVILEGED + ENTRYPOINT_BUSYBOX)
        self.assertEqual((ended.status, ended.output, ended.errors),
                         (7, "uid=1000 gid=1000 groups=1000\n", ""), ended)

    def test_without_proc_the_end_of_main_gives_leftovers_time_to_save(self):
        ended = self.run_it(
            *WITHOUT_PROC[1:], "/busybox", "sh", "-c",
            "trap ready=1 USR1; (trap '/busybox sleep .2; echo saved; exit' TERM; kill -USR1 $$; "
            "while :; do /busybox sleep .05; done) & "
            "while [ ! \"$ready\" ]; do /busybox sleep .05; done; exit 3",
            options=PRIVILEGED + ENTRYPOINT_BUSYBOX)
        self.assertEqual((ended.status, ended.output), (3, "saved\n"), ended)

    def test_without_proc_stop_reaches_main_and_leftovers(self):
        container = self.start_it(
            *WITHOUT_PROC[1:], "/busybox", "sh", "-c",
            "(trap '/busybox sleep .2; echo saved; exit' TERM; echo ready; "
            "while :; do /busybox sleep .05; done) & trap 'exit 3' TERM; wait",
            options=PRIVILEGED + ENTRYPOINT_BUSYBOX)
        container.wait_for("ready")
        self.assertLess(container.stop(), SOON)
        self.assertEqual(container.wait(), 3)
        self.assertIn("saved", container.logs())


class DockerScratch(Scratch, OnDocker):
    pass


class PodmanScratch(Scratch, OnPodman):
    pass
