# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from simtest import Api, code, eventually

PATH = "/v2/{pid}/os-vendor-backup-sharing"
MISSING = "99999999-2222-3333-4444-555555555555"


def backup(api: Api, name: str = "one", **fields: Any) -> str:
    return str(api.handle.control("POST", "/backups", {"name": name, **fields})["id"])


def share(api: Api, backup_id: Any, *targets: str) -> Any:
    return api("POST", PATH, {"shared": {"backup_id": backup_id, "to_project_ids": list(targets)}})


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        (None, "400 VolumeBackup.0002"),
        ({"shared": []}, "400 VolumeBackup.0002"),
        ({"shared": {"to_project_ids": ["p"]}}, "400 VolumeBackup.0203"),
        ({"shared": {"backup_id": "x", "to_project_ids": ["p"]}}, "400 VolumeBackup.0204"),
        ({"shared": {"backup_id": MISSING, "to_project_ids": []}}, "400 VolumeBackup.0002"),
        ({"shared": {"backup_id": MISSING, "to_project_ids": "p"}}, "400 VolumeBackup.0002"),
        ({"shared": {"backup_id": MISSING, "to_project_ids": ["p"]}}, "404 VolumeBackup.0111"),
    ],
)
def test_refused_share(api: Api, body: Any, refused: str) -> None:
    assert code(api("POST", PATH, body)) == refused


def test_only_available_and_own_backups_are_shared(api: Api, other: Api) -> None:
    assert code(share(api, backup(api, status="creating"), other.project_id)) == "400 VolumeBackup.0089"
    assert code(share(other, backup(api), api.project_id)) == "404 VolumeBackup.0111"


def test_share(api: Api, other: Api) -> None:
    backup_id = backup(api)
    answer = share(api, backup_id, other.project_id, "third")
    assert answer.status_code == 200
    entries = answer.json()["shared"]
    assert [entry["to_project_id"] for entry in entries] == [other.project_id, "third"]
    fields = {
        "id",
        "backup_id",
        "to_project_id",
        "from_project_id",
        "created_at",
        "updated_at",
        "deleted",
        "deleted_at",
    }
    assert set(entries[0]) == fields
    assert [entries[0][field] for field in ("created_at", "updated_at", "deleted", "deleted_at")] == [None] * 4
    mine = api.get(f"{PATH}/detail")["shared"]
    assert len(mine) == 2
    assert mine[0]["backup"]["name"] == "one"
    assert "links" not in mine[0]["backup"]
    assert not [key for key in mine[0]["backup"] if key.startswith("os-")]
    theirs = other.get(f"{PATH}/detail", share_to_me="true")["shared"]
    assert [entry["id"] for entry in theirs] == [entries[0]["id"]]
    assert other.get(f"{PATH}/{entries[0]['id']}")["shared"] == theirs[0]
    assert other.get(f"{PATH}/detail") == {"shared": []}
    assert code(other("GET", f"{PATH}/{entries[1]['id']}")) == "404 VolumeBackup.0111"


def test_sharing_again_gives_the_same_share(api: Api, other: Api) -> None:
    backup_id = backup(api)
    first = share(api, backup_id, other.project_id).json()["shared"]
    assert share(api, backup_id, other.project_id).json()["shared"] == first
    api.handle.control("PATCH", "/settings", {"share_again": "refuse"})
    assert share(api, backup_id, other.project_id).status_code == 400
    assert api.get(f"{PATH}/count") == {"count": 1}


def test_a_shared_backup_cannot_be_restored_by_the_receiver(api: Api, other: Api) -> None:
    backup_id = backup(api)
    share(api, backup_id, other.project_id)
    body = {"restore": {"volume_id": other.volume()["id"]}}
    assert code(other("POST", f"/v2/{{pid}}/cloudbackups/{backup_id}/restore", body)) == "404 VolumeBackup.0111"


def test_stop_sharing(api: Api, other: Api) -> None:
    backup_id = backup(api)
    first, second, third = (entry["id"] for entry in share(api, backup_id, other.project_id, "b", "c").json()["shared"])
    assert code(other("DELETE", f"{PATH}/{first}")) == "404 VolumeBackup.0111"
    answer = api("DELETE", f"{PATH}/{first}?is_backup_id=false")
    assert (answer.status_code, answer.content) == (200, b"")
    assert code(api("DELETE", f"{PATH}/{first}")) == "404 VolumeBackup.0111"
    # A backup's id is no share's id, and the other way round.
    assert code(api("DELETE", f"{PATH}/{backup_id}")) == "404 VolumeBackup.0111"
    assert code(api("DELETE", f"{PATH}/{second}?is_backup_id=true")) == "404 VolumeBackup.0111"
    assert api("DELETE", f"{PATH}/{backup_id}?is_backup_id=true").status_code == 200
    assert code(api("GET", f"{PATH}/{third}")) == "404 VolumeBackup.0111"
    assert api.get(f"{PATH}/count") == {"count": 0}


def test_filters_sorting_and_pages(api: Api, other: Api) -> None:
    names = ["alpha", "beta", "alphabet"]
    for size, name in enumerate(names, 1):
        share(api, backup(api, name, size=size), other.project_id)
    assert api.get(f"{PATH}/count", name="alpha") == {"count": 2}
    assert api.get(f"{PATH}/count", status="error") == {"count": 0}
    assert api.get(f"{PATH}/count", availability_zone="az-1") == {"count": 3}
    assert api.get(f"{PATH}/count", avalilability_zone="az-2") == {"count": 0}
    assert api.get(f"{PATH}/count", to_project_id="third") == {"count": 0}
    assert api.get(f"{PATH}/count", volume_id=MISSING) == {"count": 0}
    assert other.get(f"{PATH}/count", share_to_me="true", from_project_id=api.project_id) == {"count": 3}

    def listed(**query: Any) -> list[str]:
        return [entry["backup"]["name"] for entry in api.get(f"{PATH}/detail", **query)["shared"]]

    assert listed() == names[::-1]
    assert listed(sort_dir="asc") == names
    assert listed(sort_key="size", sort_dir="asc") == names
    assert listed(sort_key="name", sort_dir="asc") == sorted(names)
    assert listed(limit=2, offset=1) == ["beta", "alpha"]
    assert "shared_links" in api.get(f"{PATH}/detail", limit=2)
    assert code(api("GET", f"{PATH}/detail?limit=x")) == "400 VolumeBackup.0002"


def test_shares_vanish_with_their_backup(api: Api, other: Api) -> None:
    backup_id = backup(api)
    share(api, backup_id, other.project_id)
    api.handle.control("PATCH", "/settings", {"delete_shared_backup": "refuse"})
    assert code(api("DELETE", f"/v2/{{pid}}/backups/{backup_id}")) == "400 400"
    api.handle.control("PATCH", "/settings", {"delete_shared_backup": "allow"})
    assert api("DELETE", f"/v2/{{pid}}/backups/{backup_id}").status_code == 202
    eventually(lambda: api.get(f"{PATH}/count"), lambda body: body == {"count": 0})
