# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from simtest import Api, code, eventually

from simulator import seed, server

MISSING = "11111111-2222-3333-4444-555555555555"
VERSIONS = pytest.mark.parametrize("version", ["v2", "v3"])
DETAIL = {
    "availability_zone",
    "container",
    "created_at",
    "data_timestamp",
    "description",
    "fail_reason",
    "has_dependent_backups",
    "id",
    "is_incremental",
    "links",
    "name",
    "object_count",
    "size",
    "snapshot_id",
    "status",
    "updated_at",
    "volume_id",
}


def volume(cloud: Api, name: str = "data-01") -> str:
    return str(cloud.get("/v2/{pid}/volumes/detail", name=name)["volumes"][0]["id"])


def create(cloud: Api, version: str = "v2", **fields: Any) -> requests.Response:
    given = {"volume_id": volume(cloud), "name": "one", **fields}
    body = {"backup": {key: value for key, value in given.items() if value != "-"}}
    return cloud("POST", f"/{version}/{{pid}}/backups", body)


def finished(cloud: Api, answer: requests.Response) -> dict[str, Any]:
    assert answer.status_code == 202, answer.text
    path = f"/v2/{{pid}}/backups/{answer.json()['backup']['id']}"
    return dict(eventually(lambda: cloud.get(path)["backup"], lambda row: row["status"] != "creating"))


@pytest.mark.parametrize(
    ("fields", "refused"),
    [
        ({"volume_id": "-"}, "400 400"),
        ({"volume_id": "x"}, "400 400"),
        ({"volume_id": MISSING}, "404 404"),
        ({"snapshot_id": ""}, "400 400"),
        ({"snapshot_id": MISSING}, "404 404"),
        ({"name": "n" * 256}, "400 400"),
        ({"force": None}, "400 400"),
        ({"force": "maybe"}, "400 400"),
        ({"incremental": None}, "400 400"),
        ({"incremental": True}, "400 400"),
        ({"project_id": seed.PROJECT_ID}, "400 400"),
        ({"metadata": {"a": "b"}}, "400 400"),
        ({"availability_zone": "x"}, "400 400"),
    ],
)
def test_refused_create(cloud: Api, fields: dict[str, Any], refused: str) -> None:
    assert code(create(cloud, **fields)) == refused
    assert cloud.get("/v2/{pid}/backups") == {"backups": []}


def test_malformed_create(cloud: Api) -> None:
    assert cloud("POST", "/v2/{pid}/backups", data=b"{").json()["badRequest"]["message"] == "Malformed request body"
    message = cloud("POST", "/v2/{pid}/backups", {}).json()["badRequest"]["message"]
    assert message == "'backup' is a required property"


@pytest.mark.parametrize("fields", [{"name": None}, {"name": " "}, {"name": "a.b c"}, {"name": "-"}, {"force": "true"}])
def test_what_huawei_would_refuse(cloud: Api, fields: dict[str, Any]) -> None:
    assert create(cloud, **fields, snapshot_id=None, container="").status_code == 202


@VERSIONS
def test_life_of_a_backup(cloud: Api, version: str) -> None:
    answer = create(cloud, version, description="first")
    assert (answer.status_code, set(answer.json()["backup"])) == (202, {"id", "links", "name"})
    path = f"/{version}/{{pid}}/backups/{answer.json()['backup']['id']}"
    first = cloud.get(path)["backup"]
    assert set(first) == DETAIL
    assert (first["status"], first["container"], first["object_count"]) == ("creating", None, 0)
    assert code(create(cloud, version)) == "400 400"
    assert code(cloud("DELETE", path)) == "400 400"
    done = finished(cloud, answer)
    assert (done["status"], done["availability_zone"], done["object_count"]) == ("available", None, 32)
    assert done["container"] == f"{done['id'][:2]}/{done['id'][2:4]}/{done['id']}"
    assert done["created_at"].endswith(".000000")
    assert cloud.get(f"{path}.json")["backup"]["id"] == done["id"]
    assert code(cloud("PUT", path, {"backup": {"name": "new"}})) == "400 400"
    assert cloud("DELETE", path).content == b""
    eventually(lambda: cloud("GET", path).status_code, lambda status: status == 404)


