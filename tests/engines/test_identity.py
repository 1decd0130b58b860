# SPDX-License-Identifier: MIT
"""The users, groups and capabilities in a container, with the engine's options for them."""
import os

from cases import ENTERED_BY_HAND, Cases, OnDocker, OnPodman
from engine import read
from images import APP, AUDIO

# Main, a background process, and one whose parent has ended.
FAMILY = "sleep 301 & (sleep 302 &); echo started; sleep 303; true"
SHOW = ["sh", "-c", "cat /proc/1/status /proc/$$/status"]
NO_CAPABILITIES = "0" * 16


def values(output, field):
    """The values of a field of /proc/PID/status, one for each process shown."""
    return [line.split(":", 1)[1].strip() for line in output.splitlines()
            if line.startswith(field + ":")]


class Identity(Cases):
    def assert_becomes(self, ended, uid, gid, groups=()):
        """Init and main have that user in all their ids, and no capability."""
        self.assertEqual(ended.status, 0, ended)
        for field, number in (("Uid", uid), ("Gid", gid)):
            self.assertEqual(values(ended.output, field), ["\t".join([str(number)] * 4)] * 2)
        for shown in values(ended.output, "Groups"):
            self.assertEqual(sorted(map(int, shown.split())), sorted(groups))
        for field in ("CapInh", "CapPrm", "CapEff", "CapAmb"):
            self.assertEqual(values(ended.output, field), [NO_CAPABILITIES] * 2, field)

    def assert_is_app(self, ended):
        self.assert_becomes(ended, APP, APP, [AUDIO, APP])

    def test_no_process_is_root(self):
        container = self.start_it("sh", "-c", FAMILY)
        container.wait_for("started")
        container.wait_for_processes(["dinit-su", "sh", "sleep", "sleep", "sleep"])
        for pid, status in container.processes().items():
            self.assertEqual(status["Uid"], "\t".join([str(APP)] * 4), (pid, status["Name"]))

    def test_the_engine_s_top_shows_no_root(self):
        container = self.start_it("sh", "-c", FAMILY)
        container.wait_for("started")
        self.assertEqual(self.users_by_top(container), {self.app_in_top})

    def test_init_and_main_are_the_user_and_nothing_more(self):
        self.assert_is_app(self.run_it(*SHOW))

    def test_the_account_s_environment(self):
        ended = self.run_it("env", options=["-e", "HOME=/elsewhere", "-e", "KEPT=yes"])
        lines = ended.output.splitlines()
        for line in ("HOME=/home/app", "USER=app", "LOGNAME=app", "KEPT=yes"):
            self.assertIn(line, lines)

    def test_groups_that_the_engine_adds_are_dropped(self):
        self.assert_is_app(self.run_it(*SHOW, options=["--group-add", "video"]))

    def test_another_group(self):
        ended = self.run_it("app:video", "--", *SHOW, options=ENTERED_BY_HAND)
        self.assert_becomes(ended, APP, 44, [44])

    def test_a_read_only_root_file_system(self):
        self.assert_is_app(self.run_it(*SHOW, options=["--read-only"]))

    def test_no_new_privileges(self):
        ended = self.run_it(*SHOW, options=["--security-opt", "no-new-privileges"])
        self.assert_is_app(ended)
        self.assertEqual(values(ended.output, "NoNewPrivs"), ["1", "1"])

    def test_two_capabilities_are_all_it_needs(self):
        self.assert_is_app(self.run_it(
            *SHOW, options=["--cap-drop=ALL", "--cap-add=SETUID", "--cap-add=SETGID"]))

    def assert_nothing_runs(self, options, *words):
        directory, share = self.share()
        self.assert_refused(self.run_it("touch", "/data/ran", options=share + options), *words)
        self.assertIsNone(read(directory + "/ran"))

    def test_without_any_capability_nothing_runs(self):
        self.assert_nothing_runs(["--cap-drop=ALL"], "Operation not permitted")

    def test_without_setuid_nothing_runs(self):
        self.assert_nothing_runs(["--cap-drop=ALL", "--cap-add=SETGID"], "Operation not permitted")

    def test_started_as_the_user_by_name_or_number(self):
        for user in ("app", str(APP)):
            with self.subTest(user=user):
                self.assert_is_app(self.run_it(*SHOW, options=["--user", user]))

    def test_started_as_somebody_else_nothing_runs(self):
        self.assert_nothing_runs(["--user", "4242"], "'app'", "4242", "--if-root")

    def test_if_root_carries_on_as_somebody_else(self):
        ended = self.run_it("--if-root", "app", "--", *SHOW,
                            options=ENTERED_BY_HAND + ["--user", "4242:4343"])
        self.assert_becomes(ended, 4242, 4343, self.runtime_groups(ended))

    def test_if_root_switches_when_started_as_root(self):
        self.assert_is_app(self.run_it("--if-root", "app", "--", *SHOW, options=ENTERED_BY_HAND))

    def test_root_init_stays_root_and_main_does_not(self):
        ended = self.run_it("--root-init", "app", "--", *SHOW, options=ENTERED_BY_HAND)
        self.assertEqual(values(ended.output, "Uid"),
                         ["\t".join(["0"] * 4), "\t".join([str(APP)] * 4)])
        self.assertEqual(values(ended.output, "CapEff")[1], NO_CAPABILITIES)

    def test_the_working_directory_is_main_s(self):
        container = self.start_it("sh", "-c", "pwd; sleep 300", options=["-w", "/etc"])
        container.wait_for("/etc\n")
        root = os.stat("/proc/%d/root" % container.pid())
        self.assertTrue(os.path.samestat(os.stat("/proc/%d/cwd" % container.pid()), root))

    def test_stdout_and_stderr_can_be_opened_by_name(self):
        for options in ([], ["-t"]):
            with self.subTest(options=options):
                container = self.start_it("sh", "-c", "echo out > /dev/stdout && "
                                          "echo err > /dev/stderr", options=options)
                self.assertEqual(container.wait(), 0, container)
                self.assertEqual(sorted(container.logs().split()), ["err", "out"])

    @staticmethod
    def runtime_groups(ended):
        """Engines differ in whether the primary group is among the supplementary ones."""
        return [int(number) for number in values(ended.output, "Groups")[0].split()]


class DockerIdentity(Identity, OnDocker):
    app_in_top = str(APP)

    @staticmethod
    def users_by_top(container):
        lines = container.engine.call("top", container.identity, "-eo", "uid,pid").stdout
        return {line.split()[0] for line in lines.splitlines()[1:]}


class PodmanIdentity(Identity, OnPodman):
    app_in_top = "app"

    @staticmethod
    def users_by_top(container):
        lines = container.engine.call("top", container.identity, "user").stdout
        return {line.split()[0] for line in lines.splitlines()[1:]}
