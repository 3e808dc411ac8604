# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which backups a retention by hand removes, and why each other one stays; pure (contract §4, vbs_backup_prune)."""

from __future__ import annotations

import typing as t
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass

from ansible_collections.huaweicloud.backup.plugins.module_utils import _model
from ansible_collections.huaweicloud.backup.plugins.module_utils._answers import JsonObject

# Why a backup stays. The first that holds is the one that is told.
SHARED = "shared"
STATUS = "status"
UNCLEAR = "unclear"
SERVER_BACKUP = "server_backup"
AUTOMATIC = "automatic"
OTHER_NAME = "other_name"
LAST = "last"
YOUNG = "young"
NEWEST = "newest"
DEPENDENTS = "dependents"
NOT_DELETED = "not_deleted"

AUTOMATIC_PREFIX = "auto"
# The service deletes only these (F §4.4).
_DELETABLE = ("available", "error")
# What ``ST`` in a backup's metadata says of its origin (F §4.5). Where it says nothing, it is a volume's.
_OF_SERVERS = (1, 5)
_OF_VOLUMES = (0, 4)
_SHOWN = ("id", "name", "volume_id", "status", "size", "created_at")


@dataclass(frozen=True)
class Rules:
    """What a task asks for. ``older_than`` is in seconds; None, there and in ``keep_last``, is not asked for."""

    name_prefix: str | None = None
    keep_last: int | None = None
    older_than: int | None = None
    include_automatic: bool = False


@dataclass(frozen=True)
class Candidate:
    """One backup with what decides about it.

    :param born: seconds since 1970; None where it cannot be read.
    :param barred: why it stays whatever the retention says, as far as its own row tells; None if nothing does.
    :param has_dependents: the service says that others are built on it.
    """

    shown: _model.Result
    born: float | None
    order: tuple[float, str, str]
    barred: str | None
    has_dependents: bool

    @property
    def id(self) -> str:
        """The backup's ID."""
        return str(self.shown["id"])

    @property
    def is_good(self) -> bool:
        """Whether it is a restorable backup of a known volume and a known time."""
        return self.shown["status"] == "available" and self.born is not None and self.shown["volume_id"] is not None

    def result(self, reason: str | None = None) -> _model.Result:
        """As documented, with the reason why it stays."""
        row = {key: self.shown[key] for key in _SHOWN}
        return row if reason is None else {**row, "reason": reason}


@dataclass(frozen=True)
class Choice:
    """What goes and what stays.

    :param waves: what goes, in parts: each part only after the one before is gone, because others depend on it.
    :param kept: each other backup with its reason.
    :param leaving: what is being deleted already and would be a matter of this task.
    """

    waves: tuple[tuple[Candidate, ...], ...]
    kept: tuple[tuple[Candidate, str], ...]
    leaving: tuple[Candidate, ...]

    @classmethod
    def of(cls, saved: Mapping[str, t.Any]) -> Choice:
        """What an earlier call of the module chose."""

        def candidate(fields: Mapping[str, t.Any]) -> Candidate:
            return Candidate(**{**fields, "order": tuple(fields["order"])})

        return cls(
            waves=tuple(tuple(candidate(one) for one in wave) for wave in saved["waves"]),
            kept=tuple((candidate(one), reason) for one, reason in saved["kept"]),
            leaving=tuple(candidate(one) for one in saved["leaving"]),
        )

    def saved(self) -> dict[str, t.Any]:
        """What the next call of the module needs."""
        return asdict(self)

    @property
    def going(self) -> list[Candidate]:
        """All that goes, by volume, newest first."""
        return ordered(one for wave in self.waves for one in wave)


def survey(rows: Iterable[JsonObject], rules: Rules, project_id: str) -> list[Candidate]:
    """The backups as far as their own rows tell, by volume, newest first."""
    return ordered(_candidate(row, rules, project_id) for row in rows)


def retain(found: Iterable[Candidate], rules: Rules, now: float) -> dict[str, str | None]:
    """Why each backup stays, by its ID; None where neither the retention nor its own row keeps it.

    :param found: backups as C(survey) gives them.
    :param now: the service's time, for ages.
    """
    reasons: dict[str, str | None] = {}
    for group in _by_volume(found):
        newest = next((one.id for one in group if one.is_good and one.barred != SHARED), None)
        good = 0
        for one in group:
            reason = one.barred or _retention(one, rules, good, now)
            if reason is None and one.id == newest and rules.keep_last != 0:
                reason = NEWEST
            reasons[one.id] = reason
            # A failed backup takes nobody's place, and goes with the good ones of its time.
            good += one.barred is None and one.shown["status"] == "available"
    return reasons


