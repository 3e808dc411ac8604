# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""No secret in any result, also where a server repeats it, in part or in another spelling."""

from __future__ import annotations

import base64
import html
import json
import typing as t
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.credentials import USER, sign_in, with_token
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.module_run import Result, run_module
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.scripted_http import (
    HOSTS,
    PROJECT,
    Call,
    iam,
    vbs,
)
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.wire import gateway, job, listed

ENDPOINTS = {"vbs": HOSTS["vbs"], "csbs": HOSTS["csbs"], "evs": HOSTS["evs"]}
# As long as a real token, so that a message shows only its beginning, and nothing in it is there twice.
TOKEN = "MIIb" + "".join(f"{number:04x}" for number in range(0x1000, 0x1000 + 1000))
# A password that no spelling but the plain one leaves as it is.
PASSWORD = 'p<&>"\\  \u00e9+%/ canary-7d793037a076'
SECRET_KEY = "canarySecretKey0123456789abcdefghijklmno"
SECURITY_TOKEN = "gQpjbi1ub3J0aC00" + "".join(f"{number:04x}" for number in range(0x3000, 0x3000 + 400))


class Way(t.NamedTuple):
    """A way to sign in: options, environment, the secrets in it, and the calls before the first one of the module."""

    options: dict[str, t.Any]
    environ: dict[str, str]
    secrets: tuple[str, ...]
    before: tuple[Call, ...] = ()


def signed_in(password: str = PASSWORD) -> Call:
    """A sign-in with this password."""
    call = sign_in(TOKEN)
    body = json.loads(json.dumps(call.body))
    body["auth"]["identity"]["password"]["user"]["password"] = password
    return call.but(body=body)


_KEYS = {"access_key": "EXAMPLEACCESSKEY", "secret_key": SECRET_KEY, "security_token": SECURITY_TOKEN}
WAYS = {
    "password": Way({**USER, "password": PASSWORD}, {}, (PASSWORD, TOKEN), (signed_in(),)),
    "keys": Way({**_KEYS, "project_id": PROJECT, "endpoints": ENDPOINTS}, {}, (SECRET_KEY, SECURITY_TOKEN)),
    "token": Way({"auth_token": TOKEN, "project_id": PROJECT, "endpoints": ENDPOINTS}, {}, (TOKEN,)),
    "environment's password": Way(
        {"endpoints": ENDPOINTS},
        {
            "HW_USER_NAME": "deployer",
            "HW_USER_PASSWORD": PASSWORD,
            "HW_DOMAIN_NAME": "acct1",
            "HW_AUTH_URL": HOSTS["iam"],
            "HW_REGION_NAME": "region-1",
        },
        (PASSWORD, TOKEN),
        (signed_in(),),
    ),
    "environment's keys": Way(
        {"endpoints": ENDPOINTS},
        {
            "HW_ACCESS_KEY": "EXAMPLEACCESSKEY",
            "HW_SECRET_KEY": SECRET_KEY,
            "HW_SECURITY_TOKEN": SECURITY_TOKEN,
            "HW_PROJECT_ID": PROJECT,
        },
        (SECRET_KEY, SECURITY_TOKEN),
    ),
    "environment's token": Way({"endpoints": ENDPOINTS}, {"OS_TOKEN": TOKEN, "OS_PROJECT_ID": PROJECT}, (TOKEN,)),
}
every_way = pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())


def pieces(secret: str) -> Iterator[str]:
    """Parts of a secret, in every spelling, that are long enough to be told from chance."""
    encoded = base64.b64encode(secret.encode()).decode()
    for text in (secret, json.dumps(secret)[1:-1], html.escape(secret), quote(secret, safe=""), secret[::-1], encoded):
        for start in range(0, max(1, len(text) - 15), 4):
            piece = text[start : start + 16]
            if len(piece) == 16:
                yield piece


def leaks(result: Result, secrets: tuple[str, ...]) -> list[str]:
    """Every part of a secret that the result shows, as it is printed and as it is read again."""
    seen = result.text + json.dumps(result.data, ensure_ascii=False) + repr(result.data) + repr(result.warnings)
    return sorted({piece for secret in secrets for piece in pieces(secret) if piece in seen})


