# SPDX-License-Identifier: MIT
"""A server that finishes its requests on the first TERM, and ends at once on the second one."""
import http.server
import signal
import threading
import time


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"begin\n")
        time.sleep(2 if self.path == "/slow" else 0)
        self.wfile.write(b"end\n")

    def log_message(self, *_):
        pass


def stop(*_):
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=server.shutdown).start()


server = http.server.ThreadingHTTPServer(("", 8080), Handler)
# The end waits for the threads that answer.
server.daemon_threads = False
signal.signal(signal.SIGTERM, stop)
server.serve_forever()
server.server_close()
