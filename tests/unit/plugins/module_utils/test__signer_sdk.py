# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The signer against Huawei's own: the same random requests must get the same Authorization from both."""

from __future__ import annotations

import json
import random
import typing as t
from urllib.parse import parse_qsl, quote, urlsplit

import requests
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.signer.signer import Signer

from ansible_collections.huaweicloud.backup.plugins.module_utils._client import Client
from ansible_collections.huaweicloud.backup.plugins.module_utils._endpoints import Endpoints
from ansible_collections.huaweicloud.backup.plugins.module_utils._http import Request
from ansible_collections.huaweicloud.backup.plugins.module_utils._signer import (
    AccessKeyAuth,
    authorization,
    host_header,
)

REQUESTS = 1000
ALPHABET = "aZ09 -_.~#+%&=?/:;,@!$'()*[]\"<>|^`{}\\éß备份🙂\u00a0"
HOSTS = ("https://vbs.example.com", "http://127.0.0.1:8080", "https://vbs.example.com:443", "http://[::1]:8080")
METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD")


class Sample(t.NamedTuple):
    """One request before anybody has encoded it."""

    method: str
    base: str
    path: list[str]
    query: list[tuple[str, str]]
    body: t.Any
    project_id: str | None
    security_token: str | None
    secret_key: str


def samples() -> list[Sample]:
    rng = random.Random(20240102)
    return [_sample(rng) for _number in range(REQUESTS)]


def _sample(rng: random.Random) -> Sample:
    def text(low: int, high: int) -> str:
        return "".join(rng.choice(ALPHABET) for _number in range(rng.randint(low, high)))

    names = [text(1, 6) for _number in range(3)]
    query = [(rng.choice(names), rng.choice(["", text(1, 8)])) for _number in range(rng.randint(0, 5))]
    return Sample(
        method=rng.choice(METHODS),
        base=rng.choice(HOSTS),
        path=[f"x{text(0, 10)}" for _number in range(rng.randint(1, 4))],
        query=query,
        body=None if rng.random() < 0.5 else {text(1, 5): text(0, 20)},
        project_id=None if rng.random() < 0.5 else f"{rng.getrandbits(128):032x}",
        security_token=None if rng.random() < 0.5 else f"{rng.getrandbits(256):x}",
        secret_key=f"{rng.getrandbits(160):x}",
    )


class Capture:
    """An Http that keeps the request instead of sending it."""

    request: Request

    def send(self, request: Request) -> None:
        self.request = request


class NoSignIn:
    """An Auth that knows the project and signs nothing by itself."""

    def project_id(self) -> str:
        return "0123456789abcdef0123456789abcdef"

    def sign(self) -> None:
        return None

    def catalog(self) -> None:
        return None


def as_we_send_it(sample: Sample) -> requests.PreparedRequest:
    """The request as the client and requests make it, signed by us."""
    http = Capture()
    endpoints = Endpoints(overrides={"vbs": sample.base}, catalog=lambda: None, region=None, cloud_domain="x")
    client = Client(http=t.cast("t.Any", http), auth=t.cast("t.Any", NoSignIn()), endpoints=endpoints)
    client.vbs("try", sample.method, sample.path, query=sample.query, body=sample.body)
    data = None if sample.body is None else json.dumps(sample.body, ensure_ascii=False).encode()
    signer = AccessKeyAuth("AK", sample.secret_key, lambda: 1704164645.0, sample.security_token, sample.project_id)
    headers = {"Content-Type": "application/json"}
    return requests.Request(sample.method, http.request.url, data=data, headers=headers, auth=signer).prepare()


def signed_by_huawei(
    sample: Sample, url: str, headers: dict[str, str], path: str, query: list[tuple[str, str]], body: bytes | None
) -> t.Any:
    """The same request after Huawei's signer has worked on it."""
    request = SdkRequest(
        method=sample.method,
        schema=urlsplit(url).scheme,
        host=host_header(url),
        resource_path=path,
        query_params=query,
        header_params=dict(headers),
        body=body,
    )
    return Signer(BasicCredentials("AK", sample.secret_key)).sign(request)


def test_our_prepared_requests_get_the_signature_that_huaweis_signer_gives_them() -> None:
    for sample in samples():
        ours = as_we_send_it(sample)
        parts = urlsplit(str(ours.url))
        names = str(ours.headers["Authorization"]).split("SignedHeaders=")[1].split(",")[0].split(";")
        headers = {name: str(ours.headers[name]) for name in names}
        query = parse_qsl(parts.query, keep_blank_values=True)
        theirs = signed_by_huawei(sample, str(ours.url), headers, parts.path, query, t.cast("bytes", ours.body))
        assert theirs.header_params["Authorization"] == ours.headers["Authorization"], sample


def test_what_arrives_is_what_was_meant() -> None:
    """Encoding loses nothing: the segments and the query come out as they went in."""
    for sample in samples():
        parts = urlsplit(str(as_we_send_it(sample).url))
        assert not parts.fragment
        assert parse_qsl(parts.query, keep_blank_values=True) == sample.query
        segments = parts.path.split("/")
        assert [quote(segment, safe="") for segment in sample.path] == segments[3:], sample


def test_requests_encoded_by_huaweis_client_get_the_same_signature_from_us() -> None:
    extra = {"X-Sdk-Date": "20240102T030405Z", "Content-Type": "application/json", "X-Language": "en-us"}
    for sample in samples():
        path = "/" + "/".join(quote(segment, safe="") for segment in sample.path)
        body = None if sample.body is None else json.dumps(sample.body).encode()
        theirs = signed_by_huawei(sample, sample.base, extra, path, list(sample.query), body)
        headers = {name: value for name, value in theirs.header_params.items() if name != "Authorization"}
        ours = authorization("AK", sample.secret_key, sample.method, theirs.url, headers, body or b"")
        assert ours == theirs.header_params["Authorization"], sample
