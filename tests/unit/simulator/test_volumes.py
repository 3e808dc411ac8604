# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from simtest import Api, code

from simulator import seed

DETAIL = "/v2/{pid}/cloudvolumes/detail"
NATIVE = ("/v2/{pid}/volumes/detail", "/v3/{pid}/volumes/detail")
FIELDS = {
    "id",
    "name",
    "status",
    "size",
    "availability_zone",
    "bootable",
    "multiattach",
    "attachments",
    "volume_type",
    "created_at",
    "os-vol-host-attr:host",
    "os-vol-tenant-attr:tenant_id",
    "metadata",
    "tags",
}


def names(body: dict[str, Any]) -> list[str]:
    return [volume["name"] for volume in body["volumes"]]


@pytest.mark.parametrize(
    "query",
    [
        "limit=x",
        "limit=-1",
        "limit=0",
        "offset=-1",
        "sort_key=colour",
        "sort_dir=sideways",
        "ids=['a'",
        "ids={}",
        "metadata=[1]",
        "ids=" + str(["x"] * 61),
    ],
)
def test_bad_queries(api: Api, query: str) -> None:
    assert code(api("GET", f"{DETAIL}?{query}")) == "400 400"
    assert "badRequest" in api("GET", f"{DETAIL}?{query}").json()


def test_unknown_volumes_and_markers(api: Api) -> None:
    missing = "99999999-2222-3333-4444-555555555555"
    for path in (
        f"/v2/{{pid}}/volumes/{missing}",
        f"/v3/{{pid}}/volumes/{missing}",
        f"/v2/{{pid}}/os-vendor-volumes/{missing}",
        f"/v2/{{pid}}/snapshots/{missing}",
        f"{DETAIL}?marker={missing}",
    ):
        assert set(api("GET", path).json()) == {"itemNotFound"}, path


def test_seeded_volumes(api: Api) -> None:
    body = api.get(DETAIL)
    assert body["count"] == 6
    assert "volumes_links" not in body
    assert sorted(names(body)) == [f"data-{number:02d}" for number in range(1, 7)]
    by_name = {volume["name"]: volume for volume in body["volumes"]}
    assert by_name["data-03"]["size"] == 30
    assert [by_name[name]["status"] for name in ("data-01", "data-02")] == ["available", "in-use"]
    assert set(by_name["data-02"]) == FIELDS
    assert by_name["data-02"]["attachments"][0]["volume_id"] == by_name["data-02"]["id"]
    assert by_name["data-02"]["bootable"] == "true"
    assert by_name["data-01"]["os-vol-tenant-attr:tenant_id"] == api.project_id


def test_projects_have_their_own_volumes(api: Api, other: Api) -> None:
    mine, theirs = api.volume(), other.volume()
    assert mine["name"] == theirs["name"]
    assert mine["id"] != theirs["id"]


def test_ids_are_the_same_in_every_run(api: Api) -> None:
    assert api.volume()["id"] == seed.fixed_id("volume", api.project_id, "data-01")


def test_one_volume_in_every_form(api: Api) -> None:
    wanted = api.volume()
    for path in ("/v2/{pid}/volumes/", "/v3/{pid}/volumes/", "/v2/{pid}/os-vendor-volumes/"):
        assert api.get(path + wanted["id"]) == {"volume": wanted}


@pytest.mark.parametrize("path", [DETAIL, *NATIVE])
def test_filters(api: Api, path: str) -> None:
    one, two = api.volume("data-01"), api.volume("data-02")
    api.handle.control("PATCH", f"/volumes/{one['id']}", {"metadata": {"env": "test"}})
    assert names(api.get(path, name="data-01")) == ["data-01"]
    assert names(api.get(path, name="data")) == []
    assert len(names(api.get(path, status="in-use"))) == 3
    assert names(api.get(path, availability_zone="az-9")) == []
    assert names(api.get(path, id=two["id"])) == ["data-02"]
    assert sorted(names(api.get(path, ids=str([one["id"], two["id"]])))) == ["data-01", "data-02"]
    assert names(api.get(path, server_id=two["attachments"][0]["server_id"])) == ["data-02"]
    assert names(api.get(path, metadata="{'env': 'test'}")) == ["data-01"]
    assert names(api.get(path, id=two["id"], name="data-01")) == []


def test_only_cloudvolumes_counts(api: Api) -> None:
    assert api.get(DETAIL, status="in-use", limit=1)["count"] == 3
    for path in NATIVE:
        assert "count" not in api.get(path)


def test_name_match_can_be_fuzzy(api: Api) -> None:
    api.handle.control("PATCH", "/settings", {"volume_name_match": "fuzzy"})
    assert len(names(api.get(DETAIL, name="data"))) == 6
    assert names(api.get(DETAIL, name="ta-05")) == ["data-05"]


def test_equal_names_are_both_found(api: Api) -> None:
    api.handle.control("POST", "/volumes", {"name": "data-01"})
    assert names(api.get(DETAIL, name="data-01")) == ["data-01", "data-01"]


def test_sorting(api: Api) -> None:
    assert names(api.get(DETAIL))[0] == "data-06"
    assert names(api.get(DETAIL, sort_dir="asc"))[0] == "data-01"
    sizes = [volume["size"] for volume in api.get(DETAIL, sort_key="size", sort_dir="asc")["volumes"]]
    assert sizes == sorted(sizes)


@pytest.mark.parametrize("sort_key", ["created_at", "size", "status"])
def test_pages_by_link_hold_every_volume_once(api: Api, sort_key: str) -> None:
    seen: list[str] = []
    query = {"limit": "4", "sort_key": sort_key}
    while True:
        body = api.get(DETAIL, **query)
        seen += names(body)
        if "volumes_links" not in body:
            break
        link = body["volumes_links"][0]
        assert link["rel"] == "next"
        # Real links lack the version segment (F §3.6).
        assert urlsplit(link["href"]).path == f"/{api.project_id}/cloudvolumes/detail"
        query = dict(parse_qsl(urlsplit(link["href"]).query))
    assert sorted(seen) == [f"data-{number:02d}" for number in range(1, 7)]


def test_pages_by_offset(api: Api) -> None:
    pages = [names(api.get(DETAIL, limit=4, offset=offset)) for offset in (0, 4, 8)]
    assert [len(page) for page in pages] == [4, 2, 0]
    assert sorted(pages[0] + pages[1]) == [f"data-{number:02d}" for number in range(1, 7)]


def test_snapshots(api: Api) -> None:
    for version in ("v2", "v3"):
        body = api.get(f"/{version}/{{pid}}/snapshots/detail", name="snap-01")
        (snapshot,) = body["snapshots"]
        assert set(snapshot) == {"id", "name", "volume_id", "status", "size", "created_at"}
        assert snapshot["volume_id"] == api.volume()["id"]
        assert api.get(f"/{version}/{{pid}}/snapshots/{snapshot['id']}") == {"snapshot": snapshot}
        other_volume = api.volume("data-02")["id"]
        assert api.get(f"/{version}/{{pid}}/snapshots/detail", volume_id=other_volume) == {"snapshots": []}
