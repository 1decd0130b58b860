# SPDX-License-Identifier: MIT
"""--chown while somebody else moves and links what is walked."""
import os
import signal
import time

from harness import APP, Init, until
from tree import Tree, everything, exchange, make, owner, slowly, write


class Attack(Tree):
    """Somebody who may write to the tree changes it during the whole walk.

    Opening is slowed down, so that an object that was looked at is often replaced by then.
    """

    ATTACKERS = 1
    ROUNDS = 12
    PAIRS = 6
    SLOWLY = slowly("openat2,openat", "delay_enter=1000")
    ATTACKER = APP
    # Owner, group and mode of the top, which the walk gives last, in each round.
    make_public = None

    def setUp(self):
        super().setUp()
        os.chown(self.top, APP, APP)

    def attack(self, swap, victims):
        """Hand over again and again while swap(number) goes on in each attacker's process."""
        pids, (reading, writing) = [], os.pipe()
        try:
            for number in range(self.ATTACKERS):
                pid = os.fork()
                if pid == 0:
                    self.attack_for_ever(swap, number, writing)
                pids.append(pid)
            for _ in pids:
                os.read(reading, 1)
            for _ in range(self.ROUNDS):
                ended = self.hand_over(below=self.SLOWLY)
                self.assertEqual(ended.status, 0, ended)
                self.assertEqual({owner(path) for path in victims}, {(0, 0)})
                self.reset()
        finally:
            for pid in pids:
                os.kill(pid, signal.SIGKILL)
            ends = [os.waitpid(pid, 0)[1] for pid in pids]
            os.close(reading)
            os.close(writing)
        # Whoever has ended by itself did not attack to the end.
        self.assertEqual({os.WTERMSIG(end) for end in ends}, {signal.SIGKILL})

    def attack_for_ever(self, swap, number, writing):
        try:
            os.setgid(self.ATTACKER)
            os.setuid(self.ATTACKER)
            os.write(writing, b"x")
            while True:
                swap(number)
        finally:
            os._exit(1)

    def reset(self):
        """Give the tree back to root, so that the next round has something to give."""
        for directory, _, files in os.walk(self.top):
            for name in files:
                try:
                    os.lchown(os.path.join(directory, name), 0, 0)
                except FileNotFoundError:
                    pass
        if self.make_public:
            uid, gid, mode = self.make_public
            os.chown(self.top, uid, gid)
            os.chmod(self.top, mode)


