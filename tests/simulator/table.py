# Copyright: (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import bisect
import itertools
from collections.abc import Callable, Iterator
from typing import Any, Generic, Protocol, TypeVar


class Row(Protocol):
    """What a table can hold."""

    id: str
    created_at: float


R = TypeVar("R", bound=Row)
Place = tuple[float, int]


class Table(Generic[R]):
    """Rows by id, kept in order of creation and indexed, so that a page of 100,000 rows costs no scan."""

    def __init__(self, **indexes: Callable[[R], Any]) -> None:
        self._indexes = indexes
        self._order: list[tuple[float, int, R]] = []
        self._count = itertools.count()
        self._places: dict[str, Place] = {}
        self._rows: dict[str, R] = {}
        self._by: dict[str, dict[Any, dict[str, R]]] = {name: {} for name in indexes}

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[R]:
        return (entry[2] for entry in self._order)

    def __contains__(self, row_id: str) -> bool:
        return row_id in self._rows

    def get(self, row_id: str) -> R | None:
        """The row, or None."""
        return self._rows.get(row_id)

    def place(self, row: R) -> Place:
        """Where the row stands in the order of creation."""
        return self._places[row.id]

    def nth(self, number: int) -> R:
        """The row at a position in the order of creation, beginning anew after the last."""
        return self._order[number % len(self._order)][2]

    def where(self, index: str, value: Any) -> list[R]:
        """Rows whose indexed field has this value, oldest first."""
        found = list(self._by[index].get(value, {}).values())
        found.sort(key=self.place)
        return found

    def slice_from(self, marker: R | None, *, descending: bool, skip: int = 0) -> Iterator[R]:
        """Rows that come after the marker in the order of creation, without the first few."""
        order = self._order
        if marker is None:
            positions = range(len(order) - 1, -1, -1) if descending else range(len(order))
        else:
            at = bisect.bisect_left(order, self._places[marker.id], key=lambda entry: (entry[0], entry[1]))
            positions = range(at - 1, -1, -1) if descending else range(at + 1, len(order))
        return (order[position][2] for position in positions[skip:])

    def add(self, row: R) -> R:
        """Put a row in, in place of one with the same id."""
        if row.id in self._rows:
            self.remove(row.id)
        place = (row.created_at, next(self._count))
        self._rows[row.id] = row
        self._places[row.id] = place
        order = self._order
        if not order or place > (order[-1][0], order[-1][1]):
            order.append((*place, row))
        else:
            bisect.insort(order, (*place, row), key=lambda entry: (entry[0], entry[1]))
        for name, key in self._indexes.items():
            self._by[name].setdefault(key(row), {})[row.id] = row
        return row

    def remove(self, row_id: str) -> R | None:
        """Take a row out; an unknown one is no error."""
        row = self._rows.pop(row_id, None)
        if row is None:
            return None
        place = self._places.pop(row_id)
        del self._order[bisect.bisect_left(self._order, place, key=lambda entry: (entry[0], entry[1]))]
        for name, key in self._indexes.items():
            self._by[name][key(row)].pop(row_id)
        return row

    def change(self, row: R, changes: dict[str, Any]) -> R:
        """Set fields of a row and file it anew: the only way to change an indexed field or created_at."""
        self.remove(row.id)
        for name, value in changes.items():
            setattr(row, name, value)
        return self.add(row)
