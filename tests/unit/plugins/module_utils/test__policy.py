# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a policy is to become, what of it changes, and the one request for that (contract §3)."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.huaweicloud.backup.plugins.module_utils import _model, _policy, _policy_model
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import OptionError

NOTHING: dict[str, t.Any] = {
    "state": "present",
    "id": None,
    "name": None,
    "enabled": None,
    "start_times": None,
    "time_zone": None,
    "frequency": None,
    "weekdays": None,
    "retention_count": None,
    "retention_days": None,
    "keep_first_of_month": None,
    "tags": None,
}
NEW = {**NOTHING, "name": "daily", "start_times": ["23:00", "01:00"], "frequency": 1, "retention_count": 7}
WIRE = {
    "backup_policy_id": "p1",
    "backup_policy_name": "daily",
    "scheduled_policy": {
        "start_time": "23:00,21:00",
        "week_frequency": ["SUN", "WED"],
        "rentention_day": 30,
        "remain_first_backup_of_curMonth": "N",
        "status": "ON",
    },
    "time_zone": "UTC+02:00",
    "policy_resource_count": 1,
}
NO_ZONE = {key: value for key, value in WIRE.items() if key != "time_zone"}


class Change(t.NamedTuple):
    """What options make of a policy."""

    names: tuple[str, ...]
    body: dict[str, t.Any]
    wanted: dict[str, t.Any]


def change(wire: dict[str, t.Any] | None = None, **given: t.Any) -> Change:
    """As vbs_policy does it, with the policy above unless another is given."""
    wire = WIRE if wire is None else wire
    options = {**NOTHING, **given}
    zone = _model.text(wire.get("time_zone"))
    current = _policy_model.policy(wire, zone=options["time_zone"])
    wanted = _policy.changed_policy(current, options, zone=zone)
    names = _policy.differences(current, wanted)
    return Change(names, _policy.change_body(wanted, names, options["weekdays"]), wanted)


def refused(**given: t.Any) -> OptionError:
    with pytest.raises(OptionError) as caught:
        _policy.check_policy_options({**NEW, **given})
    return caught.value


@pytest.mark.parametrize(
    ("given", "option"),
    [
        ({"id": "../x"}, "id"),
        ({"name": ""}, "name"),
        ({"name": "a b"}, "name"),
        ({"name": "x" * 65}, "name"),
        ({"start_times": []}, "start_times"),
        ({"start_times": ["1380"]}, "start_times"),
        ({"time_zone": "UTC+05:30"}, "time_zone"),
        ({"frequency": 0}, "frequency"),
        ({"frequency": 31}, "frequency"),
        ({"weekdays": []}, "weekdays"),
        ({"weekdays": ["MON", "MON"]}, "weekdays"),
        ({"retention_count": 1}, "retention_count"),
        ({"retention_count": 100}, "retention_count"),
        ({"retention_days": 1}, "retention_days"),
        ({"retention_days": 100000}, "retention_days"),
        ({"tags": {"a": None}}, "tags"),
        ({"tags": {"k" * 37: "v"}}, "tags"),
    ],
)
def test_bad_options_are_refused_by_name(given: dict[str, t.Any], option: str) -> None:
    assert refused(**given).option == option


def test_no_days_and_double_days_are_told_apart() -> None:
    assert refused(weekdays=[]).message == "weekdays: is empty"
    assert refused(weekdays=["MON", "MON"]).message == "weekdays: has a day more than once"


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"id": "p1", "name": None},
        {"frequency": 30, "retention_count": 99},
        {"retention_count": None, "retention_days": 99999},
        {"frequency": None, "weekdays": ["SUN", "MON"]},
        {"time_zone": "UTC-12:00", "tags": {"a": ""}},
        {"state": "absent", "name": "any name: of another tool"},
    ],
)
def test_options_at_their_limits_are_fine(given: dict[str, t.Any]) -> None:
    _policy.check_policy_options({**NEW, **given})


@pytest.mark.parametrize(
    ("without", "option", "other"),
    [
        ("name", "name", "needs one"),
        ("start_times", "start_times", "'daily'"),
        ("frequency", "frequency", "weekdays"),
        ("retention_count", "retention_count", "retention_days"),
    ],
)
def test_creation_says_what_it_needs(without: str, option: str, other: str) -> None:
    with pytest.raises(OptionError, match=other) as caught:
        _policy.new_policy({**NEW, without: None})
    assert caught.value.option == option


def test_a_new_policy_is_on_keeps_no_first_backup_and_holds_nothing() -> None:
    wanted = _policy.new_policy({**NEW, "time_zone": "UTC+02:00", "tags": {"a": 1}})
    assert wanted == {
        "id": None,
        "name": "daily",
        "enabled": True,
        "start_times": ["01:00", "23:00"],
        "start_times_utc": ["23:00", "21:00"],
        "time_zone": "UTC+02:00",
        "frequency": 1,
        "weekdays": None,
        "retention_count": 7,
        "retention_days": None,
        "keep_first_of_month": False,
        "resource_count": 0,
        "tags": {"a": "1"},
    }


def test_the_body_of_a_creation() -> None:
    options = {**NEW, "time_zone": "UTC+02:00", "tags": {"a": "1"}, "frequency": None, "weekdays": ["SUN", "MON"]}
    assert _policy.create_body(_policy.new_policy(options), options["weekdays"]) == {
        "backup_policy_name": "daily",
        "scheduled_policy": {
            "start_time": "23:00,21:00",
            "week_frequency": ["SUN", "MON"],
            "rentention_num": 7,
            "remain_first_backup_of_curMonth": "N",
            "status": "ON",
        },
        "time_zone": "UTC+02:00",
        "tags": [{"key": "a", "value": "1"}],
    }


