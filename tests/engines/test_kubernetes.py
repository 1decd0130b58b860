# SPDX-License-Identifier: MIT
"""The pod manifests of examples/kubernetes: their schema, and their pods under podman."""
import json
import os
import subprocess
import time
import unittest

import confine
import examples
import restricted
from engine import read, until
from network import wait_until_it_answers
from pods import GRACE, Play, Pods, begin_injected, play

NGINX_PORT = 8080
HEALTH = "/healthz"

# On TERM it needs a moment to save its data.
SAVER = ("trap 'sleep .5; echo saved >/tmp/saved; exit' TERM; echo $$ >/tmp/ready; "
         "while :; do sleep .05; done")


def fields_missing(part, whole, path="."):
    """The paths at which a JSON value has a part that another value lacks or has differently."""
    if isinstance(part, dict) and isinstance(whole, dict):
        for key in part:
            yield from fields_missing(part[key], whole.get(key), path + "." + key)
    elif isinstance(part, list) and isinstance(whole, list) and len(part) == len(whole):
        for one, other in zip(part, whole):
            yield from fields_missing(one, other, path + "[]")
    elif part != whole:
        yield path


class Local(unittest.TestCase):
    """Tests of kubectl without a server."""

    def setUp(self):
        if not confine.tool("kubectl"):
            self.skipTest("kubectl is not installed")

    def run_kubectl(self, *arguments, text=""):
        return subprocess.run([confine.tool("kubectl"), *arguments], input=text, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, universal_newlines=True, timeout=60)

    def kubectl(self, manifest, *arguments):
        process = self.run_kubectl(*arguments, "--local", "-f", "-", "-o", "json", text=manifest)
        self.assertEqual(process.returncode, 0, process.stderr)
        return json.loads(process.stdout)

    def read(self, manifest):
        """A manifest as it is, but for an annotation."""
        return self.kubectl(manifest, "annotate", "checked=yes")


class Schema(Local):
    """Without a server kubectl does not validate, but it contains the types of the API.

    One of its commands copies a manifest unchanged. Others read it into these types and write the result:
    a field that does not exist is then missing, and a value of a wrong type is an error.
    """

    def missing_in_types(self, manifest):
        copied = self.read(manifest)
        if copied["kind"] == "Secret":
            # No command reads a Secret into its type; it has these fields and no others.
            return [name for name in copied if name not in (
                "apiVersion", "kind", "metadata", "type", "immutable", "data", "stringData")]
        if copied["kind"] == "Service":
            changed = ("set", "selector", "checked=yes")
        else:
            changed = ("set", "image", "*=checked")
        types = self.kubectl(manifest, *changed)
        # All paths but those of the annotation and of the change that makes kubectl write.
        return [path for path in fields_missing(copied, types)
                if path not in ("..metadata.annotations", "..spec.selector.app")
                and not path.endswith("ontainers[].image")]

    def test_every_manifest_fits(self):
        for name in examples.manifests():
            for document in examples.manifest(name).split("\n---\n"):
                with self.subTest(manifest=name):
                    self.assertEqual(self.missing_in_types(document), [])

    def test_a_misspelt_field_and_a_wrong_type_do_not(self):
        manifest = examples.manifest("non-root.yaml")
        misspelt = manifest.replace("terminationGracePeriodSeconds", "terminationGracePeriod")
        self.assertEqual(self.missing_in_types(misspelt), ["..spec.terminationGracePeriod"])
        with self.assertRaises(AssertionError):
            self.missing_in_types(manifest.replace("runAsUser: 10001", "runAsUser: www-data"))


class Patched(Local):
    """dinit-su put into somebody's Deployment: with Kustomize, and by a plain patch."""

    def patched(self):
        """The result of `kubectl patch`."""
        text = examples.manifest("kustomize/somebodys/deployment.yaml")
        return self.kubectl(text, "patch", "--patch", examples.manifest("patch/dinit-su.yaml"))

    def test_it_is_added_and_the_rest_stays(self):
        before = self.read(examples.manifest("kustomize/somebodys/deployment.yaml"))
        before["metadata"].pop("annotations")
        missing = list(fields_missing(before, self.patched()))
        self.assertEqual(missing, ["..spec.template.spec.containers[].env"])
        container, = self.patched()["spec"]["template"]["spec"]["containers"]
        self.assertEqual(container["command"], ["/tools/dinit-su", "--no-switch", "--",
                                                "/docker-entrypoint.sh"])
        self.assertIn({"name": "THEIRS", "value": "stays"}, container["env"])

    def test_kustomize_makes_the_same(self):
        process = self.run_kubectl("kustomize", os.path.join(examples.KUBERNETES, "kustomize"))
        if "components" in process.stderr:
            self.skipTest("kubectl before 1.21 knows no components of Kustomize")
        self.assertEqual(process.returncode, 0, process.stderr)
        made = self.read(process.stdout)
        made["metadata"].pop("annotations")
        self.assertEqual(made, self.patched())


