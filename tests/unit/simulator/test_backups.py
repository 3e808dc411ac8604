# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import time
from typing import Any

import pytest
from simtest import Api, code, eventually, token

from simulator import seed, server
from simulator.settings import Settings

MISSING = "99999999-2222-3333-4444-555555555555"
CREATE = "/v2/{pid}/cloudbackups"
TAG = {"key": "env", "value": "test"}


def create(api: Api, **fields: Any) -> Any:
    given = {"volume_id": api.volume()["id"], "name": "one", **fields}
    return api("POST", CREATE, {"backup": {key: value for key, value in given.items() if value != "-"}})


def backup_of(api: Api, name: str = "one") -> dict[str, Any]:
    return dict(api.get("/v2/{pid}/backups/detail", name=name)["backups"][0])


@pytest.mark.parametrize("body", [None, [], {}, {"backup": None}, {"backup": {}}, {"backup": "x"}, "text"])
def test_malformed_create(api: Api, body: Any) -> None:
    assert code(api("POST", CREATE, body)) == "400 VolumeBackup.0002"


@pytest.mark.parametrize(
    ("fields", "refused"),
    [
        ({"volume_id": "-"}, "400 VolumeBackup.0010"),
        ({"volume_id": ""}, "400 VolumeBackup.0010"),
        ({"volume_id": None}, "400 VolumeBackup.0010"),
        ({"volume_id": "data-01"}, "400 VolumeBackup.0011"),
        ({"volume_id": 7}, "400 VolumeBackup.0011"),
        ({"volume_id": MISSING}, "404 VolumeBackup.0021"),
        ({"name": "-"}, "400 VolumeBackup.0007"),
        ({"name": ""}, "400 VolumeBackup.0007"),
        ({"name": "a" * 65}, "400 VolumeBackup.0003"),
        ({"name": "a.b"}, "400 VolumeBackup.0004"),
        ({"name": "a b"}, "400 VolumeBackup.0004"),
        ({"name": 5}, "400 VolumeBackup.0004"),
        ({"name": "automatic"}, "400 VolumeBackup.0005"),
        ({"description": "d" * 65}, "400 VolumeBackup.0006"),
        ({"description": "<b>"}, "400 VolumeBackup.0006"),
        ({"description": 5}, "400 VolumeBackup.0006"),
        ({"tags": {"env": "test"}}, "400 VolumeBackup.0049"),
        ({"tags": [{"key": "", "value": ""}]}, "400 VolumeBackup.0049"),
        ({"tags": [{"key": "k"}]}, "400 VolumeBackup.0049"),
        ({"tags": [{"key": "k" * 37, "value": ""}]}, "400 VolumeBackup.0049"),
        ({"tags": [{"key": "k", "value": "v" * 44}]}, "400 VolumeBackup.0049"),
        *(({"tags": [{"key": f"a{bad}b", "value": ""}]}, "400 VolumeBackup.0049") for bad in "=*<>\\,|/\x1f"),
        ({"tags": [{"key": f"k{n}", "value": ""} for n in range(11)]}, "400 VolumeBackup.0050"),
        ({"extend_param": {"FullBackup": True}}, "400 VolumeBackup.0002"),
        ({"snapshot_id": MISSING}, "400 VolumeBackup.0019"),
    ],
)
def test_refused_create(api: Api, fields: dict[str, Any], refused: str) -> None:
    assert code(create(api, **fields)) == refused
    assert api.get("/v2/{pid}/backups") == {"backups": []}


@pytest.mark.parametrize("name", ["a", "A-b_9", "a" * 64, "备份"])
def test_allowed_names(api: Api, name: str) -> None:
    assert create(api, name=name).status_code == 200


def test_life_of_a_backup(api: Api) -> None:
    volume = api.volume()
    answer = create(api, description="before", tags=[TAG], snapshot_id=None)
    assert answer.status_code == 200
    assert set(answer.json()) == {"job_id"}
    path = f"/v1/{{pid}}/jobs/{answer.json()['job_id']}"
    first = api.get(path)
    assert first["status"] == "INIT"
    assert first["entities"] == {"volume_id": volume["id"]}
    assert (first["end_time"], first["error_code"], first["fail_reason"]) == ("", None, None)
    assert api.get("/v2/{pid}/backups") == {"backups": []}
    row = eventually(lambda: api.get("/v2/{pid}/backups/detail")["backups"], bool)[0]
    assert row["status"] == "creating"
    assert api.get(path)["status"] == "RUNNING"
    assert api.volume()["status"] == "backing-up"
    job = api.job(answer.json()["job_id"])
    assert job["status"] == "SUCCESS"
    assert job["job_type"] == "bksCreateBackup"
    assert set(job["entities"]) == {"backup_id", "volume_id", "snapshot_id", "bks_create_volume_name"}
    assert job["entities"]["backup_id"] == row["id"]
    assert len(job["end_time"]) == len("2024-01-02T03:10:00.200Z")
    assert api.volume()["status"] == "available"
    done = backup_of(api)
    assert (done["status"], done["description"], done["size"]) == ("available", "before", 10)
    assert done["service_metadata"][0] == done["service_metadata"][-1] == " "
    assert len(done["created_at"]) == len("2024-01-02T03:04:10.000000")
    assert api.get(f"/v2/{{pid}}/jobs/{answer.json()['job_id']}") == job