def echoes(secret: str) -> dict[str, dict[str, t.Any]]:
    """Answers that repeat a secret: as services, gateways and proxies do."""
    page = f"<html><h1>Error</h1><pre>X-Auth-Token: {html.escape(secret)}\nbody: {json.dumps(secret)}</pre></html>"
    encoded = quote(secret, safe="")
    far = "x" * 250
    return {
        "a gateway's message": {"status": 403, "answer": gateway("APIGW.0302", f"{secret} may not do that")},
        "a message cut in the middle of it": {"status": 403, "answer": gateway("APIGW.0302", f"{far} {secret}")},
        "a message many times": {"status": 403, "answer": gateway("APIGW.0302", f"{secret} " * 40)},
        "a code": {"status": 403, "answer": gateway(f"E.{secret}", "no")},
        "a native message": {"status": 400, "answer": {"badRequest": {"message": f"bad: {secret}", "code": 400}}},
        "a page of a proxy": {"status": 403, "raw": page.encode()},
        "a page cut in the middle of it": {"status": 403, "raw": (far + page).encode()},
        "a page far down": {"status": 403, "raw": b" " * 1150 + page.encode()},
        "a page with status 200": {"status": 200, "raw": page.encode()},
        "an address": {"status": 403, "raw": f"GET /?token={encoded}".encode()},
        "a request ID": {"status": 403, "answer": {**gateway("APIGW.0302", "no"), "request_id": secret}},
        "a redirect": {"status": 302, "answer": {}, "headers": {"Location": f"https://{encoded}.evil.org/"}},
    }  # fmt: skip


@every_way
def test_a_secret_that_a_service_repeats_is_not_shown(way: Way, tmp_path: Path) -> None:
    for secret in way.secrets:
        for name, answer in echoes(secret).items():
            calls = [*way.before, listed().but(sends={}, **answer)]
            options = {**way.options, "token_cache": False}
            result = run_module("vbs_policy_info", options, calls, auth={}, environ=way.environ, home=str(tmp_path))
            assert result.failed, name
            assert leaks(result, way.secrets) == [], name


def test_a_refused_sign_in_shows_neither_password_nor_token(tmp_path: Path) -> None:
    way = WAYS["password"]
    for secret in way.secrets:
        for name, answer in echoes(secret).items():
            headers = {"X-Subject-Token": TOKEN, **answer.get("headers", {})}
            sent = signed_in().but(**{**answer, "headers": headers})
            result = run_module("vbs_policy_info", way.options, [sent], auth={}, home=str(tmp_path))
            assert result.failed, name
            assert leaks(result, way.secrets) == [], name
    assert [path for path in tmp_path.rglob("*.json") if path.is_file()] == []


def test_a_token_that_the_service_puts_into_its_data_is_not_shown(tmp_path: Path) -> None:
    call = with_token(vbs("GET", "/v1/jobs/j1"), TOKEN)
    failed = {**job("j1", "FAIL"), "fail_reason": f"volume attached with {TOKEN}", "error_code": "VolumeBackup.0064"}
    for options in ({"wait": True}, {}):
        result = run_module(
            "vbs_job_info",
            {**USER, "password": PASSWORD, "token_cache": False, "job_ids": ["j1"], **options},
            [signed_in(), call.but(answer=failed)],
            auth={},
            home=str(tmp_path),
        )
        assert "attached" in result.text
        assert leaks(result, (TOKEN, PASSWORD)) == []


@every_way
def test_an_option_that_is_refused_shows_no_secret(way: Way, tmp_path: Path) -> None:
    wrong: list[dict[str, t.Any]] = [
        {"naem": "x"},
        {"endpoints": "https://h"},
        {"endpoints": ["https://h"]},
        {"api_timeout": "soon"},
        {"native_api": "v4"},
        {"project_id": "../x"},
        {"name": "a\nb"},
        {"auth_url": "https://someone:canary-of-the-address-1f0e@h"},
    ]
    for options in wrong:
        given = {**way.options, **options}
        result = run_module("vbs_policy_info", given, auth={}, environ=way.environ, home=str(tmp_path))
        assert result.failed, options
        assert leaks(result, (*way.secrets, "canary-of-the-address-1f0e")) == [], options


def test_a_name_that_is_a_secret_is_hidden_and_works_all_the_same(tmp_path: Path) -> None:
    # Short and part of everything: what is hidden must not change what is understood.
    options = {**USER, "password": "0302", "token_cache": False}
    refused = listed().but(sends={}, status=403, answer=gateway("APIGW.0302", "no right"))
    result = run_module("vbs_policy_info", options, [signed_in("0302"), refused], auth={}, home=str(tmp_path))
    assert "right" in result["error"]["advice"]
    assert "0302" not in result.text


def test_the_catalog_call_of_a_given_token_shows_it_neither(tmp_path: Path) -> None:
    options = {"auth_token": TOKEN, "project_id": PROJECT, "region": "region-1", "auth_url": HOSTS["iam"]}
    for name, answer in echoes(TOKEN).items():
        if answer["status"] == 403:
            # Not served is no failure.
            answer["status"] = 400
        call = iam("GET", "/v3/auth/catalog").but(**answer)
        result = run_module("vbs_policy_info", options, [call], auth={}, home=str(tmp_path))
        assert result.failed, name
        assert leaks(result, (TOKEN,)) == [], name


def test_the_search_for_leaks_finds_one() -> None:
    shown = Result({"msg": f"token {TOKEN[400:440]}"}, (), (), (), "")
    assert leaks(shown, (TOKEN,))
    shown = Result({"msg": quote(PASSWORD, safe="")}, (), (), (), "")
    assert leaks(shown, (PASSWORD,))
