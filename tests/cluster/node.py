# SPDX-License-Identifier: MIT
"""A Kubernetes of one node, in namespaces of its own: it vanishes with them.

dinit-su is PID 1 of these namespaces and the pause process of each pod. The addresses are reserved for
documentation, and no packet leaves the network namespace.

    192.0.2.1         the node: API server and kubelet
    198.51.100.0/24   Services; without a kube-proxy the load client follows their Endpoints itself
    203.0.113.0/24    pods, on a bridge
"""
import os
import re
import subprocess
import sys
import time

import confine

ADDRESS = "192.0.2.1"
SERVER = "https://%s:6443" % ADDRESS
SERVICES = "198.51.100.0/24"
PODS = "203.0.113.0/24"
NAME = "node"
TOKEN = "of-the-tests"

PLACE = "/run/dinit-su-cluster"
# The directories that the engine tests hide, and more. The kubelet's links to logs are always in /var/log.
HIDDEN = (*confine.HIDDEN, "/var/lib/kubelet", "/var/log", "/etc/cni")
# A kubelet would set these for the whole machine, unless it finds them set.
KERNEL_SETTINGS = {"vm/overcommit_memory": 1, "vm/panic_on_oom": 0, "kernel/panic": 10,
                   "kernel/panic_on_oops": 1, "kernel/keys/root_maxkeys": 1000000,
                   "kernel/keys/root_maxbytes": 25000000}
PATIENCE = float(os.environ.get("DINIT_SU_PATIENCE", "120"))

CONTAINERD = """\
version = 2
root = "%(place)s/containerd"
state = "%(place)s/containerd-state"
oom_score = 0
[grpc]
  address = "%(place)s/containerd.sock"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "pause-dinit-su:1"
  restrict_oom_score_adj = true
  disable_apparmor = true
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      SystemdCgroup = false
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "%(place)s/cni"
"""
NETWORK = """\
{"cniVersion": "0.4.0", "name": "pods", "plugins": [
  {"type": "bridge", "bridge": "pods0", "isGateway": true, "ipMasq": false,
   "ipam": {"type": "host-local", "dataDir": "%(place)s/addresses",
            "ranges": [[{"subnet": "203.0.113.0/24"}]]}}]}
"""
KUBECONFIG = """\
apiVersion: v1
kind: Config
clusters:
- name: tests
  cluster: {server: "%(server)s", insecure-skip-tls-verify: true}
users:
- name: tests
  user: {token: "%(token)s"}
contexts:
- name: tests
  context: {cluster: tests, user: tests}
current-context: tests
"""
KUBELET = """\
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
address: %(address)s
authentication: {anonymous: {enabled: true}, webhook: {enabled: false}}
authorization: {mode: AlwaysAllow}
cgroupDriver: cgroupfs
cgroupRoot: /%(cgroup)s
failSwapOn: false
makeIPTablesUtilChains: false
evictionHard: {memory.available: 1Mi}
imageGCHighThresholdPercent: 100
enableControllerAttachDetach: false
featureGates: {EphemeralContainers: true}
resolvConf: ""
"""


def command(dinit_su, arguments):
    """The command line that runs arguments as the main process of the node's namespaces."""
    return [confine.tool("unshare"), "--mount", "--pid", "--net", "--uts", "--ipc", "--fork",
            "--kill-child", dinit_su, "--no-switch", "--", *arguments]


def prepare():
    """Set up the mounts and the network of the new namespaces, in which this process is."""
    run("mount", "--make-rprivate", "/")
    run("mount", "-t", "proc", "proc", "/proc")
    for path in HIDDEN:
        if os.path.isdir(path):
            run("mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", path)
    os.makedirs(os.path.join(PLACE, "kernel"))
    for name, value in KERNEL_SETTINGS.items():
        shown = write("kernel/" + name.replace("/", "-"), "%d\n" % value)
        run("mount", "--bind", shown, "/proc/sys/" + name)
    run("mount", "--bind", write("hosts", "127.0.0.1 localhost\n%s %s\n" % (ADDRESS, NAME)),
        "/etc/hosts")
    run("hostname", NAME)
    run("ip", "link", "set", "lo", "up")
    run("ip", "link", "add", "node0", "type", "bridge")
    run("ip", "address", "add", ADDRESS + "/24", "dev", "node0")
    run("ip", "link", "set", "node0", "up")
    # The kubelet takes the address of the interface that has the default route.
    run("ip", "route", "add", "default", "dev", "node0")


def run(*arguments):
    subprocess.run([confine.tool(arguments[0]) or arguments[0], *arguments[1:]], check=True)


