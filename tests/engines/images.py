# SPDX-License-Identifier: MIT
"""The images of the tests, built once per engine and run; none is pulled.

SMALL   busybox with the accounts of root and app; the entry point becomes app
SCRATCH only the program and busybox: no account file, no directory but the runtime's
BARE    only the program and the probe: no shell; the entry point takes the ids from USER_ID
USERS   BARE with the accounts of the well-known images; the entry point has no options
DEBIAN  Debian with bash, less, git, Redis, nginx, PostgreSQL, Gunicorn and Celery; becomes redis
FEW     the same Debian with the files of srv, tini and gosu
SCRIPTS the same Debian with the start-up scripts that people write, their accounts, and gosu
SERVERS a larger Debian with all servers of catalogue.py, the files of srv, tini and gosu
"""
import os
import shutil
import subprocess
import unittest

import confine
import trees
from engine import copy, once

SMALL = "dinit-su-small"
SCRATCH = "dinit-su-scratch"
BARE = "dinit-su-bare"
USERS = "dinit-su-users"
DEBIAN = "dinit-su-debian"
FEW = "dinit-su-few-servers"
SCRIPTS = "dinit-su-scripts"
SERVERS = "dinit-su-servers"

APP = 1000
AUDIO = 29
SRV = os.path.join(os.path.dirname(os.path.abspath(__file__)), "srv")
PASSWD = "root:x:0:0::/root:/bin/sh\napp:x:1000:1000::/home/app:/bin/sh\n"
GROUP = "root:x:0:\ndaemon:x:1:root\naudio:x:29:app\nvideo:x:44:\napp:x:1000:\n"
SCRIPT_DIRECTORY = os.path.join(os.path.dirname(os.path.abspath(__file__)), "scripts")
# The users of those scripts, as in the images that run them.
USER_LINES = """\
root:x:0:0::/root:/bin/sh
abc:x:911:911::/config:/bin/sh
dev:x:1001:1001::/home/dev:/bin/sh
jovyan:x:1002:100::/home/jovyan:/bin/sh
"""
GROUP_LINES = "root:x:0:\nabc:x:911:\ndev:x:1001:\n"
APPLETS = ("cat", "env", "grep", "id", "kill", "ls", "rm", "sh", "sleep", "touch", "umount")

WITH_SERVERS = """\
FROM %s
ENV PATH=/usr/lib/postgresql/15/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
RUN ln -s /usr/sbin/php-fpm8.2 /usr/sbin/php-fpm; ln -s yarnpkg /usr/bin/yarn; \
    ln -s supervisord /usr/bin/supervisor; install -d -o www-data -g www-data /var/www
COPY dinit-su peers/* /sbin/
COPY srv /srv/
"""

DOCKERFILES = {
    SMALL: """\
FROM scratch
COPY etc /etc/
COPY bin /bin/
COPY dinit-su /sbin/dinit-su
ENTRYPOINT ["/sbin/dinit-su", "app", "--"]
""",
    SCRATCH: """\
FROM scratch
COPY dinit-su bin/busybox /
ENTRYPOINT ["/dinit-su", "1000:1000", "--"]
""",
    BARE: """\
FROM scratch
COPY dinit-su probe /
ENTRYPOINT ["/dinit-su", "--ids-from-env", "USER_ID:GROUP_ID", "--create", "user", "--"]
""",
    USERS: """\
FROM scratch
COPY users /etc/
COPY dinit-su probe /
ENTRYPOINT ["/dinit-su"]
""",
    SCRIPTS: """\
FROM %s
COPY dinit-su probe scripts/* /sbin/
COPY users /tmp/users
RUN for file in passwd group; do tail -n +2 /tmp/users/$file >>/etc/$file; done; \\
    for user in abc dev jovyan; do install -d -o $user -g "$(id -g $user)" \\
        "$(getent passwd $user | cut -d: -f6)"; done; \\
    install -d -m 0775 /home/default; chmod g=u /etc/passwd /etc/group /home
ENTRYPOINT []
""" % trees.SMALL,
    DEBIAN: """\
FROM %s
COPY dinit-su /sbin/dinit-su
ENTRYPOINT ["/sbin/dinit-su", "redis", "--"]
""" % trees.SMALL,
    FEW: WITH_SERVERS % trees.SMALL,
    SERVERS: WITH_SERVERS % trees.LARGE,
}
TREES = {DEBIAN: trees.SMALL, FEW: trees.SMALL, SCRIPTS: trees.SMALL,
         SERVERS: trees.LARGE}


