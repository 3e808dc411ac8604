# Copyright: (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a figure is: a measurement with a limit, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .bench import Bench

Measure = Callable[["Bench"], Sequence[float]]

REACHED, OVER, NOT_THERE, FAILED = "reached", "OVER", "NOT THERE", "FAILED"


@dataclass(frozen=True)
class Figure:
    """One row of the table. ``measure`` returns a value for each repetition."""

    name: str
    what: str
    compared_to: str
    unit: str
    limit: float
    measure: Measure
    short_limit: float | None = None
    """The limit in the short run, where it depends on how much is done there."""

    is_count: bool = False
    """Whether it counts: the same on every machine, so that each single value has to keep the limit."""

    module: str = ""
    """The module that is measured, where it may be missing."""

    def limit_of(self, *, short: bool) -> float:
        """The limit that holds in this run."""
        return self.limit if self.short_limit is None or not short else self.short_limit


@dataclass(frozen=True)
class Result:
    """What came of one figure: the values, or why there are none."""

    figure: Figure
    limit: float
    values: Sequence[float] = ()
    verdict: str = FAILED
    problem: str = ""

    @property
    def lowest(self) -> float | None:
        """The least of the values."""
        return min(self.values, default=None)

    @property
    def middle(self) -> float | None:
        """The median of the values."""
        return median(self.values) if self.values else None

    @property
    def highest(self) -> float | None:
        """The greatest of the values."""
        return max(self.values, default=None)

    def fails(self, *, short: bool) -> bool:
        """Whether the run fails for it. A short run says nothing about times, and does not ask for every module."""
        if short and self.verdict == OVER:
            return self.figure.is_count
        return self.verdict == FAILED or (self.verdict != REACHED and not short)

    def as_dict(self) -> dict[str, Any]:
        """The row for programs."""
        figure = self.figure
        return {
            "name": figure.name,
            "what": figure.what,
            "compared_to": figure.compared_to,
            "unit": figure.unit,
            "values": list(self.values),
            "min": self.lowest,
            "median": self.middle,
            "max": self.highest,
            "limit": self.limit,
            "verdict": self.verdict.lower(),
            "problem": self.problem or None,
        }


def judge(figure: Figure, values: Sequence[float], *, short: bool) -> Result:
    """A count keeps its limit each time; what the machine's speed has a part in keeps it in the middle."""
    limit = figure.limit_of(short=short)
    if not values:
        return Result(figure, limit, problem="nothing was measured")
    decisive = max(values) if figure.is_count else median(values)
    return Result(figure, limit, tuple(values), REACHED if decisive <= limit else OVER)