class Restricted(Local):
    """Pod Security "restricted", which the API server of the cluster tests does not know yet."""

    def specs(self, text):
        for document in text.split("\n---\n"):
            found = self.read(document)
            if found["kind"] in ("Pod", "Deployment"):
                yield found["spec"] if found["kind"] == "Pod" else found["spec"]["template"]["spec"]

    def violations(self, text):
        return [what for spec in self.specs(text) for what in restricted.violations(spec)]

    def test_every_example_that_does_not_start_as_root_conforms(self):
        for name in ("non-root.yaml", "shared-processes.yaml"):
            with self.subTest(manifest=name):
                self.assertEqual(self.violations(examples.manifest(name)), [])

    def test_the_others_start_as_root(self):
        for name in ("deployment.yaml", "groups.yaml", "inject.yaml"):
            with self.subTest(manifest=name):
                self.assertTrue([what for what in self.violations(examples.manifest(name))
                                 if what.endswith("runAsNonRoot is not true")])

    def test_what_brings_the_program_lacks_nothing_but_the_profile_of_its_pod(self):
        for name in ("inject.yaml", "patch/dinit-su.yaml", "kustomize/component/volume.yaml"):
            text = examples.manifest(name)
            if name.startswith("patch"):
                text = json.dumps(Patched.patched(self))
            with self.subTest(manifest=name):
                self.assertEqual([what for what in self.violations(text)
                                  if what.startswith("dinit-su: ")], ["dinit-su: no seccompProfile"])

    def test_each_rule(self):
        spec, = self.specs(examples.manifest("non-root.yaml"))
        self.assertEqual(restricted.violations(spec), [])
        container = spec["containers"][0]
        for place, change in (
                (spec, {"hostPID": True}), (spec, {"hostNetwork": True}), (spec, {"hostIPC": True}),
                (spec, {"volumes": [{"name": "v", "hostPath": {"path": "/"}}]}),
                (spec["securityContext"], {"seccompProfile": {"type": "Unconfined"}}),
                (spec["securityContext"], {"runAsNonRoot": False}),
                (spec["securityContext"], {"runAsUser": 0}),
                (spec["securityContext"], {"sysctls": [{"name": "kernel.msgmax", "value": "1"}]}),
                (spec["securityContext"], {"seLinuxOptions": {"type": "spc_t"}}),
                (container, {"ports": [{"containerPort": 80, "hostPort": 80}]}),
                (container["securityContext"], {"privileged": True}),
                (container["securityContext"], {"allowPrivilegeEscalation": True}),
                (container["securityContext"], {"capabilities": {"add": ["CHOWN"], "drop": ["ALL"]}}),
                (container["securityContext"], {"capabilities": {}}),
                (container["securityContext"], {"procMount": "Unmasked"}),
                (container["securityContext"], {"runAsUser": 0})):
            before = dict(place)
            place.update(change)
            self.assertEqual(len(restricted.violations(spec)), 1, change)
            place.clear()
            place.update(before)


