# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
import requests
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.sdk_request import SdkRequest
from simtest import TIME, code

from simulator import auth, seed, server
from simulator.wire import Request

PID = seed.PROJECT_ID
VECTOR_KEY = "example-secret-key"


def vector(method: str, path: str, query: str = "", body: bytes = b"", **headers: str) -> Request:
    named = {"x-sdk-date": "20240102T030405Z", **{name.replace("_", "-"): value for name, value in headers.items()}}
    return Request(method, path, query, [], named, body, "")


# F §2.3, lines A to D.
VECTORS = [
    (
        vector("GET", f"/v2/{PID}/backuppolicy", host="vbs.example.com", content_type="application/json"),
        "content-type;host;x-sdk-date",
        "d7fcbf2968165afb4be3e92c23254aa2949c6e99eae03053933f96ff0c43a09a",
    ),
    (
        vector(
            "POST",
            f"/v2/{PID}/cloudbackups",
            body=b'{"backup":{"volume_id":"11111111-2222-3333-4444-555555555555","name":"b1"}}',
            host="vbs.example.com",
            content_type="application/json",
            x_project_id=PID,
        ),
        "content-type;host;x-project-id;x-sdk-date",
        "4088a945fda30e066db3a7a528fc76d1c9f491dda49e5a58dda7c245bdd7acc5",
    ),
    (
        vector(
            "DELETE",
            f"/v2/{PID}/backuppolicy/aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee/tags/a%20b%231",
            host="vbs.example.com:8443",
            content_type="application/json",
            x_security_token="tok",
        ),
        "content-type;host;x-sdk-date;x-security-token",
        "4cbe3d4f4d3d65ea4ba6c9d52e6c764ef985cdc0f83e805d8b3571e14c69e669",
    ),
    (
        vector(
            "GET",
            f"/v1/{PID}/checkpoint_items",
            "sort=created_at:asc&name=a+b%2Fc&limit=2&B=",
            host="csbs.example.com",
        ),
        "host;x-sdk-date",
        "3ff7ac194a63659f4c5b26f5ee761dc41b5a46817bb96ec74661a62af7169f54",
    ),
]


@pytest.mark.parametrize(("request_", "names", "signature"), VECTORS, ids="ABCD")
def test_published_vectors(request_: Request, names: str, signature: str) -> None:
    assert auth.signature_of(request_, names.split(";"), "any", VECTOR_KEY) == signature


class Signed:
    """Sends what Huawei's own SDK signs; each part can be spoiled after signing."""

    def __init__(self, sim: server.Handle, access: str = seed.ACCESS_KEY, secret: str = seed.SECRET_KEY) -> None:
        self.sim = sim
        self.credentials = BasicCredentials(access, secret)
        self.project_id = ""

    def sign(
        self, method: str, path: str, query: Iterable[tuple[str, Any]] = (), body: bytes = b"", **headers: str
    ) -> SdkRequest:
        host = self.sim.url.removeprefix("http://")
        named = {"Content-Type": "application/json", **{name.replace("_", "-"): text for name, text in headers.items()}}
        if self.project_id:
            self.credentials.project_id = self.project_id
        request = SdkRequest(method, "http", host, path, None, list(query), named, body)
        return self.credentials.sign_request(request)

    def send(self, request: SdkRequest) -> requests.Response:
        body = request.body or None
        return requests.request(request.method, request.url, data=body, headers=request.header_params, timeout=60)

    def __call__(self, *what: Any, **more: Any) -> requests.Response:
        return self.send(self.sign(*what, **more))


@pytest.fixture
def signed(sim: server.Handle) -> Signed:
    return Signed(sim)


def test_a_signed_request_is_served(signed: Signed) -> None:
    assert signed("GET", f"/v2/{PID}/backups").json() == {"backups": []}
    body = b'{"backup_policy_name":"weekly"}'
    assert code(signed("POST", f"/v2/{PID}/backuppolicy", body=body)) == "400 AutoBackup.0001"
    assert signed("GET", "/v3/projects", [("name", "region-1")]).json()["projects"][0]["id"] == PID