def test_force_and_snapshots(cloud: Api) -> None:
    in_use = volume(cloud, "data-02")
    refused = create(cloud, volume_id=in_use)
    assert "force flag" in refused.json()["badRequest"]["message"]
    snapshot = cloud.handle.control("POST", "/snapshots", {"volume_id": in_use})["id"]
    done = finished(cloud, create(cloud, volume_id=in_use, snapshot_id=snapshot))
    assert (done["status"], done["snapshot_id"]) == ("available", snapshot)
    assert cloud.get(f"/v3/{{pid}}/snapshots/{snapshot}")["snapshot"]["status"] == "available"
    assert finished(cloud, create(cloud, volume_id=in_use, force=True))["status"] == "available"


def test_increments(cloud: Api) -> None:
    full = finished(cloud, create(cloud))
    child = finished(cloud, create(cloud, incremental="yes"))
    assert [child["is_incremental"], child["object_count"]] == [True, 0]
    path = f"/v2/{{pid}}/backups/{full['id']}"
    assert cloud.get(path)["backup"]["has_dependent_backups"] is True
    assert "Incremental" in cloud("DELETE", path).json()["badRequest"]["message"]
    assert cloud("DELETE", f"/v2/{{pid}}/backups/{child['id']}").status_code == 202
    eventually(lambda: cloud.get(path)["backup"]["has_dependent_backups"], lambda flag: not flag)
    assert cloud("DELETE", path).status_code == 202


def test_quota(cloud: Api) -> None:
    cloud.handle.control("PATCH", "/settings", {"quota_backups": 0})
    answer = create(cloud)
    assert (answer.status_code, answer.headers["Retry-After"]) == (413, "0")
    assert answer.json()["overLimit"]["retryAfter"] == "0"
    cloud.handle.control("PATCH", "/settings", {"quota_backups": -1, "quota_gigabytes": 9})
    assert code(create(cloud)) == "413 413"


def test_a_backup_service_that_is_down(cloud: Api) -> None:
    cloud.handle.control("PATCH", "/settings", {"backup_service_down": True})
    answer = create(cloud)
    path = f"/v2/{{pid}}/backups/{answer.json()['backup']['id']}"
    with pytest.raises(AssertionError):
        eventually(lambda: cloud.get(path)["backup"]["status"], lambda status: status != "creating")
    cloud.handle.control("PATCH", "/settings", {"backup_service_down": False})
    row = finished(cloud, answer)
    assert row["status"] == "error"
    assert "expected volume status" in row["fail_reason"]
    assert cloud("DELETE", path).status_code == 202


def test_no_answer_though_the_backup_exists(cloud: Api) -> None:
    match = {"method": "POST", "path": "/backups$"}
    cloud.handle.control("POST", "/faults", {"match": match, "fault": {"hang": "after", "seconds": 0.1}})
    with pytest.raises(requests.ConnectionError):
        create(cloud, name="silent")
    assert [row["name"] for row in cloud.get("/v2/{pid}/backups")["backups"]] == ["silent"]


def test_restore(cloud: Api) -> None:
    backup_id = finished(cloud, create(cloud))["id"]
    path = f"/v2/{{pid}}/backups/{backup_id}"
    assert cloud("POST", f"{path}/restore", {}).json()["badRequest"]["message"] == "'restore' is a required property"
    assert code(cloud("POST", f"/v2/{{pid}}/backups/{MISSING}/restore", {"restore": {}})) == "404 404"
    assert code(cloud("POST", f"{path}/restore", {"restore": {"volume_id": MISSING}})) == "404 404"
    assert code(cloud("POST", f"{path}/restore", {"restore": {"volume_id": volume(cloud, "data-02")}})) == "400 400"
    answer = cloud("POST", f"{path}/restore", {"restore": {"volume_id": volume(cloud, "data-03")}})
    assert (answer.status_code, answer.json()["restore"]["volume_name"]) == (202, "data-03")
    assert code(cloud("POST", f"{path}/restore", {"restore": {}})) == "400 400"
    eventually(lambda: cloud.get(path)["backup"]["status"], lambda status: status == "available")
    target = cloud.get(f"/v2/{{pid}}/volumes/{volume(cloud, 'data-03')}")["volume"]
    assert target["size"] == 30
    assert target["updated_at"] > target["created_at"]
    made = cloud("POST", f"{path}/restore", {"restore": {"name": "fresh"}}).json()["restore"]
    assert made["volume_name"] == "fresh"
    path = f"/v3/{{pid}}/volumes/{made['volume_id']}"
    shown = eventually(lambda: cloud.get(path)["volume"], lambda row: row["status"] == "available")
    assert (shown["name"], shown["size"]) == ("fresh", 10)