def is_static(path):
    """True if a program needs no loader, which an image from scratch does not have."""
    with open(path, "rb") as file:
        content = file.read()
    return b"/ld-linux" not in content and b"/ld-musl" not in content


def busybox():
    path = confine.tool("busybox")
    if not path or not is_static(path):
        raise unittest.SkipTest("no statically linked busybox is installed")
    return path


def fill_context(context):
    """Make the files that the Dockerfiles copy."""
    copy(os.environ["DINIT_SU"], os.path.join(context, "dinit-su"), 0o755)
    copy(busybox(), os.path.join(context, "bin", "busybox"), 0o755)
    copy(os.environ["PROBE"], os.path.join(context, "probe"), 0o755)
    for applet in APPLETS:
        os.symlink("busybox", os.path.join(context, "bin", applet))
    os.mkdir(os.path.join(context, "etc"))
    for name, content in (("passwd", PASSWD), ("group", GROUP)):
        with open(os.path.join(context, "etc", name), "w") as file:
            file.write(content)


def add_scripts(context):
    """Add the start-up scripts, and gosu, which they call."""
    shutil.copytree(SCRIPT_DIRECTORY, os.path.join(context, "scripts"))
    if not confine.tool("gosu"):
        raise unittest.SkipTest("gosu is not installed")
    copy(confine.tool("gosu"), os.path.join(context, "scripts", "gosu"), 0o755)


def add_users(context):
    os.mkdir(os.path.join(context, "users"))
    for name, content in (("passwd", USER_LINES), ("group", GROUP_LINES)):
        with open(os.path.join(context, "users", name), "w") as file:
            file.write(content)


def add_servers(context):
    """Add the applications of the servers, and tini and gosu, with which dinit-su is compared."""
    shutil.copytree(SRV, os.path.join(context, "srv"))
    for program in ("tini-static", "gosu"):
        if not confine.tool(program):
            raise unittest.SkipTest("%s is not installed" % program)
        copy(confine.tool(program), os.path.join(context, "peers", program), 0o755)
    compile_go(os.path.join(context, "srv", "server.go"),
               os.path.join(context, "peers", "server-go"))


def compile_go(source, program):
    """Compile the server in Go; without a compiler its rows are skipped."""
    if confine.tool("go"):
        subprocess.run([confine.tool("go"), "build", "-o", program, source], check=True,
                       env=dict(os.environ, CGO_ENABLED="0", GO111MODULE="off", GOFLAGS="",
                                GOCACHE=os.path.join(trees.cache_directory(), "go")))


@once
def prepare(engine, image):
    """Have the engine build an image at the first call; returns its name."""
    for program in ("DINIT_SU", "PROBE"):
        if not is_static(os.environ[program]):
            raise unittest.SkipTest("%s is not statically linked" % program)
    if image in TREES:
        trees.prepare(engine, TREES[image])
    context = os.path.join(engine.directory, "context-" + image)
    fill_context(context)
    add_users(context)
    if image == SCRIPTS:
        add_scripts(context)
    if image in (FEW, SERVERS):
        add_servers(context)
    with open(os.path.join(context, "Dockerfile"), "w") as file:
        file.write(DOCKERFILES[image])
    engine.build(image, context)
    return image
