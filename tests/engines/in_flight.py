# SPDX-License-Identifier: MIT
"""The work that servers do while they are stopped or reloaded, and how much of it is lost.

begin() returns when all of the work is under way. count_lost() is called when the server has ended, or
after a reload.
"""
import http.server
import os
import pty
import socket
import subprocess
import threading
import time

import engine
from engine import Container, until
from network import HERE, NETWORK, address, enter_clients_network, in_clients_network

EIGHT = 8
BACKEND_PORT = 9000
# Seconds that a request under way may take to its end; a request needs two.
PATIENCE = 20.0
SLOW, QUICK = "/slow", "/"


class Work:
    """No work, and the methods of every kind of work."""

    total = 0
    # The error of the first request that was lost.
    why = ""

    def __init__(self, container):
        self.container = container

    def wait_until_ready(self):
        """Return when the server takes work."""
        deadline = time.monotonic() + engine.PATIENCE
        while not self.is_ready():
            if time.monotonic() > deadline or not self.container.is_running():
                raise AssertionError("not ready: %r" % self.container)
            time.sleep(0.1)

    def is_ready(self):
        return True

    def begin(self):
        """Begin the work; returns when all of it is under way."""

    def count_lost(self, ended):
        """Wait for the end of the work, and count what was lost. ended: the server has ended."""
        return 0


class Exchange(threading.Thread):
    """A request on a connection of its own. It is under way when its answer has begun."""

    def __init__(self, host, port, request, first, last):
        super().__init__(daemon=True)
        self.request, self.first, self.last = request, first, last
        self.answer = b""
        self.error = None
        self.over = threading.Event()
        self.connection = in_clients_network(socket.create_connection, (host, port), PATIENCE)
        self.start()

    def run(self):
        try:
            self.connection.sendall(self.request)
            while not self.is_complete():
                received = self.connection.recv(1 << 16)
                if not received:
                    break
                self.answer += received
        except OSError as error:
            self.error = error
        self.over.set()
        self.connection.close()

    def is_under_way(self):
        return self.first in self.answer or self.over.is_set()

    def is_complete(self):
        return self.last in self.answer

    def give_up(self):
        """End the wait for an answer: the server and its network are gone."""
        try:
            self.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


class Requests(Work):
    """Requests that take two seconds each."""

    total = EIGHT
    port = 8080
    first, last = b"begin\n", b"end\n"

    def request(self, path):
        return b"GET %s HTTP/1.1\r\nHost: server\r\nConnection: close\r\n\r\n" % path.encode()

    def start(self, path):
        return Exchange(address(self.container), self.port, self.request(path), self.first,
                        self.last)

    def is_ready(self):
        try:
            exchange = self.start(QUICK)
        except OSError:
            return False
        exchange.over.wait(PATIENCE)
        return exchange.is_complete()

    def begin(self):
        # While workers are still starting, some requests end before the last one begins.
        until(self.have_all_begun, lambda: "as many requests as there should be workers for")

    def have_all_begun(self):
        self.exchanges = [self.start(SLOW) for _ in range(self.total)]
        until(lambda: all(exchange.is_under_way() for exchange in self.exchanges),
              lambda: "requests to begin in %r" % self.container)
        return not any(exchange.over.is_set() for exchange in self.exchanges)

    def count_lost(self, ended):
        # All that was sent before the end has arrived: between server and client is only a bridge.
        deadline = time.monotonic() + (0.5 if ended else PATIENCE)
        for exchange in self.exchanges:
            if not exchange.over.wait(max(0, deadline - time.monotonic())):
                exchange.give_up()
        lost = [exchange for exchange in self.exchanges if not exchange.is_complete()]
        self.why = "".join(": %r" % (exchange.error or "cut off") for exchange in lost[:1])
        return len(lost)


class FastCGI(Requests):
    """The same requests as from a web server to PHP-FPM: https://fastcgi-archives.github.io."""

    port = 9000
    parameters = (("REQUEST_METHOD", "GET"), ("SCRIPT_FILENAME", "/srv/index.php"))

    def request(self, path):
        content = b"".join(bytes((len(name), len(value))) + name.encode() + value.encode() for
                           name, value in self.parameters + (("DOCUMENT_URI", path),))
        return (self.record(1, b"\0\1\0\0\0\0\0\0") + self.record(4, content) + self.record(4) +
                self.record(5))

    @staticmethod
    def record(kind, content=b""):
        return bytes((1, kind, 0, 1)) + len(content).to_bytes(2, "big") + b"\0\0" + content


class Session(Work):
    """One open IMAP session, which a server may cut off when it stops."""

    def is_ready(self):
        try:
            return in_clients_network(self.log_in)
        except OSError:
            return False

    def log_in(self):
        self.connection = socket.create_connection((address(self.container), 143), PATIENCE)
        lines = self.connection.makefile("rb")
        lines.readline()
        self.connection.sendall(b"a login user word\r\n")
        return b"a OK" in lines.readline()


