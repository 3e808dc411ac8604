# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The stages that are ansible-test's: sanity and units."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from . import paths
from .bootstrap import install_standin
from .environment import wanted
from .outcome import Outcome
from .process import Run, run
from .stage_tree import files, stage
from .verdict import false_greens, junit_counts, missing_pythons, sanity_verdict, skip_reasons

ANSIBLE_TEST = str(paths.BIN / "ansible-test")
OUTPUT = Path("tests") / "output"
PLUGINS = "tests/unit/plugins/"

OWN = f"{sys.version_info.major}.{sys.version_info.minor}"

_SLOW = "pylint"
_OF_PYTHONS = ("compile", "import")

TARGETS = ("3.9", "3.10", "3.11", "3.12", "3.13")
"""The Pythons that README.md promises for the hosts that modules run on."""
AMOUNTS = ("HYPOTHESIS_CASES", "HOSTILE_MUTANTS")
"""Variables that say how much random tests try."""


def sanity(outcome: Outcome) -> None:
    """Run every sanity test, with no ignore file; one that did not run must have had nothing to look at.

    pylint takes as long as all others together, so that it runs beside them, in a tree of its own. What runs once for
    each Python does so on our own; C(make matrix) has the others.
    """
    install_standin()
    if wanted():
        _sanity(outcome, [[word for name in wanted() for word in ("--test", name)]])
    else:
        skipped = [word for name in (_SLOW, *_OF_PYTHONS) for word in ("--skip-test", name)]
        _sanity(outcome, [["--test", _SLOW], skipped, _of_pythons(OWN)])
    for ignore_file in (paths.TREE / "tests" / "sanity").glob("ignore*.txt"):
        outcome.fail(f"{ignore_file.name}: this collection has no ignored findings")


def _of_pythons(version: str) -> list[str]:
    return ["--python", version, *(word for name in _OF_PYTHONS for word in ("--test", name))]


def _sanity(outcome: Outcome, runs: Sequence[Sequence[str]]) -> None:
    """Run ansible-test with each of these arguments: the first run beside the others, if there are others."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        first = pool.submit(_run_sanity, runs[0], _tree_beside() if runs[1:] else paths.TREE)
        others = [_run_sanity(arguments, paths.TREE) for arguments in runs[1:]]
    for result in (first.result(), *others):
        _count_sanity(outcome, result)


def _tree_beside() -> Path:
    tree = paths.BUILD / "beside" / "ansible_collections" / paths.NAMESPACE / paths.NAME
    stage(tree=tree)
    return tree


def _run_sanity(arguments: Sequence[str], tree: Path) -> Run:
    return run([ANSIBLE_TEST, "sanity", "--color", "no", *arguments], cwd=tree)


def _count_sanity(outcome: Outcome, result: Run) -> None:
    endings = {path.suffix.lstrip(".") for path in map(Path, files(paths.TREE))}
    oldest = tuple(int(part) for part in TARGETS[0].split("."))
    verdict = sanity_verdict(result.output, endings=endings, oldest=(oldest[0], oldest[1]))
    outcome.add(passed=verdict.passed, failed=verdict.failed)
    for reason in verdict.idle:
        outcome.skip(reason)
    if missing := missing_pythons(result.output):
        outcome.skip(f"no such Python here: {', '.join(missing)}", len(missing))
    elif not verdict.passed + verdict.failed + len(verdict.idle):
        # The runs beside this one may have passed.
        outcome.fail("no sanity test ran")
    for line in false_greens(result.output):
        outcome.fail(line)
    _check_exit(outcome, result, "ansible-test sanity")


def units(outcome: Outcome) -> None:
    """Run all unit tests on our own Python, or those that TARGET names by ansible-test.

    ansible-test runs each test in a fork, so that none can disturb another. Here they share processes instead, which is
    quicker and shows what forks hide: state that one run of a module leaves to the next. So they do where AMOUNTS are
    given, for ansible-test hands no variables on.
    """
    if wanted() and not amounts():
        # --local takes the virtual environment, which holds all that the tests import; two seconds instead of ten.
        _ansible_units(outcome, OWN, ["--local", "--python", OWN], wanted())
    else:
        _all_units(outcome, wanted() or ["tests/unit"])


def amounts() -> dict[str, str]:
    """Return the AMOUNTS that were given."""
    return {name: os.environ[name] for name in AMOUNTS if os.environ.get(name)}


def targets(outcome: Outcome, versions: Sequence[str]) -> None:
    """Compile and import on every Python that README.md promises for targets; unit test the plugins on ``versions``."""
    _sanity(outcome, [[word for name in _OF_PYTHONS for word in ("--test", name)]])
    for version in versions:
        if (paths.PYTHONS / f"python{version}").exists():
            _ansible_units(outcome, version, ["--venv", "--requirements", "--python", version], [PLUGINS])
        else:
            outcome.skip(f"units on Python {version}: there is no such interpreter on PATH")


def _ansible_units(outcome: Outcome, version: str, options: Sequence[str], tests: Sequence[str]) -> None:
    _units(outcome, version, [ANSIBLE_TEST, "units", "--color", "no", *options, *tests], "ansible-test units")


def _all_units(outcome: Outcome, tests: Sequence[str]) -> None:
    options = ["-q", "-n", "auto", "--dist", "worksteal", "--color", "no", "-p", "no:cacheprovider", "--strict-markers"]
    # Else files of the same name in two directories would be one module.
    options.append("--import-mode=importlib")
    report = f"--junit-xml={OUTPUT / 'junit' / 'units.xml'}"
    _units(outcome, OWN, [sys.executable, "-m", "pytest", *options, report, *tests], "pytest")


def _units(outcome: Outcome, version: str, command: Sequence[str], tool: str) -> None:
    junit = paths.TREE / OUTPUT / "junit"
    shutil.rmtree(junit, ignore_errors=True)
    result = run(command, extra={"PYTHONPATH": str(paths.TREE_ROOT), **amounts()} if tool == "pytest" else None)
    counts = junit_counts(junit.glob("*.xml"))
    passed = counts["tests"] - counts["failed"] - counts["skipped"]
    note = f"{passed} passed on Python {version} by {tool}"
    outcome.add(passed=passed, failed=counts["failed"], notes=[note])
    for reason, count in skip_reasons(junit.glob("*.xml")).items():
        outcome.skip(f"{count} on Python {version}: {reason}", count)
    for line in false_greens(result.output):
        outcome.fail(f"Python {version}: {line}")
    if not counts["tests"]:
        outcome.fail(f"no unit test ran on Python {version} by {tool}")
    _check_exit(outcome, result, f"{tool} on Python {version}")


def _check_exit(outcome: Outcome, result: Run, what: str) -> None:
    if result.returncode and not outcome.failed:
        outcome.fail(f"{what} ended with {result.returncode}")
