# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import hashlib
import typing as t

import pytest
import requests

from ansible_collections.huaweicloud.backup.plugins.module_utils._signer import (
    AccessKeyAuth,
    authorization,
    canonical_request,
    host_header,
)

PID = "0123456789abcdef0123456789abcdef"
DATE = "20240102T030405Z"
MOMENT = 1704164645.0
VOLUME = "11111111-2222-3333-4444-555555555555"
JSON = "application/json"


class Vector(t.NamedTuple):
    """One line of F §2.3's table; the date and the key are the table's own."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes
    signed: str
    canonical_hash: str
    signature: str


VECTORS = {
    "A": Vector(
        "GET",
        f"https://vbs.example.com/v2/{PID}/backuppolicy",
        {"Content-Type": JSON},
        b"",
        "content-type;host;x-sdk-date",
        "228f5b5f35e79bc75ad86b8d0db60cc9dca143a464c8e9f52f6c09136263aebe",
        "d7fcbf2968165afb4be3e92c23254aa2949c6e99eae03053933f96ff0c43a09a",
    ),
    "B": Vector(
        "POST",
        f"https://vbs.example.com/v2/{PID}/cloudbackups",
        {"Content-Type": JSON, "X-Project-Id": PID},
        b'{"backup":{"volume_id":"%s","name":"b1"}}' % VOLUME.encode(),
        "content-type;host;x-project-id;x-sdk-date",
        "bf421242ce05c127a3fb618f8fb4dd1fca4ce670c014d4e62f35eb882dadd0ac",
        "4088a945fda30e066db3a7a528fc76d1c9f491dda49e5a58dda7c245bdd7acc5",
    ),
    "C": Vector(
        "DELETE",
        f"https://vbs.example.com:8443/v2/{PID}/backuppolicy/aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee/tags/a%20b%231",
        {"Content-Type": JSON, "X-Security-Token": "tok"},
        b"",
        "content-type;host;x-sdk-date;x-security-token",
        "9d36dbd80308fa1300e224b05bb092ba28caf68404509ba381c052a7c37daa0a",
        "4cbe3d4f4d3d65ea4ba6c9d52e6c764ef985cdc0f83e805d8b3571e14c69e669",
    ),
    "D": Vector(
        "GET",
        f"https://csbs.example.com/v1/{PID}/checkpoint_items?sort=created_at:asc&name=a%20b/c&limit=2&B=",
        {},
        b"",
        "host;x-sdk-date",
        "8749ea4b8df979026fd7c9ced4534d000884d07b758e0b56fc7f39d78a04c9e4",
        "3ff7ac194a63659f4c5b26f5ee761dc41b5a46817bb96ec74661a62af7169f54",
    ),
}


def auth(**changes: t.Any) -> AccessKeyAuth:
    values: dict[str, t.Any] = {
        "access_key": "EXAMPLEKEY",
        "secret_key": "example-secret-key",
        "now": lambda: MOMENT,
        **changes,
    }
    return AccessKeyAuth(**values)


def prepared(method: str, url: str, body: bytes | str | None = None, **headers: str) -> requests.PreparedRequest:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return requests.Request(method, url, data=body, headers=named).prepare()


@pytest.mark.parametrize("name", VECTORS)
def test_the_vectors_of_the_facts_have_these_canonical_requests_and_signatures(name: str) -> None:
    vector = VECTORS[name]
    named = {**vector.headers, "Host": host_header(vector.url), "X-Sdk-Date": DATE}
    lowered = {key.lower(): value for key, value in named.items()}
    canonical = canonical_request(vector.method, vector.url, lowered, vector.body)
    assert hashlib.sha256(canonical.encode()).hexdigest() == vector.canonical_hash
    header = authorization("EXAMPLEKEY", "example-secret-key", vector.method, vector.url, named, vector.body)
    assert header == (f"SDK-HMAC-SHA256 Access=EXAMPLEKEY, SignedHeaders={vector.signed}, Signature={vector.signature}")


@pytest.mark.parametrize("name", VECTORS)
def test_a_prepared_request_gets_the_signature_of_the_facts(name: str) -> None:
    vector = VECTORS[name]
    request = requests.Request(vector.method, vector.url, data=vector.body or None).prepare()
    request.headers.update({key: value for key, value in vector.headers.items() if key == "Content-Type"})
    auth(project_id=vector.headers.get("X-Project-Id"), security_token=vector.headers.get("X-Security-Token"))(request)
    assert request.headers["Authorization"].endswith(f"SignedHeaders={vector.signed}, Signature={vector.signature}")


def test_the_signing_guides_own_request_has_its_canonical_hash() -> None:
    url = (
        "https://service.region.example.com/v1/77b6a44cba5143ab91d13ab9a8ff44fd/vpcs"
        "?limit=2&marker=13551d6b-755d-4757-b956-536f674975c0"
    )
    headers = {"content-type": JSON, "host": "service.region.example.com", "x-sdk-date": "20191115T033655Z"}
    canonical = canonical_request("GET", url, headers, b"")
    assert hashlib.sha256(canonical.encode()).hexdigest() == (
        "b25362e603ee30f4f25e7858e8a7160fd36e803bb2dfe206278659d71a9bcd7a"
    )


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ""),
        ("b=2&a=1", "a=1&b=2"),
        ("a=2&a=1", "a=1&a=2"),
        ("a", "a="),
        ("a=", "a="),
        ("a=b=c", "a=b%3Dc"),
        ("a=x%20y", "a=x%20y"),
        ("a=x+y", "a=x%20y"),
        ("a=x%2By", "a=x%2By"),
        ("B=1&a=1", "B=1&a=1"),
        ("a=~-_.", "a=~-_."),
        ("n=%E5%A4%87", "n=%E5%A4%87"),
        ("n=a%26b", "n=a%26b"),
    ],
)
def test_a_query_is_decoded_sorted_and_encoded_again(query: str, expected: str) -> None:
    assert canonical_request("GET", f"https://h/p?{query}", {}, b"").split("\n")[2] == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("", "/"),
        ("/", "/"),
        ("/v2", "/v2/"),
        ("/v2/", "/v2/"),
        ("/a%20b", "/a%20b/"),
        ("/a+b", "/a%2Bb/"),
        ("/a%2Bb", "/a%2Bb/"),
        ("/~a-b_c.d", "/~a-b_c.d/"),
        ("/%E5%A4%87", "/%E5%A4%87/"),
        ("/a%25b", "/a%25b/"),
    ],
)
def test_a_path_is_encoded_by_segment_and_ends_with_a_slash(path: str, expected: str) -> None:
    assert canonical_request("GET", f"https://h{path}", {}, b"").split("\n")[1] == expected


def test_headers_are_sorted_trimmed_and_followed_by_one_empty_line() -> None:
    canonical = canonical_request("post", "https://h/p", {"x-b": " 2 ", "x-a": "1"}, b"x")
    assert canonical.split("\n") == [
        "POST",
        "/p/",
        "",
        "x-a:1",
        "x-b:2",
        "",
        "x-a;x-b",
        hashlib.sha256(b"x").hexdigest(),
    ]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://vbs.example.com/p", "vbs.example.com"),
        ("https://vbs.example.com:443/p", "vbs.example.com"),
        ("http://vbs.example.com:80/p", "vbs.example.com"),
        ("http://vbs.example.com:443/p", "vbs.example.com:443"),
        ("https://vbs.example.com:80/p", "vbs.example.com:80"),
        ("https://vbs.example.com:8443/p", "vbs.example.com:8443"),
        ("https://VBS.Example.com/p", "vbs.example.com"),
        ("http://[::1]:8080/p", "[::1]:8080"),
        ("https://[2001:db8::1]/p", "[2001:db8::1]"),
        ("https://[2001:db8::1]:443/p", "[2001:db8::1]"),
    ],
)
def test_host_has_no_default_port_and_keeps_brackets(url: str, expected: str) -> None:
    assert host_header(url) == expected
    assert auth()(prepared("GET", url)).headers["Host"] == expected


def test_text_and_bytes_bodies_are_signed_alike_and_no_body_is_the_empty_one() -> None:
    def signature(body: bytes | str | None) -> str:
        return str(auth()(prepared("POST", "https://h/p", body, Content_Type=JSON)).headers["Authorization"])

    assert signature('{"a":"ü"}') == signature('{"a":"ü"}'.encode())
    assert signature(None) == signature(b"")
    assert signature(b"{}") != signature(b"")


def test_only_headers_that_the_collection_sets_are_signed_so_that_a_proxy_may_add_others() -> None:
    request = prepared("GET", "https://h/p", Content_Type=JSON, User_Agent="x", Accept=JSON, X_Other="1")
    assert "SignedHeaders=content-type;host;x-sdk-date," in auth()(request).headers["Authorization"]


def test_temporary_keys_and_the_project_are_sent_and_signed() -> None:
    request = auth(security_token="tok", project_id=PID)(prepared("GET", "https://h/p", Content_Type=JSON))
    assert request.headers["X-Security-Token"] == "tok"
    assert request.headers["X-Project-Id"] == PID
    names = "content-type;host;x-project-id;x-sdk-date;x-security-token"
    assert f"SignedHeaders={names}," in request.headers["Authorization"]


def test_without_project_and_temporary_keys_their_headers_are_not_sent() -> None:
    request = auth()(prepared("GET", "https://h/p"))
    assert not {"X-Security-Token", "X-Project-Id"} & set(request.headers)


def test_signing_again_gives_a_fresh_date_and_another_signature() -> None:
    moments = iter((MOMENT, MOMENT + 61))
    signer = auth(now=lambda: next(moments))
    request = prepared("GET", "https://h/p", Content_Type=JSON)
    first = dict(signer(request).headers)
    second = dict(signer(request).headers)
    assert (first["X-Sdk-Date"], second["X-Sdk-Date"]) == (DATE, "20240102T030506Z")
    assert first["Authorization"] != second["Authorization"]
    assert second["Authorization"].count("SDK-HMAC-SHA256") == 1


def test_what_is_printed_of_the_signer_has_no_secret() -> None:
    printed = repr(auth(security_token="temporary-token"))
    assert "example-secret-key" not in printed
    assert "temporary-token" not in printed
    assert "EXAMPLEKEY" in printed
