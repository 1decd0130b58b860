# SPDX-License-Identifier: MIT
"""Real servers, and the shells and wrappers in front of them, each with the work during which it is stopped.

All of them are started without an option of the init: the rows show its behaviour by itself.
"""
from in_flight import (Answering, Broker, FastCGI, Film, OpenShell, Requests, Rows, Saying, Session,
                       Tasks, Work)

NODE = ("node", "/srv/server.js")
NODE_LINE = " ".join(NODE)
GUNICORN = ("gunicorn", "--chdir", "/srv", "--bind", ":8080", "--workers", "8", "app")
GUNICORN_LINE = " ".join(GUNICORN)
KILLED_BY_TERM = 128 + 15
ONCE = ("python3", "/srv/once.py")
ONCE_LINE = " ".join(ONCE)
CELERY = ("celery", "--workdir", "/srv", "--app", "tasks", "worker", "--concurrency", "4",
          "--loglevel", "INFO")
CELERY_LINE = " ".join(CELERY)
FILM = ("ffmpeg -loglevel error -re -f lavfi -i testsrc=size=64x64:rate=25 "
        "-flush_packets 1 -f mp4 " + Film.path)
POSTGRES = ("[ -s /tmp/data/PG_VERSION ] || initdb -D /tmp/data >/dev/null; "
            "echo 'host all all 0.0.0.0/0 trust' >>/tmp/data/pg_hba.conf; "
            "exec postgres -D /tmp/data -k /tmp -c listen_addresses=*")
MARIADB = ("[ -d /tmp/data/mysql ] || mariadb-install-db --no-defaults --datadir=/tmp/data "
           ">/dev/null; echo 'create user if not exists writer;' >/tmp/init; "
           "echo 'grant all on *.* to writer;' >>/tmp/init; "
           "exec %s --no-defaults --datadir=/tmp/data --init-file=/tmp/init --socket=/tmp/socket "
           "--pid-file=/tmp/pid --bind-address=0.0.0.0 --skip-name-resolve")


class Row:
    """A line of the table.

    name     its name in the table
    program  a program that has to be in the image
    user     the user that the init becomes
    command  the command that the init starts
    work     makes the Work from a container, the helper container and a free database of its Redis
    reload   the signal that reloads it, if any
    quick    true for one row of each kind, which the engine tests have too
    setting  the variable that docs/kubernetes.md names for it, without DINIT_SU_
    status   the exit status after a stop
    within   the seconds that a stop may take on a loaded machine
    known    the reason why it may be worse than with tini, if it may
    """

    def __init__(self, name, program, user, command, work=lambda container, *_: Requests(container),
                 reload=None, quick=False, setting=None, status=0, within=10,
                 known=None):
        self.name, self.program, self.user, self.command = name, program, user, command
        self.work, self.reload, self.quick = work, reload, quick
        self.setting, self.status = setting, status
        self.within, self.known = within, known


def of(kind):
    return lambda container, *_: kind(container)


def saying(words):
    return lambda container, *_: Saying(container, words)


def sql(client):
    """Rows of a database; client is the command line of its client, behind which a query follows."""
    return lambda container, helper, _: Rows(
        container, helper, client + ["select 1"], client + ["create table written (number int)"],
        client + ["'insert into written values (1)'"], client + ["select count(*) from written"])


PSQL = ["psql", "-AtqX", "-h", "HOST", "-U", "postgres", "-c"]
MYSQL = ["mysql", "-N", "-h", "HOST", "-u", "writer", "-D", "test", "-e"]
REDIS = ["redis-cli", "-e", "-h", "HOST"]


def redis(container, helper, _):
    return Rows(container, helper, REDIS + ["ping"], REDIS + ["ping"],
                REDIS + ["rpush", "written", "1"], REDIS + ["llen", "written"])


def shell(line, name="sh"):
    return name, "-c", line


def behind(name, *command, **others):
    """A row with a shell or wrapper in front of the server of node."""
    return Row(name, "node", "www-data", command, **others)


def once(name, *command, **others):
    """A row like that, with a server in Python that ends at once on a second TERM."""
    return Row(name, "python3", "www-data", command, quick=True, **others)


