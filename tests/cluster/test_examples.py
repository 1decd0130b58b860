# SPDX-License-Identifier: MIT
"""Every manifest of examples/kubernetes, unchanged."""
import os
import subprocess

import confine
import examples
from cluster import ClusterTest, until

GRACE = 30
RESTRICTED = "pod-security.kubernetes.io/enforce=restricted"
# Prints /proc/PID/status of every process that a container sees.
STATUS = "cat /proc/[0-9]*/status"


class Examples(ClusterTest):
    # Clusters that know the label refuse a pod that does not conform; 1.20 ignores the label.
    labels = (RESTRICTED,)

    def start(self, name, app):
        self.apply_example(name)
        return self.ready(app)[0]["metadata"]["name"]

    def statuses(self, pod, field, container=None):
        # cat fails for a process that has ended since the shell found it.
        lines = self.execute(pod, "sh", "-c", STATUS, container=container,
                             check=False).stdout.splitlines()
        return [line.split(":")[1].split() for line in lines if line.startswith(field + ":")]

    def assert_ends_well(self, pod, *containers):
        self.assertLess(self.delete(pod), GRACE)
        for container in containers:
            self.assertEqual(self.ended(pod, container)["exitCode"], 0)


class Unrestricted(Examples):
    """Pods that start as root: the entry point switches, or the image is somebody else's."""

    labels = ()

    def test_deployment(self):
        self.apply_example("deployment.yaml")
        pod = self.ready("web", 2)[0]["metadata"]["name"]
        # A process of exec is root's, as the image has no USER; init and the server are not root's.
        uids = self.execute(pod, "sh", "-c", "grep ^Uid: /proc/1/status").stdout.split()
        self.assertNotIn("0", uids)
        self.assert_ends_well(pod, "web")

    def test_inject(self):
        pod = self.start("inject.yaml", "injected")
        self.assertEqual(self.execute(pod, "cat", "/proc/1/comm", container="web").stdout,
                         "dinit-su\n")
        self.assert_ends_well(pod, "web")

    def test_groups(self):
        pod = self.start("groups.yaml", "groups")
        until(lambda: self.execute(pod, "redis-cli", "-a", "change-this-first", "SET", "greeting",
                                   "hello", check=False).stdout == "OK\n", "Redis")
        groups = self.execute(pod, "sh", "-c", "grep ^Groups: /proc/1/status").stdout.split()
        self.assertIn("2000", groups)
        self.assertIn("3000", groups)
        self.assert_ends_well(pod, "cache")


class Values(Examples):
    labels = ()

    def test_a_number_is_refused(self):
        """In YAML an unquoted 5 is a number, and the value of a variable must be a string."""
        text = examples.manifest("deployment.yaml").replace('value: "5s"', "value: 5")
        process = self.kubectl("apply", "-f", "-", text=text, check=False)
        self.assertNotEqual(process.returncode, 0)
        self.assertIn("EnvVar.Value", process.stderr)


class Patched(Examples):
    """dinit-su put into somebody's Deployment, which already runs or which Kustomize makes."""

    labels = ()

    def assert_put_in(self):
        pod = until(self.pod_with_the_program, "the pod that has dinit-su")
        self.assertEqual(self.execute(pod, "sh", "-c", "echo $THEIRS").stdout, "stays\n")
        self.assert_ends_well(pod, "shop")

    def pod_with_the_program(self):
        for pod in self.ready("shop"):
            name = pod["metadata"]["name"]
            if self.execute(name, "cat", "/proc/1/comm", check=False).stdout == "dinit-su\n":
                return name
        return None

    def test_by_a_plain_patch(self):
        self.apply_example("kustomize/somebodys/deployment.yaml")
        self.ready("shop")
        self.kubectl("patch", "deployment", "shop", "--patch",
                     examples.manifest("patch/dinit-su.yaml"))
        self.assert_put_in()

    def test_by_kustomize(self):
        """Uses the machine's kubectl: that of this Kubernetes may not know components."""
        made = subprocess.run([confine.tool("kubectl") or "kubectl", "kustomize",
                               os.path.join(examples.KUBERNETES, "kustomize")],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True)
        if "components" in made.stderr:
            self.skipTest("kubectl before 1.21 knows no components of Kustomize")
        self.assertEqual(made.returncode, 0, made.stderr)
        self.apply(made.stdout)
        self.assert_put_in()


class Restricted(Examples):
    def test_non_root(self):
        pod = self.start("non-root.yaml", "non-root")
        # The processes of this exec belong to the pod's user as well.
        self.assertEqual({tuple(uids) for uids in self.statuses(pod, "Uid")}, {("10001",) * 4})
        self.assertEqual({int(caps[0], 16) for caps in self.statuses(pod, "CapEff")}, {0})
        self.assert_ends_well(pod, "web")


class Shared(Examples):
    def test_shared_processes(self):
        """PID 1 is the pause process that the node has chosen: dinit-su, if these tests made the node."""
        pod = self.start("shared-processes.yaml", "shared")
        until(lambda: self.execute(pod, "redis-cli", "SET", "greeting", "hello", container="cache",
                                   check=False).stdout == "OK\n", "Redis")
        first = self.execute(pod, "cat", "/proc/1/comm", container="cache").stdout.strip()
        self.assertIn(first, ("dinit-su", "pause"))
        self.assert_ends_well(pod, "web", "cache")

    def test_every_manifest_is_tried(self):
        self.assertEqual(examples.manifests(), ["deployment.yaml", "groups.yaml", "inject.yaml",
                                                "non-root.yaml", "shared-processes.yaml"])
