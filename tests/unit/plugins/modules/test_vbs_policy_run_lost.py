# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A run that was started already, and one whose answer was lost: its tasks tell (contract §4; architecture.md)."""

from __future__ import annotations

import functools
import typing as t

import pytest

from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.module_run import Result
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.running import OPTIONS, start, task, tasks
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.scripted_http import (
    Call,
    lost,
    refused,
    timed_out,
)
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.wire import (
    POLICY,
    gateway,
    listed,
    policy,
    refusal,
)

Run = t.Callable[..., Result]

HTML = b"<html><body><h1>502 Bad Gateway</h1></body></html>"
LOST: dict[str, dict[str, t.Any]] = {
    "connection lost": {"error": lost()},
    "no answer in time": {"error": timed_out(), "takes": 60.0},
    "500": {"status": 500, "answer": refusal("AutoBackup.0009")},
    "502 with a web page": {"status": 502, "raw": HTML, "headers": {"Content-Type": "text/html"}},
    "504": {"status": 504, "answer": {}},
    "a web page with 200": {"status": 200, "raw": HTML},
    "a redirect": {"status": 302, "answer": {}, "headers": {"Location": "https://elsewhere.example.org/"}},
}
any_loss = pytest.mark.parametrize("fault", LOST.values(), ids=LOST.keys())
OLD = task(1)
FOUND = [listed(policy(count=2)), tasks(OLD)]
RUNNING = start(status=400, answer=refusal("AutoBackup.0225", "policy is running"))
ENDED = tasks(task(3), task(2), OLD)
# With pauses of 20 s there are four looks in the minute.
PATIENT = {**OPTIONS, "wait_interval": 20}
NOTHING_NEW = [tasks(OLD)] * 4


@pytest.fixture
def policy_run(run: Run) -> Run:
    return functools.partial(run, "vbs_policy_run")


def went_well(result: Result, *, posts: int) -> None:
    """It was followed to its end, and sent so often."""
    assert not result.failed, result["msg"]
    assert result["changed"] is True
    assert [row["backup_name"] for row in result["tasks"]] == ["autobk_0002", "autobk_0003"]
    assert len(result.writes) == posts
    assert result.warnings == []


def is_uncertain(result: Result, *, posts: int) -> None:
    """Nobody can say whether it was started; it was sent so often."""
    assert result.failed
    for word in ("uncertain", f"tasks of policy {POLICY}", "run policy"):
        assert word in result["msg"], result["msg"]
    assert result["error"]["retryable"] is False
    assert len(result.writes) == posts


def test_a_policy_that_is_running_is_told_at_once(policy_run: Run) -> None:
    result = policy_run(OPTIONS, [*FOUND, RUNNING])
    assert result.failed
    for word in (
        "policy 'nightly'",
        POLICY,
        "running already",
        "nothing was started",
        "Wait until its tasks have ended",
    ):
        assert word in result["msg"]
    assert (result["error"]["code"], result["error"]["http_status"]) == ("AutoBackup.0225", 400)
    assert result["error"]["request_id"]
    assert result["error"]["retryable"] is True
    assert result["changed"] is False
    assert result.pauses == ()


@any_loss
def test_tasks_that_are_found_are_followed(policy_run: Run, fault: dict[str, t.Any]) -> None:
    calls = [*FOUND, start(**fault), tasks(OLD), tasks(task(2, "WAITING"), OLD), ENDED]
    went_well(policy_run(OPTIONS, calls), posts=1)


@any_loss
def test_where_nothing_is_found_it_is_sent_once_more(policy_run: Run, fault: dict[str, t.Any]) -> None:
    result = policy_run(PATIENT, [*FOUND, start(**fault), *NOTHING_NEW, start(), ENDED])
    went_well(result, posts=2)
    assert sum(result.pauses[:-1]) == pytest.approx(60)


