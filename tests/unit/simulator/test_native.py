# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from simtest import Api, code, eventually

MISSING = "99999999-2222-3333-4444-555555555555"
VERSIONS = pytest.mark.parametrize("version", ["v2", "v3"])


def snapshot_id(api: Api) -> str:
    return str(api.get("/v2/{pid}/snapshots/detail")["snapshots"][0]["id"])


def create(api: Api, version: str = "v2", **fields: Any) -> Any:
    given = {"volume_id": api.volume()["id"], "snapshot_id": snapshot_id(api), "name": "one", **fields}
    body = {"backup": {key: value for key, value in given.items() if value != "-"}}
    return api("POST", f"/{version}/{{pid}}/backups", body)


@pytest.mark.parametrize(
    ("fields", "refused"),
    [
        ({"volume_id": "-"}, "400 400"),
        ({"volume_id": "x"}, "400 400"),
        ({"volume_id": MISSING}, "404 404"),
        ({"snapshot_id": "-"}, "400 400"),
        ({"snapshot_id": ""}, "400 400"),
        ({"snapshot_id": MISSING}, "404 404"),
        ({"name": "auto-x"}, "400 400"),
        ({"name": "a b"}, "400 400"),
        ({"name": "a" * 65}, "400 400"),
        ({"description": "d" * 256}, "400 400"),
        ({"description": "<"}, "400 400"),
        ({"force": "yes"}, "400 400"),
    ],
)
def test_refused_create(api: Api, fields: dict[str, Any], refused: str) -> None:
    answer = create(api, **fields)
    assert code(answer) == refused
    assert set(answer.json()) <= {"badRequest", "itemNotFound"}


@pytest.mark.parametrize("body", [None, {}, {"backup": None}, []])
def test_malformed_create(api: Api, body: Any) -> None:
    assert "badRequest" in api("POST", "/v2/{pid}/backups", body).json()


@VERSIONS
def test_life_of_a_native_backup(api: Api, version: str) -> None:
    answer = create(api, version, name="-", description="native", incremental=True, container="ignored")
    assert answer.status_code == 202
    backup = answer.json()["backup"]
    assert set(backup) == {"id", "name", "links"}
    assert backup["name"] is None
    path = f"/{version}/{{pid}}/backups/{backup['id']}"
    assert api.get(path)["backup"]["status"] == "creating"
    assert code(create(api, version, name="two")) == "400 400"
    done = eventually(lambda: api.get(path)["backup"], lambda row: row["status"] != "creating")
    assert (done["status"], done["description"]) == ("available", "native")
    assert done["snapshot_id"] == snapshot_id(api)
    owner = {"v2": "os-bak-tenant-attr:tenant_id", "v3": "os-backup-project-attr:project_id"}[version]
    assert done[owner] == api.project_id
    assert len([key for key in done if key.startswith("os-")]) == 1
    assert {link["rel"]: urlsplit(link["href"]).path for link in done["links"]} == {
        "self": f"/{version}/{api.project_id}/backups/{done['id']}",
        "bookmark": f"/{api.project_id}/backups/{done['id']}",
    }


def test_a_volume_in_use_needs_force(api: Api) -> None:
    volume = api.volume("data-02")
    snapshot = api.handle.control("POST", "/snapshots", {"volume_id": volume["id"]})
    fields = {"volume_id": volume["id"], "snapshot_id": snapshot["id"]}
    assert code(create(api, **fields)) == "400 400"
    assert code(create(api, **fields, force=False)) == "400 400"
    assert create(api, **fields, force=True).status_code == 202


def test_a_failed_native_backup_ends_in_error(api: Api) -> None:
    fault = {"fail_job": {"fail_reason": "broken"}}
    api.handle.control("POST", "/faults", {"match": {"path": "/backups$", "method": "POST"}, "fault": fault})
    path = f"/v2/{{pid}}/backups/{create(api).json()['backup']['id']}"
    row = eventually(lambda: api.get(path)["backup"], lambda row: row["status"] != "creating")
    assert (row["status"], row["fail_reason"]) == ("error", "broken")


