# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
from typing import Any

import pytest
from simtest import Api, code, eventually

from simulator import seed

PROVIDER = f"/v1/{{pid}}/providers/{seed.PROVIDER}"
ITEMS = "/v1/{pid}/checkpoint_items"
MISSING = "99999999-2222-3333-4444-555555555555"
SERVER = "OS::Nova::Server"


def policy(api: Api) -> dict[str, Any]:
    return dict(api.get("/v1/{pid}/policies", name="servers")["policies"][0])


def run(api: Api, **parameters: Any) -> Any:
    body = {"checkpoint": {"plan_id": policy(api)["id"], "parameters": {"auto_trigger": False, **parameters}}}
    return api("POST", f"{PROVIDER}/checkpoints", body)


def items(api: Api, **query: Any) -> list[dict[str, Any]]:
    return list(api.get(ITEMS, **query)["checkpoint_items"])


def ended(api: Api, checkpoint_id: str, count: int) -> list[dict[str, Any]]:
    def done(rows: list[dict[str, Any]]) -> bool:
        return len(rows) == count and all(row["status"] in ("available", "error") for row in rows)

    return list(eventually(lambda: items(api, checkpoint_id=checkpoint_id), done))


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        (None, "400 CSBS.9001"),
        ({"checkpoint": {"parameters": {}}}, "400 CSBS.9001"),
        ({"checkpoint": {"plan_id": MISSING}}, "400 CSBS.9001"),
        ({"checkpoint": {"plan_id": MISSING, "parameters": {}}}, "404 CSBS.3000"),
    ],
)
def test_refused_run(api: Api, body: Any, refused: str) -> None:
    assert code(api("POST", f"{PROVIDER}/checkpoints", body)) == refused


def test_runs_name_servers_of_the_policy(api: Api) -> None:
    assert code(run(api, resources=[])) == "400 CSBS.9001"
    assert code(run(api, resources=[MISSING])) == "400 CSBS.9001"
    wrong = f"/v1/{{pid}}/providers/{MISSING}/checkpoints"
    assert code(api("POST", wrong, {})) == "400 CSBS.9001"


def test_a_run_without_usable_servers(api: Api) -> None:
    for server in api.handle.control("GET", "/servers"):
        api.handle.control("PATCH", f"/servers/{server['id']}", {"protectable_code": "CSBS.6005"})
    assert code(run(api)) == "500 CSBS.6032"


def test_run(api: Api) -> None:
    answer = run(api)
    assert answer.status_code == 200
    checkpoint = answer.json()["checkpoint"]
    assert (checkpoint["status"], checkpoint["project_id"]) == ("protecting", api.project_id)
    assert checkpoint["protection_plan"]["id"] == policy(api)["id"]
    assert len(checkpoint["protection_plan"]["resources"]) == 3
    assert json.loads(checkpoint["extra_info"]) == {"created_by": "manual"}
    assert items(api, checkpoint_id=checkpoint["id"]) == []
    assert code(run(api)) == "400 CSBS.2004"
    api.handle.control("PATCH", "/settings", {"csbs_busy_code": "CSBS.6030"})
    assert code(run(api)) == "500 CSBS.6030"
    rows = ended(api, checkpoint["id"], 3)
    assert {row["status"] for row in rows} == {"available"}
    info = rows[0]["extend_info"]
    assert (info["progress"], info["fail_code"]) == (100, {})
    (disk,) = info["volume_backups"]
    assert disk["size"] == disk["source_volume_size"] * 1024 == info["size"]
    # They show in the VBS list too, but VBS may not delete them (F §4.4).
    backup = api.get(f"/v2/{{pid}}/backups/{disk['id']}")["backup"]
    assert json.loads(backup["service_metadata"])["ST"] == 1
    assert api("DELETE", f"/v2/{{pid}}/backups/{disk['id']}").json()["badRequest"]["code"] == "VolumeBackup.0129"
    assert run(api).status_code == 200


def test_some_servers_only(api: Api) -> None:
    server_id = policy(api)["resources"][0]["id"]
    checkpoint = run(api, resources=[server_id]).json()["checkpoint"]
    assert [row["resource_id"] for row in ended(api, checkpoint["id"], 1)] == [server_id]


