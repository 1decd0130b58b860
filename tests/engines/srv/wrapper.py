# SPDX-License-Identifier: MIT
"""A wrapper as people write them: it runs a program and reports its status."""
import subprocess
import sys

sys.exit(subprocess.call(sys.argv[1:]))
