# The pause process of pods: it holds their namespaces and reaps where they share their processes.
#
#     docker build -f pause.Dockerfile -t pause-dinit-su:1 .
#
# The engine is told to use it: docs/kubernetes.md. The static binary, build/static/dinit-su after
# ./dev build, has to lie beside this file.
FROM scratch
COPY dinit-su /dinit-su
# Asked to stop it waits so long for the containers to end, and not a moment longer than they take.
ENTRYPOINT ["/dinit-su", "--pause", "--stop-delay", "1h"]
