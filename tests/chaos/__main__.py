# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whole plays in random weather: ``make chaos SEED=7 RUNS=300 JOBS=12``, and ``ONLY=123`` for one run of it."""

from __future__ import annotations

import os
import resource
import signal
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import ExitStack
from dataclasses import dataclass
from queue import Queue
from types import FrameType

from tools import paths
from tools.environment import prepare
from tools.outcome import StageError
from tools.simulator_process import Simulator, simulator
from tools.stage_tree import stage

from .cloud import Cloud
from .draw import Draw, draw
from .evidence import Evidence, tally
from .processes import StoppedError, end_all
from .run import Run

OUTPUT = paths.BUILD / "chaos"
PROGRESS = 25
MOST_SHOWN = 20
FIRST = {"converged": "converged at once", "failed": "failed first", "killed": "killed"}
SHORT_SEED = "short"
SHORT = (2, 6, 9, 43)
SHORT_JOBS = 3

Runs = list[tuple[Draw, Evidence]]


@dataclass(frozen=True)
class Order:
    """What is to be run."""

    seed: str
    numbers: Sequence[int]
    jobs: int


def order(environ: Mapping[str, str], arguments: Sequence[str]) -> Order:
    """Read SEED, RUNS, JOBS and ONLY; raises ValueError with one line for people."""
    jobs = _whole("JOBS", environ, 4 * (os.cpu_count() or 1))
    if "--short" in arguments:
        return Order(SHORT_SEED, SHORT, SHORT_JOBS)
    seed = environ.get("SEED") or "1"
    only = environ.get("ONLY", "").replace(",", " ").split()
    if not all(number.isdigit() for number in only):
        raise ValueError(f"ONLY must be numbers of runs; got {environ['ONLY']!r}")
    numbers = [int(number) for number in only] or list(range(_whole("RUNS", environ, 50)))
    return Order(seed, numbers, max(1, min(jobs, len(numbers))))


def _whole(name: str, environ: Mapping[str, str], default: int) -> int:
    text = environ.get(name) or str(default)
    if not text.isdigit() or not int(text):
        raise ValueError(f"{name} must be a whole number of at least 1; got {text!r}")
    return int(text)


def main(arguments: Sequence[str]) -> int:
    """Run what was ordered; 0 when no promise was broken."""
    try:
        wanted = order(os.environ, arguments)
    except ValueError as problem:
        print(f"chaos: {problem}", file=sys.stderr)
        return 2
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _end)
    if "--short" not in arguments:
        # Else a stage has done it, and uses the place at this moment.
        prepare()
        stage()
    begin = time.monotonic()
    print(f"chaos: seed {wanted.seed}, {len(wanted.numbers)} runs, {wanted.jobs} at a time", flush=True)
    try:
        runs = _run_all(wanted)
    except StageError as problem:
        print(f"chaos: {problem}", file=sys.stderr)
        return 1
    return _close(wanted, runs, time.monotonic() - begin)


def _end(number: int, _frame: FrameType | None) -> None:
    end_all()
    sys.exit(128 + number)


def _run_all(wanted: Order) -> Runs:
    simulators: Queue[Simulator] = Queue()
    finished: Runs = []
    with ExitStack() as stack:
        for number in range(wanted.jobs):
            simulators.put(stack.enter_context(simulator({}, name=f"chaos-{number + 1}")))
        pool = stack.enter_context(ThreadPoolExecutor(wanted.jobs))
        futures = [pool.submit(_one, wanted.seed, number, simulators) for number in wanted.numbers]
        stack.callback(pool.shutdown, wait=False, cancel_futures=True)
        for drawn, evidence in _results(futures):
            finished.append((drawn, evidence))
            _progress(drawn, evidence, finished, len(wanted.numbers))
    return finished


def _results(futures: Sequence[Future[tuple[Draw, Evidence]]]) -> Iterator[tuple[Draw, Evidence]]:
    for future in as_completed(futures):
        yield future.result()


def _one(seed: str, number: int, simulators: Queue[Simulator]) -> tuple[Draw, Evidence]:
    drawn, running = draw(seed, number), simulators.get()
    run = Run(drawn, Cloud(running.url), OUTPUT / f"{seed}-{drawn.label}")
    try:
        return drawn, run.go()
    except StoppedError:
        raise
    except Exception as problem:  # noqa: BLE001 # one run's trouble must not hide what the others find
        run.evidence.add("harness", f"{type(problem).__name__}: {problem}")
        return drawn, run.evidence
    finally:
        simulators.put(running)


def _progress(drawn: Draw, evidence: Evidence, finished: Runs, total: int) -> None:
    for promise, text in evidence.problems:
        print(f"chaos: run {drawn.label}: {promise}: {text}", flush=True)
    if len(finished) % PROGRESS == 0 or len(finished) == total:
        first = [one.first for _draw, one in finished]
        broken = sum(bool(one.problems) for _draw, one in finished)
        words = ", ".join(f"{first.count(word)} {name}" for word, name in FIRST.items())
        print(f"chaos: {len(finished)} of {total}: {words}, {broken} broken", flush=True)


def _close(wanted: Order, runs: Runs, seconds: float) -> int:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = used.ru_utime + used.ru_stime
    print(f"\n{tally(runs)}")
    print(f"{'time:':<24} {seconds:.0f} s, {cpu:.0f} CPU s, {cpu / len(runs):.1f} CPU s per run")
    broken = [(drawn, evidence) for drawn, evidence in sorted(runs, key=lambda run: run[0].number) if evidence.problems]
    for drawn, _evidence in broken[:MOST_SHOWN]:
        where = (OUTPUT / f"{wanted.seed}-{drawn.label}").relative_to(paths.CHECKOUT)
        print(f"broken: make chaos SEED={wanted.seed} ONLY={drawn.number}   logs: {where}")
    print(f"chaos: {len(runs) - len(broken)} passed, {len(broken)} failed", flush=True)
    return int(bool(broken))


if __name__ == "__main__":
    os.umask(0o022)
    sys.exit(main(sys.argv[1:]))
