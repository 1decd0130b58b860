# SPDX-License-Identifier: MIT
"""dinit-su by the names of its peers: as the engines' own init, and in images made for gosu and tini.

The tests observe a peer, and dinit-su in its place must do the same. docs/drop-in.md lists the differences.
"""
import json
import os
import unittest

import confine
import images
from cases import Cases, OnDocker, OnPodman
from engine import SOON, Docker, Podman, copy, read, until
from test_status import Status

PATH = "/tools:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
# The directories in which podman finds its helpers: helper_binaries_dir of containers.conf(5).
HELPERS = ["/usr/local/libexec/podman", "/usr/local/lib/podman", "/usr/libexec/podman",
           "/usr/lib/podman"]


class DockerWithInit(Docker):
    """A Docker whose init is dinit-su."""

    name = "docker-with-init"

    def daemon_command(self, socket):
        self.init = os.path.join(self.directory, "docker-init")
        copy(os.environ["DINIT_SU"], self.init, 0o755)
        return [*super().daemon_command(socket), "--init-path", self.init]

    def run_command(self, image, arguments, options):
        return super().run_command(image, arguments, ["--init", *options])


class PodmanWithInit(Podman):
    """A Podman whose init and whose pods' pause process is dinit-su."""

    name = "podman-with-init"

    def start(self):
        self.helpers = os.path.join(self.directory, "helpers")
        copy(os.environ["DINIT_SU"], os.path.join(self.helpers, "catatonit"), 0o755)
        super().start()
        with open(self.environment["CONTAINERS_CONF"], "a") as file:
            # The other directories stay: podman finds its other helpers there, such as netavark.
            file.write("helper_binaries_dir = %s\n" % json.dumps([self.helpers] + HELPERS))

    def run_command(self, image, arguments, options):
        return super().run_command(
            image, arguments,
            ["--init", "--init-path", os.path.join(self.helpers, "catatonit"), *options])


class OnDockerWithInit(unittest.TestCase):
    engine_class = DockerWithInit


class OnPodmanWithInit(unittest.TestCase):
    engine_class = PodmanWithInit


class DockerStatusWithInit(Status, OnDockerWithInit):
    """dinit-su under its own name below dinit-su as docker-init."""


class EngineInit(Cases):
    """Plain programs below the engine's own init: the stock one and dinit-su do the same."""

    stock_class = None
    process_name = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stock = cls.stock_class.started()
        images.prepare(cls.stock, cls.image)

    def both(self, observe):
        """The pair of observations with the stock init and with dinit-su."""
        if not confine.tool(self.stock.init_program):
            self.skipTest("%s is not installed" % self.stock.init_program)
        return observe(self.stock, ["--init"]), observe(self.engine, [])

    def assert_same(self, observe):
        stock, ours = self.both(observe)
        self.assertEqual(stock, ours)

    def plain(self, user="app"):
        return ["--entrypoint", "", "--user", user]

    def start(self, engine, options, *command, user="app"):
        container = engine.start_container(self.image, *command,
                                           options=[*self.plain(user), *options])
        self.addCleanup(container.remove)
        return container

    def test_statuses_and_output(self):
        def observe(engine, options):
            found = []
            for command in (["sh", "-c", "id; exit 7"], ["sh", "-c", "kill -9 $$"],
                            ["sh", "-c", "kill -USR1 $$"], ["no-such-command"], ["/etc/passwd"]):
                ended = engine.run(self.image, *command, options=[*self.plain(), *options])
                found.append((ended.status, ended.output))
            return found

        self.assert_same(observe)

    def test_stop_goes_to_main_alone(self):
        def observe(engine, options):
            container = self.start(
                engine, options, "sh", "-c", "sh -c 'trap \"echo helper; exit\" TERM; echo ready; "
                "while :; do sleep .05; done' & trap 'echo main; exit 3' TERM; "
                "while :; do sleep .05; done")
            container.wait_for("ready")
            self.assertLess(container.stop(), SOON)
            return container.wait(), "main" in container.logs()

        self.assert_same(observe)

    def test_pid_1_is_dinit_su_and_reaps(self):
        container = self.start(self.engine, [], "sh", "-c", "i=0; while [ $i -lt 50 ]; do "
                               "i=$((i+1)); (sleep 0 &); done; echo $i; sleep 300; true")
        container.wait_for("50")
        container.wait_for_processes(sorted([self.process_name, "sh", "sleep"]))
        self.assertIn(b"dinit-su", read_bytes("/proc/%d/exe" % container.pid()))
        self.assertEqual({status["Uid"].split()[0] for status in container.processes().values()},
                         {str(images.APP)})
        self.assertLess(container.stop(), SOON)
        self.assertEqual(container.wait(), 143)


