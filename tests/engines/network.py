# SPDX-License-Identifier: MIT
"""Reaching a server in a container that has no network but its own loopback interface."""
import http.client
import os
import threading

import confine
from engine import until

CLONE_NEWNET = 0x40000000


def enter_network(pid):
    """Move the calling thread, and it alone, into the network namespace of a process."""
    descriptor = os.open("/proc/%d/ns/net" % pid, os.O_RDONLY)
    try:
        if confine.LIBC.setns(descriptor, CLONE_NEWNET) != 0:
            raise OSError("cannot enter the network of pid %d" % pid)
    finally:
        os.close(descriptor)


def in_network(pid, function, *arguments):
    """Call a function in the network namespace of a process; returns or raises what it does."""
    outcome = []

    def call():
        try:
            enter_network(pid)
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


def get(port, path):
    """The status and the content at http://localhost:PORT/PATH."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def answers(pid, port, path):
    """Whether the server in the network namespace of a process answers with success."""
    try:
        return in_network(pid, get, port, path)[0] == 200
    except (OSError, http.client.HTTPException):
        return False


def wait_until_it_answers(container, port, path):
    pid = container.pid()
    return until(lambda: answers(pid, port, path), lambda: "an answer from %r" % container)
