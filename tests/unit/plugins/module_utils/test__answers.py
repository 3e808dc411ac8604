# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every shape of an error body (F §3.3, §14.7, openstack.md) and whatever else may come instead."""

from __future__ import annotations

import json
import time
import typing as t

import pytest
from requests.structures import CaseInsensitiveDict

from ansible_collections.huaweicloud.backup.plugins.module_utils._answers import Answer, parse, read_answer
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import AnswerError, ApiError

HEX_ID = "0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f"
DATE = "Tue, 02 Jan 2024 03:04:05 GMT"
MOMENT = 1704164645.0
MB = 1024 * 1024
ROUTER_404 = {
    "message": "The resource could not be found.<br /><br />\n\n\n",
    "code": "404 Not Found",
    "title": "Not Found",
}


def read(status: int, body: t.Any = b"", headers: dict[str, str] | None = None) -> Answer:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return read_answer("try it", status, CaseInsensitiveDict(headers or {}), content)


def refusal(status: int, body: t.Any = b"", headers: dict[str, str] | None = None) -> ApiError:
    with pytest.raises(ApiError) as caught:
        read(status, body, headers)
    return caught.value


@pytest.mark.parametrize(
    ("body", "code", "text", "wrapper"),
    [
        (
            {"error": {"code": "AutoBackup.0205", "message": "policy not found"}},
            "AutoBackup.0205",
            "policy not found",
            "error",
        ),
        ({"error_code": "CSBS.3000", "error_msg": "policy not found"}, "CSBS.3000", "policy not found", None),
        ({"error_code": "APIGW.0301", "error_msg": "failed", "request_id": HEX_ID}, "APIGW.0301", "failed", None),
        ({"itemNotFound": {"code": 404, "message": "not found"}}, None, "not found", "itemNotFound"),
        ({"badRequest": {"code": 400, "message": "busy"}}, None, "busy", "badRequest"),
        ({"badRequest": {"code": "400", "message": "busy"}}, None, "busy", "badRequest"),
        ({"badrequest": {"code": 400, "message": "busy"}}, None, "busy", "badrequest"),
        ({"error": {"code": 401, "title": "Unauthorized", "message": "wrong"}}, None, "wrong", "error"),
        ({"error": {"code": "123456789", "message": "denied"}}, "123456789", "denied", "error"),
        ({"error": {"code": "EPS.0003", "message": "denied"}}, "EPS.0003", "denied", "error"),
        ({"forbidden": {"code": 403, "message": "no"}}, None, "no", "forbidden"),
        ({"conflictingRequest": {"code": 409, "message": "later"}}, None, "later", "conflictingRequest"),
        ({"overLimit": {"code": 413, "message": "quota", "retryAfter": "0"}}, None, "quota", "overLimit"),
        ({"computeFault": {"code": 500, "message": "bad"}}, None, "bad", "computeFault"),
        ({"code": "IAM.0062", "message": "wrong password"}, "IAM.0062", "wrong password", None),
        ({"error_code": "IAM.0062", "error_msg": "wrong", "code": "other", "message": "x"}, "IAM.0062", "wrong", None),
        ({"error_code": 400, "error_msg": "wrong"}, None, "wrong", None),
        ({"error_code": "APIGW.0101"}, "APIGW.0101", None, None),
        ({"error_msg": "only words."}, None, "only words", None),
        ({"message": "only words"}, None, "only words", None),
        ({"error": {"code": "AutoBackup.0205"}}, "AutoBackup.0205", None, "error"),
        ({"a": 1, "fault": {"inner": {"code": "X.1", "message": "deep"}}}, "X.1", "deep", "fault"),
    ],
)
def test_every_shape_gives_code_text_and_wrapper(
    body: dict[str, t.Any], code: str | None, text: str | None, wrapper: str | None
) -> None:
    error = refusal(400, body)
    assert (error.code, error.wrapper) == (code, wrapper)
    if text is not None:
        assert error.text == text


