# SPDX-License-Identifier: MIT
"""What is written on the command line, and what is said about what must not be."""
import json
import os
import shutil
import struct
import subprocess

from harness import Ended, Place, SystemTest, probe, run

SECRET = "main was run"
PT_NOTE = 4


def notes(path):
    """The notes in the segments of an ELF file: {(owner, type): content}."""
    with open(path, "rb") as file:
        content = file.read()
    wide, order = content[4] == 2, "<" if content[5] == 1 else ">"
    table, = struct.unpack_from(order + ("Q" if wide else "I"), content, 32 if wide else 28)
    size, count = struct.unpack_from(order + "HH", content, 54 if wide else 42)
    found = {}
    for header in range(table, table + size * count, size):
        if struct.unpack_from(order + "I", content, header) != (PT_NOTE,):
            continue
        at, = struct.unpack_from(order + ("Q" if wide else "I"), content,
                                 header + (8 if wide else 4))
        length, = struct.unpack_from(order + ("Q" if wide else "I"), content,
                                     header + (32 if wide else 16))
        end = at + length
        while at < end:
            name, data, kind = struct.unpack_from(order + "III", content, at)
            at += 12
            owner = content[at:at + name].rstrip(b"\0").decode()
            at += -(-name // 4) * 4
            found[owner, kind] = content[at:at + data]
            at += -(-data // 4) * 4
    return found


class CommandLine(SystemTest):
    def refuse(self, arguments, *words, **options):
        """Refused with 125, one line that has the words, and main never run."""
        ended = run(*arguments, **options)
        self.assert_refused(ended, *words)

    def test_help_fits_a_screen(self):
        ended = run("--help")
        self.assertEqual((ended.status, ended.errors), (0, ""))
        lines = ended.output.splitlines()
        self.assertLessEqual(len(lines), 24)
        self.assertLessEqual(max(map(len, lines)), 80)

    def test_version(self):
        """The commit stands there where it was known to the build."""
        self.assertRegex(run("--version").output,
                         r"^dinit-su \d+\.\d+\.\d+( \([0-9a-f]{12}(-dirty)?\))?\n$")

    def test_note_tells_what_the_file_is(self):
        """Scanners and coredumpctl(1) read it in a segment, not in a section: it survives strip."""
        words = run("--version").output.split()
        wanted = {"type": "upstream", "name": "dinit-su", "version": words[1], "license": "MIT"}
        if len(words) > 2:
            wanted["commit"] = words[2].strip("()")
        note = notes(Place.file("dinit-su"))["FDO", 0xcafe1a7e]
        self.assertEqual(json.loads(note.rstrip(b"\0").decode()), wanted)

    def test_output_that_cannot_be_written(self):
        with open("/dev/full", "w") as full:

            process = subprocess.run([Place.file("dinit-su"), "--help"], stdout=full,
                                     stderr=subprocess.PIPE)
        self.assertEqual(process.returncode, 125)
        self.assertIn(b"No space left", process.stderr)

    def test_no_arguments(self):
        self.refuse([], "no USER and no COMMAND")

    def test_no_command(self):
        self.refuse(["app"], "no COMMAND")
        self.refuse(["app", "--"], "no COMMAND")
        self.refuse(["-n"], "no COMMAND")

    def test_empty_user(self):
        self.refuse(["", "--", "echo", SECRET], "USER is empty")

    def test_unset_variable_as_user(self):
        self.refuse(["--", "echo", SECRET], "no USER before '--'")

    def test_no_user_of_that_name(self):
        for user in ("ap", "appp", "+1", " 1", "1 ", "0x1", "1e3", "0x10:0", "-", "app ", "App"):
            with self.subTest(user=user):
                if user == "-":
                    self.refuse([user, "echo", SECRET], "'-'")
                else:
                    self.refuse([user, "--", "echo", SECRET], "no user '%s'" % user.split(":")[0])

    def test_minus_one_is_an_option_and_none(self):
        self.refuse(["-1", "--", "echo", SECRET], "-1", "no such option")

    def test_numbers_out_of_range(self):
        for number in ("4294967295", "4294967296", "99999999999999999999"):
            with self.subTest(number=number):
                self.refuse([number, "--", "echo", SECRET], number, "no user id")
                self.refuse([number + ":1", "--", "echo", SECRET], number, "no user id")
                self.refuse(["1:" + number, "--", "echo", SECRET], number, "no group id")

    def test_parts_missing_or_too_many(self):
        self.refuse([":", "echo", SECRET], "no USER before the colon")
        self.refuse([":app", "echo", SECRET], "no USER before the colon")
        self.refuse(["app:", "echo", SECRET], "no GROUP after the colon")
        self.refuse(["app:app:app", "echo", SECRET], "is not USER or USER:GROUP")

    def test_unknown_group(self):
        for group in ("nogroup-here", "-1", "+1", " 1", "0x1", "1e3"):
            with self.subTest(group=group):
                self.refuse(["app:" + group, "--", "echo", SECRET], "no group '%s'" % group)

    def test_uid_without_account_needs_a_group(self):
        self.refuse(["1000", "--", "echo", SECRET], "1000:1000")

    def test_options_after_user(self):
        self.refuse(["app", "-v", "--", "echo", SECRET], "'-v' after USER 'app'")
        self.refuse(["app", "--exec", "echo", SECRET], "'--exec' after USER 'app'")

    def test_unknown_options(self):
        self.refuse(["-z", "app", "echo", SECRET], "-z", "--help")
        self.refuse(["--zap", "app", "echo", SECRET], "--zap", "--help")
        self.refuse(["--exec=1", "app", "echo", SECRET], "takes no value")
        self.refuse(["--wait"], "needs a value")

    def test_the_nearest_option(self):
        self.refuse(["--stop-dealy=5s", "app", "echo", SECRET], "did you mean --stop-delay?")
        self.refuse(["-help"], "-help: a name has two dashes; write --help")
        self.refuse(["-tini", "app", "echo", SECRET], "-t in '-tini': 'ini' is not a duration")

    def test_which_half_of_a_rewrite(self):
        self.refuse(["--rewrite", "KILL:TERM", "app", "echo", SECRET],
                    "--rewrite: 'KILL' cannot be caught")
        self.refuse(["--rewrite", "TERM:QIUT", "app", "echo", SECRET],
                    "--rewrite: 'QIUT' is not a signal")

    def test_user_taken_as_a_value(self):
        self.refuse(["--chown", "app", "--", "echo", SECRET],
                    "no USER before '--': 'app' was taken as the value of --chown")

    def test_command_as_user(self):
        """COMMAND where USER belongs, as the users of tini write it."""
        for command in ("sleep", "/bin/sleep"):
            self.refuse([command, "1"], "no user '%s'" % command, "USER comes before COMMAND",
                        "--no-switch takes no USER")
        self.assertNotIn("before COMMAND", run("ap", "echo", SECRET).errors)

    def test_root_looks_along_no_path_of_whoever_sets_variables(self):
        theirs = Place.directory()
        with open(os.path.join(theirs, "theirs"), "w") as file:
            file.write("#!%s/interpreter\n" % theirs)
        os.chmod(file.name, 0o755)
        ended = run("theirs", "1", environment={"PATH": theirs})
        self.assertNotIn("before COMMAND", ended.errors)
        self.refuse(["sleep", "1"], "USER comes before COMMAND", environment={"PATH": theirs})

    def test_names_of_variables(self):
        for names in ("PUID,PGID", "PUID PGID", "PUID-X", "PUID:PGID-X", "$PUID", "1000:1000"):
            with self.subTest(names=names):
                self.refuse(["--ids-from-env", names, "app", "echo", SECRET],
                            "'%s' is not UIDVAR or UIDVAR:GIDVAR" % names)

    def test_options_that_contradict(self):
        self.refuse(["-x", "-n", "echo", SECRET], "--exec", "--no-switch")
        self.refuse(["-R", "-n", "echo", SECRET], "--root-init", "--no-switch")
        self.refuse(["-i", "-n", "echo", SECRET], "--if-root", "--no-switch")
        self.refuse(["-x", "-R", "app", "echo", SECRET], "--exec", "--root-init")

    def test_bad_times(self):
        for time in ("", "5x", "-1", "1.5", "99999999999", " 5"):
            with self.subTest(time=time):
                self.refuse(["--wait=" + time, "app", "echo", SECRET], "--wait", "not a duration")
                if time:
                    self.refuse(["app", "echo", SECRET], "DINIT_SU_WAIT", "not a duration",
                                environment={"DINIT_SU_WAIT": time})

    def test_a_message_stays_one_line(self):
        self.refuse(["a\nb\x1b[31m", "echo", SECRET], "no user 'a?b?[31m'")

    def test_missing_account_file(self):
        for name in ("/etc/passwd", "/etc/group"):
            with self.subTest(name=name):
                user = "app" if name == "/etc/passwd" else "app:app"
                ended = self.with_etc(lambda etc: os.remove(etc + os.path.basename(name)), user)
                self.assert_refused(ended, "there is no " + name, "UID:GID")

    def test_account_file_that_is_a_directory(self):
        def replace(etc):
            os.remove(etc + "passwd")
            os.mkdir(etc + "passwd")
        self.assert_refused(self.with_etc(replace, "app"), "/etc/passwd", "Is a directory")

    def test_account_file_that_may_not_be_read(self):
        def hide(etc):
            os.chmod(etc + "passwd", 0o600)
        ended = self.with_etc(hide, "app", "-u", "4242:4242")
        self.assert_refused(ended, "/etc/passwd", "Permission denied")

    def with_etc(self, change, user, *sandbox):
        """Run with a whole /etc of its own, after change(its path)."""

        etc = Place.directory() + "/"
        os.chmod(etc, 0o755)
        for name in ("passwd", "group"):
            with open(Place.file(name)) as source, open(etc + name, "w") as copy:
                copy.write(source.read())
        change(etc)
        process = subprocess.run(
            [os.environ["SANDBOX"], "-b", etc + ":/etc", *sandbox, "--", Place.file("dinit-su"),
             user, "--"] + probe("exit", 0), stdout=subprocess.PIPE, stderr=subprocess.PIPE)

        return Ended(process)

    def test_numbers_need_no_account_files(self):
        def remove(etc):
            os.remove(etc + "passwd")
            os.remove(etc + "group")
        ended = self.with_etc(remove, "1000:1000")
        self.assertEqual((ended.status, ended.errors), (0, ""))

    def test_name_needs_no_group_file(self):
        ended = self.with_etc(lambda etc: os.remove(etc + "group"), "app")
        self.assertEqual((ended.status, ended.errors), (0, ""))


class Variables(SystemTest):
    def main_runs(self, **environment):
        """What is said while main runs with these variables."""
        ended = run("app", "--", *probe("exit", 0), environment=environment)
        self.assertEqual((ended.status, ended.output), (0, ""))
        return ended.errors

    def test_an_empty_one_is_unset(self):
        names = ("WAIT", "STOP_DELAY", "REWRITE", "GROUP", "LOG_FORMAT", "TERMINATION_LOG", "UMASK",
                 "EXIT_MAP", "STOP_SIGNALS", "QUIET", "VERBOSE", "PARENT_DEATH", "NO_SUCH_OPTION")
        self.assertEqual(self.main_runs(**{"DINIT_SU_" + name: "" for name in names}), "")

    def test_an_unknown_one_is_a_warning(self):
        self.assertEqual(self.main_runs(DINIT_SU_STOPDELAY="5s"),
                         "dinit-su: warning: DINIT_SU_STOPDELAY has no effect: no option has this "
                         "name; the nearest is DINIT_SU_STOP_DELAY\n")
        self.assertEqual(self.main_runs(DINIT_SU_EXEC="1"),
                         "dinit-su: warning: DINIT_SU_EXEC has no effect: only the command line can "
                         "ask for --exec\n")
        self.assertIn("DINIT_SU_FROBNICATE has no effect", self.main_runs(DINIT_SU_FROBNICATE="1"))
        self.assertEqual(self.main_runs(DINIT_SU_STOPDELAY="5s", DINIT_SU_QUIET="1"), "")
        self.assertIn('"level":"warning"',
                      self.main_runs(DINIT_SU_STOPDELAY="5s", DINIT_SU_LOG_FORMAT="json"))

    def test_none_says_who_main_is_or_what_root_writes(self):
        theirs = Place.directory()
        os.chmod(theirs, 0o700)
        installed = os.path.join(theirs, "installed")
        values = {"EXEC": "1", "NO_SWITCH": "1", "IF_ROOT": "1", "ROOT_INIT": "1", "KEEP_GROUPS": "1",
                  "ADD_GROUP": "audio", "KEEP_ENV": "1", "UMASK_FROM_ENV": "PATH", "NO_NEW_PRIVS": "1",
                  "KEEP_CAPS": "chown", "IDS": "0:0", "IDS_FROM_ENV": "ID", "IDS_OF": "/", "ALLOW_ROOT": "1",
                  "CREATE": "1", "CHOWN": theirs, "CHOWN_IF_NEEDED": theirs, "NEW_SESSION": "1",
                  "NO_STDIO_CHOWN": "1", "INSTALL": installed, "EXPLAIN": "1", "PAUSE": "1", "HELP": "1"}
        ended = run("app", "--", *probe("show"), environment=dict(
            {"DINIT_SU_" + name: value for name, value in values.items()}, ID="0"))
        self.assertEqual(ended.status, 0, ended)
        for line in ("Uid:\t4242\t4242\t4242\t4242", "Gid:\t4242\t4242\t4242\t4242", "NoNewPrivs:\t0",
                     "CapEff:\t0000000000000000", "session: inherited"):
            self.assertIn(line + "\n", ended.output)
        self.assertEqual((os.stat(theirs).st_uid, os.listdir(theirs)), (0, []))
        for name in values:
            self.assertIn("DINIT_SU_%s has no effect" % name, ended.errors)

    def test_those_of_a_service_are_not(self):
        address = "tcp://10.0.0.1:80"
        for service in ("", "WEB_"):
            self.assertEqual(self.main_runs(**{
                "DINIT_SU_" + service + name: address for name in (
                    "SERVICE_HOST", "SERVICE_PORT", "SERVICE_PORT_HTTP", "PORT", "PORT_80_TCP",
                    "PORT_80_TCP_PROTO", "PORT_80_TCP_PORT", "PORT_80_TCP_ADDR",
                    "PORT_8080_TCP_ADDR_OF_SOMETHING_WITH_A_LONG_NAME")}), "")

    def test_their_order_makes_no_difference(self):
        """The variables that say how to report are read first, wherever they stand."""
        log = Place.shared("order.log")
        variables = [("DINIT_SU_WAIT", "soon"), ("DINIT_SU_LOG_FORMAT", "json"),
                     ("DINIT_SU_TERMINATION_LOG", log), ("DINIT_SU_STOP_DELAY", "5y")]
        for order in (variables, variables[::-1], variables[2:] + variables[:2]):
            ended = run("app", "--", "echo", SECRET, environment=dict(order))
            self.assertEqual(ended.status, 125)
            self.assertTrue(ended.errors.startswith('{"time"'), ended.errors)
            self.assertIn("DINIT_SU_WAIT: 'soon' is not a duration", ended.errors)


class Explain(SystemTest):
    def test_says_everything_and_does_nothing(self):
        ended = run("--explain", "app", "--", "echo", SECRET, environment={"PATH": "/usr/bin:/bin"})
        self.assertEqual((ended.status, ended.errors), (0, ""))
        self.assertEqual(ended.output.splitlines(), [
            "command   echo " + SECRET,
            "program   " + shutil.which("echo", path="/usr/bin:/bin"),
            "user      uid 4242, gid 4242, groups 29 44 4242 (app)",
            "env       HOME=/home/app USER=app LOGNAME=app",
            "stdio     terminals and pipes are given to uid 4242",
            "init      PID 1 of its namespace, as uid 4242",
            "stop      on SIGINT SIGQUIT SIGTERM",
            "ending    what is left gets TERM, and KILL after 5 s",
        ])

    def test_other_ways_to_run(self):
        self.assertIn("command replaces this process", run("--explain", "-x", "app", "id").output)
        self.assertIn("as uid 0", run("--explain", "-R", "app", "id").output)
        self.assertIn("child subreaper", run("--explain", "app", "id", sandbox=["-s"]).output)
        self.assertIn("nothing to switch", run("--explain", "-n", "id").output)
        self.assertIn("no account, uid 7, gid 8", run("--explain", "7:8", "id").output)
        self.assertIn("cap_net_raw", run("--explain", "-C", "net_raw", "app", "id").output)
        self.assertNotIn("cap_", run("--explain", "-i", "-C", "net_raw", "app", "id",
                                     sandbox=["-u", "7:8"]).output)

    def test_a_word_is_no_line(self):
        ended = run("--explain", "app", "--", "echo", "a\nuser      uid 0")
        self.assertEqual(ended.output.splitlines()[0], "command   echo a?user      uid 0")

    def test_control_characters_of_any_value_are_masked(self):
        passwd = Place.write("escape-passwd", "app:x:4242:4242::/home/\x1b[2Japp:/bin/sh\n")
        path = os.path.join(Place.directory(), "of\n\x1bapp")
        os.mkdir(path)
        ended = run("--explain", "--chown", path, "--termination-log=/tmp/\x1blog", "app", "id",
                    passwd=passwd)
        self.assertEqual(ended.status, 0, ended)
        self.assertNotIn("\x1b", ended.output)
        self.assertIn("HOME=/home/?[2Japp USER=app", ended.output)
        self.assertIn("of??app are given", ended.output)
        self.assertIn("/tmp/?log\n", ended.output)

    def test_command_is_looked_up_as_the_start_would(self):
        private = os.path.join(Place.directory(), "private")
        shutil.copy(shutil.which("id"), private)
        os.chmod(private, 0o700)
        no_shell = Place.write("explained-script", "#!/no/such/shell\n")
        os.chmod(no_shell, 0o755)
        for status, command, words in (
                (127, "no-such-command", "not found in PATH"), (127, "/no/such", "No such file"),
                (126, "/etc", "it is a directory"), (126, private, "its mode is 0700"),
                (126, no_shell, "its interpreter or its loader is missing: '/no/such/shell'")):
            for way in ([], ["-x"], ["-R"], ["-i"]):
                with self.subTest(command=command, way=way):
                    explained = run("--explain", *way, "app", "--", command)
                    self.assert_refused(explained, words, status=status)
                    self.assertEqual(explained.errors, run(*way, "app", "--", command).errors)
        self.assertIn("program   " + private + "\n", run("--explain", "root", private).output)
        ended = run("--explain", "root", "private",
                    environment={"PATH": "/nowhere:" + os.path.dirname(private)})
        self.assertIn("program   " + private + "\n", ended.output)

    def test_a_switch_that_is_not_possible_is_found_too(self):
        self.assert_refused(run("--explain", "app", "id", sandbox=["-c", "7"]), "needs CAP_SETUID")

    def test_finds_the_same_faults(self):
        self.assert_refused(run("--explain", "nobody-here", "id"), "no user")
