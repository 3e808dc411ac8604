# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Holds what a module sent against the page "Which module uses which operation", by which people give rights."""

from __future__ import annotations

import functools
import re
import typing as t
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.scripted_http import Sent

_PAGE = Path(__file__).resolve().parents[4] / "docs" / "docsite" / "rst" / "guide_operations.rst"
_ROW = re.compile(r"^     - ``(\S+) (\S+)``\n     - (.*)$", re.MULTILINE)
_MODULE = re.compile(r"huaweicloud\.backup\.(\w+)#module")
# The OpenStack form is on either, and the page names one of them.
_NATIVE_V3 = re.compile(r"^/v3/(?=[0-9a-f]{32}/)")


class Operation(t.NamedTuple):
    """A row of the page; it speaks of all modules where ``modules`` is None."""

    method: str
    path: re.Pattern[str]
    parameters: int
    modules: frozenset[str] | None


@functools.cache
def _operations() -> list[Operation]:
    """The page's rows; of two that fit, the one with fewer parameters comes first."""
    rows = [_operation(*found) for found in _ROW.findall(_PAGE.read_text(encoding="utf-8"))]
    return sorted(rows, key=lambda row: row.parameters)


def _operation(method: str, path: str, who: str) -> Operation:
    parts = ["[^/]+" if part.startswith("{") else re.escape(part) for part in path.split("/")]
    modules = None if who.startswith("all,") or "/v3/auth/" in path else frozenset(_MODULE.findall(who))
    return Operation(method, re.compile("/".join(parts)), path.count("{"), modules)


def unnamed(name: str, sent: Iterable[Sent]) -> list[str]:
    """Operations that the module sent and that the page does not name for it; empty where it names all."""
    found = {f"{one.method} {_NATIVE_V3.sub('/v2/', urlsplit(one.url).path)}" for one in sent}
    return sorted(request for request in found if not _is_named(name, *request.split(" ", 1)))


def _is_named(name: str, method: str, path: str) -> bool:
    row = next((row for row in _operations() if row.method == method and row.path.fullmatch(path)), None)
    return row is not None and (row.modules is None or name in row.modules)
