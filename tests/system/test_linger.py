# SPDX-License-Identifier: MIT
"""--linger: the last bytes arrive, although the network goes with the container."""
import os
import shutil
import signal
import subprocess
import sys

from harness import PATIENCE, Init, Place, SystemTest, children, run, stat, status, until

TITLES = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid\n"
LINE = "   0: 0100007F:1F90 0100007F:C350 %s %s:00000000 01:00000018 00000000     0\n"
SENDING = TITLES + LINE % ("01", "00000100") + LINE % ("04", "00000100")
QUIET = TITLES + LINE % ("01", "00000100") + LINE % ("04", "00000000")


class Table:
    """Stands for what the kernel says of one container's connections in /proc/net/tcp."""

    def __init__(self, content):
        self.directory = Place.directory()
        # /proc/net is /proc/self/net, here that of the process which becomes init.
        self.sandbox = ["-b", self.directory + ":/proc/self/net"]
        self.say(content)

    def say(self, content, name="tcp"):
        # One step, for init to read the one or the other.
        path = os.path.join(self.directory, name)
        with open(path + ".new", "w") as file:
            file.write(content)
        os.chmod(path + ".new", 0o644)
        os.rename(path + ".new", path)


class Linger(SystemTest):
    def start(self, table, *arguments, main="exit 3", **options):
        return Init("-v", *arguments, "app", "--", "sh", "-c", main, sandbox=table.sandbox, **options)

    def test_init_stays_until_the_network_is_quiet(self):
        for arguments in ([], ["--root-init"]):
            with self.subTest(arguments=arguments):
                table = Table(SENDING)
                with self.start(table, *arguments, "--linger", "1h") as init:
                    init.read_until("waiting until the network has taken the last bytes")
                    table.say(QUIET)
                    self.assertEqual(init.wait(), 3)
                    self.assertNotIn("last bytes", init.rest())

    def test_not_unless_it_is_asked_for(self):
        for arguments in ([], ["--linger", "0"]):
            with self.subTest(arguments=arguments):
                with self.start(Table(SENDING), *arguments) as init:
                    self.assertEqual(init.wait(), 3)
                    self.assertNotIn("last bytes", init.rest())

    def test_not_as_a_subreaper(self):
        """The network does not go with this process."""
        table = Table(SENDING)
        ended = run("-L", "1h", "-n", "--", "sh", "-c", "exit 3",
                    sandbox=[*table.sandbox, "-s"])
        self.assertEqual((ended.status, ended.errors), (3, ""))

    def test_no_longer_than_it_says(self):
        with self.start(Table(SENDING), "--linger", "50ms") as init:
            self.assertEqual(init.wait(), 3)
            self.assertIn("--linger is over", init.rest())

    def test_both_kinds_of_addresses_count(self):
        table = Table(QUIET)
        table.say(SENDING, "tcp6")
        with self.start(table, "--linger", "1h") as init:
            init.read_until("waiting until the network has taken the last bytes")
            table.say(QUIET, "tcp6")
            self.assertEqual(init.wait(), 3)

    def test_a_quiet_network_is_not_waited_for(self):
        with self.start(Table(QUIET), "--linger", "1h") as init:
            self.assertEqual(init.wait(), 3)
            self.assertNotIn("last bytes", init.rest())

    def test_a_second_stop_ends_it(self):
        with self.start(Table(SENDING), "--linger", "1h", main="echo ready; exec sleep 1000") as init:
            init.read_until("ready")
            init.signal(signal.SIGTERM)
            init.read_until("waiting until the network")
            init.signal(signal.SIGHUP)
            init.signal(signal.SIGINT)
            self.assertEqual(init.wait(), 128 + signal.SIGTERM)
            self.assertIn("asked to stop again", init.rest())

    def test_the_first_stop_does_not(self):
        """Main has ended by itself; who asks for a stop then wants the last bytes to arrive too."""
        table = Table(SENDING)
        with self.start(table, "--linger", "1h") as init:
            init.read_until("waiting until the network")
            init.signal(signal.SIGTERM)
            until(lambda: not int(status(init.pid)["ShdPnd"], 16) and stat(init.pid)[0] == "S",
                  "init to take the signal")
            table.say(QUIET)
            self.assertEqual(init.wait(), 3)
            self.assertNotIn("last bytes", init.rest())

    def test_killed_leftovers_are_lingered_for(self):
        table = Table(SENDING)
        leave = "trap '' TERM; sleep 1000 & exit 3"
        with self.start(table, "--wait", "10ms", "--linger", "1h", main=leave) as init:
            init.read_until("waiting until the network")
            until(lambda: not children(init.pid), "the killed to be reaped")
            table.say(QUIET)
            self.assertEqual(init.wait(), 3)

    def test_what_cannot_be_read_is_told(self):
        ended = run("--linger", "1h", "app", "--", "sh", "-c", "exit 3", sandbox=["-E"])
        self.assertEqual(ended.status, 3)
        self.assertIn("--linger: cannot read /proc/net/tcp", ended.errors)