def test_one_server_may_fail(api: Api) -> None:
    server_id = policy(api)["resources"][0]["id"]
    fault = {"fail_job": {"error_code": "BSS.0001", "fail_reason": "broken", "resource_ids": [server_id]}}
    api.handle.control("POST", "/faults", {"match": {"path": "/checkpoints$"}, "fault": fault})
    rows = {row["resource_id"]: row for row in ended(api, run(api).json()["checkpoint"]["id"], 3)}
    failed = rows.pop(server_id)
    assert failed["status"] == "error"
    assert failed["extend_info"]["fail_code"] == {"Code": "BSS.0001", "Description": "broken"}
    assert failed["extend_info"]["fail_op"] == "backup"
    assert {row["status"] for row in rows.values()} == {"available"}
    assert {row["status"] for row in api.handle.control("GET", "/checkpoints")} == {"error"}


# --- can it be backed up (F §7.2) ---


def check(api: Api, resource_id: Any, kind: Any = SERVER) -> Any:
    entry = {"resource_id": resource_id, "resource_type": kind}
    return api("POST", f"{PROVIDER}/resources/action", {"check_protectable": [entry]})


@pytest.mark.parametrize("body", [None, {}, {"check_protectable": []}, {"check_protectable": [{}]}])
def test_malformed_checks(api: Api, body: Any) -> None:
    assert code(api("POST", f"{PROVIDER}/resources/action", body)) == "400 CSBS.9001"


def test_checks(api: Api) -> None:
    server_id = policy(api)["resources"][0]["id"]
    wanted = {"resource_id": server_id, "resource_type": SERVER, "result": True}
    assert check(api, server_id).json() == {"protectable": [wanted]}
    bare = api.handle.control("POST", "/servers", {})["id"]
    for resource_id, kind, refused in (
        (MISSING, SERVER, "CSBS.6000"),
        (bare, SERVER, "CSBS.6007"),
        (server_id, "OS::Cinder::Volume", "CSBS.6003"),
    ):
        answer = check(api, resource_id, kind)
        (judged,) = answer.json()["protectable"]
        assert (answer.status_code, judged["result"], judged["error_code"]) == (200, False, refused)
        assert judged["error_msg"]
    api.handle.control("PATCH", "/settings", {"csbs_bound_message": True})
    (judged,) = check(api, server_id).json()["protectable"]
    assert (judged["result"], judged["error_code"]) == (True, "CSBS.6004")


# --- items (F §7.5) ---


@pytest.mark.parametrize(
    "query", ["limit=x", "offset=-1", "sort=colour", "sort=name:up", "sort=" + "a" * 256, "start_time=x", "marker=x"]
)
def test_bad_item_queries(api: Api, query: str) -> None:
    assert code(api("GET", f"{ITEMS}?{query}")) == "400 CSBS.9001"


def test_unknown_items(api: Api) -> None:
    assert code(api("GET", f"{ITEMS}/{MISSING}")) == "404 CSBS.3001"


def test_items_filtered_sorted_and_paged(api: Api, other: Api) -> None:
    for age, name in enumerate(["b", "a", "ab"]):
        api.handle.control(
            "POST", "/items", {"name": name, "age": age * 100, "status": "error" if age else "available"}
        )

    def names(**query: Any) -> list[str]:
        assert api.get(f"{ITEMS}/count", **query) == {"count": len(api.get(ITEMS, **query)["checkpoint_items"])}
        return [row["name"] for row in items(api, **query)]

    assert names() == ["b", "a", "ab"]
    assert names(sort="created_at:asc") == ["ab", "a", "b"]
    assert names(sort="status:asc,name:desc") == ["b", "ab", "a"]
    assert names(name="a") == ["a", "ab"]
    assert names(status="available") == ["b"]
    assert names(resource_name="we", image_type="gold", az="az-1", resource_type=SERVER) == ["b", "a", "ab"]
    assert names(policy_id=MISSING) == []
    second = items(api)[1]
    assert names(start_time=second["created_at"]) == ["b", "a"]
    assert names(end_time=second["created_at"], resource_id=second["resource_id"]) == ["a"]
    assert [row["name"] for row in items(api, limit=1, offset=1)] == ["a"]
    page = api.get(ITEMS, limit=2)
    assert page["checkpoint_items_links"][0]["href"].endswith(f"marker={second['id']}")
    assert [row["name"] for row in items(api, marker=second["id"])] == ["ab"]
    assert api.get(f"{ITEMS}/{second['id']}") == {"checkpoint_item": second}
    assert items(other) == []


