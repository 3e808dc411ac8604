# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rehearses a release in a copy of the tree: the changelog that it would have must be valid, and leave nothing out."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import yaml

from . import paths
from .process import run
from .stage_tree import stage

PLACE = paths.BUILD / "release" / "ansible_collections" / paths.NAMESPACE / paths.NAME
CHANGELOG = Path("changelogs") / "changelog.yaml"
WRITTEN = ("CHANGELOG.md", "CHANGELOG.rst")


def rehearsal_problems() -> list[str]:
    """Return a line for each thing that would be wrong with the changelog if the tree were released as it is."""
    shutil.rmtree(PLACE, ignore_errors=True)
    stage(tree=PLACE)
    program = str(paths.BIN / "antsibull-changelog")
    commands = (
        [program, "release", "--version", next_version(PLACE)],
        [program, "lint-changelog-yaml", "--strict", str(CHANGELOG)],
    )
    for command in commands:
        if run(command, cwd=PLACE).returncode:
            return [f"{' '.join(command[1:])} failed in {PLACE.relative_to(paths.CHECKOUT)}"]
    problems = [f"antsibull-changelog release wrote no {name}" for name in WRITTEN if not (PLACE / name).is_file()]
    return problems + changelog_problems(PLACE)


def next_version(tree: Path) -> str:
    """Return the version of galaxy.yml, or, where that is released already, the one after it."""
    version = str(yaml.safe_load((tree / "galaxy.yml").read_text(encoding="utf-8"))["version"])
    if version not in _releases(tree):
        return version
    first, second, third = version.split(".")
    return f"{first}.{second}.{int(third) + 1}"


def changelog_problems(tree: Path) -> list[str]:
    """Return a line for each module, role and playbook of ``tree`` that no release in its changelog names as new."""
    named = {
        (kind, entry["name"])
        for release in _releases(tree).values()
        for kind, entries in _announced(release).items()
        for entry in entries
    }
    return [
        f"{kind} {name}: no release in the changelog says that it is new"
        for kind, name in sorted(_shipped(tree))
        if (kind, name) not in named
    ]


def _releases(tree: Path) -> dict[str, Any]:
    return yaml.safe_load((tree / CHANGELOG).read_text(encoding="utf-8")).get("releases") or {}


def _announced(release: dict[str, Any]) -> dict[str, list[dict[str, str]]]:
    objects = release.get("objects") or {}
    return {
        "module": release.get("modules") or [],
        "role": objects.get("role") or [],
        "playbook": objects.get("playbook") or [],
    }


def _shipped(tree: Path) -> set[tuple[str, str]]:
    return {
        *(("module", path.stem) for path in (tree / "plugins" / "modules").glob("[!_]*.py")),
        *(("role", path.name) for path in (tree / "roles").iterdir() if path.is_dir()),
        *(("playbook", path.stem) for path in (tree / "playbooks").glob("*.yml")),
    }
