# Redis, with what it has acknowledged on disk after a stop.
#
#     docker build -f redis.Dockerfile -t redis-dinit-su:1 .
#
# The static binary, build/static/dinit-su after ./dev build, has to lie beside this file.
ARG BASE=debian:bookworm-slim
FROM ${BASE}
RUN apt-get update \
 && apt-get install -y --no-install-recommends redis-server \
 && rm -rf /var/lib/apt/lists/* \
 && install -d -o redis -g redis /data
COPY dinit-su /sbin/dinit-su
VOLUME /data
WORKDIR /data
EXPOSE 6379
ENTRYPOINT ["/sbin/dinit-su", "--if-root", "redis", "--"]
# On TERM Redis saves, if it is told to save at all. For a private network: it asks no password.
CMD ["redis-server", "--save", "3600 1", "--bind", "*", "--protected-mode", "no"]
