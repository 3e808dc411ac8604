# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table for people, and the same for programs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from .figure import REACHED, Result

HEAD = ("figure", "compared to", "unit", "min", "median", "max", "limit", "verdict")
_TEXTS = 3
"""So many columns at the left are texts."""


def number(value: float | None) -> str:
    """A number with as many digits as mean anything."""
    if value is None:
        return "-"
    if value == int(value) and abs(value) < 1e9:
        return str(int(value))
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.2f}"


def cells(result: Result) -> tuple[str, ...]:
    """One row of the table."""
    numbers = [number(value) for value in (result.lowest, result.middle, result.highest, result.limit)]
    return (result.what, result.compared_to, result.figure.unit, *numbers, result.verdict)


def table(results: Sequence[Result]) -> str:
    """All rows, each column as wide as it needs, and below it why some have no numbers."""
    rows = [HEAD, *map(cells, results)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    lines = [_line(row, widths) for row in rows]
    lines.insert(1, "-" * max(map(len, lines)))
    problems: dict[str, list[str]] = {}
    for result in results:
        if result.problem:
            problems.setdefault(result.problem, []).append(result.figure.name)
    lines += [f"{', '.join(names)}: {problem}" for problem, names in problems.items()]
    return "\n".join(lines)


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    aligned = [
        text.ljust(width) if column < _TEXTS or column == len(row) - 1 else text.rjust(width)
        for column, (text, width) in enumerate(zip(row, widths))
    ]
    return "  ".join(aligned).rstrip()


def closing_line(results: Sequence[Result]) -> str:
    """The sum."""
    reached = sum(result.verdict == REACHED for result in results)
    failed = sum(result.fails for result in results)
    return f"figures: {reached} of {len(results)} reached, {failed} that fail this run"


def save(results: Sequence[Result], file: Path, *, short: bool, load: float) -> None:
    """Write the rows as JSON, with the machine's load before they were measured."""
    body = {"short": short, "load": load, "figures": [result.as_dict() for result in results]}
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(body, indent=2) + "\n", encoding="utf-8")
