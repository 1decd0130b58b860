# SPDX-License-Identifier: MIT
"""--chown: what is given to USER, what stays, and what a second start finds."""
import os
import shutil
import signal
import stat
import subprocess

from harness import APP, Init, run
from tree import OTHER, Tree, everything, make, mount, owner, slowly, walker, write


class WhatIsGiven(Tree):
    def test_what_is_roots_or_nobody_elses(self):
        os.chown(self.top, 0, 0)
        gone = {write(self.path("root")), make(self.path("directory")),
                write(self.path("directory", "below")), write(self.path("a\nb\x01\xff'\"")),
                write(self.path("group"), owner=APP, group=0)}
        os.symlink("nowhere", self.path("link"))
        os.mkfifo(self.path("pipe"))
        gone |= {self.path("link"), self.path("pipe"), self.top}
        kept = {write(self.path("other"), owner=OTHER): (OTHER, OTHER),
                write(self.path("shared"), owner=OTHER, group=0): (OTHER, 0)}
        ended = self.hand_over()
        self.assertEqual((ended.status, ended.errors.count("\n")), (0, 1), ended)
        for path in gone:
            self.assertEqual(owner(path), (APP, APP), path)
        for path, ids in kept.items():
            self.assertEqual(owner(path), ids, path)

    def test_with_exec_and_root_init_as_well(self):
        for arguments in (["-x"], ["-R"]):
            path = write(self.path("file" + arguments[0]))
            self.assert_handed_over(*arguments)
            self.assertEqual(owner(path), (APP, APP))

    def test_a_hard_link_of_roots_is_kept(self):
        outside = write(self.outside("outside"))
        os.link(outside, self.path("name"))
        self.assert_handed_over()
        self.assertEqual(owner(outside), (0, 0))

    def test_no_device_is_given(self):
        os.mknod(self.path("disk"), stat.S_IFBLK | 0o600, os.makedev(7, 0))
        self.assert_handed_over()
        self.assertEqual(owner(self.path("disk")), (0, 0))

    def test_a_set_user_id_bit_does_not_come_back(self):
        path = write(self.path("program"), mode=0o6755)
        self.assert_handed_over()
        self.assertEqual(owner(path), (APP, APP))
        self.assertEqual(os.stat(path).st_mode & 0o7777, 0o755)

    def test_links_are_not_followed(self):
        victim = write(self.outside("victim"))
        directory = make(self.outside("directory"))
        write(os.path.join(directory, "below"))
        os.symlink(victim, self.path("to-file"))
        os.symlink(directory, self.path("to-directory"))
        self.assert_handed_over()
        for path in (victim, directory, os.path.join(directory, "below")):
            self.assertEqual(owner(path), (0, 0), path)

    def test_what_is_mounted_below_is_not_entered(self):
        same = make(self.outside("same"))
        for name in ("other-system", "same-system", "plain"):
            make(self.path(name))
        mount("-t", "tmpfs", "tmpfs", self.path("other-system"))
        mount("--bind", same, self.path("same-system"))
        victim, bound = write(self.outside("victim")), write(self.path("file"))
        mount("--bind", victim, bound)
        paths = [write(self.path(name, "file")) for name in ("other-system", "same-system")]
        write(self.path("plain", "file"))
        self.assert_handed_over()
        for path in (*paths, same, bound):
            self.assertEqual(owner(path), (0, 0), path)
        self.assertEqual(owner(self.path("plain", "file")), (APP, APP))

    def test_without_openat2_the_file_system_tells(self):
        mount("-t", "tmpfs", "tmpfs", make(self.path("mounted")))
        inside, beside = write(self.path("mounted", "file")), write(self.path("file"))
        for error in ("ENOSYS", "EPERM"):
            self.assert_handed_over(below=slowly("openat2", "error=" + error))
            self.assertEqual([owner(path) for path in (inside, self.path("mounted"), beside)],
                             [(0, 0), (0, 0), (APP, APP)])
            os.chown(beside, 0, 0)

    def test_a_file_system_that_tells_no_types(self):
        """Its directory entries are of DT_UNKNOWN, readdir(3): each file is looked at."""
        image = self.outside("image")
        if not shutil.which("mke2fs"):
            self.skipTest("needs mke2fs")
        with open(image, "wb") as file:
            file.truncate(256 * 1024)
        subprocess.run(["mke2fs", "-q", "-F", "-O", "^filetype", image], check=True)
        if subprocess.run(["mount", "-o", "loop", image, self.top], stderr=subprocess.DEVNULL,
                          check=False).returncode != 0:
            self.skipTest("needs a loop device")
        paths = [self.top, make(self.path("directory")), write(self.path("directory", "file")),
                 write(self.path("file"))]
        try:
            self.assert_handed_over()
            self.assertEqual([owner(path) for path in paths], [(APP, APP)] * len(paths))
        finally:
            subprocess.run(["umount", self.top], check=True)

    def test_the_top_may_be_a_mount_point(self):
        mount("-t", "tmpfs", "tmpfs", self.top)
        path = write(self.path("file"))
        self.assert_handed_over()
        self.assertEqual(owner(path), (APP, APP))

    def test_several_paths_and_a_single_file(self):
        paths = [write(self.path(name)) for name in "abc"]
        ended = run("--chown", paths[0], "--chown=" + paths[1], "app", "--", "true")
        self.assertEqual((ended.status, ended.errors), (0, ""), ended)
        self.assertEqual([owner(path)[0] for path in paths], [APP, APP, 0])

    def test_deep(self):
        """The path is longer than PATH_MAX, and has more directories than there are descriptors."""
        depth, directory = 5000, os.open(self.top, os.O_RDONLY)
        for _ in range(depth):
            for name in ("a", "z"):
                os.close(os.open(name, os.O_CREAT | os.O_WRONLY, dir_fd=directory))
            os.mkdir("m", dir_fd=directory)
            directory = self.step_down(directory)
        os.close(directory)
        self.assert_handed_over()
        directory = os.open(self.top, os.O_RDONLY)
        for level in range(depth):
            for name in ("a", "m", "z"):
                status = os.stat(name, dir_fd=directory, follow_symlinks=False)
                self.assertEqual((status.st_uid, status.st_gid), (APP, APP), (level, name))
            directory = self.step_down(directory)
        os.close(directory)

    def test_as_deep_as_directories_are_open_at_once(self):
        """256 of them: the first ones are closed by then, and opened once more on the way back."""
        for depth in range(253, 260):
            with self.subTest(depth=depth):
                top, names = self.path("tree-%d" % depth), ["m%d" % level for level in range(depth)]
                os.makedirs(os.path.join(top, *names))
                # Entries before and behind the way down, in the first directories and in the last.
                for level in (0, 1, 2, depth - 1, depth):
                    for number in range(3):
                        write(os.path.join(top, *names[:level], "f%d" % number))
                write(os.path.join(top, "other"), owner=OTHER)
                ended = run("--chown", top, "app", "--", "true")
                self.assertRegex(ended.errors, r"\Adinit-su: warning: 1 files at and below [^\n]* stay somebody "
                                               r"else's: of uid %d\n\Z" % OTHER)
                self.assertEqual({owner(path)[0] for path in everything(top)}, {APP, OTHER})

    def test_deeper_than_a_walk_goes(self):
        """Too many directories for its table, and too long names. What it reaches it gives."""
        for length, depth in ((1, 16400), (255, 4200)):
            with self.subTest(length=length):
                top = make(self.path("deep-%d" % length))
                write(os.path.join(top, "file"))
                directory = os.open(top, os.O_RDONLY)
                for _ in range(depth):
                    os.mkdir("m" * length, dir_fd=directory)
                    below = os.open("m" * length, os.O_RDONLY, dir_fd=directory)
                    os.close(directory)
                    directory = below
                os.close(directory)
                ended = run("--chown", top, "app", "--", "true")
                self.assertEqual(ended.status, 0, ended)
                self.assertIn("cannot hand over '%s' below %s: File name too long\n" % ("m" * length, top),
                              ended.errors)
                self.assertEqual([owner(top), owner(os.path.join(top, "file"))], [(APP, APP)] * 2)

    def test_with_few_descriptors(self):
        chain = self.path(*["d"] * 60)
        os.makedirs(chain)
        path = write(os.path.join(chain, "file"))
        self.assert_handed_over(below=["sh", "-c", "ulimit -n 20; exec \"$@\"", "sh"])
        while path != self.top:
            self.assertEqual(owner(path), (APP, APP), path)
            path = os.path.dirname(path)

    def test_without_the_right_to_enter_what_was_given(self):
        inner = make(self.path("inner"))
        path = write(os.path.join(inner, "file"))
        for directory in (inner, self.top):
            os.chmod(directory, 0o700)
        dac_override, dac_read_search = "1", "2"
        self.assert_handed_over(sandbox=["-c", dac_override, "-c", dac_read_search])
        self.assertEqual([owner(each) for each in (self.top, inner, path)], [(APP, APP)] * 3)

    def step_down(self, directory):
        below = os.open("m", os.O_RDONLY, dir_fd=directory)
        os.close(directory)
        return below

    def test_wide(self):
        for number in range(20000):
            os.close(os.open(self.path(str(number)), os.O_CREAT | os.O_WRONLY))
        for number in range(300):
            make(self.path("directory-%d" % number))
            write(self.path("directory-%d" % number, "file"))
        self.assert_handed_over()
        self.assertEqual({owner(path) for path in everything(self.top)}, {(APP, APP)})


