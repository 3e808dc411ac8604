# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where this suite keeps things, and the collection as a job gets it: built, and installed through requirements.yml."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from tools import paths
from tools.outcome import StageError
from tools.process import run

EXAMPLES = paths.TREE / "examples" / "awx"
ROOT = paths.BUILD / "awx"
HOME = ROOT / "home"
"""The home of all jobs: nothing is installed in it, so that a job finds the collection that came with its project."""

PROJECT = ROOT / "project"
COLLECTIONS = ROOT / "requirements_collections"
NOWHERE = "http://127.0.0.1:9/"
"""What ansible-galaxy would ask for anything that it does not have yet: port 9 discards, and nothing listens."""


def prepare_project() -> None:
    """Build the artifact, and bring the example's project up to date as AWX does it.

    :raises StageError: one of these failed.
    """
    shutil.rmtree(ROOT, ignore_errors=True)
    HOME.mkdir(parents=True)
    galaxy = str(paths.BIN / "ansible-galaxy")
    if run([galaxy, "collection", "build", "--output-path", str(ROOT)]).returncode:
        raise StageError("the collection could not be built")
    (artifact,) = ROOT.glob("*.tar.gz")
    shutil.copytree(EXAMPLES / "project", PROJECT)
    requirements = PROJECT / "collections" / "requirements.yml"
    wanted = yaml.safe_load(requirements.read_text(encoding="utf-8"))
    (PROJECT / "collections" / "requirements.yml").write_text(yaml.safe_dump(built(wanted, artifact)), encoding="utf-8")
    extra = {"ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS), "ANSIBLE_GALAXY_SERVER": NOWHERE, "HOME": str(HOME)}
    command = [galaxy, "collection", "install", "-r", str(requirements)]
    if run(command, cwd=PROJECT, extra=extra).returncode:
        raise StageError("the collection could not be installed through collections/requirements.yml")


def built(requirements: Mapping[str, Any], artifact: Path) -> dict[str, Any]:
    """Return ``requirements`` with the artifact in place of the repository of this collection, their one entry."""
    (entry,) = requirements["collections"]
    if not str(entry["name"]).endswith("/ansible-collection-backup.git"):
        raise StageError(f"the project requires {entry['name']}, not this collection's repository")
    return {"collections": [{"name": str(artifact), "type": "file"}]}


def read_example(name: str) -> dict[str, Any]:
    """Return the data of a file below examples/awx."""
    loaded = yaml.safe_load((EXAMPLES / name).read_text(encoding="utf-8"))
    return dict(loaded)


def job_templates() -> dict[str, dict[str, Any]]:
    """Return all job templates of the examples by the names of their files."""
    files = sorted((EXAMPLES / "job_templates").glob("*.yml"))
    return {file.stem: read_example(f"job_templates/{file.name}") for file in files}
