# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A restore that was sent, or found running, followed to its end (F §4.2, §4.3, §4.6, §9)."""

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
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.restoring import (
    BODY,
    OPTIONS,
    looks,
    native_post,
    post,
    read_backup,
    read_job,
    read_volume,
)
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.scripted_http import HOSTS, PROJECT, Call, vbs
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.wire import (
    BACKUP,
    JOB,
    OTHER_BACKUP,
    VOLUME,
    backup,
    gateway,
    refusal,
)

Restore = t.Callable[..., Result]

NATIVE = {**OPTIONS, "api": "native"}
SENT = [*looks(), post()]
NATIVE_SENT = [*looks(), native_post()]
POST = ("POST", f"{HOSTS['vbs']}/v2/{PROJECT}/cloudbackups/{BACKUP}/restore")


@pytest.fixture
def restore(run: Restore) -> Restore:
    return functools.partial(run, "vbs_restore")


def unknown_job() -> Call:
    return read_job().but(status=404, answer=refusal("common.0011", "no such job"))


def restoring(*rows: dict[str, t.Any]) -> Call:
    """The listing that shows whether another backup is being restored too."""
    return vbs("GET", "/v2/backups/detail?status=restoring&limit=1000", answer={"backups": list(rows)})


RUNNING = [*looks("restoring", "restoring-backup"), restoring(backup(status="restoring"))]


def test_a_restore_is_six_requests_and_gives_job_backup_and_volume(restore: Restore) -> None:
    result = restore(OPTIONS, [*SENT, read_job(), *looks(updated_at="2026-11-21T12:00:01.000000")])
    assert result["changed"] is True
    assert result.writes == [POST]
    assert result["job"] == {
        "id": JOB,
        "type": "bksRestoreBackup",
        "status": "SUCCESS",
        "begin_time": "2026-11-21T11:00:05Z",
        "end_time": "2026-11-21T11:10:00Z",
        "error_code": None,
        "fail_reason": None,
        "entities": {"backup_id": BACKUP, "volume_id": VOLUME},
    }
    assert (result["backup"]["status"], result["backup"]["updated_at"]) == ("available", "2026-11-21T12:00:01Z")
    assert result["volume"] == {"id": VOLUME, "name": "data-1", "status": "available", "size": 40}
    assert result.warnings == []


def test_the_job_is_followed_while_it_runs(restore: Restore) -> None:
    calls = [*SENT, unknown_job(), read_job("INIT"), read_job("RUNNING"), read_job("RUNNING"), read_job(), *looks()]
    result = restore({**OPTIONS, "wait_interval": 2}, calls)
    assert result.pauses == pytest.approx((2.0, 2.2, 2.42, 2.662, 2.9282))
    assert result["job"]["status"] == "SUCCESS"


def test_after_the_job_it_waits_until_both_are_free(restore: Restore) -> None:
    calls = [*SENT, read_job(), *looks("restoring", "restoring-backup"), *looks(volume_is="restoring-backup")]
    result = restore(OPTIONS, [*calls, *looks()])
    assert (result["backup"]["status"], result["volume"]["status"]) == ("available", "available")
    assert result["job"]["status"] == "SUCCESS"


def test_a_failed_job_fails_with_its_reason_and_how_things_are_now(restore: Restore) -> None:
    failed = read_job("FAIL", error_code="VolumeBackup.0202", fail_reason="volume went into error")
    result = restore(OPTIONS, [*SENT, read_job("RUNNING"), failed, *looks("error_restoring", "error_restoring")])
    assert result.failed
    assert "volume went into error (VolumeBackup.0202)" in result["msg"]
    assert VOLUME in result["msg"]
    assert result["error"]["code"] == "VolumeBackup.0202"
    assert result["changed"] is True
    assert (result["job"]["status"], result["job"]["error_code"]) == ("FAIL", "VolumeBackup.0202")
    assert (result["backup"]["status"], result["volume"]["status"]) == ("error_restoring", "error_restoring")
    assert result["pending"] is None


def test_a_failed_job_is_told_even_if_nothing_else_can_be_read(restore: Restore) -> None:
    failed = read_job("FAIL", error_code="VolumeBackup.0202")
    result = restore(OPTIONS, [*SENT, failed, read_backup().but(status=403, answer={})])
    assert result["error"]["code"] == "VolumeBackup.0202"
    assert result["backup"]["id"] == BACKUP


def test_a_good_job_whose_volume_is_in_error_is_a_failure(restore: Restore) -> None:
    result = restore(OPTIONS, [*SENT, read_job(), *looks(volume_is="error_restoring") * 2])
    assert result.failed
    assert "the volume error_restoring" in result["msg"]
    assert result["job"]["status"] == "SUCCESS"
    assert result["volume"]["status"] == "error_restoring"


def test_a_job_in_an_unknown_state_is_a_failure(restore: Restore) -> None:
    result = restore(OPTIONS, [*SENT, read_job("PAUSED"), *looks()])
    assert result.failed
    assert "'PAUSED'" in result["msg"]
    assert result["changed"] is True


