# SPDX-License-Identifier: MIT
"""Files on bind mounts belong to the caller, and main has exactly the rights asked for."""
import os

import images
from cases import ENTERED_BY_HAND, Cases, OnDocker, OnPodman
from engine import copy, read
from images import APP, AUDIO
from test_identity import NO_CAPABILITIES, SHOW, values
from test_terminal import Terminal

CALLER, TEAM = 12345, 12346
SCRIPT = ["--ids-from-env", "USER_ID:GROUP_ID", "--create", "user", "--"]
AS_CALLER = ["-e", "USER_ID=%d" % CALLER, "-e", "GROUP_ID=%d" % TEAM]
NET_BIND_SERVICE = "%016x" % (1 << 10)


def owner(path):
    status = os.stat(path)
    return status.st_uid, status.st_gid


class BarePermissions(Cases):
    """The work of the well-known script, in an image that has no shell."""

    image = images.BARE

    def test_the_well_known_script(self):
        directory, share = self.share(CALLER)
        ended = self.run_it("/probe", "copy", "/etc/passwd", "/data/passwd",
                            options=share + AS_CALLER)
        self.assertEqual((ended.status, ended.output, ended.errors),
                         (0, "%d %d /home/user user\n" % (CALLER, TEAM), ""), ended)
        self.assertEqual(owner(directory + "/passwd"), (CALLER, TEAM))
        self.assertEqual(read(directory + "/passwd"),
                         "user:!:%d:%d::/home/user:/bin/sh\n" % (CALLER, TEAM))

    def test_nothing_set(self):
        self.assert_refused(self.run_it("/probe", "who"), "no user 'user'", "USER_ID")

    def test_set_uid_programs_gain_nothing(self):
        directory, _ = self.share(CALLER)
        copy(os.environ["PROBE"], directory + "/probe", 0o4755)
        options = ["--entrypoint", "/dinit-su", "-v", directory + ":/data" + self.with_set_uid]
        for arguments, uid in (([], 0), (["--no-new-privs"], 7)):
            ended = self.run_it(*arguments, "7:8", "--", "/data/probe", "who", options=options)
            self.assertEqual((ended.status, ended.output), (0, "%d 8 / -\n" % uid), ended)


