# SPDX-License-Identifier: MIT
"""Paths that are handed over: links on the way, what cannot be reached, what is not needed."""
import os
import shutil
import subprocess
import time
import unittest

from harness import APP, GROUP, PASSWD, Place, run
from tree import OTHER, Tree, everything, make, owner, slowly, write


class Others(Tree):
    """What stays somebody else's is told in a line."""

    def said(self, *arguments, **options):
        ended = self.hand_over(*arguments, **options)
        self.assertEqual(ended.status, 0, ended)
        return ended.errors

    def test_how_much_it_is_and_whose(self):
        make(self.path("below"), owner=7)
        write(self.path("below", "file"), owner=7)
        write(self.path("mine"))
        for _ in range(2):
            self.assertRegex(self.said(), r"\Adinit-su: .*2 files at and below %s stay somebody "
                                          r"else's: of uid 7\n\Z" % self.top)
        for number in (8, 9):
            write(self.path(str(number)), owner=number)
        line = self.said()
        self.assertIn("4 files", line)
        self.assertEqual(sorted(line.rpartition("uid ")[2].strip().split(", ")), ["7", "8", "9"])
        write(self.path("10"), owner=10)
        self.assertRegex(self.said(), r"5 files .* of uid \d+, \d+, \d+ and others\n\Z")
        self.assertEqual(self.said("-q"), "")

    def test_the_top_itself(self):
        os.chown(self.top, 7, 7)
        self.assertIn("1 files", self.said())
        self.assertEqual(owner(self.top), (7, 7))

    def test_nothing_of_the_users_own_or_of_roots(self):
        os.link(write(self.outside("outside")), self.path("name"))
        write(self.path("mine"), owner=APP)
        self.assert_handed_over()


class IfNeeded(Tree):
    """--chown-if-needed: one look when PATH fits already."""

    def hand_over(self, *arguments, **options):
        return run("--chown-if-needed", self.top, *arguments, "app", "--", "true", **options)

    def calls(self, *names):
        """How many of these system calls a start makes, up to the execve of main."""
        log = self.outside("log")
        ended = self.hand_over(below=["strace", "-f", "-qq", "-o", log, "-e",
                                      "trace=" + ",".join(names)])
        self.assertEqual(ended.status, 0, ended)
        with open(log) as file:
            # The first execve is that of dinit-su itself. What init reads at main's end is chance.
            return len(file.read().split("execve(")[1].splitlines())

    def test_what_does_not_fit_is_walked_and_what_does_is_not(self):
        below = write(self.path("file"))
        self.assert_handed_over()
        self.assertEqual([owner(path) for path in (self.top, below)], [(APP, APP)] * 2)
        os.chown(below, 0, 0)
        self.assert_handed_over()
        self.assertEqual(owner(below), (0, 0))
        for ids in ((0, 0), (APP, 0), (0, APP)):
            os.chown(self.top, *ids)
            self.assert_handed_over()
            self.assertEqual([owner(path) for path in (self.top, below)], [(APP, APP)] * 2)
            os.chown(below, 0, 0)

    def test_somebody_elses_is_not_the_users(self):
        os.chown(self.top, OTHER, OTHER)
        below = write(self.path("file"))
        self.assertEqual(self.hand_over().status, 0)
        self.assertEqual([owner(path) for path in (self.top, below)], [(OTHER, OTHER), (APP, APP)])

    @unittest.skipIf("SANITIZED" in os.environ, "the calls of the sanitizer itself would count")
    def test_one_look_whatever_is_below(self):
        self.assert_handed_over()
        counts = []
        for number in (0, 500):
            for name in range(number):
                write(self.path(str(name)), owner=APP)
            counts.append(self.calls("%file", "?fstat", "?newfstatat", "getdents64", "openat2"))
        self.assertEqual(counts[0], counts[1])

    def test_an_interrupted_walk_is_finished_by_the_next_start(self):
        """Killed at each of its changes in turn: PATH itself is the last."""
        for directory in range(3):
            make(self.path(str(directory)))
            for number in range(3):
                write(self.path(str(directory), str(number)))
        os.makedirs(self.path(*["d"] * 4))
        paths = list(everything(self.top))
        for number in range(1, len(paths) + 1):
            for path in paths:
                os.chown(path, 0, 0)
            self.hand_over(below=slowly("fchownat", "signal=KILL:when=%d" % number))
            given = sum(owner(path)[0] == APP for path in paths)
            # The call that the signal comes with may have been made or not.
            self.assertIn(given, (number - 1, number))
            self.assertEqual(owner(self.top)[0] == APP, given == len(paths))
            self.assert_handed_over()
            self.assertEqual({owner(path) for path in paths}, {(APP, APP)})

    def test_explain(self):
        ended = run("--explain", "--chown-if-needed", self.top, "app", "--", "true")
        self.assertIn("below %s are given to uid %d, unless" % (self.top, APP), ended.output)


