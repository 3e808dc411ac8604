# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
from typing import Any

import pytest
import requests
from simtest import TIME, Api, code

from simulator import seed, server

USER = {"name": seed.USER_NAME, "password": seed.PASSWORD, "domain": {"name": seed.DOMAIN_NAME}}


def body(scope: Any = None, **user: Any) -> dict[str, Any]:
    auth: dict[str, Any] = {"identity": {"methods": ["password"], "password": {"user": {**USER, **user}}}}
    if scope is not None:
        auth["scope"] = scope
    return {"auth": auth}


def sign_in(sim: server.Handle, given: Any, query: str = "") -> requests.Response:
    data = given if isinstance(given, str) else json.dumps(given)
    return requests.post(f"{sim.url}/v3/auth/tokens{query}", data=data, timeout=60)


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ("{not json", 400),
        ("", 400),
        ({}, 400),
        ({"auth": {"identity": {"methods": ["password"]}}}, 400),
        ({"auth": {"identity": {"password": {"user": USER}}}}, 400),
        (body(password="wrong"), 401),
        (body(name="nobody"), 401),
        (body(domain={"name": "elsewhere"}), 401),
        (body(domain=None), 401),
        (body({"project": {}}), 400),
        (body({"project": {"name": "nowhere"}}), 404),
        (body({"project": {"name": "region-1", "domain": {"name": "elsewhere"}}}), 404),
        (body({"domain": {"name": "elsewhere"}}), 404),
        (body({"project": {"name": "region-1"}}, name=seed.OUTSIDER_NAME, password=seed.OUTSIDER_PASSWORD), 403),
    ],
)
def test_refused_sign_in_has_iams_shape(sim: server.Handle, given: Any, status: int) -> None:
    answer = sign_in(sim, given)
    assert answer.status_code == status
    assert answer.json()["error"]["code"] == status
    assert set(answer.json()["error"]) == {"code", "message", "title"}
    assert "X-Subject-Token" not in answer.headers


@pytest.mark.parametrize(
    "scope",
    [
        {"project": {"name": "region-1"}},
        {"project": {"id": seed.PROJECT_ID}},
        {"project": {"name": "region-1", "domain": {"name": "acct1"}}},
        {"project": {"name": "region-1", "domain": {"id": seed.DOMAIN_ID}}, "domain": {"name": "acct1"}},
    ],
)
def test_project_token(sim: server.Handle, scope: Any) -> None:
    answer = sign_in(sim, body(scope))
    assert answer.status_code == 201
    token = answer.json()["token"]
    assert token["project"]["id"] == seed.PROJECT_ID
    assert token["expires_at"].endswith("Z")
    assert len(token["issued_at"]) == len("2024-01-02T03:04:05.000000Z")
    urls = {entry["type"]: entry["endpoints"][0]["url"] for entry in token["catalog"]}
    assert urls["vbsv2"] == f"{sim.url}/v2/{seed.PROJECT_ID}"
    assert urls["identity"] == f"{sim.url}/v3"
    assert urls["data-protect"] == f"{sim.url}/v1/{seed.PROJECT_ID}"
    headers = {"X-Auth-Token": answer.headers["X-Subject-Token"]}
    assert requests.get(f"{urls['vbsv2']}/backups", headers=headers, timeout=60).status_code == 200


def test_nocatalog_drops_the_catalog_only_with_a_value(sim: server.Handle) -> None:
    scope = {"project": {"name": "region-1"}}
    assert "catalog" not in sign_in(sim, body(scope), "?nocatalog=1").json()["token"]
    assert "catalog" in sign_in(sim, body(scope), "?nocatalog=").json()["token"]


def test_unscoped_and_domain_tokens_open_no_project(sim: server.Handle) -> None:
    for scope, scoped in ((None, False), ({"domain": {"name": "acct1"}}, True)):
        answer = sign_in(sim, body(scope))
        assert ("domain" in answer.json()["token"]) is scoped
        assert "project" not in answer.json()["token"]
        headers = {"X-Auth-Token": answer.headers["X-Subject-Token"]}
        used = requests.get(f"{sim.url}/v2/{seed.PROJECT_ID}/backups", headers=headers, timeout=60)
        assert code(used) == "403 APIGW.0302"