class Hostile(Attack):
    def attack_by_exchange(self, make_bait, make_trap, victims):
        pairs = [(self.path("bait-%d" % n), self.path("trap-%d" % n)) for n in range(self.PAIRS)]
        for bait, trap in pairs:
            make_bait(bait)
            make_trap(trap)

        def swap(_):
            for bait, trap in pairs:
                exchange(bait, trap)

        self.attack(swap, victims)

    def test_files_become_links(self):
        victim = write(self.outside("victim"))
        self.attack_by_exchange(write, lambda trap: os.symlink("../victim", trap), [victim])

    def test_files_become_hard_links(self):
        victim = write(self.outside("victim"))
        self.attack_by_exchange(write, lambda trap: os.link(victim, trap), [victim])

    def test_directories_that_a_group_or_others_can_change(self):
        """Of root's, as the fsGroup of a pod makes them: what is given by its name is another file."""
        self.SLOWLY = slowly("fchownat", "delay_enter=2000")
        for number, (gid, mode) in enumerate(((APP, 0o2775), (0, 0o757))):
            with self.subTest(mode="%o" % mode):
                victim = write(self.outside("victim-%d" % number))
                self.top = make(self.outside("tree-%d" % number))
                self.make_public = (0, gid, mode)
                self.reset()
                self.attack_by_exchange(write, lambda trap: os.link(victim, trap), [victim])

    def test_hard_links_that_are_removed_once_they_are_open(self):
        """The walk looks at a file of root's from outside after the name that it opened is gone."""
        victims = [write(self.outside("victim-%d" % n)) for n in range(self.PAIRS)]
        names = [(self.path("name-%d" % n), self.path("link-%d" % n)) for n in range(self.PAIRS)]
        self.SLOWLY = slowly("openat2,openat", "delay_enter=1000:delay_exit=3000")
        # With fs.protected_hardlinks=0 anybody may link a file of root's; here root does.
        self.ATTACKER = 0
        for name, _ in names:
            write(name)

        def swap(_):
            for victim, (name, link) in zip(victims, names):
                os.link(victim, link)
                exchange(name, link)
            time.sleep(.002)
            for name, link in names:
                os.rename(link, name)
            time.sleep(.002)

        self.attack(swap, victims)

    def test_directories_become_links(self):
        victim = make(self.outside("victim"))
        below = write(os.path.join(victim, "below"))
        self.attack_by_exchange(make, lambda trap: os.symlink("../victim", trap), [victim, below])

    def test_directories_become_pipes(self):
        """To open one waits for its other end, which nobody has."""
        self.attack_by_exchange(make, os.mkfifo, [write(self.outside("victim"))])

    def test_directories_are_moved_away(self):
        """So deep that directories are opened once more on the way back; ".." would lead elsewhere."""
        outside = make(self.outside("outside"), owner=APP)
        victims = [write(os.path.join(outside, "victim-%d" % number)) for number in range(80)]
        above = self.path(*["d"] * 5)
        # Beside it as well, so that there is something left to read above it.
        os.makedirs(above)
        for number in range(40):
            write(os.path.join(above, "before-%d" % number))
        os.makedirs(os.path.join(above, *["d"] * 260))
        for number in range(40):
            write(os.path.join(above, "after-%d" % number))
        place, away = os.path.join(above, "d"), os.path.join(outside, "d")
        for directory, _, _ in os.walk(self.top):
            os.chown(directory, APP, APP)

        def swap(_):
            for source, target in ((place, away), (away, place)):
                try:
                    os.rename(source, target)
                except OSError:
                    pass

        self.attack(swap, victims)

    def test_what_is_left_is_handed_over_when_a_directory_is_moved_away(self):
        for number in range(40):
            write(self.path("before-%d" % number))
        bottom = self.path(*["d"] * 300)
        os.makedirs(bottom)
        for number in range(40):
            write(self.path("after-%d" % number))
        with Init("--chown", self.top, "app", "--", "true",
                  below=slowly("fchownat", "delay_enter=3000")) as init:
            until(lambda: owner(bottom) == (APP, APP), "the bottom to be given")
            os.rename(self.path("d", "d"), self.outside("away"))
            self.assertEqual(init.wait(), 0)
            self.assertNotIn("cannot hand over", init.rest())
        self.assertEqual({owner(path) for path in everything(self.top)}, {(APP, APP)})


class Races(Attack):
    """Four at once, each with its own names."""

    ATTACKERS = 4

    def test_hard_links_that_are_removed_once_they_are_open(self):
        """A file that has changed a moment ago may have had another name: it is left alone."""
        victims = [write(self.outside("victim-%d" % n)) for n in range(self.ATTACKERS * 2)]
        self.SLOWLY = slowly("openat2,openat", "delay_enter=1000:delay_exit=3000")
        # With fs.protected_hardlinks=0 anybody may link a file of root's; here root does.
        self.ATTACKER = 0
        for number in range(self.ATTACKERS * 2):
            write(self.path("name-%d" % number))

        def swap(attacker):
            for number in (attacker * 2, attacker * 2 + 1):
                name, link = self.path("name-%d" % number), self.path("link-%d" % number)
                os.link(victims[number], link)
                os.rename(link, name)
                time.sleep(.002)
                os.unlink(name)
                write(name)

        self.attack(swap, victims)
