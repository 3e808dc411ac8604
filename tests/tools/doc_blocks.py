# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Finds the code blocks of the guides, the README and the roles' READMEs."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

GUIDES = "docs/docsite/rst/*.rst"
READMES = ("README.md", "roles/*/README.md")

DIRECTIVE = re.compile(r"(?P<indent> *)\.\. code-block::(?P<language>.*)")
FENCE = re.compile(r"(?P<indent> *)```(?P<language>.*)")
LITERAL = re.compile(r"(?!\s*\.\. ).*::\s*")
NAMED_FILE = re.compile(r"`{1,2}([\w-]+\.(?:yml|yaml|json|ini|cfg))`{1,2}")


@dataclass(frozen=True)
class Block:
    """A block of code. ``file`` is what the line before it says that it is a file of, as in "In ``plans.yml``:"."""

    page: str
    line: int
    language: str
    text: str
    file: str = ""

    @property
    def place(self) -> str:
        """Return where it stands, as compilers say it."""
        return f"{self.page}:{self.line}"


def pages(root: Path) -> Iterator[tuple[str, list[Block]]]:
    """Return each page below ``root``, by its path, with its blocks."""
    for pattern in (*READMES, GUIDES):
        for path in sorted(root.glob(pattern)):
            name = path.relative_to(root).as_posix()
            lines = path.read_text(encoding="utf-8").splitlines()
            yield name, list(blocks_of_rst(name, lines) if path.suffix == ".rst" else blocks_of_markdown(name, lines))


def blocks_of_markdown(page: str, lines: list[str]) -> Iterator[Block]:
    """Return what is between fences."""
    number = 0
    while number < len(lines):
        match = FENCE.fullmatch(lines[number])
        number += 1
        if match is None:
            continue
        end = next((i for i in range(number, len(lines)) if lines[i].strip() == "```"), len(lines))
        text = textwrap.dedent("\n".join(lines[number:end])) + "\n"
        yield Block(page, number, match["language"].strip(), text, _file_named_before(lines, number - 1))
        number = end + 1


def blocks_of_rst(page: str, lines: list[str]) -> Iterator[Block]:
    """Return the directives ``code-block``, and literal blocks as blocks without a language."""
    number = 0
    while number < len(lines):
        match = DIRECTIVE.fullmatch(lines[number])
        literal = match is None and LITERAL.fullmatch(lines[number])
        number += 1
        if match is None and not literal:
            continue
        indent = len(lines[number - 1]) - len(lines[number - 1].lstrip())
        end = next((i for i in range(number, len(lines)) if _ends(lines[i], indent)), len(lines))
        body = [line for line in lines[number:end] if not re.match(r" +:[a-z-]+:", line)]
        text = textwrap.dedent("\n".join(body)).strip("\n") + "\n"
        yield Block(
            page, number, match["language"].strip() if match else "", text, _file_named_before(lines, number - 1)
        )
        number = end


def _ends(line: str, indent: int) -> bool:
    return bool(line.strip()) and len(line) - len(line.lstrip()) <= indent


def _file_named_before(lines: list[str], number: int) -> str:
    before = next((line for line in reversed(lines[:number]) if line.strip()), "")
    found = NAMED_FILE.findall(before)
    return str(found[-1]) if found and before.rstrip().endswith(":") else ""
