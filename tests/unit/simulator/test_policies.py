# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from simtest import Api, code

PATH = "/v2/{pid}/backuppolicy"
MISSING = "99999999-2222-3333-4444-555555555555"
SCHEDULE = {
    "start_time": "22:00,02:00",
    "week_frequency": ["SUN", "WED"],
    "rentention_day": 30,
    "remain_first_backup_of_curMonth": "N",
    "status": "ON",
}


def schedule(**fields: Any) -> dict[str, Any]:
    return {key: value for key, value in {**SCHEDULE, **fields}.items() if value != "-"}


def create(api: Api, scheduled: Any = None, **fields: Any) -> Any:
    body = {"backup_policy_name": "weekly", "scheduled_policy": SCHEDULE if scheduled is None else scheduled, **fields}
    return api("POST", PATH, {key: value for key, value in body.items() if value != "-"})


def policies(api: Api) -> list[dict[str, Any]]:
    return list(api.get(PATH)["backup_policies"])


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_malformed_bodies(api: Api, method: str) -> None:
    path = PATH if method == "POST" else f"{PATH}/{create(api).json()['backup_policy_id']}"
    assert code(api(method, path, data=b"")) == "400 AutoBackup.0000"
    assert code(api(method, path, data=b"{")) == "400 AutoBackup.0008"
    assert code(api(method, path, data=b"[]")) == "400 AutoBackup.0008"


@pytest.mark.parametrize(
    ("fields", "refused"),
    [
        ({"backup_policy_name": "-"}, ".0101"),
        ({"backup_policy_name": ""}, ".0101"),
        ({"backup_policy_name": "a" * 65}, ".0101"),
        ({"backup_policy_name": "a b"}, ".0102"),
        ({"backup_policy_name": "a<b"}, ".0221"),
        ({"scheduled": "-"}, ".0001"),
        ({"scheduled": {}}, ".0001"),
        ({"scheduled": []}, ".0001"),
        ({"time_zone": "+08:00"}, ".0226"),
        ({"time_zone": "UTC+15:00"}, ".0226"),
        ({"time_zone": 8}, ".0226"),
        ({"tags": [{"key": "a=b", "value": ""}]}, ".0214"),
        ({"tags": [{"key": f"k{n}", "value": ""} for n in range(11)]}, ".0215"),
        ({"scheduled": schedule(start_time="-")}, ".0103"),
        ({"scheduled": schedule(start_time="22:30")}, ".0103"),
        ({"scheduled": schedule(start_time="24:00")}, ".0103"),
        ({"scheduled": schedule(start_time="22:00, 02:00")}, ".0103"),
        ({"scheduled": schedule(start_time="22:00,22:00")}, ".0103"),
        ({"scheduled": schedule(start_time=22)}, ".0103"),
        ({"scheduled": schedule(status="-")}, ".0104"),
        ({"scheduled": schedule(status="on")}, ".0104"),
        ({"scheduled": schedule(remain_first_backup_of_curMonth=True)}, ".0105"),
        ({"scheduled": schedule(week_frequency="-")}, ".0106"),
        ({"scheduled": schedule(frequency=0)}, ".0106"),
        ({"scheduled": schedule(frequency=31)}, ".0106"),
        ({"scheduled": schedule(frequency="1")}, ".0106"),
        ({"scheduled": schedule(frequency=True)}, ".0106"),
        ({"scheduled": schedule(week_frequency=["sun"])}, ".0109"),
        ({"scheduled": schedule(week_frequency=[])}, ".0109"),
        ({"scheduled": schedule(rentention_day="-")}, ".0107"),
        ({"scheduled": schedule(rentention_day="-", retention_day=30)}, ".0107"),
        ({"scheduled": schedule(rentention_num=1)}, ".0107"),
        ({"scheduled": schedule(rentention_num=100)}, ".0107"),
        ({"scheduled": schedule(rentention_day=1)}, ".0108"),
        ({"scheduled": schedule(rentention_day=100000)}, ".0108"),
    ],
)
def test_refused_create(api: Api, fields: dict[str, Any], refused: str) -> None:
    assert code(create(api, **fields)) == f"400 AutoBackup{refused}"
    assert policies(api) == []


def test_create_and_list(api: Api, other: Api) -> None:
    answer = create(api, time_zone="UTC+08:00", tags=[{"key": "env", "value": ""}])
    assert answer.status_code == 200
    (policy,) = policies(api)
    assert policy == {
        "backup_policy_id": answer.json()["backup_policy_id"],
        "backup_policy_name": "weekly",
        "scheduled_policy": SCHEDULE,
        "policy_resource_count": 0,
        "time_zone": "UTC+08:00",
    }
    assert policies(other) == []
    assert api("GET", f"{PATH}/{policy['backup_policy_id']}").status_code == 404


def test_the_time_zone_may_not_come_back(api: Api) -> None:
    create(api, time_zone="UTC+08:00")
    api.handle.control("PATCH", "/settings", {"return_time_zone": False})
    assert "time_zone" not in policies(api)[0]


def test_fractions_of_days_are_rounded_down(api: Api) -> None:
    create(api, schedule(rentention_day=7.9))
    assert policies(api)[0]["scheduled_policy"]["rentention_day"] == 7