SIZE = 16 << 20
SERVER = """
import socket, sys
sys.stdin.readline()
with socket.create_server(("192.0.2.2", 80)) as server:
    print("listening", flush=True)
    connection = server.accept()[0]
    connection.sendall(bytes(%d))
    connection.close()
""" % SIZE
# Two megabytes a second, until everything has come; or, told that no more can come, what is here.
CLIENT = """
import select, socket, sys
print("ready", flush=True)
sys.stdin.readline()
received, pause = 0, 1 / 32
with socket.create_connection(("192.0.2.2", 80), timeout=%f) as connection:
    while True:
        if select.select([sys.stdin], [], [], pause)[0]:
            connection.setblocking(False)
            pause = 0
        try:
            data = connection.recv(1 << 16)
        except BlockingIOError:
            break
        received += len(data)
        if not data:
            break
print(received)
""" % PATIENCE


class LastBytes(SystemTest):
    """A client in another network namespace, joined to the container's by a pair of devices."""

    def setUp(self):
        for tool in ("ip", "nsenter", "unshare"):
            if not shutil.which(tool):
                self.skipTest("needs %s" % tool)
        self.client = subprocess.Popen(["unshare", "--net", "--", sys.executable, "-c", CLIENT],
                                       stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                       universal_newlines=True)
        self.addCleanup(self.end_client)
        self.assertEqual(self.client.stdout.readline(), "ready\n")

    def end_client(self):
        self.client.kill()
        self.client.communicate()

    def ip(self, pid, line):
        """Let ip(8) do something in the network namespace of a process."""
        return subprocess.run(["nsenter", "--net=/proc/%d/ns/net" % pid, "ip", *line.split()],
                              stderr=subprocess.PIPE, universal_newlines=True, timeout=PATIENCE)

    def join(self, init):
        made = self.ip(self.client.pid, "link add outside type veth peer name inside")
        if made.returncode != 0:
            self.skipTest("no pair of network devices: " + made.stderr.strip())
        for pid, line in ((self.client.pid, "link set inside netns %d" % init.pid),
                          (self.client.pid, "address add 192.0.2.1/24 dev outside"),
                          (self.client.pid, "link set outside up"),
                          (init.pid, "address add 192.0.2.2/24 dev inside"),
                          (init.pid, "link set inside up")):
            done = self.ip(pid, line)
            self.assertEqual(done.returncode, 0, line + ": " + done.stderr)

    def received(self, *arguments):
        """How much of the answer arrives."""
        with Init(*arguments, "-n", "--", sys.executable, "-c", SERVER, stdin=subprocess.PIPE,
                  sandbox=["-N"]) as init:
            self.join(init)
            init.process.stdin.write(b"go\n")
            init.process.stdin.flush()
            init.read_until("listening")
            self.client.stdin.write("go\n")
            self.client.stdin.flush()
            self.assertEqual(init.wait(), 0)
        # As an engine does when the container has ended. The client may have ended before that.
        self.ip(self.client.pid, "link delete outside")
        return int(self.client.communicate("over\n", timeout=PATIENCE)[0])

    def test_arrive_with_linger(self):
        self.assertEqual(self.received("--linger", "30s"), SIZE)

    def test_are_lost_without(self):
        self.assertLess(self.received(), SIZE)