class Tasks(Work):
    """Tasks of a Celery worker; the broker knows which have begun and which are done."""

    total = 4
    ready = "celery@"

    def __init__(self, container, broker, database):
        super().__init__(container)
        self.broker, self.database = broker, database

    def is_ready(self):
        return " ready." in self.container.logs()

    def ask(self, *words):
        ended = self.broker.execute("redis-cli", "-n", str(self.database), *words)
        return ended.stdout.strip()

    def begin(self):
        self.container.execute("python3", "-c", "import tasks\n"
                               "for number in range(%d): tasks.slow.delay(number)" % self.total,
                               options=["-w", "/srv"])
        until(lambda: self.ask("llen", "begun") == str(self.total),
              lambda: "tasks to begin in %r" % self.container)

    def count_lost(self, ended):
        deadline = time.monotonic() + (0 if ended else PATIENCE)
        while self.ask("llen", "done") != str(self.total) and time.monotonic() < deadline:
            time.sleep(0.05)
        return self.total - int(self.ask("llen", "done"))


class Rows(Work):
    """Clients that write row after row; each acknowledged row must be there at the next start."""

    writers = EIGHT
    enough = 20

    def __init__(self, container, clients, ping, create, insert, count):
        super().__init__(container)
        self.clients = clients
        self.ping, self.create, self.insert, self.count = ping, create, insert, count

    def client(self, words):
        return [word.replace("HOST", address(self.container)) for word in words]

    def ask(self, words):
        ended = self.clients.execute(*self.client(words), check=False)
        return ended.stdout.strip() if ended.returncode == 0 else None

    def is_ready(self):
        return self.ask(self.ping) is not None

    def begin(self):
        self.ask(self.create)
        # Each shell leads the process group of its client, which may wait for an answer for ever.
        self.groups = "/tmp/writers-" + address(self.container)
        loop = ("echo -$$ >>%s; while %s >/dev/null; do echo row; done"
                % (self.groups, " ".join(self.client(self.insert))))
        command = self.clients.engine.command("exec", self.clients.identity, "sh", "-c", loop)
        self.processes = [
            subprocess.Popen(command, env=self.clients.engine.environment, stdout=subprocess.PIPE,
                             stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True)
            for _ in range(self.writers)]
        self.written = 0
        self.write_on()

    def write_on(self):
        for process in self.processes:
            for _ in range(self.enough):
                process.stdout.readline()
        self.written += self.writers * self.enough

    def count_lost(self, ended):
        if not ended:
            self.write_on()
        self.clients.execute("bash", "-c", "kill -KILL -- $(cat %s)" % self.groups, check=False)
        for process in self.processes:
            self.written += len(process.stdout.read().splitlines())
            process.stdout.close()
            process.wait()
        self.total = self.written
        if ended:
            # address() gives a network to each Container once, and the new start has a new network.
            self.container.call("start")
            self.container = Container(self.container.engine, self.container.identity)
            self.wait_until_ready()
        return max(0, self.written - int(self.ask(self.count)))


class Film(Work):
    """A file that can be played only if its end was written."""

    total = 1
    path = "/tmp/film.mp4"

    def is_ready(self):
        return self.container.execute("test", "-s", self.path, check=False).returncode == 0

    def count_lost(self, ended):
        return int("moov" not in self.container.copy_out(self.path))


class Answering(Work):
    """A server that is ready when it answers a question at a port, and idle."""

    def __init__(self, container, port, question, answer):
        super().__init__(container)
        self.asked = port, question, answer

    def is_ready(self):
        port, question, answer = self.asked
        try:
            exchange = Exchange(address(self.container), port, question, b"", answer)
        except OSError:
            return False
        exchange.over.wait(PATIENCE)
        return exchange.is_complete()


class Broker(Answering):
    """RabbitMQ, which is lost if its log does not tell of an orderly end."""

    total = 1
    log = "/var/log/rabbitmq"

    def __init__(self, container):
        super().__init__(container, 5672, b"AMQP\0\0\x09\1", b"PLAIN")

    def count_lost(self, ended):
        log = self.container.copy_out(self.log)
        self.why = "; %d lines of errors" % log.count("[error]")
        return int("msg_store_persistent' is stopped" not in log)


class Saying(Work):
    """A server that prints a line when it is ready, and is idle."""

    def __init__(self, container, words):
        super().__init__(container)
        self.words = words

    def is_ready(self):
        return self.words in self.container.logs()


class OpenShell(Requests):
    """A shell that `docker exec -it CONTAINER bash` has opened, and no request."""

    total = 0
    prompt = b"# "

    def begin(self):
        ours, theirs = pty.openpty()
        self.process = subprocess.Popen(
            self.container.engine.command("exec", "-it", self.container.identity, "bash"),
            env=self.container.engine.environment, stdin=theirs, stdout=theirs, stderr=theirs)
        os.close(theirs)
        shown = b""
        while self.prompt not in shown:
            shown += os.read(ours, 1 << 10)
        self.terminal = ours

    def count_lost(self, ended):
        self.process.kill()
        self.process.wait()
        os.close(self.terminal)
        return 0


class Slow(http.server.BaseHTTPRequestHandler):
    """The server behind the proxies. Its answer begins with enough to fill their buffers."""

    beginning = Requests.first + bytes(1 << 16)

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.beginning + Requests.last)))
        self.end_headers()
        self.wfile.write(self.beginning)
        time.sleep(2 if self.path == SLOW else 0)
        self.wfile.write(Requests.last)

    def log_message(self, *_):
        pass


def start_backend():
    """Start a slow web server where the clients are, for the proxies to ask."""
    server = in_clients_network(http.server.ThreadingHTTPServer,
                                (NETWORK + str(HERE), BACKEND_PORT), Slow)
    server.daemon_threads = True

    def serve():
        enter_clients_network()
        server.serve_forever()

    threading.Thread(target=serve, daemon=True).start()
