# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which backups satisfy, and which do not (contract §3, vbs_backup)."""

from __future__ import annotations

import functools
import typing as t

import pytest

from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.backups import (
    OPTIONS,
    SHOWN,
    but,
    create,
    get,
    get_job,
    gone,
    look_up,
    look_up_name,
    rows,
)
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.module_run import Result
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.scripted_http import evs
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.wire import (
    BACKUP,
    OTHER_BACKUP,
    OTHER_VOLUME,
    SNAPSHOT,
    VOLUME,
    backup,
    missing,
    volume,
)

Backup = t.Callable[..., Result]
Json = dict[str, t.Any]


@pytest.fixture
def vbs_backup(run: Backup) -> Backup:
    return functools.partial(run, "vbs_backup")


def test_an_available_one_of_the_name_is_one_request_and_no_change(vbs_backup: Backup) -> None:
    for check_mode in (False, True):
        result = vbs_backup(OPTIONS, [rows(backup())], diff=True, check_mode=check_mode)
        assert result["changed"] is False
        assert (result["backup"], result["job"], result["adopted"]) == (SHOWN, None, False)
        assert result["diff"]["before"] == result["diff"]["after"]
        assert result.warnings == []


def test_by_volume_name_it_is_two_requests(vbs_backup: Backup) -> None:
    calls = [look_up_name(volume(), volume(OTHER_VOLUME, "data-10")), rows(backup())]
    assert vbs_backup({**OPTIONS, "volume": "data-1"}, calls)["changed"] is False


def test_a_backup_satisfies_although_its_volume_is_gone(vbs_backup: Backup) -> None:
    assert vbs_backup(OPTIONS, [rows(backup())])["backup"]["id"] == BACKUP


def test_the_newest_that_satisfies_is_the_one(vbs_backup: Backup) -> None:
    found = [
        backup("b1", created_at="2026-11-19T11:00:10.000000"),
        backup("b2", status="error", created_at="2026-11-21T11:00:10.000000"),
        backup("b3", created_at="2026-11-20T11:00:10.000000"),
        backup("b4", "another", created_at="2026-11-21T11:00:10.000000"),
    ]
    assert vbs_backup(OPTIONS, [rows(*found)])["backup"]["id"] == "b3"


@pytest.mark.parametrize("status", ["creating", "restoring"])
def test_one_that_is_worked_on_is_waited_for_and_no_change(vbs_backup: Backup, status: str) -> None:
    calls = [rows(backup(status=status)), get(status), get(status), get()]
    result = vbs_backup(OPTIONS, calls)
    assert result["changed"] is False
    assert result["backup"] == SHOWN
    assert result.pauses == pytest.approx((1.0, 1.1, 1.21))


def test_check_mode_does_not_wait_but_foresees_the_end(vbs_backup: Backup) -> None:
    result = vbs_backup(OPTIONS, [rows(backup(status="creating"))], check_mode=True)
    assert (result["changed"], result["backup"]["status"]) == (False, "available")


@pytest.mark.parametrize("status", ["creating", "restoring"])
def test_without_waiting_it_says_how_to_go_on(vbs_backup: Backup, status: str) -> None:
    result = vbs_backup({**OPTIONS, "wait": False}, [rows(backup(status=status))])
    assert result["changed"] is False
    assert result["backup"]["status"] == status
    assert result["pending"] == {"kind": "backup", "ids": [BACKUP], "started_at": "2026-11-21T11:00:10Z"}


def test_one_that_ends_in_error_while_waited_for_fails_the_task(vbs_backup: Backup) -> None:
    calls = [rows(backup(status="creating")), get("error", fail_reason="no space left")]
    result = vbs_backup(OPTIONS, calls)
    assert result.failed
    assert "no space left" in result["msg"]
    assert BACKUP in result["msg"]
    assert result["backup"]["status"] == "error"
    assert result["changed"] is False


def test_one_that_vanishes_while_waited_for_fails_the_task(vbs_backup: Backup) -> None:
    result = vbs_backup(OPTIONS, [rows(backup(status="creating")), gone()])
    assert result.failed
    assert BACKUP in result["msg"]


