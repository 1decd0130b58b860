# SPDX-License-Identifier: MIT
"""The rules of the level "restricted" of Kubernetes' Pod Security Standards.

They are those of version 1.25 and later, for pods of Linux, and include the level "baseline". API servers
check them from 1.23 on, for namespaces with the label pod-security.kubernetes.io/enforce.
"""

VOLUMES = {"configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim",
           "projected", "secret"}
SYSCTLS = {"kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.ip_unprivileged_port_start",
           "net.ipv4.tcp_syncookies", "net.ipv4.ping_group_range"}
SELINUX_TYPES = {None, "", "container_t", "container_init_t", "container_kvm_t"}
CONTAINERS = ("initContainers", "containers", "ephemeralContainers")


def of_pod(spec):
    security = spec.get("securityContext", {})
    for field in ("hostNetwork", "hostPID", "hostIPC"):
        if spec.get(field):
            yield field
    for volume in spec.get("volumes", ()):
        for kind in set(volume) - {"name"} - VOLUMES:
            yield "volume %s: %s" % (volume["name"], kind)
    for sysctl in security.get("sysctls", ()):
        if sysctl["name"] not in SYSCTLS:
            yield "sysctl " + sysctl["name"]
    if security.get("runAsUser") == 0:
        yield "runAsUser 0"
    yield from of_selinux(security)


def of_selinux(security):
    options = security.get("seLinuxOptions", {})
    if options.get("type") not in SELINUX_TYPES or options.get("user") or options.get("role"):
        yield "seLinuxOptions"


def of_container(container, of_all):
    security = container.get("securityContext", {})
    capabilities = security.get("capabilities", {})
    profile = security.get("seccompProfile", of_all.get("seccompProfile", {})).get("type")
    for port in container.get("ports", ()):
        if port.get("hostPort"):
            yield "hostPort"
    if security.get("privileged"):
        yield "privileged"
    if security.get("allowPrivilegeEscalation") is not False:
        yield "allowPrivilegeEscalation is not false"
    if security.get("procMount", "Default") != "Default":
        yield "procMount"
    if security.get("runAsNonRoot", of_all.get("runAsNonRoot")) is not True:
        yield "runAsNonRoot is not true"
    if security.get("runAsUser") == 0:
        yield "runAsUser 0"
    if "ALL" not in capabilities.get("drop", ()):
        yield "capabilities are not all dropped"
    if set(capabilities.get("add", ())) - {"NET_BIND_SERVICE"}:
        yield "capabilities are added"
    if profile not in ("RuntimeDefault", "Localhost"):
        yield "no seccompProfile"
    yield from of_selinux(security)


def violations(spec):
    """The violations of a pod's spec; those of a container begin with its name."""
    found = list(of_pod(spec))
    for kind in CONTAINERS:
        for container in spec.get(kind, ()):
            found += ["%s: %s" % (container["name"], what)
                      for what in of_container(container, spec.get("securityContext", {}))]
    return found
