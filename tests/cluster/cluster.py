# SPDX-License-Identifier: MIT
"""A cluster as its users see it: kubectl, manifests, the ends of pods; and tables of measurements."""
import json
import os
import subprocess
import threading
import time
import unittest

import examples
import waiting

PATIENCE = 2 * waiting.PATIENCE
PAUSE = 0.1

tables = []


def until(condition, what):
    """As waiting.until(), with pauses that spare the API."""
    return waiting.until(condition, what, pause=PAUSE, patience=PATIENCE)


def print_tables():
    """Print the measurements of the tests as Markdown."""
    for title, columns, rows in tables:
        print("\n%s\n" % title)
        for row in (columns, ["---"] * len(columns), *rows):
            print("| %s |" % " | ".join(row))


def command(*arguments):
    return [os.environ["CLUSTER_TESTS_KUBECTL"], "--kubeconfig",
            os.environ["CLUSTER_TESTS_CONFIG"], *arguments]


class Watch:
    """The last state of every object of a kind in a namespace, deleted objects included."""

    def __init__(self, namespace, kind):
        self.objects = {}
        self.process = subprocess.Popen(
            command("-n", namespace, "get", kind, "--watch", "-o", "json"),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            universal_newlines=True)
        self.thread = threading.Thread(target=self.follow, daemon=True)
        self.thread.start()

    def follow(self):
        decoder, text = json.JSONDecoder(), ""
        for line in self.process.stdout:
            text += line
            # Objects are printed one after the other; each ends with a bracket in the first column.
            if line.rstrip() == "}":
                value, _ = decoder.raw_decode(text)
                text = ""
                for each in value.get("items", [value]):
                    self.objects[each["metadata"]["name"]] = each

    def end(self):
        self.process.kill()
        self.process.wait()
        self.thread.join()
        self.process.stdout.close()


class ClusterTest(unittest.TestCase):
    """A test with a namespace of its own, which is removed with all its objects."""

    maxDiff = None
    labels = ()

    def setUp(self):
        self.namespace = "dinit-su-%s" % os.urandom(4).hex()
        self.kubectl("create", "namespace", self.namespace, namespace=None)
        for label in self.labels:
            self.kubectl("label", "namespace", self.namespace, label, namespace=None)
        self.addCleanup(self.remove)
        self.pods = Watch(self.namespace, "pods")
        self.addCleanup(self.pods.end)

    def remove(self):
        self.kubectl("delete", "--all", "--now", "deployments,jobs,pods", check=False)
        self.kubectl("delete", "namespace", self.namespace, "--wait=false", namespace=None)

    def kubectl(self, *arguments, namespace="", check=True, text=None, timeout=PATIENCE):
        """Have kubectl do something in the test's namespace; returns the ended process."""
        within = () if namespace is None else ("-n", self.namespace)
        process = subprocess.run(command(*within, *arguments), input=text or "",
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                 universal_newlines=True, timeout=timeout)
        if check and process.returncode != 0:
            raise AssertionError("kubectl %s: %s" % (" ".join(arguments), process.stderr))
        return process

    def apply(self, text):
        self.kubectl("apply", "-f", "-", text=text)

    def apply_example(self, name):
        """A manifest of examples/kubernetes, as it is."""
        self.kubectl("apply", "-f", os.path.join(examples.KUBERNETES, name))

    def run_pod(self, name, container, **spec):
        """Start a pod of one container, main; returns the pod when it runs or has ended."""
        container = dict({"name": "main", "image": "nginx-dinit-su:1"}, **container)
        spec = dict({"restartPolicy": "Never", "containers": [container]}, **spec)
        self.apply(json.dumps({"apiVersion": "v1", "kind": "Pod",
                               "metadata": {"name": name, "labels": {"app": name}}, "spec": spec}))
        return self.wait_until_started(name)

    def wait_until_started(self, name):
        def started():
            return self.pods.objects.get(name, {}).get("status", {}).get("phase") not in (
                None, "Pending")

        until(started, lambda: "the start of pod %s: %s" % (name, self.describe(name)))
        return self.pods.objects[name]

    def ready(self, app, count=1):
        """Wait for so many pods with this label, all of them ready; returns them. Deleted pods do not count."""
        def found():
            pods = [pod for pod in self.list("pods", "-l", "app=" + app)
                    if "deletionTimestamp" not in pod["metadata"]]
            return len(pods) == count and all(map(is_ready, pods)) and pods

        return until(found, lambda: "%d ready pods of %s: %s" % (
            count, app, self.kubectl("describe", "pods", "-l", "app=" + app).stdout[-3000:]))

    def list(self, *arguments):
        return json.loads(self.kubectl("get", *arguments, "-o", "json").stdout)["items"]

    def describe(self, pod):
        return self.kubectl("describe", "pod", pod, check=False).stdout

    def logs(self, pod, *arguments):
        return self.kubectl("logs", pod, *arguments).stdout

    def follow(self, pod, *arguments):
        """Follow a log; returns a function that waits for the log's end and returns its text."""
        process = subprocess.Popen(
            command("-n", self.namespace, "logs", "--follow", pod, *arguments),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, universal_newlines=True)
        # A kubelet that cannot find the container any more says so in the log that it was asked for.
        return lambda: "".join(line for line in process.communicate(timeout=PATIENCE)[0].splitlines(True)
                               if not line.startswith("rpc error: "))

    def wait_for_log(self, pod, text, *arguments):
        until(lambda: text in self.kubectl("logs", pod, *arguments, check=False).stdout,
              lambda: "%r from %s: %s" % (text, pod, self.describe(pod)[-2000:]))

    def execute(self, pod, *words, check=True, container=None):
        chosen = ("-c", container) if container else ()
        return self.kubectl("exec", pod, *chosen, "--", *words, check=check)

    def delete(self, pod, *arguments):
        """Delete a pod as a user would; returns the seconds until it was gone."""
        began = time.monotonic()
        self.kubectl("delete", "pod", pod, *arguments)
        return time.monotonic() - began

    def ended(self, pod, container="main"):
        """Wait for the end of a container, even of a deleted pod; returns its terminated state."""
        def state():
            for status in self.pods.objects.get(pod, {}).get("status", {}).get(
                    "containerStatuses", ()):
                if status["name"] == container:
                    return (status["state"].get("terminated") or
                            status["lastState"].get("terminated"))
            return None

        return until(state, lambda: "the end of %s: %s" % (pod, self.describe(pod)))


def is_ready(pod):
    return any(condition["type"] == "Ready" and condition["status"] == "True"
               for condition in pod.get("status", {}).get("conditions", ()))
