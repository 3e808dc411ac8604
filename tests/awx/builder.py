# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Execution environments: what ansible-builder finds in the installed collection, and makes of the example."""

from __future__ import annotations

from pathlib import Path

from tools import paths
from tools.process import run

from . import project

BUILDER = str(paths.BIN / "ansible-builder")
META = paths.TREE / "meta"
EXAMPLE = paths.TREE / "examples" / "execution-environment.yml"


def introspection_problems() -> list[str]:
    """Return how what ansible-builder finds differs from what meta/execution-environment.yml names."""
    place = _place("introspect")
    found, system = place / "requirements.txt", place / "bindep.txt"
    command = [BUILDER, "introspect", "--write-pip", str(found), "--write-bindep", str(system)]
    if run([*command, str(project.COLLECTIONS)], cwd=place).returncode:
        return ["ansible-builder introspect failed"]
    wanted = _requirements(META / "ee-requirements.txt")
    problems = [] if wanted else ["meta/ee-requirements.txt names nothing"]
    if not found.exists() or _requirements(found) != wanted:
        problems.append(f"ansible-builder does not find just {wanted}")
    return problems + ["it finds packages of the system"] * system.exists()


def context_problems() -> list[str]:
    """Return what is wrong with the context for a build that ansible-builder makes of the example."""
    place = _place("create")
    command = [BUILDER, "create", "--file", str(EXAMPLE), "--context", str(place), "--output-filename", "Containerfile"]
    if run(command, cwd=place).returncode:
        return ["ansible-builder create failed"]
    container = (place / "Containerfile").read_text(encoding="utf-8")
    galaxy = (place / "_build" / "requirements.yml").read_text(encoding="utf-8")
    wanted = {
        "ansible-core>=2.16": container,
        "ansible-runner": container,
        "RUN $PKGMGR install -y git-core\nRUN /output/scripts/check_galaxy": container,
        "ansible-collection-backup.git": galaxy,
    }
    return [f"{text!r} is missing from what it made" for text, made in wanted.items() if text not in made]


def _place(name: str) -> Path:
    place = project.ROOT / "builder" / name
    place.mkdir(parents=True)
    return place


def _requirements(file: Path) -> set[str]:
    lines = (line.partition("#")[0].strip() for line in file.read_text(encoding="utf-8").splitlines())
    return {line for line in lines if line}
