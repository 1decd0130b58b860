# SPDX-License-Identifier: MIT
"""A home whose account gets other ids is walked."""
import os
import signal

from harness import APP, Init, Place, run, until
from tree import OTHER, Tree, make, owner, slowly, walker, write


class Home(Tree):
    """What an account has in its home goes along with its ids."""

    def setUp(self):
        super().setUp()
        self.files = {}
        for name in ("passwd", "group"):
            with open(Place.file(name)) as file:
                content = file.read().replace("/home/app", self.top)
            self.files[name] = self.outside(name)
            with open(self.files[name], "w") as file:
                file.write(content)

    def test_it_is_handed_over_and_only_what_was_the_accounts(self):
        mine, roots = write(self.path("mine"), owner=APP), write(self.path("roots"))
        others = write(self.path("others"), owner=OTHER)
        ended = run("--ids", "5000:5001", "app", "--", "true", **self.files)
        self.assertEqual((ended.status, ended.errors), (0, ""), ended)
        self.assertEqual([owner(path) for path in (mine, roots, others)],
                         [(5000, 5001), (0, 0), (OTHER, OTHER)])

    def test_one_that_is_a_symbolic_link_is_named(self):
        real = self.outside("real")
        os.rename(self.top, real)
        os.symlink(real, self.top)
        mine = write(os.path.join(real, "mine"), owner=APP)
        ended = run("--ids", "5000:5001", "app", "--", "true", **self.files)
        self.assertEqual((ended.status, owner(mine)[0]), (0, APP), ended)
        self.assertRegex(ended.errors, r"\Adinit-su: warning: cannot hand over %s: .*\n\Z" % self.top)
        os.unlink(self.top)
        ended = run("--ids", "5001", "app", "--", "true", **self.files)
        self.assertEqual((ended.status, ended.errors), (0, ""), ended)

    def test_a_path_gives_what_was_the_accounts_and_roots(self):
        tree = make(self.outside("data"))
        mine, roots = write(tree + "/mine", owner=APP), write(tree + "/roots")
        ended = run("--ids", "5000:5001", "--chown", tree, "app", "--", "true", **self.files)
        self.assertEqual((ended.status, ended.errors), (0, ""), ended)
        self.assertEqual([owner(path) for path in (mine, roots)], [(5000, 5001), (5000, 5001)])

    def test_interrupted_the_account_is_as_before_and_the_next_start_goes_on(self):
        for number in range(1000):
            write(self.path(str(number)), owner=APP)
        with Init("--ids", "5000", "app", "--", "true",
                  below=slowly("fchownat", "delay_enter=5000"), **self.files) as init:
            pid = walker(init)
            until(lambda: any(owner(self.path(str(n)))[0] == 5000 for n in range(1000)),
                  "a file to be given")
            os.kill(pid, signal.SIGTERM)
            self.assertEqual(init.wait(), 128 + signal.SIGTERM)
        with open(self.files["passwd"]) as file:
            self.assertIn("app:x:4242:", file.read())
        self.assertEqual(run("--ids", "5000", "app", "--", "true", **self.files).status, 0)
        self.assertEqual({owner(self.path(str(n)))[0] for n in range(1000)}, {5000})
        with open(self.files["passwd"]) as file:
            self.assertIn("app:x:5000:", file.read())
