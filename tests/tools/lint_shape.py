# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks that files and functions stay short enough to be read in one go."""

from __future__ import annotations

import ast
from pathlib import Path

FUNCTION_LINES = 40
FILE_LINES = 300
MODULE_LINES = 350
"""A module's documentation lives in its file."""

MODULES = ("plugins", "modules")
OUTPUT = ("tests", "output")


def shape_problems(tree: Path) -> list[str]:
    """Return a line for each Python file or function below ``tree`` that is too long."""
    problems = []
    for directory in ("plugins", "tests"):
        for file in sorted((tree / directory).rglob("*.py")):
            name = file.relative_to(tree)
            if name.parts[:2] != OUTPUT:
                problems += file_problems(file, name)
    return problems


def file_problems(file: Path, name: Path) -> list[str]:
    """Return what is too long in ``file``, called ``name`` in the message."""
    source = file.read_text(encoding="utf-8")
    lines = len(source.splitlines())
    most = MODULE_LINES if name.parent.parts == MODULES else FILE_LINES
    problems = [f"{name}: {lines} lines, {most} at most"] if lines > most else []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > FUNCTION_LINES:
                problems.append(f"{name}:{node.lineno}: {node.name}() has {length} lines, {FUNCTION_LINES} at most")
    return problems
