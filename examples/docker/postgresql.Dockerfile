# PostgreSQL that needs no recovery after a stop.
#
#     docker build -f postgresql.Dockerfile -t postgresql-dinit-su:1 .
#
# The static binary, build/static/dinit-su after ./dev build, has to lie beside this file.
ARG BASE=debian:bookworm-slim
FROM ${BASE}
RUN mkdir -p /etc/postgresql-common \
 && echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf \
 && apt-get update \
 && apt-get install -y --no-install-recommends postgresql \
 && rm -rf /var/lib/apt/lists/*
ENV PATH=/usr/lib/postgresql/15/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    PGDATA=/var/lib/postgresql/data
RUN install -d -o postgres -g postgres -m 700 "$PGDATA"
COPY dinit-su /sbin/dinit-su
COPY start-postgresql /usr/local/bin/start-postgresql
VOLUME /var/lib/postgresql/data
EXPOSE 5432
# On TERM PostgreSQL waits until every client has gone, on INT it sends them away and stops.
ENTRYPOINT ["/sbin/dinit-su", "--rewrite", "TERM:INT", "--if-root", "postgres", "--", \
            "start-postgresql"]
CMD ["postgres", "-c", "listen_addresses=*"]
