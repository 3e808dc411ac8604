# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
import requests
from simtest import JOB_SECONDS, Api, code

from simulator import seed, server


def control(sim: server.Handle, method: str, path: str, body: Any = None) -> requests.Response:
    return requests.request(method, f"{sim.url}/_sim{path}", json=body, timeout=60)


def test_health_needs_no_sign_in(sim: server.Handle) -> None:
    assert sim.control("GET", "/health") == {"status": "ok"}


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/nothing", None, 404),
        ("GET", "/a/b/c", None, 404),
        ("PUT", "/settings", {}, 404),
        ("PATCH", "/settings", {"colour": "red"}, 400),
        ("PATCH", "/settings", {"job_seconds": "5"}, 400),
        ("PATCH", "/settings", {"job_seconds": -1}, 400),
        ("PATCH", "/settings", {"volume_backing_up": 1}, 400),
        ("PATCH", "/settings", {"rebind_same": "maybe"}, 400),
        ("PATCH", "/settings", {"catalog_types": "vbs"}, 400),
        ("PATCH", "/settings", [], 400),
        ("POST", "/reset", {"colour": "red"}, 400),
        ("POST", "/reset", {"volumes": "many"}, 400),
        ("POST", "/reset", {"settings": {"colour": "red"}}, 400),
        ("GET", "/requests?since=x", None, 400),
        ("POST", "/volumes", {"colour": "red"}, 400),
        ("POST", "/volumes", {"project_id": "none"}, 404),
        ("POST", "/volumes", {"created_at": "yesterday"}, 400),
        ("POST", "/volumes", {"count": -1}, 400),
        ("POST", "/tasks", {}, 400),
        ("POST", "/shares", {"backup_id": "x"}, 400),
        ("PATCH", "/volumes/none", {"status": "error"}, 404),
        ("DELETE", "/volumes/none", None, 404),
    ],
)
def test_refused_control_calls(sim: server.Handle, method: str, path: str, body: Any, status: int) -> None:
    before = sim.control("GET", "/settings")
    answer = control(sim, method, path, body)
    assert answer.status_code == status
    assert answer.json()["error"]
    assert sim.control("GET", "/settings") == before


def test_a_body_that_is_no_json(sim: server.Handle) -> None:
    assert requests.post(f"{sim.url}/_sim/reset", data=b"{", timeout=60).status_code == 400


def test_reset(api: Api) -> None:
    sim = api.handle
    api.policy()
    sim.control("PATCH", "/settings", {"max_page": 3})
    sim.control("POST", "/faults", {"fault": {"status": 500}, "times": -1})
    answer = sim.control("POST", "/reset", {"settings": {"max_page": 5}, "volumes": 2, "keep_tokens": True})
    assert (answer["settings"]["max_page"], answer["settings"]["job_seconds"]) == (5, JOB_SECONDS)
    assert api.get("/v2/{pid}/backuppolicy") == {"backup_policies": []}
    assert api.get("/v2/{pid}/cloudvolumes/detail")["count"] == 2
    sim.control("POST", "/reset")
    assert code(api("GET", "/v2/{pid}/backuppolicy")) == "401 APIGW.0301"
    assert sim.control("GET", "/settings")["max_page"] == 1000


def test_reset_with_given_volumes(api: Api) -> None:
    other = seed.OTHER_PROJECT_ID
    volumes = [{"name": "one", "size": 5}, {"name": "two", "project_id": other, "status": "in-use"}]
    api.handle.control("POST", "/reset", {"volumes": volumes, "keep_tokens": True})
    (volume,) = api.get("/v2/{pid}/cloudvolumes/detail")["volumes"]
    assert (volume["name"], volume["size"]) == ("one", 5)
    assert [row["name"] for row in api.handle.control("GET", f"/volumes?project_id={other}")] == ["two"]


def test_a_reset_forgets_what_was_under_way(api: Api) -> None:
    body = {"backup": {"volume_id": api.volume()["id"], "name": "one"}}
    for _unused in range(2):
        assert api("POST", "/v2/{pid}/cloudbackups", body).status_code == 200
        api.handle.control("POST", "/reset", {"keep_tokens": True})
        assert api.volume()["status"] == "available"


def test_objects(api: Api) -> None:
    sim = api.handle
    added = sim.control("POST", "/volumes", {"name": "mine", "size": 7, "metadata": {"a": "b"}})
    assert api.volume("mine")["id"] == added["id"]
    changed = sim.control("PATCH", f"/volumes/{added['id']}", {"name": "yours", "status": "error"})
    assert (changed["name"], changed["size"]) == ("yours", 7)
    assert api.get("/v2/{pid}/cloudvolumes/detail", name="mine")["volumes"] == []
    assert api.volume("yours")["status"] == "error"
    assert sim.control("GET", f"/volumes/{added['id']}") == changed
    assert sim.control("DELETE", f"/volumes/{added['id']}") is None
    assert api.get("/v2/{pid}/cloudvolumes/detail", name="yours")["volumes"] == []


