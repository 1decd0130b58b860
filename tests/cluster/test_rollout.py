# SPDX-License-Identifier: MIT
"""Rolling updates of two replicas under load: failed requests, and downloads that are cut short."""
import cluster
import examples
from cluster import ClusterTest, until
from traffic import Traffic

LARGE = ("/large", 16 * 1024 * 1024)
OTHERS = {"tini + gosu": ("nginx-tini-gosu:1", ""),
          "tini + gosu, preStop: sleep 5":
          ("nginx-tini-gosu:1",
           "        lifecycle: {preStop: {exec: {command: [sleep, '5']}}}\n"),
          "nginx alone": ("nginx-alone:1", "")}
COLUMNS = ("init", "requests", "failed", "downloads of 16 MiB", "cut short")
rows = []


class Rollout(ClusterTest):
    @classmethod
    def tearDownClass(cls):
        cluster.tables.append(("A rolling update of two replicas", COLUMNS, rows))

    def roll(self, name, manifest):
        """Update the deployment once under load; returns the ended Traffic."""
        self.apply(manifest)
        before = {pod["metadata"]["name"] for pod in self.ready("web", 2)}
        traffic = Traffic(self.namespace, "web", LARGE)
        try:
            until(lambda: traffic.good["request"] > 50, "the first requests")
            self.kubectl("rollout", "restart", "deployment", "web")
            self.kubectl("rollout", "status", "deployment", "web", "--timeout=120s")
            until(lambda: not before & {pod["metadata"]["name"] for pod in self.list("pods")},
                  "the end of the old pods")
        finally:
            traffic.end()
        rows.append((name, str(traffic.good["request"] + len(traffic.failed)),
                     str(len(traffic.failed)),
                     str(traffic.good["download"] + len(traffic.cut_short)),
                     str(len(traffic.cut_short))))
        return traffic

    def test_with_dinit_su_nothing_fails_and_nothing_is_cut_short(self):
        traffic = self.roll("dinit-su", examples.manifest("deployment.yaml"))
        self.assertEqual(traffic.failed, [])
        self.assertEqual(traffic.cut_short, [])
        self.assertGreater(traffic.good["download"], 0)

    def test_others_are_measured_beside_it(self):
        """The same manifest with other images, once with a hook; the figures are printed and not judged."""
        for name, (image, more) in OTHERS.items():
            with self.subTest(init=name):
                manifest = examples.manifest("deployment.yaml").replace(
                    "        image: nginx-dinit-su:1\n", "        image: %s\n%s" % (image, more))
                traffic = self.roll(name, manifest)
                self.assertGreater(traffic.good["request"], 0)
                self.kubectl("delete", "deployment", "web", "--wait=true")
