# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Never two backups where one was asked for (architecture.md, Retries and lost answers)."""

from __future__ import annotations

import functools
import typing as t

import pytest

from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.backups import (
    OPTIONS,
    SHOWN,
    create,
    get,
    get_job,
    look_up,
    refused,
    rows,
    snapshots,
)
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.module_run import Result
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.scripted_http import (
    Call,
    lost,
    timed_out,
)
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.scripted_http import (
    refused as connection_refused,
)
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.wire import (
    BACKUP,
    OTHER_BACKUP,
    OTHER_VOLUME,
    SNAPSHOT,
    VOLUME,
    backup,
    gateway,
    refusal,
)

Backup = t.Callable[..., Result]

LOST: dict[str, Call] = {
    "connection lost": create().but(error=lost()),
    "no answer in time": create().but(error=timed_out(), takes=60.0),
    "internal error": refused(create(), "VolumeBackup.0900", 500),
    "internal error without a body": create().but(status=500, answer={}),
    "bad gateway": create().but(status=502, raw=b"<html>502</html>"),
    "gateway time-out": create().but(status=504, answer={}),
    "a web page with 200": create().but(raw=b"<html>hello</html>"),
    "no job in the answer": create().but(answer={}),
    "null for the job": create().but(answer={"job_id": None}),
    "half a body": create().but(raw=b'{"job_i', cut=True),
}
each_loss = pytest.mark.parametrize("gone", LOST.values(), ids=LOST.keys())
GONE = LOST["connection lost"]
# Last week's backup of the same name, which does not satisfy.
NAMESAKE = backup(OTHER_BACKUP, status="error", created_at="2026-11-14T11:00:10.000000")
# At the wait's pace, with a last look when the minute is over; then the volume is asked whether it is busy.
NO_TRACE = [rows(NAMESAKE)] * 22


@pytest.fixture
def vbs_backup(run: Backup) -> Backup:
    return functools.partial(run, "vbs_backup")


@each_loss
def test_a_lost_answer_is_followed_by_a_look_and_the_new_row_is_adopted(vbs_backup: Backup, gone: Call) -> None:
    row = backup(status="creating")
    looks = [rows(NAMESAKE), rows(NAMESAKE), rows(row, NAMESAKE)]
    result = vbs_backup(OPTIONS, [rows(NAMESAKE), look_up(), gone, *looks, get("creating"), get()])
    assert result["backup"] == SHOWN
    assert (result["adopted"], result["job"], result["changed"]) == (True, None, True)
    assert len(result.writes) == 1


@each_loss
def test_only_after_a_minute_without_a_trace_it_is_sent_once_more(vbs_backup: Backup, gone: Call) -> None:
    calls = [rows(NAMESAKE), look_up(), gone, *NO_TRACE, look_up(), create(), get_job(), rows(backup(), NAMESAKE)]
    result = vbs_backup(OPTIONS, calls)
    assert result["backup"] == SHOWN
    assert (result["adopted"], len(result.writes)) == (False, 2)
    assert 60 <= sum(result.pauses) < 63


@each_loss
def test_lost_twice_without_a_trace_is_uncertain_and_never_sent_a_third_time(vbs_backup: Backup, gone: Call) -> None:
    calls = [rows(NAMESAKE), look_up(), gone, *NO_TRACE, look_up(), gone, *NO_TRACE, look_up()]
    result = vbs_backup(OPTIONS, calls)
    assert result.failed
    for part in ("uncertain", VOLUME, "'before'"):
        assert part in result["msg"]
    assert len(result.writes) == 2


def test_last_weeks_namesake_is_never_adopted(vbs_backup: Backup) -> None:
    old = backup(OTHER_BACKUP, created_at="2026-11-14T11:00:10.000000")
    calls = [rows(old), look_up(), GONE, rows(old), rows(backup(), old)]
    result = vbs_backup({**OPTIONS, "max_age": "1d"}, calls)
    assert result["backup"]["id"] == BACKUP
    assert result["adopted"] is True


def test_a_new_row_of_another_name_is_never_adopted(vbs_backup: Backup) -> None:
    others = [backup("b1", "after"), backup("b2", volume_id=OTHER_VOLUME), backup("b3", None)]
    calls = [rows(), look_up(), GONE, rows(*others), rows(*others, backup())]
    assert vbs_backup(OPTIONS, calls)["backup"]["id"] == BACKUP


def test_a_new_row_of_another_snapshot_is_never_adopted(vbs_backup: Backup) -> None:
    found = snapshots({"id": SNAPSHOT, "name": "snap", "volume_id": VOLUME})
    gone = create(snapshot_id=SNAPSHOT).but(error=lost())
    right = backup(snapshot_id=SNAPSHOT)
    calls = [rows(), look_up(), found, gone, rows(backup(OTHER_BACKUP)), rows(backup(OTHER_BACKUP), right)]
    result = vbs_backup({**OPTIONS, "snapshot": SNAPSHOT}, calls)
    assert (result["backup"]["id"], result["adopted"]) == (BACKUP, True)