@pytest.mark.parametrize(
    "query",
    [
        [("name", "a b"), ("status", "")],
        [("name", "a+b&c=d"), ("name", "10"), ("name", "9")],
        [("name", "数据-ü~*'()!")],
        [("tag", ["b", "a"]), ("with_count", True), ("limit", 5)],
        [("B", ""), ("a", "/"), ("_", ":")],
    ],
)
def test_awkward_queries(signed: Signed, query: list[tuple[str, Any]]) -> None:
    assert signed("GET", f"/v2/{PID}/backups", query).status_code == 200


@pytest.mark.parametrize("key", ["a%20b", "%E6%95%B0", "a+b", "a%2Bb", "a%2Fb", "~!$&'()", "a%25b", "%23"])
def test_awkward_paths(signed: Signed, key: str) -> None:
    answer = signed("DELETE", f"/v2/{PID}/backuppolicy/66666666-2222-3333-4444-555555555555/tags/{key}")
    assert code(answer) == "404 AutoBackup.0205"


def test_a_blank_sent_as_plus_is_signed_as_percent_20(signed: Signed) -> None:
    request = signed.sign("GET", f"/v2/{PID}/backups", [("name", "a b")])
    request.uri = request.uri.replace("%20", "+")
    assert signed.send(request).status_code == 200


def test_only_the_listed_headers_count(signed: Signed) -> None:
    request = signed.sign("GET", f"/v2/{PID}/backups", X_Extra="  padded  ")
    request.header_params["X-Unsigned"] = "whatever"
    assert signed.send(request).status_code == 200
    request.header_params["X-Extra"] = "other"
    assert code(signed.send(request)) == "401 APIGW.0301"


def test_host_need_not_be_signed(signed: Signed) -> None:
    date = datetime.now(timezone.utc).strftime(auth.DATE_FORMAT)
    path = f"/v2/{PID}/backups"
    made = auth.signature_of(vector("GET", path, x_sdk_date=date), ["x-sdk-date"], "", seed.SECRET_KEY)
    header = f"SDK-HMAC-SHA256 Access={seed.ACCESS_KEY}, SignedHeaders=x-sdk-date, Signature={made}"
    headers = {"X-Sdk-Date": date, "Authorization": header}
    assert requests.get(signed.sim.url + path, headers=headers, timeout=60).status_code == 200


@pytest.mark.parametrize("part", ["method", "path", "query", "body", "host", "signature", "x-sdk-date"])
def test_whatever_is_changed_after_signing_is_noticed(signed: Signed, part: str) -> None:
    request = signed.sign("POST", f"/v2/{PID}/backups", [("limit", 1)], b'{"a": 1}')
    changes: dict[str, Any] = {
        "method": lambda: setattr(request, "method", "PUT"),
        "path": lambda: setattr(request, "uri", request.uri.replace("backups", "backuppolicy")),
        "query": lambda: setattr(request, "uri", request.uri.replace("limit=1", "limit=2")),
        "body": lambda: setattr(request, "body", b'{"a": 2}'),
        "host": lambda: request.header_params.update({"Host": "elsewhere"}),
        "signature": lambda: request.header_params.update(
            {"Authorization": request.header_params["Authorization"][:-4] + "0000"}
        ),
        "x-sdk-date": lambda: request.header_params.update({"X-Sdk-Date": _stamp(timedelta(seconds=-9))}),
    }
    changes[part]()
    if part == "method":
        request.uri = request.uri.replace("/backups", "/backuppolicy/x")
    assert code(signed.send(request)) == "401 APIGW.0301"


def _stamp(ahead: timedelta) -> str:
    return (datetime.now(timezone.utc) + ahead).strftime(auth.DATE_FORMAT)


@pytest.mark.parametrize(("minutes", "status"), [(-16, 401), (16, 401), (-14, 200), (14, 200)])
def test_clock_skew(signed: Signed, minutes: int, status: int) -> None:
    answer = signed("GET", f"/v2/{PID}/backups", X_Sdk_Date=_stamp(timedelta(minutes=minutes)))
    assert answer.status_code == status