def test_a_routers_404_has_no_code_and_no_wrapper_and_so_is_an_unknown_path() -> None:
    error = refusal(404, ROUTER_404)
    assert (error.code, error.wrapper, error.unknown_path) == (None, None, True)
    assert "The resource could not be found" in error.message


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"  \r\n",
        b"<html><h1>404 Not Found</h1></html>",
        b"not found",
        b"[]",
        b'"x"',
        b"null",
        b"7",
        {},
        {"error": []},
    ],
)
@pytest.mark.parametrize("status", [404, 502])
def test_bodies_without_a_known_shape_leave_it_to_the_status(body: t.Any, status: int) -> None:
    error = refusal(status, body)
    assert (error.code, error.wrapper, error.http_status) == (None, None, status)
    assert error.unknown_path is (status == 404)


@pytest.mark.parametrize(
    "body",
    [
        {"error": {"code": None, "message": None}},
        {"error": {"code": {}, "message": []}},
        {"error": {"code": True, "message": 1}},
        {"error": {"code": " ", "message": "  "}},
        {"error_code": [], "error_msg": {}},
        {"message": 1, "code": 1.5},
        {"error": "a text"},
        {"request_id": 7, "error_code": None, "error_msg": None},
    ],
)
def test_wrong_types_in_an_error_are_no_code(body: dict[str, t.Any]) -> None:
    error = refusal(400, body)
    assert error.code is None
    assert error.request_id is None


def test_html_is_shown_short_and_without_control_characters() -> None:
    error = refusal(502, b"<html>\x1b[31m\x00\r\n  Bad\tGateway\xff" + b"x" * 5000)
    assert error.text.startswith("<html> [31m Bad Gateway")
    assert len(error.text) <= 303
    assert error.text.endswith("...")
    assert error.text.replace("...", "").isprintable()


@pytest.mark.parametrize("character", ["\x1b", "\x00", "\u202e", "\u2028", "\x9b", "\r", "\n", "\ud800"])
def test_no_control_character_of_a_message_reaches_the_user(character: str) -> None:
    error = refusal(400, {"error": {"code": "X.1", "message": f"be{character}fore"}})
    assert error.text == "be fore"


def test_a_code_is_shown_trimmed_and_never_endless() -> None:
    assert refusal(400, {"error": {"code": " X.1 ", "message": "m"}}).code == "X.1"
    assert len(str(refusal(400, {"error": {"code": "X" * 5000, "message": "m"}}).code)) == 80


@pytest.mark.parametrize(
    ("body", "headers", "expected"),
    [
        ({"error_code": "A.1", "error_msg": "m", "request_id": "body"}, {"X-Request-Id": "head"}, "body"),
        ({"error_code": "A.1", "error_msg": "m"}, {"X-Request-Id": "head"}, "head"),
        ({"error": {"code": "A.1", "message": "m", "request_id": "inner"}}, {}, "inner"),
        ({}, {"x-openstack-request-id": "req-1"}, "req-1"),
        ({}, {"X-Compute-Request-Id": "req-2"}, "req-2"),
        ({}, {"X-Request-Id": "", "X-Openstack-Request-Id": "req-1"}, "req-1"),
        ({}, {}, None),
    ],
)
def test_the_request_id_is_that_of_the_body_else_of_a_header(
    body: dict[str, t.Any], headers: dict[str, str], expected: str | None
) -> None:
    assert refusal(400, body, headers).request_id == expected
    if not body:
        assert read(200, b"{}", headers).request_id == expected


@pytest.mark.parametrize("depth", [100, 500, 900, 960, 990, 2000, 5000, 100000])
def test_deep_nesting_is_an_error_like_any_other(depth: int) -> None:
    content = b'{"a":' * depth + b"1" + b"}" * depth
    assert refusal(400, content).http_status == 400
    lists = b"[" * depth + b"]" * depth
    assert refusal(503, lists).http_status == 503
    with pytest.raises(AnswerError):
        read(200, lists)


def test_no_depth_of_nesting_escapes_between_reading_and_judging() -> None:
    for depth in range(800, 1000, 7):
        assert refusal(400, b'{"a":' * depth + b"1" + b"}" * depth).http_status == 400


def test_a_message_is_shown_whole_up_to_its_limit() -> None:
    assert refusal(400, {"error_msg": "x" * 300}).text == "x" * 300
    assert refusal(400, {"error_msg": "x" * 301}).text == "x" * 300 + "..."
    assert refusal(400, {"error_msg": " a  b. \n"}).text == "a b"


