# SPDX-License-Identifier: MIT
"""Below an interactive shell: jobs that stop as a whole and come back as a whole."""
import os
import time

from harness import APP, PATIENCE, Place, SystemTest, children, stat, status, until
from terminal import BUSY, CTRL_C, CTRL_Z, PROMPT, SHELL, Terminal, dinit_su, owner


class UnderShell(SystemTest):
    """Below an interactive shell, which stops and resumes its jobs."""

    def shell(self, **options):
        return Terminal(*SHELL, prompt=True, **options)

    def start(self, terminal, *arguments):
        terminal.type(" ".join(dinit_su(*arguments)) + "\n")

    READ = ("--", "sh", "-c", "'echo ready; read line; echo got $line'")
    READER = ("-n", *READ)

    def test_ctrl_z_stops_both_and_fg_resumes_both(self):
        for uid, who in ((0, "-n"), (APP, "app")):
            with self.subTest(who), self.shell(uid=uid) as terminal:
                self.stop_and_resume(terminal, who)

    def stop_and_resume(self, terminal, who):
        self.start(terminal, who, *self.READ)
        terminal.expect("ready")
        for _ in range(3):
            terminal.type(CTRL_Z)
            self.assertIn("Stopped", terminal.expect(PROMPT))
            terminal.type("fg\n")
            terminal.expect("dinit-su")
            # Before that Ctrl-Z would go to the shell, or be undone by what continues main.
            until(lambda: self.main_goes_on(terminal), "main to go on")
        terminal.type("words\n")
        terminal.expect("got words")
        terminal.expect(PROMPT)
        self.assertIn("status 0", terminal.command("echo status $?"))

    def test_a_job_in_the_background_that_is_stopped_by_name_comes_back(self):
        """As below dumb-init, whose main has a session of its own when it has no terminal to take."""
        link = Place.file("dumb-init")
        if not os.path.lexists(link):
            os.symlink("dinit-su", link)
        for words in ([link], dinit_su("-sn", "--")):
            with self.subTest(words[0]), self.shell() as terminal:
                terminal.type(" ".join(words) + " sleep 1000 </dev/null &\n")
                until(lambda: self.main_runs(terminal), "main")
                terminal.command("kill -TSTP %1")
                until(lambda: "Stopped" in terminal.command("jobs"), "the job to stop")
                terminal.type("fg\n")
                until(lambda: self.main_state(terminal) == "S", "main to go on")
                terminal.type(CTRL_C)
                until(lambda: not children(terminal.pid), "the job to end")
                terminal.type("echo status $?\n")
                terminal.expect("status 130")

    @staticmethod
    def main_state(terminal):
        return stat(children(children(terminal.pid)[0])[0])[0]

    def test_main_is_continued_once(self):
        """A second time could come after the next Ctrl-Z, and undo it."""
        with self.shell() as terminal:
            self.start(terminal, "-vn", *self.READ)
            terminal.expect("ready")
            terminal.type(CTRL_Z)
            self.assertIn("Stopped", terminal.expect(PROMPT))
            terminal.type("fg\n")
            terminal.expect("continuing it")
            terminal.type("words\n")
            self.assertNotIn("CONT", terminal.expect("got words"))
            self.assertNotIn("CONT", terminal.expect(PROMPT))

    def main_goes_on(self, terminal):
        foreground_of_terminal = 5
        main = children(children(terminal.pid)[0])[0]
        fields = stat(main)
        return fields[foreground_of_terminal] == str(main) and fields[0] == "S"

    def test_a_pipeline_stops_as_a_whole(self):
        with self.shell() as terminal:
            terminal.type("sleep 1000 | " + " ".join(dinit_su("-n", "--", "sleep", "1000")) + "\n")
            # Before its execve(2) what the shell has forked may still ignore TSTP, as the shell does.
            until(lambda: self.names(terminal.pid) == ["dinit-su", "sleep"], "the pipeline")
            until(lambda: self.main_runs(terminal), "main")
            terminal.type(CTRL_Z)
            self.assertIn("Stopped", terminal.expect(PROMPT))
            terminal.command("kill -CONT %1; kill %1; wait")

    def main_runs(self, terminal):
        return any(self.names(job) == ["sleep"] for job in children(terminal.pid))

    @staticmethod
    def names(parent):
        return sorted(status(child)["Name"] for child in children(parent))

    def test_bg_lets_it_run_on(self):
        with self.shell() as terminal:
            go_on = Place.shared("go-on-%d" % time.monotonic_ns())
            self.start(terminal, "-n", "--", BUSY % go_on)
            terminal.expect("ready")
            terminal.type(CTRL_Z)
            terminal.expect(PROMPT)
            terminal.type("bg\n")
            # Once as bash names the job, once from the job itself.
            terminal.expect("went on")
            Place.write(go_on, "")
            terminal.expect("went on")
            until(lambda: not children(terminal.pid), "the job to end")
            # The shell kept its terminal.
            terminal.type("echo alive\n")
            terminal.expect("alive")

    def test_started_in_the_background_it_never_takes_the_terminal(self):
        with self.shell() as terminal:
            self.start(terminal, *self.READER, "&")
            terminal.expect("ready")
            # Main wants to read, so it stops, and the shell sees its job stopped.
            until(lambda: "Stopped" in terminal.command("jobs"), "the job to stop")
            terminal.type("fg\n")
            terminal.expect("dinit-su")
            terminal.type("words\n")
            terminal.expect("got words")
            terminal.expect(PROMPT)

    def test_background_output_with_tostop(self):
        with self.shell() as terminal:
            terminal.command("stty tostop")
            self.start(terminal, "-n", "--", "sh", "-c", "'echo from main >/dev/tty'", "&")
            until(lambda: "Stopped" in terminal.command("jobs"), "the job to stop")
            terminal.type("fg\n")
            terminal.expect("from main")
            terminal.expect(PROMPT)

    def test_ctrl_c_ends_it_and_the_shell_goes_on(self):
        with self.shell() as terminal:
            self.start(terminal, "-n", "--", "sh", "-c", "'echo ready; exec sleep 1000'")
            terminal.expect("ready")
            terminal.type(CTRL_C)
            terminal.expect(PROMPT)
            self.assertIn("status 130", terminal.command("echo status $?"))

    def test_a_script_has_its_terminal_back(self):
        script = "%s; echo ready; read line; echo got $line" % " ".join(dinit_su("-n", "--", "true"))
        with Terminal("sh", "-c", script) as terminal:
            terminal.expect("ready")
            terminal.type("words\n")
            terminal.expect("got words")
            self.assertEqual(terminal.wait(), 0)

    def test_full_screen_program(self):
        with self.shell(uid=APP) as terminal:
            self.start(terminal, "app", "--", "less", "/etc/passwd")
            terminal.expect("root:")
            terminal.type(CTRL_Z)
            self.assertIn("Stopped", terminal.expect(PROMPT))
            terminal.type("fg\n")
            terminal.expect("root:")
            terminal.type("q")
            terminal.expect(PROMPT)
            self.assertIn("status 0", terminal.command("echo status $?"))

    def test_password_prompt(self):
        with self.shell(uid=APP) as terminal:
            script = "'read -r -s -p Password: word; echo; echo got $word'"
            self.start(terminal, "app", "--", "bash", "-c", script)
            terminal.expect("Password:")
            terminal.type("secret\n")
            self.assertNotIn("secret", terminal.expect("got "))
            terminal.expect("secret")
            terminal.expect(PROMPT)
            self.assertIn(" echo", terminal.command("stty -a"))

    def test_hangup_reaches_main(self):
        """The shell passes it on to its jobs; the first process waits for what they do about it."""
        path = Place.shared("hangup")
        script = "\"trap 'echo hung up >%s; exit' HUP; trap '' TERM; echo ready; " \
                 "while :; do sleep .01; done\"" % path
        with Terminal(*dinit_su("-n", "--", *SHELL), prompt=True, uid=APP) as terminal:
            self.start(terminal, "app", "--", "sh", "-c", script)
            terminal.expect("ready")
            terminal.hang_up()
            terminal.process.wait(PATIENCE)
        self.assertEqual(owner(path), (APP, APP))
        with open(path) as file:
            self.assertEqual(file.read(), "hung up\n")
        os.unlink(path)
