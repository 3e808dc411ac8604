# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How well volumes are protected (contract §5): volumes, backups and tasks joined page by page.

Of each volume only the newest of each kind is kept, never a list of its backups: memory grows with the volumes alone.
Times are compared as texts, which all have the same form, and read once for each volume at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ansible_collections.huaweicloud.backup.plugins.module_utils import _model
from ansible_collections.huaweicloud.backup.plugins.module_utils._answers import Answer, JsonObject
from ansible_collections.huaweicloud.backup.plugins.module_utils._api.backups import list_backups
from ansible_collections.huaweicloud.backup.plugins.module_utils._api.paging import PAGE
from ansible_collections.huaweicloud.backup.plugins.module_utils._api.policies import list_policies, list_tasks
from ansible_collections.huaweicloud.backup.plugins.module_utils._api.volumes import get_volume, list_volumes, the_only
from ansible_collections.huaweicloud.backup.plugins.module_utils._client import Client
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import ApiError, ServiceMissingError
from ansible_collections.huaweicloud.backup.plugins.module_utils._validate import is_uuid

# A backup stays good while something is restored from it. One that is being made, or deleted, or that a restore has
# left in an unclear state, is neither good nor a failed attempt.
_GOOD = ("available", "restoring")
_FAILED = "error"
# The service leaves a volume out (SKIP) without having tried.
_FAILED_TASKS = ("EXECUTE_FAIL", "EXECUTE_TIMEOUT")
# Up to here a request for each volume is cheaper than the first page of everything.
_FEW = 3


@dataclass
class Coverage:
    """What is known of one volume so far; times are documented texts, empty where the service gives none."""

    volume_id: str
    name: str | None
    size: int | None
    good: str | None = None
    backup: JsonObject | None = None
    failed: str | None = None
    task: JsonObject | None = None
    tasked: str = ""
    policy: JsonObject | None = None

    def note_backup(self, row: JsonObject, time: str) -> bool:
        """Take one backup in; whether it is a good one whose age is known."""
        status = row.get("status")
        if status == _FAILED:
            self._note_failure(time)
        if status not in _GOOD:
            return False
        if self.good is None or time > self.good:
            self.good = time
            self.backup = {"id": row["id"], "name": _model.text(row.get("name")), "created_at": time or None}
        return bool(time)

    def note_task(self, row: JsonObject, time: str, policy: JsonObject) -> None:
        """Take one task in."""
        if row.get("status") in _FAILED_TASKS:
            self._note_failure(time)
        if time > self.tasked:
            self.tasked, self.task, self.policy = time, row, policy

    def _note_failure(self, time: str) -> None:
        self.failed = max(self.failed or "", time)

    @property
    def last_attempt_failed(self) -> bool:
        """Whether an attempt failed that began after the newest good backup."""
        return self.failed is not None and (self.good is None or self.failed > self.good)

    def verdict(self, age: int | None, max_age: int) -> str:
        """The first that holds."""
        if self.good is None and self.failed is None:
            return "unprotected"
        if age is not None and age < max_age:
            return "protected"
        return "failing" if self.last_attempt_failed else "stale"

    def shown(self, now: float, max_age: int) -> _model.Result:
        """The row of the result."""
        created = _model.seconds(self.good)
        # A time in the future is age 0.
        age = None if created is None else max(0, int(now - created))
        return {
            "id": self.volume_id,
            "name": self.name,
            "size": self.size,
            "verdict": self.verdict(age, max_age),
            "last_backup": self.backup,
            "age": age,
            "last_attempt_failed": self.last_attempt_failed,
            "last_task": None if self.task is None else _model.task(self.task),
            "policy": self.policy,
        }


Coverages = dict[str, Coverage]


def find_volumes(client: Client, texts: Sequence[str] | None, warn: Callable[[str], None]) -> Coverages:
    """The volumes to look at: those of IDs and names in their order, or all; an ID without a volume is a warning.

    :raises OptionError: a name is unknown or ambiguous.
    """
    if texts is None:
        return _coverages(list_volumes(client))
    texts = list(dict.fromkeys(texts))
    rows: list[JsonObject]
    if len(texts) <= _FEW:
        rows = [row for text in texts for row in _look_up(client, text)]
    else:
        asked = set(texts)
        rows = [row for row in list_volumes(client) if row["id"] in asked or _model.text(row.get("name")) in asked]
    by_id = {row["id"]: row for row in rows}
    found, gone = [], []
    for text in texts:
        named = [row for row in by_id.values() if row.get("name") == text]
        if text in by_id:
            found.append(by_id[text])
        elif is_uuid(text) and not named:
            gone.append(text)
        else:
            found.append(the_only("volumes", text, named))
    if gone:
        warn(f"volumes: there are no volumes of these IDs in this project, so they are left out: {', '.join(gone)}")
    return _coverages(found)


