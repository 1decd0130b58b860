# SPDX-License-Identifier: MIT
"""Signals: which go to whom, none lost, and main starts with those it should have."""
import os
import signal

from harness import (APP, SIGRTMAX, SIGRTMIN, Init, Place, SystemTest, probe, run, send_value,
                     status, until)

TO_GROUP = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT)
NOT_PASSED_ON = (signal.SIGKILL, signal.SIGSTOP, signal.SIGCHLD, signal.SIGTSTP, signal.SIGTTIN,
                 signal.SIGTTOU)
SI_USER, SI_QUEUE = 0, -1


class Forwarding(SystemTest):
    def test_every_signal_reaches_main(self):
        with Init("app", "--", *probe("signals")) as init:
            self.assertEqual(init.read_line(), "ready")
            for number in range(1, SIGRTMAX + 1):
                if number not in NOT_PASSED_ON and number != signal.SIGTERM:
                    init.signal(number)
                    self.assertEqual(init.read_line(), "%d %d 0" % (number, SI_USER))
            init.signal(signal.SIGTERM)
            self.assertEqual(init.wait(), 0)

    def test_value_is_kept(self):
        for number in (signal.SIGUSR1, signal.SIGWINCH, SIGRTMIN, SIGRTMIN + 3, SIGRTMAX):
            with Init("app", "--", *probe("signals-until", number)) as init:
                init.read_line()
                send_value(init.pid, number, 4711)
                self.assertEqual(init.read_line(), "%d %d 4711" % (number, SI_QUEUE))
                self.assertEqual(init.wait(), 0)

    def test_real_time_signals_are_counted_and_in_order(self):
        with Init("app", "--", *probe("signals")) as init:
            init.read_line()
            for value in range(200):
                send_value(init.pid, SIGRTMIN + 1, value)
            for value in range(200):
                self.assertEqual(init.read_line(), "%d %d %d" % (SIGRTMIN + 1, SI_QUEUE, value))

    def test_some_go_to_the_group_and_others_to_main_alone(self):
        # Main and a helper in its group, each writing down what it gets.
        program = probe("signals-until", 9)
        with Init("-n", "--", "sh", "-c", "%s & exec %s" % (" ".join(program), " ".join(program))) as init:
            self.assertEqual([init.read_line(), init.read_line()], ["ready", "ready"])
            for number in TO_GROUP:
                init.signal(number)
                expected = "%d %d 0" % (number, SI_USER)
                self.assertEqual([init.read_line(), init.read_line()], [expected] * 2)
            for number in (signal.SIGUSR1, signal.SIGUSR2, signal.SIGWINCH, signal.SIGCONT, SIGRTMIN):
                init.signal(number)
                self.assertEqual(init.read_line(), "%d %d 0" % (number, SI_USER))
            # Had the helper got one of those, its line would come before this one's second.
            init.signal(signal.SIGHUP)
            expected = "%d %d 0" % (signal.SIGHUP, SI_USER)
            self.assertEqual([init.read_line(), init.read_line()], [expected] * 2)

    def test_group_signal_reaches_a_main_that_left_its_group(self):
        # The helper stays in the group that init made, so that signalling the group succeeds. A
        # signal just before a sleep of Python's is seen after it: main waits for it otherwise.
        program = ("import os, signal, sys, time\n"
                   "helper = os.fork()\n"
                   "if helper == 0:\n"
                   "    time.sleep(1000)\n"
                   "other = os.fork()\n"
                   "if other == 0:\n"
                   "    os.setpgid(0, 0)\n"
                   "    time.sleep(1000)\n"
                   "try:\n"
                   "    os.setpgid(other, other)\n"
                   "except PermissionError:\n"
                   "    pass\n"
                   "os.setpgid(0, other)\n"
                   "signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])\n"
                   "print('moved', flush=True)\n"
                   "signal.sigwait([signal.SIGTERM])\n"
                   "sys.exit(33)\n")
        with Init("-n", "--", "python3", "-c", program) as init:
            init.read_until("moved")
            init.signal(signal.SIGTERM)
            self.assertEqual(init.wait(), 33)

    def test_terminal_signals_that_a_process_has_sent_go_to_main(self):
        """Gunicorn takes TTIN as "one worker more"; the kernel's are init's own: test_terminal."""
        with Init("app", "--", *probe("signals")) as init:
            init.read_line()
            for number in (signal.SIGTTIN, signal.SIGTTOU, signal.SIGTSTP):
                init.signal(number)
                self.assertEqual(init.read_line(), "%d %d 0" % (number, SI_USER))

    def test_main_that_a_terminal_signal_stops_goes_on(self):
        """Without a terminal there is no shell that could continue it, and it has used none."""
        for number in (signal.SIGTTIN, signal.SIGTTOU, signal.SIGTSTP):
            with self.subTest(number=number), \
                 Init("-v", "-n", "--", "sleep", "1000", sandbox=["-n"]) as init:
                init.read_until("started")
                init.signal(number)
                init.read_until("main was stopped by %s, which nobody could resume" % number.name)
                init.signal(signal.SIGTERM)
                self.assertEqual(init.wait(), 128 + signal.SIGTERM)

    def test_a_signal_before_main_exists_is_delivered_to_it(self):
        # Init waits for somebody to write its account file: nothing can be earlier than this.
        fifo = Place.file("passwd-fifo")
        if not os.path.exists(fifo):
            os.mkfifo(fifo)
        # Blocked from outside, they stay blocked in main until it is ready for them.
        block = ["-m", str(int(signal.SIGUSR1)), "-m", str(int(signal.SIGTERM))]
        with Init("app", "--", *probe("signals"), passwd=fifo, sandbox=block) as init:
            until(init.holds_signals, "init to hold signals")
            init.signal(signal.SIGUSR1)
            init.signal(signal.SIGTERM)
            with open(fifo, "w") as file, open(Place.file("passwd")) as source:
                file.write(source.read())
            self.assertEqual([init.read_line() for _ in range(3)],
                             ["ready", "%d %d 0" % (signal.SIGUSR1, SI_USER),
                              "%d %d 0" % (signal.SIGTERM, SI_USER)])
            self.assertEqual(init.wait(), 0)

    def test_a_signal_in_the_first_millisecond(self):
        for _ in range(50):
            with Init("-n", "--", "sh", "-c", "sleep 1000") as init:
                until(init.holds_signals, "init to hold signals")
                init.signal(signal.SIGTERM)
                self.assertEqual(init.wait(), 128 + signal.SIGTERM)

    def test_broken_stderr_never_hurts_main(self):
        # The kernel answers a write to a pipe without reader with SIGPIPE to init itself.
        for arguments in (["-vv", "-n"], ["-vv", "app"]):
            reading, writing = os.pipe()
            os.close(reading)
            with Init(*arguments, "--", *probe("signals"), stderr=writing) as init:
                os.close(writing)
                init.read_line()
                init.signal(signal.SIGUSR1)
                self.assertEqual(init.read_line(), "%d %d 0" % (signal.SIGUSR1, SI_USER))
                init.signal(signal.SIGTERM)
                self.assertEqual(init.read_line(), "%d %d 0" % (signal.SIGTERM, SI_USER))
                self.assertEqual(init.wait(), 0)

    def test_broken_stderr_without_proc(self):
        reading, writing = os.pipe()
        os.close(reading)
        with Init("-vv", "-n", "--", *probe("signals"), stderr=writing, sandbox=["-E"]) as init:
            os.close(writing)
            init.read_line()
            init.signal(signal.SIGTERM)
            self.assertEqual(init.wait(), 0)
            self.assertEqual(init.rest(), "%d %d 0\n" % (signal.SIGTERM, SI_USER))


