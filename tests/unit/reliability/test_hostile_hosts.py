# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Credentials stay with the hosts that the task named: no redirect, link, catalog or cookie takes them elsewhere."""

from __future__ import annotations

import json
import os
import typing as t
from collections.abc import Mapping
from pathlib import Path
from unittest import mock

import pytest

from ansible_collections.huaweicloud.backup.tests.unit.plugins.module_utils.loopback import Server, loopback, reply
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.credentials import (
    PASSWORD,
    SECRET_KEY,
    SECURITY_TOKEN,
    TOKEN,
)
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.fake_clock import FakeClock
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.module_run import (
    Result,
    ansible_arguments,
    call_main,
    check_result,
    fake_time,
    read_result,
)

PROJECT = "0123456789abcdef0123456789abcdef"
POLICY = "22222222-2222-3333-4444-555555555555"
REDIRECTS = ("301 Moved", "302 Found", "303 Other", "307 Temporary", "308 Permanent")

WITH_TOKEN = {"auth_token": TOKEN, "project_id": PROJECT}
WITH_KEYS = {
    "access_key": "EXAMPLEKEY",
    "secret_key": SECRET_KEY,
    "security_token": SECURITY_TOKEN,
    "project_id": PROJECT,
}
WITH_USER = {"username": "deployer", "password": PASSWORD, "domain_name": "acct1", "region": "region-1"}


@pytest.fixture
def run(tmp_path: Path) -> t.Callable[..., Result]:
    """Run a module over real connections; the only host that it is told of is that of the server."""

    def runner(module: str, server: Server, options: Mapping[str, t.Any], auth: Mapping[str, t.Any]) -> Result:
        endpoints = {} if auth is WITH_USER else {"endpoints": dict.fromkeys(("vbs", "evs", "csbs"), server.url)}
        arguments = {"auth_url": server.url, "token_cache": False, "api_retries": 1, **endpoints, **auth, **options}
        clock = FakeClock()
        environ = {"HOME": str(tmp_path), "PATH": os.defpath}
        with mock.patch.dict(os.environ, environ, clear=True), fake_time(clock):
            text, status = call_main(module, {**arguments, **ansible_arguments(check_mode=False, diff=False)})
        result = read_result(text, clock, ())
        check_result(module, result, status, check_mode=False, diff=False)
        return result

    return runner


def answer(body: t.Any, *, status: str = "200 OK", headers: t.Sequence[str] = ()) -> bytes:
    return reply(json.dumps(body).encode(), status=status, headers=headers)


def redirect(status: str, target: Server) -> bytes:
    return reply(
        b"<html>moved</html>",
        status=status,
        headers=[f"Location: {target.url}/v3/auth/tokens", f"Refresh: 0; url={target.url}", f"Link: <{target.url}>"],
    )


