# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A policy's wire shape and its documented one, shared by the module and its info module (contract §3, F §6.1-6.2)."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping

from ansible_collections.huaweicloud.backup.plugins.module_utils import _schedule
from ansible_collections.huaweicloud.backup.plugins.module_utils._model import Result, Wire, number, text


def policy(wire: Wire, *, tags: Mapping[str, str] | None = None, zone: str | None = None) -> Result:
    """A policy as documented, from F §6.2's object.

    :param tags: None where they were not read.
    :param zone: the zone that the task knows, for services that do not return it.
    """
    plan = wire.get("scheduled_policy")
    plan = plan if isinstance(plan, Mapping) else {}
    shown_zone = text(wire.get("time_zone")) or zone
    utc_times = _schedule.read_times(plan.get("start_time"))
    local_times = _schedule.to_local(utc_times, shown_zone)
    frequency = number(plan.get("frequency"))
    count = number(_either(plan, "rentention_num", "retention_num"))
    return {
        "id": text(wire.get("backup_policy_id")),
        "name": text(wire.get("backup_policy_name")),
        "enabled": _flag(plan.get("status"), "ON", "OFF"),
        "start_times": local_times,
        "start_times_utc": _schedule.to_utc(local_times, shown_zone),
        "time_zone": shown_zone,
        "frequency": frequency,
        # Where both of a pair are set, the first wins (F §6.1).
        "weekdays": None if frequency is not None else _weekdays(plan.get("week_frequency")),
        "retention_count": count,
        "retention_days": None if count is not None else number(_either(plan, "rentention_day", "retention_day")),
        "keep_first_of_month": _flag(plan.get("remain_first_backup_of_curMonth"), "Y", "N"),
        "resource_count": number(wire.get("policy_resource_count")),
        "tags": None if tags is None else dict(tags),
    }


def policy_schedule(shown: Wire, weekdays: list[str] | None = None) -> Result:
    """The wire's C(scheduled_policy) of a documented policy; only what is set, in the service's spelling.

    :param weekdays: the days in the order they were given, which is kept on the wire.
    """
    plan: Result = {"start_time": ",".join(shown["start_times_utc"])}
    if shown["frequency"] is not None:
        plan["frequency"] = shown["frequency"]
    elif shown["weekdays"]:
        plan["week_frequency"] = list(weekdays or shown["weekdays"])
    if shown["retention_count"] is not None:
        plan["rentention_num"] = shown["retention_count"]
    elif shown["retention_days"] is not None:
        plan["rentention_day"] = shown["retention_days"]
    if shown["keep_first_of_month"] is not None:
        plan["remain_first_backup_of_curMonth"] = "Y" if shown["keep_first_of_month"] else "N"
    if shown["enabled"] is not None:
        plan["status"] = "ON" if shown["enabled"] else "OFF"
    return plan


def _flag(value: t.Any, yes: str, no: str) -> bool | None:
    return {yes: True, no: False}.get(value) if isinstance(value, str) else None


def _either(plan: Wire, key: str, other: str) -> t.Any:
    # The service misspells "retention" nearly everywhere, but not in all of its samples (F §11, row 3).
    return plan.get(key) if plan.get(key) is not None else plan.get(other)


def _weekdays(value: t.Any) -> list[str] | None:
    if isinstance(value, str):
        value = value.split(",")
    if not isinstance(value, list):
        return None
    days = {day.strip().upper() for day in value if isinstance(day, str)}
    return [day for day in _schedule.WEEKDAYS if day in days] or None