class OnTheWay(Tree):
    """Links on the way to a path: root's are followed, those that main may have made are not."""

    def setUp(self):
        super().setUp()
        os.chmod(os.path.dirname(self.top), 0o755)
        self.real = make(self.outside("real"))
        self.below = make(os.path.join(self.real, "log"))

    def chown(self, path, *options):
        return run(*options, "--chown", path, "app", "--", "id", "-u")

    def ids_of(self, path):
        files = {name: Place.write("ids-of-" + name, content)
                 for name, content in (("passwd", PASSWD), ("group", GROUP))}
        return run("--ids-of", path, "app", "--", "id", "-u", **files)

    def assert_followed(self, path):
        ended = self.chown(path)
        self.assertEqual((ended.status, ended.errors, owner(self.below)), (0, "", (APP, APP)), path)
        os.chown(self.below, 0, 0)

    def assert_not_followed(self, path):
        self.assert_refused(self.chown(path), path, "symbolic link on the way")
        self.assertEqual(owner(self.below), (0, 0))
        self.assert_refused(run("--chown-if-needed", path, "app", "--", "id"), path, "symbolic link")
        os.chown(self.below, 77, 88)
        self.assert_refused(self.ids_of(path), "--ids-of " + path, "symbolic link")
        os.chown(self.below, 0, 0)

    def test_roots_links(self):
        os.symlink("real", self.outside("relative"))
        os.symlink(self.real, self.outside("absolute"))
        os.symlink("../" + os.path.basename(os.path.dirname(self.top)) + "/relative",
                   self.outside("chain"))
        for name in ("relative", "absolute", "chain", "chain/../real"):
            self.assert_followed(self.outside(name) + "/log")
            self.assert_followed(self.outside(name) + "/log//")

    def test_forty_links_are_followed_and_no_more(self):
        """As path_resolution(7) has it."""
        os.symlink("real", self.outside("link-0"))
        for number in range(1, 41):
            os.symlink("link-%d" % (number - 1), self.outside("link-%d" % number))
        self.assert_followed(self.outside("link-39/log"))
        self.assert_not_followed(self.outside("link-40/log"))

    def test_links_to_longer_paths_than_there_may_be(self):
        target = "real"
        for number in range(3):
            os.symlink(target + "/." * 2000, self.outside("link-%d" % number))
            target = "link-%d" % number
        self.assert_followed(self.outside("link-1/log"))
        self.assertIn("File name too long", self.chown(self.outside("link-2/log")).errors)
        self.assertEqual(owner(self.below), (0, 0))

    def test_what_main_has_planted(self):
        """As after mv ~/var away; ln -s /var ~/var."""
        home = make(self.outside("home"), owner=APP)
        os.symlink(self.real, os.path.join(home, "var"))
        self.assert_not_followed(home + "/var/log")
        os.lchown(os.path.join(home, "var"), APP, APP)
        self.assert_not_followed(home + "/var/log")
        os.symlink(self.real, self.outside("mine"))
        os.lchown(self.outside("mine"), APP, APP)
        self.assert_not_followed(self.outside("mine/log"))

    def test_directories_that_others_can_change(self):
        for mode in (0o775, 0o757, 0o1777):
            public = make(self.outside("public%o" % mode))
            os.chmod(public, mode)
            os.symlink(self.real, os.path.join(public, "link"))
            self.assert_not_followed(public + "/link/log")

    def test_a_directory_of_roots_that_main_has_moved_there(self):
        home = make(self.outside("home"), owner=APP)
        moved = make(os.path.join(home, "moved"))
        os.symlink(self.real, os.path.join(moved, "link"))
        self.assert_not_followed(moved + "/link/log")
        os.symlink(self.real, os.path.join(make(os.path.join(moved, "below")), "link"))
        self.assert_not_followed(moved + "/below/link/log")
        self.assert_not_followed(moved + "/../../real/log")

    def test_without_links_the_way_does_not_matter(self):
        home = make(self.outside("home"), owner=APP)
        self.below = make(os.path.join(home, "log"))
        self.assert_followed(home + "/log")
        self.assert_followed(home + "/./log/.")

    def test_the_owner_of_what_a_link_of_roots_leads_to(self):
        os.chown(self.real, 77, 88)
        os.symlink(self.real, self.outside("link"))
        for name in ("link", "link/", "link/."):
            ended = self.ids_of(self.outside(name))
            self.assertEqual((ended.status, ended.output), (0, "77\n"), ended)
        os.lchown(self.outside("link"), APP, APP)
        self.assert_refused(self.ids_of(self.outside("link")), "--ids-of")

    def test_an_owner_that_may_not_be_mapped_where_nothing_tells(self):
        """Without /proc the overflow id, 65534 unless an administrator has changed it, may be nobody's."""
        for uid, words in ((65534, "uid 65534 stands for owners"), (77, "")):
            os.chown(self.below, uid, 88)
            files = {"passwd": Place.write("unmapped-passwd", PASSWD),
                     "group": Place.write("unmapped-group", GROUP)}
            ended = run("--ids-of", self.below, "app", "--", "id", "-u", sandbox=["-E"], **files)
            self.assertIn(words, ended.errors)
            self.assertEqual((ended.status, ended.output), (125, "") if words else (0, "77\n"), ended)

    def test_a_path_of_ids_that_is_not_there(self):
        self.assert_refused(self.ids_of(self.outside("none")), "--ids-of", ": No such file or directory")

    def test_a_loop(self):
        os.symlink("loop", self.outside("loop"))
        self.assert_refused(self.chown(self.outside("loop/x")), "loop/x")

    def test_a_home_behind_one_is_a_warning(self):
        home = make(self.outside("home"), owner=APP)
        os.symlink(self.real, os.path.join(home, "var"))
        os.chown(self.below, APP, APP)
        with open(Place.file("passwd")) as file:
            passwd = Place.write("linked-passwd", file.read().replace("/home/app", home + "/var/log"))
        ended = run("--ids", "5000", "app", "--", "id", "-u", passwd=passwd)
        self.assertEqual((ended.status, ended.output), (0, "5000\n"), ended)
        self.assertIn("symbolic link", ended.errors)
        self.assertEqual(owner(self.below), (APP, APP))


    def test_a_home_that_cannot_be_there_is_a_warning(self):
        """One that is not there is nothing to tell; one below a file is."""
        file = write(self.outside("file"))
        with open(Place.file("passwd")) as passwd:
            text = passwd.read()
        for home, words in ((self.outside("none"), None), (file + "/home", "Not a directory")):
            changed = Place.write("homeless-passwd", text.replace("/home/app", home))
            ended = run("--ids", "5000", "app", "--", "id", "-u", passwd=changed)
            self.assertEqual((ended.status, ended.output), (0, "5000\n"), ended)
            if words:
                self.assertIn("cannot hand over %s: %s\n" % (home, words), ended.errors)
            else:
                self.assertNotIn("cannot hand over", ended.errors)


