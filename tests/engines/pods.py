# SPDX-License-Identifier: MIT
"""Kubernetes pods, as podman plays them."""
import json
import os
import subprocess
import threading
import time

import confine
import examples
from cases import OnPodman
from engine import PATIENCE, Container, until
from network import address, answers, wait_until_it_answers

# Seconds, at most the grace period of each manifest.
GRACE = 30
# Seconds to which the drain delays of the manifests are cut.
DELAY = 1.0
# Podman has systemd run probes; without systemd they must be off.
WITHOUT_SYSTEMD = {"DISABLE_HC_SYSTEMD": "true"}


class Pod:
    """A pod in the background."""

    def __init__(self, engine, identity):
        self.engine = engine
        self.identity = identity
        self.name = json.loads(self.call("inspect").stdout)["Name"]

    def call(self, verb, **options):
        return self.engine.call("pod", verb, self.identity, **options)

    def container(self, name):
        return Container(self.engine, "%s-%s" % (self.name, name))

    def stop(self):
        """Stop it with its own grace period; returns the seconds that it took."""
        began = time.monotonic()
        self.call("stop")
        return time.monotonic() - began

    def remove(self):
        command = ("pod", "rm", "-f", "-t", "0", "--ignore", self.identity)
        # Podman 4.3 cannot always remove an init container that has ended at the first attempt.
        until(lambda: self.engine.call(*command, check=False).returncode == 0,
              lambda: "the removal of " + self.name)
        # Podman puts the cgroups of pods into a place of its own and leaves some of them there.
        for hierarchy in os.listdir(confine.CGROUPS):
            confine.remove_empty(os.path.join(confine.CGROUPS, hierarchy, "libpod_parent",
                                              self.identity))


class Play:
    """A manifest that is being played; pod() waits for it."""

    def __init__(self, engine, name, text, environment=None):
        path = engine.file(name, text)
        self.engine = engine
        self.process = subprocess.Popen(
            engine.command("play", "kube", "--network", "none", path),
            env=dict(engine.environment, **WITHOUT_SYSTEMD, **(environment or {})),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            universal_newlines=True)

    def pod(self):
        output, errors = self.process.communicate(timeout=PATIENCE)
        lines = output.splitlines()
        if self.process.returncode != 0 or "Pod:" not in lines:
            raise AssertionError("podman play kube: " + output + errors)
        return Pod(self.engine, lines[lines.index("Pod:") + 1])


def play(engine, name, **options):
    """Have podman play a manifest of the examples, with its drain delay cut to DELAY."""
    text = examples.for_podman(examples.manifest(name))
    return Play(engine, name, text.replace('value: "5s"', 'value: "%ds"' % DELAY), **options)


begun = {}


def begin_injected(engine):
    """Have podman begin with inject.yaml, for injected() to wait for.

    Podman 4.3 takes 20 seconds to see that an init container has ended: other tests run meanwhile.
    """
    if engine not in begun:
        examples.image(engine, "dinit-su")
        examples.foreign_image(engine)
        begun[engine] = play(engine, "inject.yaml")


def injected(engine):
    begin_injected(engine)
    return begun.pop(engine).pod()


class Pods(OnPodman):
    @classmethod
    def setUpClass(cls):
        cls.engine = cls.engine_class.started()

    def assert_drains(self, pod, container, port, path):
        """After a stop the pod serves for the whole delay, and then ends by itself."""
        wait_until_it_answers(container, port, path)
        host = address(container)
        took = []
        stop = threading.Thread(target=lambda: took.append(pod.stop()))
        began = time.monotonic()
        stop.start()
        last_answer = 0.0
        while stop.is_alive():
            asked = time.monotonic() - began
            if answers(host, port, path):
                last_answer = asked
        stop.join()
        self.assertGreater(last_answer, DELAY * 0.8)
        self.assertGreater(took[0], DELAY)
        self.assertLess(took[0], GRACE / 2)
        self.assertEqual(container.wait(), 0, container)
