# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs stages by name and prints what they found; ``python -m tools.run_stage lint units``.

With ``--summary`` it runs nothing and prints the sum of what the named stages left behind. ``--prepared`` is for the
process that runs stages beside others.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from . import paths, stage_ansible, stage_docs, stage_integration, stage_lint, stage_matrix
from .environment import prepare
from .outcome import Outcome, StageError, forget, load, save, table
from .process import end_on_signals, run
from .stage_tree import stage as stage_tree

STAGES: dict[str, Callable[[Outcome], None]] = {
    "lint": stage_lint.lint,
    "sanity": stage_ansible.sanity,
    "units": stage_ansible.units,
    "integration": stage_integration.integration,
    "docs": stage_docs.docs,
    "build": stage_docs.build,
    "matrix": stage_matrix.matrix,
}

FIRST, BESIDE, LAST = "sanity", ("lint", "docs"), "integration"
"""The first keeps one core busy for a while; those beside it, one after the other, end before the last begins."""


def main(arguments: Sequence[str]) -> int:
    """Run the stages named by ``arguments`` one after the other, all of them whatever the first ones say."""
    if arguments[:1] == ["--summary"]:
        outcomes = load(arguments[1:])
        print(table(outcomes))
        return _exit_code(outcomes)
    end_on_signals()
    is_prepared = arguments[:1] == ["--prepared"]
    arguments = arguments[1:] if is_prepared else arguments
    if len(arguments) > 1:
        # It names a part of one stage.
        os.environ.pop("TARGET", None)
    if not is_prepared:
        prepare()
    beside = [name for name in arguments if name in BESIDE and FIRST in arguments]
    with ThreadPoolExecutor(max_workers=1) as pool:
        # Ahead of all others, so that what is quickly found is quickly told.
        others = pool.submit(run_beside, beside) if beside else None
        for name in sorted(set(arguments) - set(beside), key=lambda name: (name != FIRST, arguments.index(name))):
            if others is not None and name == LAST:
                # Its lanes use all that there is.
                others.result()
            run_one(name)
    outcomes = load(arguments)
    print("\n" + table(outcomes), flush=True)
    return _exit_code(outcomes)


def run_beside(names: Sequence[str]) -> None:
    """Run the stages ``names`` in a process of their own, its lines marked; their outcomes are left in files."""
    for name in names:
        forget(name)
    # The clean environment is no place to look for interpreters: its PATH holds but the links to those found.
    command = [sys.executable, "-m", "tools.run_stage", "--prepared", *names]
    run(command, cwd=paths.CHECKOUT, extra={"PYTHONPATH": str(paths.CHECKOUT / "tests")}, prefix="[beside] ")


def run_one(name: str) -> Outcome:
    """Run the stage ``name`` on a fresh copy of the tree; a stage in which nothing was tested has failed."""
    outcome = Outcome(name)
    start = time.monotonic()
    print(f"\n=== {name} ===", flush=True)
    forget(name)
    try:
        stage_tree()
        STAGES[name](outcome)
    except (OSError, StageError, subprocess.SubprocessError) as problem:
        # The other stages and the summary are still wanted.
        outcome.fail(str(problem))
    if not outcome.passed and not outcome.failed:
        outcome.fail("no test ran")
    outcome.seconds = round(time.monotonic() - start, 1)
    save(outcome)
    return outcome


def _exit_code(outcomes: Sequence[Outcome]) -> int:
    return int(any(one.failed or not (one.passed or one.skipped) for one in outcomes))


if __name__ == "__main__":
    os.umask(0o022)
    sys.exit(main(sys.argv[1:]))
