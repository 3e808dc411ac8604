# Copyright: (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import functools
import typing as t

import pytest

from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.module_run import Result
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.scripted_http import (
    Call,
    lost,
    refused,
    timed_out,
    vbs,
)

JobInfo = t.Callable[..., Result]

BEGIN, END = "2026-11-21T11:00:05.100Z", "2026-11-21T11:10:00.200Z"
VOLUME = "11111111-2222-3333-4444-555555555555"
BACKUP = "22222222-2222-3333-4444-555555555555"


@pytest.fixture
def job_info(run: JobInfo) -> JobInfo:
    return functools.partial(run, "vbs_job_info")


def wire(job_id: str, status: str = "SUCCESS", **more: t.Any) -> dict[str, t.Any]:
    """A job as F §14.2 has it."""
    ended = status in ("SUCCESS", "FAIL")
    return {
        "status": status,
        "entities": {"volume_id": VOLUME, **({"backup_id": BACKUP} if status == "SUCCESS" else {})},
        "job_id": job_id,
        "job_type": "bksCreateBackup",
        "begin_time": BEGIN,
        "end_time": END if ended else "",
        "error_code": None,
        "fail_reason": None,
        "sub_jobs": [],
        **more,
    }


def failed(job_id: str) -> dict[str, t.Any]:
    """A job that ended badly: an empty text stands for the backup (F §4.2)."""
    return wire(
        job_id,
        "FAIL",
        entities={"backup_id": "", "volume_id": VOLUME},
        error_code="VolumeBackup.0064",
        fail_reason="backup ended in error",
    )


def get(job_id: str, **more: t.Any) -> Call:
    return vbs("GET", f"/v1/jobs/{job_id}", **more)


def unknown(job_id: str) -> Call:
    return get(job_id, status=404, answer={"error": {"code": "common.0011", "message": "job not found"}})


def test_jobs_come_in_the_order_asked_for_with_documented_keys(job_info: JobInfo) -> None:
    calls = [get("j2", answer=wire("j2")), get("j1", answer=wire("j1", "RUNNING"))]
    result = job_info({"job_ids": ["j2", "j1"]}, calls)
    assert result["jobs"] == [
        {
            "id": "j2",
            "type": "bksCreateBackup",
            "status": "SUCCESS",
            "begin_time": "2026-11-21T11:00:05Z",
            "end_time": "2026-11-21T11:10:00Z",
            "error_code": None,
            "fail_reason": None,
            "entities": {"volume_id": VOLUME, "backup_id": BACKUP},
        },
        {
            "id": "j1",
            "type": "bksCreateBackup",
            "status": "RUNNING",
            "begin_time": "2026-11-21T11:00:05Z",
            "end_time": None,
            "error_code": None,
            "fail_reason": None,
            "entities": {"volume_id": VOLUME},
        },
    ]
    assert result["changed"] is False
    assert result.pauses == ()


@pytest.mark.parametrize("error", [refused, lost, timed_out])
def test_without_any_answer_it_tries_six_times_and_says_what_to_check(
    job_info: JobInfo, error: t.Callable[[], Exception]
) -> None:
    result = job_info({"job_ids": ["j1"]}, [get("j1", error=error())] * 6)
    assert result.failed
    assert result["error"]["retryable"] is True
    assert "check the network" in result["error"]["advice"]
    assert len(result.pauses) == 5