def read_bytes(path):
    with open(path, "rb") as file:
        return file.read()


class DockerEngineInit(EngineInit, OnDockerWithInit):
    stock_class = Docker
    process_name = "docker-init"

    def test_docker_says_which_init_it_is(self):
        info = json.loads(self.engine.call("info", "--format", "{{json .}}").stdout)
        self.assertEqual(info["InitBinary"], self.engine.init)
        self.assertEqual(info["InitCommit"]["ID"], "dinit-su")
        self.assertNotIn("failed to parse", read(os.path.join(self.engine.directory, "log")))
        version = json.loads(self.engine.call("version", "--format", "{{json .Server}}").stdout)
        init = next(part for part in version["Components"] if part["Name"] == "docker-init")
        self.assertEqual((init["Version"], init["Details"]["GitCommit"]), ("0.19.0", "dinit-su"))


class PodmanEngineInit(EngineInit, OnPodmanWithInit):
    stock_class = Podman
    process_name = "podman-init"

    def test_the_pause_process_of_a_pod(self):
        """It is PID 1 of all the pod's containers, reaps for them, and ends at once."""
        self.engine.call("pod", "create", "--name", "pod", "--share", "pid,ipc",
                         "--cgroup-parent=/" + os.environ["DINIT_SU_CGROUP"])
        self.addCleanup(self.engine.call, "pod", "rm", "-f", "pod", check=False)
        options = ["--pod", "pod", "--entrypoint", "", "--user", "app", "-d"]
        command = self.engine.command("run", *options, self.image, "sh", "-c",
                                      "(sleep 0 &); trap 'exit 5' TERM; echo ready; "
                                      "while :; do sleep .05; done")
        container = self.engine.call(*command[len(self.engine.command()):]).stdout.strip()
        pod = json.loads(self.engine.call("pod", "inspect", "pod").stdout)
        infra = json.loads(self.engine.call("inspect", pod["InfraContainerID"]).stdout)[0]
        pid = infra["State"]["Pid"]
        self.assertIn(b"dinit-su", read_bytes("/proc/%d/exe" % pid))
        self.assertEqual(read("/proc/%d/cmdline" % pid).split("\0")[:-1], ["/catatonit", "-P"])
        until(lambda: "ready" in self.engine.call("logs", container).stdout, lambda: "main")
        until(lambda: not zombies_of(pid), lambda: "orphans to be reaped")
        self.engine.call("pod", "stop", "pod")
        states = [json.loads(self.engine.call("inspect", name).stdout)[0]["State"]
                  for name in (container, pod["InfraContainerID"])]
        self.assertEqual([state["ExitCode"] for state in states], [5, 0])


def zombies_of(parent):
    """The children of a process that have ended and have not been reaped."""
    with open("/proc/%d/task/%d/children" % (parent, parent)) as file:
        children = file.read().split()
    return [pid for pid in children if "\tZ" in (read("/proc/%s/status" % pid) or "").split("\n")[2]]


# In the style of the entry points of the official images: root prepares, then starts over as the
# server's own user.
POSTGRES = """\
#!/usr/bin/env bash
set -Eeo pipefail
if [ "$(id -u)" = '0' ]; then
	mkdir -p "$PGDATA" /var/run/postgresql
	chown -R postgres "$PGDATA" /var/run/postgresql
	chmod 700 "$PGDATA"
	exec gosu postgres "$BASH_SOURCE" "$@"
fi
echo "user $(id -un) $(id -g) $(id -G) home $HOME"
if [ ! -s "$PGDATA/PG_VERSION" ]; then
	initdb --no-sync --username=postgres >/dev/null
fi
exec "$@"
"""
REDIS = """\
#!/bin/sh
set -e
if [ "${1#-}" != "$1" ]; then
	set -- redis-server "$@"
fi
if [ "$1" = 'redis-server' -a "$(id -u)" = '0' ]; then
	find . \\! -user redis -exec chown redis '{}' +
	exec su-exec redis "$0" "$@"
fi
um="$(umask)"
if [ "$um" = '0022' ]; then
	umask 0077
fi
echo "user $(id -un) $(id -g) $(id -G) home $HOME umask $(umask)"
exec "$@"
"""


