# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""vbs_policy_run: started once, and followed by the tasks of this run only (contract §4; F §6.7, §6.8)."""

from __future__ import annotations

import functools
import typing as t

import pytest

from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.credentials import (
    OTHER_TOKEN,
    USER,
    sign_in,
    with_token,
)
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.module_run import Result
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.running import (
    GOOD,
    OPTIONS,
    start,
    task,
    tasks,
)
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.scripted_http import HOSTS, PROJECT, Call
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.wire import (
    OTHER_POLICY,
    OTHER_VOLUME,
    POLICY,
    VOLUME,
    gateway,
    listed,
    policy,
    refusal,
)

Run = t.Callable[..., Result]

POST = ("POST", f"{HOSTS['vbs']}/v2/{PROJECT}/backuppolicy/{POLICY}/action")
OLD = task(1)
both_modes = pytest.mark.parametrize("check_mode", [False, True], ids=["run", "check mode"])


@pytest.fixture
def policy_run(run: Run) -> Run:
    return functools.partial(run, "vbs_policy_run")


def started(count: int = 2, *before: dict[str, t.Any]) -> list[Call]:
    """The policy is found, its tasks are remembered, and it is run."""
    return [listed(policy(count=count)), tasks(*(before or (OLD,))), start()]


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({}, "policy"),
        ({"policy": ""}, "policy: "),
        ({"policy": "a\nb"}, "policy: "),
        ({"policy": "p" * 256}, "policy: "),
        ({**OPTIONS, "wait_timeout": 0}, "wait_timeout: "),
        ({**OPTIONS, "wait_interval": -1}, "wait_interval: "),
    ],
)
def test_bad_input_is_refused_by_the_options_name_without_a_request(
    policy_run: Run, options: dict[str, t.Any], word: str
) -> None:
    result = policy_run(options)
    assert result.failed
    assert word in result["msg"]


@both_modes
def test_an_unknown_policy_is_refused(policy_run: Run, check_mode: bool) -> None:
    result = policy_run(OPTIONS, [listed(policy(name="weekly"))], check_mode=check_mode)
    assert "policy: there is no policy 'nightly'" in result["msg"]


@both_modes
def test_an_ambiguous_policy_is_refused_with_all_ids(policy_run: Run, check_mode: bool) -> None:
    result = policy_run(OPTIONS, [listed(policy(), policy(OTHER_POLICY))], check_mode=check_mode)
    assert f"{POLICY}, {OTHER_POLICY}" in result["msg"]


@pytest.mark.parametrize("count", [None, "many", {}])
def test_a_policy_without_a_count_is_a_clear_failure(policy_run: Run, count: t.Any) -> None:
    result = policy_run(OPTIONS, [listed(policy(policy_resource_count=count))])
    assert "policy_resource_count" in result["msg"]


@both_modes
def test_a_policy_without_volumes_is_not_run(policy_run: Run, check_mode: bool) -> None:
    result = policy_run(OPTIONS, [listed(policy(count=0))], check_mode=check_mode)
    assert result["changed"] is False
    assert result["tasks"] == []
    assert ["protects no volume" in warning and "'nightly'" in warning for warning in result.warnings] == [True]
    assert result.pauses == ()


def test_check_mode_foresees_a_change_with_one_request(policy_run: Run) -> None:
    result = policy_run(OPTIONS, [listed(policy(count=2))], check_mode=True, diff=True)
    assert result["changed"] is True
    assert result["tasks"] == []
    assert result.warnings == []


def test_a_run_ends_when_as_many_tasks_as_volumes_have_ended(policy_run: Run) -> None:
    calls = [
        *(*started(), tasks(OLD), tasks(task(2, "WAITING"), OLD)),
        tasks(task(3, "WAITING", resource_id=OTHER_VOLUME), task(2, "RUNNING"), OLD),
        tasks(task(3, "RUNNING", resource_id=OTHER_VOLUME), task(2), OLD),
        tasks(task(3, resource_id=OTHER_VOLUME, vbs_job_id="j3"), task(2), OLD),
    ]
    result = policy_run({**OPTIONS, "wait_interval": 2}, calls)
    assert result["changed"] is True
    assert result.writes == [POST]
    assert result["tasks"] == [
        {
            "job_id": task(number)["job_id"],
            "status": GOOD,
            "created_at": f"2026-11-21T12:0{number}:00Z",
            "finished_at": f"2026-11-21T12:0{number}:59Z",
            "backup_name": f"autobk_000{number}",
            "volume_id": volume_id,
            "vbs_job_id": job_id,
            "code": None,
            "message": None,
        }
        for number, volume_id, job_id in ((2, VOLUME, None), (3, OTHER_VOLUME, "j3"))
    ]
    assert result.pauses == pytest.approx((2.0, 2.2, 2.42, 2.662, 2.9282))
    assert result.warnings == []


