# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Generic
from urllib.parse import quote, urlencode

from . import errors
from .table import R, Table
from .wire import Call, digits

Key = Callable[[R], Any]
CREATED = "created_at"


@dataclass(frozen=True)
class Window(Generic[R]):
    """The part of a list that a request asked for."""

    limit: int
    offset: int
    marker: R | None
    sort_key: str
    descending: bool


@dataclass(frozen=True)
class Page(Generic[R]):
    """One page, and whether more rows remain after it."""

    rows: list[R]
    more: bool


def number(call: Call, name: str, default: int) -> int:
    """A query value that must be a whole number from 0 (F §4.5, §8); raises badRequest."""
    text = call.query(name)
    if text is None or text == "":
        return default
    value = digits(text)
    if value is None:
        raise errors.bad_request(f"{name} must be a whole number, not {text!r}")
    return value


def window(call: Call, table: Table[R], sort_keys: Iterable[str], what: str) -> Window[R]:
    """Read limit, offset, marker, sort_key and sort_dir of an OpenStack-form list (F §3.6, §4.5)."""
    marker_id = call.query("marker")
    marker = table.get(marker_id) if marker_id else None
    if marker_id and marker is None:
        raise errors.not_found(f"{what} {marker_id}")
    sort_key = call.query("sort_key") or CREATED
    direction = call.query("sort_dir") or "desc"
    if sort_key not in sort_keys:
        raise errors.bad_request(f"Invalid sort key {sort_key!r}")
    if direction not in ("asc", "desc"):
        raise errors.bad_request(f"Invalid sort direction {direction!r}")
    most = call.settings.max_page
    limit = min(number(call, "limit", most), most)
    return Window(limit, number(call, "offset", 0), marker, sort_key, direction == "desc")


def _take(rows: Iterable[R], window: Window[R], offset: int) -> Page[R]:
    if window.limit == 0:
        return Page([], more=False)
    taken = list(islice(rows, offset, offset + window.limit + 1))
    return Page(taken[: window.limit], more=len(taken) > window.limit)


def page(
    table: Table[R],
    window: Window[R],
    wanted: Callable[[R], bool] | None,
    keys: Mapping[str, Key[R]],
    candidates: list[R] | None = None,
) -> Page[R]:
    """The rows a window asks for; without a filter, pages deep down cost no more than the first.

    Candidates (from an index) stand for the whole table where given.
    """
    if candidates is None and window.sort_key == CREATED and wanted is None:
        found = table.slice_from(window.marker, descending=window.descending, skip=window.offset)
        return _take(found, window, 0)
    if candidates is None and window.sort_key == CREATED:
        found = table.slice_from(window.marker, descending=window.descending)
        return _take(filter(wanted, found), window, window.offset)

    def order(row: R) -> tuple[Any, ...]:
        value = keys[window.sort_key](row)
        return (value is not None, value if value is not None else 0, table.place(row))

    rows = [row for row in (table if candidates is None else candidates) if wanted is None or wanted(row)]
    rows.sort(key=order, reverse=window.descending)
    if window.marker is not None:
        # The marker need not match the filter: everything beyond its place counts.
        at = order(window.marker)
        rows = [row for row in rows if (order(row) < at if window.descending else order(row) > at)]
    return _take(rows, window, window.offset)


def next_links(call: Call, last_id: str) -> list[dict[str, str]]:
    """A rel `next` link without version segment, as real ones are (F §3.6)."""
    pairs = [(key, value) for key, value in call.request.query if key not in ("marker", "offset")]
    path = call.request.raw_path.split("/", 2)[2]
    query = urlencode([*pairs, ("marker", last_id)], quote_via=quote)
    return [{"href": f"{call.base()}/{path}?{query}", "rel": "next"}]


def listed(call: Call, name: str, page: Page[R], bodies: list[Any]) -> dict[str, Any]:
    """`{name: [...], name_links: [...]}` with the links only while more rows remain."""
    body: dict[str, Any] = {name: bodies}
    if page.more:
        body[f"{name}_links"] = next_links(call, page.rows[-1].id)
    return body