class Kubernetes(Pods):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # For test_without_building.py.
        begin_injected(cls.engine)
        for name in ("nginx", "pause", "redis"):
            examples.image(cls.engine, name)

    def start(self, name, **options):
        pod = play(self.engine, name, **options).pod()
        self.addCleanup(pod.remove)
        return pod

    def start_saver(self, container, user):
        """Start a background process; returns its pid in the container."""
        container.execute("sh", "-c", SAVER, options=["-d", "--user", user])
        return int(until(lambda: container.execute("cat", "/tmp/ready", check=False).stdout,
                         lambda: "the background process in %r" % container))

    def assert_saved(self, container):
        self.assertEqual(self.content(container, "/tmp/saved"), "saved\n")

    def content(self, container, path):
        """A file of a container that has ended."""
        copy = os.path.join(self.engine.directory, "copied")
        self.engine.call("cp", container.identity + ":" + path, copy)
        with open(copy) as file:
            return file.read()

    def test_deployment_drains_and_its_background_process_saves(self):
        pod = self.start("deployment.yaml")
        web = pod.container("web")
        self.start_saver(web, "www-data")
        self.assert_drains(pod, web, NGINX_PORT, HEALTH)
        self.assert_saved(web)

    def test_non_root_carries_on_as_the_user_of_the_pod(self):
        pod = self.start("non-root.yaml")
        web = pod.container("web")
        wait_until_it_answers(web, NGINX_PORT, HEALTH)
        processes = web.processes()
        self.assertEqual(processes[1]["Name"], "dinit-su")
        for status in processes.values():
            self.assertEqual(set(status["Uid"].split()), {"10001"}, status)
            self.assertEqual(int(status["CapEff"], 16), 0, status)
            self.assertEqual(status["NoNewPrivs"], "1", status)
        self.assertLess(pod.stop(), GRACE / 2)
        self.assertEqual(web.wait(), 0, web)

    def start_with_secret(self, change):
        directory = os.path.join(self.engine.directory, "secret-%d" % time.monotonic_ns())
        os.mkdir(directory)
        text = examples.with_secret(examples.manifest("groups.yaml"), directory)
        pod = Play(self.engine, "groups.yaml", examples.for_podman(change(text))).pod()
        self.addCleanup(pod.remove)
        return pod, pod.container("cache")

    def test_without_keeping_groups_the_secret_cannot_be_read(self):
        _, cache = self.start_with_secret(lambda text: text.replace('"--keep-groups", ', ""))
        # The pod starts it again each time: its status is that of its end only for a moment.
        cache.wait_for("can't open config file '/etc/redis-secret/redis.conf': Permission denied")

    def test_groups_of_the_pod_are_kept(self):
        """Podman 4.3 knows supplementalGroups and not fsGroup; for dinit-su both are the same."""
        pod, cache = self.start_with_secret(lambda text: text)
        until(lambda: self.ask(cache, "-a", "change-this-first", "SET", "greeting", "hello") == "OK",
              lambda: "Redis: %r" % cache)
        redis, = (status for status in cache.processes().values()
                  if status["Name"] == "redis-server")
        self.assertIn("3000", redis["Groups"].split())
        self.assertNotIn("0", redis["Uid"].split())
        self.assertLess(pod.stop(), GRACE / 2)
        self.assertEqual(cache.wait(), 0, cache)
        self.assertIn("DB saved on disk", cache.logs())

    def start_shared(self, **options):
        pod = self.start("shared-processes.yaml", **options)
        web, cache = pod.container("web"), pod.container("cache")
        wait_until_it_answers(web, NGINX_PORT, HEALTH)
        until(lambda: self.ask(cache, "PING") == "PONG", lambda: "Redis: %r" % cache)
        # All users can write to an emptyDir in Kubernetes, and only root in podman 4.3. No process in the
        # container has the capability to change that, so it is done from outside.
        os.chmod("/proc/%d/root/data" % cache.pid(), 0o777)
        return pod, web, cache

    def ask(self, cache, *request):
        return cache.execute("redis-cli", *request, check=False).stdout.strip()

    def test_shared_processes_of_others_are_never_signalled(self):
        _, web, cache = self.start_shared()
        saver = self.start_saver(cache, "10001")
        before = cache.processes()
        self.assertNotEqual(before[1]["Name"], "dinit-su")
        own = {pid for pid, status in before.items() if status["Name"] == "nginx"}
        self.assertEqual({before[pid]["Uid"].split()[0] for pid in before if pid != 1}, {"10001"})
        web.stop()
        self.assertEqual(web.wait(), 0, web)
        after = cache.processes()
        self.assertFalse(own & set(after))
        for pid in [saver] + [pid for pid in before if before[pid]["Name"] == "redis-server"]:
            self.assertEqual(after[pid]["Name"], before[pid]["Name"])
        self.assertNotEqual(cache.execute("test", "-e", "/tmp/saved", check=False).returncode, 0)
        self.assertEqual(self.ask(cache, "PING"), "PONG")

    def test_shared_processes_with_dinit_su_as_the_pause_process(self):
        """Podman stops the pause process together with the others: it must not end before them."""
        settings = read(self.engine.environment["CONTAINERS_CONF"]).replace(
            "[engine]\n", '[engine]\ninfra_image = "localhost/pause-dinit-su:1"\n')
        settings = self.engine.file("pause.conf", settings)
        pod, web, cache = self.start_shared(environment={"CONTAINERS_CONF": settings})
        self.assertEqual(web.processes()[1]["Name"], "dinit-su")
        web.execute("sh", "-c", "(sleep 0 &) ; (sleep 0 &)")
        until(lambda: "sleep" not in [status["Name"] for status in web.processes().values()],
              lambda: "the orphans: %s" % web.processes())
        self.assertEqual(self.ask(cache, "SET", "greeting", "hello"), "OK")
        self.assert_drains(pod, web, NGINX_PORT, HEALTH)
        self.assertEqual(cache.wait(), 0, cache)
        self.assertIn("DB saved on disk", cache.logs())
