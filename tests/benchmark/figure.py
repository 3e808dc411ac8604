# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a figure is: a measurement with a limit, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .bench import Bench

Measure = Callable[["Bench"], Sequence[float]]

REACHED, OVER, FAILED = "reached", "OVER", "FAILED"


@dataclass(frozen=True)
class Figure:
    """One row of the table. ``measure`` returns a value for each repetition; texts name sizes in braces."""

    name: str
    what: str
    compared_to: str
    unit: str
    limit: float
    measure: Measure
    short_limit: float | None = None
    """The limit in the short run, where it depends on how much is done there."""

    sizes: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """How much of something there is, in the full run and in the short one."""

    is_count: bool = False
    """Whether it counts: the same on every machine, so that each single value has to keep the limit."""

    def limit_of(self, *, short: bool) -> float:
        """The limit that holds in this run."""
        return self.limit if self.short_limit is None or not short else self.short_limit

    def text(self, text: str, *, short: bool) -> str:
        """A text with the sizes of this run."""
        return text.format(**{name: pair[int(short)] for name, pair in self.sizes.items()})


@dataclass(frozen=True)
class Result:
    """What came of one figure: the values, or why there are none."""

    figure: Figure
    short: bool
    values: Sequence[float] = ()
    verdict: str = FAILED
    problem: str = ""

    @property
    def limit(self) -> float:
        """The limit that held."""
        return self.figure.limit_of(short=self.short)

    @property
    def what(self) -> str:
        """What was measured."""
        return self.figure.text(self.figure.what, short=self.short)

    @property
    def compared_to(self) -> str:
        """What it is compared to."""
        return self.figure.text(self.figure.compared_to, short=self.short)

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

    @property
    def fails(self) -> bool:
        """Whether the run fails for it. A short run says nothing about times."""
        if self.short and self.verdict == OVER:
            return self.figure.is_count
        return self.verdict != REACHED

    def as_dict(self) -> dict[str, Any]:
        """The row for programs."""
        return {
            "name": self.figure.name,
            "what": self.what,
            "compared_to": self.compared_to,
            "unit": self.figure.unit,
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
    if not values:
        return Result(figure, short, problem="nothing was measured")
    decisive = max(values) if figure.is_count else median(values)
    return Result(figure, short, tuple(values), REACHED if decisive <= figure.limit_of(short=short) else OVER)
