# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""C(api=native), the OpenStack form: on Huawei's clouds (F §4.6), and on a real OpenStack as it was recorded."""

from __future__ import annotations

import functools
import typing as t

import pytest

from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.backups import (
    OPTIONS,
    SERVER_MADE,
    SHOWN,
    get,
    look_up,
    native,
    rows,
    snapshots,
)
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.credentials import GIVEN_TOKEN
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.module_run import Result
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.recorded import AUTH, exchanges, recorded
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.recorded import VOLUME as CINDER_VOLUME
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.scripted_http import Call, timed_out
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.wire import (
    BACKUP,
    OTHER_BACKUP,
    SNAPSHOT,
    VOLUME,
    backup,
    bad_request,
    gateway,
    missing,
)

Backup = t.Callable[..., Result]
Json = dict[str, t.Any]

NATIVE: Json = {**OPTIONS, "api": "native", "snapshot": SNAPSHOT}
OF_SNAPSHOT = {"id": SNAPSHOT, "name": "snap", "volume_id": VOLUME, "status": "available", "size": 40}
CREATING = backup(status="creating", snapshot_id=SNAPSHOT)


@pytest.fixture
def vbs_backup(run: Backup) -> Backup:
    return functools.partial(run, "vbs_backup")


def creating(**body: t.Any) -> list[Call]:
    """The requests up to the first look at what was made."""
    sent = native(name="before", snapshot_id=SNAPSHOT, **body)
    return [rows(), look_up(), snapshots(OF_SNAPSHOT), sent, rows(CREATING)]


def done(**more: t.Any) -> Call:
    return get(snapshot_id=SNAPSHOT, **more)


def test_it_is_made_and_its_own_state_is_waited_for_since_there_is_no_job(vbs_backup: Backup) -> None:
    calls = [*creating(), get("creating", snapshot_id=SNAPSHOT), done()]
    result = vbs_backup(NATIVE, calls, diff=True)
    assert result["backup"] == {**SHOWN, "snapshot_id": SNAPSHOT}
    assert (result["job"], result["adopted"], result["changed"]) == (None, False, True)
    predicted = vbs_backup(NATIVE, calls[:3], check_mode=True, diff=True)
    assert predicted["diff"] == result["diff"]
    for key, value in result["backup"].items():
        assert predicted["backup"][key] == (None if key in SERVER_MADE else value), key


@pytest.mark.parametrize(
    ("options", "body"),
    [
        ({"force": True}, {"force": True}),
        ({"force": False}, {"force": False}),
        ({"force": None}, {}),
        ({"description": "d" * 255}, {"description": "d" * 255}),
    ],
)
def test_only_what_was_set_goes_out(vbs_backup: Backup, options: Json, body: Json) -> None:
    assert not vbs_backup({**NATIVE, **options}, [*creating(**body), done()]).failed


def test_names_may_have_blanks_and_255_characters(vbs_backup: Backup) -> None:
    name = "my backup. " + "n" * 244
    sent = native(name=name, snapshot_id=SNAPSHOT)
    calls = [rows(), look_up(), snapshots(OF_SNAPSHOT), sent, rows(backup(name=name, snapshot_id=SNAPSHOT))]
    assert vbs_backup({**NATIVE, "name": name}, calls)["backup"]["name"] == name


def test_without_a_name_one_can_be_made_by_age(vbs_backup: Backup) -> None:
    options = {"volume": VOLUME, "api": "native", "max_age": "1h"}
    calls = [rows(), look_up(), native(), rows(backup(name=None))]
    result = vbs_backup(options, calls, auth=GIVEN_TOKEN)
    assert (result["backup"]["name"], result["changed"]) == (None, True)


def test_huaweis_clouds_need_a_snapshot_and_that_is_said_before_any_write(vbs_backup: Backup) -> None:
    result = vbs_backup({**OPTIONS, "api": "native"}, [rows(), look_up()])
    assert result.failed
    assert result["msg"].startswith("snapshot:")


def test_without_waiting_the_backup_is_pending(vbs_backup: Backup) -> None:
    result = vbs_backup({**NATIVE, "wait": False}, creating())
    assert result["pending"] == {"kind": "backup", "ids": [BACKUP], "started_at": "2026-11-21T12:00:00Z"}
    assert (result["backup"]["status"], result["job"]) == ("creating", None)


