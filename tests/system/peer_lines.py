# SPDX-License-Identifier: MIT
"""The command lines that each peer and dinit-su under its name are given."""
import sys

from harness import probe
from side_by_side import Line, mixed, programs, signals_as_found


def tini_lines():
    options = [["-g"], ["-s"], ["-w"], ["-v"], ["-vv"], ["-vvv"], ["-gs"], ["-wg"], ["-e", "143"],
               ["-e7"], ["-e", "0"], ["-e", "255"], ["-e1", "-e", "137"], ["-p", "SIGTERM"],
               ["-pSIGKILL"], ["-sp", "SIGHUP"]]
    yield from mixed(options, programs(), 1, 110)
    show = ["--", *probe("show")]
    for value in ("256", "-1", "", "a", "7x", "+5", " 5", "0x10", "007", "1:2", "1,2", "99999999999"):
        yield Line(["-e", value, "--", "sh", "-c", "exit 5"])
    for value in ("", "TERM", "15", "SIGRTMIN", "SIGFOO", "sigterm", "0", "64", "65", "SIGIO"):
        yield Line(["-p", value, *show])
    for words in ([], ["--"], ["-x", *show], ["-gx", *show], ["-e"], ["-p"], ["-"], ["--help"],
                  ["--version"], ["--version", "x"], ["-g", "--version"], ["--vers"], ["-h"],
                  ["-h", "-x"], ["-x", "-h"], ["-vh"], ["-l"], ["-V"], ["--", "--", "x"],
                  ["true", "-g"], ["echo", "-n", "--", "x"], ["echo", "x", "--", "-g"],
                  ["-", "--", "x"], ["--", "/" + 256 * "x"]):
        yield Line(words)
    for name, values in (("TINI_VERBOSITY", ("0", "1", "2", "3", "4", "9", "", "x", "-1", "2x")),
                         ("TINI_SUBREAPER", ("", "0", "1")),
                         ("TINI_KILL_PROCESS_GROUP", ("", "1"))):
        for value in values:
            yield Line(["-w", *show], {name: value})
            yield Line(["-vv", "--", "no-such-command"], {name: value})
            yield Line(show, {name: value}, ["-s"])
    for words in ([], ["-s"], ["-g"], ["-ss"]):
        yield Line([*words, *show], sandbox=["-s"])
        yield Line([*words, *show], sandbox=signals_as_found())
    yield Line(show, {"LISTEN_PID": "1"})
    yield Line(show, {"PATH": None})
    yield Line(["--", "true"], {"PATH": None})
    yield from surroundings(([], ["-g"], ["-s"], ["-w"], ["-gsw"]))
    yield Line(show, sandbox=["-u", "4242:4242"])
    for words in (["-h"], ["-l"], ["--version"], ["-x"], []):
        yield Line(words, before=INTO_FULL)


def dumb_init_lines():
    options = [["-c"], ["-v"], ["--verbose"], ["--single-child"], ["-cv"], ["-r", "15:3"],
               ["-r1:0"], ["--rewrite", "2:15"], ["--rewrite=31:31"], ["-cr", "9:1"]]
    yield from mixed(options, programs(), 2, 80)
    show = ["--", *probe("show")]
    for value in ("15", "15:", ":3", "0:3", "32:3", "3:32", "3:-1", "-3:1", "TERM:3", "15:3x", " 15:3",
                  "+15:3", "15: 3", "015:3", "1:2:3", "", "a:b", "17:1", "9:9", "31:0"):
        yield Line(["-r", value, *show])
    for words in ([], ["--"], ["-x", *show], ["-cx", *show], ["-r"], ["--rewrite"], ["-h"],
                  ["--help"], ["-V"], ["--version"], ["--vers"], ["--single", *show], ["-h", "-x"],
                  ["-x", "-h"], ["--verbose=1", *show], ["--rew=15:3", *show], ["-"],
                  ["--", "--", "x"], ["echo", "-c", "--", "x"], ["echo", "--", "x"], ["-vV"]):
        yield Line(words)
    for name, values in (("DUMB_INIT_DEBUG", ("0", "1", "", "x")),
                         ("DUMB_INIT_SETSID", ("0", "1", "", "00"))):
        for value in values:
            for words in ([], ["-c"], ["-v"]):
                yield Line([*words, *show], {name: value})
    for words in ([], ["-c"]):
        yield Line([*words, *show], sandbox=["-s"])
        yield Line([*words, *show], sandbox=signals_as_found())
    yield Line(show, {"LISTEN_PID": "1"})
    yield Line(show, {"PATH": None})
    yield Line(["true"], {"PATH": None})
    yield from surroundings(([], ["-c"], ["-r", "15:3"]))
    yield Line(show, sandbox=["-u", "4242:4242"])
    for words in (["-h"], ["--version"], ["-x"], []):
        yield Line(words, before=INTO_FULL)


