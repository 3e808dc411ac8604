# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import functools
import typing as t

import pytest

from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.module_run import Result
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.scripted_http import Call, vbs
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.wire import POLICY, listed, policy, refusal

Policy = t.Callable[..., Result]

NIGHTLY: dict[str, t.Any] = {"name": "nightly", "start_times": ["22:00"], "frequency": 1, "retention_count": 7}
SHOWN: dict[str, t.Any] = {
    "id": POLICY,
    "name": "nightly",
    "enabled": True,
    "start_times": ["22:00"],
    "start_times_utc": ["22:00"],
    "time_zone": None,
    "frequency": 1,
    "weekdays": None,
    "retention_count": 7,
    "retention_days": None,
    "keep_first_of_month": False,
    "resource_count": 0,
    "tags": None,
}


@pytest.fixture
def vbs_policy(run: Policy) -> Policy:
    return functools.partial(run, "vbs_policy")


def but(**changes: t.Any) -> dict[str, t.Any]:
    """NIGHTLY with other options; None takes one away."""
    return {key: value for key, value in {**NIGHTLY, **changes}.items() if value is not None}


def made(row: dict[str, t.Any], **body: t.Any) -> list[Call]:
    """The requests that make the policy of this row."""
    sent = {"backup_policy_name": row["backup_policy_name"], "scheduled_policy": row["scheduled_policy"], **body}
    create = vbs("POST", "/v2/backuppolicy", body=sent, answer={"backup_policy_id": row["backup_policy_id"]})
    return [listed(), create, listed(row)]


def test_a_policy_is_made_from_the_least_that_is_needed(vbs_policy: Policy) -> None:
    result = vbs_policy(NIGHTLY, made(policy()), diff=True)
    assert result["changed"] is True
    assert result["policy"] == SHOWN
    assert result["diff"]["before"] == {}
    assert result["diff"]["after"] == {
        key: value for key, value in SHOWN.items() if key not in ("id", "resource_count", "tags")
    }


def test_every_option_goes_out_as_the_service_wants_it(vbs_policy: Policy) -> None:
    plan = {
        "start_time": "23:00,21:00",
        "frequency": None,
        "week_frequency": ["SUN", "WED"],
        "rentention_num": None,
        "rentention_day": 30,
        "remain_first_backup_of_curMonth": "Y",
        "status": "OFF",
    }
    row = policy(plan=plan, zone="UTC+02:00")
    pairs = [{"key": "env", "value": "test"}, {"key": "number", "value": "5"}, {"key": "bare", "value": ""}]
    options = {
        "name": "nightly",
        "start_times": ["23:00", "01:00"],
        "time_zone": "UTC+02:00",
        "weekdays": ["SUN", "WED"],
        "retention_days": 30,
        "keep_first_of_month": True,
        "enabled": False,
        "tags": {"env": "test", "number": 5, "bare": ""},
    }
    result = vbs_policy(options, made(row, tags=pairs, time_zone="UTC+02:00"))
    assert result["policy"] == {
        **SHOWN,
        "enabled": False,
        "start_times": ["01:00", "23:00"],
        "start_times_utc": ["23:00", "21:00"],
        "time_zone": "UTC+02:00",
        "frequency": None,
        "weekdays": ["WED", "SUN"],
        "retention_count": None,
        "retention_days": 30,
        "keep_first_of_month": True,
        "tags": {"env": "test", "number": "5", "bare": ""},
    }


@pytest.mark.parametrize(
    ("zone", "times", "utc"),
    [
        ("UTC+02:00", ["23:00", "01:00"], "23:00,21:00"),
        ("UTC+02:00", ["01:00", "23:00"], "23:00,21:00"),
        ("UTC-05:00", ["20:00", "04:00", "12:00"], "09:00,17:00,01:00"),
        ("UTC+08:00", ["06:00", "08:00", "10:00"], "22:00,00:00,02:00"),
        ("UTC+14:00", ["00:00", "13:00", "14:00"], "10:00,23:00,00:00"),
        ("UTC-12:00", ["00:00", "11:00", "12:00"], "12:00,23:00,00:00"),
        ("UTC+00:00", ["02:00", "00:00"], "00:00,02:00"),
        (None, ["02:00", "00:00"], "00:00,02:00"),
    ],
)
def test_times_go_out_in_utc_in_the_order_of_the_local_day_and_read_back_as_given(
    vbs_policy: Policy, zone: str | None, times: list[str], utc: str
) -> None:
    row = policy(plan={"start_time": utc}, zone=zone)
    given = {} if zone is None else {"time_zone": zone}
    result = vbs_policy({**NIGHTLY, **given, "start_times": times}, made(row, **given))
    assert result["policy"]["start_times"] == sorted(times)
    assert result["policy"]["start_times_utc"] == utc.split(",")
    assert not vbs_policy({**NIGHTLY, **given, "start_times": times}, [listed(row)])["changed"]


