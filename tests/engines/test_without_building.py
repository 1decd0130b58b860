# SPDX-License-Identifier: MIT
"""dinit-su put by an init container into a pod whose image somebody else has built."""
from network import wait_until_it_answers
from pods import Pods, injected

PORT = 80


class WithoutBuilding(Pods):
    def test_the_pod_drains(self):
        pod = injected(self.engine)
        self.addCleanup(pod.remove)
        web = pod.container("web")
        wait_until_it_answers(web, PORT, "/")
        self.assertIn("/tools/dinit-su", web.execute("cat", "/proc/1/cmdline").stdout)
        self.assert_drains(pod, web, PORT, "/")