@pytest.mark.parametrize("before", [[read_job("RUNNING")], []], ids=["in the middle", "from the start"])
def test_a_job_that_nobody_knows_is_uncertain_and_says_where_to_look(restore: Restore, before: list[Call]) -> None:
    # From the start it has half a minute to appear.
    tries = 1 if before else 15
    result = restore(OPTIONS, [*SENT, *before, *[unknown_job()] * tries, *looks(volume_is="restoring-backup")])
    assert result.failed
    for word in (JOB, "uncertain", "states of backup and volume", "restores once more"):
        assert word in result["msg"]
    assert result["volume"]["status"] == "restoring-backup"
    assert result["pending"]["ids"] == [JOB]
    assert result["changed"] is True


def test_a_time_out_names_the_job_and_how_to_go_on(restore: Restore) -> None:
    now = looks("restoring", "restoring-backup")
    result = restore({**OPTIONS, "wait_timeout": 4}, [*SENT, *[read_job("RUNNING")] * 4, *now])
    assert result.failed
    assert sum(result.pauses) == pytest.approx(4)
    for word in (
        JOB,
        "RUNNING",
        "wait_timeout (4 s)",
        "may still be running",
        "running the task again goes on waiting",
    ):
        assert word in result["msg"]
    assert result["error"]["retryable"] is False
    assert result["pending"] == {"kind": "job", "ids": [JOB], "started_at": "2026-11-21T12:00:00Z"}
    assert (result["job"]["status"], result["volume"]["status"]) == ("RUNNING", "restoring-backup")
    assert result["changed"] is True


def test_an_outage_that_does_not_end_keeps_what_is_known(restore: Restore) -> None:
    down = read_job().but(status=503, answer={}, takes=40.0)
    result = restore({**OPTIONS, "api_retries": 0}, [*SENT, read_job("RUNNING"), *[down] * 7])
    assert result["error"]["http_status"] == 503
    assert (result["job"]["status"], result["backup"]["id"], result["volume"]["id"]) == ("RUNNING", BACKUP, VOLUME)
    assert result["pending"]["ids"] == [JOB]
    assert result["changed"] is True


def test_without_waiting_the_job_is_pending(restore: Restore) -> None:
    result = restore({**OPTIONS, "wait": False}, SENT)
    assert result["changed"] is True
    assert (result["job"]["id"], result["job"]["status"]) == (JOB, None)
    assert result["pending"] == {"kind": "job", "ids": [JOB], "started_at": "2026-11-21T12:00:00Z"}
    assert result.pauses == ()


@pytest.mark.parametrize("status", [429, 503])
def test_a_restore_that_was_surely_not_done_is_sent_again(restore: Restore, status: int) -> None:
    busy = post(status=status, answer=gateway("APIGW.0308"), headers={"Retry-After": "3"})
    result = restore(OPTIONS, [*looks(), busy, busy, post(), read_job(), *looks()])
    assert result["changed"] is True
    assert result.writes == [POST] * 3
    assert result.pauses[:2] == pytest.approx((3.125, 3.125))


def test_a_dead_token_is_renewed_for_the_restore_and_in_the_middle_of_the_wait(restore: Restore) -> None:
    dead = {"status": 401, "answer": gateway("APIGW.0301")}
    calls = [
        *(sign_in(), with_token(read_backup()), with_token(read_volume()), with_token(post(**dead))),
        *(sign_in(OTHER_TOKEN), with_token(post(), OTHER_TOKEN), with_token(read_job("RUNNING"), OTHER_TOKEN)),
        *(with_token(read_job().but(**dead), OTHER_TOKEN), sign_in(), with_token(read_job())),
        *(with_token(call) for call in looks()),
    ]
    result = restore(OPTIONS, calls, auth=USER)
    assert result["changed"] is True
    assert [sent.body for sent in result.sent if sent.url.endswith("/restore")] == [BODY, BODY]


@pytest.mark.parametrize("options", [OPTIONS, NATIVE])
def test_a_restore_that_runs_already_is_waited_for_and_nothing_is_sent(
    restore: Restore, options: dict[str, t.Any]
) -> None:
    result = restore(options, [*RUNNING, *looks("restoring", "restoring-backup"), *looks()], diff=True)
    assert result["changed"] is False
    assert result.writes == []
    assert (result["job"], result["volume"]["status"]) == (None, "available")
    assert result["diff"]["before"] == result["diff"]["after"]


def test_a_restore_that_runs_already_and_fails_is_no_change_of_this_task(restore: Restore) -> None:
    result = restore(OPTIONS, [*RUNNING, *looks("error_restoring", "error_restoring", fail_reason="no space") * 2])
    assert result.failed
    assert "no space" in result["msg"]
    assert result["changed"] is False


def test_a_restore_that_runs_already_in_check_mode_and_without_waiting(restore: Restore) -> None:
    assert restore(OPTIONS, RUNNING, check_mode=True)["changed"] is False
    result = restore({**OPTIONS, "wait": False}, RUNNING)
    assert result["changed"] is False
    assert result["pending"] == {"kind": "restore", "ids": [BACKUP], "started_at": "2026-11-21T11:10:00Z"}


@pytest.mark.parametrize("check_mode", [False, True])
def test_with_other_restores_running_nobody_knows_which_is_which(restore: Restore, check_mode: bool) -> None:
    both = restoring(backup(status="restoring"), backup(OTHER_BACKUP, status="restoring"))
    result = restore(OPTIONS, [*looks("restoring", "restoring-backup"), both], check_mode=check_mode)
    assert result.failed
    assert OTHER_BACKUP in result["msg"]
    assert result["error"]["retryable"] is True
    assert result.writes == []