def test_bad_tokens_are_refused_in_the_gateways_shape(api: Api) -> None:
    path = f"{api.handle.url}/v2/{seed.PROJECT_ID}/backups"
    for headers in ({}, {"X-Auth-Token": "nonsense"}, {"X-Auth-Token": ""}):
        answer = requests.get(path, headers=headers, timeout=60)
        assert code(answer) == "401 APIGW.0301"
        assert answer.json()["request_id"] == answer.headers["X-Request-Id"]


def test_a_tokens_project_is_the_only_one_it_opens(api: Api, other: Api) -> None:
    api.back_up(api.volume()["id"])
    assert code(Api(api.handle, other.project_id, api.token)("GET", "/v2/{pid}/backups")) == "403 APIGW.0302"
    assert code(api("GET", "/v2/ffffffffffffffffffffffffffffffff/backups")) == "403 APIGW.0302"
    backup_id = api.get("/v2/{pid}/backups")["backups"][0]["id"]
    assert code(other("GET", f"/v2/{{pid}}/backups/{backup_id}")) == "404 404"
    assert other.get("/v2/{pid}/backups") == {"backups": []}
    assert code(other("GET", f"/v2/{{pid}}/volumes/{api.volume()['id']}")) == "404 404"


def test_tokens_end(api: Api) -> None:
    assert api.handle.control("POST", "/tokens/expire") == {"ended": 1}
    assert code(api("GET", "/v2/{pid}/backups")) == "401 APIGW.0301"
    api.handle.control("PATCH", "/settings", {"expired_token_code": "APIGW.0307"})
    assert code(api("GET", "/v2/{pid}/backups")) == "401 APIGW.0307"
    assert api("GET", "/v3/auth/projects").json()["error"]["code"] == 401


def test_a_token_lives_as_long_as_the_setting_says(sim: server.Handle) -> None:
    sim.control("PATCH", "/settings", {"token_seconds": 0.2})
    token = sign_in(sim, body({"project": {"name": "region-1"}})).headers["X-Subject-Token"]
    api = Api(sim, seed.PROJECT_ID, token)
    assert api("GET", "/v2/{pid}/backups").status_code == 200
    TIME.let_pass(0.25)
    assert code(api("GET", "/v2/{pid}/backups")) == "401 APIGW.0301"


def test_projects_by_name(api: Api) -> None:
    found = api.get("/v3/projects", name="region-1")
    assert [project["id"] for project in found["projects"]] == [seed.PROJECT_ID]
    assert found["projects"][0]["links"]["self"].endswith(seed.PROJECT_ID)
    assert api.get("/v3/projects", name="nowhere")["projects"] == []
    assert len(api.get("/v3/projects")["projects"]) == 2
    assert api.get("/v3/projects", enabled="false")["projects"] == []


def test_project_pages_come_by_page_and_per_page_together(api: Api) -> None:
    assert api("GET", "/v3/projects?page=1").status_code == 400
    assert api("GET", "/v3/projects?page=1&per_page=0").status_code == 400
    assert api("GET", "/v3/projects?page=1&per_page=5001").status_code == 400
    first = api.get("/v3/projects", page=1, per_page=1)
    second = requests.get(first["links"]["next"], headers={"X-Auth-Token": api.token}, timeout=60).json()
    assert [len(page["projects"]) for page in (first, second)] == [1, 1]
    assert first["projects"] != second["projects"]
    assert second["links"]["next"] is None


def test_a_member_may_be_forbidden_to_list_projects(api: Api) -> None:
    api.handle.control("PATCH", "/settings", {"projects_forbidden": True})
    answer = api("GET", "/v3/projects?name=region-1")
    assert (answer.status_code, answer.json()["error"]["title"]) == (403, "Forbidden")
    assert len(api.get("/v3/auth/projects")["projects"]) == 2