def test_a_run_by_id_of_a_disabled_policy(policy_run: Run) -> None:
    off = listed(policy(OTHER_POLICY, "other", count=9), policy(count=1, plan={"status": "OFF"}))
    result = policy_run({"policy": POLICY}, [off, tasks(), start(), tasks(task(2))])
    assert [row["status"] for row in result["tasks"]] == [GOOD]


def test_older_tasks_never_count_even_if_they_still_run(policy_run: Run) -> None:
    before = (task(5, "RUNNING"), task(4, "WAITING"), task(3, "EXECUTE_FAIL"), task(2))
    after = (task(5), task(4, "EXECUTE_FAIL", code="VolumeBackup.0064"), task(3, "EXECUTE_FAIL"), task(2))
    calls = [*started(2, *before), tasks(*after), tasks(task(6, "RUNNING"), *before), tasks(task(7), task(6), *after)]
    result = policy_run(OPTIONS, calls)
    assert not result.failed
    assert [row["backup_name"] for row in result["tasks"]] == ["autobk_0006", "autobk_0007"]


def test_old_tasks_are_remembered_and_new_ones_read_with_one_request_each(policy_run: Run) -> None:
    history = [task(number) for number in range(60, 0, -1)]
    page = tasks(*history[:20], count=60)
    fresh = tasks(task(62), task(61), *history[:18], count=62)
    assert len(policy_run(OPTIONS, [listed(policy(count=2)), page, start(), page, fresh])["tasks"]) == 2


def test_a_run_of_more_tasks_than_a_page_holds_is_read_to_its_end(policy_run: Run) -> None:
    rows = [task(number) for number in range(45, 0, -1)]
    pages = [
        tasks(*rows[:20], count=45),
        tasks(*rows[20:40], count=45, offset=20),
        tasks(*rows[40:], count=45, offset=40),
    ]
    result = policy_run(OPTIONS, [listed(policy(count=44)), tasks(task(1)), start(), *pages])
    assert [row["backup_name"] for row in result["tasks"]] == [f"autobk_{number:04d}" for number in range(2, 46)]


def test_skipped_tasks_are_reported_and_no_failure(policy_run: Run) -> None:
    result = policy_run(OPTIONS, [*started(), tasks(task(3, "SKIP"), task(2), OLD)])
    assert [row["status"] for row in result["tasks"]] == [GOOD, "SKIP"]
    assert result.warnings == []


def test_fewer_tasks_than_volumes_end_after_a_quiet_minute_with_a_warning(policy_run: Run) -> None:
    calls = [*started(3), tasks(task(2, "RUNNING"), OLD), tasks(task(2), OLD), tasks(task(3, "SKIP"), task(2), OLD)]
    result = policy_run({**OPTIONS, "wait_interval": 20}, [*calls, *[tasks(task(3, "SKIP"), task(2), OLD)] * 3])
    assert not result.failed
    assert len(result["tasks"]) == 2
    assert ["protects 3 volumes, but only 2 tasks came" in warning for warning in result.warnings] == [True]
    # A minute after the newest, and no longer than one more pause.
    assert 60 <= sum(result.pauses[3:]) < 60 + result.pauses[-1]


def test_no_tasks_at_all_end_after_a_quiet_minute_with_a_warning(policy_run: Run) -> None:
    result = policy_run(OPTIONS, [*started(), *[tasks(OLD)] * 21])
    assert result["changed"] is True
    assert result["tasks"] == []
    assert ["only 0 tasks came" in warning for warning in result.warnings] == [True]
    assert sum(result.pauses[:-1]) < 60 <= sum(result.pauses)


def test_a_task_that_runs_for_long_is_no_quiet_minute(policy_run: Run) -> None:
    calls = [*started(), *[tasks(task(2, "RUNNING"), OLD)] * 10, tasks(task(3), task(2), OLD)]
    result = policy_run({**OPTIONS, "wait_interval": 25}, calls)
    assert sum(result.pauses) > 240
    assert len(result["tasks"]) == 2
    assert result.warnings == []


@pytest.mark.parametrize("status", ["EXECUTE_FAIL", "EXECUTE_TIMEOUT"])
def test_a_failed_task_fails_with_volume_and_reason(policy_run: Run, status: str) -> None:
    bad = task(3, status, resource_id=OTHER_VOLUME, code="VolumeBackup.0064", message="backup ended in error")
    result = policy_run(OPTIONS, [*started(), tasks(bad, task(2, "RUNNING"), OLD), tasks(bad, task(2), OLD)])
    assert result.failed
    said = f"1 of 2 tasks failed: volume {OTHER_VOLUME}: {status}, backup ended in error (VolumeBackup.0064). "
    assert result["msg"].startswith(f"run policy 'nightly' ({POLICY}): {said}")
    assert result["msg"].count("VolumeBackup.0064") == 1
    assert VOLUME not in result["msg"]
    assert result["error"]["code"] == "VolumeBackup.0064"
    assert [row["status"] for row in result["tasks"]] == [GOOD, status]
    assert result["changed"] is True


