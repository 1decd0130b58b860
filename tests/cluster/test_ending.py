# SPDX-License-Identifier: MIT
"""Ends of containers in a cluster, and their status and message afterwards."""
import json
import time

import cluster
from cluster import ClusterTest, until

LOG = {"name": "DINIT_SU_TERMINATION_LOG", "value": "/dev/termination-log"}
# The shell script of a server that says when it serves and when it is asked to stop.
SERVER = ("trap 'echo asked; exit 3' TERM; echo serving; while :; do sleep 0.05; done")
DEAF = "trap '' TERM; echo serving; while :; do sleep 0.05; done"
# A variable with a command: a shell that runs it holds twice the memory that its container may have.
GREEDY = {"name": "GREEDY", "value": "x=$(head -c 100000000 /dev/zero | tr '\\0' x); echo ${#x}"}


def environment(**values):
    return [LOG] + [{"name": "DINIT_SU_" + name.upper(), "value": value}
                    for name, value in values.items()]


def script(text, **values):
    """A container that runs a shell script below dinit-su, as www-data."""
    return {"command": ["/sbin/dinit-su", "www-data", "--", "sh", "-c", text],
            "env": environment(**values)}


class Stopping(ClusterTest):
    def start(self, name, container, **spec):
        self.run_pod(name, container, **spec)
        self.wait_for_log(name, "serving")

    def delete_and_read(self, name):
        """Delete a pod; returns the seconds that it took and the terminated state of its container."""
        took = self.delete(name)
        return took, self.ended(name)

    def test_a_stop_takes_no_time_and_keeps_the_status(self):
        self.start("plain", script(SERVER))
        took, state = self.delete_and_read("plain")
        self.assertEqual(state["exitCode"], 3, state)
        self.assertIn("main", state["message"])
        # The kubelet and the API take some seconds; with the default grace period it would be 30.
        self.assertLess(took, 20)

    def test_the_delay_comes_after_the_prestop_hook(self):
        container = script(SERVER, stop_delay="2s")
        container["lifecycle"] = {"preStop": {"exec": {"command": ["sleep", "2"]}}}
        self.start("hook", container)
        began = time.monotonic()
        _, state = self.delete_and_read("hook")
        self.assertGreater(time.monotonic() - began, 4)
        self.assertEqual(state["exitCode"], 3)

    def test_a_prestop_hook_that_signals_cuts_the_delay_short(self):
        container = script(SERVER, stop_delay="1h")
        container["lifecycle"] = {"preStop": {"exec": {
            "command": ["sh", "-c", "kill -TERM 1; sleep 1"]}}}
        self.start("impatient", container, terminationGracePeriodSeconds=60)
        took, state = self.delete_and_read("impatient")
        self.assertEqual(state["exitCode"], 3)
        self.assertLess(took, 50)

    def test_grace_that_is_too_short_leaves_its_reason(self):
        self.start("short", script(SERVER, stop_delay="1h"), terminationGracePeriodSeconds=2)
        _, state = self.delete_and_read("short")
        self.assertEqual(state["exitCode"], 137)
        self.assertIn("--stop-delay", state["message"])

    def test_a_main_that_does_not_end_leaves_its_reason(self):
        self.start("deaf", script(DEAF), terminationGracePeriodSeconds=2)
        _, state = self.delete_and_read("deaf")
        self.assertEqual(state["exitCode"], 137)
        self.assertIn("main has not ended", state["message"])

    def test_the_stop_timeout_leaves_its_reason(self):
        self.start("timeout", script(DEAF, stop_timeout="1s"))
        _, state = self.delete_and_read("timeout")
        self.assertEqual(state["exitCode"], 137)
        self.assertIn("--stop-timeout", state["message"])

    def test_twenty_pods_deleted_while_they_start(self):
        names = ["young-%d" % number for number in range(20)]
        pod = {"apiVersion": "v1", "kind": "Pod",
               "spec": {"containers": [dict({"name": "main", "image": "nginx-dinit-su:1"},
                                            **script("sleep 1000"))]}}
        self.apply(json.dumps({"apiVersion": "v1", "kind": "List", "items": [
            dict(pod, metadata={"name": name}) for name in names]}))
        began = time.monotonic()
        # Delete them while some run and others have not been started.
        until(lambda: any(state.get("status", {}).get("phase") == "Running"
                          for state in self.pods.objects.values()), "the first pod to run")
        self.kubectl("delete", "pods", *names)
        self.assertLess(time.monotonic() - began, cluster.PATIENCE)
        statuses = [status["state"]["terminated"]["exitCode"]
                    for name in names
                    for status in self.pods.objects[name]["status"].get("containerStatuses", ())
                    if "terminated" in status["state"]]
        self.assertEqual(set(statuses) - {0, 143}, set())