class Unreachable(Tree):
    """A path that cannot be reached is a warning, and main runs."""

    def assert_runs(self, path, words, **options):
        for option in ("--chown", "--chown-if-needed"):
            ended = run(option, path, "app", "--", "echo", "ran", **options)
            self.assertEqual((ended.status, ended.output), (0, "ran\n"), ended)
            self.assertEqual(ended.errors.count("\n"), 1, ended)
            self.assertIn("cannot hand over", ended.errors)
            self.assertIn(words, ended.errors)

    def test_what_is_not_there(self):
        self.assert_runs(self.path("none"), self.path("none") + ": No such file")
        self.assert_runs(self.path("none", "below"), "No such file")
        self.assert_runs(write(self.path("file")) + "/below", "Not a directory")

    def test_below_a_closed_directory_without_the_capability(self):
        """As on a volume whose server takes root for nobody."""
        os.chown(self.top, OTHER, OTHER)
        os.chmod(self.top, 0o700)
        make(self.path("data"))
        dac_override, dac_read_search = "1", "2"
        self.assert_runs(self.path("data"), "Permission denied",
                         sandbox=["-c", dac_override, "-c", dac_read_search])

    def test_what_is_in_a_directory_that_may_be_listed_only(self):
        os.chmod(make(self.path("listed"), owner=OTHER), 0o744)
        write(self.path("listed", "file"))
        ended = self.hand_over(sandbox=["-c", "1", "-c", "2"])
        self.assertEqual(ended.status, 0, ended)
        self.assertIn("cannot hand over 'file' below %s: Permission denied" % self.top, ended.errors)

    def test_a_closed_directory_itself(self):
        os.chown(self.top, OTHER, OTHER)
        os.chmod(self.top, 0o700)
        ended = self.hand_over(sandbox=["-c", "1", "-c", "2"])
        self.assertEqual(ended.status, 0, ended)
        self.assertIn("Permission denied", ended.errors)

    def test_a_stale_mount(self):
        ended = run("--chown", self.top, "app", "--", "echo", "ran",
                    below=["strace", "-qq", "-o", "/dev/null", "-P", self.top, "-e", "trace=openat,"
                           "openat2", "-e", "inject=openat,openat2:error=ESTALE"])
        self.assertEqual((ended.status, ended.output), (0, "ran\n"), ended)
        self.assertIn("Stale file handle", ended.errors)


