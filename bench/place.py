# SPDX-License-Identifier: MIT
"""The place of all measurements: copies of the programs, account files, containers."""
import os
import shutil
import signal
import subprocess
import tempfile
import time

from contenders import UID

# As a container engine sets it: the size of the caller's environment must not be measured.
ENVIRONMENT = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
               "HOSTNAME": "bench"}
PROGRAMS = ("bench/floor", "bench/stamp", "bench/launch", "bench/steps", "bench/workload")


def passwd(lines):
    """An account file of so many lines; app comes last, as accounts of applications do."""
    others = ["user%d:x:%d:%d:User number %d:/home/user%d:/bin/bash" % (i, i, i, i, i)
              for i in range(10001, 10000 + lines - 1)]
    return "\n".join(["root:x:0:0:root:/root:/bin/bash"] + others +
                     ["app:x:%d:%d::/home/app:/usr/sbin/nologin\n" % (UID, UID)])


def group(lines):
    """A group file of so many lines; app is a member of one other group."""
    others = ["user%d:x:%d:" % (i, i) for i in range(10001, 10000 + lines - 2)]
    return "\n".join(["root:x:0:", "audio:x:29:user10001,app"] + others +
                     ["app:x:%d:\n" % UID])


class Place:
    """A directory that any user may enter, for as long as this is open."""

    def __init__(self, built):
        self.path = tempfile.mkdtemp(prefix="dinit-su-bench-", dir="/var/tmp")
        os.chmod(self.path, 0o755)
        for program in ("dinit-su",) + PROGRAMS:
            shutil.copy(os.path.join(built, program), self.path)
        # Pages of a file that are not on disk yet would count as Private_Dirty of init.
        os.sync()
        self.sandbox = os.path.join(built, "tests/sandbox")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.path)

    def file(self, name):
        return os.path.join(self.path, name)

    def use_accounts(self, lines):
        """Let the account files of this mount namespace have so many lines."""
        for name, content in (("passwd", passwd(lines)), ("group", group(lines))):
            path = self.file(name)
            is_mounted = os.path.exists(path)
            with open(path, "w") as file:
                file.write(content)
            if not is_mounted:
                os.chmod(path, 0o644)
                subprocess.run(["mount", "--bind", path, "/etc/" + name], check=True)

    def tool(self, name, *arguments):
        """Run a measuring program; returns its output."""
        return subprocess.run([self.file(name)] + [str(argument) for argument in arguments],
                              env=ENVIRONMENT, stdout=subprocess.PIPE, check=True).stdout.decode()


class Container:
    """A contender that runs a task of the workload as PID 1 of its namespace."""

    def __init__(self, place, contender, *task, below=()):
        reading, writing = os.pipe()
        command = contender.command(place.file("workload"), *[str(word) for word in task])
        self.process = subprocess.Popen([*below, place.sandbox, "-p", str(writing), "--"] + command,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        env=ENVIRONMENT, pass_fds=[writing])
        os.close(writing)
        with os.fdopen(reading) as file:
            self.pid = int(file.readline())
        self.output = self.process.stdout.fileno()
        if self.read(len("ready\n")) != b"ready\n":
            raise RuntimeError("%s does not run its program" % contender.name)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            os.kill(self.pid, signal.SIGKILL)
        self.process.wait()
        # The kernel kills the rest of a namespace after its PID 1 has ended, which takes a moment.
        while os.read(self.output, 65536):
            pass
        self.process.stdin.close()
        self.process.stdout.close()

    def read(self, size):
        """Exactly so many bytes of output, or fewer when the output has ended."""
        data = b""
        while len(data) < size:
            more = os.read(self.output, size - len(data))
            if not more:
                break
            data += more
        return data

    def read_line(self):
        line = b""
        while not line.endswith(b"\n"):
            line += self.read(1)
        return line.decode()

    def main_pid(self):
        with open("/proc/%d/task/%d/children" % (self.pid, self.pid)) as file:
            return int(file.read().split()[0])

    def status(self):
        """/proc/PID/status of init, as a dictionary of texts."""
        return fields("/proc/%d/status" % self.pid)

    def processor_time(self):
        """Seconds that init has run so far."""
        with open("/proc/%d/schedstat" % self.pid) as file:
            return int(file.read().split()[0]) / 1e9

    def wake_ups(self):
        """How often any thread of init has been scheduled away so far."""
        threads = "/proc/%d/task" % self.pid
        return sum(int(value) for thread in os.listdir(threads)
                   for name, value in fields("%s/%s/status" % (threads, thread)).items()
                   if name.endswith("voluntary_ctxt_switches"))


def fields(path):
    with open(path) as file:
        return {name: value.strip() for name, _, value in
                (line.partition(":") for line in file)}


def now():
    return time.clock_gettime(time.CLOCK_MONOTONIC)
