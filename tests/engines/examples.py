# SPDX-License-Identifier: MIT
"""The directory examples/, as the engines take it.

Dockerfiles are built unchanged, from a base image in which all packages are installed and apt-get does
nothing: nothing is downloaded here. Pod manifests lose only the parts for which podman needs a network.
"""
import os
import re
import shutil

import images
import trees
from engine import copy, once

HERE = os.path.dirname(os.path.abspath(__file__))
DIRECTORY = os.path.join(os.path.dirname(os.path.dirname(HERE)), "examples")
DOCKER = os.path.join(DIRECTORY, "docker")
KUBERNETES = os.path.join(DIRECTORY, "kubernetes")

BASE = "dinit-su-packages-installed"
BASE_DOCKERFILE = """\
FROM %s
RUN printf '#!/bin/sh\\n' >/usr/local/sbin/apt-get && chmod 755 /usr/local/sbin/apt-get
""" % trees.SMALL

# The image that somebody else has built.
FOREIGN = "nginx:1.27"
FOREIGN_DOCKERFILE = """\
FROM %s
RUN printf '#!/bin/sh\\nexec "$@"\\n' >/docker-entrypoint.sh && chmod 755 /docker-entrypoint.sh
ENTRYPOINT ["/docker-entrypoint.sh"]
CMD ["nginx", "-g", "daemon off;"]
STOPSIGNAL SIGQUIT
""" % trees.SMALL


def build_text(engine, tag, dockerfile):
    context = os.path.join(engine.directory, "context-" + re.sub(r"\W", "-", tag))
    os.mkdir(context)
    with open(os.path.join(context, "Dockerfile"), "w") as file:
        file.write(dockerfile)
    engine.build(tag, context)
    return tag


@once
def base(engine):
    images.prepare(engine, images.DEBIAN)
    return build_text(engine, BASE, BASE_DOCKERFILE)


@once
def context(engine):
    """A copy of examples/docker with the program in it, as a user has it for a build."""
    path = os.path.join(engine.directory, "examples-docker")
    shutil.copytree(DOCKER, path)
    copy(os.environ["DINIT_SU"], os.path.join(path, "dinit-su"), 0o755)
    return path


@once
def image(engine, name):
    """Build examples/docker/NAME.Dockerfile; returns the tag that the examples use for it."""
    tag = "dinit-su:1" if name == "dinit-su" else name + "-dinit-su:1"
    engine.call("build", "--network=none", "-t", tag,
                "-f", os.path.join(context(engine), name + ".Dockerfile"),
                "--build-arg", "BASE=" + base(engine), context(engine))
    return tag


@once
def foreign_image(engine):
    base(engine)
    return build_text(engine, FOREIGN, FOREIGN_DOCKERFILE)


def manifests():
    return sorted(name for name in os.listdir(KUBERNETES) if name.endswith(".yaml"))


def manifest(name):
    with open(os.path.join(KUBERNETES, name)) as file:
        return file.read()


SECRET_VOLUME = """\
    secret:
      secretName: redis-configuration
      # With fsGroup that is 0440: the group may read too, and nobody else.
      defaultMode: 0400
"""


def with_secret(text, directory, mode=0o440):
    """groups.yaml without its Secret and fsGroup, which podman 4.3 does not know.

    As from the kubelet, the secret is a file of root and of the group, and the pod has the group.
    """
    secret, pod = text.split("---\n")
    path = os.path.join(directory, "redis.conf")
    with open(path, "w") as file:
        file.write(re.sub("(?m)^    ", "", secret.partition("redis.conf: |\n")[2]))
    os.chown(path, 0, 2000)
    os.chmod(path, mode)
    assert SECRET_VOLUME in pod and "supplementalGroups: [3000]" in pod
    return pod.replace(SECRET_VOLUME, "    hostPath:\n      path: %s\n" % directory).replace(
        "supplementalGroups: [3000]", "supplementalGroups: [2000, 3000]")


def for_podman(text):
    """A manifest with one replica and without ports, for which podman would need a network.

    All users can write to an emptyDir in Kubernetes, and only root in podman 4.3: the init containers
    that do so run as root. Podman 4.3 cannot always remove an init container that has ended: the
    annotation makes it keep them, as Kubernetes does.
    """
    text = re.sub(r"(?m)^( *)ports:\n(?:\1(?:- |  ).*\n)+", "", text)
    text = text.replace("replicas: 2", "replicas: 1").replace("runAsNonRoot: true\n          allow",
                                                              "runAsUser: 0\n          allow")
    return re.sub(r"(?m)^metadata:\n", "metadata:\n  annotations:\n"
                  "    io.podman.annotations.init.container.type: always\n", text)
