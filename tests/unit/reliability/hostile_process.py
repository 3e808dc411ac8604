# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A module as a process of its own, to measure what it takes."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import typing as t
from collections.abc import Mapping
from pathlib import Path

from ansible_collections.huaweicloud.backup.tests.tools.module_process import run_alone


class Ended(t.NamedTuple):
    """What a process printed as its result, its exit status, and the most memory it had, in MB."""

    result: Mapping[str, t.Any]
    status: int
    peak: float


def run_process(module: str, options: Mapping[str, t.Any]) -> Ended:
    """Run a module in a process of its own, without a proxy."""
    folder = tempfile.gettempdir()
    env = {"HOME": folder, "PATH": os.defpath, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = run_alone(module, options, env=env, folder=Path(folder), timeout=120)
    assert done.megabytes, done.stderr
    assert "Traceback" not in done.stderr, done.stderr
    return Ended(json.loads(done.stdout), done.status, done.megabytes)
