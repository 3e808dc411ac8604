# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads blocks of commands: what is typed, and what is shown as its output."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable
from dataclasses import dataclass, field

PROMPT = "$ "
ELLIPSIS = "..."
SHELL = re.compile(r"[|<>&;`]|\$\(")


@dataclass
class Command:
    """A command as words, and the lines that are shown below it."""

    words: list[str]
    shown: list[str] = field(default_factory=list)


class ConsoleError(ValueError):
    """A block that cannot be read as commands."""


def commands(text: str) -> list[Command]:
    """Return the commands of ``text``, each of which follows a prompt; a backslash continues one on the next line.

    :raises ConsoleError: for what only a shell could run, and for a block without a prompt.
    """
    found: list[Command] = []
    for line in re.sub(r"\\\n\s*(> )?", "", text).splitlines():
        if line.startswith(PROMPT):
            found.append(Command(_words(line[len(PROMPT) :])))
        elif not found:
            raise ConsoleError(f"a line without {PROMPT!r} before the first command: {line}")
        elif line.strip():
            found[-1].shown.append(line.rstrip())
    return found


def _words(line: str) -> list[str]:
    bare = re.sub(r"'[^']*'|\"[^\"]*\"", "", line.split(" #", maxsplit=1)[0])
    if SHELL.search(bare):
        raise ConsoleError(f"only a shell could run this: {line}")
    try:
        return shlex.split(line, comments=True)
    except ValueError as error:
        raise ConsoleError(f"{line}: {error}") from None


def missing_line(shown: Iterable[str], output: str) -> str | None:
    """Return the first line of ``shown`` that is not in ``output`` after those before it; three dots are any text."""
    lines = iter(output.splitlines())
    for wanted in shown:
        pattern = re.compile(".*".join(re.escape(part) for part in wanted.strip().split(ELLIPSIS)))
        if wanted.strip() != ELLIPSIS and not any(pattern.fullmatch(line.strip()) for line in lines):
            return wanted
    return None
