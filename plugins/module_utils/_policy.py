# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a policy is to become, as a value (contract §3, F §6.1, §6.3)."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping

from ansible_collections.huaweicloud.backup.plugins.module_utils import _model, _policy_model, _schedule
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import OptionError
from ansible_collections.huaweicloud.backup.plugins.module_utils._validate import (
    check_id,
    check_name,
    check_range,
    check_reference,
    check_tags,
)

Policy = dict[str, t.Any]
Options = Mapping[str, t.Any]

_SCHEDULE = (
    "start_times_utc",
    "time_zone",
    "frequency",
    "weekdays",
    "retention_count",
    "retention_days",
    "keep_first_of_month",
)
# Only the service decides these, so they are no part of a diff.
_SERVER_MADE = ("id", "resource_count")


def check_policy_options(options: Options) -> None:
    """Refuse what the service would refuse (F §6.1), by the option's name."""
    if options["id"] is not None:
        check_id("id", options["id"])
    if options["name"] is not None:
        (check_name if options["state"] == "present" else check_reference)("name", options["name"])
    _schedule.check_times("start_times", options["start_times"])
    _schedule.check_zone("time_zone", options["time_zone"])
    check_range("frequency", options["frequency"], 1, 30)
    check_range("retention_count", options["retention_count"], 2, 99)
    check_range("retention_days", options["retention_days"], 2, 99999)
    days = options["weekdays"]
    if days is not None and (not days or len(set(days)) < len(days)):
        raise OptionError("weekdays", "is empty" if not days else "has a day more than once")
    if options["tags"] is not None:
        check_tags("tags", options["tags"])


def new_policy(options: Options) -> Policy:
    """The policy that the options describe, with what is needed to create it.

    :raises OptionError: an option that creation needs is missing.
    """
    if options["name"] is None:
        raise OptionError("name", "is missing; a new policy needs one")
    if options["start_times"] is None:
        raise OptionError("start_times", f"is missing; the policy {options['name']!r} does not exist yet and needs it")
    for one, other in (("frequency", "weekdays"), ("retention_count", "retention_days")):
        if options[one] is None and options[other] is None:
            raise OptionError(
                one, f"is missing; the policy {options['name']!r} does not exist yet and needs it or {other}"
            )
    tags = check_tags("tags", options["tags"] or {})
    blank = _policy_model.policy({}, tags=tags, zone=options["time_zone"])
    blank.update(name=options["name"], enabled=True, keep_first_of_month=False, resource_count=0)
    return changed_policy(blank, options, zone=options["time_zone"])


def changed_policy(current: Policy, options: Options, *, zone: str | None) -> Policy:
    """The policy with the options that were given laid over it; what was left out stays as it is.

    :param zone: the zone that the service itself returned for it, or the new one's.
    :raises OptionError: a new time zone for times whose old zone nobody knows.
    """
    wanted = dict(current)
    for name in ("name", "enabled", "keep_first_of_month"):
        if options[name] is not None:
            wanted[name] = options[name]
    for pair in (("frequency", "weekdays"), ("retention_count", "retention_days")):
        for given, other in (pair, pair[::-1]):
            if options[given] is not None:
                wanted[given], wanted[other] = options[given], None
    if wanted["weekdays"] is not None:
        wanted["weekdays"] = [day for day in _schedule.WEEKDAYS if day in wanted["weekdays"]]
    _set_times(wanted, options, zone)
    return wanted


def _set_times(wanted: Policy, options: Options, zone: str | None) -> None:
    new_zone, times = options["time_zone"], options["start_times"]
    if times is None and new_zone is not None and _schedule.offset(zone) is None:
        raise OptionError(
            "start_times", "is needed beside time_zone, because the service does not say in which zone the policy is"
        )
    if times is None:
        times = _schedule.to_local(wanted["start_times_utc"], zone)
    # Another spelling of the same zone is no change.
    same = _schedule.offset(new_zone) == _schedule.offset(zone)
    shown = zone if zone is not None and (new_zone is None or same) else new_zone
    wanted["time_zone"] = shown
    wanted["start_times_utc"] = _schedule.to_utc(times, shown)
    wanted["start_times"] = _schedule.to_local(wanted["start_times_utc"], shown)


def differences(current: Policy, wanted: Policy) -> tuple[str, ...]:
    """The names of what changes, tags left out; the order of lists is no change."""
    names = []
    for name in ("name", "enabled", *_SCHEDULE):
        old, new = current[name], wanted[name]
        same = sorted(old) == sorted(new) if isinstance(old, list) and isinstance(new, list) else old == new
        if name == "time_zone":
            same = old == new or (_schedule.offset(old) is not None and _schedule.offset(old) == _schedule.offset(new))
        if not same:
            names.append(name.replace("start_times_utc", "start_times"))
    return tuple(names)


def create_body(wanted: Policy, weekdays: list[str] | None) -> dict[str, t.Any]:
    """The body that creates it (F §6.1); a zone that was not given is not sent."""
    body: dict[str, t.Any] = {
        "backup_policy_name": wanted["name"],
        "scheduled_policy": _policy_model.policy_schedule(wanted, weekdays),
    }
    if wanted["time_zone"] is not None:
        body["time_zone"] = wanted["time_zone"]
    if wanted["tags"]:
        body["tags"] = _model.tag_pairs(wanted["tags"])
    return body


def change_body(wanted: Policy, changes: tuple[str, ...], weekdays: list[str] | None) -> dict[str, t.Any]:
    """The one request for these changes: the name or the switch alone, or the whole merged schedule (F §6.3)."""
    body: dict[str, t.Any] = {}
    if "name" in changes:
        check_name("name", wanted["name"], forbidden_prefix="default")
        body["backup_policy_name"] = wanted["name"]
    if set(changes) - {"name", "enabled"}:
        body["scheduled_policy"] = _policy_model.policy_schedule(wanted, weekdays)
        if wanted["time_zone"] is not None:
            body["time_zone"] = wanted["time_zone"]
    elif "enabled" in changes:
        body["scheduled_policy"] = {"status": "ON" if wanted["enabled"] else "OFF"}
    return body


def comparable(policy: Policy | None) -> Policy:
    """For the diff: the documented shape without what only the service decides."""
    shown = {key: value for key, value in (policy or {}).items() if key not in _SERVER_MADE}
    if shown.get("tags") is None:
        shown.pop("tags", None)
    return shown
