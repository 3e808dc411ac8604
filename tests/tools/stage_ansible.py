# Copyright: (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The stages that are ansible-test's: sanity and units."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from . import paths
from .bootstrap import install_standin
from .environment import wanted
from .lint_licences import tracked
from .outcome import Outcome
from .process import Run, run
from .verdict import false_greens, junit_counts, missing_pythons, sanity_verdict

ANSIBLE_TEST = str(paths.BIN / "ansible-test")
OUTPUT = Path("tests") / "output"

OLDEST_TARGET = "3.9"
"""The oldest Python that README.md promises for the hosts that modules run on."""


def sanity(outcome: Outcome) -> None:
    """Run every sanity test, with no ignore file; one that did not run must have had nothing to look at."""
    install_standin()
    only = [word for name in wanted() for word in ("--test", name)]
    result = run([ANSIBLE_TEST, "sanity", "--color", "no", *only])
    endings = {path.suffix.lstrip(".") for path in map(Path, tracked(paths.TREE))}
    oldest = tuple(int(part) for part in OLDEST_TARGET.split("."))
    verdict = sanity_verdict(result.output, endings=endings, oldest=(oldest[0], oldest[1]))
    notes = [f"nothing to test: {reason}" for reason in verdict.idle]
    outcome.add(passed=verdict.passed, failed=verdict.failed, skipped=len(verdict.idle), notes=notes)
    if missing := missing_pythons(result.output):
        outcome.add(skipped=len(missing), notes=[f"no such Python here: {', '.join(missing)}"])
    for line in false_greens(result.output):
        outcome.fail(line)
    for ignore_file in (paths.TREE / "tests" / "sanity").glob("ignore*.txt"):
        outcome.fail(f"{ignore_file.name}: this collection has no ignored findings")
    _check_exit(outcome, result, "ansible-test sanity")


def units(outcome: Outcome) -> None:
    """Run the unit tests on our own Python, and those of modules and module_utils on a target's oldest too."""
    own = f"{sys.version_info.major}.{sys.version_info.minor}"
    # --local takes the virtual environment, which holds all that the tests import; two seconds instead of ten.
    _units(outcome, own, ["--local", "--python", own])
    if wanted():
        return
    if (paths.PYTHONS / f"python{OLDEST_TARGET}").exists():
        install_standin()
        _units(outcome, OLDEST_TARGET, ["--venv", "--requirements", "--python", OLDEST_TARGET])
    else:
        outcome.add(notes=[f"not run on Python {OLDEST_TARGET}: there is no such interpreter on PATH"])


def _units(outcome: Outcome, version: str, options: list[str]) -> None:
    junit = paths.TREE / OUTPUT / "junit"
    shutil.rmtree(junit, ignore_errors=True)
    result = run([ANSIBLE_TEST, "units", "--color", "no", *options, *wanted()])
    counts = junit_counts(junit.glob("*.xml"))
    passed = counts["tests"] - counts["failed"] - counts["skipped"]
    note = f"{passed} passed on Python {version}"
    outcome.add(passed=passed, failed=counts["failed"], skipped=counts["skipped"], notes=[note])
    for line in false_greens(result.output):
        outcome.fail(f"Python {version}: {line}")
    if not counts["tests"]:
        outcome.fail(f"no unit test ran on Python {version}")
    _check_exit(outcome, result, f"ansible-test units on Python {version}")


def _check_exit(outcome: Outcome, result: Run, what: str) -> None:
    if result.returncode and not outcome.failed:
        outcome.fail(f"{what} ended with {result.returncode}")
