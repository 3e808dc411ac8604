# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import re
from typing import Any

import pytest
from simtest import TIME, Api, code, eventually

MISSING = "99999999-2222-3333-4444-555555555555"
DONE = ("EXECUTE_SUCCESS", "EXECUTE_FAIL", "EXECUTE_TIMEOUT", "SKIP")


def run(api: Api, policy_id: str) -> Any:
    return api("POST", f"/v2/{{pid}}/backuppolicy/{policy_id}/action")


def tasks(api: Api, policy_id: str, **query: Any) -> dict[str, Any]:
    return dict(api.get(f"/v2/{{pid}}/backuppolicy/{policy_id}/backuptasks", **query))


def ended(api: Api, policy_id: str, count: int) -> dict[str, dict[str, Any]]:
    """The tasks by volume, once so many have ended."""
    rows = eventually(
        lambda: [row for row in tasks(api, policy_id)["tasks"] if row["status"] in DONE],
        lambda rows: len(rows) == count,
    )
    return {row["resource_id"]: row for row in rows}


def bound(api: Api, *names: str) -> tuple[str, list[str]]:
    policy_id, volume_ids = api.policy(), [api.volume(name)["id"] for name in names]
    if volume_ids:
        api.bind(policy_id, *volume_ids)
    return policy_id, volume_ids


def test_unknown_policy(api: Api) -> None:
    assert code(run(api, MISSING)) == "404 AutoBackup.0205"
    assert code(api("GET", f"/v2/{{pid}}/backuppolicy/{MISSING}/backuptasks")) == "404 AutoBackup.0205"


def test_a_run_makes_one_backup_per_volume(api: Api) -> None:
    policy_id, volume_ids = bound(api, "data-01", "data-02")
    answer = run(api, policy_id)
    assert (answer.status_code, answer.content) == (204, b"")
    assert code(run(api, policy_id)) == "400 AutoBackup.0225"
    waiting = eventually(lambda: tasks(api, policy_id)["tasks"], bool)[0]
    assert waiting["status"] in ("WAITING", "RUNNING")
    assert "finished_at" not in waiting
    rows = ended(api, policy_id, 2)
    assert set(rows) == set(volume_ids)
    for volume_id, row in rows.items():
        fields = {"job_id", "status", "created_at", "finished_at", "backup_name", "resource_id", "resource_type"}
        assert set(row) == fields
        assert row["status"] == "EXECUTE_SUCCESS"
        assert re.fullmatch(r"autobk_.{4}", row["backup_name"])
        assert len(row["finished_at"]) == len("2024-01-02T22:12:00.456")
        backups = api.get("/v2/{pid}/backups/detail", volume_id=volume_id)["backups"]
        assert [(backup["name"], backup["status"]) for backup in backups] == [(row["backup_name"], "available")]
    assert run(api, policy_id).status_code == 204


def test_a_run_goes_on_while_nobody_looks(api: Api) -> None:
    policy_id, volume_ids = bound(api, "data-01")
    run(api, policy_id)
    TIME.let_pass(60.0)
    assert [row["status"] for row in tasks(api, policy_id)["tasks"]] == ["EXECUTE_SUCCESS"]
    (backup,) = api.get("/v2/{pid}/backups/detail", volume_id=volume_ids[0])["backups"]
    assert backup["status"] == "available"


def test_without_volumes_there_are_no_tasks(api: Api) -> None:
    policy_id, _ids = bound(api)
    for _unused in range(2):
        assert run(api, policy_id).status_code == 204
    assert tasks(api, policy_id) == {"count": 0, "tasks": []}


def test_a_busy_volume_is_skipped(api: Api) -> None:
    policy_id, volume_ids = bound(api, "data-01", "data-02")
    api.handle.control("PATCH", "/settings", {"job_seconds": 100.0})
    body = {"backup": {"volume_id": volume_ids[0], "name": "mine"}}
    assert api("POST", "/v2/{pid}/cloudbackups", body).status_code == 200
    api.handle.control("PATCH", "/settings", {"job_seconds": 10.0})
    run(api, policy_id)
    rows = ended(api, policy_id, 2)
    assert [rows[volume_id]["status"] for volume_id in volume_ids] == ["SKIP", "EXECUTE_SUCCESS"]
    assert "finished_at" in rows[volume_ids[0]]


