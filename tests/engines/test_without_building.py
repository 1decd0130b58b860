# SPDX-License-Identifier: MIT
"""An init container puts dinit-su into a pod whose image somebody else has built."""
import examples
from network import wait_until_it_answers
from pods import Pods, injected

PORT = 80


class WithoutBuilding(Pods):
    def test_the_image_is_not_root_s_and_says_so_by_number(self):
        """runAsNonRoot looks at the image's user, and cannot look up a name."""
        tag = examples.image(self.engine, "dinit-su")
        user = self.engine.call("image", "inspect", "--format", "{{.Config.User}}", tag).stdout
        self.assertRegex(user, r"\A[1-9][0-9]*:[1-9][0-9]*\n\Z")

    def test_the_pod_drains(self):
        pod = injected(self.engine)
        self.addCleanup(pod.remove)
        web = pod.container("web")
        wait_until_it_answers(web, PORT, "/")
        self.assertIn("/tools/dinit-su", web.execute("cat", "/proc/1/cmdline").stdout)
        self.assert_drains(pod, web, PORT, "/")
