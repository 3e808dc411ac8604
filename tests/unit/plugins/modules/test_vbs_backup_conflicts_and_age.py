# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Volumes that are busy (contract §2: conflicts), and C(max_age)."""

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
    made,
    native,
    no_job,
    refused,
    rows,
)
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.credentials import GIVEN_TOKEN
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.fake_clock import NOON, FakeClock
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.module_run import Result
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.scripted_http import Call
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.wire import (
    BACKUP,
    JOB,
    OTHER_BACKUP,
    VOLUME,
    backup,
    bad_request,
)

Backup = t.Callable[..., Result]
Json = dict[str, t.Any]

OTHERS = backup(OTHER_BACKUP, "weekly", "creating")


@pytest.fixture
def vbs_backup(run: Backup) -> Backup:
    return functools.partial(run, "vbs_backup")


@pytest.mark.parametrize("code", ["VolumeBackup.0012", "VolumeBackup.0013"])
def test_a_busy_volume_is_waited_for_at_the_waits_pace(vbs_backup: Backup, code: str) -> None:
    busy = [refused(create(), code), rows(OTHERS), rows(OTHERS)]
    calls = [rows(OTHERS), look_up(), *busy, *busy, create(), get_job(), rows(backup(), OTHERS)]
    result = vbs_backup(OPTIONS, calls)
    assert result["backup"] == SHOWN
    assert (result["changed"], result["adopted"]) == (True, False)
    assert result.pauses[:2] == pytest.approx((1.0, 1.1))


@pytest.mark.parametrize("code", ["VolumeBackup.0012", "VolumeBackup.0013"])
def test_without_waiting_a_busy_volume_fails_at_once_and_may_be_tried_again(vbs_backup: Backup, code: str) -> None:
    result = vbs_backup({**OPTIONS, "wait": False}, [rows(), look_up(), refused(create(), code), rows(OTHERS)])
    assert result.failed
    assert (result["error"]["code"], result["error"]["retryable"]) == (code, True)
    assert result["changed"] is False


def test_a_volume_that_stays_busy_fails_when_the_wait_is_over(vbs_backup: Backup) -> None:
    busy = refused(create(), "VolumeBackup.0013")
    again = [busy, rows(OTHERS), rows(OTHERS)]
    result = vbs_backup({**OPTIONS, "wait_timeout": 3}, [rows(OTHERS), look_up(), *again * 3, busy, rows(OTHERS)])
    assert result.failed
    assert result["error"]["code"] == "VolumeBackup.0013"
    assert result["error"]["retryable"] is True
    assert sum(result.pauses) == pytest.approx(3)


def test_another_tasks_backup_of_the_name_satisfies_meanwhile(vbs_backup: Backup) -> None:
    running = backup(status="creating")
    calls = [rows(), look_up(), refused(create(), "VolumeBackup.0013"), rows(running), get("creating"), get()]
    result = vbs_backup(OPTIONS, calls)
    assert result["backup"] == SHOWN
    assert (result["changed"], result["adopted"], result["job"]) == (False, False, None)


def test_one_that_another_task_finished_during_a_pause_satisfies_too(vbs_backup: Backup) -> None:
    calls = [rows(), look_up(), refused(create(), "VolumeBackup.0013"), rows(), rows(backup())]
    result = vbs_backup(OPTIONS, calls)
    assert (result["backup"], result["changed"]) == (SHOWN, False)
    assert len(result.writes) == 1


def test_a_conflict_of_another_kind_is_no_reason_to_wait(vbs_backup: Backup) -> None:
    result = vbs_backup(OPTIONS, [rows(), look_up(), refused(create(), "VolumeBackup.0040")])
    assert result["error"]["code"] == "VolumeBackup.0040"
    assert result.pauses == ()


def test_the_openstack_forms_bare_400_is_a_conflict_only_while_a_row_is_worked_on(vbs_backup: Backup) -> None:
    options = {**OPTIONS, "api": "native"}
    busy = native(name="before").but(status=400, answer=bad_request("Invalid volume: status is backing-up"))
    calls = [
        *[rows(OTHERS), look_up(), busy, rows(OTHERS), rows(OTHERS)],
        *[native(name="before"), rows(backup(status="creating"), OTHERS), get()],
    ]
    assert vbs_backup(options, calls, auth=GIVEN_TOKEN)["backup"] == SHOWN
    result = vbs_backup({**options, "wait": False}, [rows(), look_up(), busy, rows(OTHERS)], auth=GIVEN_TOKEN)
    assert result["error"]["retryable"] is True
    result = vbs_backup(options, [rows(), look_up(), busy, rows()], auth=GIVEN_TOKEN)
    assert result.failed
    assert result["error"]["retryable"] is False
    assert "backing-up" in result["msg"]


def ago(seconds: float, backup_id: str = BACKUP, name: str = "before", status: str = "available") -> Json:
    """A backup that was started so long before noon."""
    moment = 12 * 3600 - seconds
    day, second = (21, moment) if moment >= 0 else (20, moment + 86400)
    text = f"2026-11-{day}T{int(second // 3600):02d}:{int(second % 3600 // 60):02d}:{int(second % 60):02d}.000000"
    return backup(backup_id, name, status, created_at=text)


@pytest.mark.parametrize(
    ("age", "limit", "satisfies"),
    [
        (60, "60s", True),
        (61, "60s", False),
        (3600, "60m", True),
        (3601, "1h", False),
        (7200, "2h", True),
        (86400, "1d", True),
        (86401, "1d", False),
        (100000, "1w", True),
        (0, "0s", True),
        (-600, "1s", True),
    ],
)
def test_only_the_age_decides(vbs_backup: Backup, age: float, limit: str, satisfies: bool) -> None:
    row = ago(age, OTHER_BACKUP, "whatever")
    calls = [rows(row)] if satisfies else [rows(row), look_up(), create(), get_job(), rows(backup(), row)]
    result = vbs_backup({**OPTIONS, "max_age": limit}, calls)
    assert result["changed"] is not satisfies
    assert result["backup"]["id"] == (OTHER_BACKUP if satisfies else BACKUP)
    assert result.warnings == []


