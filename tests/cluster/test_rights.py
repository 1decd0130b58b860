# SPDX-License-Identifier: MIT
"""The capabilities that each feature needs in a pod that drops all of them."""
import restricted
from cluster import ClusterTest, until


class Rights(ClusterTest):
    """All capabilities are dropped, and named ones added; containers start as root and run to their end."""

    def run_with(self, name, capabilities, arguments, **more):
        security = {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True,
                    "capabilities": {"drop": ["ALL"], "add": capabilities}}
        self.run_pod(name, dict({"command": ["/sbin/dinit-su", *arguments],
                                 "securityContext": security}, **more.pop("container", {})), **more)
        state = self.ended(name)
        return state["exitCode"], self.logs(name)

    def test_injected_read_only_and_with_everything_dropped(self):
        """The image is somebody else's: an init container puts the program into a volume."""
        volume = {"volumeMounts": [{"name": "tools", "mountPath": "/tools"}]}
        security = {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True,
                    "runAsNonRoot": True, "capabilities": {"drop": ["ALL"]}}
        bring = dict({"name": "dinit-su", "image": "dinit-su:1", "securityContext": security,
                      "args": ["--install", "/tools/dinit-su"]}, **volume)
        # STOPSIGNAL of the image is QUIT, as nginx has it.
        text = "trap 'cat /proc/1/comm; id -u; exit 3' QUIT; echo serving; while :; do sleep .05; done"
        pod = dict({"image": "nginx:1.27", "securityContext": dict(security, runAsUser=10001),
                    "command": ["/tools/dinit-su", "--no-switch", "--", "sh", "-c", text]}, **volume)
        self.run_pod("injected", pod, initContainers=[bring],
                     volumes=[{"name": "tools", "emptyDir": {}}],
                     securityContext={"seccompProfile": {"type": "RuntimeDefault"}})
        self.assertEqual(restricted.violations(self.pods.objects["injected"]["spec"]), [])
        self.wait_for_log("injected", "serving")
        follow = self.follow("injected")
        self.delete("injected")
        self.assertEqual(self.ended("injected")["exitCode"], 3)
        # The shell also says how its command has ended.
        self.assertEqual(follow().splitlines()[-2:], ["dinit-su", "10001"])

    def test_the_switch_needs_setuid_and_setgid(self):
        status, output = self.run_with("both", ["SETUID", "SETGID"], ["www-data", "--", "id", "-u"])
        self.assertEqual((status, output), (0, "33\n"))
        for lacking, given in (("SETGID", "SETUID"), ("SETUID", "SETGID")):
            with self.subTest(lacking=lacking):
                status, output = self.run_with("no-" + lacking.lower(), [given],
                                               ["www-data", "--", "id", "-u"])
                self.assertEqual(status, 125)
                self.assertIn("CAP_" + lacking, output)

    def test_stdout_by_name_needs_chown(self):
        write = ["www-data", "--", "sh", "-c", "echo by name >/dev/stdout"]
        self.assertEqual(self.run_with("given", ["SETUID", "SETGID", "CHOWN"], write),
                         (0, "by name\n"))
        status, _ = self.run_with("kept", ["SETUID", "SETGID"], write)
        self.assertNotEqual(status, 0)

    def test_chown_needs_chown(self):
        options = {"container": {"volumeMounts": [{"name": "data", "mountPath": "/data"}]},
                   "volumes": [{"name": "data", "emptyDir": {}}]}
        look = ["--chown", "/data", "www-data", "--", "stat", "-c", "%U", "/data"]
        self.assertEqual(self.run_with("chown", ["SETUID", "SETGID", "CHOWN"], look, **options),
                         (0, "www-data\n"))

    def test_keep_caps_needs_what_it_keeps(self):
        show = ["--keep-caps", "net_bind_service", "www-data", "--", "grep", "CapEff",
                "/proc/self/status"]
        status, output = self.run_with("kept-caps", ["SETUID", "SETGID", "NET_BIND_SERVICE"], show)
        self.assertEqual((status, int(output.split()[1], 16)), (0, 1 << 10))
        status, output = self.run_with("no-caps", ["SETUID", "SETGID"], show)
        self.assertEqual(status, 125)
        self.assertIn("cap_net_bind_service", output)

    def test_root_init_needs_kill(self):
        """Without KILL init cannot signal main, which is another user's, and the grace period runs out."""
        server = ["--root-init", "www-data", "--", "sh", "-c",
                  "trap 'exit 3' TERM; echo serving; while :; do sleep .05; done"]
        for capabilities, status in ((["SETUID", "SETGID", "KILL"], 3), (["SETUID", "SETGID"], 137)):
            name = "root-init-%d" % status
            self.run_pod(name, {"command": ["/sbin/dinit-su", *server],
                                "securityContext": {"capabilities": {"drop": ["ALL"],
                                                                     "add": capabilities}}},
                         terminationGracePeriodSeconds=4)
            self.wait_for_log(name, "serving")
            self.delete(name)
            self.assertEqual(self.ended(name)["exitCode"], status)

    def test_chown_without_the_right_is_a_warning(self):
        status, output = self.run_with(
            "not-given", ["SETUID", "SETGID"],
            ["--chown", "/data", "www-data", "--", "stat", "-c", "%U", "/data"],
            container={"volumeMounts": [{"name": "data", "mountPath": "/data"}]},
            volumes=[{"name": "data", "emptyDir": {}}])
        self.assertEqual((status, output.splitlines()[-1]), (0, "root"))
        self.assertIn("cannot hand over", output)

    def test_a_user_that_is_not_root_is_given_no_ambient_capability(self):
        container = {"command": ["/sbin/dinit-su", "--no-switch", "--", "grep", "CapAmb",
                                 "/proc/self/status"],
                     "securityContext": {"runAsUser": 10001,
                                         "capabilities": {"add": ["NET_BIND_SERVICE"]}}}
        self.run_pod("ambient", container)
        self.assertEqual(self.ended("ambient")["exitCode"], 0)
        self.assertEqual(int(self.logs("ambient").split()[1], 16), 0)

    def test_a_name_for_a_user_is_refused_by_run_as_non_root(self):
        """The kubelet needs a number: it cannot read the image's account file."""
        self.apply('{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "root"}, "spec": '
                   '{"containers": [{"name": "main", "image": "nginx-dinit-su:1", '
                   '"securityContext": {"runAsNonRoot": true}}]}}')
        until(lambda: "runAsNonRoot" in self.describe("root"), lambda: self.describe("root"))
