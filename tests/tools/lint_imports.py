# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks that plugins import only what a user has: Ansible, requests, PyYAML and the standard library."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from . import paths

ALLOWED = ("ansible",)
GUARDED = ("requests", "urllib3", "yaml")
"""Libraries that may be missing on a target: imported inside ``try``, so that the module can say which one it lacks."""

OWN = f"ansible_collections.{paths.NAMESPACE}.{paths.NAME}.plugins"


def import_problems(tree: Path) -> list[str]:
    """Return a line for each import in plugins/ that a user's machine might not be able to do."""
    problems = []
    for file in sorted((tree / "plugins").rglob("*.py")):
        for line, module, guarded in imports(file.read_text(encoding="utf-8")):
            reason = objection(module, guarded=guarded)
            if reason:
                problems.append(f"{file.relative_to(tree)}:{line}: {module}: {reason}")
    return problems


def objection(module: str, *, guarded: bool) -> str:
    """Return why a plugin may not import ``module``, or "" when it may."""
    top = module.partition(".")[0]
    if top in sys.stdlib_module_names or top in ALLOWED or module.startswith(OWN):
        return ""
    if top in GUARDED:
        return "" if guarded else "not inside try/except ImportError"
    return "not part of ansible-core, requests, PyYAML or the standard library"


def imports(source: str) -> list[tuple[int, str, bool]]:
    """Return (line, module, guarded) for each absolute import in ``source``.

    Guarded are those in a ``try`` and those that only a type checker reads (``if TYPE_CHECKING``).
    """
    return list(_walk(ast.parse(source), guarded=False))


def _walk(node: ast.AST, *, guarded: bool) -> Iterator[tuple[int, str, bool]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            yield from ((child.lineno, alias.name, guarded) for alias in child.names)
        elif isinstance(child, ast.ImportFrom) and not child.level:
            yield child.lineno, child.module or "", guarded
        else:
            yield from _walk(child, guarded=guarded or _guards(child))


def _guards(node: ast.AST) -> bool:
    if isinstance(node, ast.Try):
        return True
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