def test_objects_of_every_kind(sim: server.Handle) -> None:
    policy = sim.control("POST", "/policies", {"members": ["v1"], "tags": {"a": "b"}})
    assert policy["members"] == ["v1"]
    assert sim.control("PATCH", f"/policies/{policy['id']}", {"members": ["v2"]})["members"] == ["v2"]
    backup = sim.control("POST", "/backups", {"name": "b"})
    sim.control("POST", "/shares", {"backup_id": backup["id"], "to_project_id": "p"})
    sim.control("POST", "/tasks", {"policy_id": policy["id"]})
    for kind in ("snapshots", "servers", "jobs", "csbs_policies", "checkpoints", "items"):
        assert sim.control("POST", f"/{kind}", {})["id"], kind
    state = sim.control("GET", "/state")
    project = state["projects"][seed.PROJECT_ID]
    assert [row["backup_id"] for row in state["shares"]] == [backup["id"]]
    assert all(project[kind] for kind in ("volumes", "snapshots", "backups", "jobs", "policies", "tasks", "servers"))
    assert state["projects"][seed.OTHER_PROJECT_ID]["backups"] == []
    sim.control("DELETE", f"/backups/{backup['id']}")
    assert sim.control("GET", "/state")["shares"] == []


def test_old_backups(api: Api) -> None:
    sim = api.handle
    sim.control("POST", "/backups", {"name": "old", "created_at": "2024-01-02T03:04:05.000001Z"})
    sim.control("POST", "/backups", {"name": "day", "age": 86400})
    sim.control("POST", "/backups", {"name": "new"})
    rows = api.get("/v2/{pid}/backups/detail")["backups"]
    assert [row["name"] for row in rows] == ["new", "day", "old"]
    assert rows[2]["created_at"] == "2024-01-02T03:04:05.000001"
    age = datetime.now(timezone.utc) - datetime.fromisoformat(rows[1]["created_at"] + "+00:00")
    assert abs(age - timedelta(days=1)) < timedelta(seconds=5)


def test_many_at_once(api: Api) -> None:
    added = api.handle.control("POST", "/backups", {"count": 12, "name": "b{n}", "age": 60})
    assert added == {"added": 12}
    rows = api.get("/v2/{pid}/backups/detail")["backups"]
    assert sorted(row["name"] for row in rows) == sorted(f"b{number}" for number in range(1, 13))
    assert len({row["volume_id"] for row in rows}) == 6
    both = api.handle.control("POST", "/backups", [{"name": "x"}, {"name": "y"}])
    assert [row["name"] for row in both] == ["x", "y"]


def test_the_request_log(api: Api) -> None:
    sim = api.handle
    api("POST", "/v2/{pid}/backuppolicy?a=1&a=&b=%20", {"backup_policy_name": "数"})
    api("DELETE", "/v2/{pid}/backuppolicy/x/tags/a%20b%231")
    requests.get(f"{sim.url}/v2/p/backups", headers={"X-Auth-Token": "secret"}, timeout=60)
    entries = sim.control("GET", "/requests")["requests"]
    first, second, third = entries
    assert (first["method"], first["path"]) == ("POST", f"/v2/{api.project_id}/backuppolicy")
    assert first["query"] == [["a", "1"], ["a", ""], ["b", " "]]
    assert first["body"] == {"backup_policy_name": "数"}
    assert first["headers"]["x-auth-token"] == "***"
    assert first["headers"]["content-type"] == "application/json"
    assert (first["status"], first["project_id"], first["auth"]) == (400, api.project_id, "token")
    assert second["path"].endswith("/tags/a%20b%231")
    assert (third["status"], third["body"]) == (401, None)
    assert "secret" not in str(entries)
    assert sim.control("GET", f"/requests?since={second['n']}")["requests"] == [third]
    sim.control("DELETE", "/requests")
    assert sim.control("GET", "/requests") == {"requests": []}
    api("GET", "/v2/{pid}/backups")
    assert sim.control("GET", "/requests")["requests"][0]["n"] == third["n"] + 1


def test_the_log_hides_the_password_but_not_the_request(sim: server.Handle) -> None:
    user = {"name": "operator", "password": "top-secret", "domain": {"name": "acct1"}}
    body = {"auth": {"identity": {"methods": ["password"], "password": {"user": user}}}}
    requests.post(f"{sim.url}/v3/auth/tokens", json=body, timeout=60)
    (entry,) = sim.control("GET", "/requests")["requests"]
    assert entry["body"]["auth"]["identity"]["password"]["user"] == {**user, "password": "***"}
    assert entry["auth"] == "none"


def test_dropped_requests_are_logged_without_a_status(api: Api) -> None:
    api.handle.control("POST", "/faults", {"fault": {"drop": "before"}})
    with pytest.raises(requests.ConnectionError):
        api("GET", "/v2/{pid}/backups")
    assert api.handle.control("GET", "/requests")["requests"][0]["status"] is None


def test_the_clock_can_be_moved(api: Api) -> None:
    sim = api.handle
    sim.control("PATCH", "/settings", {"clock_offset_seconds": -7200})
    answer = api("GET", "/v2/{pid}/backups")
    behind = datetime.now(timezone.utc) - parsedate_to_datetime(answer.headers["Date"])
    assert abs(behind - timedelta(hours=2)) < timedelta(seconds=5)
    job = api.back_up(api.volume()["id"])
    stamp = datetime.fromisoformat(job["end_time"].replace("Z", "+00:00"))
    assert abs(datetime.now(timezone.utc) - stamp - timedelta(hours=2)) < timedelta(minutes=1)
    sim.control("PATCH", "/settings", {"clock_offset_seconds": 7200})
    assert code(api("GET", "/v2/{pid}/backups")) == "401 APIGW.0301"


def test_state_moves_by_itself(api: Api) -> None:
    api.back_up(api.volume()["id"])
    (row,) = api.handle.control("GET", "/backups")
    assert row["status"] == "available"
    assert api.handle.control("GET", "/state")["projects"][api.project_id]["busy"] == {}
