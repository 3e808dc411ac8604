# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The stage that runs the others on every ansible-core and every Python that README.md promises.

A row is an ansible-core, the Python that Ansible runs on, and the Python of the hosts that modules run on. Each has a
virtual environment of its own and a copy of the checkout, in which sanity, units and integration run as they are.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from . import paths
from .bootstrap import install_standin
from .environment import TARGET_PYTHON
from .outcome import Outcome, StageError, load
from .process import run
from .stage_ansible import OWN, TARGETS, targets
from .stage_integration import target_names
from .stage_tree import stage
from .venvs import environment, interpreter, lock


@dataclass(frozen=True)
class Row:
    """Two versions of Python and that of ansible-core, as major and minor number."""

    core: str
    controller: str
    target: str

    def __str__(self) -> str:
        """As C(ansible-core 2.16 on 3.10, modules on 3.9)."""
        return f"ansible-core {self.core} on {self.controller}, modules on {self.target}"

    @property
    def place(self) -> Path:
        """Return the directory for this row's copy of the checkout."""
        return paths.BUILD / "matrix" / f"core-{self.core}"


ROWS = (
    Row("2.16", "3.10", "3.9"),
    Row("2.17", "3.12", "3.10"),
    Row("2.18", "3.11", "3.12"),
    Row("2.19", "3.13", "3.11"),
    Row("2.20", "3.12", "3.13"),
    Row("2.21", "3.13", "3.12"),
)
"""Each ansible-core on a Python that it supports for the controller; together all Pythons of targets."""

STAGES = ("sanity", "units", "integration")
PACKAGES = (
    "cryptography",
    "fastapi",
    "huaweicloudsdkcore",
    "hypothesis",
    "pytest",
    "pytest-mock",
    "pytest-xdist",
    "PyYAML",
    "requests",
    "uvicorn",
)
"""What the three stages need beside ansible-core: the tests and the simulator."""
SMOKE = ("vbs_policy", "vbs_backup_batch", "csbs_checkpoint", "progress", "role_protect_volumes", "role_restore_volume")
"""The integration targets of a quick run."""


def matrix(outcome: Outcome) -> None:
    """Run what modules need on each Python of a target, then every row.

    ``QUICK=1`` runs the oldest and the newest row, with few integration targets. ``CORE="2.16 2.21"`` chooses rows, and
    what comes before all rows belongs to the first one then.
    """
    install_standin()
    chosen = os.environ.get("CORE", "").split()
    unknown = set(chosen) - {row.core for row in ROWS}
    if unknown:
        rows = ", ".join(row.core for row in ROWS)
        raise StageError(f"CORE: no row for ansible-core {', '.join(sorted(unknown))}; there are: {rows}")
    if not chosen or ROWS[0].core in chosen:
        controllers = {OWN, *(row.controller for row in ROWS)}
        targets(outcome, [version for version in TARGETS if version not in controllers])
    usual = (ROWS[0], ROWS[-1]) if os.environ.get("QUICK") else ROWS
    for row in ROWS:
        if row.core in chosen or (not chosen and row in usual):
            _run_row(outcome, row)


def _run_row(outcome: Outcome, row: Row) -> None:
    missing = {version for version in (row.controller, row.target) if not interpreter(version).exists()}
    if missing:
        outcome.skip(f"{row}: there is no Python {', '.join(sorted(missing))}")
        return
    controller = environment(row.controller, f"core-{row.core}", [f"ansible-core=={row.core}.*", *PACKAGES], lock())
    target = environment(row.target, f"target-{row.target}", ["requests", "PyYAML"])
    stage(tree=row.place)
    shutil.rmtree(row.place / "build" / "results", ignore_errors=True)
    extra = {"PYTHONPATH": str(row.place / "tests"), TARGET_PYTHON: str(target)}
    notes = []
    for name in STAGES:
        limit = {"TARGET": " ".join(_targets())} if name == "integration" else {}
        start = time.monotonic()
        command = [str(controller), "-m", "tools.run_stage", name]
        run(command, cwd=row.place, extra={**extra, **limit}, prefix=f"[{row.core}] ")
        seconds = time.monotonic() - start
        (result,) = load([name], row.place / "build" / "results")
        outcome.add(passed=result.passed, failed=result.failed, skipped=result.skipped)
        outcome.add(notes=[f"{row}: {note}" for note in result.notes if note.startswith(("FAILED: ", "skipped: "))])
        notes.append(f"{name} {result.passed} passed, {result.failed} failed in {seconds:.0f} s")
    outcome.add(notes=[f"{row}: {'; '.join(notes)}"])


def _targets() -> Sequence[str]:
    """Return the targets by name, so that Ansible packs and starts the modules of all (IN_PROCESS there)."""
    return SMOKE if os.environ.get("QUICK") else target_names()
