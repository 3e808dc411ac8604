# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Jobs and backups to their end, and what each state means (F §4.2, §9)."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.huaweicloud.backup.plugins.module_utils import _follow, _model
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import (
    ApiError,
    BackupError,
    JobFailedError,
    WaitTimeoutError,
)
from ansible_collections.huaweicloud.backup.plugins.module_utils._waiter import Waiter, WaitOptions
from ansible_collections.huaweicloud.backup.tests.unit.plugins.module_utils.clients import during
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.fake_clock import FakeClock
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.scripted_http import Call, vbs

BACKUP = "22222222-2222-3333-4444-555555555555"
JOB = vbs("GET", "/v1/jobs/j1")
READ = vbs("GET", f"/v2/backups/{BACKUP}")
UNKNOWN_JOB = {"status": 404, "answer": {"error": {"code": "common.0011", "message": "job not found"}}}
GONE = {"status": 404, "answer": {"itemNotFound": {"code": 404, "message": "backup not found"}}}


def job(status: t.Any, **more: t.Any) -> Call:
    return JOB.but(answer={"job_id": "j1", "status": status, **more})


def row(status: t.Any, **more: t.Any) -> dict[str, t.Any]:
    return {"id": BACKUP, "status": status, "created_at": "2026-11-21T11:00:00.000000", **more}


def backup(status: t.Any, **more: t.Any) -> Call:
    return READ.but(answer={"backup": row(status, **more)})


def follow_job(*calls: Call, timeout: int = 3600, clock: FakeClock | None = None) -> _model.Result:
    clock = clock or FakeClock()
    waiter = Waiter(WaitOptions(wait=True, timeout=timeout, interval=1), clock.as_clock())
    results = {"adopted": False, "pending": {"kind": "job"}}
    return during(
        calls,
        lambda client: _follow.wait_for_job(client, "j1", waiter, what="create backup 'b'", results=results),
        clock=clock,
    )


def follow_backup(first: dict[str, t.Any], *calls: Call, timeout: int = 3600) -> _model.Result:
    clock = FakeClock()
    waiter = Waiter(WaitOptions(wait=True, timeout=timeout, interval=1), clock.as_clock())
    shown = _model.backup(first)
    return during(
        calls,
        lambda client: _follow.wait_for_backup(client, shown, waiter, what="create backup 'b'", results={"job": None}),
        clock=clock,
    )


def test_a_job_is_followed_to_its_success() -> None:
    done = follow_job(job("INIT"), job("RUNNING"), job("SUCCESS", entities={"backup_id": BACKUP}))
    assert (done["status"], done["entities"]) == ("SUCCESS", {"backup_id": BACKUP})


def test_a_job_that_failed_says_code_and_reason_and_keeps_what_is_known() -> None:
    failed = job("FAIL", error_code="VolumeBackup.0064", fail_reason="backup ended in error")
    with pytest.raises(JobFailedError) as caught:
        follow_job(job("RUNNING"), failed)
    error = caught.value
    assert error.message == "create backup 'b': job j1 failed: backup ended in error (VolumeBackup.0064)"
    assert error.results["job"]["status"] == "FAIL"
    assert error.results["pending"] is None
    assert error.results["adopted"] is False


def test_a_job_that_failed_without_words_is_told_with_the_tables() -> None:
    with pytest.raises(JobFailedError, match="backup ended in error"):
        follow_job(job("FAIL", error_code="VolumeBackup.0064", fail_reason=""))
    with pytest.raises(JobFailedError, match="gave no reason"):
        follow_job(job("FAIL"))


@pytest.mark.parametrize("status", ["success", "DONE", "CANCELLED"])
def test_a_state_of_a_job_that_nobody_documented_is_an_error(status: str) -> None:
    with pytest.raises(BackupError, match=f"unknown state '{status}'") as caught:
        follow_job(job(status))
    assert caught.value.results["job"]["status"] == status


def test_a_new_job_may_take_half_a_minute_to_be_readable() -> None:
    assert follow_job(JOB.but(**UNKNOWN_JOB), JOB.but(**UNKNOWN_JOB), job("SUCCESS"))["status"] == "SUCCESS"


