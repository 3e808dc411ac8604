# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``python -m awx``: the examples for AWX at work, as ``make awx`` runs them."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from functools import partial

from tools.environment import prepare, wanted
from tools.outcome import Outcome, StageError, forget, save
from tools.process import end_on_signals
from tools.stage_tree import stage as stage_tree

from . import builder, connections, loading, project, servers
from .rows import ROWS
from .run_row import row_problems
from .sign_in import WAYS

Check = Callable[[], list[str]]

SIDE_BY_SIDE = 4
"""Two jobs, the first ones, do little but wait."""

LOADED = {"with what it asks for": {}, "with all": {"load_image": "backup-ee:1", "load_credential": "Backups"}}


def main() -> int:
    """Run everything and return 0 when nothing failed."""
    end_on_signals()
    prepare()
    forget("awx")
    stage_tree()
    outcome = Outcome("awx")
    start = time.monotonic()
    try:
        project.prepare_project()
        _run(outcome, _wanted())
    except StageError as problem:
        outcome.fail(str(problem))
    if not outcome.passed and not outcome.failed:
        outcome.fail("no test ran")
    outcome.seconds = round(time.monotonic() - start, 1)
    save(outcome)
    for note in outcome.notes:
        print(f"awx: {note}")
    counts = f"{outcome.passed} passed, {outcome.failed} failed, {outcome.skipped} skipped"
    print(f"awx: {counts} in {outcome.seconds} s", flush=True)
    return int(bool(outcome.failed))


def _wanted() -> dict[str, Check]:
    """Return the checks that TARGET names by a part of their names, or all."""
    return {name: check for name, check in _checks() if not wanted() or any(part in name for part in wanted())}


def _checks() -> Iterator[tuple[str, Check]]:
    credential_type, templates = project.read_example("credential_type.yml"), project.job_templates()
    for row in ROWS:
        yield f"job {row.name}", partial(row_problems, credential_type, templates, row)
    certificate = servers.secured()
    for way in WAYS:
        yield f"credential {way.name}", partial(connections.way_problems, credential_type, certificate, way)
    yield "load refuses without a project", loading.refusal_problems
    for name, variables in LOADED.items():
        yield f"load {name}", partial(loading.load_problems, name, variables)
    yield "builder introspect", builder.introspection_problems
    yield "builder create", builder.context_problems


def _run(outcome: Outcome, checks: dict[str, Check]) -> None:
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        started: dict[Future[list[str]], str] = {pool.submit(check): name for name, check in checks.items()}
        for future in as_completed(started):
            _count(outcome, started[future], future)


def _count(outcome: Outcome, name: str, future: Future[list[str]]) -> None:
    try:
        problems = future.result()
    except Exception as error:  # noqa: BLE001 - whatever a check stumbles over, the others are still to be counted
        problems = [f"{type(error).__name__}: {error}"]
    print(f"{'FAILED' if problems else 'passed'} {name}", flush=True)
    for problem in problems:
        outcome.fail(f"{name}: {problem}")
    outcome.add(passed=int(not problems))


if __name__ == "__main__":
    os.umask(0o022)
    sys.exit(main())
