# SPDX-License-Identifier: MIT
"""A tree of processes that print the signals they get, for tests of the delivery: actor.py TREE.

TREE is JSON, with an object for each process:

    name        the first word of each line that it prints
    handles     {SIGNAL: WHAT, ...}; other signals have their default
    children    processes that it starts, before it says "NAME ready"
    orphans     the same, but their parent ends at once, so that they become children of init
    session     true: it is in a session of its own

WHAT is one or more of these, one after the other:

    exit N      end with status N
    tell S      send S to its children
    reap        wait for its children to end
    once        the signal has its default from then on, as with node's process.once()
    file F      wait until the file F exists
    say WORD    print WORD
"""
import json
import os
import signal
import sys
import time


def say(name, word):
    os.write(1, ("%s %s\n" % (name, word)).encode())


def number_of(name):
    return signal.Signals["SIG" + name]


def rest():
    """Handle signals for ever. Python runs a handler only between its own steps, so a pause(2) would
    sleep through a signal that comes just before it; the byte in the pipe ends a read(2)."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing)
    while True:
        os.read(reading, 64)


class Actor:
    def __init__(self, about):
        self.name = about["name"]
        self.handles = about.get("handles", {})
        if about.get("session"):
            os.setsid()
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_BLOCK, [number_of(name) for name in self.handles])
        for name in self.handles:
            signal.signal(number_of(name), self.handle)
        self.children = [self.start(child) for child in about.get("children", ())]
        for orphan in about.get("orphans", ()):
            parent = os.fork()
            if parent == 0:
                self.start(orphan)
                os._exit(0)
            os.waitpid(parent, 0)
        say(self.name, "ready")
        signal.pthread_sigmask(signal.SIG_SETMASK, [])

    @staticmethod
    def start(about):
        pid = os.fork()
        if pid == 0:
            Actor(about)
            rest()
        return pid

    def handle(self, number, _):
        name = signal.Signals(number).name[3:]
        say(self.name, name)
        for step in self.handles[name].split(", "):
            word, _, argument = step.partition(" ")
            if word:
                getattr(self, "do_" + word)(number, argument)

    def do_exit(self, _, argument):
        os._exit(int(argument))

    def do_tell(self, _, argument):
        for child in self.children:
            os.kill(child, number_of(argument))

    def do_reap(self, _, __):
        for child in self.children:
            os.waitpid(child, 0)

    def do_once(self, number, _):
        signal.signal(number, signal.SIG_DFL)

    def do_file(self, _, argument):
        while not os.path.exists(argument):
            time.sleep(.002)

    def do_say(self, _, argument):
        say(self.name, argument)


Actor(json.loads(sys.argv[1]))
rest()