def test_all_24_hours_may_be_given(vbs_policy: Policy) -> None:
    hours = [f"{hour:02d}:00" for hour in range(24)]
    row = policy(plan={"start_time": ",".join(hours)})
    assert vbs_policy({**NIGHTLY, "start_times": hours[::-1]}, made(row))["policy"]["start_times"] == hours


def test_weekdays_keep_the_order_given_and_are_never_shifted(vbs_policy: Policy) -> None:
    days = ["SAT", "MON", "SUN"]
    row = policy(plan={"frequency": None, "week_frequency": days, "start_time": "22:00"}, zone="UTC+08:00")
    options = but(weekdays=days, time_zone="UTC+08:00", start_times=["06:00"], frequency=None)
    result = vbs_policy(options, made(row, time_zone="UTC+08:00"))
    assert result["policy"]["weekdays"] == ["MON", "SAT", "SUN"]


@pytest.mark.parametrize("zone", [None, "UTC+02:00"])
def test_a_service_that_does_not_return_the_zone_is_shown_in_the_tasks_own(
    vbs_policy: Policy, zone: str | None
) -> None:
    row = policy(plan={"start_time": "23:00,21:00"}, zone=zone)
    options = {**NIGHTLY, "start_times": ["23:00", "01:00"], "time_zone": "UTC+02:00"}
    result = vbs_policy(options, made(row, time_zone="UTC+02:00"))
    assert result["policy"]["start_times"] == ["01:00", "23:00"]
    assert result["policy"]["time_zone"] == "UTC+02:00"


@pytest.mark.parametrize("tags", [{}, {"tags": {"env": "test"}}, {"tags": {}}])
def test_check_mode_predicts_what_the_run_gives(vbs_policy: Policy, tags: dict[str, t.Any]) -> None:
    options = {**NIGHTLY, **tags}
    predicted = vbs_policy(options, [listed()], check_mode=True, diff=True)
    pairs = {"tags": [{"key": "env", "value": "test"}]} if tags.get("tags") else {}
    real = vbs_policy(options, made(policy(), **pairs), diff=True)
    assert predicted["changed"] is real["changed"] is True
    assert {**predicted["policy"], "id": POLICY} == real["policy"]
    assert predicted["policy"]["id"] is None
    assert predicted["diff"] == real["diff"]


@pytest.mark.parametrize(
    ("left_out", "named"),
    [("start_times", ["start_times"]), ("frequency", ["frequency", "weekdays"]), ("retention_count", ["retention_"])],
)
@pytest.mark.parametrize("check_mode", [False, True])
def test_what_creation_needs_is_asked_for_before_any_write(
    vbs_policy: Policy, left_out: str, named: list[str], check_mode: bool
) -> None:
    options = {key: value for key, value in NIGHTLY.items() if key != left_out}
    result = vbs_policy(options, [listed()], check_mode=check_mode)
    assert result.failed
    assert all(part in result["msg"] for part in named)


def test_an_unknown_id_is_not_made(vbs_policy: Policy) -> None:
    result = vbs_policy({**NIGHTLY, "id": POLICY}, [listed(policy("another"))])
    assert result.failed
    assert "id" in result["msg"]
    assert POLICY in result["msg"]


def test_a_name_with_the_longest_allowed_text_and_chinese_is_sent(vbs_policy: Policy) -> None:
    name = "备份-" + "n" * 61
    assert vbs_policy({**NIGHTLY, "name": name}, made(policy(name=name)))["policy"]["name"] == name