class EntryPoints(Cases):
    """Images whose scripts call gosu, su-exec, tini and dumb-init, with those and with links."""

    image = images.DEBIAN
    PEERS = {"gosu": "gosu", "su-exec": "gosu", "tini": "tini-static", "dumb-init": "dumb-init"}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tools = {}
        for kind in "peers", "links":
            directory = cls.tools[kind] = cls.engine.fresh_directory()
            for name, content in (("postgres-entrypoint", POSTGRES), ("redis-entrypoint", REDIS)):
                with open(os.path.join(directory, name), "w") as file:
                    file.write(content)
                os.chmod(file.name, 0o755)
            copy(os.environ["DINIT_SU"], os.path.join(directory, "dinit-su"), 0o755)
            for name, program in cls.PEERS.items():
                if kind == "links":
                    os.symlink("dinit-su", os.path.join(directory, name))
                elif confine.tool(program):
                    copy(confine.tool(program), os.path.join(directory, name), 0o755)

    def assert_same(self, observe, *needed):
        """Observe the same with the peers and with links; as su-exec has no package, gosu takes its place."""
        for program in needed:
            if not confine.tool(self.PEERS[program]):
                self.skipTest("%s is not installed" % self.PEERS[program])
        found = {}
        for kind, directory in self.tools.items():
            data = self.engine.fresh_directory()
            options = ["-v", directory + ":/tools:ro", "-v", data + ":/data", "-w", "/data",
                       "-e", "PATH=" + PATH]
            found[kind] = observe(options, data)
        self.assertEqual(found["peers"], found["links"])
        return found["links"]

    def start(self, options, *entry, command=()):
        container = self.engine.start_container(
            self.image, *entry[1:], *command, options=[*options, "--entrypoint", entry[0]])
        self.addCleanup(container.remove)
        return container

    def seen(self, container, data):
        """Stop a container; returns all that has to be the same with peers and links."""
        # The number of processes of a kind depends on the moment.
        kinds = sorted({(status["Name"], status["Uid"], status["Gid"])
                        for status in container.processes().values()
                        if status["Name"].startswith(("redis", "postgres"))})
        self.assertLess(container.stop(), SOON)
        return {"processes": kinds,
                "status": container.wait(),
                "said": [line for line in container.logs().splitlines() if line.startswith("user")],
                "files": sorted((name, os.stat(os.path.join(data, name)).st_uid)
                                for name in os.listdir(data))}

    def redis(self, *entry):
        def observe(options, data):
            with open(os.path.join(data, "left-by-root"), "w"):
                pass
            server = self.start(options, *entry, "/tools/redis-entrypoint",
                                command=["--port", "0", "--unixsocket", "/data/socket",
                                         "--save", "3600 1"])
            until(lambda: server.execute("redis-cli", "-s", "/data/socket", "SET", "a", "b",
                                         check=False).stdout == "OK\n", lambda: "%r" % server)
            return self.seen(server, data)

        found = self.assert_same(observe, "su-exec", *(word for word in entry if word != "--"))
        self.assertEqual(found["status"], 0)
        self.assertIn("dump.rdb", dict(found["files"]))
        self.assertNotIn(0, dict(found["files"]).values())

    def test_redis_by_itself(self):
        self.redis()


class DockerEntryPoints(EntryPoints, OnDocker):
    def test_redis_below_tini(self):
        self.redis("tini", "--")

    def test_postgres(self):
        def observe(options, data):
            path = next(path for path in server_paths(self.engine, self.image))
            server = self.start([*options, "-e", "PGDATA=/data/pg", "-e", "PATH=%s:%s" %
                                 (PATH, path), "--stop-signal", "INT"],
                                "/tools/postgres-entrypoint",
                                command=["postgres", "-c", "listen_addresses="])
            until(lambda: server.execute("psql", "-U", "postgres", "-Atc", "select 1",
                                         check=False).stdout == "1\n", lambda: "%r" % server)
            return self.seen(server, data)

        found = self.assert_same(observe, "gosu")
        self.assertEqual(found["status"], 0)


def server_paths(engine, image):
    """Where PostgreSQL keeps its programs."""
    ended = engine.run(image, "-c", "ls -d /usr/lib/postgresql/*/bin", options=["--entrypoint", "sh"])
    return ended.output.split()


class PodmanEntryPoints(EntryPoints, OnPodman):
    def test_redis_below_dumb_init(self):
        self.redis("dumb-init", "--")