def test_many_failed_tasks_are_not_all_told(policy_run: Run) -> None:
    rows = [
        task(number, "EXECUTE_FAIL", resource_id=f"volume-{number}", message=f"m{number}") for number in range(9, 1, -1)
    ]
    result = policy_run(OPTIONS, [*started(8), tasks(*rows, OLD)])
    assert "8 of 8 tasks failed" in result["msg"]
    assert "volume-5: EXECUTE_FAIL, m5; volume volume-6: EXECUTE_FAIL, m6 and 3 more. " in result["msg"]
    assert "volume-7" not in result["msg"]
    assert len(result["tasks"]) == 8


def test_a_failed_task_without_a_reason_says_so(policy_run: Run) -> None:
    result = policy_run(OPTIONS, [*started(1), tasks(task(2, "EXECUTE_TIMEOUT"), OLD)])
    assert f"volume {VOLUME}: EXECUTE_TIMEOUT, the service gave no reason. " in result["msg"]
    assert result["error"]["code"] is None


def test_without_waiting_the_run_is_pending(policy_run: Run) -> None:
    result = policy_run({**OPTIONS, "wait": False}, started())
    assert result["changed"] is True
    assert result["tasks"] == []
    assert result["pending"] == {"kind": "policy_run", "ids": [POLICY], "started_at": "2026-11-21T12:00:00Z"}


def test_a_time_out_says_how_many_ended_and_that_the_task_would_start_anew(policy_run: Run) -> None:
    calls = [*started(4), *[tasks(task(4, "WAITING"), task(3, "RUNNING"), task(2), OLD)] * 4]
    result = policy_run({**OPTIONS, "wait_timeout": 4}, calls)
    assert result.failed
    said = f"run policy 'nightly' ({POLICY}): 1 of 4 tasks had ended when wait_timeout (4 s) was reached"
    assert result["msg"].startswith(said)
    for word in ("may still be running", "vbs_policy_task_info"):
        assert word in result["msg"]
    assert "start another run" in result["error"]["advice"]
    assert result["error"]["retryable"] is False
    assert [row["status"] for row in result["tasks"]] == [GOOD, "RUNNING", "WAITING"]
    assert result["pending"]["ids"] == [POLICY]
    assert result["changed"] is True


def test_an_outage_that_does_not_end_keeps_the_tasks(policy_run: Run) -> None:
    down = tasks().but(status=503, answer={}, takes=40.0)
    calls = [*started(), tasks(task(2, "RUNNING"), OLD), *[down] * 7]
    result = policy_run({**OPTIONS, "api_retries": 0}, calls)
    assert result["error"]["http_status"] == 503
    assert [row["status"] for row in result["tasks"]] == ["RUNNING"]
    assert result["pending"]["ids"] == [POLICY]
    assert result["changed"] is True


def test_a_dead_token_is_renewed_for_the_run_and_in_the_middle_of_the_wait(policy_run: Run) -> None:
    dead = {"status": 401, "answer": gateway("APIGW.0301")}
    calls = [
        *(sign_in(), with_token(listed(policy(count=1))), with_token(tasks(OLD)), with_token(start(**dead))),
        *(sign_in(OTHER_TOKEN), with_token(start(), OTHER_TOKEN), with_token(tasks().but(**dead), OTHER_TOKEN)),
        *(sign_in(), with_token(tasks(task(2), OLD))),
    ]
    assert len(policy_run(OPTIONS, calls, auth=USER)["tasks"]) == 1


@pytest.mark.parametrize(("status", "shown"), [("PAUSED", "'PAUSED'"), ("", "None"), (None, "None"), (7, "None")])
def test_a_state_nobody_documented_ends_the_wait_with_a_failure(policy_run: Run, status: t.Any, shown: str) -> None:
    result = policy_run(OPTIONS, [*started(), tasks(task(2, status), OLD)])
    assert f"task {task(2)['job_id']} is in the unknown state {shown}" in result["msg"]
    assert len(result["tasks"]) == 1
    assert result["changed"] is True


@pytest.mark.parametrize("code", ["AutoBackup.0100", "AutoBackup.0205", "AutoBackup.0213"])
def test_a_refusal_is_told_at_once(policy_run: Run, code: str) -> None:
    calls = [*started()[:2], start(status=400, answer=refusal(code))]
    result = policy_run(OPTIONS, calls)
    assert result["error"]["code"] == code
    assert "the service says no" in result["msg"]
    assert result["changed"] is False