class SecondTime(Tree):
    def fill(self):
        for directory in range(20):
            make(self.path(str(directory)))
            for number in range(20):
                write(self.path(str(directory), str(number)))

    def test_nothing_is_touched(self):
        self.fill()
        self.assert_handed_over()
        before = everything(self.top)
        self.assert_handed_over()
        after = everything(self.top)
        self.assertEqual({path: status.st_ctime_ns for path, status in before.items()},
                         {path: status.st_ctime_ns for path, status in after.items()})

    def test_on_an_overlay_nothing_is_copied_up(self):
        for name in ("upper", "work", "merged"):
            os.mkdir(self.outside(name))
        self.fill()
        lower, self.top = self.top, self.outside("merged")
        mount("-t", "overlay", "overlay", "-o", "lowerdir=%s,upperdir=%s,workdir=%s" % (
            lower, self.outside("upper"), self.outside("work")), self.top)
        self.assert_handed_over()
        self.assertEqual({owner(path) for path in everything(self.top)}, {(APP, APP)})
        copied = set(everything(self.outside("upper")))
        late = write(os.path.join(lower, "0", "late"), owner=APP)
        self.assert_handed_over()
        self.assertEqual(set(everything(self.outside("upper"))), copied)
        self.assertEqual(owner(late), (APP, APP))


    def test_on_an_overlay_of_two_file_systems(self):
        """Its files have the st_dev of neither file system, and its directories yet another one."""
        for name in ("lower", "upper", "merged"):
            os.mkdir(self.outside(name))
        for name in ("lower", "upper"):
            mount("-t", "tmpfs", "tmpfs", self.outside(name))
        for name in ("layer", "work"):
            os.mkdir(os.path.join(self.outside("upper"), name))
        path = write(os.path.join(self.outside("lower"), "file"))
        self.top = self.outside("merged")
        mount("-t", "overlay", "overlay", "-o", "xino=off,lowerdir=%s,upperdir=%s/layer,workdir=%s/work"
              % (self.outside("lower"), self.outside("upper"), self.outside("upper")), self.top)
        path = self.path("file")
        self.assertNotEqual(os.stat(path).st_dev, os.stat(self.top).st_dev)
        self.assert_handed_over()
        self.assertEqual(owner(path), (APP, APP))


