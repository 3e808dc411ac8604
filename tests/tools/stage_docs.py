# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The stages for documentation and for the artifact that is published."""

from __future__ import annotations

import os
import re
import shutil
import tarfile
from pathlib import Path

from . import demo, paths
from .doc_errors import page_problems
from .doc_stage import check_blocks
from .docsite import PAGES, build_site
from .environment import search_path
from .outcome import Outcome
from .process import Run, run
from .release import rehearsal_problems
from .simulator_process import simulator
from .venvs import environment, interpreter
from .verdict import plain

ANTSIBULL_DOCS = str(paths.BIN / "antsibull-docs")
ANSIBLE_GALAXY = str(paths.BIN / "ansible-galaxy")

IMPORTER = {"GALAXY_IMPORTER_CHECK_REQUIRED_TAGS": "true", "GALAXY_IMPORTER_REQUIRE_V1_OR_GREATER": "true"}
CERTIFICATION = ("ansible-core==2.16.0", "ansible-lint==24.12.2", "galaxy-importer==0.4.31")
"""The releases by which a collection is certified, beside the newest, which are those of .venv."""
OLDER = ("3.10", "3.11", "3.12")
"""The Pythons that they run on."""
COMPLAINT = re.compile(r"(WARNING|ERROR)\b")

OWN_FOLDER = re.compile(r'Unknown target name: "antsibull-docs-')
"""antsibull-docs found fault with its own temporary folder: one name in 37 ends with _, as a reference in reST does."""

WANTED = ("COPYING", "README.md", "meta/runtime.yml", "MANIFEST.json", "FILES.json")
UNWANTED = (".git", ".venv", ".cache", ".ci", "build", "output", "__pycache__", ".mypy_cache", "integration_config.yml")
NEEDED = ("meta", "playbooks", "plugins", "roles")
"""Directories that have to do without all others where the collection is installed."""
MOST_BYTES = 20 * 1024 * 1024
"""Galaxy refuses a larger artifact."""


def docs(outcome: Outcome) -> None:
    """Check every plugin's documentation, the guides, that each reference points somewhere, and run the code blocks."""
    _count(outcome, "antsibull-docs", lint_docs().returncode)
    _count(outcome, "docsite", build_site().returncode)
    for module in sorted((paths.TREE / "plugins" / "modules").glob("[!_]*.py")):
        page = PAGES / f"{module.stem}_module.html"
        _count(outcome, f"{module.stem} has no page", int(not page.exists()))
    problems = page_problems(paths.TREE)
    for problem in problems:
        outcome.fail(problem)
    outcome.add(passed=int(not problems))
    check_blocks(outcome)


def lint_docs() -> Run:
    """Run antsibull-docs, and once more where the first run says nothing about the collection."""
    lint = ["lint-collection-docs", "--plugin-docs", "--validate-collection-refs", "all", "--no-skip-rstcheck", "."]
    result = run([ANTSIBULL_DOCS, *lint])
    return run([ANTSIBULL_DOCS, *lint]) if OWN_FOLDER.search(result.output) else result


def build(outcome: Outcome) -> None:
    """Build the artifact from the staged tree and look at what is in it and at what a release would say."""
    problems = rehearsal_problems()
    for problem in problems:
        outcome.fail(problem)
    outcome.add(passed=int(not problems))
    for old in paths.BUILD.glob("*.tar.gz"):
        old.unlink()
    command = [ANSIBLE_GALAXY, "collection", "build", "--force", "--output-path", str(paths.BUILD)]
    _count(outcome, "ansible-galaxy collection build", run(command).returncode)
    artifacts = list(paths.BUILD.glob("*.tar.gz"))
    if len(artifacts) != 1:
        outcome.fail(f"ansible-galaxy collection build left {len(artifacts)} artifacts instead of one")
    for artifact in artifacts:
        outcome.add(notes=[f"{artifact.relative_to(paths.CHECKOUT)}: {artifact.stat().st_size // 1024} KiB"])
        problems = artifact_problems(artifact)
        for problem in problems:
            outcome.fail(problem)
        outcome.add(passed=int(not problems))
        _import(outcome, artifact, paths.BIN / "python", "galaxy-importer")
        _install(outcome, artifact)
        older = [version for version in OLDER if interpreter(version).exists()]
        if older:
            program = environment(older[0], "certification", CERTIFICATION)
            _import(outcome, artifact, program, " and ".join(CERTIFICATION))
        else:
            outcome.skip(f"{CERTIFICATION[-1]}: there is none of Python {', '.join(OLDER)}")


def _install(outcome: Outcome, artifact: Path) -> None:
    """Install ``artifact`` where there is nothing else, and run the demo from there, with only what users need left."""
    place = paths.BUILD / "installed"
    shutil.rmtree(place, ignore_errors=True)
    command = [
        ANSIBLE_GALAXY,
        "collection",
        "install",
        "--offline",
        "--force",
        str(artifact),
        "--collections-path",
        str(place),
    ]
    result = run(command, cwd=paths.BUILD, extra={"ANSIBLE_COLLECTIONS_PATH": str(place)})
    _count(outcome, "ansible-galaxy collection install", result.returncode)
    installed = place / "ansible_collections" / paths.NAMESPACE / paths.NAME
    for entry in installed.iterdir():
        if entry.is_dir() and entry.name not in NEEDED:
            shutil.rmtree(entry)
    with simulator(demo.SETTINGS, name="simulator-installed") as running:
        problem = demo.playbook_problem(running, place, changes=True)
    if problem:
        outcome.fail(f"demo of the installed artifact: {problem}")
    outcome.add(passed=int(not problem))


def _import(outcome: Outcome, artifact: Path, program: Path, what: str) -> None:
    """Hand ``artifact`` to the program with which Galaxy decides; what it only warns about is refused here too."""
    command = [str(program), "-m", "galaxy_importer.main", str(artifact)]
    # It starts ansible-lint, ansible-doc and ansible-test by name.
    path = os.pathsep.join([str(program.parent), search_path()])
    result = run(command, cwd=paths.BUILD, extra={**IMPORTER, "PATH": path})
    complaints = [line for line in plain(result.output) if COMPLAINT.match(line)]
    for line in complaints:
        outcome.fail(f"{what}: {line}")
    if not complaints:
        _count(outcome, what, result.returncode)


def artifact_problems(artifact: Path) -> list[str]:
    """Return what is missing from ``artifact`` and what does not belong into it."""
    with tarfile.open(artifact) as archive:
        names = archive.getnames()
    problems = [f"{name} is missing from the artifact" for name in WANTED if name not in names]
    problems += [f"{name} does not belong into the artifact" for name in names if set(Path(name).parts) & set(UNWANTED)]
    if artifact.stat().st_size > MOST_BYTES:
        problems.append(f"the artifact is larger than {MOST_BYTES} bytes")
    return problems


def _count(outcome: Outcome, what: str, returncode: int) -> None:
    if returncode:
        outcome.fail(what)
    else:
        outcome.add(passed=1)