@VERSIONS
def test_native_restore(api: Api, version: str) -> None:
    backup_id = api.back_up(api.volume()["id"])["entities"]["backup_id"]
    path = f"/{version}/{{pid}}/backups/{backup_id}"
    volume = api.volume()
    assert code(api("POST", f"{path}/restore", {"restore": {}})) == "400 400"
    assert code(api("POST", f"{path}/restore", {"restore": {"volume_id": MISSING}})) == "404 404"
    in_use = api.volume("data-02")["id"]
    assert code(api("POST", f"{path}/restore", {"restore": {"volume_id": in_use}})) == "400 400"
    answer = api("POST", f"{path}/restore", {"restore": {"volume_id": volume["id"]}})
    assert answer.status_code == 202
    wanted = {"backup_id": backup_id, "volume_id": volume["id"], "volume_name": "data-01"}
    assert answer.json() == {"restore": wanted}
    assert api.get(path)["backup"]["status"] == "restoring"
    assert code(api("DELETE", path)) == "400 400"
    eventually(lambda: api.get(path)["backup"]["status"], lambda status: status == "available")


@VERSIONS
def test_delete(api: Api, version: str) -> None:
    path = f"/{version}/{{pid}}/backups/{api.back_up(api.volume()['id'])['entities']['backup_id']}"
    answer = api("DELETE", path)
    assert (answer.status_code, answer.content) == (202, b"")
    assert api.get(path)["backup"]["status"] == "deleting"
    assert "badRequest" in api("DELETE", path).json()
    eventually(lambda: api("GET", path).status_code, lambda status: status == 404)
    assert set(api("DELETE", path).json()) == {"itemNotFound"}


@pytest.mark.parametrize("status", ["creating", "restoring", "error_restoring", "deleting"])
def test_delete_only_from_available_or_error(api: Api, status: str) -> None:
    row = api.handle.control("POST", "/backups", {"status": status})
    assert code(api("DELETE", f"/v2/{{pid}}/backups/{row['id']}")) == "400 400"
    api.handle.control("PATCH", f"/backups/{row['id']}", {"status": "error"})
    assert api("DELETE", f"/v2/{{pid}}/backups/{row['id']}").status_code == 202


def test_delete_of_a_busy_backup_can_be_allowed(api: Api) -> None:
    api.handle.control("PATCH", "/settings", {"delete_busy_backup": "allow"})
    row = api.handle.control("POST", "/backups", {"status": "creating"})
    assert api("DELETE", f"/v2/{{pid}}/backups/{row['id']}").status_code == 202


def test_backups_that_may_not_be_deleted(api: Api) -> None:
    for fields, refused in (({"image": True}, ".0113"), ({"service_metadata": {"ST": 1}}, ".0129")):
        row = api.handle.control("POST", "/backups", fields)
        answer = api("DELETE", f"/v2/{{pid}}/backups/{row['id']}")
        assert answer.status_code == 400
        assert answer.json()["badRequest"]["code"] == f"VolumeBackup{refused}"


def many(api: Api, count: int = 5) -> list[str]:
    for number in range(count):
        fields = {"name": f"b{number}", "age": 1000 - number, "volume_id": api.volume(f"data-0{number + 1}")["id"]}
        api.handle.control("POST", "/backups", fields)
    return [f"b{number}" for number in range(count)]


def names(body: dict[str, Any]) -> list[str]:
    return [row["name"] for row in body["backups"]]


@pytest.mark.parametrize(
    "query", ["limit=x", "limit=-1", "offset=x", "sort_key=colour", "sort_dir=sideways", f"marker={MISSING}"]
)
def test_bad_list_queries(api: Api, query: str) -> None:
    assert api("GET", f"/v2/{{pid}}/backups/detail?{query}").status_code in (400, 404)
    assert api("GET", f"/v2/{{pid}}/backups/detail?{query}").json().keys() <= {"badRequest", "itemNotFound"}


