# SPDX-License-Identifier: MIT
"""Documents name tests that are there, and repeat figures as they stand where they were measured."""
import ast
import glob
import os
import re

from harness import SystemTest

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
DOCS = os.path.join(os.path.dirname(TESTS), "docs")


def read(*path):
    with open(os.path.join(*path)) as file:
        return file.read()


def tests_of(path):
    """The names that a module's file has: Class and Class.method. No import, which may need an engine."""
    for node in ast.parse(read(path)).body:
        if isinstance(node, ast.ClassDef):
            yield node.name
            for inner in node.body:
                if isinstance(inner, ast.FunctionDef):
                    yield "%s.%s" % (node.name, inner.name)


class Documents(SystemTest):
    def test_each_test_is_there(self):
        wanted = set()
        for path in glob.glob(os.path.join(DOCS, "*.md")):
            wanted |= set(re.findall(r"`((?:cluster|engines|system)/test_\w+(?:\.\w+)*)`", read(path)))
        self.assertGreater(len(wanted), 40)
        for name in wanted:
            module, _, inside = name.partition(".")
            path = os.path.join(TESTS, module + ".py")
            self.assertTrue(os.path.exists(path), name)
            if inside:
                self.assertIn(inside, set(tests_of(path)), name)

    def test_each_test_of_a_cluster_is_named(self):
        """What was found on a real Kubernetes is said on its page."""
        page = read(DOCS, "kubernetes.md")
        for path in glob.glob(os.path.join(TESTS, "cluster", "test_*.py")):
            module = "cluster/" + os.path.basename(path)[:-3]
            for name in tests_of(path):
                cls, _, method = name.partition(".")
                if method.startswith("test_"):
                    self.assertTrue("`%s.%s`" % (module, cls) in page or
                                    "`%s.%s`" % (module, name) in page, module + "." + name)

    def test_rows_of_servers_are_those_that_were_measured(self):
        measured = read(DOCS, "servers.md")
        table = read(DOCS, "kubernetes.md").split("| | stop: tini + gosu |")[1].split("\n\n")[0]
        rows = table.splitlines()[2:]
        self.assertEqual(len(rows), 3)
        for row in rows:
            self.assertIn("\n" + row.rstrip("| "), measured)