@pytest.mark.parametrize(
    ("status", "code", "retryable"),
    [(400, "AutoBackup.0203", False), (400, "AutoBackup.0101", False), (403, "AutoBackup.0213", False)],
)
def test_a_refused_creation_is_sent_once_and_told(vbs_policy: Policy, status: int, code: str, retryable: bool) -> None:
    calls = made(policy())
    result = vbs_policy(NIGHTLY, [calls[0], calls[1].but(status=status, answer=refusal(code))])
    assert result.failed
    assert result["error"]["code"] == code
    assert result["error"]["retryable"] is retryable
    assert result["changed"] is False


TAGS_11 = {f"key{number}": "x" for number in range(11)}


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"name": ""}, "name"),
        ({"name": "n" * 65}, "name"),
        ({"name": "night shift"}, "name"),
        ({"name": "night.shift"}, "name"),
        ({"name": "nightly\n"}, "name"),
        ({"start_times": []}, "start_times"),
        ({"start_times": ["24:00"]}, "start_times"),
        ({"start_times": ["9:00"]}, "start_times"),
        ({"start_times": ["09:30"]}, "start_times"),
        ({"start_times": ["09:00\n"]}, "start_times"),
        ({"start_times": ["09:00", "09:00"]}, "start_times"),
        ({"start_times": [1380]}, "1380"),
        ({"start_times": [1380]}, "23:00"),
        ({"start_times": [1380]}, "quotes"),
        ({"start_times": 1380}, "quotes"),
        ({"start_times": [60]}, "01:00"),
        ({"start_times": [-60]}, "start_times"),
        ({"time_zone": "UTC+05:30"}, "time_zone"),
        ({"time_zone": "UTC+15:00"}, "time_zone"),
        ({"time_zone": "UTC-13:00"}, "time_zone"),
        ({"time_zone": "Europe/Berlin"}, "time_zone"),
        ({"time_zone": "UTC+2"}, "time_zone"),
        ({"time_zone": ""}, "time_zone"),
        ({"frequency": 0}, "frequency"),
        ({"frequency": 31}, "frequency"),
        ({"weekdays": [], "frequency": None}, "weekdays"),
        ({"weekdays": ["MON", "MON"], "frequency": None}, "weekdays"),
        ({"weekdays": ["Monday"], "frequency": None}, "weekdays"),
        ({"weekdays": ["MON"]}, "mutually exclusive"),
        ({"retention_count": 1}, "retention_count"),
        ({"retention_count": 100}, "retention_count"),
        ({"retention_days": 1, "retention_count": None}, "retention_days"),
        ({"retention_days": 100000, "retention_count": None}, "retention_days"),
        ({"retention_days": 30}, "mutually exclusive"),
        ({"tags": {"k" * 37: "v"}}, "tags"),
        ({"tags": {"": "v"}}, "tags"),
        ({"tags": {"k": "v" * 44}}, "tags"),
        ({"tags": {"a=b": "v"}}, "tags"),
        ({"tags": {"k": "a/b"}}, "tags"),
        ({"tags": {"k": True}}, "quotes"),
        ({"tags": {"k": 1.5}}, "quotes"),
        ({"tags": {"k": None}}, "tags"),
        ({"tags": {"k": ["v"]}}, "tags"),
        ({"tags": TAGS_11}, "tags"),
        ({"id": "a/b"}, "id"),
        ({"name": None}, "one of the following is required: id, name"),
    ],
)
def test_bad_input_is_refused_by_the_options_name_before_any_request(
    vbs_policy: Policy, options: dict[str, t.Any], named: str
) -> None:
    result = vbs_policy(but(**options))
    assert result.failed
    assert named in result["msg"]


def test_a_number_that_is_no_hour_is_not_explained_away(vbs_policy: Policy) -> None:
    for number in (5, 1440, 1381):
        result = vbs_policy(but(start_times=[number]))
        assert str(number) in result["msg"]
        assert "unquoted" not in result["msg"]


@pytest.mark.parametrize("state", ["present", "absent"])
def test_a_null_name_is_no_name(vbs_policy: Policy, state: str) -> None:
    result = vbs_policy({**NIGHTLY, "name": None, "state": state})
    assert result.failed
    assert "name" in result["msg"]
