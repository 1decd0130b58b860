# Nothing but the program, for an init container to hand on: ../kubernetes/inject.yaml
#
#     docker build -f dinit-su.Dockerfile -t dinit-su:1 .
#
# The static binary, build/static/dinit-su after ./dev build, has to lie beside this file.
FROM scratch
COPY dinit-su /dinit-su
ENTRYPOINT ["/dinit-su"]