class Restarting(ClusterTest):
    def test_a_hung_server_is_restarted_by_its_probe(self):
        container = script(DEAF, stop_timeout="1s")
        container["livenessProbe"] = {"exec": {"command": ["false"]}, "periodSeconds": 1,
                                      "failureThreshold": 1}
        self.run_pod("hung", container, restartPolicy="Always")

        def restarted():
            statuses = self.pods.objects["hung"]["status"].get("containerStatuses", ())
            return [status for status in statuses if status["restartCount"] > 0]

        state = until(restarted, "the restart")[0]["lastState"]["terminated"]
        self.assertEqual(state["exitCode"], 137)
        self.assertIn("--stop-timeout", state["message"])
        self.assertIn("--stop-timeout", self.describe("hung"))

    def test_a_restart_by_a_probe_waits_for_the_delay_too(self):
        """The delay outlasts the grace period, so the message says that it was not over."""
        container = script(DEAF, stop_delay="1h")
        container["livenessProbe"] = {"exec": {"command": ["false"]}, "periodSeconds": 1,
                                      "failureThreshold": 1}
        self.run_pod("patient", container, restartPolicy="Always", terminationGracePeriodSeconds=3)

        def restarted():
            statuses = self.pods.objects["patient"]["status"].get("containerStatuses", ())
            return [status for status in statuses if status["restartCount"] > 0]

        state = until(restarted, "the restart")[0]["lastState"]["terminated"]
        self.assertEqual(state["exitCode"], 137)
        self.assertIn("still in --stop-delay", state["message"])

    def test_a_restart_finds_the_account_and_the_volume_as_they_are(self):
        text = ("id -u; stat -c %u:%g /data; cat /data/written 2>/dev/null; "
                "echo before >/data/written; exit 1")
        container = {
            "command": ["/sbin/dinit-su", "--create", "--ids-from-env", "PUID:PGID",
                        "--chown-if-needed", "/data", "worker", "--", "sh", "-c", text],
            "env": [{"name": "PUID", "value": "4711"}, {"name": "PGID", "value": "4712"}],
            "volumeMounts": [{"name": "data", "mountPath": "/data"}]}
        self.run_pod("again", container, restartPolicy="OnFailure",
                     volumes=[{"name": "data", "emptyDir": {}}])
        self.wait_for_log("again", "before")
        self.assertEqual(self.logs("again").splitlines(), ["4711", "4711:4712", "before"])


class Memory(ClusterTest):
    LIMITS = {"limits": {"memory": "48Mi"}}

    def test_main_killed_for_want_of_memory_says_so(self):
        container = script('eval "$GREEDY"')
        container["env"].append(GREEDY)
        container["resources"] = self.LIMITS
        self.run_pod("greedy", container)
        state = self.ended("greedy")
        self.assertEqual(state["exitCode"], 137)
        # If the kernel kills the whole container at once, there is no message.
        self.assertIn("memory", state.get("message", "memory"))

    def test_a_child_killed_for_want_of_memory_is_for_main_to_notice(self):
        container = script('sh -c "$GREEDY"; echo "child: $?"')
        container["env"].append(GREEDY)
        container["resources"] = self.LIMITS
        self.run_pod("parent", container)
        state = self.ended("parent")
        if state["exitCode"] == 137:
            self.skipTest("this cluster has the kernel kill a whole container at once")
        self.assertEqual(state["exitCode"], 0)
        self.assertIn("child: 137", self.logs("parent"))


class Together(ClusterTest):
    def test_a_job_is_complete_when_its_leftovers_have_saved(self):
        text = ("(trap 'sleep 0.3; echo saved; exit' TERM; while :; do sleep 0.05; done) & "
                "sleep 0.5; echo work done")
        container = dict({"name": "main", "image": "nginx-dinit-su:1"}, **script(text))
        self.apply(json.dumps({
            "apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "job"},
            "spec": {"backoffLimit": 0, "template": {
                "metadata": {"labels": {"app": "job"}},
                "spec": {"restartPolicy": "Never", "containers": [container]}}}}))
        self.kubectl("wait", "--for=condition=complete", "job/job", "--timeout=100s")
        pod = self.list("pods", "-l", "app=job")[0]["metadata"]["name"]
        lines = self.logs(pod).splitlines()
        self.assertEqual((lines[0], lines[-1]), ("work done", "saved"))

    def test_a_proxy_with_a_delay_outlives_the_app(self):
        """Both get TERM at the same time; the app's last request goes through the proxy."""
        last = ("exec 3<>/dev/tcp/127.0.0.1/8080 && printf 'GET /healthz HTTP/1.0\\r\\n\\r\\n' >&3 "
                "&& head -n 1 <&3")
        text = ("last() { %s; }; trap 'sleep 1; last; exit' TERM; echo serving; "
                "while :; do sleep 0.05; done") % last
        app = {"name": "app", "image": "nginx-dinit-su:1", "env": environment(),
               "command": ["/sbin/dinit-su", "www-data", "--", "bash", "-c", text]}
        proxy = {"name": "main", "env": environment(stop_delay="3s")}
        self.apply(json.dumps({
            "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "pair"},
            "spec": {"restartPolicy": "Never", "containers": [
                app, dict(proxy, image="nginx-dinit-su:1")]}}))
        self.wait_for_log("pair", "serving", "-c", "app")
        until(lambda: self.execute("pair", "bash", "-c", last, container="app",
                                   check=False).stdout.startswith("HTTP/1.1 200"), "the proxy")
        follow = self.follow("pair", "-c", "app")
        self.delete("pair")
        self.assertIn("HTTP/1.1 200 OK", follow())
        self.assertEqual(self.ended("pair")["exitCode"], 0)
        self.assertEqual(self.ended("pair", "app")["exitCode"], 0)

    def test_in_the_node_s_process_namespace_only_its_own_end(self):
        bystander = script(DEAF)
        self.run_pod("bystander", bystander, hostPID=True)
        self.wait_for_log("bystander", "serving")
        text = "(trap '' TERM; sleep 1000) & echo serving; exec sleep 1000"
        self.run_pod("guest", script(text, wait="1s"), hostPID=True)
        self.wait_for_log("guest", "serving")
        self.delete("guest")
        self.assertEqual(self.ended("guest")["exitCode"], 143)
        self.assertEqual(self.list("pods")[0]["status"]["phase"], "Running")
        self.assertIn("serving", self.logs("bystander"))
        self.assertNotIn("deletionTimestamp", self.list("pods")[0]["metadata"])
        self.assertEqual(self.list("pods")[0]["status"]["containerStatuses"][0]["restartCount"], 0)
        self.delete("bystander", "--grace-period=1")