def test_several_new_ones_are_an_error_that_names_them(vbs_backup: Backup) -> None:
    result = vbs_backup(OPTIONS, [rows(), look_up(), GONE, rows(backup(), backup(OTHER_BACKUP))])
    assert result.failed
    assert BACKUP in result["msg"]
    assert OTHER_BACKUP in result["msg"]


def test_while_the_volume_is_backing_up_it_goes_on_looking(vbs_backup: Backup) -> None:
    busy = look_up(status="backing-up")
    looks: list[Call] = [*[rows()] * 22, busy, rows(), busy, rows(backup())]
    result = vbs_backup(OPTIONS, [rows(), look_up(), GONE, *looks])
    assert (result["backup"]["id"], result["adopted"]) == (BACKUP, True)
    assert sum(result.pauses) > 60
    assert min(result.pauses[-2:]) > 6
    assert len(result.writes) == 1


def test_a_second_try_refused_because_one_is_running_means_go_on_looking(vbs_backup: Backup) -> None:
    running = refused(create(), "VolumeBackup.0013")
    calls = [rows(), look_up(), GONE, *[rows()] * 22, look_up(), running, rows(), rows(backup())]
    result = vbs_backup(OPTIONS, calls)
    assert (result["backup"]["id"], result["adopted"]) == (BACKUP, True)
    assert len(result.writes) == 2


def test_where_even_that_finds_nothing_it_is_uncertain(vbs_backup: Backup) -> None:
    running = refused(create(), "VolumeBackup.0013")
    looks = [*[rows()] * 22, look_up()]
    result = vbs_backup(OPTIONS, [rows(), look_up(), GONE, *looks, running, *looks])
    assert result.failed
    assert "uncertain" in result["msg"]


def test_a_second_try_refused_for_another_reason_is_told(vbs_backup: Backup) -> None:
    calls = [rows(), look_up(), GONE, *[rows()] * 22, look_up(), refused(create(), "VolumeBackup.0040")]
    assert vbs_backup(OPTIONS, calls)["error"]["code"] == "VolumeBackup.0040"


def test_an_adopted_one_that_ends_in_error_fails_the_task(vbs_backup: Backup) -> None:
    calls = [rows(), look_up(), GONE, rows(backup(status="creating")), get("error", fail_reason="no space")]
    result = vbs_backup(OPTIONS, calls)
    assert result.failed
    assert "no space" in result["msg"]
    assert (result["adopted"], result["backup"]["id"]) == (True, BACKUP)
    assert result["changed"] is True


def test_an_adopted_one_is_not_waited_for_without_wait(vbs_backup: Backup) -> None:
    calls = [rows(), look_up(), GONE, rows(backup(status="creating"))]
    result = vbs_backup({**OPTIONS, "wait": False}, calls)
    assert (result["adopted"], result["job"]) == (True, None)
    assert result["pending"] == {"kind": "backup", "ids": [BACKUP], "started_at": "2026-11-21T11:00:10Z"}


@pytest.mark.parametrize(
    "unsent",
    [
        create().but(error=connection_refused()),
        create().but(status=429, answer=gateway("APIGW.0308")),
        create().but(status=503, answer=gateway("APIGW.0613")),
        refused(create(), "VolumeBackup.0014"),
    ],
    ids=["connection refused", "throttled", "unavailable", "not submitted"],
)
def test_a_request_that_was_never_done_is_repeated_at_once(vbs_backup: Backup, unsent: Call) -> None:
    calls = [rows(), look_up(), unsent, unsent, create(), get_job(), rows(backup())]
    result = vbs_backup(OPTIONS, calls)
    assert (result["adopted"], result["backup"]) == (False, SHOWN)


def test_a_look_that_fails_for_a_while_goes_on(vbs_backup: Backup) -> None:
    down = rows().but(status=500, answer=refusal("VolumeBackup.0035"))
    calls = [rows(), look_up(), GONE, down, down, rows(backup())]
    assert vbs_backup({**OPTIONS, "api_retries": 0}, calls)["adopted"] is True


def test_a_look_that_is_refused_says_that_the_outcome_is_unknown(vbs_backup: Backup) -> None:
    forbidden = rows().but(status=403, answer=gateway("APIGW.0302"))
    result = vbs_backup(OPTIONS, [rows(), look_up(), GONE, forbidden])
    assert result.failed
    assert "lost" in result["msg"]
    assert VOLUME in result["msg"]
    assert result["error"]["code"] == "APIGW.0302"
