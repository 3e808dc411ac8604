# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from simtest import Api, code

BIND = "/v2/{pid}/backuppolicyresources"
MISSING = "99999999-2222-3333-4444-555555555555"
ENTRY = {"resource_id": MISSING, "resource_type": "volume"}


def count(api: Api, policy_id: str) -> int:
    rows = api.get("/v2/{pid}/backuppolicy")["backup_policies"]
    return int(next(row["policy_resource_count"] for row in rows if row["backup_policy_id"] == policy_id))


def unbind(api: Api, policy_id: str, *volume_ids: str) -> Any:
    resources = [{"resource_id": volume_id} for volume_id in volume_ids]
    return api("POST", f"{BIND}/{policy_id}/deleted_resources", {"resources": resources})


def settings(api: Api, **changes: Any) -> None:
    api.handle.control("PATCH", "/settings", changes)


@pytest.mark.parametrize(
    ("fields", "refused"),
    [
        ({"backup_policy_id": ""}, "400 AutoBackup.0006"),
        ({"backup_policy_id": None}, "400 AutoBackup.0006"),
        ({"backup_policy_id": MISSING}, "404 AutoBackup.0205"),
        ({"backup_policy_id": 5}, "404 AutoBackup.0205"),
        ({"resources": []}, "400 AutoBackup.0207"),
        ({"resources": None}, "400 AutoBackup.0207"),
        ({"resources": {}}, "400 AutoBackup.0008"),
        ({"resources": ["x"]}, "400 AutoBackup.0008"),
        ({"resources": [{"resource_type": "volume"}]}, "400 AutoBackup.0209"),
        ({"resources": [{"resource_id": MISSING}]}, "400 AutoBackup.0209"),
        ({"resources": [{"resource_id": "", "resource_type": "volume"}]}, "400 AutoBackup.0209"),
        ({"resources": [{"resource_id": MISSING, "resource_type": "disk"}]}, "400 AutoBackup.0211"),
    ],
)
def test_refused_bind(api: Api, fields: dict[str, Any], refused: str) -> None:
    assert code(api("POST", BIND, {"backup_policy_id": api.policy(), "resources": [ENTRY], **fields})) == refused


def test_bind(api: Api) -> None:
    policy_id, volume = api.policy(), api.volume()
    answer = api.bind(policy_id, volume["id"], MISSING)
    assert answer.status_code == 200
    assert answer.json() == {
        "success_resources": [
            {
                "resource_id": volume["id"],
                "resource_type": "volume",
                "availability_zone": "az-1",
                "os_vol_host_attr": "pod01.az-1",
            }
        ],
        "fail_resources": [
            {
                "resource_id": MISSING,
                "resource_type": "volume",
                "availability_zone": "",
                "os_vol_host_attr": "",
                "code": "AutoBackup.0208",
                "message": "volume not found",
            }
        ],
    }
    assert count(api, policy_id) == 1


def test_an_unknown_volume_may_refuse_the_whole_call(api: Api) -> None:
    policy_id = api.policy()
    settings(api, bind_unknown="whole_call")
    assert code(api.bind(policy_id, api.volume()["id"], MISSING)) == "404 AutoBackup.0208"
    assert count(api, policy_id) == 0


@pytest.mark.parametrize("status", ["error", "awaiting-transfer", "error_deleting"])
def test_bad_states(api: Api, status: str) -> None:
    policy_id, volume_id = api.policy(), api.volume()["id"]
    api.handle.control("PATCH", f"/volumes/{volume_id}", {"status": status})
    assert api.bind(policy_id, volume_id).json()["fail_resources"][0]["code"] == "AutoBackup.0206"
    settings(api, bind_bad_state="whole_call")
    assert code(api.bind(policy_id, volume_id)) == "400 AutoBackup.0206"


def test_too_many_volumes(api: Api) -> None:
    policy_id = api.policy()
    settings(api, volumes_per_policy=1)
    assert api.bind(policy_id, api.volume()["id"]).status_code == 200
    assert api.bind(policy_id, api.volume()["id"]).status_code == 200
    assert code(api.bind(policy_id, api.volume("data-02")["id"])) == "400 AutoBackup.0204"


