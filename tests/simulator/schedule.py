# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from . import errors
from .settings import Settings
from .wire import whole_number

DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
TIME_ZONE = re.compile(r"UTC([+-])(\d{2}):(\d{2})")
WHOLE_HOUR = re.compile(r"([01]\d|2[0-3]):00")
FIRST = "remain_first_backup_of_curMonth"
# Both members of a pair: the first wins where both are set (F §6.1).
PAIRS = (("frequency", "week_frequency"), ("rentention_num", "rentention_day"))
FIELDS = ("start_time", "frequency", "week_frequency", "rentention_num", "rentention_day", FIRST, "status")


def offset_hours(time_zone: str) -> float | None:
    """The offset of `UTC+08:00` in hours, None where it is malformed or out of range (F §6.1)."""
    match = TIME_ZONE.fullmatch(time_zone)
    if match is None or int(match[3]) > 59:
        return None
    hours = (int(match[2]) + int(match[3]) / 60) * (-1 if match[1] == "-" else 1)
    return hours if -12 <= hours <= 14 else None


def _good_start(value: Any) -> bool:
    """`HH:00` in UTC, several joined by commas without blanks, at most 24 (F §6.1)."""
    if not isinstance(value, str):
        return False
    times = value.split(",")
    return len(times) <= 24 and len(set(times)) == len(times) and all(map(WHOLE_HOUR.fullmatch, times))


def _in_local_order(start_time: str, time_zone: str | None) -> bool:
    offset = (offset_hours(time_zone) or 0.0) if time_zone else 0.0
    local = [(int(one[:2]) + offset) % 24 for one in start_time.split(",")]
    return local == sorted(local)


def _good_week(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(day in DAYS for day in value)


def _good_days(value: Any) -> bool:
    """A number of days; fractions are rounded down (F §6.1)."""
    if isinstance(value, float) and math.isfinite(value):
        value = math.floor(value)
    return whole_number(value, 2, 99999)


CHECKS: Mapping[str, tuple[str, Callable[[Any], bool]]] = {
    "start_time": ("AutoBackup.0103", _good_start),
    "frequency": ("AutoBackup.0106", lambda value: whole_number(value, 1, 30)),
    "week_frequency": ("AutoBackup.0109", _good_week),
    "rentention_num": ("AutoBackup.0107", lambda value: whole_number(value, 2, 99)),
    "rentention_day": ("AutoBackup.0108", _good_days),
    FIRST: ("AutoBackup.0105", lambda value: value in ("Y", "N")),
    "status": ("AutoBackup.0104", lambda value: value in ("ON", "OFF")),
}


def _given(schedule: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that were sent, null counting as not sent."""
    return {field: schedule[field] for field in FIELDS if schedule.get(field) is not None}


def _check_values(given: Mapping[str, Any]) -> None:
    for field, value in given.items():
        code, good = CHECKS[field]
        if not good(value):
            raise errors.vbs(code, field)


def _one_of_each(given: Mapping[str, Any], settings: Settings) -> dict[str, Any]:
    """Resolve pairs of which both were sent, as the settings say (F §6.3, §12)."""
    kept = dict(given)
    for (winner, loser), how in zip(PAIRS, (settings.frequency_both_sent, settings.retention_both_sent)):
        if winner in kept and loser in kept and how == "winner":
            del kept[loser]
    if isinstance(kept.get("rentention_day"), float):
        kept["rentention_day"] = math.floor(kept["rentention_day"])
    return kept


def check_zone(time_zone: Any) -> None:
    """Refuse a malformed time zone; none at all is fine (F §6.1)."""
    if time_zone is not None and (not isinstance(time_zone, str) or offset_hours(time_zone) is None):
        raise errors.vbs("AutoBackup.0226")


def created(schedule: Any, time_zone: str | None, settings: Settings) -> dict[str, Any]:
    """The schedule of a new policy; raises the code of the first bad field (F §6.1)."""
    if not isinstance(schedule, dict) or not schedule:
        raise errors.vbs("AutoBackup.0001", "scheduled_policy")
    given = _given(schedule)
    for field in ("start_time", "status"):
        if field not in given:
            raise errors.vbs(CHECKS[field][0], field)
    for winner, loser in PAIRS:
        if winner not in given and loser not in given:
            raise errors.vbs(CHECKS[winner][0], f"{winner} or {loser}")
    _check_values(given)
    _check_order(given, time_zone, settings)
    return {FIRST: "N", **_one_of_each(given, settings)}


def changed(old: Mapping[str, Any], schedule: Any, time_zone: str | None, settings: Settings) -> dict[str, Any]:
    """The schedule after a partial change: a new member of a pair replaces the old one (F §6.3, §11 no. 7)."""
    if not isinstance(schedule, dict):
        raise errors.vbs("AutoBackup.0008", "scheduled_policy")
    given = _given(schedule)
    _check_values(given)
    merged = dict(old)
    for pair in PAIRS:
        if any(field in given for field in pair):
            for field in pair:
                merged.pop(field, None)
    merged.update(_one_of_each(given, settings))
    _check_order(merged, time_zone, settings)
    return merged


def _check_order(schedule: Mapping[str, Any], time_zone: str | None, settings: Settings) -> None:
    if settings.check_start_time_order and not _in_local_order(schedule["start_time"], time_zone):
        raise errors.vbs("AutoBackup.0103", "not in local order")
