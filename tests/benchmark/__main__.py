# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The figures that the project promises, measured: ``make bench``, ``REPEATS=5`` and ``ONLY="ping bare"``.

``SHORT=1`` measures little, and fails for counts and for what cannot be measured.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import FrameType

import requests

from tools.environment import prepare
from tools.outcome import Outcome, StageError, forget
from tools.outcome import save as save_outcome
from tools.stage_tree import stage

from . import figures_large, figures_tasks, figures_waits
from .bench import OUTPUT, Bench, bench
from .figure import FAILED, Figure, Result, judge
from .processes import BenchError
from .report import closing_line, save, table

FIGURES = (*figures_tasks.FIGURES, *figures_waits.FIGURES, *figures_large.FIGURES)
REPEATS = 3
BUSY = 0.5
"""The machine's load before the start, from which on times are not to be trusted."""


@dataclass(frozen=True)
class Order:
    """What is to be measured."""

    figures: Sequence[Figure]
    repeats: int
    short: bool


def order(environ: Mapping[str, str]) -> Order:
    """Read ONLY, REPEATS and SHORT; raises ValueError with one line for people."""
    short = bool(environ.get("SHORT"))
    names = environ.get("ONLY", "").replace(",", " ").split()
    known = {figure.name: figure for figure in FIGURES}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise ValueError(f"no such figure: {', '.join(unknown)}; there are: {', '.join(known)}")
    text = environ.get("REPEATS") or str(1 if short else REPEATS)
    if not text.isdigit() or not int(text):
        raise ValueError(f"REPEATS must be a whole number of at least 1; got {text!r}")
    return Order([figure for figure in FIGURES if not names or figure.name in names], int(text), short=short)


def main() -> int:
    """Measure what was ordered; 0 when each figure that can fail this run is reached."""
    try:
        wanted = order(os.environ)
    except ValueError as problem:
        print(f"bench: {problem}", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, _end)
    prepare()
    forget("bench")
    stage()
    outcome = Outcome("bench")
    start = time.monotonic()
    others = os.getloadavg()[0]
    try:
        with bench(short=wanted.short, repeats=wanted.repeats) as running:
            results = [measured(figure, running) for figure in wanted.figures]
    except StageError as problem:
        print(f"bench: {problem}", file=sys.stderr)
        return 1
    save(results, OUTPUT / "results.json", short=wanted.short, load=others)
    print(f"\n{table(results)}", flush=True)
    if others > BUSY and not wanted.short:
        print(f"The machine was busy with something else (load {others:.1f}): the times above say little.")
    closing = closing_line(results)
    print(closing, flush=True)
    outcome.add(passed=sum(not result.fails for result in results), notes=[closing])
    for result in results:
        if result.fails:
            outcome.fail(result.figure.name)
    outcome.seconds = round(time.monotonic() - start, 1)
    save_outcome(outcome)
    return int(bool(outcome.failed))


def measured(figure: Figure, running: Bench) -> Result:
    """Measure one figure; trouble with it is its result, and the others are measured all the same."""
    print(f"bench: {figure.name}", flush=True)
    try:
        return judge(figure, figure.measure(running), short=running.short)
    except (BenchError, requests.RequestException) as problem:
        return Result(figure, running.short, verdict=FAILED, problem=str(problem))


def _end(number: int, _frame: FrameType | None) -> None:
    # What is being run ends with this, in an orderly way.
    sys.exit(128 + number)


if __name__ == "__main__":
    os.umask(0o022)
    sys.exit(main())
