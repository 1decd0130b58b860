# SPDX-License-Identifier: MIT
"""A real server, Debian's Redis, which has all its data at the next start."""
import os

import images
from cases import Cases, OnDocker, OnPodman
from engine import until

SERVER = ["redis-server", "--dir", "/data", "--port", "0", "--unixsocket", "/data/socket",
          "--save", "3600 1"]
CLIENT = ["redis-cli", "-s", "/data/socket"]
GRACE = 10


class Redis(Cases):
    image = images.DEBIAN

    def redis_ids(self):
        ended = self.run_it("id", "-u")
        self.assertEqual((ended.status, ended.errors), (0, ""), ended)
        self.assertNotEqual(ended.output, "0\n")
        return int(ended.output)

    def ask(self, server, *request):
        return server.execute(*CLIENT, *request, check=False).stdout.strip()

    def start_server(self, options):
        server = self.start_it(*SERVER, options=options)
        until(lambda: self.ask(server, "PING") == "PONG", lambda: "Redis: %r" % server)
        return server

    def stop_server(self, server):
        """Stop it: it ends by itself, well within the engine's grace period."""
        self.assertLess(server.stop(), GRACE / 2)
        self.assertEqual(server.wait(), 0)
        self.assertIn("ready to exit", server.logs())

    def test_data_outlives_the_container(self):
        uid = self.redis_ids()
        directory, options = self.share(owner=uid)
        server = self.start_server(options)
        self.assertEqual(self.ask(server, "SET", "greeting", "hello"), "OK")
        self.assertEqual({status["Uid"].split()[0] for status in server.processes().values()},
                         {str(uid)})
        self.stop_server(server)
        files = os.listdir(directory)
        self.assertIn("dump.rdb", files)
        for name in files:
            self.assertEqual(os.stat(os.path.join(directory, name)).st_uid, uid, name)

        server = self.start_server(options)
        self.assertEqual(self.ask(server, "GET", "greeting"), "hello")
        self.stop_server(server)


class DockerRedis(Redis, OnDocker):
    pass


class PodmanRedis(Redis, OnPodman):
    pass