@pytest.mark.parametrize("status", ["error", "error_restoring", "deleting", "restoring"])
def test_only_available_and_creating_ones_count(vbs_backup: Backup, status: str) -> None:
    row = ago(60, OTHER_BACKUP, "whatever", status)
    calls = [rows(row), look_up(), create(), get_job(), rows(backup(), row)]
    assert vbs_backup({**OPTIONS, "max_age": "1h"}, calls)["changed"] is True


def test_a_young_one_that_is_being_made_is_waited_for(vbs_backup: Backup) -> None:
    calls = [rows(ago(60, name="autobk_1a2b", status="creating")), get("creating"), get()]
    result = vbs_backup({**OPTIONS, "max_age": "1h"}, calls)
    assert (result["changed"], result["backup"]["status"]) == (False, "available")


def test_an_older_one_of_the_same_name_does_not_satisfy(vbs_backup: Backup) -> None:
    old = ago(7200, OTHER_BACKUP)
    calls = [rows(old), look_up(), create(), get_job(), rows(backup(), old)]
    result = vbs_backup({**OPTIONS, "max_age": "1h"}, calls)
    assert (result["changed"], result["backup"]["id"]) == (True, BACKUP)
    predicted = vbs_backup({**OPTIONS, "max_age": "1h"}, [rows(old), look_up()], check_mode=True)
    assert predicted["changed"] is True


def test_without_a_name_a_young_one_is_enough_and_a_new_one_needs_a_name(vbs_backup: Backup) -> None:
    options = {"volume": VOLUME, "max_age": "1h"}
    assert vbs_backup(options, [rows(ago(60))])["changed"] is False
    for check_mode in (False, True):
        result = vbs_backup(options, [rows(ago(7200)), look_up()], check_mode=check_mode)
        assert result["msg"].startswith("name:")


def test_the_age_is_by_the_services_clock_and_a_wrong_one_here_warns(vbs_backup: Backup) -> None:
    service = {"Date": "Sat, 21 Nov 2026 12:00:00 GMT"}
    call = rows(ago(3000)).but(headers=service)
    for skew, warns in ((299, False), (-299, False), (301, True), (-7200, True)):
        clock = FakeClock(start=NOON + skew)
        result = vbs_backup({**OPTIONS, "max_age": "1h"}, [call], clock=clock)
        assert result["changed"] is False
        assert bool(result.warnings) is warns
        assert all("clock" in warning for warning in result.warnings)


@pytest.mark.parametrize("date", [None, "yesterday"])
def test_without_a_readable_date_the_age_is_by_the_clock_here(vbs_backup: Backup, date: str | None) -> None:
    young, old = (rows(ago(age)).but(headers={"Date": date}) for age in (3000, 4000))
    assert vbs_backup({**OPTIONS, "max_age": "1h"}, [young])["changed"] is False
    result = vbs_backup({**OPTIONS, "max_age": "1h"}, [old, look_up()], check_mode=True)
    assert (result["changed"], result.warnings) == (True, [])


def test_the_newest_young_one_is_shown_and_an_unreadable_time_is_not_young(vbs_backup: Backup) -> None:
    strange = backup("b1", created_at=None)
    found = [ago(1800, "b2"), strange, ago(600, "b3", "weekly"), ago(60, "b4", "weekly", "error")]
    assert vbs_backup({**OPTIONS, "max_age": "1h"}, [rows(*found)])["backup"]["id"] == "b3"
    result = vbs_backup({**OPTIONS, "max_age": "1h"}, [rows(strange), look_up()], check_mode=True)
    assert result["changed"] is True


def test_descriptions_of_young_ones_of_other_names_do_not_warn(vbs_backup: Backup) -> None:
    row = ago(60, name="weekly")
    assert vbs_backup({**OPTIONS, "max_age": "1h", "description": "mine"}, [rows(row)]).warnings == []


def test_a_young_one_of_another_task_satisfies_after_a_conflict(vbs_backup: Backup) -> None:
    theirs = ago(0, OTHER_BACKUP, "theirs", "creating")
    calls: list[Call] = [
        rows(),
        look_up(),
        refused(create(), "VolumeBackup.0013"),
        rows(theirs),
        get(backup_id=OTHER_BACKUP, name="theirs"),
    ]
    result = vbs_backup({**OPTIONS, "max_age": "1h"}, calls)
    assert (result["changed"], result["backup"]["name"]) == (False, "theirs")


def test_the_made_backup_satisfies_the_next_run(vbs_backup: Backup) -> None:
    options = {**OPTIONS, "max_age": "2h"}
    row = vbs_backup(options, made())["backup"]
    assert row["created_at"] == "2026-11-21T11:00:10Z"
    assert vbs_backup(options, [rows(backup())])["changed"] is False


@pytest.mark.parametrize("job", [get_job("RUNNING", entities={"volume_id": VOLUME}), no_job()])
def test_without_waiting_another_tasks_row_is_not_taken_for_its_own(vbs_backup: Backup, job: Call) -> None:
    calls = [rows(), look_up(), create(), rows(backup(OTHER_BACKUP)), job]
    result = vbs_backup({**OPTIONS, "wait": False}, calls)
    assert (result["backup"]["id"], result["backup"]["status"]) == (None, "creating")
    assert f"{OTHER_BACKUP}, that of job {JOB}" in result.warnings[0]
