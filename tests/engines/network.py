# SPDX-License-Identifier: MIT
"""Reaching a server in a container.

Clients are outside of it, like real ones: in a network namespace of their own, joined to each container
by a pair of virtual Ethernet devices. A client in the container's namespace would keep it alive, and so
hide the loss of bytes that the kernel has not sent when the container ends.
"""
import http.client
import itertools
import os
import subprocess
import threading
import unittest

import confine
from engine import once, until

CLONE_NEWNET = 0x40000000
# A network for documentation, RFC 5737; the namespace has no way out anyway.
NETWORK, HERE = "192.0.2.", 1
NUMBERS = itertools.cycle(range(2, 255))
BRIDGE = "clients"


def in_thread(function, *arguments):
    """Call a function in a thread of its own; returns its result or raises its exception."""
    outcome = []

    def call():
        try:
            outcome.extend((function(*arguments), None))
        except Exception as error:
            outcome.extend((None, error))

    thread = threading.Thread(target=call)
    thread.start()
    thread.join()
    result, error = outcome
    if error:
        raise error
    return result


def enter(descriptor):
    """Move the calling thread, and it alone, into a network namespace."""
    if confine.LIBC.setns(descriptor, CLONE_NEWNET) != 0:
        raise OSError("cannot enter a network namespace")


def ip(line):
    """Run ip(8) in the network namespace of the calling thread."""
    process = subprocess.run([confine.tool("ip"), *line.split()], stdin=subprocess.DEVNULL,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                             universal_newlines=True, timeout=60)
    if process.returncode != 0:
        raise AssertionError("ip %s: %s" % (line, process.stdout))


@once
def clients_network():
    """A descriptor of the clients' network namespace."""
    if not confine.tool("ip"):
        raise unittest.SkipTest("ip (of iproute2) is not installed")

    def make():
        if confine.LIBC.unshare(CLONE_NEWNET) != 0:
            raise OSError("cannot make a network namespace")
        ip("link set lo up")
        # A bridge without a hardware address of its own takes the lowest of its ports. That changes with
        # the ports, and containers go on sending to the old address for a while.
        ip("link add %s address 02:00:00:00:00:01 type bridge" % BRIDGE)
        ip("address add %s%d/24 dev %s" % (NETWORK, HERE, BRIDGE))
        ip("link set %s up" % BRIDGE)
        return os.open("/proc/thread-self/ns/net", os.O_RDONLY)

    return in_thread(make)


def enter_clients_network():
    """Move the calling thread, and it alone, into the clients' network namespace."""
    enter(clients_network())


def in_clients_network(function, *arguments):
    """Call a function in the clients' network namespace; returns its result or raises its exception."""
    def call():
        enter_clients_network()
        return function(*arguments)

    return in_thread(call)


@once
def address(container):
    """The address at which clients reach a container, which gets it at the first call.

    The thread that enters the container's namespace ends at once, so that it does not keep it alive.
    """
    number, pid = next(NUMBERS), container.pid()
    if pid == 0:
        raise AssertionError("has ended: %r" % container)
    found, inside, outside = NETWORK + str(number), "eth%d" % number, "veth%d" % number

    def configure():
        descriptor = os.open("/proc/%d/ns/net" % pid, os.O_RDONLY)
        try:
            enter(descriptor)
        finally:
            os.close(descriptor)
        ip("address add %s/24 dev %s" % (found, inside))
        ip("link set %s up" % inside)

    in_clients_network(ip, "link add %s type veth peer name %s netns %d" % (outside, inside, pid))
    in_clients_network(ip, "link set %s master %s up" % (outside, BRIDGE))
    in_thread(configure)
    return found


def get(host, port, path):
    """The status and the content at http://HOST:PORT/PATH."""
    connection = http.client.HTTPConnection(host, port, timeout=30)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def answers(host, port, path):
    """True if a server answers clients with status 200."""
    try:
        return in_clients_network(get, host, port, path)[0] == 200
    except (OSError, http.client.HTTPException):
        return False


def wait_until_it_answers(container, port, path):
    host = address(container)
    return until(lambda: answers(host, port, path), lambda: "an answer from %r" % container)
