# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks that every file says under which licence it stands."""

from __future__ import annotations

import subprocess
from pathlib import Path

from .environment import clean_environment

# REUSE-IgnoreStart
SPDX = "SPDX-License-Identifier: GPL-3.0-or-later"
# REUSE-IgnoreEnd
GPL_LINE = "GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)"
COPYRIGHT = "Copyright (c) 2026, huaweicloud.backup contributors"
HEADER = (COPYRIGHT, GPL_LINE, SPDX)
HEADER_LINES = 12
"""The header may follow a shebang, a comment mark or a heading, but not come later than this."""

OWN_LICENCE_FILE = ".license"
"""A file that cannot hold a comment (JSON, pictures, generated files) has its header in a file named so after it."""

EXEMPT = ("COPYING", "LICENSES/")
"""The licence itself."""


def licence_problems(tree: Path) -> list[str]:
    """Return a line for each tracked file below ``tree`` without the three lines of the header."""
    return [f"{name}: lacks {missing!r}" for name in tracked(tree) for missing in missing_lines(tree, name)]


def tracked(tree: Path) -> list[str]:
    """Return the names of the files that git knows below ``tree``."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=tree, env=clean_environment(), capture_output=True, text=True, check=True)
    return sorted(name for name in set(listed.stdout.split("\0")) if name and (tree / name).is_file())


def missing_lines(tree: Path, name: str) -> list[str]:
    """Return the lines of the header that the file ``name`` lacks."""
    if name.startswith(EXEMPT) or not (tree / name).stat().st_size:
        return []
    beside = tree / (name + OWN_LICENCE_FILE)
    file = beside if beside.exists() else tree / name
    try:
        head = "\n".join(file.read_text(encoding="utf-8").splitlines()[:HEADER_LINES])
    except UnicodeDecodeError:
        return [f"a file {name}{OWN_LICENCE_FILE} with the header"]
    return [line for line in HEADER if line not in head]
