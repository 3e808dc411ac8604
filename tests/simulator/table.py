# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import itertools
from bisect import bisect_left, insort
from collections.abc import Callable, Iterator
from typing import Any, Generic, Protocol, TypeVar


class Row(Protocol):
    """What a table can hold."""

    id: str
    created_at: float


R = TypeVar("R", bound=Row)
Entry = tuple[float, int, R]
Place = tuple[float, int]


class Table(Generic[R]):
    """Rows by id, kept in order of creation, as a whole and under each value of an indexed field.

    So a page of 100,000 rows costs no scan and no sorting.
    """

    def __init__(self, **indexes: Callable[[R], Any]) -> None:
        self._indexes = indexes
        self._order: list[Entry[R]] = []
        self._count = itertools.count()
        self._entries: dict[str, Entry[R]] = {}
        self._by: dict[str, dict[Any, list[Entry[R]]]] = {name: {} for name in indexes}

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[R]:
        return (entry[2] for entry in self._order)

    def __contains__(self, row_id: str) -> bool:
        return row_id in self._entries

    def get(self, row_id: str) -> R | None:
        """The row, or None."""
        entry = self._entries.get(row_id)
        return None if entry is None else entry[2]

    def place(self, row: R) -> Place:
        """Where the row stands in the order of creation."""
        return self._entries[row.id][:2]

    def nth(self, number: int) -> R:
        """The row at a position in the order of creation, beginning anew after the last."""
        return self._order[number % len(self._order)][2]

    def where(self, index: str, value: Any) -> list[R]:
        """Rows whose indexed field has this value, oldest first."""
        return [entry[2] for entry in self._by[index].get(value, ())]

    def slice_from(self, marker: R | None, *, descending: bool, skip: int = 0) -> Iterator[R]:
        """Rows that come after the marker in the order of creation, without the first few."""
        order = self._order
        if marker is None:
            positions = range(len(order) - 1, -1, -1) if descending else range(len(order))
        else:
            at = bisect_left(order, self._entries[marker.id])
            positions = range(at - 1, -1, -1) if descending else range(at + 1, len(order))
        return (order[position][2] for position in positions[skip:])

    def add(self, row: R) -> R:
        """Put a row in, in place of one with the same id."""
        self.remove(row.id)
        # The count is different each time, so that rows themselves are never compared.
        entry = (row.created_at, next(self._count), row)
        self._entries[row.id] = entry
        _file(self._order, entry)
        for name, key in self._indexes.items():
            _file(self._by[name].setdefault(key(row), []), entry)
        return row

    def remove(self, row_id: str) -> R | None:
        """Take a row out; an unknown one is no error."""
        entry = self._entries.pop(row_id, None)
        if entry is None:
            return None
        row = entry[2]
        del self._order[bisect_left(self._order, entry)]
        for name, key in self._indexes.items():
            rows = self._by[name][key(row)]
            del rows[bisect_left(rows, entry)]
            if not rows:
                del self._by[name][key(row)]
        return row

    def change(self, row: R, changes: dict[str, Any]) -> R:
        """Set fields of a row and file it anew: the only way to change an indexed field or created_at."""
        self.remove(row.id)
        for name, value in changes.items():
            setattr(row, name, value)
        return self.add(row)


def _file(entries: list[Entry[R]], entry: Entry[R]) -> None:
    """Keep the entries in order; mostly a new one is the newest."""
    if not entries or entry[:2] > entries[-1][:2]:
        entries.append(entry)
    else:
        insort(entries, entry)
