# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A module as a process of its own, as Ansible starts it, to measure what it takes."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import typing as t
from collections.abc import Mapping

from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.module_run import ansible_arguments

# The peak counts from the start of the program; that of getrusage would count the parent's memory too.
_PROGRAM = """
import atexit, runpy, sys
from ansible.module_utils import basic

basic._ANSIBLE_ARGS = sys.stdin.buffer.read()
basic._ANSIBLE_PROFILE = "legacy"
atexit.register(lambda: sys.stderr.write(open("/proc/self/status").read()))
runpy.run_module("ansible_collections.huaweicloud.backup.plugins.modules." + sys.argv[1], run_name="__main__")
"""


class Ended(t.NamedTuple):
    """What a process printed as its result, its exit status, and the most memory it had, in MB."""

    result: Mapping[str, t.Any]
    status: int
    peak: float


def run_process(module: str, options: Mapping[str, t.Any]) -> Ended:
    """Run a module in a process of its own, without a proxy."""
    arguments = {"ANSIBLE_MODULE_ARGS": {**options, **ansible_arguments(check_mode=False, diff=False)}}
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, module],
        input=json.dumps(arguments).encode(),
        capture_output=True,
        check=False,
        timeout=120,
        env={"HOME": tempfile.gettempdir(), "PATH": os.defpath, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    text = done.stderr.decode()
    peak = re.search(r"^VmHWM:\s+(\d+) kB$", text, re.MULTILINE)
    assert peak is not None, text
    assert "Traceback" not in text, text
    return Ended(json.loads(done.stdout), done.returncode, int(peak.group(1)) / 1024)