def test_a_job_that_never_becomes_readable_is_uncertain() -> None:
    clock = FakeClock()
    with pytest.raises(BackupError, match="does not know job j1") as caught:
        follow_job(*[JOB.but(**UNKNOWN_JOB)] * 15, clock=clock)
    assert 30 <= clock.elapsed < 36
    assert (caught.value.code, caught.value.http_status) == ("common.0011", 404)
    assert caught.value.results["pending"] == {"kind": "job"}


def test_a_job_that_vanishes_is_uncertain_at_once() -> None:
    clock = FakeClock()
    with pytest.raises(BackupError, match="uncertain") as caught:
        follow_job(job("RUNNING"), JOB.but(**UNKNOWN_JOB), clock=clock)
    assert clock.elapsed < 3
    assert caught.value.results["job"]["status"] == "RUNNING"


def test_a_time_out_names_the_job_and_its_last_state_and_gives_it_back() -> None:
    with pytest.raises(WaitTimeoutError) as caught:
        follow_job(*[job("RUNNING")] * 3, timeout=3)
    assert "job j1 was RUNNING when wait_timeout (3 s) was reached" in caught.value.message
    assert caught.value.results["job"]["id"] == "j1"
    assert caught.value.results["pending"] == {"kind": "job"}
    with pytest.raises(WaitTimeoutError, match="was not readable yet"):
        follow_job(*[JOB.but(**UNKNOWN_JOB)] * 3, timeout=3)


def test_a_backup_that_is_available_needs_no_request() -> None:
    assert follow_backup(row("available"))["id"] == BACKUP


def test_a_backup_is_followed_until_it_is_available() -> None:
    done = follow_backup(row("creating"), backup("creating"), backup("restoring"), backup("available", size=40))
    assert (done["status"], done["size"]) == ("available", 40)


@pytest.mark.parametrize("status", ["error", "error_restoring"])
def test_a_backup_that_ended_in_error_says_why(status: str) -> None:
    with pytest.raises(JobFailedError, match=f"is in {status}: back end is full") as caught:
        follow_backup(row("creating"), backup(status, fail_reason="back end is full"))
    assert caught.value.results["backup"]["status"] == status
    assert caught.value.results["job"] is None
    with pytest.raises(JobFailedError):
        follow_backup(row(status))


@pytest.mark.parametrize("status", ["deleting", "deleted", "available ", None, 7])
def test_a_backup_in_any_other_state_will_not_become_available(status: t.Any) -> None:
    with pytest.raises(BackupError, match="will not become available") as caught:
        follow_backup(row("creating"), backup(status))
    assert caught.value.results["backup"]["id"] == BACKUP


def test_a_backup_that_vanishes_is_told_with_what_it_was() -> None:
    with pytest.raises(BackupError, match=f"backup {BACKUP} is gone") as caught:
        follow_backup(row("creating"), READ.but(**GONE))
    assert caught.value.results["backup"]["status"] == "creating"


def test_a_time_out_of_a_backup_says_how_to_go_on() -> None:
    with pytest.raises(WaitTimeoutError, match=f"backup {BACKUP} was creating") as caught:
        follow_backup(row("creating"), *[backup("creating")] * 3, timeout=3)
    pending = {"kind": "backup", "ids": [BACKUP], "started_at": "2026-11-21T11:00:00Z"}
    assert caught.value.results["pending"] == pending
    assert caught.value.results["job"] is None


def test_a_refusal_in_the_middle_of_a_wait_keeps_what_was_reached() -> None:
    with pytest.raises(ApiError) as caught:
        follow_backup(row("creating"), backup("creating"), READ.but(status=403))
    assert caught.value.results["backup"]["id"] == BACKUP


def test_pending_has_what_is_needed_to_go_on_later() -> None:
    expected = {"kind": "job", "ids": ["j1"], "started_at": None}
    assert _follow.pending("job", ["j1"], None) == expected


@pytest.mark.parametrize("job_id", [None, "", 7, "j2"])
def test_a_job_keeps_the_id_that_it_was_asked_for_by(job_id: t.Any) -> None:
    assert follow_job(JOB.but(answer={"job_id": job_id, "status": "SUCCESS"}))["id"] == "j1"