# --- lists ---


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("limit=-1", "limit param must be positive"),
        ("limit=abc", "limit param must be an integer"),
        ("offset=-1", "offset must be >= 0"),
        ("sort_key=name", "Invalid input received: Invalid sort key"),
        ("sort_dir=x", "Invalid input received: Unknown sort direction, must be 'desc' or 'asc'."),
    ],
)
def test_bad_queries(cloud: Api, query: str, message: str) -> None:
    answer = cloud("GET", f"/v2/{{pid}}/backups?{query}")
    assert answer.json() == {"badRequest": {"code": 400, "message": message}}


def test_lists(cloud: Api) -> None:
    for number in range(3):
        cloud.handle.control("POST", "/backups", {"name": f"b{number}", "age": 10 - number})

    def names(**query: Any) -> list[str]:
        return [row["name"] for row in cloud.get("/v2/{pid}/backups/detail", **query)["backups"]]

    assert names() == names(colour="red") == ["b2", "b1", "b0"]
    assert names(sort_key="created_at", sort_dir="asc") == ["b0", "b1", "b2"]
    assert (names(name="b"), names(name="b1"), names(status="purple"), names(limit=0)) == ([], ["b1"], [], [])
    assert code(cloud("GET", f"/v2/{{pid}}/backups?marker={MISSING}")) == "404 404"


def test_an_exactly_full_page_still_has_a_next_link(cloud: Api) -> None:
    cloud.handle.control("POST", "/backups", {"count": 3})
    page = cloud.get("/v2/{pid}/backups", limit=3)
    link = urlsplit(page["backups_links"][0]["href"])
    assert link.path == f"/v2/{seed.PROJECT_ID}/backups"
    assert cloud.get("/v2/{pid}/backups", **dict(parse_qsl(link.query))) == {"backups": []}
    assert "backups_links" not in cloud.get("/v2/{pid}/backups")
    cloud.handle.control("PATCH", "/settings", {"max_page": 2})
    capped = cloud.get("/v2/{pid}/backups", limit=1000)
    assert len(capped["backups"]) == 2
    assert "limit=1000&marker=" in capped["backups_links"][0]["href"]


def test_volumes_and_snapshots(cloud: Api, sim: server.Handle) -> None:
    body = cloud.get("/v3/{pid}/volumes/detail")
    assert set(body) == {"volumes"}
    row = next(row for row in body["volumes"] if row["name"] == "data-02")
    assert {"links", "os-vol-tenant-attr:tenant_id", "user_id", "encrypted"} <= set(row)
    assert "tags" not in row
    assert cloud.get(f"/v2/{{pid}}/volumes/{row['id']}")["volume"]["name"] == "data-02"
    assert code(cloud("GET", f"/v2/{{pid}}/volumes/{MISSING}")) == "404 404"
    assert cloud("GET", "/v2/{pid}/cloudvolumes/detail").status_code == 404
    (snapshot,) = cloud.get("/v2/{pid}/snapshots/detail", name="snap-01")["snapshots"]
    assert snapshot["metadata"] == {}
    assert code(cloud("GET", f"/v2/{{pid}}/snapshots/{MISSING}")) == "404 404"
    assert "HW_ACCESS_KEY" not in sim.environ()
    assert "HW_VBS_ENDPOINT" not in sim.environ()
