# SPDX-License-Identifier: MIT
"""Debian root directories for images, each made once and kept as a tar in a cache.

SMALL  the packages that the engine tests need, by debootstrap alone
LARGE  all servers of catalogue.py whose packages the distribution has
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
# Files that no test needs, two thirds of the size. The tests make PostgreSQL's databases themselves and do
# not use its Perl wrappers; without llvmjit.so it does not compile queries.
LEFT_OUT = ("./var/cache/*", "./var/lib/apt/*", "./usr/share/doc/*", "./usr/share/locale/*",
            "./usr/share/man/*", "./usr/share/info/*", "./usr/share/zoneinfo/[A-TV-Zpr]*", "./dev/*",
            "./proc/*", "./sys/*", "./usr/share/i18n/*", "./usr/share/perl/*",
            "./usr/lib/*/perl/*", "./usr/lib/*/libLLVM*", "./usr/lib/*/libz3*",
            "./usr/lib/postgresql/*/lib/llvmjit*", "./usr/lib/postgresql/*/lib/bitcode",
            "./var/lib/postgresql/*")
# The installation of a service does not start it: invoke-rc.d(8).
POLICY = "#!/bin/sh\nexit 101\n"
# Seconds: the limit of one command on a loaded machine, and the time between two lines of progress.
LIMIT, EVERY = 1800, 5.0


@once
def prepare(engine, tree):
    """Have the engine make an image of a tree at the first call."""
    engine.import_tree(tree, debian_tar(tree))


def cache_directory():
    default = os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"),
                           "dinit-su")
    path = os.environ.get("DINIT_SU_CACHE") or default
    os.makedirs(path, exist_ok=True)
    return path


def recipe(tree):
    """A hash of everything that decides the content of a tree."""
    decided = (SUITE, PACKAGES[tree], LEFT_OUT, os.uname().machine)
    return hashlib.sha256(repr(decided).encode()).hexdigest()[:16]


@once
def debian_tar(tree):
    """The path of the tar of a Debian root directory, which the first call puts into the cache.

    A file with this name is always whole. A second run at the same time waits for the one that makes it,
    and the next run overwrites the part that a killed one has left.
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
    # The tree is in memory, which the images need.
    subprocess.run(["rm", "-rf", "--one-file-system", root], check=True)


def install(root, packages):
    """Install the packages, as far as the distribution has them, into a root directory."""
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
    """Run a command that takes long, and show its latest line now and then."""
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
