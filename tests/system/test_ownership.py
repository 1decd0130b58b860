# SPDX-License-Identifier: MIT
"""Files are handed over: those that should be, and whatever goes on meanwhile no others."""
import ctypes
import os
import signal
import stat
import subprocess
import time

from harness import APP, Init, Place, SystemTest, children, run, until

OTHER = 4343
LIBC = ctypes.CDLL(None, use_errno=True)
AT_FDCWD, RENAME_EXCHANGE = -100, 2


def write(path, owner=0, mode=0o644, group=None):
    with open(path, "w"):
        pass
    os.chown(path, owner, owner if group is None else group)
    os.chmod(path, mode)
    return path


def make(path, owner=0):
    os.mkdir(path)
    os.chown(path, owner, owner)
    return path


def owner(path):
    status = os.lstat(path)
    return status.st_uid, status.st_gid


def everything(top):
    """Status of every object below top, by path; symbolic links themselves."""
    found = {top: os.lstat(top)}
    for directory, names, files in os.walk(top):
        for name in names + files:
            path = os.path.join(directory, name)
            found[path] = os.lstat(path)
    return found


def mount(*arguments):
    subprocess.run(["mount", *arguments], check=True)


def exchange(one, other):
    """Swap two names in one step, as an attacker would: nothing is ever missing."""
    return LIBC.renameat2(AT_FDCWD, one.encode(), AT_FDCWD, other.encode(), RENAME_EXCHANGE)


def slowly(calls, how):
    """What to run dinit-su below so that strace(1) tampers with some of its system calls."""
    return ["strace", "-qq", "-o", "/dev/null", "-e", "trace=" + calls,
            "-e", "inject=%s:%s" % (calls, how)]


def walker(init):
    """The pid of dinit-su below strace, which has a child of its own for a moment first."""
    def found():
        return [pid for pid in children(init.pid) if is_dinit_su(pid)]

    return until(found, "dinit-su below strace")[0]


def is_dinit_su(pid):
    try:
        return os.path.basename(os.readlink("/proc/%d/exe" % pid)) == "dinit-su"
    except (FileNotFoundError, ProcessLookupError):
        return False


class Tree(SystemTest):
    def setUp(self):
        self.top = os.path.join(Place.directory(), "tree")
        os.mkdir(self.top)

    def path(self, *names):
        return os.path.join(self.top, *names)

    def outside(self, name):
        return os.path.join(os.path.dirname(self.top), name)

    def hand_over(self, *arguments, **options):
        return run("--chown", self.top, *arguments, "app", "--", "true", **options)

    def assert_handed_over(self, *arguments, **options):
        ended = self.hand_over(*arguments, **options)
        # On a loaded machine it may take long enough to say how far it is.
        said = [line for line in ended.errors.splitlines() if not line.endswith("files so far")]
        self.assertEqual((ended.status, ended.output, said), (0, "", []), ended)


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
        """Deeper than PATH_MAX, and than there are descriptors."""
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
        """Its files have the st_dev of neither, its directories another."""
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


class Hostile(Tree):
    """Whoever may write to the tree does so all the while.

    Opening is slowed down, so that what was looked at is often another thing by then.
    """

    ROUNDS = 12
    PAIRS = 6
    SLOWLY = slowly("openat2,openat", "delay_enter=1000")
    ATTACKER = APP

    def setUp(self):
        super().setUp()
        os.chown(self.top, APP, APP)

    def attack(self, swap, victims):
        """Hand over again and again while swap() goes on in a process of the attacker's."""
        reading, writing = os.pipe()
        attacker = os.fork()
        if attacker == 0:
            try:
                os.setgid(self.ATTACKER)
                os.setuid(self.ATTACKER)
                os.write(writing, b"x")
                while True:
                    swap()
            finally:
                os._exit(1)
        try:
            os.read(reading, 1)
            for _ in range(self.ROUNDS):
                ended = self.hand_over(below=self.SLOWLY)
                self.assertEqual(ended.status, 0, ended)
                self.assertEqual({owner(path) for path in victims}, {(0, 0)})
                self.reset()
        finally:
            os.kill(attacker, signal.SIGKILL)
            os.waitpid(attacker, 0)
            os.close(reading)
            os.close(writing)

    def attack_by_exchange(self, make_bait, make_trap, victims):
        pairs = [(self.path("bait-%d" % n), self.path("trap-%d" % n)) for n in range(self.PAIRS)]
        for bait, trap in pairs:
            make_bait(bait)
            make_trap(trap)

        def swap():
            for bait, trap in pairs:
                exchange(bait, trap)

        self.attack(swap, victims)

    def reset(self):
        """Root's again, so that the next round has something to give."""
        for directory, _, files in os.walk(self.top):
            for name in files:
                try:
                    os.lchown(os.path.join(directory, name), 0, 0)
                except FileNotFoundError:
                    pass

    def test_files_become_links(self):
        victim = write(self.outside("victim"))
        self.attack_by_exchange(write, lambda trap: os.symlink("../victim", trap), [victim])

    def test_files_become_hard_links(self):
        victim = write(self.outside("victim"))
        self.attack_by_exchange(write, lambda trap: os.link(victim, trap), [victim])

    def test_hard_links_that_are_removed_once_they_are_open(self):
        """A file of root's from outside, looked at while a name of its that was opened is gone."""
        victims = [write(self.outside("victim-%d" % n)) for n in range(self.PAIRS)]
        names = [(self.path("name-%d" % n), self.path("link-%d" % n)) for n in range(self.PAIRS)]
        self.SLOWLY = slowly("openat2,openat", "delay_enter=1000:delay_exit=3000")
        # With fs.protected_hardlinks=0 anybody may link a file of root's; here root does.
        self.ATTACKER = 0
        for name, _ in names:
            write(name)

        def swap():
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

    def test_directories_are_moved_away(self):
        """So deep that on the way back directories are opened once more; ".." leads elsewhere."""
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

        def swap():
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


class Interrupted(Tree):
    def test_it_says_how_far_it_is_and_stops_at_once(self):
        for number in range(3000):
            os.close(os.open(self.path(str(number)), os.O_CREAT | os.O_WRONLY))
        with Init("--chown", self.top, "app", "--", "echo", "main was run",
                  below=slowly("%%stat", "delay_enter=2000")) as init:
            self.assertRegex(init.read_line(), r"\Adinit-su: handing over .*: \d+ files so far\Z")
            pid = walker(init)
            began = time.monotonic()
            os.kill(pid, signal.SIGTERM)
            self.assertEqual(init.wait(), 128 + signal.SIGTERM)
            took = time.monotonic() - began
            self.assertRegex(init.rest(), r"(?m)^dinit-su: SIGTERM while handing over .*; run again")
        # A hundred milliseconds are promised; the delays alone are 64 * 2 ms here.
        self.assertLess(took, 1)
        owners = {owner(path)[0] for path in everything(self.top)}
        self.assertEqual(owners, {0, APP})
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
