# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a stage found, kept as a file so that the summary can add up stages that ran in different processes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from . import paths


class StageError(Exception):
    """Something that ends a stage, in words for whoever called it."""


@dataclass
class Outcome:
    """Counts of one stage. A ``note`` is something that a reader must see although it fails nothing."""

    stage: str
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0.0
    notes: list[str] = field(default_factory=list)

    def add(self, *, passed: int = 0, failed: int = 0, skipped: int = 0, notes: Sequence[str] = ()) -> None:
        """Add the counts of one part of the stage."""
        self.passed += passed
        self.failed += failed
        self.skipped += skipped
        self.notes.extend(note for note in notes if note not in self.notes)

    def skip(self, reason: str, count: int = 1) -> None:
        """Count what was not tested, and say why."""
        self.add(skipped=count, notes=[f"skipped: {reason}"])

    def fail(self, reason: str) -> None:
        """Count one failure that no test reported, such as a run of no test at all."""
        self.add(failed=1, notes=[f"FAILED: {reason}"])


def save(outcome: Outcome) -> None:
    """Write ``outcome`` to build/results."""
    paths.RESULTS.mkdir(parents=True, exist_ok=True)
    text = json.dumps(asdict(outcome), indent=2) + "\n"
    (paths.RESULTS / f"{outcome.stage}.json").write_text(text, encoding="utf-8")


def forget(stage: str) -> None:
    """Remove what an earlier run of ``stage`` left, so that it cannot be taken for this run's."""
    (paths.RESULTS / f"{stage}.json").unlink(missing_ok=True)


def load(stages: Sequence[str], results: Path | None = None) -> list[Outcome]:
    """Read the outcomes of ``stages`` from ``results`` or this checkout; one that has left no file counts as failed."""
    outcomes = []
    for stage in stages:
        file = (results or paths.RESULTS) / f"{stage}.json"
        if file.exists():
            outcomes.append(Outcome(**json.loads(file.read_text(encoding="utf-8"))))
        else:
            outcomes.append(Outcome(stage, failed=1, notes=["FAILED: it did not run to its end"]))
    return outcomes


def table(outcomes: Sequence[Outcome]) -> str:
    """Return the summary as text: a line for each stage, its notes, and the sum in the last line."""
    lines = [f"{'stage':<12} {'passed':>7} {'failed':>7} {'skipped':>8} {'seconds':>8}"]
    lines += [
        f"{one.stage:<12} {one.passed:>7} {one.failed:>7} {one.skipped:>8} {one.seconds:>8.1f}" for one in outcomes
    ]
    lines += [f"{one.stage}: {note}" for one in outcomes for note in one.notes]
    lines.append(closing_line(outcomes))
    return "\n".join(lines)


def closing_line(outcomes: Sequence[Outcome]) -> str:
    """Return the sum over all ``outcomes`` in the form that continuous integration reads."""
    passed = sum(one.passed for one in outcomes)
    failed = sum(one.failed for one in outcomes)
    return f"{passed} passed, {failed} failed"