def test_one_that_ends_in_error_fails_with_its_reason(vbs_backup: Backup) -> None:
    calls = [*creating(), get("error", snapshot_id=SNAPSHOT, fail_reason="Service not found for creating backup.")]
    result = vbs_backup(NATIVE, calls)
    assert result.failed
    assert "Service not found" in result["msg"]
    assert (result["backup"]["status"], result["changed"]) == ("error", True)


def test_a_time_out_names_the_backup_and_its_state(vbs_backup: Backup) -> None:
    calls = [*creating(), get("creating"), get("creating")]
    result = vbs_backup({**NATIVE, "wait_timeout": 2}, calls)
    assert result.failed
    assert BACKUP in result["msg"]
    assert "creating" in result["msg"]
    assert result["pending"]["kind"] == "backup"


def test_a_lost_answer_is_adopted(vbs_backup: Backup) -> None:
    lost = creating()[3].but(error=timed_out())
    calls = [*creating()[:3], lost, rows(), rows(CREATING), done()]
    result = vbs_backup(NATIVE, calls)
    assert (result["adopted"], result["backup"]["id"]) == (True, BACKUP)


def test_a_second_try_refused_with_a_bare_400_means_go_on_looking(vbs_backup: Backup) -> None:
    first = creating()
    lost, busy = first[3].but(error=timed_out()), first[3].but(status=400, answer=bad_request("backing-up"))
    calls = [*first[:3], lost, *[rows()] * 22, look_up(), busy, rows(backup(snapshot_id=SNAPSHOT))]
    result = vbs_backup(NATIVE, calls)
    assert (result["adopted"], result["backup"]["id"]) == (True, BACKUP)


@pytest.mark.parametrize(
    ("status", "answer"), [(404, gateway("APIGW.0101")), (404, {"message": "x", "code": "404 Not Found"}), (404, {})]
)
def test_where_v2_is_gone_all_goes_to_v3(vbs_backup: Backup, status: int, answer: Json) -> None:
    def v3(call: Call) -> Call:
        return call.but(url=call.url.replace("/v2/", "/v3/"))

    calls = creating()
    unknown = calls[0].but(status=status, answer=answer)
    result = vbs_backup(NATIVE, [unknown, v3(calls[0]), calls[1], calls[2], v3(calls[3]), v3(calls[4]), v3(done())])
    assert result["backup"]["id"] == BACKUP


def test_a_version_that_was_chosen_is_used_at_once(vbs_backup: Backup) -> None:
    calls = [
        call.but(url=call.url.replace("vbs.example.com/v2", "vbs.example.com/v3")) for call in [*creating(), done()]
    ]
    assert vbs_backup({**NATIVE, "native_api": "v3"}, calls)["backup"]["id"] == BACKUP


CINDER: Json = {"volume": CINDER_VOLUME, "name": "sample-1", "api": "native"}
LIST = f"/backups/detail?volume_id={CINDER_VOLUME}&limit=1000"


def listing(*found: Json) -> Call:
    return recorded("vbs-list-empty", path=LIST).but(answer={"backups": list(found)})


def shown_as(name: str) -> Json:
    """The backup of a recorded look."""
    return dict(exchanges()[name]["body"]["backup"])


def test_a_real_openstack_makes_one(vbs_backup: Backup) -> None:
    calls = [
        listing(),
        recorded("cinder-volume-show"),
        recorded("vbs-create"),
        listing(shown_as("vbs-show-creating")),
        recorded("vbs-show-creating"),
        recorded("vbs-show-available"),
    ]
    options = {**CINDER, "description": "first", "force": False}
    result = vbs_backup(options, calls, auth=AUTH)
    assert result["changed"] is True
    assert result["backup"] == {
        "id": "b91ebde8-68b0-4a17-b7fb-ce8f0fd290b4",
        "name": "sample-1",
        "status": "available",
        "volume_id": CINDER_VOLUME,
        "snapshot_id": None,
        "description": "first",
        "size": 1,
        "availability_zone": None,
        "created_at": "2026-11-21T05:16:36Z",
        "updated_at": "2026-11-21T05:16:43Z",
        "fail_reason": None,
        "incremental": False,
        "metadata": None,
    }
    again = vbs_backup(options, [listing(shown_as("vbs-show-available"))], auth=AUTH)
    assert again["changed"] is False


