# SPDX-License-Identifier: MIT
"""Docker and Podman behind one small interface, each started once per run and privately.

They run in the world of confine.py, which takes daemons, mounts and files with it: nothing has to be
removed here.
"""
import functools
import json
import os
import shutil
import subprocess
import time
import unittest

import confine
from waiting import PATIENCE, read_status, until

# Seconds: below the ten after which an engine kills, and enough for engine, runtime and client on a loaded
# machine. That no engine has killed the container its status tells.
SOON = 8.0

# These limits are below those of any machine, as an engine may not be allowed to raise them.
CONTAINERS_CONF = """\
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
netns = "none"
[engine]
runtime = "runc"
events_logger = "file"
cgroup_manager = "cgroupfs"
"""
STORAGE_CONF = """\
[storage]
driver = "overlay"
graphroot = "%(directory)s/root"
runroot = "%(directory)s/run"
"""
ENGINE_WARNINGS = ("WARNING: ", "time=", "DEPRECATED: ")


def once(function):
    """Call the function once for the same arguments; remember its result, or the exception."""
    results = {}

    @functools.wraps(function)
    def remembered(*arguments):
        if arguments not in results:
            try:
                results[arguments] = (function(*arguments), None)
            except Exception as error:
                results[arguments] = (None, error)
        result, error = results[arguments]
        if error:
            raise error
        return result

    return remembered


def read(path):
    """The content of a file, or None as long as there is none."""
    try:
        with open(path) as file:
            return file.read()
    except FileNotFoundError:
        return None


class Ended:
    """Status, output and errors of a container that ran in the foreground."""

    def __init__(self, process):
        self.status = process.returncode
        self.output = process.stdout
        self.errors = "".join(line for line in process.stderr.splitlines(True)
                              if not line.startswith(ENGINE_WARNINGS))

    def __repr__(self):
        return "status %d, output %r, errors %r" % (self.status, self.output, self.errors)


class Engine:
    """The common part of both engines."""

    name = None
    programs = ()
    init_program = None
    run_options = ()

    @classmethod
    @once
    def started(cls):
        """The one engine of this kind in this run; skips the test if it cannot be started."""
        if confine.missing:
            raise unittest.SkipTest(confine.missing)
        for program in cls.programs:
            if not confine.tool(program):
                raise unittest.SkipTest("%s is not installed" % program)
        return cls(os.path.join(confine.PLACE, cls.name))

    def __init__(self, directory):
        self.directory = directory
        self.count = 0
        os.mkdir(directory)
        self.environment = dict(os.environ, HOME=directory)
        self.environment.pop("XDG_RUNTIME_DIR", None)
        self.start()

    def start(self):
        raise NotImplementedError

    def file(self, name, content=""):
        path = os.path.join(self.directory, name)
        with open(path, "w") as file:
            file.write(content)
        return path

    def fresh_directory(self, owner=None):
        """A new directory for a bind mount, for all users to write to or for its owner alone."""
        self.count += 1
        path = os.path.join(self.directory, "shared-%d" % self.count)
        os.mkdir(path)
        if owner is None:
            os.chmod(path, 0o777)
        else:
            os.chown(path, owner, owner)
        return path

    def command(self, *arguments):
        """The command line for this engine's client."""
        raise NotImplementedError

    def call(self, *arguments, check=True, **options):
        """Run the engine's client; returns its ended process. Where conmon is started it leaves a
        file "oom" when the kernel kills for want of memory."""
        process = subprocess.run(
            self.command(*arguments), env=self.environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True,
            timeout=PATIENCE, cwd=self.directory, **options)
        if check and process.returncode != 0:
            raise AssertionError("%s %s: %s" % (self.name, " ".join(arguments), process.stderr))
        return process

    def run_command(self, image, arguments, options):
        own_network = any(option.startswith("--network") for option in options)
        defaults = [option for option in self.run_options
                    if not (own_network and option.startswith("--network"))]
        return self.command("run", *defaults, *options, image, *arguments)

    def run(self, image, *arguments, options=()):
        """Run a container in the foreground to its end."""
        command = self.run_command(image, arguments, ["--rm", *options])
        return Ended(self.call(*command[len(self.command()):], check=False))

    def start_container(self, image, *arguments, options=()):
        """Start a container in the background."""
        command = self.run_command(image, arguments, ["-d", *options])
        return Container(self, self.call(*command[len(self.command()):]).stdout.strip())

    def build(self, tag, context):
        """Build an image from the Dockerfile in the directory context."""
        self.call("build", "--network=none", "-t", tag, context)

    def import_tree(self, tag, tar):
        """Make an image of the tar of a root directory."""
        self.call("import", tar, tag)


