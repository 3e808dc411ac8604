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
    BACKUP,
    VOLUME,
    failed_job,
    job,
    refusal,
)

JobInfo = t.Callable[..., Result]


@pytest.fixture
def job_info(run: JobInfo) -> JobInfo:
    return functools.partial(run, "vbs_job_info")


def get(job_id: str, status: str = "SUCCESS", **more: t.Any) -> Call:
    return vbs("GET", f"/v1/jobs/{job_id}", answer=job(job_id, status)).but(**more)


def unknown(job_id: str) -> Call:
    return get(job_id).but(status=404, answer=refusal("common.0011", "job not found"))


def test_jobs_come_in_the_order_asked_for_with_documented_keys(job_info: JobInfo) -> None:
    result = job_info({"job_ids": ["j2", "j1"]}, [get("j2"), get("j1", "RUNNING")])
    known = {"type": "bksCreateBackup", "begin_time": "2026-11-21T11:00:05Z", "error_code": None, "fail_reason": None}
    assert result["jobs"] == [
        {
            **known,
            "id": "j2",
            "status": "SUCCESS",
            "end_time": "2026-11-21T11:10:00Z",
            "entities": {"volume_id": VOLUME, "backup_id": BACKUP},
        },
        {**known, "id": "j1", "status": "RUNNING", "end_time": None, "entities": {"volume_id": VOLUME}},
    ]
    assert result["changed"] is False
    assert result.pauses == ()


def test_check_mode_reads_the_same(job_info: JobInfo) -> None:
    result = job_info({"job_ids": ["j1"]}, [get("j1", "INIT")], check_mode=True, diff=True)
    assert result["jobs"][0]["status"] == "INIT"
    assert result["changed"] is False


def test_no_jobs_is_an_empty_list_without_a_request(job_info: JobInfo) -> None:
    assert job_info({"job_ids": []})["jobs"] == []


def test_a_job_named_twice_is_read_once(job_info: JobInfo) -> None:
    assert len(job_info({"job_ids": ["j1", "j1"]}, [get("j1")])["jobs"]) == 1


def test_without_waiting_failed_and_unknown_jobs_are_no_failure(job_info: JobInfo) -> None:
    result = job_info({"job_ids": ["j1", "j2"]}, [get("j1", answer=failed_job("j1")), unknown("j2")])
    assert [row["id"] for row in result["jobs"]] == ["j1"]
    assert result["jobs"][0]["error_code"] == "VolumeBackup.0064"
    assert result["jobs"][0]["entities"] == {"backup_id": None, "volume_id": VOLUME}


@pytest.mark.parametrize("wait", [False, True])
def test_fail_on_error_fails_with_the_jobs_own_code_and_all_jobs_beside(job_info: JobInfo, wait: bool) -> None:
    calls = [get("j1"), get("j2", answer=failed_job("j2"))]
    result = job_info({"job_ids": ["j1", "j2"], "fail_on_error": True, "wait": wait}, calls)
    assert result.failed
    assert "j2" in result["msg"]
    assert "backup ended in error" in result["msg"]
    assert result["error"]["code"] == "VolumeBackup.0064"
    assert result["error"]["retryable"] is True
    assert [row["id"] for row in result["jobs"]] == ["j1", "j2"]


def test_waiting_fails_on_a_failed_job_unless_told_otherwise(job_info: JobInfo) -> None:
    calls = [get("j1", answer=failed_job("j1"))]
    assert job_info({"job_ids": ["j1"], "wait": True}, calls).failed
    result = job_info({"job_ids": ["j1"], "wait": True, "fail_on_error": False}, calls)
    assert result["jobs"][0]["status"] == "FAIL"


def test_waiting_for_an_unknown_job_says_that_the_outcome_is_uncertain(job_info: JobInfo) -> None:
    # A job that was just made may not be readable everywhere at once, so it is looked for.
    result = job_info({"job_ids": ["j1", "j2"], "wait": True}, [get("j1"), *[unknown("j2")] * 16])
    assert result.failed
    assert 30 <= sum(result.pauses) < 35
    assert "j2" in result["msg"]
    assert result["error"]["code"] == "common.0011"
    assert [row["id"] for row in result["jobs"]] == ["j1"]


def test_a_job_that_is_not_readable_at_once_is_waited_for(job_info: JobInfo) -> None:
    result = job_info(
        {"job_ids": ["j1"], "wait": True}, [unknown("j1"), unknown("j1"), get("j1", "RUNNING"), get("j1")]
    )
    assert [row["status"] for row in result["jobs"]] == ["SUCCESS"]


def test_a_job_that_was_readable_and_vanishes_is_not_waited_for(job_info: JobInfo) -> None:
    result = job_info({"job_ids": ["j1"], "wait": True}, [get("j1", "RUNNING"), unknown("j1")])
    assert result.failed
    assert "uncertain" in result["msg"]


