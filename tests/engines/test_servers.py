# SPDX-License-Identifier: MIT
"""Real servers, from the Dockerfiles of examples/docker, stopped in the middle of their work.

The tests assert that nothing is lost with dinit-su. With tini and gosu in its place they only record the
result. A table of all results is printed at the end.
"""
import os
import re
import subprocess
import threading
import time

import catalogue
import confine
import examples
import images
import measure
from cases import Cases, OnDocker, OnPodman
from engine import copy, once, until
from load import Load
from network import address, wait_until_it_answers

GRACE = 10
# Seconds: longer than any of these stops takes on a loaded machine.
ENOUGH = 60
ROWS = []


def tearDownModule():
    if ROWS:
        print("| server | engine | init | what became of it |\n|---|---|---|---|")
    for row in ROWS:
        print("| %s | %s | %s | %s |" % row)


class Servers(Cases):
    """A server below either init, by the names that the inits have in the table."""

    server = None
    user = None
    command = ()

    @classmethod
    def setUpClass(cls):
        cls.engine = cls.engine_class.started()
        cls.image = examples.image(cls.engine, cls.server)

    @classmethod
    def record(cls, init, text):
        ROWS.append((cls.server, cls.engine.name, init, text))

    def peers_image(self):
        """The same image with tini and gosu in place of dinit-su."""
        for program in ("tini-static", "gosu"):
            if not confine.tool(program):
                self.skipTest("%s is not installed" % program)
        return peers_image(self.engine, self.image, self.user, self.command)

    def start_server(self, image, options=(), grace=GRACE):
        container = self.engine.start_container(
            image, options=[*options, "--stop-timeout", str(grace)])
        self.addCleanup(container.remove)
        return container

    def data(self, path):
        """A new directory of the server's user, and the options that mount it there."""
        uid = self.engine.run(self.image, "-u", self.user, options=["--entrypoint", "id"])
        directory = self.engine.fresh_directory(int(uid.output))
        return directory, ["-v", directory + ":" + path]

    def start_writer(self, container, script):
        """Have the server's user run a script that prints a line for each acknowledged write."""
        return Writer(self.engine.command("exec", "--user", self.user, container.identity,
                                          "sh", "-c", script), self.engine.environment)


@once
def peers_image(engine, image, user, command):
    context = os.path.join(engine.directory, "peers-" + user)
    for program in ("tini-static", "gosu"):
        copy(confine.tool(program), os.path.join(context, program), 0o755)
    words = ", ".join('"%s"' % word for word in command)
    with open(os.path.join(context, "Dockerfile"), "w") as file:
        file.write('FROM %s\nCOPY tini-static gosu /sbin/\n'
                   'ENTRYPOINT ["/sbin/tini-static", "--", "/sbin/gosu", "%s"]\nCMD [%s]\n'
                   % (image, user, words))
    tag = "peers-" + user
    engine.build(tag, context)
    return tag


class Writer:
    """A program in a container that goes on writing until the server ends."""

    def __init__(self, command, environment):
        self.process = subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, universal_newlines=True)
        self.lines = []
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        for line in self.process.stdout:
            self.lines.append(line.strip())

    def wait_for_lines(self, count):
        until(lambda: len(self.lines) >= count, lambda: "%d writes" % count)

    def end(self):
        """Wait for its end; returns all its lines."""
        self.process.wait()
        self.reader.join()
        self.process.stdout.close()
        return self.lines


class Nginx(Servers):
    """A rolling update: the old server is stopped when a new one runs.

    The load balancer still sends requests to the old server for some time after the stop has begun.
    """

    server = "nginx"
    user = "www-data"
    command = ("nginx", "-g", "daemon off;")
    port = 8080
    page = "page", 1000
    large_page = "large", 32 << 20
    # Seconds of load before the stop, and until the load balancer hears of the stop.
    before = 0.5
    lag = 0.7
    delay = 2.0

    def content(self):
        directory = self.engine.fresh_directory()
        for path, length in (self.page, self.large_page):
            with open(os.path.join(directory, path), "w") as file:
                file.truncate(length)
        return ["-v", directory + ":/var/www/html:ro"]

    def update(self, image, options):
        """Returns the load, the old container, and the times of the stop's begin and end."""
        content = self.content()
        old = self.start_server(image, [*options, *content])
        new = self.start_server(self.image, content)
        for server in old, new:
            wait_until_it_answers(server, self.port, "/healthz")
        load = Load((address(old), self.port), *(("/" + path, length) for path, length
                                                 in (self.page, self.large_page)))
        time.sleep(self.before)
        stop = threading.Thread(target=old.stop)
        began = time.monotonic()
        stop.start()
        time.sleep(self.lag)
        load.use((address(new), self.port))
        stop.join()
        ended = time.monotonic()
        load.end()
        return load, old, began, ended

    def measure(self, init, image, options=()):
        load, old, began, ended = self.update(image, options)
        rate = load.rate(began, ended)
        self.record(init, "%d of %d requests failed, %d a second during the stop of %.1f s; "
                    "status %d" % (len(load.failures), len(load.failures) + len(load.ended), rate,
                                   ended - began, old.wait()))
        return load, old, rate, ended - began

    def test_no_request_fails(self):
        load, old, rate, seconds = self.measure(
            "dinit-su", self.image, ["-e", "DINIT_SU_STOP_DELAY=%ds" % self.delay])
        self.assertEqual(load.failures[:3], [])
        self.assertGreater(rate, 0)
        self.assertGreater(seconds, self.delay)
        self.assertLess(seconds, GRACE)
        self.assertEqual(old.wait(), 0, old)