@pytest.mark.parametrize(
    ("name", "status", "words"),
    [
        ("vbs-create-in-use", 400, "must use the force flag"),
        ("vbs-create-over-quota", 413, "BackupLimitExceeded"),
        ("vbs-create-volume-backing-up", 400, "backing-up"),
        ("vbs-create-unknown-volume", 404, "could not be found"),
    ],
)
def test_a_real_openstacks_refusals_are_told(vbs_backup: Backup, name: str, status: int, words: str) -> None:
    body = {"backup": {"name": "sample-1", "volume_id": CINDER_VOLUME}}
    calls = [listing(), recorded("cinder-volume-in-use"), recorded(name, body=body)]
    # A bare 400 may be a conflict; then a row would show it.
    result = vbs_backup(CINDER, [*calls, *([listing()] if status == 400 else [])], auth=AUTH)
    assert result.failed
    assert result["error"]["http_status"] == status
    assert words in result["msg"]
    assert result["changed"] is False


def test_a_post_that_never_answers_on_a_real_openstack_is_not_repeated(vbs_backup: Backup) -> None:
    volume_id = "079c8c7d-8889-43a4-b8d8-9bcba842c726"
    made = exchanges()["vbs-list-rabbit-down"]["body"]["backups"][0]
    path = f"/backups/detail?volume_id={volume_id}&limit=1000"
    empty = recorded("vbs-list-empty", path=path)
    seen = empty.but(answer={"backups": [made]})
    volume = recorded("cinder-volume-show", path=f"/volumes/{volume_id}")
    volume = volume.but(answer={"volume": {**volume.answer["volume"], "id": volume_id}})
    call = recorded("vbs-create-rabbit-down").but(status=200, error=timed_out(), takes=60.0)
    finished = recorded("vbs-show-available", path=f"/backups/{made['id']}")
    finished = finished.but(answer={"backup": {**made, "status": "available"}})
    options = {"volume": volume_id, "name": "sample-rabbit", "api": "native"}
    result = vbs_backup(options, [empty, volume, call, seen, finished], auth=AUTH)
    assert (result["adopted"], result["backup"]["id"]) == (True, made["id"])
    assert len(result.writes) == 1


def test_a_real_openstack_without_a_backup_host_says_why_it_failed(vbs_backup: Backup) -> None:
    row = shown_as("vbs-show-no-backup-service")
    row.update(volume_id=CINDER_VOLUME, name="sample-1")
    create = recorded("vbs-create", body={"backup": {"name": "sample-1", "volume_id": CINDER_VOLUME}})
    create = create.but(answer={"backup": {"id": row["id"], "name": "sample-1", "links": []}})
    result = vbs_backup(CINDER, [listing(), recorded("cinder-volume-show"), create, listing(row)], auth=AUTH)
    assert result.failed
    assert "Service not found for creating backup." in result["msg"]


def test_vbs_own_form_on_a_real_openstack_is_told_to_be_missing(vbs_backup: Backup) -> None:
    body = {"backup": {"name": "sample-1", "volume_id": CINDER_VOLUME}}
    calls = [listing(), recorded("cinder-volume-show"), recorded("vbs-create-cloudbackups", body=body)]
    result = vbs_backup({**CINDER, "api": "vbs"}, calls, auth=AUTH)
    assert result.failed
    assert "CBR" in result["msg"]
    assert result["error"]["http_status"] == 404


def test_a_backup_that_vanishes_between_two_looks_is_a_failure(vbs_backup: Backup) -> None:
    gone = get(backup_id=BACKUP).but(status=404, answer=missing())
    result = vbs_backup(NATIVE, [*creating(), gone])
    assert result.failed
    assert BACKUP in result["msg"]
    result = vbs_backup(NATIVE, [*creating()[:4], rows(backup(OTHER_BACKUP, "x")), gone])
    assert result.failed
    assert "cannot be found" in result["msg"]
