# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import functools
import typing as t

import pytest

from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.backups import (
    OPTIONS,
    SERVER_MADE,
    SHOWN,
    SHOWN_JOB,
    but,
    create,
    get,
    get_job,
    gone,
    look_up,
    look_up_name,
    made,
    no_job,
    refused,
    rows,
    snapshots,
)
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.module_run import Result
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.wire import (
    BACKUP,
    JOB,
    OTHER_BACKUP,
    OTHER_VOLUME,
    SNAPSHOT,
    VOLUME,
    backup,
    failed_job,
    gateway,
    volume,
)

Backup = t.Callable[..., Result]
Json = dict[str, t.Any]


@pytest.fixture
def vbs_backup(run: Backup) -> Backup:
    return functools.partial(run, "vbs_backup")


def test_a_backup_is_made_and_waited_for(vbs_backup: Backup) -> None:
    result = vbs_backup(OPTIONS, made(), diff=True)
    assert result["changed"] is True
    assert (result["backup"], result["job"], result["adopted"]) == (SHOWN, SHOWN_JOB, False)
    assert "pending" not in result.data
    assert result["diff"] == {"before": {}, "after": {"name": "before", "volume_id": VOLUME}}


EVERYTHING = {
    "description": "before the upgrade",
    "tags": {"env": "prod", "number": 5},
    "full": True,
    "snapshot": SNAPSHOT,
}
SENT = {
    "snapshot_id": SNAPSHOT,
    "description": "before the upgrade",
    "tags": [{"key": "env", "value": "prod"}, {"key": "number", "value": "5"}],
    "extend_param": {"FullBackup": "true"},
}
OF_SNAPSHOT = {"id": SNAPSHOT, "name": "snap", "volume_id": VOLUME, "status": "available", "size": 40}


def everything() -> list[t.Any]:
    row = backup(snapshot_id=SNAPSHOT, description="before the upgrade")
    return [rows(), look_up(), snapshots(OF_SNAPSHOT), create(**SENT), get_job(), rows(row)]


def test_every_option_goes_out_as_the_service_wants_it(vbs_backup: Backup) -> None:
    result = vbs_backup({**OPTIONS, **EVERYTHING}, everything(), diff=True)
    assert result["backup"] == {**SHOWN, "snapshot_id": SNAPSHOT, "description": "before the upgrade"}
    assert result["diff"]["after"] == {
        "name": "before",
        "volume_id": VOLUME,
        "snapshot_id": SNAPSHOT,
        "description": "before the upgrade",
    }


@pytest.mark.parametrize("options", [{"tags": {}}, {"full": False}, {"force": None}])
def test_what_says_nothing_is_not_sent(vbs_backup: Backup, options: Json) -> None:
    assert vbs_backup({**OPTIONS, **options}, made())["changed"]


@pytest.mark.parametrize(("more", "calls"), [({}, made()), (EVERYTHING, everything())], ids=["least", "everything"])
def test_check_mode_predicts_what_the_run_gives(vbs_backup: Backup, more: Json, calls: list[t.Any]) -> None:
    reads = [call for call in calls[:3] if call.method == "GET"]
    predicted = vbs_backup({**OPTIONS, **more}, reads, check_mode=True, diff=True)
    real = vbs_backup({**OPTIONS, **more}, calls, diff=True)
    assert predicted["changed"] is real["changed"] is True
    assert predicted["diff"] == real["diff"]
    for key, value in real["backup"].items():
        assert predicted["backup"][key] == (None if key in SERVER_MADE else value), key


def test_a_name_in_chinese_of_full_length_is_sent(vbs_backup: Backup) -> None:
    name = "备份_" + "n" * 61
    calls = [rows(), look_up(), create(name=name), get_job(), rows(backup(name=name))]
    assert vbs_backup({**OPTIONS, "name": name}, calls)["backup"]["name"] == name


@pytest.mark.parametrize("given", [SNAPSHOT, "snap"])
def test_a_snapshot_may_be_given_by_id_or_name(vbs_backup: Backup, given: str) -> None:
    look = snapshots(OF_SNAPSHOT, name=None if given == SNAPSHOT else given)
    calls = [rows(), look_up(), look, create(snapshot_id=SNAPSHOT), get_job(), rows(backup(snapshot_id=SNAPSHOT))]
    assert vbs_backup({**OPTIONS, "snapshot": given}, calls)["backup"]["snapshot_id"] == SNAPSHOT


