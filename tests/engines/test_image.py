# SPDX-License-Identifier: MIT
"""The image of a release: copied from by a build, and run as a pod's pause process.

It is made here from the tested binary and, for another architecture, from a text file: the test sees
which file is chosen without running it.
"""
import os
import platform
import shutil
import subprocess
import unittest

from cases import OnPodman

PACKAGING = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../packaging")
OWN = {"x86_64": "amd64", "aarch64": "arm64"}
DOCKERFILE = """\
FROM scratch
COPY --from=%s /sbin/dinit-su /sbin/dinit-su
ENTRYPOINT ["/sbin/dinit-su", "65534:65534", "--"]
CMD ["/sbin/dinit-su", "--version"]
"""


class PodmanImage(OnPodman):
    @classmethod
    def setUpClass(cls):
        cls.engine = cls.engine_class.started()
        own = OWN.get(platform.machine())
        if not own:
            raise unittest.SkipTest("written for x86-64 and arm64")
        cls.other = "arm64" if own == "amd64" else "amd64"
        binaries = cls.engine.fresh_directory()
        shutil.copy(os.environ["DINIT_SU"], os.path.join(binaries, "dinit-su-linux-" + own))
        with open(os.path.join(binaries, "dinit-su-linux-" + cls.other), "w") as file:
            file.write(cls.other)
        cls.layout = os.path.join(cls.engine.fresh_directory(), "layout")
        subprocess.run([os.path.join(PACKAGING, "image"), binaries, cls.layout], check=True,
                       env=dict(os.environ, SOURCE_DATE_EPOCH="1700000000"))
        cls.version = subprocess.run([os.environ["DINIT_SU"], "--version"], check=True,
                                     stdout=subprocess.PIPE, universal_newlines=True).stdout
        cls.reference = "oci:%s:dinit-su" % cls.layout

    def build(self, tag, *options, source=None):
        context = self.engine.fresh_directory()
        with open(os.path.join(context, "Dockerfile"), "w") as file:
            file.write(DOCKERFILE % (source or self.reference))
        self.engine.call("build", *options, "-t", tag, context)

    def test_a_build_copies_from_it(self):
        self.build("dinit-su-copied")
        ended = self.engine.run("dinit-su-copied")
        self.assertEqual((ended.status, ended.output, ended.errors), (0, self.version, ""))

    def test_a_build_copies_from_the_loaded_archive_by_its_name(self):
        archive = os.path.join(self.engine.fresh_directory(), "oci.tar")
        subprocess.run(["tar", "-C", self.layout, "-cf", archive, "."], check=True)
        self.engine.call("load", "-i", archive)
        self.addCleanup(self.engine.call, "rmi", "-f", "dinit-su")
        self.build("dinit-su-by-name", source="dinit-su")
        ended = self.engine.run("dinit-su-by-name")
        self.assertEqual((ended.status, ended.output, ended.errors), (0, self.version, ""))

    def test_a_build_for_another_architecture_gets_that_ones(self):
        self.build("dinit-su-other", "--platform", "linux/" + self.other)
        made = self.engine.call("create", "dinit-su-other").stdout.strip()
        self.addCleanup(self.engine.call, "rm", made)
        target = os.path.join(self.engine.fresh_directory(), "copied")
        self.engine.call("cp", made + ":/sbin/dinit-su", target)
        with open(target) as file:
            self.assertEqual(file.read(), self.other)

    def test_it_pauses_as_nobody_and_ends_in_order(self):
        container = self.engine.start_container(self.reference)
        self.addCleanup(container.remove)
        status = status_of(container.pid())
        self.assertEqual(status["Uid"].split(), ["65534"] * 4)
        container.kill("TERM")
        self.assertEqual(container.wait(), 0)


def status_of(pid):
    with open("/proc/%d/status" % pid) as file:
        return {name: value.strip() for name, _, value in
                (line.partition(":") for line in file.read().splitlines())}
