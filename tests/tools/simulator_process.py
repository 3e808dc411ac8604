# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Starts the simulator as a process of its own, on a free port, and ends that process whatever happens."""

from __future__ import annotations

import shlex
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, Queue
from urllib.parse import urlsplit

from . import paths
from .environment import clean_environment
from .outcome import StageError

START_SECONDS = 30.0
STOP_SECONDS = 5.0


@dataclass(frozen=True)
class Simulator:
    """A running simulator: the environment variables that point the collection at it, and where to reach it."""

    exports: dict[str, str]
    log: Path

    @property
    def url(self) -> str:
        """Return its address without a path."""
        address = urlsplit(self.exports["HW_AUTH_URL"])
        return f"{address.scheme}://{address.netloc}"

    @property
    def control(self) -> str:
        """Return the address of the control API, with which tests reset it and inject faults."""
        return f"{self.url}/_sim"


@contextmanager
def simulator(settings: Mapping[str, str], *, name: str = "simulator") -> Iterator[Simulator]:
    """Run a simulator with ``settings`` (SIM_* variables) while the block runs; its output goes to build/logs."""
    paths.LOGS.mkdir(parents=True, exist_ok=True)
    log = paths.LOGS / f"{name}.log"
    env = clean_environment({"SIM_PORT": "0", "PYTHONPATH": str(paths.TREE / "tests"), **settings})
    command = [sys.executable, "-m", "simulator"]
    with subprocess.Popen(
        command, cwd=paths.BUILD, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            lines: Queue[str | None] = Queue()
            threading.Thread(target=_drain, args=(process, log, lines), daemon=True).start()
            yield Simulator(_read_exports(lines, log), log)
        finally:
            _stop(process)


def _drain(process: subprocess.Popen[str], log: Path, lines: Queue[str | None]) -> None:
    # Read to the end, or the simulator would block on a full pipe.
    with log.open("w", encoding="utf-8") as file:
        for line in process.stdout or ():
            file.write(line)
            file.flush()
            lines.put(line)
    lines.put(None)


def _read_exports(lines: Queue[str | None], log: Path) -> dict[str, str]:
    exports: dict[str, str] = {}
    while True:
        try:
            line = lines.get(timeout=START_SECONDS)
        except Empty:
            line = None
        if line is None:
            text = log.read_text(encoding="utf-8") if log.exists() else ""
            raise StageError(f"the simulator did not start; it said:\n{text}")
        exports.update(parse_export(line))
        if exports and not line.strip():
            return exports


def parse_export(line: str) -> dict[str, str]:
    """Return the variable that a shell would set for ``line``, or nothing when it is no ``export NAME=value``."""
    words = shlex.split(line, comments=True)
    if len(words) != 2 or words[0] != "export" or "=" not in words[1]:
        return {}
    variable, value = words[1].split("=", maxsplit=1)
    return {variable: value}


def _stop(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
