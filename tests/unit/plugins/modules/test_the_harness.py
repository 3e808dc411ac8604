# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The harness itself: what it must not let pass."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.contract import deviations
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.credentials import SECRET_KEY
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.module_run import Result, check_result
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.scripted_http import Call, vbs
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.wire import POLICY, listed, policy

Run = t.Callable[..., Result]

DISABLE = {"name": "nightly", "enabled": False}
PUT = vbs("PUT", f"/v2/backuppolicy/{POLICY}", body={"scheduled_policy": {"status": "OFF"}}, answer={})
GOOD = [listed(policy()), PUT, listed(policy())]


def test_the_right_script_passes(run: Run) -> None:
    result = run("vbs_policy", DISABLE, GOOD)
    assert result.writes == [("PUT", PUT.url)]


WRONG: dict[str, tuple[list[Call], str]] = {
    "a request too many": (GOOD[:2], "unexpected request number 3"),
    "a call too many": ([*GOOD, listed()], "1 calls of the script were not made"),
    "no call at all": ([], "unexpected request number 1"),
    "another method": ([GOOD[0], PUT.but(method="POST"), GOOD[2]], "expected POST"),
    "another query": ([listed().but(url=listed().url + "?limit=1"), *GOOD[1:]], "limit=1"),
    "another order": ([PUT, GOOD[0], GOOD[2]], "expected PUT"),
    "another body": ([GOOD[0], PUT.but(body={"scheduled_policy": {"status": "ON"}}), GOOD[2]], '"ON"'),
    "one field more": ([GOOD[0], PUT.but(body={**PUT.body, "time_zone": "UTC+02:00"}), GOOD[2]], "time_zone"),
    "a body where there is none": ([listed().but(body={}), *GOOD[1:]], "expected the body {}, got (nothing)"),
    "a header that is missing": ([listed().but(sends={"X-Security-Token": "t"}), *GOOD[1:]], "X-Security-Token"),
    "a header that must not be": ([listed().but(sends={"X-Project-Id": None}), *GOOD[1:]], "X-Project-Id"),
}


@pytest.mark.parametrize(("calls", "complaint"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_script_fails(run: Run, calls: list[Call], complaint: str) -> None:
    with pytest.raises(pytest.fail.Exception) as failed:
        run("vbs_policy", DISABLE, calls)
    assert complaint in str(failed.value)


def good() -> dict[str, t.Any]:
    """A documented result."""
    return {"changed": False, "jobs": [], "invocation": {}}


def result_of(data: dict[str, t.Any], sent: t.Any = ()) -> Result:
    return Result(data, (), (), sent, str(data))


def check(data: dict[str, t.Any], status: int = 0, *, diff: bool = False) -> None:
    check_result("vbs_job_info", result_of(data), status, check_mode=False, diff=diff)


def test_a_documented_result_passes() -> None:
    check(good())


@pytest.mark.parametrize(
    "data",
    [
        {**good(), "extra": 1},
        {"changed": False},
        {"jobs": []},
        {**good(), "jobs": {}},
        {**good(), "jobs": ["x"]},
        {**good(), "jobs": [{"id": "j1"}]},
        {**good(), "error": {}},
        {**good(), "diff": {"before": {}, "after": {}}},
        {**good(), "msg": f"the key is {SECRET_KEY}"},
        {**good(), "msg": "Traceback (most recent call last)"},
        {**good(), "failed": True, "msg": "no"},
    ],
)
def test_a_result_that_is_not_as_promised_fails(data: dict[str, t.Any]) -> None:
    with pytest.raises(AssertionError):
        check(data, 1 if data.get("failed") else 0)


def test_an_exit_status_that_does_not_fit_fails() -> None:
    with pytest.raises(AssertionError):
        check(good(), 1)


def test_a_write_in_check_mode_fails(run: Run) -> None:
    sent = run("vbs_policy", DISABLE, GOOD).sent
    with pytest.raises(AssertionError, match="check mode sent"):
        check_result("vbs_job_info", result_of(good(), sent), 0, check_mode=True, diff=False)


POLICIES = {"changed": False, "count": 1}


def shown(**more: t.Any) -> dict[str, t.Any]:
    """A policy as documented."""
    row = dict.fromkeys(
        ("id", "name", "enabled", "time_zone", "frequency", "weekdays", "retention_count", "retention_days")
    )
    row.update(dict.fromkeys(("keep_first_of_month", "resource_count", "tags")))
    return {**row, "id": "p", "start_times": [], "start_times_utc": [], **more}


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (shown(), None),
        (shown(frequency="1"), "no int"),
        (shown(frequency=True), "no int"),
        (shown(enabled="yes"), "no bool"),
        (shown(start_times=None), "is null"),
        (shown(start_times=[1]), "no str"),
        (shown(colour="red"), "not documented"),
        (shown(items=[]), "a name that Ansible keeps"),
        ({key: value for key, value in shown().items() if key != "tags"}, "but missing"),
    ],
)
def test_types_keys_and_nulls_are_compared(row: dict[str, t.Any], words: str | None) -> None:
    found = deviations("vbs_policy_info", {**POLICIES, "policies": [row]})
    assert bool(found) is (words is not None)
    assert any((words or "") in line for line in found) or words is None
