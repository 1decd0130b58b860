# SPDX-License-Identifier: MIT
"""docs/security.md and the table of its promises say the same, and what they name is there.

That each test notices when its promise is broken is shown by ./dev promises.
"""
import glob
import importlib
import os
import re
import sys
import unittest

from harness import SystemTest

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TOP = os.path.dirname(TESTS)
sys.path.append(os.path.join(TESTS, "promises"))

import table  # noqa: E402


def read(*path):
    with open(os.path.join(TOP, *path)) as file:
        return file.read()


class Security(SystemTest):
    def test_the_document_has_the_promises(self):
        document = read("docs", "security.md")
        for theme, promises in table.THEMES.items():
            part = document.split("\n### %s\n" % theme)[1].split("\n#")[0]
            self.assertEqual([line for line in part.splitlines() if line.startswith("| ")][1:],
                             ["| %s | `%s` | %s |" % promise[:3] for promise in promises])

    def test_each_test_is_there(self):
        """Those that the text names too, and those of promises."""
        found = set(re.findall(r"`(test_\w+(?:\.\w+)*)`", read("docs", "security.md")))
        self.assertGreaterEqual(found, {promise.test for promises in table.THEMES.values()
                                        for promise in promises})
        for name in found:
            module, *rest = name.split(".")
            place = importlib.import_module(module)
            for part in rest:
                self.assertTrue(hasattr(place, part), name)
                place = getattr(place, part)

    def test_each_change_has_one_place(self):
        if not os.path.isdir(os.path.join(TOP, "src")):
            raise unittest.SkipTest("needs the sources")
        sources = [read(path) for path in glob.glob(os.path.join(TOP, "src", "**", "*.[ch]"), recursive=True)]
        for promises in table.THEMES.values():
            for promise in promises:
                self.assertEqual(sum(text.count(promise.old) for text in sources), 1, promise.words)
                self.assertNotEqual(promise.old, promise.new)