def test_a_zone_and_tags_that_were_not_given_are_not_sent() -> None:
    body = _policy.create_body(_policy.new_policy({**NEW, "enabled": False, "keep_first_of_month": True}), None)
    assert body == {
        "backup_policy_name": "daily",
        "scheduled_policy": {
            "start_time": "01:00,23:00",
            "frequency": 1,
            "rentention_num": 7,
            "remain_first_backup_of_curMonth": "Y",
            "status": "OFF",
        },
    }


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"name": "daily", "enabled": True},
        {"start_times": ["23:00", "01:00"]},
        {"start_times": ["01:00", "23:00"], "time_zone": "UTC+02:00"},
        {"weekdays": ["WED", "SUN"]},
        {"weekdays": ["SUN", "WED"], "retention_days": 30, "keep_first_of_month": False},
        {"time_zone": "UTC+02:00"},
    ],
)
def test_what_is_so_already_or_was_not_given_changes_nothing(given: dict[str, t.Any]) -> None:
    made = change(**given)
    assert (made.names, made.body) == ((), {})


def test_the_switch_or_the_name_alone_send_only_that() -> None:
    assert change(enabled=False)[:2] == (("enabled",), {"scheduled_policy": {"status": "OFF"}})
    assert change(name="other")[:2] == (("name",), {"backup_policy_name": "other"})
    both = change(name="other", enabled=False)
    assert both.body == {"backup_policy_name": "other", "scheduled_policy": {"status": "OFF"}}


MERGED = {
    "start_time": "23:00,21:00",
    "week_frequency": ["WED", "SUN"],
    "rentention_day": 30,
    "remain_first_backup_of_curMonth": "N",
    "status": "ON",
}


@pytest.mark.parametrize(
    ("given", "names", "changes", "gone"),
    [
        ({"keep_first_of_month": True}, ("keep_first_of_month",), {"remain_first_backup_of_curMonth": "Y"}, ()),
        ({"frequency": 2}, ("frequency", "weekdays"), {"frequency": 2}, ("week_frequency",)),
        ({"retention_count": 9}, ("retention_count", "retention_days"), {"rentention_num": 9}, ("rentention_day",)),
        ({"retention_days": 31}, ("retention_days",), {"rentention_day": 31}, ()),
        ({"weekdays": ["SUN", "MON"]}, ("weekdays",), {"week_frequency": ["SUN", "MON"]}, ()),
        ({"start_times": ["05:00"]}, ("start_times",), {"start_time": "03:00"}, ()),
        (
            {"enabled": False, "frequency": 2},
            ("enabled", "frequency", "weekdays"),
            {"frequency": 2, "status": "OFF"},
            ("week_frequency",),
        ),
    ],
)
def test_any_other_change_sends_the_merged_schedule_and_of_a_pair_only_the_new_one(
    given: dict[str, t.Any], names: tuple[str, ...], changes: dict[str, t.Any], gone: tuple[str, ...]
) -> None:
    made = change(**given)
    assert made.names == names
    expected = {key: value for key, value in {**MERGED, **changes}.items() if key not in gone}
    assert made.body == {"scheduled_policy": expected, "time_zone": "UTC+02:00"}


def test_a_new_zone_keeps_the_local_times() -> None:
    made = change(time_zone="UTC-05:00")
    assert set(made.names) == {"start_times", "time_zone"}
    assert made.wanted["start_times"] == ["01:00", "23:00"]
    assert made.body == {"scheduled_policy": {**MERGED, "start_time": "06:00,04:00"}, "time_zone": "UTC-05:00"}


def test_another_spelling_of_the_same_zone_is_no_change() -> None:
    wire = {**WIRE, "time_zone": "UTC-00:00"}
    assert change(wire, time_zone="UTC+00:00")[:2] == ((), {})


@pytest.mark.parametrize("zone", [None, "", "Asia/Shanghai", 8])
def test_a_new_zone_without_times_is_refused_where_nobody_knows_the_old_one(zone: t.Any) -> None:
    with pytest.raises(OptionError) as caught:
        change({**WIRE, "time_zone": zone}, time_zone="UTC+08:00")
    assert caught.value.option == "start_times"


def test_where_the_service_keeps_no_zone_the_utc_times_are_compared() -> None:
    assert change(NO_ZONE, start_times=["01:00", "23:00"], time_zone="UTC+02:00")[:2] == ((), {})
    assert change(NO_ZONE, start_times=["21:00", "23:00"])[:2] == ((), {})
    assert change(NO_ZONE, start_times=["23:00", "01:00"]).names == ("start_times",)
    made = change(NO_ZONE, start_times=["02:00"], time_zone="UTC+02:00")
    assert made.body == {"scheduled_policy": {**MERGED, "start_time": "00:00"}, "time_zone": "UTC+02:00"}


def test_a_new_name_must_not_start_with_default_but_an_old_one_may() -> None:
    with pytest.raises(OptionError, match="must not start with 'default'") as caught:
        change(name="default-2")
    assert caught.value.option == "name"
    assert change({**WIRE, "backup_policy_name": "default"}, name="default", enabled=False).names == ("enabled",)


def test_a_diff_has_neither_what_the_service_makes_nor_tags_that_were_not_read() -> None:
    shown = _policy.comparable(_policy_model.policy(WIRE))
    assert not {"id", "resource_count", "tags"} & set(shown)
    assert _policy.comparable(_policy_model.policy(WIRE, tags={}))["tags"] == {}
    assert _policy.comparable(None) == {}
