# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Real processes of ansible-playbook: started, waited for, killed with all that they started."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tools import paths

from .playbook import MARKER

ANSIBLE_PLAYBOOK = str(paths.BIN / "ansible-playbook")
STOPPED = threading.Event()
"""Set when the whole program is to end; nothing is started after that."""

_MARKERS: set[str] = set()
_ROUNDS = 100


class StoppedError(Exception):
    """The program was told to end."""


@dataclass(frozen=True)
class Ended:
    """How a play's process ended. ``returncode`` is negative for one that was killed."""

    returncode: int
    output: str
    seconds: float
    hung: bool = False


class Process:
    """One ansible-playbook, its output in a file."""

    def __init__(self, files: Sequence[Path], env: Mapping[str, str], log: Path) -> None:
        if STOPPED.is_set():
            raise StoppedError
        self._marker = env[MARKER]
        self._log = log
        self._started = time.monotonic()
        _MARKERS.add(self._marker)
        command = [ANSIBLE_PLAYBOOK, "-vvv", *map(str, files)]
        with log.open("w", encoding="utf-8") as file:
            self._process = subprocess.Popen(
                command,
                cwd=log.parent,
                env=dict(env),
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def is_running(self) -> bool:
        """Whether it has not ended yet."""
        return self._process.poll() is None

    @property
    def age(self) -> float:
        """Seconds since it was started."""
        return time.monotonic() - self._started

    def wait(self, limit: float) -> Ended:
        """Wait for its end, at most until it is so old; then it hangs, and is killed."""
        try:
            self._process.wait(max(limit - self.age, 0.1))
        except subprocess.TimeoutExpired:
            return self.kill(hung=True)
        return self._ended()

    def kill(self, *, hung: bool = False) -> Ended:
        """Kill it and its family at once, as a machine does that has no memory left."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        end_family(self._marker)
        self._process.wait()
        return self._ended(hung=hung)

    def _ended(self, *, hung: bool = False) -> Ended:
        _MARKERS.discard(self._marker)
        if STOPPED.is_set():
            raise StoppedError
        output = self._log.read_text(encoding="utf-8", errors="replace")
        return Ended(self._process.returncode, output, self.age, hung)


def end_all() -> None:
    """End everything that runs, and start nothing more."""
    STOPPED.set()
    for marker in tuple(_MARKERS):
        end_family(marker)


def end_family(marker: str) -> None:
    """Kill every process with this marker; Ansible's workers lead process groups of their own."""
    words = f"{MARKER}={marker}\0".encode()
    for _round in range(_ROUNDS):
        family = [pid for pid in _processes() if words in _environ(pid)]
        if not family:
            return
        for pid in family:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.01)


def _processes() -> list[int]:
    return [int(path.name) for path in Path("/proc").glob("[0-9]*")]


def _environ(pid: int) -> bytes:
    # Unreadable are the ended and those of other users; what one's own children have is at hand.
    with suppress(OSError):
        return Path(f"/proc/{pid}/environ").read_bytes() + b"\0"
    return b""