def policies(*rows: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    return {"backup_policies": list(rows)}


@pytest.mark.parametrize("status", REDIRECTS)
@pytest.mark.parametrize("auth", [WITH_TOKEN, WITH_KEYS, WITH_USER])
def test_a_redirect_of_a_read_or_of_the_sign_in_takes_no_credential_elsewhere(
    run: t.Callable[..., Result], auth: Mapping[str, t.Any], status: str
) -> None:
    with loopback(reply()) as other, loopback(redirect(status, other)) as server:
        result = run("vbs_policy_info", server, {}, auth)
        assert f"127.0.0.1:{other.port}, which is not followed" in result["msg"]
        assert result["error"]["http_status"] == int(status[:3])
        assert other.requests == []
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", REDIRECTS)
@pytest.mark.parametrize("auth", [WITH_TOKEN, WITH_KEYS])
def test_a_redirect_of_a_write_is_not_followed(
    run: t.Callable[..., Result], auth: Mapping[str, t.Any], status: str
) -> None:
    row = {"backup_policy_id": POLICY, "backup_policy_name": "nightly", "policy_resource_count": 0}
    with loopback(reply()) as other, loopback(answer(policies(row)), redirect(status, other)) as server:
        result = run("vbs_policy", server, {"name": "nightly", "state": "absent"}, auth)
        assert "which is not followed" in result["msg"]
        assert other.requests == []
    assert [request[:6] for request in server.requests] == [b"GET /v", b"DELETE"]


@pytest.mark.parametrize("status", REDIRECTS)
def test_a_redirect_of_a_creating_call_is_not_followed_and_counts_as_a_lost_answer(
    run: t.Callable[..., Result], status: str
) -> None:
    listed = answer(policies())
    schedule = {"start_times": ["22:00"], "frequency": 1, "retention_count": 7}
    with loopback(reply()) as other:
        # Looked for once a minute's worth of times, then sent once more: the service did not do it either time.
        looks = [listed] * 40
        with loopback(listed, redirect(status, other), *looks) as server:
            result = run("vbs_policy", server, {"name": "nightly", **schedule}, WITH_TOKEN)
        assert result.failed
        assert "nightly" in result["msg"]
        assert other.requests == []
    assert sum(request.startswith(b"POST") for request in server.requests) <= 2


def test_a_link_to_another_host_is_followed_on_the_services_own(run: t.Callable[..., Result]) -> None:
    def row(number: int) -> dict[str, t.Any]:
        return {"id": f"0000000{number}-2222-3333-4444-555555555555", "name": f"b{number}"}

    with loopback(reply()) as other:
        link = {"rel": "next", "href": f"{other.url}/elsewhere?marker=m1&limit=1"}
        first = answer({"backups": [row(1)], "backups_links": [link]})
        with loopback(first, answer({"backups": [row(2)]})) as server:
            result = run("vbs_backup_info", server, {}, WITH_TOKEN)
        assert [backup["name"] for backup in result["backups"]] == ["b1", "b2"]
        assert other.requests == []
    assert server.requests[1].startswith(f"GET /v2/{PROJECT}/backups/detail?marker=m1&limit=1 ".encode())


def test_no_cookie_ever_comes_back(run: t.Callable[..., Result]) -> None:
    cookies = [f"Set-Cookie: c{number}={'x' * 4000}; Path=/; Domain=127.0.0.1" for number in range(80)]
    row = {"backup_policy_id": POLICY, "backup_policy_name": "nightly", "policy_resource_count": 0}
    with loopback(answer(policies(row), headers=cookies), answer({}, headers=cookies)) as server:
        assert not run("vbs_policy", server, {"name": "nightly", "state": "absent"}, WITH_TOKEN).failed
    assert [server.header(number, "Cookie") for number in range(2)] == [None, None]


def test_an_answer_that_asks_for_a_password_gets_none(run: t.Callable[..., Result]) -> None:
    headers = ['WWW-Authenticate: Basic realm="x"', 'WWW-Authenticate: Digest realm="x", nonce="y"']
    refusal = answer({"error_code": "APIGW.0301", "error_msg": "no"}, status="401 no", headers=headers)
    with loopback(refusal) as server:
        result = run("vbs_policy_info", server, {}, WITH_TOKEN)
    assert result["error"]["http_status"] == 401
    assert server.header(0, "Authorization") is None
    assert len(server.requests) == 1


def test_a_password_is_sent_to_the_identity_service_alone(run: t.Callable[..., Result]) -> None:
    with loopback(answer(policies())) as vbs:
        entry = {
            "type": "vbsv2",
            "endpoints": [{"interface": "public", "region": "region-1", "url": vbs.url + "/v2/x"}],
        }
        token = {"expires_at": "2099-01-01T00:00:00.000000Z", "project": {"id": PROJECT}, "catalog": [entry]}
        signed_in = answer({"token": token}, status="201 Created", headers=[f"X-Subject-Token: {TOKEN}"])
        with loopback(signed_in) as iam:
            assert run("vbs_policy_info", iam, {}, WITH_USER)["policies"] == []
    assert PASSWORD.encode() in iam.requests[0]
    assert PASSWORD.encode() not in vbs.requests[0]
    assert vbs.header(0, "X-Auth-Token") == TOKEN
