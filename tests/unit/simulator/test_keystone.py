# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
import requests
from simtest import Api, code

from simulator import seed

USER = {"name": seed.USER_NAME, "password": seed.PASSWORD, "domain": {"name": seed.DOMAIN_NAME}}


def sign_in(cloud: Api, scope: Any = None, query: str = "", **user: Any) -> requests.Response:
    auth: dict[str, Any] = {"identity": {"methods": ["password"], "password": {"user": {**USER, **user}}}}
    if scope:
        auth["scope"] = scope
    return requests.post(f"{cloud.handle.url}/v3/auth/tokens{query}", json={"auth": auth}, timeout=60)


@pytest.mark.parametrize(
    ("scope", "user"),
    [
        (None, {"password": "wrong"}),
        (None, {"name": "nobody"}),
        ({"project": {"name": "nowhere", "domain": {"name": "acct1"}}}, {}),
        ({"project": {"name": "region-1", "domain": {"name": "elsewhere"}}}, {}),
        ({"project": {"id": seed.PROJECT_ID}}, {"name": seed.OUTSIDER_NAME, "password": seed.OUTSIDER_PASSWORD}),
    ],
)
def test_every_wrong_sign_in_is_the_same_401(cloud: Api, scope: Any, user: dict[str, Any]) -> None:
    answer = sign_in(cloud, scope, **user)
    message = "The request you have made requires authentication."
    assert (answer.status_code, answer.json()["error"]) == (
        401,
        {"code": 401, "message": message, "title": "Unauthorized"},
    )
    assert answer.headers["WWW-Authenticate"].startswith("Keystone uri=")


def test_malformed_sign_in(cloud: Api) -> None:
    url = f"{cloud.handle.url}/v3/auth/tokens"
    for body in ("{not json", "{}", '{"auth": {"identity": {}}}'):
        assert requests.post(url, data=body, timeout=60).json()["error"]["title"] == "Bad Request"
    assert sign_in(cloud, {"project": {"name": "region-1"}}).status_code == 400
    assert sign_in(cloud, domain=None).status_code == 400


def test_token_and_catalog(cloud: Api) -> None:
    answer = sign_in(cloud, {"project": {"name": "region-1", "domain": {"name": "acct1"}}})
    token = answer.json()["token"]
    assert (answer.status_code, token["is_domain"]) == (201, False)
    assert token["expires_at"].endswith(".000000Z")
    assert [entry["type"] for entry in token["catalog"]] == ["identity", "volumev3", "volumev2"]
    assert [endpoint["interface"] for endpoint in token["catalog"][0]["endpoints"]] == ["public", "admin", "internal"]
    domain = sign_in(cloud, {"domain": {"name": "acct1"}}).json()["token"]
    assert [len(entry["endpoints"]) for entry in domain["catalog"]] == [3, 0, 0]
    assert "catalog" not in sign_in(cloud, {"project": {"id": seed.PROJECT_ID}}, "?nocatalog").json()["token"]
    assert not {"catalog", "roles", "project"} & set(sign_in(cloud).json()["token"])


def test_projects(cloud: Api) -> None:
    assert cloud("GET", "/v3/projects?name=region-1").status_code == 403
    assert {row["name"] for row in cloud.get("/v3/auth/projects")["projects"]} == {"region-1", "region-1_other"}
    token = sign_in(cloud, {"domain": {"name": "acct1"}}).headers["X-Subject-Token"]
    asker = Api(cloud.handle, "", token)
    assert [row["id"] for row in asker.get("/v3/projects", name="region-1")["projects"]] == [seed.PROJECT_ID]
    assert asker.get("/v3/projects", name="nowhere")["projects"] == []
    assert cloud.get("/v3/auth/catalog")["catalog"][0]["type"] == "identity"


def test_tokens(cloud: Api) -> None:
    url = f"{cloud.handle.url}/v2/{seed.PROJECT_ID}/backups"
    for headers in ({}, {"X-Auth-Token": "x"}, {"Authorization": "SDK-HMAC-SHA256 Access=a"}):
        answer = requests.get(url, headers=headers, timeout=60)
        assert (answer.status_code, answer.json()["error"]["title"]) == (401, "Unauthorized")
    assert cloud("GET", "/v2/{pid}/backups").headers["X-Openstack-Request-Id"].startswith("req-")
    cloud.handle.control("POST", "/tokens/expire", {"revoke": True})
    assert code(cloud("GET", "/v2/{pid}/backups")) == "401 401"


def test_another_project_in_the_url_is_malformed(cloud: Api) -> None:
    for project_id in (seed.OTHER_PROJECT_ID, "not-a-project"):
        answer = cloud("GET", f"/v2/{project_id}/backups")
        assert answer.json() == {"badRequest": {"code": 400, "message": "Malformed request url"}}
    unscoped = Api(cloud.handle, seed.PROJECT_ID, sign_in(cloud).headers["X-Subject-Token"])
    assert code(unscoped("GET", "/v2/{pid}/backups")) == "400 400"


@pytest.mark.parametrize("path", ["/v2/{pid}/cloudbackups", "/v2/{pid}/backuppolicy", "/v2/{pid}/backups/x/"])
def test_unknown_paths_answer_in_the_form_that_was_asked_for(cloud: Api, path: str) -> None:
    answer = cloud("GET", path, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()["code"], answer.json()["title"]) == (404, "404 Not Found", "Not Found")
    page = cloud("GET", path, headers={"Accept": "*/*"})
    assert page.headers["Content-Type"] == "text/html; charset=UTF-8"
    assert "404 Not Found" in page.text
    assert cloud("GET", path, headers={"Accept": "text/plain"}).headers["Content-Type"].startswith("text/plain")
    assert requests.get(f"{cloud.handle.url}/v2/x/cloudbackups", timeout=60).status_code == 401