@unittest.skipUnless(shutil.which("mke2fs") and shutil.which("debugfs"),
                     "needs mke2fs and debugfs, to make files of the future")
class Future(Tree):
    """Files whose time of change lies in the year 2100."""

    FILES = 30

    def setUp(self):
        super().setUp()
        image, source = self.outside("image"), self.outside("source")
        os.mkdir(source)
        with open(image, "wb") as file:
            file.truncate(8 << 20)
        for number in range(self.FILES):
            write(os.path.join(source, str(number)))
        subprocess.run(["mke2fs", "-q", "-t", "ext4", "-I", "256", "-d", source, image], check=True)
        edits = "".join("set_inode_field /%d ctime @0xf4865700\n"
                        "set_inode_field /%d ctime_extra 0x77359401\n" % (number, number)
                        for number in range(self.FILES))
        subprocess.run(["debugfs", "-w", image], input=edits.encode(), check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        mounted = subprocess.run(["mount", "-o", "loop", image, self.top], stderr=subprocess.PIPE)
        if mounted.returncode:
            self.skipTest("no loop device: %s" % mounted.stderr.decode().strip())
        self.addCleanup(subprocess.run, ["umount", self.top], check=True)
        os.rmdir(self.path("lost+found"))
        os.chown(self.top, APP, APP)

    def test_they_are_given(self):
        paths = [self.path(str(number)) for number in range(self.FILES)]
        self.assertGreater(os.stat(paths[0]).st_ctime, time.time() + 1e9)
        self.assert_handed_over()
        self.assertEqual({owner(path) for path in paths}, {(APP, APP)})

    def test_one_with_another_name_is_kept(self):
        path = self.path("0")
        os.link(path, self.path("name"))
        self.hand_over()
        self.assertEqual(owner(path), (0, 0))
        os.unlink(self.path("name"))
        self.assert_handed_over()
        self.assertEqual(owner(path), (APP, APP))