class Refused(Tree):
    def test_paths(self):
        link = self.outside("link")
        os.symlink(self.top, link)
        for path, words in ((link, ["symbolic link"]),
                            (link + "//", ["symbolic link"]), ("", ["is empty"])):
            with self.subTest(path=path):
                ended = run("--chown", path, "app", "--", "echo", "main was run")
                self.assert_refused(ended, path, *words)

    def test_what_cannot_be_given_is_told_once_and_main_is_run(self):
        for name in "abc":
            write(self.path(name))
        cap_chown = "0"
        ended = run("--chown", self.top, "app", "--", "echo", "ran", sandbox=["-c", cap_chown])
        self.assertEqual((ended.status, ended.output), (0, "ran\n"), ended)
        self.assertRegex(ended.errors, r"\Adinit-su: warning: cannot hand over '.' below .*: Operation "
                                       r"not permitted\ndinit-su: warning: 4 files below .* could not be")

    def test_one_that_cannot_be_given_is_one_line(self):
        path = write(self.path("file"))
        ended = run("--chown", path, "app", "--", "true", sandbox=["-c", "0"])
        self.assertRegex(ended.errors, r"\Adinit-su: warning: cannot hand over '[^\n]*\n\Z")

    def test_what_cannot_be_opened_or_listed_is_told(self):
        """A disk that fails: the others are given."""
        os.chmod(self.top, 0o777)
        for name in "abc":
            write(self.path(name))
        for inject, name, left in (("openat2:error=EIO:when=2", "[abc]", 1), ("getdents64:error=EIO:when=1", ".", 3)):
            with self.subTest(inject=inject):
                for path in everything(self.top):
                    os.chown(path, 0, 0)
                ended = self.hand_over(below=["strace", "-qqo", "/dev/null", "-e", "inject=" + inject])
                self.assertEqual(ended.status, 0, ended)
                self.assertRegex(ended.errors, r"\Adinit-su: warning: cannot hand over '%s' below %s: "
                                 r"Input/output error\n\Z" % (name, self.top))
                self.assertEqual([owner(self.path(name))[0] for name in "abc"].count(0), left)

    def test_without_root_there_is_nothing_to_give(self):
        path = write(self.path("file"))
        ended = run("--if-root", "--chown", self.top, "app", "--", "true", sandbox=["-u", "7:7"])
        self.assertEqual((ended.status, ended.errors), (0, ""), ended)
        self.assertEqual(owner(path), (0, 0))

    def test_explain(self):
        path = write(self.path("file"))
        ended = run("--explain", "--chown", self.top, "app", "--", "true")
        self.assertIn("files     below %s are given to uid %d\n" % (self.top, APP), ended.output)
        self.assertEqual(owner(path), (0, 0))


