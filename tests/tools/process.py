# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Starts programs and shows their output while it comes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from . import paths
from .environment import clean_environment

_RUNNING: set[int] = set()
"""The process groups that run now; each program that is started leads one."""


def end_on_signals() -> None:
    """Make an interruption end what was started, with all that it started, and then this process in an orderly way."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _end)


def _end(number: int, _frame: FrameType | None) -> None:
    for group in tuple(_RUNNING):
        with suppress(ProcessLookupError):
            os.killpg(group, signal.SIGTERM)
    sys.exit(128 + number)


@dataclass(frozen=True)
class Run:
    """How a program ended and everything it printed."""

    returncode: int
    output: str


def run(
    command: Sequence[str],
    *,
    cwd: Path = paths.TREE,
    extra: Mapping[str, str] | None = None,
    prefix: str = "",
) -> Run:
    """Run ``command`` in the clean environment, printing each line as it comes (after ``prefix``)."""
    print(f"{prefix}+ {' '.join(command)}", flush=True)
    lines = []
    with subprocess.Popen(
        list(command),
        cwd=cwd,
        env=clean_environment(extra),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    ) as process:
        _RUNNING.add(process.pid)
        for line in process.stdout or ():
            sys.stdout.write(prefix + line)
            sys.stdout.flush()
            lines.append(line)
    _RUNNING.discard(process.pid)
    return Run(process.returncode, "".join(lines))