def test_binding_again(api: Api) -> None:
    policy_id, volume_id = api.policy(), api.volume()["id"]
    for _unused in range(2):
        assert len(api.bind(policy_id, volume_id).json()["success_resources"]) == 1
    assert count(api, policy_id) == 1
    settings(api, rebind_same="fail_entry")
    assert api.bind(policy_id, volume_id).json()["fail_resources"][0]["code"] == "VBS.0002"


def test_binding_elsewhere_moves(api: Api) -> None:
    first, second, volume_id = api.policy("a"), api.policy("b"), api.volume()["id"]
    api.bind(first, volume_id)
    assert len(api.bind(second, volume_id).json()["success_resources"]) == 1
    assert [count(api, first), count(api, second)] == [0, 1]
    settings(api, bind_held_by_other="fail_entry")
    assert len(api.bind(first, volume_id).json()["fail_resources"]) == 1
    assert [count(api, first), count(api, second)] == [0, 1]


def test_members_can_be_seen_by_control(api: Api) -> None:
    policy_id, volume_id = api.policy(), api.volume()["id"]
    api.bind(policy_id, volume_id)
    state = api.handle.control("GET", "/state")["projects"][api.project_id]
    assert [row["members"] for row in state["policies"]] == [[volume_id]]


def test_refused_unbind(api: Api) -> None:
    policy_id = api.policy()
    assert code(unbind(api, MISSING, MISSING)) == "404 AutoBackup.0205"
    assert code(unbind(api, policy_id)) == "400 AutoBackup.0207"
    assert code(unbind(api, policy_id, "")) == "400 AutoBackup.0209"


def test_unbind(api: Api) -> None:
    policy_id, volume_id = api.policy(), api.volume()["id"]
    api.bind(policy_id, volume_id)
    answer = unbind(api, policy_id, volume_id, MISSING)
    assert answer.status_code == 200
    # The documented sample has a failed entry without a code (F §6.6).
    wanted = {"success_resources": [{"resource_id": volume_id}], "fail_resources": [{"resource_id": MISSING}]}
    assert answer.json() == wanted
    assert count(api, policy_id) == 0
    settings(api, unbind_missing="success")
    assert unbind(api, policy_id, volume_id).json()["success_resources"] == [{"resource_id": volume_id}]


def test_unbind_takes_a_type_too(api: Api) -> None:
    policy_id, volume_id = api.policy(), api.volume()["id"]
    api.bind(policy_id, volume_id)
    body = {"resources": [{"resource_id": volume_id, "resource_type": "volume"}]}
    api("POST", f"{BIND}/{policy_id}/deleted_resources", body)
    assert count(api, policy_id) == 0


def test_unbind_by_volume_alone(api: Api) -> None:
    first, second, volume_id = api.policy("a"), api.policy("b"), api.volume()["id"]
    api.bind(first, volume_id)
    assert unbind(api, second, volume_id).json()["success_resources"] == []
    settings(api, unbind_any=True)
    assert len(unbind(api, second, volume_id).json()["success_resources"]) == 1
    assert count(api, first) == 0


def test_injected_failures(api: Api) -> None:
    policy_id, volume_id = api.policy(), api.volume()["id"]
    fault = {"fail_resources": {volume_id: {"code": "VBS.0002", "message": "no"}}}
    match = {"path": "backuppolicyresources"}
    api.handle.control("POST", "/faults", {"match": match, "times": -1, "fault": fault})
    answer = api.bind(policy_id, volume_id, api.volume("data-02")["id"]).json()
    assert [entry["code"] for entry in answer["fail_resources"]] == ["VBS.0002"]
    assert count(api, policy_id) == 1
    api.handle.control("DELETE", "/faults")
    fault = {"fail_resources": {"*": {}}}
    api.handle.control("POST", "/faults", {"match": match, "fault": fault})
    assert unbind(api, policy_id, api.volume("data-02")["id"]).json()["success_resources"] == []
    assert count(api, policy_id) == 1