def test_list_filters_and_order(api: Api) -> None:
    all_names = many(api)
    assert names(api.get("/v2/{pid}/backups")) == all_names[::-1]
    assert set(api.get("/v2/{pid}/backups")["backups"][0]) == {"id", "name", "links"}
    for path in ("/v2/{pid}/backups", "/v3/{pid}/backups/detail"):
        assert names(api.get(path, sort_dir="asc")) == all_names
        assert names(api.get(path, sort_key="size")) == all_names[::-1]
        assert names(api.get(path, sort_key="name", sort_dir="asc")) == all_names
        assert names(api.get(path, name="b2")) == ["b2"]
        assert names(api.get(path, name="b")) == []
        assert names(api.get(path, status="error")) == []
        assert names(api.get(path, volume_id=api.volume("data-04")["id"])) == ["b3"]
        assert names(api.get(path, limit=0)) == []


def test_pages(api: Api) -> None:
    all_names = many(api)
    assert names(api.get("/v2/{pid}/backups/detail", limit=2, offset=3)) == ["b1", "b0"]
    # No link after the last row, and none that would skip rows twice.
    assert "backups_links" not in api.get("/v2/{pid}/backups", limit=5)
    middle = api.get("/v2/{pid}/backups", limit=2, offset=1)["backups_links"][0]["href"]
    assert names(api.get("/v2/{pid}/backups", **dict(parse_qsl(urlsplit(middle).query)))) == ["b1", "b0"]
    api.handle.control("PATCH", "/settings", {"max_page": 2})
    seen: list[str] = []
    query: dict[str, str] = {"status": "available", "limit": "1000"}
    for _unused in range(3):
        body = api.get("/v2/{pid}/backups/detail", **query)
        seen += names(body)
        if "backups_links" in body:
            link = body["backups_links"][0]
            assert urlsplit(link["href"]).path == f"/{api.project_id}/backups/detail"
            query = dict(parse_qsl(urlsplit(link["href"]).query))
    assert seen == all_names[::-1]
    assert "backups_links" not in body


def test_links_can_name_an_internal_host(api: Api) -> None:
    many(api, 2)
    api.handle.control("PATCH", "/settings", {"link_base": "https://internal.example.com"})
    link = api.get("/v2/{pid}/backups", limit=1)["backups_links"][0]
    assert link["href"].startswith(f"https://internal.example.com/{api.project_id}/backups?limit=1&marker=")


def test_microversions(api: Api) -> None:
    many(api)
    query = "name~=b&with_count=true&limit=2"
    assert len(names(api.get("/v3/{pid}/backups?name~=x"))) == 5
    too_old = {"OpenStack-API-Version": "volume 3.30"}
    assert len(names(api("GET", "/v3/{pid}/backups?name~=x", headers=too_old).json())) == 5
    newer = {"OpenStack-API-Version": "volume 3.45"}
    assert api("GET", f"/v3/{{pid}}/backups?{query}", headers=newer).json()["count"] == 5
    assert names(api("GET", "/v3/{pid}/backups?name~=3", headers=newer).json()) == ["b3"]
    older = api("GET", f"/v3/{{pid}}/backups?{query}", headers={"OpenStack-API-Version": "volume 3.31"}).json()
    assert "count" not in older
    assert "count" not in api("GET", f"/v2/{{pid}}/backups?{query}", headers=newer).json()


def test_a_description_may_be_json(api: Api) -> None:
    api.handle.control("PATCH", "/settings", {"description_json": True})
    api.back_up(api.volume()["id"], description="plain")
    row = api.get("/v2/{pid}/backups/detail")["backups"][0]
    assert json.loads(row["description"]) == {"DESC": "plain", "INC": 0}