ROWS = (
    Row("Celery, 4 tasks", "celery", "www-data", CELERY, Tasks, "HUP", quick=True,
        within=30),
    Row("`sh -c 'celery ...; x'`", "celery", "www-data", shell(CELERY_LINE + "; echo"), Tasks),
    Row("Gunicorn, sync", "gunicorn", "www-data", GUNICORN, reload="HUP", quick=True, within=30),
    Row("Gunicorn, threads", "gunicorn", "www-data",
        (*GUNICORN[:-3], "--workers", "2", "--threads", "8", "app"), reload="HUP"),
    Row("`sh -c 'gunicorn ...; x'`", "gunicorn", "www-data", shell(GUNICORN_LINE + "; echo"),
        quick=True, status=KILLED_BY_TERM, within=30),
    Row("uWSGI, die-on-term", "uwsgi", "www-data", ("uwsgi", "/srv/uwsgi.ini"), reload="HUP"),
    Row("uWSGI, graceful hook", "uwsgi", "www-data", ("uwsgi", "/srv/uwsgi-hook.ini")),
    Row("PHP-FPM", "php-fpm", "www-data", ("php-fpm", "-F", "-y", "/srv/php-fpm.conf"),
        of(FastCGI), "USR2", setting="REWRITE=TERM:QUIT"),
    Row("PHP-FPM, HUP", "php-fpm", "www-data", ("php-fpm", "-F", "-y", "/srv/php-fpm.conf"),
        of(FastCGI), "HUP"),
    Row("node", "node", "www-data", NODE),
    Row("node cluster", "node", "www-data", ("node", "/srv/cluster.js"), reload="HUP"),
    Row("`npm start`", "npm", "www-data", ("npm", "--prefix", "/srv", "start")),
    Row("`yarn start`", "yarn", "www-data", ("yarn", "--cwd", "/srv", "start")),
    Row("Puma", "puma", "www-data", ("puma", "-t", "8:8", "-b", "tcp://0.0.0.0:8080", "/srv/config.ru")),
    Row("Puma, 2 workers", "puma", "www-data",
        ("puma", "-w", "2", "-t", "8:8", "-b", "tcp://0.0.0.0:8080", "/srv/config.ru"),
        reload="USR1"),
    Row("Go", "server-go", "www-data", ("server-go",)),
    Row("`sh -c 'go...; x'`", "server-go", "www-data", shell("server-go; echo")),
    Row("nginx", "nginx", "www-data", ("nginx", "-c", "/srv/nginx.conf", "-g", "daemon off;"),
        reload="HUP", setting="REWRITE=TERM:QUIT"),
    Row("Apache httpd", "apache2", "www-data",
        ("apache2", "-f", "/srv/apache.conf", "-D", "FOREGROUND"), reload="USR1",
        setting="REWRITE=TERM:WINCH"),
    Row("HAProxy, master and worker", "haproxy", "haproxy",
        ("haproxy", "-W", "-db", "-f", "/srv/haproxy.cfg"), reload="HUP",
        setting="REWRITE=TERM:USR1"),
    Row("Varnish", "varnishd", "vcache",
        ("varnishd", "-F", "-j", "none", "-n", "/tmp/varnish", "-a", ":8080", "-s", "malloc,16m",
         "-f", "/srv/varnish.vcl")),
    Row("Squid", "squid", "proxy", ("squid", "-N", "-f", "/srv/squid.conf")),
    Row("Dovecot, a session", "dovecot", "root", ("dovecot", "-F", "-c", "/srv/dovecot.conf"),
        of(Session), "HUP"),
    Row("PostgreSQL, 8 writers", "postgres", "postgres", shell(POSTGRES), sql(PSQL), "HUP",
        setting="REWRITE=TERM:INT"),
    Row("MariaDB, 8 writers", "mariadbd", "mysql", shell(MARIADB % "mariadbd"), sql(MYSQL)),
    Row("`mysqld_safe`, 8 writers", "mysqld_safe", "mysql", shell(MARIADB % "mysqld_safe"),
        sql(MYSQL)),
    Row("Redis, 8 writers", "redis-server", "redis",
        ("redis-server", "--save", "3600 1", "--dir", "/tmp", "--bind", "*", "--protected-mode",
         "no"), redis),
    Row("RabbitMQ", "rabbitmq-server", "rabbitmq", ("rabbitmq-server",), of(Broker)),
    Row("etcd", "etcd", "www-data", ("etcd", "--data-dir", "/tmp/etcd"), saying("ready to serve client requests")),
    Row("cron", "cron", "root", ("cron", "-f"), of(Work)),
    Row("memcached", "memcached", "www-data", ("memcached",),
        lambda container, *_: Answering(container, 11211, b"version\r\n", b"VERSION")),
    Row("`sh -c 'ffmpeg ...; x'`", "ffmpeg", "www-data", shell(FILM + "; echo"), of(Film)),
    Row("ffmpeg", "ffmpeg", "www-data", shell("exec " + FILM), of(Film)),
    Row("supervisord with node", "supervisord", "root",
        ("supervisord", "-c", "/srv/supervisord.conf")),
    once("a handler that works once", *ONCE),
    once("`sh -c 'once ...; x'`", *shell(ONCE_LINE + "; echo"), status=KILLED_BY_TERM),
    once("`bash -c 'once | tee'`", *shell(ONCE_LINE + " | tee /tmp/log", "bash"),
         status=KILLED_BY_TERM),
    once("`flock once`", "flock", "/tmp/lock", *ONCE, status=KILLED_BY_TERM),
    once("`trap ... TERM; once ...; x`", *shell("trap 'echo trap' TERM; " + ONCE_LINE + "; echo")),
    once("an open `docker exec -it C bash`", *ONCE, work=of(OpenShell), within=4),
    behind("`sh -c 'node ...; x'`", *shell(NODE_LINE + "; echo")),
    behind("`bash -lc 'node ...; x'`", "bash", "-lc", NODE_LINE + "; echo"),
    behind("`bash -c 'node | tee'`", *shell(NODE_LINE + " | tee /tmp/log", "bash")),
    behind("`flock`", "flock", "/tmp/lock", *NODE),
    behind("`timeout 1h`", "timeout", "1h", *NODE),
    behind("`make`", "make", "-s", "-f", "/srv/makefile"),
    behind("Python wrapper", "python3", "/srv/wrapper.py", *NODE),
    behind("`trap '' TERM; node ...; x`", *shell("trap '' TERM; " + NODE_LINE + "; echo")),
    behind("`trap ... TERM; node ...; x`", *shell("trap 'echo trap' TERM; " + NODE_LINE + "; echo")),
    behind("`trap ... TERM; node ... & wait`",
           *shell("trap 'echo trap' TERM; " + NODE_LINE + " & wait; wait")),
    behind("script that relays TERM", "/srv/relay.sh", *NODE, setting="SINGLE_CHILD=1",
           known="it tells node a second time: docs/servers.md has two ways out"),
)
