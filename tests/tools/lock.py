# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Resolves tests/requirements-dev.in into tests/requirements-dev.txt: every package, for every supported Python."""

from __future__ import annotations

import subprocess

from . import paths

SOURCE = paths.CHECKOUT / "tests" / "requirements-dev.in"
LOCK = SOURCE.with_suffix(".txt")
OLDEST = "3.10"
HEAD_LINES = 3
"""Copyright and licence, which the lock repeats."""
TITLE = 'Made by "make lock" from requirements-dev.in; not edited by hand.'


def main() -> None:
    """Write the lock; markers say which release is for which Python."""
    options = ["--universal", "--python-version", OLDEST, "--quiet", "--no-header", "--no-annotate", "--upgrade"]
    # The user's own environment: it knows how packages are reached.
    resolved = subprocess.run(
        [str(paths.BIN / "uv"), "pip", "compile", *options, "--cache-dir", str(paths.CACHE / "uv"), str(SOURCE)],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout
    head = "".join(SOURCE.read_text(encoding="utf-8").splitlines(keepends=True)[:HEAD_LINES])
    LOCK.write_text(f"{head}\n# {TITLE}\n{resolved}", encoding="utf-8")
    print(f"{len(resolved.splitlines())} packages in {LOCK.relative_to(paths.CHECKOUT)}")


if __name__ == "__main__":
    main()
