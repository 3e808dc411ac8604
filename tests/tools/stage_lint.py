# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The stage that reads the code: linters of others, and the few rules that only this project has."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from . import paths
from .lint_imports import import_problems
from .lint_shape import shape_problems
from .lint_version import version_problems
from .outcome import Outcome
from .process import run

# An action that a role brings along has no full name, which it says of each use; this is the only one.
_OWN_ACTION = r" *Invalid value \(None\)for resolved_fqcn attribute of simulator module\."
ANSIBLE_LINT_WARNING = re.compile(rf"^WARNING (?!{_OWN_ACTION}$)", re.MULTILINE)

PROGRAMS: dict[str, list[str]] = {
    "ruff check": ["ruff", "check", "."],
    "ruff format": ["ruff", "format", "--check", "."],
    "yamllint": ["yamllint", "--strict", "."],
    "codespell": ["codespell"],
    "antsibull-changelog": ["antsibull-changelog", "lint"],
    "antsibull-nox": ["nox", "--no-venv", "--no-install", "--sessions", "license-check", "extra-checks"],
    "ansible-lint": ["ansible-lint", "--offline", "--profile", "production", "--strict", "--nocolor"],
}

OWN_RULES: dict[str, Callable[[Path], list[str]]] = {
    "imports": import_problems,
    "shape": shape_problems,
    "version": version_problems,
}


def lint(outcome: Outcome) -> None:
    """Run every linter on the staged tree; each counts as one test."""
    for name, command in PROGRAMS.items():
        result = run([str(paths.BIN / command[0]), *command[1:]])
        # ansible-lint only warns about a module that it cannot find, and ends with 0.
        warned = name == "ansible-lint" and bool(ANSIBLE_LINT_WARNING.search(result.output))
        _count(outcome, name, passed=not result.returncode and not warned)
    _types(outcome)
    for name, rule in OWN_RULES.items():
        problems = rule(paths.TREE)
        print(f"+ {name}: {len(problems)} problems")
        for problem in problems:
            print(f"  {problem}")
        _count(outcome, name, passed=not problems)


def _types(outcome: Outcome) -> None:
    """Check types in seven runs, each with the search path that the code has when it runs."""
    collection = f"ansible_collections/{paths.NAMESPACE}/{paths.NAME}"
    runs: dict[str, tuple[Path, list[str]]] = {
        "plugins": (paths.TREE_ROOT, [f"{collection}/plugins"]),
        "simulator": (paths.TREE / "tests", ["simulator"]),
        "tools": (paths.TREE / "tests", ["tools"]),
        "chaos": (paths.TREE / "tests", ["chaos"]),
        "benchmark": (paths.TREE / "tests", ["benchmark"]),
        "awx": (paths.TREE / "tests", ["awx"]),
        "browser": (paths.TREE / "tests", ["browser"]),
    }
    settings = ["--config-file", str(paths.TREE / "pyproject.toml")]
    for name, (cwd, targets) in runs.items():
        command = [str(paths.BIN / "mypy"), *settings, *targets]
        _count(outcome, f"mypy {name}", passed=not run(command, cwd=cwd, extra={"MYPYPATH": str(cwd)}).returncode)


def _count(outcome: Outcome, name: str, *, passed: bool) -> None:
    if passed:
        outcome.add(passed=1)
    else:
        outcome.fail(name)
