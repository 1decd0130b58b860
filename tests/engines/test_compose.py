# SPDX-License-Identifier: MIT
"""examples/docker/compose.yaml: read, started and stopped by docker-compose."""
import json
import os
import subprocess
import time
import unittest

import confine
import examples
from cases import OnDocker
from engine import PATIENCE, Container, until
from network import wait_until_it_answers

# The services run without a network.
OVERRIDES = {"version": "3.9", "services": {
    name: {"network_mode": "none"} for name in ("web", "database", "cache")}}


class Compose(OnDocker):
    @classmethod
    def setUpClass(cls):
        cls.program = confine.tool("docker-compose")
        if not cls.program:
            raise unittest.SkipTest("docker-compose is not installed")
        cls.engine = cls.engine_class.started()
        for name in ("nginx", "postgresql", "redis"):
            examples.image(cls.engine, name)
        cls.files = ["-f", os.path.join(examples.DOCKER, "compose.yaml"),
                     "-f", cls.engine.file("overrides.json", json.dumps(OVERRIDES))]

    def compose(self, *arguments):
        process = subprocess.run(
            [self.program, "-p", "examples", *self.files, *arguments],
            env=self.engine.environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, universal_newlines=True, timeout=PATIENCE)
        self.assertEqual(process.returncode, 0, process.stderr)

    def container(self, service):
        service = "label=com.docker.compose.service=" + service
        found = self.engine.call("ps", "-q", "--filter", service)
        return Container(self.engine, found.stdout.strip())

    def test_each_server_stops_of_its_own_accord(self):
        self.addCleanup(self.compose, "down", "-v", "-t", "0")
        self.compose("up", "-d", "--no-build")
        web, database, cache = map(self.container, ("web", "database", "cache"))
        wait_until_it_answers(web, 8080, "/healthz")
        wait_until_it_answers(web, 8080, "/")
        until(lambda: "ready to accept connections" in database.logs(), lambda: repr(database))
        until(lambda: "Ready to accept connections" in cache.logs(), lambda: repr(cache))
        began = time.monotonic()
        self.compose("stop")
        # At least the delay of the web server, and far below the grace periods.
        self.assertGreater(time.monotonic() - began, 2)
        self.assertLess(time.monotonic() - began, 20)
        self.assertEqual([web.wait(), database.wait(), cache.wait()], [0, 0, 0])
        self.assertIn("database system is shut down", database.logs())
        self.assertIn("ready to exit", cache.logs())