@any_loss
def test_twice_lost_and_nothing_found_is_uncertain(policy_run: Run, fault: dict[str, t.Any]) -> None:
    lost_twice = [start(**fault), *NOTHING_NEW] * 2
    result = policy_run(PATIENT, [*FOUND, *lost_twice])
    is_uncertain(result, posts=2)
    assert "twice" in result["msg"]


def test_twice_lost_and_tasks_found_is_followed(policy_run: Run) -> None:
    calls = [*FOUND, start(error=lost()), *NOTHING_NEW, start(error=timed_out()), tasks(task(2, "RUNNING"), OLD), ENDED]
    went_well(policy_run(PATIENT, calls), posts=2)


def test_running_already_at_the_second_try_means_the_first_was_done(policy_run: Run) -> None:
    calls = [*FOUND, start(error=lost()), *NOTHING_NEW, RUNNING, tasks(OLD), tasks(task(2, "RUNNING"), OLD), ENDED]
    went_well(policy_run(PATIENT, calls), posts=2)


def test_running_already_at_the_second_try_without_tasks_is_uncertain(policy_run: Run) -> None:
    result = policy_run(PATIENT, [*FOUND, start(error=lost()), *NOTHING_NEW, RUNNING, *NOTHING_NEW])
    is_uncertain(result, posts=2)


def test_another_refusal_at_the_second_try_is_told(policy_run: Run) -> None:
    gone = start(status=404, answer=refusal("AutoBackup.0205"))
    result = policy_run(PATIENT, [*FOUND, start(error=lost()), *NOTHING_NEW, gone])
    assert result["error"]["code"] == "AutoBackup.0205"


def test_tasks_of_before_are_never_taken_for_its_own(policy_run: Run) -> None:
    before = (task(9, "RUNNING"), OLD)
    calls = [listed(policy(count=2)), tasks(*before), start(error=lost()), *[tasks(*before)] * 4, RUNNING]
    result = policy_run(PATIENT, [*calls, *[tasks(task(9), OLD)] * 4])
    is_uncertain(result, posts=2)


def test_without_waiting_a_run_that_was_found_again_is_pending(policy_run: Run) -> None:
    calls = [*FOUND, start(error=lost()), tasks(task(2, "WAITING"), OLD)]
    result = policy_run({**OPTIONS, "wait": False}, calls)
    assert result["changed"] is True
    assert result["pending"]["kind"] == "policy_run"


def test_a_run_that_was_found_again_and_times_out_has_changed_something(policy_run: Run) -> None:
    running = tasks(task(2, "RUNNING"), OLD)
    result = policy_run({**OPTIONS, "wait_timeout": 3}, [*FOUND, start(error=lost()), *[running] * 4])
    assert result.failed
    assert result["changed"] is True


def test_looking_outlives_the_fault_that_lost_the_answer(policy_run: Run) -> None:
    down = tasks().but(error=lost())
    calls = [*FOUND, start(error=lost()), down, down, tasks(task(2, "RUNNING"), OLD), ENDED]
    went_well(policy_run({**OPTIONS, "api_retries": 0}, calls), posts=1)


def test_looking_that_is_refused_is_uncertain(policy_run: Run) -> None:
    result = policy_run(OPTIONS, [*FOUND, start(error=lost()), tasks().but(status=403, answer={})])
    is_uncertain(result, posts=1)
    assert result["error"]["http_status"] == 403


@pytest.mark.parametrize(
    "again",
    [
        {"status": 429, "answer": gateway("APIGW.0308")},
        {"status": 503, "answer": gateway("APIGW.0613")},
        {"error": refused()},
        # The docs' advice is to retry (F §13.1).
        {"status": 400, "answer": refusal("AutoBackup.1700")},
    ],
)
def test_a_run_that_was_surely_not_started_is_sent_again_at_once(policy_run: Run, again: dict[str, t.Any]) -> None:
    calls: list[Call] = [*FOUND, start(**again), start(**again), start(), ENDED]
    result = policy_run(OPTIONS, calls)
    went_well(result, posts=3)
    assert sum(result.pauses) < 5
