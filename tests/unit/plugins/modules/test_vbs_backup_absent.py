# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import functools
import typing as t

import pytest

from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.backups import (
    delete,
    get,
    gone,
    look_up_name,
    named,
    refused,
)
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.module_run import Result
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.recorded import AUTH, recorded
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.scripted_http import Call, lost
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.wire import (
    BACKUP,
    OTHER_BACKUP,
    VOLUME,
    backup,
    bad_request,
    missing,
    volume,
)

Backup = t.Callable[..., Result]
Json = dict[str, t.Any]

BY_ID: Json = {"id": BACKUP, "state": "absent"}
BY_NAME: Json = {"name": "before", "volume": VOLUME, "state": "absent"}
NOTHING = (None, None, False)


@pytest.fixture
def vbs_backup(run: Backup) -> Backup:
    return functools.partial(run, "vbs_backup")


def outcome(result: Result) -> tuple[t.Any, ...]:
    assert not result.failed, result["msg"]
    return result["backup"], result["job"], result["adopted"]


@pytest.mark.parametrize(
    ("options", "look", "again"),
    [
        (BY_ID, get(), gone()),
        (BY_NAME, named(backup()), named()),
        ({"name": "before", "state": "absent"}, named(backup(), volume_id=None), named(volume_id=None)),
    ],
    ids=["by ID", "by name and volume", "by name"],
)
def test_a_backup_is_deleted_and_seen_off_and_then_there_is_nothing_to_do(
    vbs_backup: Backup, options: Json, look: Call, again: Call
) -> None:
    predicted = vbs_backup(options, [look], check_mode=True, diff=True)
    result = vbs_backup(options, [look, delete(), get("deleting"), get("deleting"), gone()], diff=True)
    assert outcome(predicted) == outcome(result) == NOTHING
    assert predicted["changed"] is result["changed"] is True
    assert predicted["diff"] == result["diff"] == {"before": {"name": "before", "volume_id": VOLUME}, "after": {}}
    assert "pending" not in result.data
    for check_mode in (False, True):
        once_more = vbs_backup(options, [again], check_mode=check_mode)
        assert (outcome(once_more), once_more["changed"]) == (NOTHING, False)


def test_a_volume_by_name_is_looked_up(vbs_backup: Backup) -> None:
    calls = [look_up_name(volume()), named(backup()), delete(), gone()]
    assert vbs_backup({**BY_NAME, "volume": "data-1"}, calls)["changed"]


def test_names_are_compared_here_too(vbs_backup: Backup) -> None:
    found = [backup("b1", "before2"), backup("b2", volume_id="v2"), backup("b3", None)]
    assert vbs_backup(BY_NAME, [named(*found)])["changed"] is False


def test_several_of_the_name_fail_and_their_ids_are_listed(vbs_backup: Backup) -> None:
    for check_mode in (False, True):
        result = vbs_backup(BY_NAME, [named(backup(), backup(OTHER_BACKUP))], check_mode=check_mode)
        assert result.failed
        assert result["msg"].startswith("name:")
        assert BACKUP in result["msg"]
        assert OTHER_BACKUP in result["msg"]


def test_of_several_only_the_one_that_stays_is_deleted_and_all_are_seen_off(vbs_backup: Backup) -> None:
    leaving = backup(OTHER_BACKUP, status="deleting")
    calls = [named(leaving, backup()), delete(), gone(), gone(OTHER_BACKUP)]
    assert vbs_backup(BY_NAME, calls)["changed"] is True


def test_one_that_is_being_deleted_is_only_seen_off(vbs_backup: Backup) -> None:
    result = vbs_backup(BY_ID, [get("deleting"), get("deleting"), gone()])
    assert (outcome(result), result["changed"]) == (NOTHING, False)
    predicted = vbs_backup(BY_ID, [get("deleting")], check_mode=True)
    assert (outcome(predicted), predicted["changed"]) == (NOTHING, False)
    result = vbs_backup({**BY_ID, "wait": False}, [get("deleting")])
    assert (outcome(result), result["changed"]) == (NOTHING, False)
    assert result["pending"]["ids"] == [BACKUP]


def test_one_in_error_can_be_deleted(vbs_backup: Backup) -> None:
    assert vbs_backup(BY_ID, [get("error"), delete(), get("error"), get("deleting"), gone()])["changed"]


@pytest.mark.parametrize("check_mode", [False, True])
def test_one_in_error_restoring_is_refused_beforehand_as_the_service_would(
    vbs_backup: Backup, check_mode: bool
) -> None:
    result = vbs_backup(BY_ID, [get("error_restoring")], check_mode=check_mode)
    assert result.failed
    assert "error_restoring" in result["msg"]
    assert BACKUP in result["msg"]


@pytest.mark.parametrize("status", ["creating", "restoring"])
def test_one_that_is_worked_on_is_deleted_after_that(vbs_backup: Backup, status: str) -> None:
    calls = [get(status), get(status), get(), delete(), gone()]
    assert vbs_backup(BY_ID, calls)["changed"] is True
    result = vbs_backup({**BY_ID, "wait": False}, [get(status)])
    assert result.failed
    assert result["error"]["retryable"] is True
    assert status in result["msg"]