@pytest.mark.parametrize(
    ("found", "words"),
    [
        ([], "'snap'"),
        ([{**OF_SNAPSHOT, "name": "snap2"}], "'snap'"),
        ([{**OF_SNAPSHOT, "volume_id": OTHER_VOLUME}], "'snap'"),
        ([OF_SNAPSHOT, {**OF_SNAPSHOT, "id": "s2"}], "s2"),
    ],
)
@pytest.mark.parametrize("check_mode", [False, True])
def test_an_unknown_or_ambiguous_snapshot_is_refused_before_any_write(
    vbs_backup: Backup, found: list[Json], words: str, check_mode: bool
) -> None:
    calls = [rows(), look_up(), snapshots(*found, name="snap")]
    result = vbs_backup({**OPTIONS, "snapshot": "snap"}, calls, check_mode=check_mode)
    assert result.failed
    assert result["msg"].startswith("snapshot:")
    assert words in result["msg"]


def test_a_job_of_twelve_seconds_is_at_most_thirteen_requests(vbs_backup: Backup) -> None:
    looks = [get_job("INIT"), *[get_job("RUNNING")] * 7, get_job()]
    result = vbs_backup(OPTIONS, [rows(), look_up(), create(), *looks, rows(backup())])
    assert len(result.sent) <= 13
    # It ended after 12 s, and that was seen within a tenth of that and one second.
    assert sum(result.pauses[:-1]) < 12 <= sum(result.pauses) <= 12 + 1.2 + 1


def test_a_failed_job_fails_the_task_with_its_code_reason_and_what_is_known(vbs_backup: Backup) -> None:
    end = get_job().but(answer=failed_job())
    result = vbs_backup(OPTIONS, [rows(), look_up(), create(), get_job("RUNNING"), end])
    assert result.failed
    assert result["error"]["code"] == "VolumeBackup.0064"
    assert "backup ended in error" in result["msg"]
    assert JOB in result["msg"]
    assert VOLUME in result["msg"]
    assert result["job"]["status"] == "FAIL"
    assert result["changed"] is True


@pytest.mark.parametrize("code", [None, "", "Unknown.0001"])
def test_a_job_that_fails_without_a_known_code_is_told_too(vbs_backup: Backup, code: str | None) -> None:
    end = get_job().but(answer={**failed_job(), "error_code": code, "fail_reason": ""})
    result = vbs_backup(OPTIONS, [rows(), look_up(), create(), end])
    assert result.failed
    assert result["error"]["code"] == (code or None)
    assert result["error"]["advice"]


def test_a_job_in_a_state_nobody_documented_ends_the_wait(vbs_backup: Backup) -> None:
    result = vbs_backup(OPTIONS, [rows(), look_up(), create(), get_job("PAUSED")])
    assert result.failed
    assert "'PAUSED'" in result["msg"]
    assert result["job"]["id"] == JOB


def test_a_new_job_may_not_be_readable_for_half_a_minute(vbs_backup: Backup) -> None:
    result = vbs_backup(OPTIONS, [rows(), look_up(), create(), no_job(), no_job(), get_job(), rows(backup())])
    assert result["backup"] == SHOWN
    result = vbs_backup(OPTIONS, [rows(), look_up(), create(), *[no_job()] * 15])
    assert result.failed
    assert 30 <= sum(result.pauses) < 35
    assert "uncertain" in result["msg"]


def test_a_job_that_was_seen_and_vanishes_is_uncertain(vbs_backup: Backup) -> None:
    result = vbs_backup(OPTIONS, [rows(), look_up(), create(), get_job("RUNNING"), no_job()])
    assert result.failed
    assert "uncertain" in result["msg"]
    assert (result["error"]["code"], result["error"]["http_status"]) == ("common.0011", 404)
    assert result["job"]["status"] == "RUNNING"


def test_a_time_out_tells_job_state_and_how_to_go_on(vbs_backup: Backup) -> None:
    calls = [rows(), look_up(), create(), *[get_job("RUNNING")] * 4]
    result = vbs_backup({**OPTIONS, "wait_timeout": 4}, calls)
    assert result.failed
    for part in (JOB, "RUNNING", "may still be running", "same task again", "wait_timeout (4 s)"):
        assert part in result["msg"]
    assert result["pending"] == {"kind": "job", "ids": [JOB], "started_at": "2026-11-21T12:00:00Z"}
    assert result["job"]["status"] == "RUNNING"
    assert result["error"]["retryable"] is True
    assert sum(result.pauses) == pytest.approx(4)


def test_without_waiting_it_returns_the_job_and_how_to_go_on(vbs_backup: Backup) -> None:
    result = vbs_backup({**OPTIONS, "wait": False}, [rows(), look_up(), create(), rows()])
    assert result["changed"] is True
    assert result["job"] == {**dict.fromkeys(SHOWN_JOB), "id": JOB, "entities": {}}
    assert result["pending"] == {"kind": "job", "ids": [JOB], "started_at": "2026-11-21T12:00:00Z"}
    backup_ = {key: result["backup"][key] for key in ("id", "name", "volume_id", "status")}
    assert backup_ == {"id": None, "name": "before", "volume_id": VOLUME, "status": "creating"}
    assert result.pauses == ()


