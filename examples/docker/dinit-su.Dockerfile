# Nothing but the program, for an init container to hand on: ../kubernetes/inject.yaml
#
#     docker build -f dinit-su.Dockerfile -t dinit-su:1 .
#
# The static binary, build/static/dinit-su after ./dev build, has to lie beside this file.
FROM scratch
COPY dinit-su /sbin/dinit-su
# A number, so that a pod with runAsNonRoot can see that it is not root.
USER 65532:65532
ENTRYPOINT ["/sbin/dinit-su"]