def test_failed_tasks(api: Api) -> None:
    policy_id, volume_ids = bound(api, "data-01", "data-02", "data-03", "data-04")
    api.handle.control("PATCH", f"/volumes/{volume_ids[0]}", {"status": "error"})
    api.handle.control("DELETE", f"/volumes/{volume_ids[1]}")
    api.handle.control("POST", "/backups", {"volume_id": volume_ids[2], "count": 20})
    run(api, policy_id)
    rows = ended(api, policy_id, 4)
    assert [rows[volume_id].get("code") for volume_id in volume_ids] == [
        "VolumeBackup.0012",
        "VolumeBackup.0021",
        "VolumeBackup.0040",
        None,
    ]
    assert rows[volume_ids[0]]["status"] == "EXECUTE_FAIL"
    assert rows[volume_ids[0]]["message"]


def test_injected_failure(api: Api) -> None:
    policy_id, volume_ids = bound(api, "data-01")
    fault = {"fail_job": {"error_code": "VolumeBackup.0064", "fail_reason": "broken"}}
    api.handle.control("POST", "/faults", {"match": {"path": "/action$"}, "fault": fault})
    run(api, policy_id)
    row = ended(api, policy_id, 1)[volume_ids[0]]
    assert (row["status"], row["code"], row["message"]) == ("EXECUTE_FAIL", "VolumeBackup.0064", "broken")


def test_the_vbs_job_can_be_named(api: Api) -> None:
    api.handle.control("PATCH", "/settings", {"return_vbs_job_id": True})
    policy_id, volume_ids = bound(api, "data-01")
    run(api, policy_id)
    row = ended(api, policy_id, 1)[volume_ids[0]]
    job = api.job(row["vbs_job_id"])
    backup = api.get(f"/v2/{{pid}}/backups/{job['entities']['backup_id']}")["backup"]
    assert backup["name"] == row["backup_name"]


def test_a_policy_that_is_off(api: Api) -> None:
    policy_id, _ids = bound(api, "data-01")
    api("PUT", f"/v2/{{pid}}/backuppolicy/{policy_id}", {"scheduled_policy": {"status": "OFF"}})
    api.handle.control("PATCH", "/settings", {"run_when_off": "refuse"})
    assert run(api, policy_id).status_code == 400
    api.handle.control("PATCH", "/settings", {"run_when_off": "run"})
    assert run(api, policy_id).status_code == 204
    ended(api, policy_id, 1)


def test_retention_by_number(api: Api) -> None:
    policy_id, volume_ids = bound(api, "data-01")
    api("PUT", f"/v2/{{pid}}/backuppolicy/{policy_id}", {"scheduled_policy": {"rentention_num": 2}})
    mine = api.back_up(volume_ids[0], "mine")["entities"]["backup_id"]
    for count in (1, 2, 3):
        run(api, policy_id)
        ended(api, policy_id, count)
    names = [row["name"] for row in api.get("/v2/{pid}/backups")["backups"]]
    assert len([name for name in names if name.startswith("autobk_")]) == 2
    assert api.get(f"/v2/{{pid}}/backups/{mine}")["backup"]["name"] == "mine"
    assert tasks(api, policy_id)["count"] == 3


@pytest.mark.parametrize(
    "query", ["limit=x", "offset=-1", "status=DONE", "sort_key=status", "sort_dir=up", f"marker={MISSING}"]
)
def test_bad_queries(api: Api, query: str) -> None:
    path = f"/v2/{{pid}}/backuppolicy/{api.policy()}/backuptasks?{query}"
    assert code(api("GET", path)) == "400 AutoBackup.0008"


def test_listing(api: Api) -> None:
    policy_id = api.policy()
    statuses = ["EXECUTE_SUCCESS"] * 24 + ["SKIP"]
    for age, status in enumerate(statuses):
        fields = {"policy_id": policy_id, "age": age, "status": status, "backup_name": f"t{age}"}
        api.handle.control("POST", "/tasks", fields)

    def names(**query: Any) -> list[str]:
        return [row["backup_name"] for row in tasks(api, policy_id, **query)["tasks"]]

    assert names() == [f"t{age}" for age in range(20)]
    assert tasks(api, policy_id)["count"] == 25
    assert names(sort_dir="asc", limit=2) == ["t24", "t23"]
    assert names(limit=10, offset=20) == ["t20", "t21", "t22", "t23", "t24"]
    assert tasks(api, policy_id, status="SKIP")["count"] == 1
    third = tasks(api, policy_id)["tasks"][2]["job_id"]
    assert names(marker=third, limit=2) == ["t3", "t4"]
    assert names(job_id=third) == ["t2"]
    api.handle.control("PATCH", "/settings", {"task_count": "page"})
    assert tasks(api, policy_id, limit=3)["count"] == 3