def test_waiting_reads_only_what_still_runs_and_pauses_a_tenth_of_the_age_longer(job_info: JobInfo) -> None:
    calls = [
        *(get("j1", "INIT"), get("j2", "RUNNING"), get("j3")),
        *(get("j1", "RUNNING"), get("j2")),
        get("j1", "RUNNING"),
        get("j1"),
    ]
    result = job_info({"job_ids": ["j1", "j2", "j3"], "wait": True, "wait_interval": 2}, calls)
    assert [row["status"] for row in result["jobs"]] == ["SUCCESS"] * 3
    assert result.pauses == pytest.approx((2.0, 2.2, 2.42))


def test_a_pause_is_never_longer_than_thirty_seconds(job_info: JobInfo) -> None:
    result = job_info({"job_ids": ["j1"], "wait": True, "wait_interval": 100}, [get("j1", "RUNNING")] * 4 + [get("j1")])
    assert set(result.pauses) == {30.0}


def test_a_time_out_names_job_state_and_how_to_go_on(job_info: JobInfo) -> None:
    calls = [get("j1", "RUNNING"), get("j2")] + [get("j1", "RUNNING")] * 5
    result = job_info({"job_ids": ["j1", "j2"], "wait": True, "wait_timeout": 5}, calls)
    assert result.failed
    assert sum(result.pauses) == pytest.approx(5)
    for part in ("j1", "RUNNING", "wait_timeout", "may still be running", "run the same task again"):
        assert part.lower() in result["msg"].lower()
    assert result["error"]["retryable"] is True
    assert [row["status"] for row in result["jobs"]] == ["RUNNING", "SUCCESS"]


def test_a_state_nobody_documented_ends_the_wait_with_a_failure(job_info: JobInfo) -> None:
    result = job_info({"job_ids": ["j1"], "wait": True}, [get("j1", "PAUSED")])
    assert result.failed
    assert "'PAUSED'" in result["msg"]
    assert result["jobs"][0]["status"] == "PAUSED"


def test_a_job_that_vanishes_during_the_wait_is_a_failure(job_info: JobInfo) -> None:
    result = job_info({"job_ids": ["j1"], "wait": True}, [get("j1", "RUNNING"), unknown("j1")])
    assert result.failed
    assert "j1" in result["msg"]
    assert "uncertain" in result["msg"]


def test_the_wait_outlives_an_outage_and_keeps_the_jobs_when_it_does_not_end(job_info: JobInfo) -> None:
    down = get("j1").but(status=503, answer={}, takes=40.0)
    calls = [get("j1", "RUNNING"), down, get("j1")]
    assert not job_info({"job_ids": ["j1"], "wait": True, "api_retries": 0}, calls).failed
    calls = [get("j1", "RUNNING")] + [down] * 7
    result = job_info({"job_ids": ["j1"], "wait": True, "api_retries": 0}, calls)
    assert result.failed
    assert result["error"]["http_status"] == 503
    assert result["jobs"][0]["status"] == "RUNNING"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"job_ids": ["../projects"]}, "job_ids"),
        ({"job_ids": ["j1", ""]}, "job_ids"),
        ({"job_ids": ["j1"], "wait_timeout": 0}, "wait_timeout"),
        ({"job_ids": ["j1"], "wait": True, "wait_interval": 0}, "wait_interval"),
        ({}, "job_ids"),
    ],
)
def test_bad_input_is_refused_before_any_request(job_info: JobInfo, options: dict[str, t.Any], words: str) -> None:
    result = job_info(options)
    assert result.failed
    assert words in result["msg"]


@pytest.mark.parametrize("answer", [{}, {"status": 7}, {"status": None}, [], "SUCCESS"])
def test_an_answer_that_is_no_job_is_a_clear_failure(job_info: JobInfo, answer: t.Any) -> None:
    result = job_info({"job_ids": ["j1"]}, [get("j1", answer=answer)])
    assert result.failed
    assert "j1" in result["msg"]


def test_wrong_types_inside_a_job_become_null(job_info: JobInfo) -> None:
    strange = {"status": "RUNNING", "entities": ["x"], "begin_time": 17, "end_time": {}, "error_code": 5}
    result = job_info({"job_ids": ["j1"]}, [get("j1", answer=strange)])
    assert result["jobs"] == [
        {
            "id": "j1",
            "type": None,
            "status": "RUNNING",
            "begin_time": None,
            "end_time": None,
            "error_code": None,
            "fail_reason": None,
            "entities": {},
        }
    ]


def test_without_progress_a_call_that_is_to_end_early_waits_to_the_end(job_info: JobInfo) -> None:
    early = {"seconds": 1.0, "waited": 0.0, "state": None}
    options = {"job_ids": ["j1"], "wait": True, "wait_interval": 2, "progress": False, "_slice": early}
    result = job_info(options, [get("j1", "RUNNING"), get("j1", "RUNNING"), get("j1")])
    assert [row["status"] for row in result["jobs"]] == ["SUCCESS"]
    assert len(result.pauses) == 2
