# Copyright: (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs stages by name and prints what they found; ``python -m tools.run_stage lint units``.

With ``--summary`` it runs nothing and prints the sum of what the named stages left behind.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence

from . import stage_ansible, stage_docs, stage_integration, stage_lint
from .environment import prepare
from .outcome import Outcome, StageError, forget, load, save, table
from .process import end_on_signals
from .stage_tree import stage as stage_tree

STAGES: dict[str, Callable[[Outcome], None]] = {
    "lint": stage_lint.lint,
    "sanity": stage_ansible.sanity,
    "units": stage_ansible.units,
    "integration": stage_integration.integration,
    "docs": stage_docs.docs,
    "build": stage_docs.build,
}


def main(arguments: Sequence[str]) -> int:
    """Run the stages named by ``arguments`` one after the other, all of them whatever the first ones say."""
    if arguments[:1] == ["--summary"]:
        outcomes = load(arguments[1:])
        print(table(outcomes))
        return _exit_code(outcomes)
    end_on_signals()
    if len(arguments) > 1:
        # It names a part of one stage.
        os.environ.pop("TARGET", None)
    prepare()
    outcomes = [run_one(name) for name in arguments]
    print("\n" + table(outcomes), flush=True)
    return _exit_code(outcomes)


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
    return int(any(one.failed or not one.passed for one in outcomes))


if __name__ == "__main__":
    os.umask(0o022)
    sys.exit(main(sys.argv[1:]))
