# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import functools
import typing as t

import pytest

from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.module_run import Result
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.scripted_http import Call, vbs
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.wire import (
    OTHER_POLICY,
    POLICY,
    gateway,
    listed,
    policy,
    refusal,
    schedule,
)

Policy = t.Callable[..., Result]
Json = dict[str, t.Any]

WEEKLY = {"frequency": None, "week_frequency": ["MON", "THU"]}
DAYS = {"rentention_num": None, "rentention_day": 30}


@pytest.fixture
def vbs_policy(run: Policy) -> Policy:
    return functools.partial(run, "vbs_policy")


def put(**body: t.Any) -> Call:
    return vbs("PUT", f"/v2/backuppolicy/{POLICY}", body=body, answer={"backup_policy_id": POLICY})


class Change(t.NamedTuple):
    """A policy, options, the one body that must go out, and what the policy then is on the wire."""

    before: Json
    options: Json
    body: Json
    after: Json
    names: tuple[str, ...]


CHANGES = {
    "the switch alone": Change(
        policy(zone="UTC+02:00"),
        {"enabled": False},
        {"scheduled_policy": {"status": "OFF"}},
        policy(plan={"status": "OFF"}, zone="UTC+02:00"),
        ("enabled",),
    ),
    "the switch back": Change(
        policy(plan={"status": "OFF"}),
        {"enabled": True},
        {"scheduled_policy": {"status": "ON"}},
        policy(),
        ("enabled",),
    ),
    "the name alone": Change(
        policy(),
        {"id": POLICY, "name": "weekly"},
        {"backup_policy_name": "weekly"},
        policy(name="weekly"),
        ("name",),
    ),
    "name and switch": Change(
        policy(),
        {"id": POLICY, "name": "weekly", "enabled": False},
        {"backup_policy_name": "weekly", "scheduled_policy": {"status": "OFF"}},
        policy(name="weekly", plan={"status": "OFF"}),
        ("name", "enabled"),
    ),
    "name and schedule": Change(
        policy(),
        {"id": POLICY, "name": "weekly", "retention_count": 9},
        {"backup_policy_name": "weekly", "scheduled_policy": schedule(rentention_num=9)},
        policy(name="weekly", plan={"rentention_num": 9}),
        ("name", "retention_count"),
    ),
    "one field of the schedule, with the zone": Change(
        policy(zone="UTC+02:00"),
        {"retention_count": 9},
        {"scheduled_policy": schedule(rentention_num=9), "time_zone": "UTC+02:00"},
        policy(plan={"rentention_num": 9}, zone="UTC+02:00"),
        ("retention_count",),
    ),
    "a switched-off policy stays so": Change(
        policy(plan={"status": "OFF"}),
        {"frequency": 2},
        {"scheduled_policy": schedule(frequency=2, status="OFF")},
        policy(plan={"frequency": 2, "status": "OFF"}),
        ("frequency",),
    ),
    "from days to week days": Change(
        policy(),
        {"weekdays": ["THU", "MON"]},
        {"scheduled_policy": schedule(frequency=None, week_frequency=["THU", "MON"])},
        policy(plan=WEEKLY),
        ("frequency", "weekdays"),
    ),
    "from week days to days": Change(
        policy(plan=WEEKLY),
        {"frequency": 1},
        {"scheduled_policy": schedule()},
        policy(),
        ("frequency", "weekdays"),
    ),
    "another field leaves the week days": Change(
        policy(plan=WEEKLY),
        {"keep_first_of_month": True},
        {"scheduled_policy": schedule(**WEEKLY, remain_first_backup_of_curMonth="Y")},
        policy(plan={**WEEKLY, "remain_first_backup_of_curMonth": "Y"}),
        ("keep_first_of_month",),
    ),
    "from a number to days of retention": Change(
        policy(),
        {"retention_days": 30},
        {"scheduled_policy": schedule(**DAYS)},
        policy(plan=DAYS),
        ("retention_count", "retention_days"),
    ),
    "from days to a number of retention": Change(
        policy(plan=DAYS),
        {"retention_count": 7},
        {"scheduled_policy": schedule()},
        policy(),
        ("retention_count", "retention_days"),
    ),
    "times in the policy's own zone": Change(
        policy(plan={"start_time": "20:00"}, zone="UTC+02:00"),
        {"start_times": ["23:00", "01:00"]},
        {"scheduled_policy": schedule(start_time="23:00,21:00"), "time_zone": "UTC+02:00"},
        policy(plan={"start_time": "23:00,21:00"}, zone="UTC+02:00"),
        ("start_times", "start_times_utc"),
    ),
    "times in UTC where the zone is not returned": Change(
        policy(),
        {"start_times": ["01:00"]},
        {"scheduled_policy": schedule(start_time="01:00")},
        policy(plan={"start_time": "01:00"}),
        ("start_times", "start_times_utc"),
    ),
    "a new zone keeps the local times": Change(
        policy(plan={"start_time": "20:00"}, zone="UTC+02:00"),
        {"time_zone": "UTC-05:00"},
        {"scheduled_policy": schedule(start_time="03:00"), "time_zone": "UTC-05:00"},
        policy(plan={"start_time": "03:00"}, zone="UTC-05:00"),
        ("time_zone", "start_times_utc"),
    ),
    "a new zone with the same moments": Change(
        policy(plan={"start_time": "20:00"}, zone="UTC+02:00"),
        {"time_zone": "UTC-05:00", "start_times": ["15:00"]},
        {"scheduled_policy": schedule(start_time="20:00"), "time_zone": "UTC-05:00"},
        policy(plan={"start_time": "20:00"}, zone="UTC-05:00"),
        ("time_zone", "start_times"),
    ),
    "a policy of only this cloud's older spelling": Change(
        policy(plan={"rentention_num": None, "retention_num": 7}),
        {"frequency": 2},
        {"scheduled_policy": schedule(frequency=2)},
        policy(plan={"frequency": 2}),
        ("frequency",),
    ),
}
each_change = pytest.mark.parametrize("case", CHANGES.values(), ids=CHANGES.keys())


