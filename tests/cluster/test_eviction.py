# SPDX-License-Identifier: MIT
"""Evictions under load, as when a node is drained: never more than a budget allows."""
import json

import examples
from cluster import ClusterTest, until
from traffic import Traffic

LARGE = ("/large", 16 * 1024 * 1024)


class Eviction(ClusterTest):
    def evict(self, pod):
        """Returns whether the budget allowed it."""
        eviction = {"apiVersion": "policy/v1beta1", "kind": "Eviction",
                    "metadata": {"name": pod, "namespace": self.namespace}}
        process = self.kubectl(
            "create", "--raw", "/api/v1/namespaces/%s/pods/%s/eviction" % (self.namespace, pod),
            "-f", "-", text=json.dumps(eviction), check=False)
        if process.returncode != 0 and "disruption budget" not in process.stderr:
            raise AssertionError(process.stderr)
        return process.returncode == 0

    def test_no_request_is_lost(self):
        self.apply(examples.manifest("deployment.yaml"))
        self.apply(json.dumps({
            "apiVersion": "policy/v1beta1", "kind": "PodDisruptionBudget",
            "metadata": {"name": "web"},
            "spec": {"minAvailable": 2, "selector": {"matchLabels": {"app": "web"}}}}))
        self.kubectl("scale", "deployment", "web", "--replicas=3")
        before = [pod["metadata"]["name"] for pod in self.ready("web", 3)]
        traffic = Traffic(self.namespace, "web", LARGE)
        try:
            until(lambda: traffic.good["request"] > 50, "the first requests")
            for pod in before[:2]:
                until(lambda: self.evict(pod), "the budget to allow the eviction of " + pod)
            until(lambda: not set(before[:2]) & {pod["metadata"]["name"]
                                                 for pod in self.list("pods")},
                  "the end of the evicted pods")
        finally:
            traffic.end()
        self.assertEqual(traffic.failed, [])
        self.assertEqual(traffic.cut_short, [])
