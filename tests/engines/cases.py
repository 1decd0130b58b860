# SPDX-License-Identifier: MIT
"""The common part of the cases: an engine, an image, and assertions that several modules make.

A test module states its cases once, in a class that names an image, and then runs them on both
engines: class DockerX(X, OnDocker) and class PodmanX(X, OnPodman).
"""
import unittest

import images
from engine import Docker, Podman

# With these options the container's command is the program's whole command line.
ENTERED_BY_HAND = ["--entrypoint", "/sbin/dinit-su"]


class OnDocker(unittest.TestCase):
    engine_class = Docker


class OnPodman(unittest.TestCase):
    engine_class = Podman


class Cases:
    """To be mixed into a test case on an engine."""

    image = images.SMALL
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.engine = cls.engine_class.started()
        images.prepare(cls.engine, cls.image)

    def run_it(self, *arguments, options=()):
        """Run a container in the foreground to its end."""
        return self.engine.run(self.image, *arguments, options=options)

    def start_it(self, *arguments, options=()):
        """Start a container in the background, to be removed after the test."""
        container = self.engine.start_container(self.image, *arguments, options=options)
        self.addCleanup(container.remove)
        return container

    def share(self, owner=None):
        """A directory and the options that mount it on /data."""
        path = self.engine.fresh_directory(owner)
        return path, ["-v", path + ":/data"]

    def assert_refused(self, ended, *words):
        """Status 125, one line that has the words in it, and main was not run."""
        self.assertEqual((ended.status, ended.output), (125, ""), ended)
        self.assertEqual(len(ended.errors.splitlines()), 1, ended)
        self.assertTrue(ended.errors.startswith("dinit-su: "), ended)
        for word in words:
            self.assertIn(word, ended.errors)
