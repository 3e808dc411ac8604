# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A restore whose answer was lost: it goes on where there is a trace, and is never sent twice (contract §4)."""

from __future__ import annotations

import functools
import typing as t

import pytest

from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.module_run import Result
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.restoring import (
    OPTIONS,
    looks,
    native_post,
    post,
    read_backup,
    read_job,
    read_volume,
)
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.scripted_http import (
    Call,
    lost,
    refused,
    timed_out,
)
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.wire import BACKUP, VOLUME, gateway, refusal

Restore = t.Callable[..., Result]

HTML = b"<html><body><h1>502 Bad Gateway</h1></body></html>"
LOST: dict[str, dict[str, t.Any]] = {
    "connection lost": {"error": lost()},
    "no answer in time": {"error": timed_out(), "takes": 60.0},
    "500": {"status": 500, "answer": refusal("VolumeBackup.0900")},
    "502 with a web page": {"status": 502, "raw": HTML, "headers": {"Content-Type": "text/html"}},
    "504": {"status": 504, "answer": {}},
    "a body that breaks off": {"raw": b'{"job', "cut": True},
    "half a body": {"raw": b'{"job'},
    "a web page with 200": {"raw": HTML},
    "a redirect": {"status": 302, "answer": {}, "headers": {"Location": "https://elsewhere.example.org/"}},
}
any_loss = pytest.mark.parametrize("fault", LOST.values(), ids=LOST.keys())
both_forms = pytest.mark.parametrize(("api", "sends"), [("vbs", post), ("native", native_post)], ids=["vbs", "native"])
DURING = looks("restoring", "restoring-backup")
# With pauses of 20 s there are four looks in the minute, and one more at whether the backup is busy.
NO_TRACE = [*looks() * 4, read_backup()]
PATIENT = {**OPTIONS, "wait_interval": 20}
LATER = "2026-11-21T12:00:30.000000"


@pytest.fixture
def restore(run: Restore) -> Restore:
    return functools.partial(run, "vbs_restore")


def went_well(result: Result) -> None:
    """It ended well without a job, and was sent once."""
    assert not result.failed, result["msg"]
    assert result["changed"] is True
    assert result["job"] is None
    assert (result["backup"]["status"], result["volume"]["status"]) == ("available", "available")
    assert len(result.writes) == 1


def is_uncertain(result: Result) -> None:
    """It says what is uncertain and how to look, and was sent once."""
    assert result.failed
    assert len(result.writes) == 1
    for word in (VOLUME, "(data-1)", BACKUP, "uncertain", "Look at the state"):
        assert word in result["msg"], result["msg"]
    assert result["error"]["retryable"] is False
    assert (result["job"], result["backup"]["id"], result["volume"]["id"]) == (None, BACKUP, VOLUME)


@any_loss
@both_forms
def test_with_a_trace_it_goes_on(
    restore: Restore, fault: dict[str, t.Any], api: str, sends: t.Callable[..., Call]
) -> None:
    calls = [*looks(), sends(**fault), *DURING, *DURING, *looks()]
    went_well(restore({**OPTIONS, "api": api}, calls))


@any_loss
@both_forms
def test_without_any_trace_it_is_uncertain(
    restore: Restore, fault: dict[str, t.Any], api: str, sends: t.Callable[..., Call]
) -> None:
    result = restore({**PATIENT, "api": api}, [*looks(), sends(**fault), *NO_TRACE])
    is_uncertain(result)
    assert sum(result.pauses) == pytest.approx(60)
    assert "never sent twice" in result["msg"]


def test_an_answer_without_a_job_is_a_lost_one(restore: Restore) -> None:
    went_well(restore(OPTIONS, [*looks(), post(answer={"job": "j1"}), *DURING, *looks()]))


def test_the_looks_follow_the_waits_pace(restore: Restore) -> None:
    result = restore(OPTIONS, [*looks(), post(error=lost()), *looks() * 22, read_backup()])
    is_uncertain(result)
    assert result.pauses[:3] == pytest.approx((1.0, 1.1, 1.21))
    assert sum(result.pauses) == pytest.approx(60)