def test_every_status_from_300_on_is_a_refusal() -> None:
    assert read(299, {}).status == 299
    assert refusal(300).http_status == 300


def test_a_good_answer_has_status_body_date_and_id() -> None:
    answer = read(200, {"count": 1}, {"Date": DATE, "X-Request-Id": "r1"})
    assert (answer.status, answer.body, answer.date, answer.request_id) == (200, {"count": 1}, MOMENT, "r1")


@pytest.mark.parametrize("body", [b"", b" \r\n", b"\n"])
def test_a_good_answer_may_have_no_body(body: bytes) -> None:
    assert read(204, body).body is None


@pytest.mark.parametrize(
    "body", [b"<html>", b"[]", b"null", b"true", b'"text"', b"12", b'{"a":1', b"\xff\xfe{}", b"{}x"]
)
def test_a_good_status_with_another_body_is_an_error_that_shows_its_beginning(body: bytes) -> None:
    with pytest.raises(AnswerError, match="not a JSON object") as caught:
        read(200, body, {"X-Request-Id": "r1"})
    assert caught.value.as_result()["http_status"] == 200
    assert caught.value.request_id == "r1"
    assert not caught.value.retryable


@pytest.mark.parametrize(
    "date",
    [None, "", "yesterday", "Tue, 99 Jan 2024 03:04:05 GMT", "0", "Tue, 02 Jan 99999999 03:04:05 GMT", "\x00"],
)
def test_a_date_that_cannot_be_read_is_none(date: str | None) -> None:
    assert read(200, b"{}", {} if date is None else {"Date": date}).date is None


@pytest.mark.parametrize("date", [DATE, "Tue, 02 Jan 2024 03:04:05 -0000", "Tue, 02 Jan 2024 04:04:05 +0100"])
def test_a_date_does_not_depend_on_this_machines_time_zone(date: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        assert read(200, b"{}", {"Date": date}).date == MOMENT
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize("text", ["NaN", "-Infinity", '{"a":Infinity}', '{"a":1e999}', "{", "", "[" * 100_000])
def test_what_is_no_json_has_no_value(text: str) -> None:
    assert parse(text) is None


def test_numbers_of_any_ordinary_size_are_read() -> None:
    assert parse('{"a":[1.5,-2e10,0,12345678901234567890]}') == {"a": [1.5, -2e10, 0, 12345678901234567890]}


@pytest.mark.parametrize("body", [b'{"a":"\\ud800"}', b'{"\\uDFFF":1}', b'{"a":["\\ud83d","\\ude00"]}'])
def test_half_a_pair_is_refused_in_what_is_used(body: bytes) -> None:
    with pytest.raises(AnswerError, match="not a JSON object"):
        read(200, body)


def test_whole_pairs_are_read() -> None:
    assert read(200, b'{"a":"\\ud83d\\ude00"}').body == {"a": "\U0001f600"}


@pytest.mark.parametrize(
    "body",
    [
        b'{"a":[' + b"[]," * 450_000 + b"[]]}",
        b'{"a":"\xc3\xa4' + b"x" * (16 * MB) + b'"}',
        b'{"a":"\\u00e4' + b"x" * (16 * MB) + b'"}',
    ],
)
def test_what_would_take_too_much_memory_is_not_read(body: bytes) -> None:
    with pytest.raises(AnswerError, match="too much memory") as caught:
        read(200, body)
    assert caught.value.message.startswith("try it: ")


def test_the_largest_pages_there_are_are_read() -> None:
    row = b'{"name":"\xe5\xa4\x87\xe4\xbb\xbd \\u5907","service_metadata":"{\\"a\\":1,\\"b\\":2}","size":10},'
    assert len((read(200, b'{"a":[' + row * 40_000 + b"{}]}").body or {})["a"]) == 40_001


def test_of_an_endless_error_only_the_start_is_shown() -> None:
    error = refusal(400, b'{"error":{"code":"X.1","message":"' + b"long " * 100_000 + b'"}}')
    assert error.code is None
    assert error.message.startswith('try it: {"error":{"code":"X.1","message":"long long')
    assert len(error.message) < 400
