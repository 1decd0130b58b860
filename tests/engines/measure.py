# SPDX-License-Identifier: MIT
"""Measures a server of the catalogue that is stopped or reloaded during its work, under an init."""
import itertools

import images
import network
from engine import once
from in_flight import start_backend

TINI, DINIT_SU, AS_SET = "tini + gosu", "dinit-su", "as set"
ENTRIES = {TINI: ("/sbin/tini-static", "--", "/sbin/gosu"), DINIT_SU: ("/sbin/dinit-su",),
           AS_SET: ("/sbin/dinit-su",)}
# The measurements of a row: action and init. Only some rows have a setting or a reload.
COLUMNS = (("stop", TINI), ("stop", DINIT_SU), ("stop", AS_SET), ("reload", TINI),
           ("reload", DINIT_SU))
GRACE = 10
# Seconds that a stop may take longer than with the other init: the machine may be busy.
LONGER = 4.0


class Stopped:
    """The result of a stop: the work that was lost, the seconds, the status."""

    ended = True

    def __init__(self, work, seconds, status):
        self.lost, self.total = work.count_lost(self.ended), work.total
        self.seconds, self.status, self.why = seconds, status, work.why

    def __str__(self):
        return "%s%.1f s, %d" % (self.loss(), self.seconds, self.status)

    def loss(self):
        return "%d/%d lost, " % (self.lost, self.total) if self.total else ""

    def is_as_good_as(self, other):
        return isinstance(other, Failed) or self.lost < other.lost or (
            self.lost == other.lost and self.seconds <= other.seconds + LONGER and
            (self.status == 0 or other.status != 0))


class Reloaded(Stopped):
    """The result of a reload: the work that was lost; the status, or None if the server serves on."""

    ended = False

    def __str__(self):
        return self.loss() + ("serves" if self.status is None else "ended, %d" % self.status)

    def is_as_good_as(self, other):
        return isinstance(other, Failed) or (
            self.lost <= other.lost and (self.status is None or other.status is not None))


class Failed:
    """A measurement that failed, and why."""

    why = ""

    def __init__(self, error):
        self.error = error

    def __str__(self):
        return "not measured: " + str(self.error)[-300:].replace("\n", " ")

    def is_as_good_as(self, _):
        return False


class Bench:
    """An engine with the servers, and the services that they need."""

    def __init__(self, engine, image=images.SERVERS, grace=GRACE):
        self.engine, self.grace = engine, grace
        self.image = images.prepare(engine, image)
        network.clients_network()
        start_backend()
        self.helper = self.start_helper()
        # The databases of the helper's Redis, one for each measurement.
        self.databases = itertools.count()

    def start_helper(self):
        """A container with the clients that databases need, and Redis for others to use."""
        helper = self.engine.start_container(
            self.image, "--bind", "*", "--protected-mode", "no", "--save", "",
            "--databases", "1000",
            options=["--entrypoint", "redis-server"])
        network.address(helper)
        return helper

    @once
    def has(self, row):
        """True if the program of the row is in the image."""
        return self.helper.execute("sh", "-c", 'command -v "$0"', row.program,
                                   check=False).returncode == 0

    def start(self, row, init, database):
        variables = ["BROKER=redis://%s:6379/%d" % (network.address(self.helper), database)]
        if init == AS_SET:
            variables.append("DINIT_SU_" + row.setting)
        entry, *words = ENTRIES[init] + (row.user,)
        return self.engine.start_container(
            self.image, *words, *row.command,
            options=["--stop-timeout", str(self.grace), "--entrypoint", entry,
                     *("--env=" + variable for variable in variables)])

    def measure(self, row, action, init):
        database = next(self.databases)
        container = self.start(row, init, database)
        try:
            network.address(container)
            work = row.work(container, self.helper, database)
            work.wait_until_ready()
            work.begin()
            return self.stop(work) if action == "stop" else self.reload(work, row.reload)
        finally:
            container.remove()

    def stop(self, work):
        seconds = work.container.stop()
        return Stopped(work, seconds, work.container.wait())

    def reload(self, work, signal):
        work.container.kill(signal)
        reloaded = Reloaded(work, 0, None)
        try:
            work.wait_until_ready()
        except AssertionError:
            if work.container.is_running():
                raise
            reloaded.status = work.container.wait()
        return reloaded
