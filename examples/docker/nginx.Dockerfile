# nginx that ends the requests that are running before it stops.
#
#     docker build -f nginx.Dockerfile -t nginx-dinit-su:1 .
#
# The static binary, build/static/dinit-su after ./dev build, has to lie beside this file.
ARG BASE=debian:bookworm-slim
FROM ${BASE}
RUN apt-get update \
 && apt-get install -y --no-install-recommends nginx-light \
 && rm -rf /var/lib/apt/lists/*
COPY dinit-su /sbin/dinit-su
COPY nginx.conf /etc/nginx/nginx.conf
EXPOSE 8080
# On TERM nginx drops what it is doing, on QUIT it finishes that first.
# LINGER: what the kernel still has to send when nginx has ended is not lost with the network.
# That is a variable, so that a pod can set another time: an option of the ENTRYPOINT would win over it.
ENV DINIT_SU_LINGER=10s
# --if-root: started by Docker as root it becomes www-data; a pod's runAsUser is respected.
ENTRYPOINT ["/sbin/dinit-su", "--rewrite", "TERM:QUIT", "--if-root", "www-data", "--"]
CMD ["nginx", "-g", "daemon off;"]