def catatonit_lines():
    yield from mixed([["-g"], ["-gg"]], programs(), 3, 60)
    show = ["--", *probe("show")]
    for words in ([], ["--"], ["-x", *show], ["-gx", *show], ["-h"], ["-L"], ["-V"], ["--version"],
                  ["--vers"], ["--version=1"], ["--help"], ["-h", "-x"], ["-x", "-h"], ["-gV"],
                  ["-"], ["--", "--", "x"], ["echo", "-g", "--", "x"], ["echo", "x", "--", "-g"],
                  ["true", "-g"]):
        yield Line(words)
    for name in ("CATATONIT_DEBUG", "CATATONIT_LOG"):
        for value in ("", "1"):
            for words in ([], ["-g"]):
                yield Line([*words, *show], {name: value})
    for words in ([], ["-g"]):
        yield Line([*words, *show], sandbox=["-s"])
        yield Line([*words, *show], sandbox=signals_as_found())
    yield Line(show, {"LISTEN_PID": "1"})
    yield Line(show, {"PATH": None})
    yield Line(["true"], {"PATH": None})
    yield from surroundings(([], ["-g"]))
    yield Line(show, sandbox=["-u", "4242:4242"])
    for words in (["-h"], ["-L"], ["-V"], ["-x"], []):
        yield Line(words, before=INTO_FULL)


def gosu_lines():
    specifications = (
        "root", "app", "other", "homeless", "no-such-user", "0", "4242", "1234", "4545", "5555",
        "app:audio", "app:29", "app:77", "5555:77", "5555:audio", "root:app", "root:0", "0:0",
        "app:no-such-group", "no-such-user:audio", "app:", "5555:", ":audio", "", ":", "+4242",
        "app:+29", "app:audio:x", "app:audio:", "app:app:", "app::", "::", "-1", "app:-1", " app", "4242 ", "0x10", "04242", "2147483647",
        "2147483648", "4294967294", "4294967295", "app:2147483648", "99999999999", "app.audio")
    for specification in specifications:
        yield Line([specification, *probe("show", "x")])
        yield Line([specification, *probe("exit", 3)], {"HOME": None})
    for user in ("root", "app", "5555:77"):
        for program in programs():
            yield Line([user, *program])
        yield Line([user, *probe("show")], {"HOME": "", "USER": None, "LOGNAME": None})
        yield Line([user, *probe("show")], sandbox=signals_as_found())
        yield Line([user, *probe("show")], sandbox=["-s"])
        yield Line([user, *probe("show")], sandbox=["-c", "21", "-c", "7"])
        yield Line([user, "true"], {"PATH": None})
        yield Line([user, "true"], {"PATH": ""})
        yield Line([user, "probe", "show"], {"PATH": ":/bin"})
        yield Line([user, "./probe", "show"])
    for start in ("4242:4242", "4343:4343", "4242:29"):
        for user in ("app", "app:app", "app:audio", "other", "root", "4242", "5555"):
            yield Line([user, *probe("show")], sandbox=["-u", start])
    for words in ([], ["app"], ["--help"], ["-h"], ["-?"], ["--version"], ["-v"], ["-V"],
                  ["--version", "x"], ["-v", "x", "y"], ["--", "app", "true"], ["-x", "true"],
                  ["app", "--", "true"], ["app", "--version"], ["app", "-h"]):
        yield Line(words)
    for words in (["--help"], ["--version"], ["app"], []):
        yield Line(words, before=INTO_FULL)


def surroundings(options):
    """What is done around main: lines that every init is given, with each of some options."""
    for words in options:
        words = [*words, "--"]
        yield Line([*words, *probe("reaped", 3)])
        yield Line([*words, *probe("reaped", 3)], sandbox=["-s"])
        yield Line([*words, *probe("show")], terminal=True)
        yield Line([*words, *probe("show")], terminal=True, before=IN_BACKGROUND)
        yield Line([*words, *probe("left-away", "$FILE")])
        for task in "left", "left-away":
            yield Line([*words, *probe(task, "$FILE")], before=AND_WHAT_IS_LEFT)


# Job control gives it a process group of its own, and the terminal stays with the shell's.
IN_BACKGROUND = ["sh", "-mc", '"$0" "$@" & wait $!']
# A PID 1 above, to which falls what the init leaves behind.
AND_WHAT_IS_LEFT = [sys.executable, "-c", """if True:
    import os, signal, subprocess, sys
    status = subprocess.call(sys.argv[1:])
    with open(sys.argv[-1]) as file:
        pid = int(file.read())
    os.kill(pid, signal.SIGUSR1)
    while True:
        try:
            os.wait()
        except ChildProcessError:
            sys.exit(status)
"""]
# An answer that cannot be written.
INTO_FULL = ["sh", "-c", 'exec "$0" "$@" >/dev/full 2>/dev/full']
LINES = {"tini": tini_lines, "dumb-init": dumb_init_lines, "catatonit": catatonit_lines,
         "gosu": gosu_lines}
