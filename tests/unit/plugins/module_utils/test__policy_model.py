# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Wire shapes and documented shapes of policies, in both directions (F §6.1, §6.2, §10)."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.huaweicloud.backup.plugins.module_utils import _policy_model

POLICY = "66666666-2222-3333-4444-555555555555"
# F §14.4
PLAN = {
    "start_time": "22:00,02:00",
    "week_frequency": ["SUN", "WED"],
    "rentention_day": 30,
    "remain_first_backup_of_curMonth": "N",
    "status": "ON",
}
WIRE = {
    "backup_policy_id": POLICY,
    "backup_policy_name": "weekly",
    "scheduled_policy": PLAN,
    "policy_resource_count": 1,
}


def shown(plan: t.Any = None, *, zone: str | None = None, **wire: t.Any) -> dict[str, t.Any]:
    return _policy_model.policy({**WIRE, "scheduled_policy": PLAN if plan is None else plan, **wire}, zone=zone)


def test_a_policy_is_shown_as_documented() -> None:
    assert _policy_model.policy({**WIRE, "time_zone": "UTC+08:00"}, tags={"env": "test"}) == {
        "id": POLICY,
        "name": "weekly",
        "enabled": True,
        "start_times": ["06:00", "10:00"],
        "start_times_utc": ["22:00", "02:00"],
        "time_zone": "UTC+08:00",
        "frequency": None,
        "weekdays": ["WED", "SUN"],
        "retention_count": None,
        "retention_days": 30,
        "keep_first_of_month": False,
        "resource_count": 1,
        "tags": {"env": "test"},
    }


def test_without_a_zone_times_are_utc_and_tags_that_were_not_read_are_null() -> None:
    policy = shown()
    assert (policy["time_zone"], policy["tags"]) == (None, None)
    assert policy["start_times"] == policy["start_times_utc"] == ["02:00", "22:00"]


def test_the_services_own_zone_wins_over_the_tasks() -> None:
    assert shown(zone="UTC+02:00")["time_zone"] == "UTC+02:00"
    assert shown(zone="UTC+02:00", time_zone="UTC-05:00")["time_zone"] == "UTC-05:00"
    assert shown(zone="UTC+02:00", time_zone="")["start_times"] == ["00:00", "04:00"]


@pytest.mark.parametrize(
    ("plan", "expected"),
    [
        ({"frequency": 2}, {"frequency": 2, "weekdays": None}),
        ({"frequency": "2"}, {"frequency": 2}),
        ({"frequency": 2, "week_frequency": ["MON"]}, {"frequency": 2, "weekdays": None}),
        ({"frequency": None, "week_frequency": ["MON"]}, {"frequency": None, "weekdays": ["MON"]}),
        ({"week_frequency": ["SUN", "mon ", "MON"]}, {"weekdays": ["MON", "SUN"]}),
        ({"week_frequency": "SUN,WED"}, {"weekdays": ["WED", "SUN"]}),
        ({"week_frequency": ["XXX", 7]}, {"weekdays": None}),
        ({"week_frequency": []}, {"weekdays": None}),
        ({"week_frequency": {}}, {"weekdays": None}),
        ({"rentention_num": 7}, {"retention_count": 7, "retention_days": None}),
        ({"retention_num": 7}, {"retention_count": 7}),
        ({"retention_day": 30}, {"retention_days": 30}),
        ({"rentention_num": 7, "rentention_day": 30}, {"retention_count": 7, "retention_days": None}),
        ({"rentention_num": None, "retention_num": 7}, {"retention_count": 7}),
        ({"rentention_day": 30.0}, {"retention_days": 30}),
        ({"status": "ON"}, {"enabled": True}),
        ({"status": "OFF"}, {"enabled": False}),
        ({"status": "on"}, {"enabled": None}),
        ({"status": True}, {"enabled": None}),
        ({"remain_first_backup_of_curMonth": "Y"}, {"keep_first_of_month": True}),
        ({"remain_first_backup_of_curMonth": "N"}, {"keep_first_of_month": False}),
        ({"remain_first_backup_of_curMonth": []}, {"keep_first_of_month": None}),
        ({"start_time": None}, {"start_times": [], "start_times_utc": []}),
        ({"start_time": "22:00, 7:00,xx,25:00"}, {"start_times_utc": ["07:00", "22:00"]}),
        ({"start_time": 22}, {"start_times": []}),
        ([], {"enabled": None, "start_times": [], "frequency": None}),
        ("x", {"enabled": None}),
        (7, {"retention_count": None}),
    ],
)
def test_every_form_of_a_schedule_is_read(plan: t.Any, expected: dict[str, t.Any]) -> None:
    policy = shown(plan)
    assert {key: policy[key] for key in expected} == expected


@pytest.mark.parametrize(("count", "expected"), [(0, 0), ("3", 3), (None, None), (True, None), ([], None)])
def test_a_count_is_a_number_or_null(count: t.Any, expected: int | None) -> None:
    assert shown(policy_resource_count=count)["resource_count"] == expected


BLANK = {
    "start_times_utc": ["23:00", "21:00"],
    "frequency": None,
    "weekdays": None,
    "retention_count": None,
    "retention_days": None,
    "keep_first_of_month": None,
    "enabled": None,
}


@pytest.mark.parametrize(
    ("changes", "given", "expected"),
    [
        ({}, None, {}),
        ({"frequency": 1}, None, {"frequency": 1}),
        ({"weekdays": ["MON", "SUN"]}, None, {"week_frequency": ["MON", "SUN"]}),
        ({"weekdays": ["MON", "SUN"]}, ["SUN", "MON"], {"week_frequency": ["SUN", "MON"]}),
        ({"frequency": 1, "weekdays": ["MON"]}, None, {"frequency": 1}),
        ({"retention_count": 7}, None, {"rentention_num": 7}),
        ({"retention_days": 30}, None, {"rentention_day": 30}),
        ({"retention_count": 7, "retention_days": 30}, None, {"rentention_num": 7}),
        ({"keep_first_of_month": True}, None, {"remain_first_backup_of_curMonth": "Y"}),
        ({"keep_first_of_month": False}, None, {"remain_first_backup_of_curMonth": "N"}),
        ({"enabled": True}, None, {"status": "ON"}),
        ({"enabled": False}, None, {"status": "OFF"}),
    ],
)
def test_a_schedule_goes_out_in_the_services_spelling_and_only_with_what_is_set(
    changes: dict[str, t.Any], given: list[str] | None, expected: dict[str, t.Any]
) -> None:
    assert _policy_model.policy_schedule({**BLANK, **changes}, given) == {"start_time": "23:00,21:00", **expected}


def test_what_was_read_goes_out_again_unchanged() -> None:
    for plan in (PLAN, {**PLAN, "status": "OFF"}, {"start_time": "22:00", "frequency": 3, "rentention_num": 9}):
        sent = _policy_model.policy_schedule(shown(plan, time_zone="UTC+08:00"))
        assert {**sent, "week_frequency": set(sent.get("week_frequency", ()))} == {
            **plan,
            "week_frequency": set(t.cast("t.Any", plan.get("week_frequency", ()))),
        }