class Inherited(SystemTest):
    def state(self, *sandbox, arguments=("app",)):
        ended = run(*arguments, "--", *probe("state"), sandbox=sandbox)
        self.assertEqual(ended.errors, "")
        return [int(word, 16) for word in ended.output.split()[1::2]]

    def test_nothing_blocked_and_nothing_ignored(self):
        for arguments in (["app"], ["-x", "app"], ["-R", "app"], ["-n"]):
            self.assertEqual(self.state(arguments=arguments), [0, 0])

    def test_blocked_and_ignored_ones_come_back(self):
        numbers = (signal.SIGHUP, signal.SIGUSR1, signal.SIGCHLD, 32, 33, SIGRTMIN, SIGRTMAX)
        expected = sum(1 << (number - 1) for number in numbers)
        block = [option for number in numbers for option in ("-m", str(int(number)))]
        for arguments in (["app"], ["-x", "app"], ["-n"]):
            self.assertEqual(self.state(*block, arguments=arguments), [expected, 0])
        ignored = (signal.SIGHUP, signal.SIGPIPE, signal.SIGCHLD)
        expected = sum(1 << (number - 1) for number in ignored)
        ignore = [option for number in ignored for option in ("-i", str(int(number)))]
        for arguments in (["app"], ["-x", "app"], ["-n"]):
            self.assertEqual(self.state(*ignore, arguments=arguments), [0, expected])

    def test_status_comes_through_when_the_parent_ignores_sigchld(self):
        ended = run("app", "--", *probe("exit", 42), sandbox=["-i", str(int(signal.SIGCHLD))])
        self.assertEqual(ended.status, 42)

    def test_ignored_signals_are_still_passed_on(self):
        with Init("app", "--", *probe("signals"), sandbox=["-i", str(int(signal.SIGHUP))]) as init:
            init.read_line()
            init.signal(signal.SIGHUP)
            self.assertEqual(init.read_line(), "%d %d 0" % (signal.SIGHUP, SI_USER))


class Group(SystemTest):
    def test_main_leads_a_group_of_its_own(self):
        with Init("app", "--", *probe("signals")) as init:
            init.read_line()
            main = init.main_pid()
            self.assertEqual(os.getpgid(main), main)
            self.assertNotEqual(os.getpgid(init.pid), main)
            self.assertEqual(status(main)["Uid"].split()[0], str(APP))