def test_a_time_out_of_that_wait_tells_all(vbs_backup: Backup) -> None:
    calls = [rows(backup(status="creating")), get("creating"), get("creating"), get("creating")]
    result = vbs_backup({**OPTIONS, "wait_timeout": 3, "wait_interval": 1}, calls)
    assert result.failed
    for part in (BACKUP, "creating", "may still be running", "same task again", "wait_timeout"):
        assert part in result["msg"]
    assert result["pending"]["ids"] == [BACKUP]
    assert result["error"]["retryable"] is True


@pytest.mark.parametrize("status", ["error", "error_restoring", "deleting"])
def test_a_bad_one_does_not_satisfy_and_a_warning_names_it(vbs_backup: Backup, status: str) -> None:
    bad = backup(OTHER_BACKUP, status=status, created_at="2026-11-21T11:30:00.000000")
    others = [backup("b8", "after", status), backup("b9", "after")]
    calls = [rows(bad, *others), look_up(), create(), get_job(), rows(bad, *others, backup())]
    result = vbs_backup(OPTIONS, calls)
    assert result["changed"] is True
    assert result["backup"]["id"] == BACKUP
    assert len(result.warnings) == 1
    assert OTHER_BACKUP in result.warnings[0]
    assert status in result.warnings[0]
    predicted = vbs_backup(OPTIONS, [rows(bad), look_up()], check_mode=True)
    assert predicted["changed"] is True
    assert predicted.warnings == result.warnings


def test_a_state_nobody_documented_is_not_answered_with_a_second_backup(vbs_backup: Backup) -> None:
    result = vbs_backup(OPTIONS, [rows(backup(status="uploading"))])
    assert result.failed
    assert "'uploading'" in result["msg"]
    assert BACKUP in result["msg"]


def test_an_id_is_enough(vbs_backup: Backup) -> None:
    result = vbs_backup({"id": BACKUP}, [get()])
    assert (result["changed"], result["backup"]) == (False, SHOWN)


def test_an_id_that_is_worked_on_is_waited_for(vbs_backup: Backup) -> None:
    assert vbs_backup({"id": BACKUP}, [get("restoring"), get("restoring"), get()])["backup"] == SHOWN
    result = vbs_backup({"id": BACKUP, "wait": False}, [get("creating")])
    assert result["pending"]["kind"] == "backup"


@pytest.mark.parametrize("check_mode", [False, True])
def test_an_id_with_nothing_there_fails(vbs_backup: Backup, check_mode: bool) -> None:
    result = vbs_backup({**OPTIONS, "id": BACKUP}, [gone()], check_mode=check_mode)
    assert result.failed
    assert result["msg"].startswith("id:")
    assert BACKUP in result["msg"]


@pytest.mark.parametrize("status", ["error", "error_restoring", "deleting", "uploading"])
def test_an_id_of_a_bad_one_fails(vbs_backup: Backup, status: str) -> None:
    result = vbs_backup({"id": BACKUP}, [get(status)])
    assert result.failed
    assert status in result["msg"]
    assert result["backup"]["id"] == BACKUP


@pytest.mark.parametrize(
    ("options", "wire", "words"),
    [
        ({"name": "after", "id": BACKUP}, {}, "'before'"),
        ({"description": "new"}, {"description": "old"}, "'old'"),
        ({"description": ""}, {"description": "old"}, "'old'"),
        ({"snapshot": SNAPSHOT}, {"snapshot_id": "another"}, "another"),
        ({"full": True}, {"service_metadata": '{"Type": 1}'}, "incremental"),
        ({"volume": OTHER_VOLUME, "id": BACKUP}, {}, VOLUME),
    ],
)
def test_a_difference_that_can_be_read_is_a_warning(vbs_backup: Backup, options: Json, wire: Json, words: str) -> None:
    first = get(**wire) if "id" in options else rows(backup(**wire))
    result = vbs_backup({**OPTIONS, **options}, [first])
    assert result["changed"] is False
    assert len(result.warnings) == 1
    assert words in result.warnings[0]
    assert BACKUP in result.warnings[0]