def test_both_of_a_pair(api: Api) -> None:
    both = schedule(frequency=2, rentention_num=5)
    create(api, both)
    stored = policies(api)[0]["scheduled_policy"]
    assert "week_frequency" not in stored
    assert (stored["rentention_num"], stored["rentention_day"]) == (5, 30)
    api.handle.control("PATCH", "/settings", {"retention_both_sent": "winner", "frequency_both_sent": "keep"})
    create(api, both)
    stored = policies(api)[1]["scheduled_policy"]
    assert "rentention_day" not in stored
    assert stored["week_frequency"] == ["SUN", "WED"]


def test_local_order_can_be_checked(api: Api) -> None:
    api.handle.control("PATCH", "/settings", {"check_start_time_order": True})
    assert code(create(api)) == "400 AutoBackup.0103"
    # 22:00 and 02:00 UTC are 06:00 and 10:00 there (F §6.1).
    assert create(api, time_zone="UTC+08:00").status_code == 200


def test_the_same_name_twice(api: Api) -> None:
    assert [create(api).status_code, create(api).status_code] == [200, 200]
    api.handle.control("PATCH", "/settings", {"policy_names_unique": True})
    assert create(api).status_code == 400


def test_limit_and_order(api: Api) -> None:
    for name in "jihgfedcba":
        api.policy(name)
    assert code(create(api)) == "400 AutoBackup.0203"
    assert [row["backup_policy_name"] for row in policies(api)] == list("jihgfedcba")
    api.handle.control("PATCH", "/settings", {"policy_order": "name", "policies_per_project": 0})
    assert [row["backup_policy_name"] for row in policies(api)] == list("abcdefghij")
    assert create(api).status_code == 200


def test_the_default_policy_may_not_be_managed(api: Api) -> None:
    api.handle.control("PATCH", "/settings", {"default_policy": True})
    (policy,) = policies(api)
    path = f"{PATH}/{policy['backup_policy_id']}"
    assert policy["backup_policy_name"].startswith("default")
    assert code(api("PUT", path, {"backup_policy_name": "mine"})) == "400 AutoBackup.0100"
    assert code(api("DELETE", path)) == "400 AutoBackup.0100"


# --- change (F §6.3) ---


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        ({"backup_policy_name": "default-x"}, ".0102"),
        ({"backup_policy_name": "a b"}, ".0102"),
        ({"scheduled_policy": {"frequency": 0}}, ".0106"),
        ({"scheduled_policy": {"status": "off"}}, ".0104"),
        ({"scheduled_policy": "OFF"}, ".0008"),
        ({"time_zone": "x"}, ".0226"),
    ],
)
def test_refused_change_changes_nothing(api: Api, body: dict[str, Any], refused: str) -> None:
    path = f"{PATH}/{create(api).json()['backup_policy_id']}"
    before = policies(api)
    assert code(api("PUT", path, {"backup_policy_name": "other", **body})) == f"400 AutoBackup{refused}"
    assert policies(api) == before


def test_unknown_policies(api: Api, other: Api) -> None:
    theirs = other.policy()
    for policy_id in (MISSING, "x", theirs):
        assert code(api("PUT", f"{PATH}/{policy_id}", {})) == "404 AutoBackup.0205"
        assert code(api("DELETE", f"{PATH}/{policy_id}")) == "404 AutoBackup.0205"


def test_partial_changes(api: Api) -> None:
    policy_id = create(api, time_zone="UTC+08:00").json()["backup_policy_id"]

    def change(**body: Any) -> dict[str, Any]:
        answer = api("PUT", f"{PATH}/{policy_id}", body)
        assert (answer.status_code, answer.json()) == (200, {"backup_policy_id": policy_id})
        return policies(api)[0]

    assert change(scheduled_policy={"status": "OFF"})["scheduled_policy"] == {**SCHEDULE, "status": "OFF"}
    renamed = change(backup_policy_name="other")
    assert (renamed["backup_policy_name"], renamed["time_zone"]) == ("other", "UTC+08:00")
    assert change(time_zone="UTC-02:00")["time_zone"] == "UTC-02:00"
    daily = change(scheduled_policy={"frequency": 3})["scheduled_policy"]
    assert daily["frequency"] == 3
    assert "week_frequency" not in daily
    counted = change(scheduled_policy={"rentention_num": 5})["scheduled_policy"]
    assert counted["rentention_num"] == 5
    assert "rentention_day" not in counted
    assert change()["scheduled_policy"] == counted


# --- delete (F §6.4, §12) ---


def test_delete(api: Api) -> None:
    policy_id = api.policy()
    volume_id = api.volume()["id"]
    api.bind(policy_id, volume_id)
    api.handle.control("PATCH", "/settings", {"delete_policy_with_volumes": "refuse"})
    assert code(api("DELETE", f"{PATH}/{policy_id}")) == "400 AutoBackup.1300"
    api.handle.control("PATCH", "/settings", {"delete_policy_with_volumes": "free"})
    answer = api("DELETE", f"{PATH}/{policy_id}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert policies(api) == []
    second = api.policy()
    api.handle.control("PATCH", "/settings", {"bind_held_by_other": "fail_entry"})
    assert len(api.bind(second, volume_id).json()["success_resources"]) == 1