class Permissions(Cases):
    def by_hand(self, *arguments, options=()):
        return self.run_it(*arguments, options=ENTERED_BY_HAND + list(options))

    def test_files_come_out_as_the_caller_s_before_and_after(self):
        directory, share = self.share(CALLER)
        copy("/dev/null", directory + "/before", 0o644)
        os.chown(directory + "/before", CALLER, TEAM)
        ended = self.by_hand(*SCRIPT, "sh", "-c", "echo 1 > /data/after; id -un; "
                             "echo 2 > /data/before; touch ~/own", options=share + AS_CALLER)
        self.assertEqual((ended.status, ended.output, ended.errors), (0, "user\n", ""), ended)
        self.assertEqual(read(directory + "/before"), "2\n")
        for name in ("before", "after"):
            self.assertEqual(owner(os.path.join(directory, name)), (CALLER, TEAM))

    def test_the_owner_of_the_mount(self):
        directory, share = self.share(CALLER)
        ended = self.by_hand("--ids-of", "/data", "app", "--", "touch", "/data/file", options=share)
        self.assertEqual((ended.status, ended.errors), (0, ""), ended)
        self.assertEqual(owner(directory + "/file"), (CALLER, CALLER))

    def test_other_programs_find_the_account(self):
        container = self.start_it(*SCRIPT, "sh", "-c", "echo started; sleep 300",
                                  options=ENTERED_BY_HAND + AS_CALLER)
        container.wait_for("started")
        self.assertEqual(container.execute("id", options=["-u", "user"]).stdout.split()[:2],
                         ["uid=%d(user)" % CALLER, "gid=%d(user)" % TEAM])

    def test_account_files_that_are_mounted(self):
        directory, _ = self.share()
        options = []
        for name, content in (("passwd", images.PASSWD), ("group", images.GROUP)):
            with open(os.path.join(directory, name), "w") as file:
                file.write(content)
            options += ["-v", "%s/%s:/etc/%s" % (directory, name, name)]
        ended = self.by_hand("--ids", "%d:%d" % (CALLER, TEAM), "app", "--", "id", options=options)
        self.assertEqual((ended.status, ended.errors), (0, ""), ended)
        self.assertEqual(read(directory + "/passwd"),
                         images.PASSWD.replace("app:x:1000:1000", "app:x:%d:%d" % (CALLER, TEAM)))
        self.assertEqual(read(directory + "/group"),
                         images.GROUP.replace("app:x:1000", "app:x:%d" % TEAM))

    def test_a_read_only_root_file_system(self):
        ended = self.by_hand(*SCRIPT, "id", "-u", options=["--read-only"] + AS_CALLER)
        self.assertEqual((ended.status, ended.output), (0, "%d\n" % CALLER), ended)
        self.assertIn("/etc/passwd: Read-only file system", ended.errors)

    def test_groups_of_the_engine_are_kept_and_root_s_are_not(self):
        for arguments, groups in ((["-k", "app"], [AUDIO, 44, APP, 2000]),
                                  (["-kG", "audio", "app:app"], [AUDIO, 44, APP, 2000])):
            ended = self.by_hand(*arguments, "--", *SHOW,
                                 options=["--group-add", "video", "--group-add", "2000"])
            self.assertEqual(ended.status, 0, ended)
            for found in values(ended.output, "Groups"):
                self.assertEqual(sorted(map(int, found.split())), groups)

    def test_exactly_the_rights_asked_for(self):
        directory, share = self.share(APP)
        ended = self.by_hand("-N", "-m", "007", "--keep-caps", "net_bind_service", "app", "--",
                             "sh", "-c", "touch /data/file; until grep -q '^CapPrm:.%s$' "
                             "/proc/1/status; do :; done; %s" % (NO_CAPABILITIES, SHOW[-1]),
                             options=share)
        self.assertEqual(ended.status, 0, ended)
        for field in ("CapInh", "CapPrm", "CapEff", "CapAmb"):
            self.assertEqual(values(ended.output, field), [NO_CAPABILITIES, NET_BIND_SERVICE],
                             field)
        self.assertEqual(values(ended.output, "NoNewPrivs"), ["1", "1"])
        self.assertEqual(os.stat(directory + "/file").st_mode & 0o777, 0o660)

    def test_capabilities_that_the_container_was_not_given(self):
        self.assert_refused(self.by_hand("--keep-caps", "sys_admin", "app", "--", "id"),
                            "not given cap_sys_admin")


class TrainingContainer(Cases):
    """A container for the training of models: a shell on a mount, in which a job is written and run."""

    image = images.DEBIAN
    job = ("echo 'whoami; touch /code/data/result; echo running; sleep 300' > /code/job && "
           "bash /code/job; echo not reached")

    def at_terminal(self, *arguments, options=()):
        terminal = Terminal(self.engine, self.image, arguments, ENTERED_BY_HAND + list(options))
        self.addCleanup(terminal.close)
        return terminal

    def test_the_job_is_the_caller_s_and_control_c_ends_it(self):
        if "--chown" not in self.run_it("--help", options=ENTERED_BY_HAND).output:
            self.skipTest("this program has no --chown, which makes /code the user's")
        directory, _ = self.share(CALLER)
        terminal = self.at_terminal(
            *SCRIPT[:-2], "--chown", "/code", "user", "--", "bash", "-c", self.job,
            options=AS_CALLER + ["-v", directory + ":/code/data"])
        terminal.wait_for("user")
        terminal.wait_for("running")
        terminal.type("\x03")
        self.assertEqual(terminal.wait(), 130)
        self.assertEqual(owner(directory + "/result"), (CALLER, TEAM))

    def test_the_prompt_says_user(self):
        terminal = self.at_terminal(*SCRIPT, "bash", options=AS_CALLER)
        terminal.wait_for("user@")
        terminal.type("exit 7\n")
        self.assertEqual(terminal.wait(), 7)


class DockerBarePermissions(BarePermissions, OnDocker):
    with_set_uid = ""


class PodmanBarePermissions(BarePermissions, OnPodman):
    with_set_uid = ":suid"


class DockerTrainingContainer(TrainingContainer, OnDocker):
    pass


class PodmanTrainingContainer(TrainingContainer, OnPodman):
    pass


class DockerPermissions(Permissions, OnDocker):
    pass


class PodmanPermissions(Permissions, OnPodman):
    pass
