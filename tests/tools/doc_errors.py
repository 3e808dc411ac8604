# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The tables of the guide to errors, made from the table with which modules explain them.

``python -m tools.doc_errors`` writes them into the guide; ``make docs`` compares.
"""

from __future__ import annotations

import importlib
import sys
import typing as t
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType

from . import paths
from .stage_tree import stage

PAGE = "docs/docsite/rst/guide_errors.rst"
BEGIN = ".. What follows is made from plugins/module_utils/_error_table.py by tests/tools/doc_errors.py.\n"
TABLE = "plugins.module_utils._error_table"
CLASSES = {
    "transient": "Faults that pass",
    "conflict": "Something else is going on",
    "quota": "Too much",
    "parameter": "Wrong input",
    "unsupported": "Not possible here",
    "auth": "Signing in and rights",
    "not-found": "Not there",
}
"""The classes of errors in the order of the guide, with its headings."""


class Row(t.Protocol):
    """A row of the table, as its file describes it."""

    family: str
    codes: str
    kind: str
    meaning: str
    advice: str


def page_problems(root: Path) -> list[str]:
    """Return what is wrong with the guide below ``root``: that it does not have the tables of today."""
    text = (root / PAGE).read_text(encoding="utf-8")
    try:
        if with_tables(text) == text:
            return []
    except ValueError as problem:
        return [str(problem)]
    return [
        f"{PAGE} does not have the errors as they are now: run PYTHONPATH=tests .venv/bin/python -m tools.doc_errors"
    ]


def with_tables(text: str) -> str:
    """Return the guide with the tables of today in place of those that it has.

    :raises ValueError: the place is not marked, or a class of errors has no heading.
    """
    written, mark, _old = text.partition(BEGIN)
    if not mark:
        raise ValueError(f"{PAGE} lacks the line {BEGIN.strip()!r}")
    table = _table()
    rows: list[Row] = [*table.ROWS, *table._BY_STATUS.values()]
    unnamed = {row.kind for row in rows} - set(CLASSES)
    if unnamed:
        raise ValueError(f"{PAGE} has no heading for errors of the class {', '.join(sorted(unnamed))}")
    status = {id(row): number for (_code, number), row in table._BY_STATUS.items()}
    return written + mark + "".join(_section(kind, rows, status) for kind in CLASSES)


def _section(kind: str, rows: Iterable[Row], status: dict[int, int]) -> str:
    lines = ["", CLASSES[kind], "^" * len(CLASSES[kind]), ""]
    lines += [".. list-table::", "   :header-rows: 1", "   :widths: 26 40 34", ""]
    lines += ["   * - Code", "     - Meaning", "     - Advice"]
    for row in rows:
        if row.kind == kind:
            codes = ", ".join(_codes(row, status.get(id(row))))
            lines += [f"   * - {codes}", f"     - {row.meaning}", f"     - {row.advice}"]
    return "\n".join(lines) + "\n"


def _codes(row: Row, status: int | None) -> Iterator[str]:
    for digits in row.codes.split():
        yield f"``{row.family}.{digits}``" + (f" with HTTP {status}" if status else "")


def _table() -> ModuleType:
    """Return the table; where the collection is not found by its name already, that of the staged tree."""
    sys.path.append(str(paths.TREE_ROOT))
    try:
        return importlib.import_module(f"ansible_collections.{paths.NAMESPACE}.{paths.NAME}.{TABLE}")
    finally:
        sys.path.pop()


def main() -> int:
    """Write the tables into the checkout's guide."""
    stage()
    guide = paths.CHECKOUT / PAGE
    guide.write_text(with_tables(guide.read_text(encoding="utf-8")), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
