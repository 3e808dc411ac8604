# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One of the collection's modules as a process of its own, started as on a target, and what it took."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MODULES = "ansible_collections.huaweicloud.backup.plugins.modules."
_MARK = "-- what the process took --"
# Options are in the place where a packed module finds them. The peak counts from the start of the program; that of
# getrusage would count the parent's memory too.
_PROGRAM = f"""
import atexit, runpy, sys
from ansible.module_utils import basic

basic._ANSIBLE_ARGS = sys.stdin.buffer.read()
basic._ANSIBLE_PROFILE = "legacy"
atexit.register(lambda: sys.stderr.write("{_MARK}" + open("/proc/self/status").read()))
runpy.run_module(sys.argv[1], run_name="__main__")
"""


@dataclass(frozen=True)
class Ended:
    """What a module printed, its exit status, and the most memory that it had, in MB."""

    stdout: str
    stderr: str
    status: int
    megabytes: float


def run_alone(
    module: str, options: Mapping[str, Any], *, env: Mapping[str, str], folder: Path, timeout: float
) -> Ended:
    """Run the module with these options in just this environment, in which it finds the collection.

    :raises subprocess.TimeoutExpired: it did not end in time.
    """
    # Ansible says these to every module.
    told = {"_ansible_remote_tmp": str(folder), "_ansible_keep_remote_files": False, "_ansible_check_mode": False}
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, MODULES + module],
        cwd=folder,
        env=dict(env),
        input=json.dumps({"ANSIBLE_MODULE_ARGS": {**told, **options}}),
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    said, _mark, status = done.stderr.partition(_MARK)
    peak = re.search(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)
    return Ended(done.stdout, said, done.returncode, int(peak[1]) / 1024 if peak else 0.0)