@each_change
def test_a_change_is_one_request_with_just_what_is_needed(vbs_policy: Policy, case: Change) -> None:
    options = {"name": "nightly", **case.options}
    result = vbs_policy(options, [listed(case.before), put(**case.body), listed(case.after)], diff=True)
    assert result["changed"] is True
    before, after = result["diff"]["before"], result["diff"]["after"]
    assert {key for key in before if before[key] != after[key]} == set(case.names)
    assert {key: result["policy"][key] for key in after} == after
    assert not vbs_policy(options, [listed(case.after)])["changed"]


@each_change
def test_check_mode_predicts_the_change(vbs_policy: Policy, case: Change) -> None:
    options = {"name": "nightly", **case.options}
    predicted = vbs_policy(options, [listed(case.before)], check_mode=True, diff=True)
    real = vbs_policy(options, [listed(case.before), put(**case.body), listed(case.after)], diff=True)
    assert predicted["changed"] is True
    assert predicted["policy"] == real["policy"]
    assert predicted["diff"] == real["diff"]


UNCHANGED: dict[str, tuple[Json, Json]] = {
    "nothing but the name": (policy(), {}),
    "the same values": (
        policy(),
        {"enabled": True, "frequency": 1, "retention_count": 7, "keep_first_of_month": False},
    ),
    "the times in another order": (
        policy(plan={"start_time": "23:00,21:00"}, zone="UTC+02:00"),
        {"start_times": ["23:00", "01:00"], "time_zone": "UTC+02:00"},
    ),
    "the wire's times in another order": (
        policy(plan={"start_time": "21:00,23:00"}, zone="UTC+02:00"),
        {"start_times": ["23:00", "01:00"]},
    ),
    "the same moments where the zone is not returned": (
        policy(plan={"start_time": "23:00,21:00"}),
        {"start_times": ["23:00", "01:00"], "time_zone": "UTC+02:00"},
    ),
    "the same moments in another zone where none is returned": (
        policy(plan={"start_time": "23:00,21:00"}),
        {"start_times": ["00:00", "22:00"], "time_zone": "UTC+01:00"},
    ),
    "the same zone alone": (policy(zone="UTC+02:00"), {"time_zone": "UTC+02:00"}),
    "UTC in two spellings": (policy(zone="UTC-00:00"), {"time_zone": "UTC+00:00"}),
    "week days in another order": (policy(plan=WEEKLY), {"weekdays": ["THU", "MON"]}),
    "week days as one text": (policy(plan={**WEEKLY, "week_frequency": "MON,THU"}), {"weekdays": ["MON", "THU"]}),
    "the wire's older spelling": (
        policy(plan={"rentention_num": None, "retention_day": 30}),
        {"retention_days": 30},
    ),
    "numbers as texts": (
        policy(plan={"frequency": "1", "rentention_num": "7"}),
        {"frequency": 1, "retention_count": 7},
    ),
    "both of a pair, where the first wins": (
        policy(plan={"week_frequency": ["SUN"], "rentention_day": 30}),
        {"frequency": 1, "retention_count": 7},
    ),
    "found by ID": (policy(), {"id": POLICY}),
    "a key with a trailing blank": (
        {"backup_policy_name ": "nightly", **{k: v for k, v in policy().items() if k != "backup_policy_name"}},
        {"frequency": 1},
    ),
}


