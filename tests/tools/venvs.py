# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Makes virtual environments with other packages than those of .venv, and keeps them in .cache."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from . import paths
from .outcome import StageError
from .process import run

ENVIRONMENTS = paths.CACHE / "environments"

FREE = ("ansible-core", "resolvelib")
"""Packages whose release belongs to the ansible-core; all others are those of tests/requirements-dev.txt."""


def interpreter(version: str) -> Path:
    """Return where an interpreter of this version is, if there is one."""
    return paths.PYTHONS / f"python{version}"


def lock() -> str:
    """Return the releases of all packages that .venv may have."""
    return constraints_of((paths.CHECKOUT / "tests" / "requirements-dev.txt").read_text(encoding="utf-8"))


def environment(version: str, name: str, packages: Sequence[str], constraints: str = "") -> Path:
    """Return the interpreter of the virtual environment ``name``, which is made, or made anew for other packages."""
    place = ENVIRONMENTS / name
    program, record = place / "bin" / "python", place / "packages.txt"
    wanted = "\n".join([f"# Python {version}", *packages]) + "\n"
    if record.is_file() and record.read_text(encoding="utf-8") == wanted + constraints:
        return program
    shutil.rmtree(place, ignore_errors=True)
    place.parent.mkdir(parents=True, exist_ok=True)
    limits = place.with_name(f"{name}.txt")
    limits.write_text(constraints, encoding="utf-8")
    commands = (
        [str(interpreter(version)), "-m", "venv", str(place)],
        [str(program), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-c", str(limits), *packages],
    )
    for command in commands:
        if run(command, cwd=paths.CHECKOUT).returncode:
            raise StageError(f"{' '.join(command)} failed")
    record.write_text(wanted + constraints, encoding="utf-8")
    return program


def constraints_of(locked: str) -> str:
    """Return the lines of a lock file by which pip is to be bound: all but those of packages that are free."""
    lines = [line for line in locked.splitlines() if line and not line.startswith("#")]
    return "".join(f"{line}\n" for line in lines if not re.match(rf"({'|'.join(FREE)})\b", line))
