# SPDX-License-Identifier: MIT
"""Kubernetes pods, as podman plays them."""
import json
import os
import subprocess
import time

from engine import PATIENCE, Container

# Probes are not run: podman has systemd do that.
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
        """Stop it under its own grace period; returns how many seconds that took."""
        began = time.monotonic()
        self.call("stop")
        return time.monotonic() - began

    def remove(self):
        self.engine.call("pod", "rm", "-f", "-t", "0", self.identity, check=False)


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