def _look_up(client: Client, text: str) -> list[JsonObject]:
    volume = get_volume(client, text) if is_uuid(text) else None
    return list(list_volumes(client, name=text)) if volume is None else [volume]


def _coverages(rows: Iterator[JsonObject] | list[JsonObject]) -> Coverages:
    return {
        row["id"]: Coverage(row["id"], _model.text(row.get("name")), _model.number(row.get("size"))) for row in rows
    }


def read_backups(client: Client, found: Coverages) -> float | None:
    """Take the backups in, newest first, until nothing older matters: the service's time, or None.

    Once there are fewer volumes without a good backup than pages were read, these are asked for one by one: so there
    are never more than about twice as many requests as needed, however many backups there are.
    """
    reader = _Reader(found)
    if len(found) > _FEW:
        for number, (rows, answer) in enumerate(list_backups(client, kept=False), 1):
            reader.take(rows, answer)
            if reader.ordered and len(reader.open) <= number and (not reader.open or _goes_on(rows, answer)):
                break
        else:
            return reader.date
    for volume_id in [volume_id for volume_id in found if volume_id in reader.open]:
        reader.begin()
        for rows, answer in list_backups(client, volume_id=volume_id, kept=False):
            reader.take(rows, answer)
            if reader.ordered and volume_id not in reader.open:
                break
    return reader.date


def _goes_on(rows: list[JsonObject], answer: Answer) -> bool:
    return len(rows) >= PAGE or bool((answer.body or {}).get("backups_links"))


class _Reader:
    """Takes pages of backups in, and knows which volumes have no good backup yet.

    ``ordered`` is whether the pages since ``begin`` really came newest first; else only the end of the list is the end.
    """

    def __init__(self, found: Coverages) -> None:
        self._found = found
        self.open = set(found)
        self.date: float | None = None
        self.begin()

    def begin(self) -> None:
        """A new listing begins."""
        self.ordered = True
        self._last: str | None = None

    def take(self, rows: list[JsonObject], answer: Answer) -> None:
        """Take one page in."""
        self.date = answer.date if self.date is None else self.date
        times = [_model.moment(row.get("created_at")) or "" for row in rows]
        following = times if self._last is None else [self._last, *times]
        self.ordered = self.ordered and following == sorted(following, reverse=True)
        self._last = times[-1] if times else self._last
        for time, row in zip(times, rows):
            coverage = self._found.get(_model.text(row.get("volume_id")) or "")
            if coverage is not None and coverage.note_backup(row, time):
                self.open.discard(coverage.volume_id)


def read_tasks(client: Client, found: Coverages, since: float, warn: Callable[[str], None]) -> None:
    """Take each policy's tasks in, newest first, back to this time (seconds since 1970)."""
    try:
        policies = list_policies(client)
    except ServiceMissingError as error:
        # A catalog without VBS, as on plain OpenStack, means that there are no policies; here somebody refused.
        if error.http_status is not None:
            warn(f"backups are judged without the tasks of policies, which cannot be read: {error.message}")
        return
    oldest = _model.stamp(max(since, 0.0))
    for policy in policies:
        shown = {"id": policy["backup_policy_id"], "name": _model.text(policy.get("backup_policy_name"))}
        _take_tasks(_tasks(client, shown["id"]), shown, found, oldest)


def _take_tasks(rows: Iterator[JsonObject], policy: JsonObject, found: Coverages, oldest: str) -> None:
    without = {coverage.volume_id for coverage in found.values() if not coverage.tasked}
    end = oldest if without else max(oldest, _settled(found))
    for row in rows:
        time = _model.moment(row.get("created_at"))
        if time is not None and time < end:
            break
        coverage = found.get(_model.text(row.get("resource_id")) or "")
        if time is None or coverage is None:
            continue
        coverage.note_task(row, time, policy)
        if coverage.volume_id in without:
            without.discard(coverage.volume_id)
            end = oldest if without else max(oldest, _settled(found))


def _settled(found: Coverages) -> str:
    """Older tasks change nothing: of each volume there is a newer one, and an attempt that ended later."""
    return min(min(one.tasked, max(one.good or "", one.failed or "")) for one in found.values())


def _tasks(client: Client, policy_id: str) -> Iterator[JsonObject]:
    try:
        yield from list_tasks(client, policy_id)
    except ApiError as error:
        # Deleted since the policies were listed.
        if not error.missing_object:
            raise