def test_a_trace_may_come_late(restore: Restore) -> None:
    went_well(restore(PATIENT, [*looks(), post(error=lost()), *looks() * 3, *DURING, *looks()]))


@pytest.mark.parametrize("volume_time", [{}, {"updated_at": LATER}], ids=["unknown", "changed"])
def test_a_quick_restore_is_known_by_the_times_of_the_last_changes(
    restore: Restore, volume_time: dict[str, str]
) -> None:
    over = [read_backup(updated_at=LATER), read_volume(**volume_time)]
    went_well(restore(OPTIONS, [*looks(), post(error=timed_out()), *over * 2]))


def test_a_volume_that_did_not_change_was_not_restored(restore: Restore) -> None:
    same = read_volume(updated_at="2026-11-21T10:00:00.000000")
    calls = [read_backup(), same, post(error=lost()), *[read_backup(updated_at=LATER), same] * 4, read_backup()]
    is_uncertain(restore(PATIENT, calls))


def test_a_backup_that_is_restored_to_another_volume_is_no_trace(restore: Restore) -> None:
    same = read_volume(updated_at="2026-11-21T10:00:00.000000")
    elsewhere = [read_backup("restoring", updated_at=LATER), same]
    # As long as it is busy nobody can say, so the minute is not the end of it.
    calls = [*elsewhere * 4, read_backup("restoring"), *elsewhere, read_backup("restoring"), read_backup(), same]
    is_uncertain(restore(PATIENT, [read_backup(), same, post(error=lost()), *calls, read_backup()]))


@pytest.mark.parametrize("states", [("error_restoring", "error_restoring"), ("available", "error_restoring")])
def test_a_trace_of_a_failed_restore_is_a_failure_that_changed_something(
    restore: Restore, states: tuple[str, str]
) -> None:
    end = looks(*states, fail_reason="no space", updated_at=LATER)
    result = restore(OPTIONS, [*looks(), post(error=lost()), *end * 3])
    assert result.failed
    assert "no space" in result["msg"]
    assert result["changed"] is True
    assert len(result.writes) == 1


@both_forms
def test_without_waiting_a_trace_is_pending(restore: Restore, api: str, sends: t.Callable[..., Call]) -> None:
    result = restore({**OPTIONS, "api": api, "wait": False}, [*looks(), sends(error=lost()), *DURING])
    assert result["changed"] is True
    assert result["job"] is None
    assert result["pending"] == {"kind": "restore", "ids": [BACKUP], "started_at": "2026-11-21T12:00:00Z"}


def test_looking_outlives_the_fault_that_lost_the_answer(restore: Restore) -> None:
    down = read_backup().but(error=lost())
    calls = [*looks(), post(error=lost()), down, down, *DURING, *looks()]
    went_well(restore({**OPTIONS, "api_retries": 0}, calls))


@pytest.mark.parametrize("end", [{"status": 403, "answer": {}}, {"status": 400, "answer": gateway("APIGW.0104")}])
def test_looking_that_is_refused_is_uncertain(restore: Restore, end: dict[str, t.Any]) -> None:
    result = restore(OPTIONS, [*looks(), post(error=lost()), read_backup().but(**end)])
    assert "looking for it failed too" in result["msg"]
    is_uncertain(result)


def test_what_is_gone_when_it_is_looked_for_leaves_no_trace(restore: Restore) -> None:
    gone = [read_backup(updated_at=LATER), read_volume().but(status=404, answer={"itemNotFound": {"message": "no"}})]
    is_uncertain(restore(PATIENT, [*looks(), post(error=lost()), *gone * 4, read_backup()]))


def test_a_restore_that_was_never_sent_is_no_lost_one(restore: Restore) -> None:
    result = restore(OPTIONS, [*looks(), post(error=refused()), post(error=refused()), post(), read_job(), *looks()])
    assert result["changed"] is True
    assert result["job"]["status"] == "SUCCESS"


def test_a_restore_that_can_never_be_sent_is_certain(restore: Restore) -> None:
    result = restore({**OPTIONS, "api_retries": 1}, [*looks(), post(error=refused()), post(error=refused())])
    assert "cannot connect" in result["msg"]
    assert "uncertain" not in result["msg"]
    assert result["error"]["retryable"] is True
    assert result["changed"] is False