def test_unknown_job(api: Api, other: Api) -> None:
    assert code(api("GET", f"/v1/{{pid}}/jobs/{MISSING}")) == "404 common.0011"
    job_id = create(api).json()["job_id"]
    assert code(other("GET", f"/v1/{{pid}}/jobs/{job_id}")) == "404 common.0011"


def test_one_backup_of_a_volume_at_a_time(api: Api) -> None:
    first = create(api)
    assert code(create(api, name="two")) == "400 VolumeBackup.0013"
    api.job(first.json()["job_id"])
    assert create(api, name="two").status_code == 200


def test_a_second_backup_may_fail_in_its_job(api: Api) -> None:
    api.handle.control("PATCH", "/settings", {"second_backup": "fail_job"})
    first, second = create(api).json()["job_id"], create(api, name="two").json()["job_id"]
    failed = api.job(second)
    assert (failed["status"], failed["error_code"]) == ("FAIL", "VolumeBackup.0013")
    assert api.job(first)["status"] == "SUCCESS"
    assert len(api.get("/v2/{pid}/backups")["backups"]) == 1


@pytest.mark.parametrize("status", ["error", "attaching", "restoring-backup", "backing-up"])
def test_volume_states(api: Api, status: str) -> None:
    api.handle.control("PATCH", f"/volumes/{api.volume()['id']}", {"status": status})
    assert code(create(api)) == "400 VolumeBackup.0012"


def test_limits(api: Api) -> None:
    api.handle.control("POST", "/backups", {"volume_id": api.volume()["id"], "count": 20, "name": "old-{n}"})
    assert code(create(api)) == "400 VolumeBackup.0040"
    api.handle.control("PATCH", "/settings", {"backups_per_volume": 0, "quota_backups": 20})
    assert code(create(api)) == "400 VolumeBackup.0080"
    api.handle.control("PATCH", "/settings", {"quota_backups": -1, "quota_gigabytes": 205})
    assert code(create(api)) == "400 VolumeBackup.0081"
    api.handle.control("PATCH", "/settings", {"quota_gigabytes": 210})
    assert create(api).status_code == 200


def test_quota(api: Api) -> None:
    api.handle.control("PATCH", "/settings", {"quota_backups": 100})
    api.back_up(api.volume("data-02")["id"])
    resources = {entry["type"]: entry for entry in api.get("/v2/{pid}/cloudbackups/quota")["quotas"]["resources"]}
    assert resources["backups"] == {"type": "backups", "used": 1, "reserved": 0, "quota": 100}
    assert resources["backup_gigabytes"] == {"type": "backup_gigabytes", "used": 20, "reserved": 0, "quota": -1}


def test_later_backups_are_incremental_unless_full_is_asked(api: Api) -> None:
    volume_id = api.volume()["id"]
    for name, more in (("one", {}), ("two", {}), ("three", {"extend_param": {"FullBackup": "true"}})):
        api.back_up(volume_id, name, **more)
    assert [backup_of(api, name)["is_incremental"] for name in ("one", "two", "three")] == [False, True, False]


def test_a_failed_job_is_http_200(api: Api) -> None:
    fault = {"fail_job": {"error_code": "VolumeBackup.0064", "fail_reason": "broken"}}
    api.handle.control("POST", "/faults", {"match": {"path": "cloudbackups$"}, "fault": fault})
    job = api.back_up(api.volume()["id"])
    assert (job["status"], job["error_code"], job["fail_reason"]) == ("FAIL", "VolumeBackup.0064", "broken")
    assert job["entities"]["backup_id"] == ""
    assert (backup_of(api)["status"], backup_of(api)["fail_reason"]) == ("error", "broken")
    assert api.volume()["status"] == "available"
    assert create(api, name="two").status_code == 200


# --- restore (F §4.3) ---


def restore(api: Api, backup_id: str, body: Any) -> Any:
    return api("POST", f"/v2/{{pid}}/cloudbackups/{backup_id}/restore", body)


def target(volume_id: Any) -> dict[str, Any]:
    return {"restore": {"volume_id": volume_id}}