def choose(
    found: list[Candidate], reasons: Mapping[str, str | None], shared: frozenset[str], *, in_waves: bool
) -> Choice:
    """What goes in the end.

    :param shared: the IDs of backups that are shared.
    :param in_waves: whether the task waits, so that what others depend on can go after them.
    """
    final = {key: SHARED if reason is None and key in shared else reason for key, reason in reasons.items()}
    depths: dict[str, int] = {}
    for group in _by_volume(found):
        _free(group, final, depths, in_waves=in_waves)
    going = [one for one in found if not _is_leaving(one) and final[one.id] is None]
    waves = [tuple(one for one in going if depths[one.id] == depth) for depth in sorted(set(depths.values()))]
    return Choice(
        waves=tuple(wave for wave in waves if wave),
        kept=tuple((one, t.cast(str, final[one.id])) for one in found if final[one.id] and not _is_leaving(one)),
        leaving=tuple(one for one in found if _is_leaving(one) and final[one.id] is None),
    )


def _free(group: list[Candidate], final: dict[str, str | None], depths: dict[str, int], *, in_waves: bool) -> None:
    """Keep what others depend on, unless those go too: then find out after how many parts it is free.

    The list does not say who depends on whom. Increments are built on the backup before them, so those of a backup are
    at most the increments that follow it, up to the next full one (openstack.md).
    """
    followers: list[Candidate] = []
    for one in group:
        if final[one.id] is None:
            after = [depths.get(other.id) for other in followers] if one.has_dependents else [-1]
            known = [depth for depth in after if depth is not None]
            if _is_leaving(one) or (known and len(known) == len(after) and (in_waves or not one.has_dependents)):
                depths[one.id] = 0 if _is_leaving(one) else 1 + max(known)
            else:
                final[one.id] = DEPENDENTS
        followers = [*followers, one] if one.shown["incremental"] else []


def _candidate(row: JsonObject, rules: Rules, project_id: str) -> Candidate:
    shown = _model.backup(row)
    born = _model.seconds(row.get("created_at"))
    barred = _barred(row, shown, rules, project_id)
    return Candidate(
        shown=shown,
        born=born,
        # The text has the parts of a second.
        order=(born or 0.0, str(row.get("created_at")), str(row["id"])),
        barred=UNCLEAR if barred is None and (born is None or shown["volume_id"] is None) else barred,
        has_dependents=row.get("has_dependent_backups") not in (None, False),
    )


def _barred(row: JsonObject, shown: _model.Result, rules: Rules, project_id: str) -> str | None:
    if _model.owner(row) not in (None, project_id):
        return SHARED
    if shown["status"] not in (*_DELETABLE, "deleting"):
        return STATUS
    name = row.get("name")
    if not isinstance(name, (str, type(None))):
        return UNCLEAR
    origin = _origin(row, shown)
    if origin is not None:
        return origin
    if not rules.include_automatic and (name or "").startswith(AUTOMATIC_PREFIX):
        return AUTOMATIC
    return None if (name or "").startswith(rules.name_prefix or "") else OTHER_NAME


def _origin(row: JsonObject, shown: _model.Result) -> str | None:
    """Which service made it; what cannot be read is nobody's to delete."""
    told = row.get("service_metadata")
    metadata = shown["metadata"]
    if metadata is None:
        return None if told is None or (isinstance(told, str) and not told.strip()) else UNCLEAR
    if metadata.get("ST") is None:
        return None
    kind = _model.number(metadata["ST"])
    if kind in _OF_SERVERS:
        return SERVER_BACKUP
    return None if kind in _OF_VOLUMES else UNCLEAR


def _retention(one: Candidate, rules: Rules, good: int, now: float) -> str | None:
    """Why the retention keeps it: both rules must let it go."""
    if rules.keep_last is not None and good < rules.keep_last:
        return LAST
    born = now if one.born is None else one.born
    # A time in the future is age 0.
    if rules.older_than is not None and max(now - born, 0.0) <= rules.older_than:
        return YOUNG
    return None


def _is_leaving(one: Candidate) -> bool:
    return bool(one.shown["status"] == "deleting")


def _by_volume(found: Iterable[Candidate]) -> Iterator[list[Candidate]]:
    groups: dict[str | None, list[Candidate]] = {}
    for one in found:
        groups.setdefault(one.shown["volume_id"], []).append(one)
    yield from groups.values()


def ordered(found: Iterable[Candidate]) -> list[Candidate]:
    """By volume, newest first."""
    newest_first = sorted(found, key=lambda one: one.order, reverse=True)
    return sorted(newest_first, key=lambda one: one.shown["volume_id"] or "")