@pytest.mark.parametrize(("row", "options"), UNCHANGED.values(), ids=UNCHANGED.keys())
def test_what_is_already_so_is_one_request_and_no_change(vbs_policy: Policy, row: Json, options: Json) -> None:
    result = vbs_policy({"name": "nightly", **options}, [listed(policy(OTHER_POLICY, "other"), row)], diff=True)
    assert result["changed"] is False
    assert result["diff"]["before"] == result["diff"]["after"]
    assert result["policy"]["id"] == POLICY


def test_a_new_zone_alone_needs_times_where_the_old_zone_is_unknown(vbs_policy: Policy) -> None:
    result = vbs_policy({"name": "nightly", "time_zone": "UTC+02:00"}, [listed(policy())])
    assert result.failed
    assert "start_times" in result["msg"]
    assert "time_zone" in result["msg"]


@pytest.mark.parametrize("state", ["present", "absent"])
def test_a_name_of_several_policies_fails_and_lists_their_ids(vbs_policy: Policy, state: str) -> None:
    rows = [policy(), policy(OTHER_POLICY)]
    result = vbs_policy({"name": "nightly", "state": state}, [listed(*rows)])
    assert result.failed
    assert "name" in result["msg"]
    assert POLICY in result["msg"]
    assert OTHER_POLICY in result["msg"]


def test_an_id_tells_equal_names_apart(vbs_policy: Policy) -> None:
    rows = [policy(OTHER_POLICY), policy()]
    assert vbs_policy({"name": "nightly", "id": POLICY}, [listed(*rows)])["policy"]["id"] == POLICY


@pytest.mark.parametrize("check_mode", [False, True])
def test_a_policy_is_not_renamed_to_what_the_service_keeps(vbs_policy: Policy, check_mode: bool) -> None:
    result = vbs_policy({"id": POLICY, "name": "default-1"}, [listed(policy())], check_mode=check_mode)
    assert result.failed
    assert "default" in result["msg"]


def test_the_built_in_policy_is_refused_by_the_service_with_advice(vbs_policy: Policy) -> None:
    row = policy(name="defaultPolicy")
    call = put(scheduled_policy={"status": "OFF"}).but(status=400, answer=refusal("AutoBackup.0100"))
    result = vbs_policy({"name": "defaultPolicy", "enabled": False}, [listed(row), call])
    assert result["error"]["code"] == "AutoBackup.0100"
    assert result["error"]["retryable"] is False


def test_a_change_may_be_repeated_after_any_passing_fault(vbs_policy: Policy) -> None:
    change = put(scheduled_policy={"status": "OFF"})
    down = change.but(status=500, answer={})
    calls = [listed(policy()), down, change.but(status=503, answer=gateway("APIGW.0613")), change, listed(policy())]
    assert not vbs_policy({"name": "nightly", "enabled": False}, calls).failed


def test_a_policy_deleted_meanwhile_is_a_failure(vbs_policy: Policy) -> None:
    gone = put(scheduled_policy={"status": "OFF"}).but(status=404, answer=refusal("AutoBackup.0205"))
    result = vbs_policy({"name": "nightly", "enabled": False}, [listed(policy()), gone])
    assert result["error"]["code"] == "AutoBackup.0205"