@pytest.mark.parametrize(
    "header",
    [
        "SDK-HMAC-SHA256",
        "SDK-HMAC-SHA256 Credential=a/20240102/r/s/sdk_request, SignedHeaders=host, Signature=00",
        f"SDK-HMAC-SHA256 Access={seed.ACCESS_KEY}, SignedHeaders=host, Signature=00",
        f"SDK-HMAC-SHA256 Access={seed.ACCESS_KEY}, SignedHeaders=x-sdk-date;x-gone, Signature=00",
        "SDK-HMAC-SHA256 Access=UNKNOWN, SignedHeaders=x-sdk-date, Signature=00",
        "Bearer something",
    ],
)
def test_malformed_authorization(signed: Signed, header: str) -> None:
    headers = {"Authorization": header, "X-Sdk-Date": _stamp(timedelta())}
    answer = requests.get(f"{signed.sim.url}/v2/{PID}/backups", headers=headers, timeout=60)
    assert code(answer) == "401 APIGW.0301"


def test_unsigned_payload(signed: Signed) -> None:
    request = signed.sign("POST", f"/v2/{PID}/backuppolicy", body=b"{}", X_Sdk_Content_Sha256="UNSIGNED-PAYLOAD")
    request.body = b'{"anything": "else"}'
    assert code(signed.send(request)) == "400 AutoBackup.0101"


def test_a_given_body_hash_must_be_the_bodys(signed: Signed) -> None:
    good, bad = hashlib.sha256(b"{}").hexdigest(), hashlib.sha256(b"other").hexdigest()
    path = f"/v2/{PID}/backuppolicy"
    assert code(signed("POST", path, body=b"{}", X_Sdk_Content_Sha256=good)) == "400 AutoBackup.0101"
    assert code(signed("POST", path, body=b"{}", X_Sdk_Content_Sha256=bad)) == "401 APIGW.0301"


def test_large_bodies_need_a_token(signed: Signed) -> None:
    body = b" " * (12 * 1024 * 1024 + 1)
    assert code(signed("POST", f"/v2/{PID}/backuppolicy", body=body)) == "413 APIGW.0201"
    assert code(signed("POST", f"/v2/{PID}/backuppolicy", body=body[:-1])) == "400 AutoBackup.0000"


def test_temporary_keys_need_their_token(sim: server.Handle) -> None:
    signed = Signed(sim, seed.TEMPORARY_ACCESS_KEY, seed.TEMPORARY_SECRET_KEY)
    path = f"/v2/{PID}/backups"
    assert code(signed("GET", path)) == "401 APIGW.0301"
    assert signed("GET", path, X_Security_Token=seed.SECURITY_TOKEN).status_code == 200
    assert code(signed("GET", path, X_Security_Token="other")) == "401 APIGW.0301"
    # One client adds it after signing and is accepted (F §2.3).
    request = signed.sign("GET", path)
    request.header_params["X-Security-Token"] = seed.SECURITY_TOKEN
    assert signed.send(request).status_code == 200


def test_a_permanent_key_takes_no_security_token(signed: Signed) -> None:
    answer = signed("GET", f"/v2/{PID}/backups", X_Security_Token=seed.SECURITY_TOKEN)
    assert code(answer) == "401 APIGW.0301"


def test_the_project_header_must_agree_with_the_path(signed: Signed) -> None:
    signed.project_id = seed.OTHER_PROJECT_ID
    assert code(signed("GET", f"/v2/{PID}/backups")) == "403 APIGW.0302"
    assert signed("GET", f"/v2/{seed.OTHER_PROJECT_ID}/backups").status_code == 200
    assert code(Signed(signed.sim)("GET", "/v2/00000000000000000000000000000000/backups")) == "403 APIGW.0302"


def test_more_than_five_failures_lock_the_key(sim: server.Handle) -> None:
    sim.control("PATCH", "/settings", {"lock_seconds": 0.3})
    good, bad = Signed(sim), Signed(sim, secret="wrong")
    path = f"/v2/{PID}/backups"
    for _unused in range(5):
        bad("GET", path)
    assert good("GET", path).status_code == 200
    for _unused in range(6):
        assert "signature" in bad("GET", path).json()["error_msg"]
    assert "locked" in good("GET", path).json()["error_msg"]
    sim.control("POST", "/keys/unlock")
    assert good("GET", path).status_code == 200
    for _unused in range(6):
        bad("GET", path)
    assert good("GET", path).status_code == 401
    TIME.let_pass(0.35)
    assert good("GET", path).status_code == 200