@pytest.mark.parametrize(
    "options",
    [
        {"description": ""},
        {"tags": {"env": "prod"}},
        {"full": True},
        {"full": False},
        {"snapshot": SNAPSHOT},
        {"api": "native", "force": True},
    ],
)
def test_what_is_so_or_cannot_be_read_is_no_warning(vbs_backup: Backup, options: Json) -> None:
    assert vbs_backup({**OPTIONS, **options}, [rows(backup(snapshot_id=None))]).warnings == []


def test_a_text_like_an_id_may_be_another_volumes_name(vbs_backup: Backup) -> None:
    calls = [
        rows(),
        look_up().but(status=404, answer=missing()),
        look_up_name(volume(OTHER_VOLUME, VOLUME), name=VOLUME),
        rows(backup(volume_id=OTHER_VOLUME), volume_id=OTHER_VOLUME),
    ]
    assert vbs_backup(OPTIONS, calls)["backup"]["volume_id"] == OTHER_VOLUME


@pytest.mark.parametrize(
    ("found", "words"),
    [([], "'data-1'"), ([volume("v1"), volume("v2")], "v1, v2"), ([volume("v1", "data-10")], "'data-1'")],
)
@pytest.mark.parametrize("check_mode", [False, True])
def test_an_unknown_or_ambiguous_volume_is_refused_before_any_write(
    vbs_backup: Backup, found: list[Json], words: str, check_mode: bool
) -> None:
    result = vbs_backup({**OPTIONS, "volume": "data-1"}, [look_up_name(*found)], check_mode=check_mode)
    assert result.failed
    assert result["msg"].startswith("volume:")
    assert words in result["msg"]


def test_an_unknown_volume_id_is_refused_before_any_write(vbs_backup: Backup) -> None:
    none = evs("GET", f"/v2/volumes/detail?name={VOLUME}&limit=1000", answer={"volumes": []})
    result = vbs_backup(OPTIONS, [rows(), look_up().but(status=404, answer=missing()), none])
    assert result.failed
    assert VOLUME in result["msg"]


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"name": "n" * 65}, "name"),
        ({"name": ""}, "name"),
        ({"name": "a b"}, "name"),
        ({"name": "a.b"}, "name"),
        ({"name": "auto1"}, "name"),
        ({"name": None}, "name"),
        ({"volume": None}, "volume"),
        ({"volume": ""}, "volume"),
        ({"volume": "a\nb"}, "volume"),
        ({"id": "../volumes"}, "id"),
        ({"description": "d" * 65}, "description"),
        ({"description": "a<b"}, "description"),
        ({"tags": {"k": "v" * 44}}, "tags"),
        ({"tags": {f"k{number}": "v" for number in range(11)}}, "tags"),
        ({"tags": {"k": False}}, "quotes"),
        ({"snapshot": ""}, "snapshot"),
        ({"force": True}, "force"),
        ({"api": "native", "tags": {}}, "tags"),
        ({"api": "native", "full": True}, "full"),
        ({"api": "native", "name": "n" * 256}, "name"),
        ({"api": "native", "name": "a\nb"}, "name"),
        ({"api": "native", "description": "d" * 256}, "description"),
        ({"api": "cinder"}, "api"),
        ({"max_age": "1"}, "max_age"),
        ({"max_age": "1.5h"}, "max_age"),
        ({"max_age": "24 h"}, "max_age"),
        ({"max_age": "1h30m"}, "max_age"),
        ({"max_age": "-1h"}, "max_age"),
        ({"max_age": ""}, "max_age"),
        ({"max_age": "1h\n"}, "max_age"),
        ({"max_age": "1h", "id": BACKUP}, "max_age"),
        ({"max_age": "1h", "state": "absent"}, "max_age"),
        ({"wait_timeout": 0}, "wait_timeout"),
        ({"wait_interval": 0}, "wait_interval"),
        ({"state": "absent", "name": None}, "name"),
        ({"state": "gone"}, "state"),
    ],
)
def test_bad_input_is_refused_before_any_request(vbs_backup: Backup, options: Json, named: str) -> None:
    result = vbs_backup(but(OPTIONS, **options))
    assert result.failed
    assert named in result["msg"]