def test_refused_restore(api: Api) -> None:
    backup_id = api.back_up(api.volume()["id"])["entities"]["backup_id"]
    volume_id = api.volume()["id"]
    assert code(restore(api, backup_id, None)) == "400 VolumeBackup.0210"
    assert code(restore(api, backup_id, {})) == "400 VolumeBackup.0210"
    assert code(restore(api, "x", target(volume_id))) == "400 VolumeBackup.0204"
    assert code(restore(api, backup_id, {"restore": {"other": 1}})) == "400 VolumeBackup.0208"
    assert code(restore(api, backup_id, target(""))) == "400 VolumeBackup.0208"
    assert code(restore(api, MISSING, target(volume_id))) == "404 VolumeBackup.0111"
    assert code(restore(api, backup_id, target(MISSING))) == "404 VolumeBackup.0207"
    assert code(restore(api, backup_id, target(api.volume("data-02")["id"]))) == "400 VolumeBackup.0205"


def test_restore_needs_room_and_rest(api: Api) -> None:
    backup_id = api.back_up(api.volume("data-03")["id"])["entities"]["backup_id"]
    assert code(restore(api, backup_id, target(api.volume()["id"]))) == "400 VolumeBackup.0209"
    api.handle.control("PATCH", f"/volumes/{api.volume('data-05')['id']}", {"disaster_recovery": True})
    assert code(restore(api, backup_id, target(api.volume("data-05")["id"]))) == "400 VolumeBackup.0211"
    create(api, volume_id=api.volume("data-03")["id"], name="two")
    assert code(restore(api, backup_id, target(api.volume("data-03")["id"]))) == "400 VolumeBackup.0206"
    api.handle.control("PATCH", f"/backups/{backup_id}", {"status": "error"})
    assert code(restore(api, backup_id, target(api.volume("data-03")["id"]))) == "400 VolumeBackup.0089"


def test_restore(api: Api) -> None:
    backup_id = api.back_up(api.volume("data-01")["id"])["entities"]["backup_id"]
    volume = api.volume("data-03")
    answer = restore(api, backup_id, target(volume["id"]))
    assert answer.status_code == 200
    assert backup_of(api)["status"] == "restoring"
    assert api.volume("data-03")["status"] == "restoring-backup"
    assert code(create(api, volume_id=volume["id"], name="two")) == "400 VolumeBackup.0012"
    job = api.job(answer.json()["job_id"])
    assert job["status"] == "SUCCESS"
    assert backup_of(api)["status"] == "available"
    # The disk then shows the backup's capacity (F §4.3).
    assert (api.volume("data-03")["status"], api.volume("data-03")["size"]) == ("available", 10)


def test_failed_restore(api: Api) -> None:
    backup_id = api.back_up(api.volume()["id"])["entities"]["backup_id"]
    fault = {"fail_job": {"error_code": "VolumeBackup.0200", "fail_reason": "broken"}}
    api.handle.control("POST", "/faults", {"match": {"path": "/restore$"}, "fault": fault})
    job = api.job(restore(api, backup_id, target(api.volume()["id"])).json()["job_id"])
    assert (job["status"], job["error_code"]) == ("FAIL", "VolumeBackup.0200")
    assert backup_of(api)["status"] == api.volume()["status"] == "error_restoring"


# --- the old deletion (F §4.4) ---


@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_old_delete(api: Api, method: str) -> None:
    backup_id = api.back_up(api.volume()["id"])["entities"]["backup_id"]
    path = f"/v2/{{pid}}/cloudbackups/{backup_id}"
    answer = api(method, path)
    assert answer.status_code == 200
    assert backup_of(api)["status"] == "deleting"
    assert api.job(answer.json()["job_id"])["status"] == "SUCCESS"
    assert code(api(method, path)) == "404 404"
    assert code(api(method, "/v2/{pid}/cloudbackups/x")) == "400 VolumeBackup.0204"


def test_old_delete_of_what_may_not_be_deleted(api: Api) -> None:
    for fields, refused in (
        ({"image": True}, "VolumeBackup.0113"),
        ({"service_metadata": {"ST": 1}}, "VolumeBackup.0129"),
        ({"status": "creating"}, "VolumeBackup.0125"),
    ):
        row = api.handle.control("POST", "/backups", fields)
        assert code(api("POST", f"/v2/{{pid}}/cloudbackups/{row['id']}")) == f"400 {refused}"


def test_jobs_take_real_time() -> None:
    handle = server.start(Settings(job_seconds=0.5))
    api = Api(handle, seed.PROJECT_ID, token(handle, seed.PROJECT_ID))
    begun = time.monotonic()
    path = f"/v1/{{pid}}/jobs/{create(api).json()['job_id']}"
    while api.get(path)["status"] != "SUCCESS":
        assert time.monotonic() - begun < 60
        time.sleep(0.02)
    assert time.monotonic() - begun >= 0.5
    handle.stop()