# --- delete (F §7.6) ---


def test_delete_a_record(api: Api) -> None:
    checkpoint = run(api).json()["checkpoint"]
    path = f"{PROVIDER}/checkpoints/{checkpoint['id']}"
    assert code(api("DELETE", path)) == "400 CSBS.2003"
    row = ended(api, checkpoint["id"], 3)[0]
    assert code(api("DELETE", f"{path}?checkpoint_items={MISSING}")) == "404 CSBS.3001"
    answer = api("DELETE", f"{path}?checkpoint_items={row['id']}")
    assert (answer.status_code, answer.json()) == (200, {})
    assert code(api("DELETE", f"{path}?checkpoint_items={row['id']}")) == "400 CSBS.2003"
    eventually(lambda: api("GET", f"{ITEMS}/{row['id']}").status_code, lambda status: status == 404)
    assert code(api("GET", f"/v2/{{pid}}/backups/{row['extend_info']['volume_backups'][0]['id']}")) == "404 404"
    assert api("DELETE", path).status_code == 200
    eventually(lambda: items(api), lambda rows: rows == [])
    assert code(api("DELETE", path)) == "404 CSBS.3001"


def test_an_imaged_item_stays(api: Api) -> None:
    record = api.handle.control("POST", "/checkpoints", {})
    api.handle.control("POST", "/items", {"checkpoint_id": record["id"], "image": True})
    assert code(api("DELETE", f"{PROVIDER}/checkpoints/{record['id']}")) == "400 CSBS.8007"


# --- policies (F §7.8) ---


def test_policies(api: Api) -> None:
    first = policy(api)
    assert first["provider_id"] == seed.PROVIDER
    assert first["scheduled_operations"][0]["operation_definition"]["max_backups"] == "7"
    assert api.get(f"/v1/{{pid}}/policies/{first['id']}") == {"policy": first}
    assert code(api("GET", f"/v1/{{pid}}/policies/{MISSING}")) == "404 CSBS.3000"
    api.handle.control("POST", "/csbs_policies", {"name": "all"})
    assert [row["name"] for row in api.get("/v1/{pid}/policies")["policies"]] == ["all", "servers"]
    assert api.get("/v1/{pid}/policies", name="none") == {"policies": []}
    page = api.get("/v1/{pid}/policies", limit=1, sort="name:asc")
    assert page["policies_links"][0]["rel"] == "next"


# --- what sources do not agree on (F §7.6, §11) ---


@pytest.mark.parametrize(("form", "shown"), [("object", {"created_by": "manual"}), ("null", None)])
def test_extra_info_has_three_forms(api: Api, form: str, shown: Any) -> None:
    api.handle.control("PATCH", "/settings", {"csbs_extra_info": form})
    checkpoint = run(api).json()["checkpoint"]
    assert checkpoint["extra_info"] == shown
    assert checkpoint["protection_plan"]["resources"][0]["extra_info"] == ({} if form == "object" else None)


@pytest.mark.parametrize("status", ["400", "409"])
def test_deleting_again_too_early_has_two_answers(api: Api, status: str) -> None:
    api.handle.control("PATCH", "/settings", {"csbs_delete_again": status, "delete_seconds": 60})
    record = api.handle.control("POST", "/checkpoints", {})
    api.handle.control("POST", "/items", {"checkpoint_id": record["id"]})
    path = f"{PROVIDER}/checkpoints/{record['id']}"
    assert api("DELETE", path).status_code == 200
    assert code(api("DELETE", path)) == f"{status} CSBS.2003"


def test_an_item_may_hold_anything(api: Api) -> None:
    added = api.handle.control("POST", "/items", {"extend_info": '{"progress": "7"}'})
    assert [row["id"] for row in items(api)] == [added["id"]]
    assert items(api, resource_name="web") == []