class Interrupted(Tree):
    def test_it_says_how_far_it_is_and_stops_at_once(self):
        for number in range(3000):
            os.close(os.open(self.path(str(number)), os.O_CREAT | os.O_WRONLY))
        with Init("--chown", self.top, "app", "--", "echo", "main was run",
                  below=slowly("%%stat", "delay_enter=2000")) as init:
            self.assertRegex(init.read_line(), r"\Adinit-su: handing over .*: \d+ files so far\Z")
            pid = walker(init)
            os.kill(pid, signal.SIGTERM)
            self.assertEqual(init.wait(), 128 + signal.SIGTERM)
            self.assertRegex(init.rest(), r"(?m)^dinit-su: SIGTERM while handing over .*; run again")
        # Of the 3000 files some are left: it has not gone on to the end.
        owners = {owner(path)[0] for path in everything(self.top)}
        self.assertEqual(owners, {0, APP})
        # The top is given last: by it the next start tells whether it was done.
        self.assertEqual(owner(self.top)[0], 0)
        self.assert_handed_over()
        self.assertEqual({owner(path)[0] for path in everything(self.top)}, {APP})


    def test_a_signal_that_is_to_be_ignored_does_not_end_it(self):
        mine = write(self.path("file"))
        already = {"sandbox": ["-m", str(int(signal.SIGTERM))], "below": ["sh", "-c", 'kill -TERM $$; exec "$@"', "sh"]}
        command = ["--chown", self.top, "app", "--", "echo", "main was run"]
        self.assertEqual(run(*command, **already).status, 128 + signal.SIGTERM)
        ended = run("--rewrite", "TERM:ignore", *command, **already)
        self.assertEqual((ended.status, ended.output), (0, "main was run\n"), ended)
        self.assertEqual(owner(mine)[0], APP)