def test_the_outsider_has_no_project(sim: server.Handle) -> None:
    given = body(name=seed.OUTSIDER_NAME, password=seed.OUTSIDER_PASSWORD)
    api = Api(sim, seed.PROJECT_ID, sign_in(sim, given).headers["X-Subject-Token"])
    assert api.get("/v3/auth/projects")["projects"] == []
    assert api("GET", "/v3/projects").status_code == 403


def test_catalog_can_be_read_and_cut(api: Api) -> None:
    api.handle.control("PATCH", "/settings", {"catalog_types": ["identity", "volumev3"]})
    catalog = api.get("/v3/auth/catalog")["catalog"]
    assert [entry["type"] for entry in catalog] == ["identity", "volumev3"]


def test_unknown_paths_and_methods_are_not_published(api: Api) -> None:
    calls = [("GET", "/v2/{pid}/nothing"), ("PATCH", "/v2/{pid}/backups"), ("GET", "/"), ("GET", "/v2/{pid}/backups/")]
    for method, path in calls:
        assert code(api(method, path)) == "404 APIGW.0101", path
    assert requests.head(f"{api.handle.url}/v2/{api.project_id}/backups", timeout=60).status_code == 404


def test_content_type_can_be_required(api: Api) -> None:
    path, headers = f"{api.handle.url}/v2/{api.project_id}/backups", {"X-Auth-Token": api.token}
    assert requests.get(path, headers=headers, timeout=60).status_code == 200
    api.handle.control("PATCH", "/settings", {"require_content_type": True})
    assert code(requests.get(path, headers=headers, timeout=60)) == "400 APIGW.0106"
    assert api("GET", "/v2/{pid}/backups").status_code == 200


def test_closed_to_new_projects(api: Api) -> None:
    api.handle.control("PATCH", "/settings", {"closed_to_new_projects": True})
    assert code(api("GET", "/v2/{pid}/backuppolicy")) == "400 BackupService.4008"
    assert api("GET", "/v2/{pid}/volumes/detail").status_code == 200


def test_native_paths_of_one_version_only(api: Api) -> None:
    api.handle.control("PATCH", "/settings", {"native_versions": ["v3"]})
    assert code(api("GET", "/v2/{pid}/backups")) == "404 APIGW.0101"
    assert api("GET", "/v3/{pid}/backups").status_code == 200
    assert api("GET", "/v2/{pid}/cloudvolumes/detail").status_code == 200


def test_throttling(api: Api) -> None:
    api.handle.control("PATCH", "/settings", {"rate_limit_per_second": 3})
    answers = [api("GET", "/v2/{pid}/backups") for _unused in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert code(answers[-1]) == "429 APIGW.0308"
    assert int(answers[-1].headers["Retry-After"]) >= 1
    assert api.handle.control("GET", "/throttle") == {"accepted": 3, "refused": 2, "seconds": 0.0}


def test_those_who_do_not_slow_down_stay_refused(api: Api) -> None:
    api.handle.control("POST", "/reset", {"keep_tokens": True, "settings": {"rate_limit_per_second": 3}})
    statuses = []
    for _unused in range(3):
        statuses += [api("GET", "/v2/{pid}/backups").status_code for _call in range(4)]
        TIME.let_pass(0.5)
    assert statuses == [200] * 3 + [429] * 9
    TIME.let_pass(0.5)
    assert api("GET", "/v2/{pid}/backups").status_code == 200
    assert api.handle.control("GET", "/throttle")["refused"] == 9


def test_without_a_limit_every_call_is_let_through(api: Api) -> None:
    api.handle.control("POST", "/reset", {"keep_tokens": True})
    api("GET", "/v2/{pid}/backups")
    TIME.let_pass(2.0)
    api("GET", "/v2/{pid}/nothing")
    assert api.handle.control("GET", "/throttle") == {"accepted": 2, "refused": 0, "seconds": 2.0}


def test_every_answer_has_a_date_and_a_request_id(api: Api) -> None:
    for path in ("/v2/{pid}/backups", "/v2/{pid}/nothing"):
        answer = api("GET", path)
        assert answer.headers["Date"].endswith(" GMT")
        assert len(answer.headers["X-Request-Id"]) == 32