class PostgreSQL(Servers):
    server = "postgresql"
    user = "postgres"
    command = ("start-postgresql", "postgres", "-c", "listen_addresses=*")
    insert = ("seq 1 100000000 | sed 's/.*/insert into written values (&) returning number;/' | "
              "psql -AtqX")

    def ask(self, container, query):
        ended = container.execute("psql", "-AtqX", "-c", query, options=["--user", self.user],
                                  check=False)
        return ended.stdout.split() if ended.returncode == 0 else None

    def start_database(self, image, data, grace=GRACE):
        container = self.start_server(image, data, grace)
        until(lambda: self.ask(container, "select 1") == ["1"], lambda: repr(container))
        return container

    def measure(self, init, image, grace):
        """Returns the container, the rows that were lost, and the container of the next start."""
        _, data = self.data("/var/lib/postgresql/data")
        container = self.start_database(image, data, grace)
        self.ask(container, "create table written (number int primary key)")
        writer = self.start_writer(container, self.insert)
        writer.wait_for_lines(500)
        seconds = container.stop()
        written = set(writer.end())
        again = self.start_database(self.image, data)
        lost = written - set(self.ask(again, "select number from written"))
        recovered = "was interrupted" in again.logs()
        self.record(init, "%d of %d committed rows lost, %s recovery at the next start; stopped in "
                    "%.1f s, status %d" % (len(lost), len(written), "a" if recovered else "no",
                                           seconds, container.wait()))
        return container, lost, again

    def test_every_committed_row_is_there_without_recovery(self):
        container, lost, again = self.measure("dinit-su", self.image, GRACE)
        self.assertEqual(lost, set())
        self.assertEqual(container.wait(), 0, container)
        self.assertIn("database system was shut down at", again.logs())
        for word in ("was interrupted", "not properly shut down", "recovery"):
            self.assertNotIn(word, again.logs())


class Redis(Servers):
    server = "redis"
    user = "redis"
    command = ("redis-server", "--save", "3600 1", "--bind", "*", "--protected-mode", "no")
    insert = "seq 1 100000000 | sed 's/.*/SET key& &/' | redis-cli"
    first_missing = ("for i = 1, tonumber(ARGV[1]) do "
                     "if redis.call('GET', 'key' .. i) ~= tostring(i) then return i end end "
                     "return 'none'")

    def ask(self, container, *request):
        return container.execute("redis-cli", *request, check=False).stdout.strip()

    def start_store(self, image, data):
        container = self.start_server(image, data)
        until(lambda: self.ask(container, "PING") == "PONG", lambda: "Redis: %r" % container)
        return container

    def measure(self, init, image):
        _, data = self.data("/data")
        container = self.start_store(image, data)
        writer = self.start_writer(container, self.insert)
        writer.wait_for_lines(500)
        seconds = container.stop()
        written = writer.end().count("OK")
        again = self.start_store(self.image, data)
        missing = self.ask(again, "EVAL", self.first_missing, "0", str(written))
        self.record(init, "of %d acknowledged writes the first lost: %s; stopped in %.1f s, status "
                    "%d" % (written, missing, seconds, container.wait()))
        return container, missing

    def test_every_acknowledged_write_is_there(self):
        container, missing = self.measure("dinit-su", self.image)
        self.assertEqual(missing, "none")
        self.assertEqual(container.wait(), 0, container)


class Told(OnDocker):
    """One row of each kind of the catalogue, without an option: no work under way is lost.

    ./dev servers measures all rows, beside tini and gosu.
    """

    @classmethod
    def setUpClass(cls):
        cls.bench = measure.Bench(cls.engine_class.started(), images.FEW, grace=ENOUGH)

    def check(self, row, action):
        cell = self.bench.measure(row, action, measure.DINIT_SU)
        self.assertEqual(cell.lost, 0, cell.why)
        self.assertEqual(cell.status, row.status if action == "stop" else None, cell)
        self.assertLess(cell.seconds, row.within)

    @classmethod
    def add(cls, row, action):
        words = re.sub(r"\W+", "_", row.name).strip("_").lower()
        setattr(cls, "test_%s_%s" % (action, words), lambda self: self.check(row, action))


for _row in catalogue.ROWS:
    if _row.quick:
        Told.add(_row, "stop")
        if _row.reload:
            Told.add(_row, "reload")


class DockerNginx(Nginx, OnDocker):
    def test_recorded_with_tini_and_gosu(self):
        self.measure("tini + gosu", self.peers_image())


class PodmanNginx(Nginx, OnPodman):
    pass


class DockerPostgreSQL(PostgreSQL, OnDocker):
    def test_recorded_with_tini_and_gosu(self):
        self.measure("tini + gosu", self.peers_image(), grace=2)


class DockerRedis(Redis, OnDocker):
    def test_recorded_with_tini_and_gosu(self):
        self.measure("tini + gosu", self.peers_image())
