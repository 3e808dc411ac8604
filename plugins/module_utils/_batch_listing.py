# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The backups of a batch's volumes as the service last showed them, in as few requests as it takes."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Collection, Iterator, Sequence

from ansible_collections.huaweicloud.backup.plugins.module_utils._answers import Answer, JsonObject
from ansible_collections.huaweicloud.backup.plugins.module_utils._api.backups import list_backups
from ansible_collections.huaweicloud.backup.plugins.module_utils._client import Client

# Up to here a listing for each volume is cheaper than one of the whole project.
_FEW = 3
_NEWEST_FIRST = ("created_at", "desc")

Page = tuple[list[JsonObject], Answer]


class Listing:
    """Each look has a number, and each row that of the look that showed it first.

    :param volume_ids: the volumes whose rows matter.
    """

    def __init__(self, client: Client, volume_ids: Sequence[str]) -> None:
        self._client = client
        self._volume_ids = tuple(volume_ids)
        self._rows: dict[str, dict[str, JsonObject]] = {volume_id: {} for volume_id in volume_ids}
        self._first_seen: dict[str, int] = {}
        self._seen_now: set[str] = set()
        # The latest creation of any row, and that of all calls of the module before this one.
        self._newest = ""
        self._known_until = ""
        self.number = 0
        # The service's time at the last look, in seconds since 1970; None where it does not say it.
        self.date: float | None = None

    def saved(self) -> dict[str, t.Any]:
        """What the next call of the module needs; the project's other rows are known by the time of the newest."""
        return {
            "rows": self._rows,
            "first_seen": {key: self._first_seen[key] for rows in self._rows.values() for key in rows},
            "number": self.number,
            "newest": self._newest,
        }

    def restore(self, saved: t.Mapping[str, t.Any]) -> None:
        """Go on from what an earlier call of the module saw."""
        self._rows, self._first_seen = saved["rows"], saved["first_seen"]
        self.number, self._newest = saved["number"], saved["newest"]
        self._known_until = saved["newest"]

    def read(self) -> None:
        """Read all of it."""
        self._look(lambda _new: False, lambda: None)

    def refresh(self, wanted: Collection[str], take_turn: Callable[[], None]) -> None:
        """Read what may be new, and these rows.

        The newest come first, so the first page without a new row ends it as soon as the wanted ones were seen too.

        :param take_turn: called before each request.
        """
        left = set(wanted)
        self._look(lambda new: not new and left <= self._seen_now, take_turn)

    def rows(self, volume_id: str, *, since: int = 0) -> list[JsonObject]:
        """A volume's rows, newest first; only those that were not there yet at the look of this number."""
        found = [row for key, row in self._rows[volume_id].items() if self._first_seen[key] > since]
        return sorted(found, key=lambda row: str(row.get("created_at") or ""), reverse=True)

    def shown(self, volume_id: str, backup_id: str) -> JsonObject | None:
        """The row of this ID if the last look showed it."""
        row = self._rows[volume_id].get(backup_id)
        return row if row is not None and self.is_shown(row) else None

    def is_shown(self, row: JsonObject) -> bool:
        """Whether the last look showed this row."""
        return str(row["id"]) in self._seen_now

    def _look(self, is_enough: Callable[[bool], bool], take_turn: Callable[[], None]) -> None:
        self._seen_now, self.date = set(), None
        number = self.number + 1
        for pages in self._listings():
            for rows, answer in _each(pages, take_turn):
                self.date = answer.date if self.date is None else self.date
                if is_enough(self._add(rows, number)):
                    break
        # A look that failed halfway showed nothing that counts as seen before.
        self.number = number

    def _listings(self) -> list[Iterator[Page]]:
        if len(self._volume_ids) > _FEW:
            return [list_backups(self._client, sort=_NEWEST_FIRST)]
        return [list_backups(self._client, volume_id=volume_id) for volume_id in self._volume_ids]

    def _add(self, rows: Sequence[JsonObject], number: int) -> bool:
        """Keep these rows; whether one of them is new."""
        is_new = False
        for row in rows:
            backup_id = str(row["id"])
            mine = self._rows.get(str(row.get("volume_id")))
            created = str(row.get("created_at") or "")
            was_seen = backup_id in self._first_seen or (mine is None and created <= self._known_until)
            is_new = is_new or not was_seen
            self._newest = max(self._newest, created)
            self._first_seen.setdefault(backup_id, number)
            self._seen_now.add(backup_id)
            if mine is not None:
                mine[backup_id] = row
        return is_new


def _each(pages: Iterator[Page], take_turn: Callable[[], None]) -> Iterator[Page]:
    page: t.Any = True
    while page is not None:
        take_turn()
        page = next(pages, None)
        if page is not None:
            yield page
