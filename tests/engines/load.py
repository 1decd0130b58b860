# SPDX-License-Identifier: MIT
"""A steady load of HTTP requests on a server, which can change to another server.

A load balancer does so: some time after a server was asked to stop it gets no new requests, and its
requests under way go on.
"""
import http.client
import socket
import threading
import time

from network import enter_clients_network

# Workers with a new connection for each request, and with one that is kept; each has its own pace.
NEW_CONNECTIONS = 12
KEPT_CONNECTIONS = 8
PACE = 0.05
# Workers that read a large answer slowly, so that some are always in the middle of it.
SLOW_READERS = 4
SLOW_SECONDS = 2.0
PIECES = 32


class Load:
    """The load, which runs from the constructor until end()."""

    def __init__(self, server, page, large_page):
        """On a server, (address, port); page and large_page are (path, length of the content)."""
        self.server = server
        self.page = page
        self.large_page = large_page
        self.ending = threading.Event()
        self.lock = threading.Lock()
        self.ended = []
        self.failures = []
        self.threads = (
            [self.start(self.request_on_new_connections, number / NEW_CONNECTIONS * PACE)
             for number in range(NEW_CONNECTIONS)] +
            [self.start(self.request_on_kept_connection, number / KEPT_CONNECTIONS * PACE)
             for number in range(KEPT_CONNECTIONS)] +
            [self.start(self.read_slowly, number / SLOW_READERS * SLOW_SECONDS)
             for number in range(SLOW_READERS)])

    def start(self, work, delay):
        thread = threading.Thread(target=self.run, args=(work, delay), daemon=True)
        thread.start()
        return thread

    def run(self, work, delay):
        enter_clients_network()
        if not self.ending.wait(delay):
            work()

    def use(self, server):
        """Send the requests that follow to another server."""
        self.server = server

    def end(self):
        """Let the requests under way end, and make no more."""
        self.ending.set()
        for thread in self.threads:
            thread.join()

    def rate(self, begin, end):
        """The successful requests a second in a period of time.monotonic()."""
        return sum(begin <= moment <= end for moment in self.ended) / (end - begin)

    def paced(self):
        """Yield at every step of the pace until the end; a late step follows at once."""
        step = time.monotonic()
        while not self.ending.wait(max(0, step - time.monotonic())):
            yield
            step += PACE

    def record(self, request, *arguments):
        """Make one request; returns whether it succeeded."""
        try:
            request(*arguments)
            error = None
        except (OSError, http.client.HTTPException, ValueError) as failure:
            error = failure
        with self.lock:
            if error is None:
                self.ended.append(time.monotonic())
            else:
                self.failures.append("%s: %r" % (arguments[0].name, error))
        return error is None

    def request_on_new_connections(self):
        for _ in self.paced():
            connection = Connection("new connection", self.server)
            self.record(Connection.get, connection, self.page)
            connection.close()

    def request_on_kept_connection(self):
        connection = Connection("kept connection", self.server)
        for _ in self.paced():
            if (connection.host, connection.port) != self.server:
                connection.close()
                connection = Connection("kept connection", self.server)
            if not self.record(Connection.get, connection, self.page):
                connection.close()
        connection.close()

    def read_slowly(self):
        while not self.ending.is_set():
            connection = Connection("slow reader", self.server)
            if not self.record(Connection.get_slowly, connection, self.large_page):
                self.ending.wait(PACE)
            connection.close()


class Connection(http.client.HTTPConnection):
    def __init__(self, name, server):
        super().__init__(*server, timeout=10)
        self.name = name

    def ask(self, path):
        self.request("GET", path)
        response = self.getresponse()
        if response.status != 200:
            raise ValueError("status %d" % response.status)
        return response

    def get(self, page):
        path, length = page
        if len(self.ask(path).read()) != length:
            raise ValueError("not the whole page")

    def get_slowly(self, page):
        """Read a page in SLOW_SECONDS, without letting the kernel store much of it."""
        path, length = page
        self.sock = socket.socket()
        self.sock.settimeout(self.timeout)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
        self.sock.connect((self.host, self.port))
        response = self.ask(path)
        step = time.monotonic()
        for _ in range(PIECES):
            response.read(length // PIECES)
            step += SLOW_SECONDS / PIECES
            time.sleep(max(0, step - time.monotonic()))
        if response.read():
            raise ValueError("the page is longer than announced")
