# SPDX-License-Identifier: MIT
"""Requests to the Endpoints of a Service, by clients outside the pods that hear late of changes.

A node's kube-proxy and a load balancer behave so. The sockets of a client must not be in the pod's
network namespace: they would keep it alive, and no connection would ever be cut off.
"""
import http.client
import socket
import threading
import time

from cluster import Watch, until

# Seconds after which clients hear of a change of the Endpoints.
LATE = 1.0
NEW_CONNECTIONS = 6
KEPT_CONNECTIONS = 4
PACE = 0.05
SLOW_READERS = 6
# Bytes that a slow reader takes in a second, and at a time.
SLOW_RATE = 2 * 1024 * 1024
PIECE = 64 * 1024
PORT = 8080


class Traffic:
    """The requests, which go on from the constructor until end()."""

    def __init__(self, namespace, service, large):
        self.large = large
        self.service = service
        self.watch = Watch(namespace, "endpoints")
        self.addresses = until(self.told, "Endpoints of " + service)
        self.ending = threading.Event()
        self.lock = threading.Lock()
        self.good = {"request": 0, "download": 0}
        self.failed = []
        self.cut_short = []
        self.next = 0
        self.threads = [self.start(self.listen_late)]
        self.threads += [self.start(self.request_on_new_connections)
                         for _ in range(NEW_CONNECTIONS)]
        self.threads += [self.start(self.request_on_kept_connection)
                         for _ in range(KEPT_CONNECTIONS)]
        self.threads += [self.start(self.download) for _ in range(SLOW_READERS)]

    def start(self, work):
        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        return thread

    def told(self):
        endpoints = self.watch.objects.get(self.service, {})
        return [address["ip"] for subset in endpoints.get("subsets", ())
                for address in subset.get("addresses", ())]

    def listen_late(self):
        """Use changed addresses LATE seconds after the change."""
        heard = []
        while not self.ending.wait(0.05):
            now = time.monotonic()
            heard.append((now + LATE, self.told()))
            while heard and heard[0][0] <= now:
                addresses = heard.pop(0)[1]
                if addresses:
                    self.addresses = addresses

    def address(self):
        with self.lock:
            self.next += 1
            addresses = self.addresses
            return addresses[self.next % len(addresses)]

    def end(self):
        """Let the requests under way end, and begin no more."""
        self.ending.set()
        for thread in self.threads:
            thread.join()
        self.watch.end()

    def request_on_new_connections(self):
        while not self.ending.wait(PACE):
            self.request(http.client.HTTPConnection(self.address(), PORT, timeout=10))

    def request_on_kept_connection(self):
        connection, used = None, False
        while not self.ending.wait(PACE):
            if connection and connection.host not in self.addresses:
                connection.close()
                connection = None
            if not connection:
                connection = http.client.HTTPConnection(self.address(), PORT, timeout=10)
                used = False
            used = self.request(connection, keep=True, used=used)
            connection = connection if used else None

    def request(self, connection, keep=False, used=False):
        """Make one request; returns whether the connection can be used for another.

        A server may close a kept connection while no request is under way. A client whose next request
        meets that repeats it on a new connection: RFC 9112, 9.3.1.
        """
        try:
            connection.request("GET", "/healthz", headers={} if keep else {"Connection": "close"})
            response = connection.getresponse()
            good = response.read() == b"ok\n"
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            if used and isinstance(error, (http.client.RemoteDisconnected, ConnectionResetError,
                                           BrokenPipeError)):
                self.request(http.client.HTTPConnection(self.address(), PORT, timeout=10))
            else:
                self.note(self.failed, "%s: %r" % (connection.host, error))
            return False
        if good:
            self.count("request")
        else:
            self.note(self.failed, "%s: another answer" % connection.host)
        if keep and good and not response.will_close:
            return True
        connection.close()
        return False

    def count(self, kind):
        with self.lock:
            self.good[kind] += 1

    def note(self, faults, text):
        with self.lock:
            faults.append(text)

    def download(self):
        while not self.ending.is_set():
            address = self.address()
            try:
                got = self.read_slowly(address)
            except (OSError, http.client.HTTPException) as error:
                self.note(self.cut_short, "%s: %r" % (address, error))
                self.ending.wait(PACE)
                continue
            if got == self.large[1]:
                self.count("download")
            else:
                self.note(self.cut_short, "%s: %d of %d bytes" % (address, got, self.large[1]))

    def read_slowly(self, address):
        """Read the large page at SLOW_RATE; returns the number of bytes that came."""
        connection = http.client.HTTPConnection(address, PORT, timeout=30)
        connection.sock = socket.socket()
        connection.sock.settimeout(30)
        connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, PIECE)
        connection.sock.connect((address, PORT))
        connection.request("GET", self.large[0], headers={"Connection": "close"})
        response = connection.getresponse()
        got, step = 0, time.monotonic()
        while True:
            piece = response.read1(PIECE)
            if not piece:
                connection.close()
                return got
            got += len(piece)
            step += len(piece) / SLOW_RATE
            time.sleep(max(0, step - time.monotonic()))
