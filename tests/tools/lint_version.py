# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks that galaxy.yml's version is the one that modules say they have, and goes forward."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import yaml

SEMANTIC = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")
MODULES = Path("plugins") / "module_utils" / "_version.py"


def version_problems(tree: Path) -> list[str]:
    """Return a line for each thing about the version that is wrong."""
    version = str(yaml.safe_load((tree / "galaxy.yml").read_text(encoding="utf-8"))["version"])
    changelog = yaml.safe_load((tree / "changelogs" / "changelog.yaml").read_text(encoding="utf-8"))
    if not SEMANTIC.fullmatch(version):
        return [f"galaxy.yml: version {version} is no release by semantic versioning"]
    problems = [
        f"galaxy.yml: version {version} is older than {name}, which changelogs/changelog.yaml has as released"
        for name in changelog.get("releases") or {}
        if _numbers(name) > _numbers(version)
    ]
    said = _said(tree / MODULES)
    if said != version:
        problems.append(f"{MODULES}: VERSION is {said}, and galaxy.yml has {version}")
    return problems


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in version.split("-", maxsplit=1)[0].split("."))


def _said(file: Path) -> str:
    for statement in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Constant):
            return str(statement.value.value)
    return "missing"