def write(name, content):
    path = os.path.join(PLACE, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(content)
    return path


class Node:
    """The node, running from the moment it is made until the namespaces end."""

    def __init__(self, programs, cgroup):
        self.programs = programs
        self.cgroup = cgroup
        self.processes = {}
        values = {"place": PLACE, "server": SERVER, "token": TOKEN, "address": ADDRESS,
                  "cgroup": cgroup}
        self.kubeconfig = write("kubeconfig", KUBECONFIG % values)
        write("containerd.toml", CONTAINERD % values)
        write("cni/pods.conflist", NETWORK % values)
        write("kubelet.yaml", KUBELET % values)
        write("tokens", '%s,tests,tests,"system:masters"\n' % TOKEN)
        run("openssl", "genrsa", "-out", os.path.join(PLACE, "accounts.key"), "2048")

    def start(self, images):
        """Start everything and wait until the node is ready; images is a tar for containerd."""
        self.start_program("etcd", "--data-dir", PLACE + "/etcd")
        self.start_program("containerd", "--config", PLACE + "/containerd.toml")
        self.start_api_server()
        self.start_program("kube-controller-manager", "--kubeconfig", self.kubeconfig,
                           "--leader-elect=false",
                           "--service-account-private-key-file", PLACE + "/accounts.key")
        self.start_program("kube-scheduler", "--kubeconfig", self.kubeconfig,
                           "--leader-elect=false")
        self.until(lambda: self.containerd("version"), "containerd")
        self.containerd("images", "import", images)
        self.start_kubelet()
        self.until(self.is_ready, "the node to be ready")

    def start_api_server(self):
        self.start_program(
            "kube-apiserver", "--etcd-servers=http://127.0.0.1:2379",
            "--bind-address=" + ADDRESS, "--advertise-address=" + ADDRESS,
            "--service-cluster-ip-range=" + SERVICES, "--cert-dir=" + PLACE + "/certificates",
            "--authorization-mode=AlwaysAllow", "--token-auth-file=" + PLACE + "/tokens",
            "--service-account-issuer=https://cluster.example",
            "--service-account-signing-key-file=" + PLACE + "/accounts.key",
            "--service-account-key-file=" + PLACE + "/accounts.key",
            "--disable-admission-plugins=ServiceAccount", "--allow-privileged=true",
            "--feature-gates=EphemeralContainers=true",
            "--kubelet-preferred-address-types=InternalIP")
        self.until(lambda: self.kubectl("get", "--raw", "/readyz"), "the API server")

    def start_kubelet(self):
        for hierarchy in os.listdir(confine.CGROUPS):
            path = os.path.join(confine.CGROUPS, hierarchy)
            if os.path.isdir(path) and not os.path.islink(path):
                os.makedirs(os.path.join(path, self.cgroup), exist_ok=True)
        self.start_program(
            "kubelet", "--kubeconfig", self.kubeconfig, "--config", PLACE + "/kubelet.yaml",
            "--root-dir", PLACE + "/kubelet", "--node-ip", ADDRESS, "--hostname-override", NAME,
            "--container-runtime=remote",
            "--container-runtime-endpoint=unix://" + PLACE + "/containerd.sock")

    def program(self, name):
        built = os.path.join(self.programs, name)
        return built if os.path.exists(built) else confine.tool(name)

    def start_program(self, name, *arguments):
        with open(self.log(name), "w") as log:
            self.processes[name] = subprocess.Popen(
                [self.program(name), *arguments], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env=dict(os.environ, HOME=PLACE, PATH=os.environ["PATH"] + ":/usr/sbin:/sbin"))

    def log(self, name):
        return os.path.join(PLACE, name + ".log")

    def containerd(self, *arguments):
        return self.succeeds(self.program("ctr"), "-a", PLACE + "/containerd.sock", "-n", "k8s.io",
                             *arguments)

    def kubectl(self, *arguments):
        return self.succeeds(self.program("kubectl"), "--kubeconfig", self.kubeconfig, *arguments)

    @staticmethod
    def succeeds(*words):
        process = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                 stderr=subprocess.DEVNULL, universal_newlines=True)
        return process.returncode == 0 and (process.stdout or "done")

    def is_ready(self):
        """True if the node is ready and the service account of the default namespace exists."""
        conditions = self.kubectl("get", "node", NAME, "-o",
                                  'jsonpath={.status.conditions[?(@.type=="Ready")].status}')
        return conditions == "True" and self.kubectl("get", "serviceaccount", "default")

    def until(self, condition, what):
        deadline = time.monotonic() + PATIENCE
        while not condition():
            for name, process in self.processes.items():
                if process.poll() is not None:
                    sys.exit("%s has ended:\n%s" % (name, self.end_of_log(name)))
            if time.monotonic() > deadline:
                sys.exit("waited in vain for %s\n%s" % (what, "\n".join(
                    "%s:\n%s" % (name, self.end_of_log(name)) for name in self.processes)))
            time.sleep(0.2)

    def end_of_log(self, name):
        """The fatal lines of a log, or else its last ones: a program that gives up logs stacks too."""
        with open(self.log(name)) as log:
            lines = log.readlines()
        fatal = [line for line in lines if re.match("F[0-9]{4} |panic:|fatal", line)]
        return "".join(fatal or lines[-8:])
