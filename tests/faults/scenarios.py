# SPDX-License-Identifier: MIT
"""The starts whose system calls fail: every kind of start that makes calls of its own.

{etc}, {home}, {tree} and {place} in an argument are directories of one run alone.
"""
import signal

PASSWD = """\
root:x:0:0:root:/root:/bin/sh
app:x:4242:4242:The application:/home/app:/bin/sh
other:x:4343:4343::/home/other:/bin/sh
"""
GROUP = """\
root:x:0:
app:x:4242:
audio:x:29:app,other
video:x:44:other
"""
# The status that main ends with.
MAIN = 7


class Scenario:
    """One start.

    main        the task of the probe that is main, or None if there is none
    status      the status when nothing fails
    sandbox     options of the sandbox
    name        the name by which the program is called
    terminal    stdin, stdout and stderr are a terminal, and the controlling one
    files       account files, home and tree are this run's own, because it changes them
    stop        the signal that init gets when it begins to wait for signals
    variables   added to the environment
    talks       the options ask for lines on stderr
    below       a command that runs the program, such as prlimit
    """

    def __init__(self, title, *arguments, main=("shown", MAIN), status=MAIN, sandbox=(),
                 name="dinit-su", terminal=False, files=False, stop=None, variables=None,
                 talks=False, passwd_mode=0o644, below=()):
        self.title, self.arguments, self.main, self.status = title, arguments, main, status
        self.sandbox, self.name, self.terminal, self.files = sandbox, name, terminal, files
        self.stop, self.variables, self.talks = stop, variables or {}, talks
        self.passwd_mode, self.below = passwd_mode, below

    @property
    def runs_scripts(self):
        """True if a file that the kernel cannot run is given to /bin/sh."""
        return self.name not in ("dinit-su", "gosu", "su-exec", "pause")

    @property
    def refusals(self):
        """The statuses for a refusal, a COMMAND that cannot be run, and one that is not found."""
        if self.name == "dinit-su":
            return (125, 126, 127)
        if self.name in ("tini", "tini-static", "docker-init"):
            return (1, 126, 127)
        return (1, 2, 2) if self.name == "dumb-init" else (1, 1, 1)


def life(how):
    return ("life", MAIN, how)


SUBREAPER = ("-s",)
APP = ("-u", "4242:4242")
NOBODY = ("-u", "3333:0")

SCENARIOS = [
    Scenario("plain", "app"),
    Scenario("with a group", "app:audio"),
    Scenario("numbers", "1000:1000"),
    Scenario("root stays root", "root"),
    Scenario("in place", "--exec", "app:audio"),
    Scenario("root init", "--root-init", "7:8"),
    Scenario("no switch", "--no-switch"),
    Scenario("not root", "app", sandbox=APP),
    Scenario("not root, carried on", "--if-root", "app", sandbox=NOBODY),
    Scenario("subreaper", "app", sandbox=SUBREAPER),
    Scenario("keep groups", "--keep-groups", "app"),
    Scenario("added group", "--add-group", "video", "app"),
    Scenario("keep environment", "--keep-env", "app", variables={"LISTEN_PID": "1"}),
    Scenario("umask", "--umask", "027", "app"),
    Scenario("umask from environment", "--umask-from-env", "UMASK", "app", variables={"UMASK": "077"}),
    Scenario("no new privileges", "--no-new-privs", "app"),
    Scenario("capabilities", "--keep-caps", "chown,net_raw", "app"),
    Scenario("capabilities in place", "--exec", "--keep-caps", "chown,net_raw", "app"),
    Scenario("capabilities with root init", "--root-init", "--keep-caps", "chown,net_raw", "app"),
    Scenario("rights all at once", "--keep-groups", "--no-new-privs", "--keep-caps", "chown,net_raw",
             "--umask", "027", "--parent-death", "TERM", "app", sandbox=SUBREAPER),
    Scenario("parent death", "--parent-death", "TERM", "app", sandbox=SUBREAPER),
    Scenario("new session", "--new-session", "app"),
    Scenario("no stdio chown", "--no-stdio-chown", "app"),
    Scenario("ids", "--ids", "5000:5001", "app", files=True),
    Scenario("ids of a path", "--ids-of", "{tree}/theirs", "app", files=True),
    Scenario("ids from environment", "--ids-from-env", "PUID:PGID", "app", files=True,
             variables={"PUID": "5000", "PGID": "5001"}),
    Scenario("create", "--create", "new", files=True),
    Scenario("create, not root", "--create", "--if-root", "app", sandbox=NOBODY, files=True,
             passwd_mode=0o664),
    Scenario("chown", "--chown", "{tree}", "app", files=True),
    Scenario("chown if needed", "--chown-if-needed", "{tree}", "app", files=True),
    Scenario("termination log", "--termination-log={place}/log", "app", files=True),
    Scenario("termination log with root init", "--root-init", "--termination-log={place}/log", "app",
             files=True),
    Scenario("verbose", "-vv", "app", talks=True),
    Scenario("json", "-v", "--log-format", "json", "app", talks=True),
    Scenario("install", "--install", "{place}/copy", main=None, status=0, files=True),
    Scenario("explain", "--explain", "app", main=("show",), status=0),
    Scenario("help", "--help", main=None, status=0),
    Scenario("pause", "--pause", "app", main=None, status=0, stop=signal.SIGTERM),
    Scenario("terminal", "app", terminal=True),
    Scenario("terminal below a subreaper", "app", terminal=True, sandbox=SUBREAPER),
    Scenario("suspended", "app", main=("suspended", MAIN), terminal=True),
    Scenario("exit map", "--exit-map", "7:9", "app", status=9),
    Scenario("wait all", "--wait-all", "app"),
    Scenario("linger", "--linger", "1s", "app", sandbox=("-N",)),
    Scenario("stop", "app", main=life("asked")),
    Scenario("stop, subreaper", "app", main=life("asked"), sandbox=SUBREAPER),
    Scenario("stop, root init", "--root-init", "app", main=life("left")),
    Scenario("stop, no switch", "-n", main=life("asked"), sandbox=SUBREAPER),
    Scenario("stop delay", "--stop-delay", "5ms", "app", main=life("asked")),
    Scenario("stop timeout", "--stop-timeout", "30s", "app", main=life("asked")),
    Scenario("kill", "--wait", "20ms", "app", main=life("killed")),
    Scenario("kill, subreaper", "--wait", "20ms", "app", main=life("killed"), sandbox=SUBREAPER),
    Scenario("group", "--group", "app", main=life("asked")),
    Scenario("single child", "--single-child", "app", main=life("asked")),
    Scenario("tini", "--", name="tini", main=life("asked")),
    Scenario("tini, subreaper", "-s", "--", name="tini", main=life("asked"), sandbox=SUBREAPER),
    Scenario("tini-static", "-g", "--", name="tini-static", main=life("asked")),
    Scenario("docker-init", "--", name="docker-init"),
    Scenario("podman-init", "--", name="podman-init"),
    Scenario("catatonit", "--", name="catatonit", main=life("asked")),
    Scenario("catatonit as pause", "-P", name="catatonit", main=None, status=0, stop=signal.SIGTERM),
    Scenario("dumb-init", "--", name="dumb-init", main=life("asked")),
    Scenario("gosu", "app", name="gosu"),
    Scenario("su-exec", "app:audio", name="su-exec"),
    Scenario("pause by name", name="pause", main=None, status=0, stop=signal.SIGTERM),
]
