# SPDX-License-Identifier: MIT
"""The images that the tests run, built once per engine and run, and nothing pulled from anywhere.

SMALL   busybox with the accounts of root and app, entered as app
SCRATCH only the program and busybox: no account file, no directory but the runtime's
BARE    only the program and a static one of ours: no shell; entered with USER_ID
DEBIAN  Debian with bash, less, Redis, nginx and PostgreSQL, entered as redis
"""
import fcntl
import hashlib
import os
import subprocess
import unittest

import confine
from engine import copy, once

SMALL = "dinit-su-small"
SCRATCH = "dinit-su-scratch"
BARE = "dinit-su-bare"
DEBIAN = "dinit-su-debian"
TREE = "dinit-su-tree"

APP = 1000
AUDIO = 29
PASSWD = "root:x:0:0::/root:/bin/sh\napp:x:1000:1000::/home/app:/bin/sh\n"
GROUP = "root:x:0:\ndaemon:x:1:root\naudio:x:29:app\nvideo:x:44:\napp:x:1000:\n"
APPLETS = ("cat", "env", "grep", "id", "kill", "ls", "rm", "sh", "sleep", "touch", "umount")

SUITE = "bookworm"
PACKAGES = ("redis-server", "nginx", "postgresql", "less")
# What no test needs; two thirds of the size. PostgreSQL's databases are for the tests to make, its
# tools are used without their Perl wrappers, and without llvmjit.so it does not compile queries.
LEFT_OUT = ("./var/cache/*", "./var/lib/apt/*", "./usr/share/doc/*", "./usr/share/locale/*",
            "./usr/share/man/*", "./usr/share/info/*", "./usr/share/zoneinfo/*", "./dev/*",
            "./proc/*", "./sys/*", "./usr/share/i18n/*", "./usr/share/perl/*",
            "./usr/lib/*/perl/*", "./usr/lib/*/libLLVM*", "./usr/lib/*/libz3*",
            "./usr/lib/postgresql/*/lib/llvmjit*", "./usr/lib/postgresql/*/lib/bitcode",
            "./var/lib/postgresql/*")

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
    DEBIAN: """\
FROM %s
COPY dinit-su /sbin/dinit-su
ENTRYPOINT ["/sbin/dinit-su", "redis", "--"]
""" % TREE,
}


def is_static(path):
    """Whether a program needs no loader, which an image from scratch does not have."""
    with open(path, "rb") as file:
        content = file.read()
    return b"/ld-linux" not in content and b"/ld-musl" not in content


def busybox():
    path = confine.tool("busybox")
    if not path or not is_static(path):
        raise unittest.SkipTest("no statically linked busybox is installed")
    return path


def fill_context(context):
    """The files that the Dockerfiles copy from."""
    copy(os.environ["DINIT_SU"], os.path.join(context, "dinit-su"), 0o755)
    copy(busybox(), os.path.join(context, "bin", "busybox"), 0o755)
    copy(os.environ["PROBE"], os.path.join(context, "probe"), 0o755)
    for applet in APPLETS:
        os.symlink("busybox", os.path.join(context, "bin", applet))
    os.mkdir(os.path.join(context, "etc"))
    for name, content in (("passwd", PASSWD), ("group", GROUP)):
        with open(os.path.join(context, "etc", name), "w") as file:
            file.write(content)


@once
def prepare(engine, image):
    """Have the engine build an image, the first time it is asked for; returns its name."""
    for program in ("DINIT_SU", "PROBE"):
        if not is_static(os.environ[program]):
            raise unittest.SkipTest("%s is not statically linked" % program)
    if image == DEBIAN:
        engine.import_tree(TREE, debian_tar())
    context = os.path.join(engine.directory, "context-" + image)
    fill_context(context)
    with open(os.path.join(context, "Dockerfile"), "w") as file:
        file.write(DOCKERFILES[image])
    engine.build(image, context)
    return image


def cache_directory():
    default = os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"),
                           "dinit-su")
    path = os.environ.get("DINIT_SU_CACHE") or default
    os.makedirs(path, exist_ok=True)
    return path


def recipe():
    """A hash of all that decides what is in the tree."""
    return hashlib.sha256(repr((SUITE, PACKAGES, LEFT_OUT, os.uname().machine)).encode()
                          ).hexdigest()[:16]


@once
def debian_tar():
    """The path of a tar of a Debian root directory: from the cache, or made and put there.

    Under its name it is always whole. Runs at the same time wait for the one that makes it, and
    the part that a killed one has left is overwritten by the next.
    """
    path = os.path.join(cache_directory(), "debian-%s.tar" % recipe())
    if os.path.exists(path):
        return path
    if not confine.tool("debootstrap"):
        raise unittest.SkipTest("debootstrap is not installed")
    with open(path + ".partial", "ab") as partial:
        fcntl.flock(partial, fcntl.LOCK_EX)
        if not os.path.exists(path):
            write_debian(partial)
            os.rename(partial.name, path)
    return path


def write_debian(tar):
    """Install Debian and write a tar of it to a file; skips the test where that cannot be done."""
    tree = os.path.join(confine.PLACE, "tree")
    process = subprocess.run(
        [confine.tool("debootstrap"), "--variant=minbase", "--include=" + ",".join(PACKAGES),
         SUITE, tree],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        universal_newlines=True, timeout=600)
    if process.returncode != 0:
        last = process.stdout.strip().splitlines()[-1:]
        raise unittest.SkipTest("debootstrap failed: " + "".join(last))
    tar.truncate(0)
    excludes = ["--exclude=" + pattern for pattern in LEFT_OUT]
    subprocess.run(["tar", "-C", tree, *excludes, "-c", "."], stdout=tar, check=True)
    # Made in memory, where the images need the room.
    subprocess.run(["rm", "-rf", "--one-file-system", tree], check=True)