def test_without_waiting_it_says_how_to_go_on(vbs_backup: Backup) -> None:
    result = vbs_backup({**BY_ID, "wait": False}, [get(), delete()])
    assert (outcome(result), result["changed"]) == (NOTHING, True)
    assert result["pending"] == {"kind": "deletion", "ids": [BACKUP], "started_at": "2026-11-21T12:00:00Z"}


def test_one_that_was_deleted_by_another_is_no_failure(vbs_backup: Backup) -> None:
    already = delete().but(status=404, answer=missing())
    assert not vbs_backup(BY_ID, [get(), already, gone()]).failed


@pytest.mark.parametrize(
    "lost_answer", [{"error": lost()}, {"status": 500, "answer": {}}, {"status": 502, "raw": b"<"}]
)
def test_a_lost_answer_to_a_deletion_is_sent_again(vbs_backup: Backup, lost_answer: Json) -> None:
    assert vbs_backup(BY_ID, [get(), delete().but(**lost_answer), delete(), gone()])["changed"]


@pytest.mark.parametrize("now", [get("deleting"), gone()])
@pytest.mark.parametrize("first", [{"status": 502, "raw": b"<"}, None])
def test_a_deletion_that_is_refused_because_it_has_begun_is_seen_off(
    vbs_backup: Backup, first: Json | None, now: Call
) -> None:
    lost_before = [] if first is None else [delete().but(**first)]
    refusal = delete().but(status=400, answer=bad_request("Backup status must be available or error"))
    result = vbs_backup(BY_ID, [get(), *lost_before, refusal, now, gone()])
    assert (outcome(result), result["changed"]) == (NOTHING, True)


def test_a_refused_deletion_of_which_nothing_can_be_read_is_told_as_it_was_refused(vbs_backup: Backup) -> None:
    refusal = delete().but(status=400, answer=bad_request("Backup status must be available or error"))
    result = vbs_backup(BY_ID, [get(), refusal, get().but(status=403, answer={})])
    assert "must be available" in result["msg"]
    assert result["changed"] is False


def test_a_deletion_that_fails_is_told(vbs_backup: Backup) -> None:
    calls = [get(), delete(), get("deleting"), get("error", fail_reason="lost a disk")]
    result = vbs_backup(BY_ID, calls)
    assert result.failed
    assert "lost a disk" in result["msg"]
    assert BACKUP in result["msg"]


def test_a_deletion_that_takes_too_long_tells_all(vbs_backup: Backup) -> None:
    result = vbs_backup({**BY_ID, "wait_timeout": 2}, [get(), delete(), get("deleting"), get("deleting")])
    assert result.failed
    for part in (BACKUP, "deleting", "may still be running", "wait_timeout (2 s)"):
        assert part in result["msg"]
    assert result["pending"] == {"kind": "deletion", "ids": [BACKUP], "started_at": "2026-11-21T12:00:00Z"}
    assert result["changed"] is True


@pytest.mark.parametrize(
    ("code", "words"), [("VolumeBackup.0113", "image"), ("VolumeBackup.0129", "server backup service")]
)
def test_a_refused_deletion_is_told_with_advice(vbs_backup: Backup, code: str, words: str) -> None:
    result = vbs_backup(BY_ID, [get(), refused(delete(), code), get()])
    assert result["error"]["code"] == code
    assert words in result["error"]["advice"]
    assert result["changed"] is False


def test_names_that_the_service_would_not_give_can_be_deleted(vbs_backup: Backup) -> None:
    row = backup(name="autobk_1a2b")
    assert vbs_backup({**BY_NAME, "name": "autobk_1a2b"}, [named(row, name="autobk_1a2b"), delete(), gone()])["changed"]


def test_options_of_creation_are_no_matter(vbs_backup: Backup) -> None:
    options = {**BY_ID, "description": "d", "tags": {"a": "b"}, "snapshot": "s", "full": True, "api": "vbs"}
    assert vbs_backup(options, [gone()])["changed"] is False


def test_a_real_openstack_deletes_at_once(vbs_backup: Backup) -> None:
    backup_id = "52c3c75c-f4ad-4979-91a7-ed37fe66cb89"
    calls = [recorded("vbs-show-of-snapshot"), recorded("vbs-delete"), recorded("vbs-show-after-delete")]
    result = vbs_backup({"id": backup_id, "state": "absent"}, calls, auth=AUTH)
    assert (outcome(result), result["changed"]) == (NOTHING, True)


@pytest.mark.parametrize(
    ("name", "words"),
    [("vbs-delete-has-dependent", "Incremental backups exist"), ("vbs-delete-while-creating", "status")],
)
def test_a_real_openstacks_refusal_is_told(vbs_backup: Backup, name: str, words: str) -> None:
    call = recorded(name)
    backup_id = call.url.rpartition("/")[2]
    unchanged = recorded("vbs-show-available")
    result = vbs_backup({"id": backup_id, "state": "absent"}, [unchanged, call, unchanged], auth=AUTH)
    assert result.failed
    assert words in result["msg"]
    assert result["error"]["http_status"] == 400


def test_without_progress_a_call_that_is_to_end_early_waits_to_the_end(vbs_backup: Backup) -> None:
    early = {"seconds": 1.0, "waited": 0.0, "state": None}
    calls = [get(), delete(), get("deleting"), get("deleting"), gone()]
    result = vbs_backup({**BY_ID, "wait_interval": 2, "progress": False, "_slice": early}, calls)
    assert (outcome(result), len(result.pauses)) == (NOTHING, 3)
