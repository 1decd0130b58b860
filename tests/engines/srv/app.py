# SPDX-License-Identifier: MIT
"""The WSGI application of the Python servers. Its first line tells that a request is under way."""
import time

SECONDS = {"/slow": 2}


def application(environment, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    yield b"begin\n"
    time.sleep(SECONDS.get(environment["PATH_INFO"], 0))
    yield b"end\n"