def test_without_waiting_a_row_that_is_there_already_is_shown(vbs_backup: Backup) -> None:
    row = backup(status="creating")
    running = get_job("RUNNING", entities={"volume_id": VOLUME, "backup_id": BACKUP})
    result = vbs_backup({**OPTIONS, "wait": False}, [rows(), look_up(), create(), rows(row), running])
    assert result["backup"]["id"] == BACKUP
    assert not result.warnings
    predicted = vbs_backup({**OPTIONS, "wait": False}, [rows(), look_up()], check_mode=True)
    assert predicted["backup"]["status"] == result["backup"]["status"] == "creating"


def test_a_row_that_is_not_listed_yet_is_read_by_its_id(vbs_backup: Backup) -> None:
    assert vbs_backup(OPTIONS, [*made()[:-1], rows(), get()])["backup"] == SHOWN


def test_a_row_that_is_not_there_at_all_is_a_failure_with_the_job(vbs_backup: Backup) -> None:
    result = vbs_backup(OPTIONS, [*made()[:-1], rows(), gone()])
    assert result.failed
    assert "cannot be found" in result["msg"]
    assert result["job"]["status"] == "SUCCESS"


@pytest.mark.parametrize("wait", [True, False])
def test_a_listing_that_fails_afterwards_does_not_lose_the_job(vbs_backup: Backup, wait: bool) -> None:
    forbidden = rows().but(status=403, answer=gateway("APIGW.0302"))
    calls = [rows(), look_up(), create(), *([get_job()] if wait else []), forbidden]
    result = vbs_backup({**OPTIONS, "wait": wait}, calls)
    assert result["error"]["code"] == "APIGW.0302"
    assert (result["job"]["id"], result["changed"]) == (JOB, True)
    assert (result["pending"] is None) is wait


def test_a_job_without_a_backup_id_finds_the_one_new_row(vbs_backup: Backup) -> None:
    bare = get_job(entities={"volume_id": VOLUME})
    old = backup(OTHER_BACKUP, status="error")
    assert vbs_backup(OPTIONS, [rows(old), look_up(), create(), bare, rows(backup(), old)])["backup"] == SHOWN


def test_a_row_that_is_still_creating_after_its_job_is_waited_for(vbs_backup: Backup) -> None:
    calls = [*made()[:-1], rows(backup(status="creating")), get("creating"), get()]
    assert vbs_backup(OPTIONS, calls)["backup"] == SHOWN


def test_a_row_in_error_after_its_job_fails_the_task(vbs_backup: Backup) -> None:
    result = vbs_backup(OPTIONS, [*made()[:-1], rows(backup(status="error", fail_reason="lost a disk"))])
    assert result.failed
    assert "lost a disk" in result["msg"]
    assert (result["backup"]["id"], result["job"]["id"]) == (BACKUP, JOB)


def test_a_second_one_made_at_the_same_time_is_told_and_nothing_is_deleted(vbs_backup: Backup) -> None:
    result = vbs_backup(OPTIONS, [*made()[:-1], rows(backup(OTHER_BACKUP), backup())])
    assert result["backup"]["id"] == BACKUP
    assert any(BACKUP in warning and OTHER_BACKUP in warning for warning in result.warnings)


def test_an_outage_during_the_wait_is_waited_out(vbs_backup: Backup) -> None:
    down = get_job().but(status=503, answer=gateway("APIGW.0613"))
    calls = [rows(), look_up(), create(), get_job("RUNNING"), *[down] * 6, get_job(), rows(backup())]
    assert vbs_backup(OPTIONS, calls)["backup"] == SHOWN


def test_an_outage_that_stays_ends_the_wait_with_what_is_known(vbs_backup: Backup) -> None:
    down = get_job().but(status=503, answer=gateway("APIGW.0613"), takes=60.0)
    calls = [rows(), look_up(), create(), get_job("RUNNING"), *[down] * 5]
    result = vbs_backup({**OPTIONS, "api_retries": 0}, calls)
    assert result["error"]["code"] == "APIGW.0613"
    assert result["job"]["id"] == JOB


@pytest.mark.parametrize(
    ("code", "status", "retryable"),
    [("VolumeBackup.0040", 400, False), ("VolumeBackup.0080", 400, False), ("VolumeBackup.0042", 403, False)],
)
def test_a_refused_creation_is_sent_once_and_told(vbs_backup: Backup, code: str, status: int, retryable: bool) -> None:
    result = vbs_backup(OPTIONS, [rows(), look_up(), refused(create(), code, status)])
    assert result["error"]["code"] == code
    assert result["error"]["retryable"] is retryable
    assert result["changed"] is False


def test_by_volume_name_the_volume_is_looked_up_once(vbs_backup: Backup) -> None:
    calls = [look_up_name(volume()), rows(), create(), get_job(), rows(backup())]
    assert vbs_backup(but(OPTIONS, volume="data-1"), calls)["changed"]