class Docker(Engine):
    """A Docker daemon of our own without a network."""

    name = "docker"
    programs = ("docker", "dockerd", "containerd", "runc")
    init_program = "docker-init"

    def start(self):
        socket = "unix://" + os.path.join(self.directory, "socket")
        self.run_options = ("--network=none",
                            "--cgroup-parent=/" + os.environ["DINIT_SU_CGROUP"])
        self.environment.update(DOCKER_HOST=socket, DOCKER_CONFIG=self.directory,
                                DOCKER_BUILDKIT="0")
        self.environment["PATH"] += ":/usr/sbin:/sbin"
        log = self.file("log")
        with open(log, "w") as file:
            self.daemon = subprocess.Popen(
                self.daemon_command(socket), env=self.environment, stdin=subprocess.DEVNULL,
                stdout=file, stderr=file)
        until(lambda: self.answers(log), lambda: "dockerd to answer")

    def daemon_command(self, socket):
        return [confine.tool("dockerd"), "-H", socket,
                "--config-file", self.file("daemon.json", "{}"),
                "--data-root", os.path.join(self.directory, "data"),
                "--exec-root", os.path.join(self.directory, "exec"),
                "--pidfile", os.path.join(self.directory, "pid"),
                "--exec-opt", "native.cgroupdriver=cgroupfs",
                "--bridge=none", "--iptables=false", "--ip6tables=false", "--ip-forward=false",
                "--ip-masq=false"]

    def answers(self, log):
        if self.daemon.poll() is not None:
            raise AssertionError("dockerd has ended:\n" + read(log)[-2000:])
        return self.call("version", check=False).returncode == 0

    def command(self, *arguments):
        return [confine.tool("docker"), *arguments]


class Podman(Engine):
    """Podman with storage and configuration of our own."""

    name = "podman"
    programs = ("podman", "conmon", "runc")
    init_program = "catatonit"

    def start(self):
        self.run_options = ("--cgroup-parent=/" + os.environ["DINIT_SU_CGROUP"],)
        storage = self.file("storage.conf", STORAGE_CONF % {"directory": self.directory})
        self.environment.update(
            CONTAINERS_CONF=self.file("containers.conf", CONTAINERS_CONF),
            CONTAINERS_STORAGE_CONF=storage)
        self.call("info")

    def command(self, *arguments):
        return [confine.tool("podman"),
                "--root", os.path.join(self.directory, "root"),
                "--runroot", os.path.join(self.directory, "run"),
                "--tmpdir", os.path.join(self.directory, "tmp"), *arguments]


class Container:
    """A container in the background."""

    def __init__(self, engine, identity):
        self.engine = engine
        self.identity = identity

    def __repr__(self):
        return "%s %s: %r" % (self.engine.name, self.identity[:12], self.logs())

    def call(self, verb, *arguments, **options):
        return self.engine.call(verb, *arguments, self.identity, **options)

    def logs(self):
        """Its output so far, stdout and stderr together."""
        process = self.call("logs")
        return process.stdout + process.stderr

    def wait_for(self, text):
        """Wait until its output has this text."""
        until(lambda: text in self.logs(), lambda: "%r from %r" % (text, self))

    def inspect(self):
        return json.loads(self.call("inspect").stdout)[0]

    def pid(self):
        """The pid of its PID 1 in this PID namespace."""
        return self.inspect()["State"]["Pid"]

    def is_running(self):
        return self.inspect()["State"]["Running"]

    def wait(self):
        """Wait for its end; returns its exit status as the engine has it on record."""
        self.call("wait")
        return self.inspect()["State"]["ExitCode"]

    def stop(self):
        """Stop it as a user would; returns the seconds that it took."""
        began = time.monotonic()
        self.call("stop")
        return time.monotonic() - began

    def kill(self, signal):
        self.call("kill", "-s", signal)

    def execute(self, *arguments, options=(), **others):
        """Run one more program in it."""
        return self.engine.call("exec", *options, self.identity, *arguments, **others)

    def copy_out(self, path):
        """A file or directory in it as the text of a tar, with one character for each byte."""
        return self.engine.call("cp", self.identity + ":" + path, "-", encoding="latin-1").stdout

    def remove(self):
        self.call("rm", "-f", check=False)

    def wait_for_processes(self, names):
        """Wait until the names of its processes, zombies included, are exactly these sorted names."""
        def found():
            return sorted(status["Name"] for status in self.processes().values())

        until(lambda: found() == names, lambda: "%s, not %s" % (names, found()))

    def processes(self):
        """{pid in the container: its /proc/PID/status as a dictionary of texts}."""
        namespace = os.readlink("/proc/%d/ns/pid" % self.pid())
        found = {}
        for name in os.listdir("/proc"):
            try:
                if name.isdigit() and os.readlink("/proc/%s/ns/pid" % name) == namespace:
                    status = read_status(name)
                    found[int(status["NSpid"].split()[-1])] = status
            except (FileNotFoundError, ProcessLookupError):
                continue
        return found


def copy(source, target, mode):
    """Copy a file into a build context, with this mode; makes the directories on the way."""
    os.makedirs(os.path.dirname(target), exist_ok=True)
    shutil.copyfile(source, target)
    os.chmod(target, mode)
