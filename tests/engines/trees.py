# SPDX-License-Identifier: MIT
"""Debian root directories to make images of, each made once and kept as a tar in a cache.

SMALL  what the engine tests need: made by debootstrap alone
LARGE  all of the servers in catalogue.py: as many of its packages as the distribution has
"""
import fcntl
import hashlib
import os
import subprocess
import time
import unittest

import confine
from engine import once

SMALL, LARGE = "dinit-su-tree", "dinit-su-servers-tree"
SUITE = "bookworm"
PACKAGES = {
    SMALL: ("redis-server", "nginx", "postgresql", "less", "gunicorn", "celery", "python3-redis",
            "git"),
    LARGE: (
        "apache2", "celery", "cron", "dovecot-imapd", "etcd-server", "ffmpeg", "gunicorn",
        "haproxy", "make", "mariadb-server", "memcached", "nginx-light", "nodejs", "npm", "php-fpm",
        "postgresql", "puma", "python3-redis", "rabbitmq-server", "redis-server", "squid",
        "supervisor", "uwsgi-core", "uwsgi-plugin-python3", "varnish", "yarnpkg"),
}
# What no test needs; two thirds of the size. PostgreSQL's databases are for the tests to make, its
# tools are used without their Perl wrappers, and without llvmjit.so it does not compile queries.
LEFT_OUT = ("./var/cache/*", "./var/lib/apt/*", "./usr/share/doc/*", "./usr/share/locale/*",
            "./usr/share/man/*", "./usr/share/info/*", "./usr/share/zoneinfo/[A-TV-Zpr]*", "./dev/*",
            "./proc/*", "./sys/*", "./usr/share/i18n/*", "./usr/share/perl/*",
            "./usr/lib/*/perl/*", "./usr/lib/*/libLLVM*", "./usr/lib/*/libz3*",
            "./usr/lib/postgresql/*/lib/llvmjit*", "./usr/lib/postgresql/*/lib/bitcode",
            "./var/lib/postgresql/*")
# No service is to be started by its installation.
POLICY = "#!/bin/sh\nexit 101\n"
# A package's step may take this long on a loaded machine, and a line is said so often meanwhile.
LIMIT, EVERY = 1800, 5.0


@once
def prepare(engine, tree):
    """Have the engine take a tree for an image, the first time it is asked for."""
    engine.import_tree(tree, debian_tar(tree))


def cache_directory():
    default = os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"),
                           "dinit-su")
    path = os.environ.get("DINIT_SU_CACHE") or default
    os.makedirs(path, exist_ok=True)
    return path


def recipe(tree):
    """A hash of all that decides what is in a tree."""
    decided = (SUITE, PACKAGES[tree], LEFT_OUT, os.uname().machine)
    return hashlib.sha256(repr(decided).encode()).hexdigest()[:16]


@once
def debian_tar(tree):
    """The path of a tar of a Debian root directory: from the cache, or made and put there.

    Under its name it is always whole. Runs at the same time wait for the one that makes it, and
    the part that a killed one has left is overwritten by the next.
    """
    path = os.path.join(cache_directory(), "debian-%s.tar" % recipe(tree))
    if os.path.exists(path):
        return path
    if not confine.tool("debootstrap"):
        raise unittest.SkipTest("debootstrap is not installed")
    with open(path + ".partial", "ab") as partial:
        fcntl.flock(partial, fcntl.LOCK_EX)
        if not os.path.exists(path):
            write_debian(tree, partial)
            os.rename(partial.name, path)
    return path


def write_debian(tree, tar):
    """Install Debian and write a tar of it to a file; skips the test where that cannot be done."""
    root = os.path.join(confine.PLACE, "tree")
    first = PACKAGES[tree] if tree == SMALL else ("ca-certificates",)
    show([confine.tool("debootstrap"), "--variant=minbase", "--include=" + ",".join(first), SUITE,
          root])
    if tree == LARGE:
        install(root, PACKAGES[tree])
    tar.truncate(0)
    excludes = ["--exclude=" + pattern for pattern in LEFT_OUT]
    subprocess.run(["tar", "-C", root, *excludes, "-c", "."], stdout=tar, check=True)
    # Made in memory, where the images need the room.
    subprocess.run(["rm", "-rf", "--one-file-system", root], check=True)


def install(root, packages):
    """Install those of the packages that there are into a root directory."""
    policy = os.path.join(root, "usr/sbin/policy-rc.d")
    with open(policy, "w") as file:
        file.write(POLICY)
    os.chmod(policy, 0o755)
    subprocess.run(["mount", "-t", "proc", "proc", os.path.join(root, "proc")], check=True)
    try:
        show(["chroot", root, "apt-get", "update"])
        there = [package for package in packages if is_there(root, package)]
        for package in set(packages) - set(there):
            print("%s has no package %s" % (SUITE, package))
        show(["chroot", root, "apt-get", "install", "-y", "--no-install-recommends", *there])
    finally:
        subprocess.run(["umount", os.path.join(root, "proc")], check=True)


def is_there(root, package):
    process = subprocess.run(["chroot", root, "apt-cache", "show", package],
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return process.returncode == 0


def show(command):
    """Run a command that takes its time, and show now and then how far it is."""
    deadline, shown = time.monotonic() + LIMIT, time.monotonic()
    last = ""
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, text=True, errors="replace",
                               env=dict(os.environ, DEBIAN_FRONTEND="noninteractive", LC_ALL="C"))
    for line in process.stdout:
        last = line.strip() or last
        if time.monotonic() > shown + EVERY:
            shown = time.monotonic()
            print("  making an image: %s" % last[:70], flush=True)
        if time.monotonic() > deadline:
            process.kill()
    process.stdout.close()
    if process.wait() != 0:
        raise unittest.SkipTest("%s failed: %s" % (os.path.basename(command[0]), last))
