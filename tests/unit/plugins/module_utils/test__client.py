# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Calls to a project's services: addresses, missing services, and the native API's version."""

from __future__ import annotations

import contextlib
import typing as t

import pytest

from ansible_collections.huaweicloud.backup.plugins.module_utils._client import Client
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import (
    AnswerError,
    ApiError,
    BackupError,
    LostAnswerError,
    ServiceMissingError,
    TransportError,
)
from ansible_collections.huaweicloud.backup.tests.unit.plugins.module_utils.clients import during
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.scripted_http import (
    Call,
    evs,
    lost,
    refused,
    vbs,
)

ROUTER = {"message": "The resource could not be found.", "code": "404 Not Found", "title": "Not Found"}
HTML = b"<html><body>404 Not Found</body></html>"
GATEWAY = {"error_code": "APIGW.0101", "error_msg": "The API does not exist", "request_id": "r1"}
OTHER_GATEWAY = {**GATEWAY, "error_code": "APIG.0101"}
UNKNOWN = [{"answer": ROUTER}, {"raw": HTML}, {"raw": b""}, {"answer": GATEWAY}, {"answer": OTHER_GATEWAY}]
MISSING = {"itemNotFound": {"code": 404, "message": "backup not found"}}


def listing(client: Client) -> t.Any:
    return client.native("list backups", "GET", ("backups",)).body


def volumes(client: Client) -> t.Any:
    return client.evs("list volumes", "GET", ("volumes",)).body


def policies(client: Client) -> t.Any:
    return client.vbs("list policies", "GET", ("backuppolicy",)).body


@pytest.mark.parametrize(
    ("path", "query", "expected"),
    [
        (("a",), (), "/v2/a"),
        (("a b", "c#d"), (), "/v2/a%20b/c%23d"),
        (("a/b",), (), "/v2/a%2Fb"),
        (("a%2Fb",), (), "/v2/a%252Fb"),
        (("a?b&c",), (), "/v2/a%3Fb%26c"),
        (("备份",), (), "/v2/%E5%A4%87%E4%BB%BD"),
        (("...",), (), "/v2/..."),
        (("a",), [("n", "x y")], "/v2/a?n=x%20y"),
        (("a",), [("n", "x+y/z&w=v")], "/v2/a?n=x%2By%2Fz%26w%3Dv"),
        (("a",), [("n", True), ("m", False)], "/v2/a?n=true&m=false"),
        (("a",), [("n", None), ("m", 0)], "/v2/a?m=0"),
        (("a",), [("n", None)], "/v2/a"),
        (("a",), [("n", "")], "/v2/a?n="),
        (("a",), [("n", "1"), ("n", "2")], "/v2/a?n=1&n=2"),
    ],
)
def test_every_value_in_an_address_is_encoded(path: tuple[str, ...], query: t.Any, expected: str) -> None:
    during([vbs("GET", expected)], lambda client: client.vbs("try", "GET", path, query=query))


@pytest.mark.parametrize("text", ["", ".", ".."])
@pytest.mark.parametrize("service", ["vbs", "native", "evs"])
def test_an_id_that_would_change_the_address_is_never_sent(text: str, service: str) -> None:
    with pytest.raises(AnswerError, match="cannot be part of an address"):
        during([], lambda client: getattr(client, service)("try", "GET", ("backups", text)))


def test_jobs_are_read_on_version_one() -> None:
    during([vbs("GET", "/v1/jobs/j")], lambda client: client.vbs("read", "GET", ("jobs", "j"), version="v1"))


@pytest.mark.parametrize("answer", UNKNOWN)
def test_a_path_that_nobody_serves_is_a_missing_service_that_names_its_successor(answer: dict[str, t.Any]) -> None:
    with pytest.raises(ServiceMissingError, match=r"vbs\.example\.com does not serve") as caught:
        during([vbs("GET", "/v2/backuppolicy", status=404, **answer)], policies)
    assert "CBR" in str(caught.value.advice)
    assert "list policies" in caught.value.message
    assert caught.value.http_status == 404


def test_a_project_that_is_closed_out_is_told_so() -> None:
    answer = {"error": {"code": "BackupService.4008", "message": "closed"}}
    for call, work in ((vbs("GET", "/v2/backuppolicy"), policies), (vbs("GET", "/v2/backups"), listing)):
        with pytest.raises(ServiceMissingError, match="closed to this project") as caught:
            during([call.but(status=400, answer=answer)], work)
        assert caught.value.code == "BackupService.4008"
        assert "CBR" in str(caught.value.advice)


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (404, MISSING),
        (404, {"error": {"code": "common.0011", "message": "x"}}),
        (400, {"badRequest": {"message": "x"}}),
    ],
)
def test_other_refusals_come_as_they_are(status: int, answer: dict[str, t.Any]) -> None:
    for call, work in ((vbs("GET", "/v2/backuppolicy"), policies), (vbs("GET", "/v2/backups"), listing)):
        with pytest.raises(ApiError) as caught:
            during([call.but(status=status, answer=answer)], work)
        assert caught.value.http_status == status


@pytest.mark.parametrize("answer", UNKNOWN)
@pytest.mark.parametrize(("call", "work"), [(vbs("GET", "/v2/backups"), listing), (evs("GET", "/v2/volumes"), volumes)])
def test_version_three_is_tried_where_two_is_unknown_and_then_kept(
    answer: dict[str, t.Any], call: Call, work: t.Callable[[Client], t.Any]
) -> None:
    third = call.but(url=call.url.replace("/v2/", "/v3/"), answer={"ok": 1})
    calls = [call.but(status=404, **answer), third, third.but(answer={"ok": 2})]
    assert during(calls, lambda client: [work(client), work(client)]) == [{"ok": 1}, {"ok": 2}]


def test_volumes_and_backups_may_be_on_different_versions() -> None:
    calls = [
        vbs("GET", "/v2/backups", status=404),
        vbs("GET", "/v3/backups", answer={"at": "v3"}),
        evs("GET", "/v2/volumes", answer={"at": "v2"}),
    ]
    assert during(calls, lambda client: (listing(client), volumes(client))) == ({"at": "v3"}, {"at": "v2"})


def test_a_missing_object_is_no_reason_to_change_the_version() -> None:
    calls = [vbs("GET", "/v2/backups", status=404, answer=MISSING), vbs("GET", "/v2/backups", answer={})]

    def work(client: Client) -> t.Any:
        with pytest.raises(ApiError):
            listing(client)
        return listing(client)

    assert during(calls, work) == {}


def test_a_refusal_by_version_three_shows_that_it_is_served() -> None:
    calls = [
        vbs("GET", "/v2/backups", status=404, raw=HTML),
        vbs("GET", "/v3/backups", status=404, answer=MISSING),
        vbs("GET", "/v3/backups", answer={"ok": 1}),
    ]

    def work(client: Client) -> t.Any:
        with pytest.raises(ApiError) as caught:
            listing(client)
        assert caught.value.missing_object
        return listing(client)

    assert during(calls, work) == {"ok": 1}


def test_where_neither_version_is_served_the_service_is_missing() -> None:
    calls = [vbs("GET", "/v2/backups", status=404, raw=HTML), vbs("GET", "/v3/backups", status=404, answer=GATEWAY)]
    with pytest.raises(ServiceMissingError, match="/v2/"):
        during(calls, listing)


@pytest.mark.parametrize("version", ["v2", "v3"])
def test_a_version_that_was_asked_for_is_the_only_one_tried(version: str) -> None:
    call = vbs("GET", f"/{version}/backups", status=404, raw=HTML)
    with pytest.raises(ServiceMissingError, match=f"/{version}/"):
        during([call], listing, native_api=version)


def test_the_option_is_about_backups_not_about_volumes() -> None:
    calls = [evs("GET", "/v2/volumes", status=404, raw=HTML), evs("GET", "/v3/volumes", answer={"ok": 1})]
    assert during(calls, volumes, native_api="v2") == {"ok": 1}


def test_a_creating_call_goes_to_version_three_with_the_same_body() -> None:
    body = {"backup": {"volume_id": "v"}}
    calls = [
        vbs("POST", "/v2/backups", body=body, status=404, raw=HTML),
        vbs("POST", "/v3/backups", body=body, status=202, answer={"backup": {"id": "b"}}),
    ]
    made = during(calls, lambda client: client.native("create", "POST", ("backups",), body=body, creating=True).body)
    assert made == {"backup": {"id": "b"}}


@pytest.mark.parametrize("service", ["vbs", "native"])
@pytest.mark.parametrize(("creating", "expected"), [(True, LostAnswerError), (False, TransportError)])
def test_only_creating_calls_can_lose_their_answer(service: str, creating: bool, expected: type[BackupError]) -> None:
    call = vbs("POST", "/v2/backups", body={}, error=lost())
    with pytest.raises(expected):
        during([call], lambda client: getattr(client, service)("try", "POST", ("backups",), body={}, creating=creating))


def test_a_broken_connection_is_no_reason_to_change_the_version() -> None:
    calls = [vbs("GET", "/v2/backups", error=refused()), vbs("GET", "/v2/backups", answer={})]

    def work(client: Client) -> t.Any:
        with pytest.raises(TransportError):
            listing(client)
        return listing(client)

    assert during(calls, work) == {}


@pytest.mark.parametrize(
    ("method", "answers", "may_be_done"),
    [
        ("GET", [{"answer": {}}], False),
        ("PUT", [{"answer": {}}], True),
        ("PUT", [{"status": 400}], False),
        ("PUT", [{"status": 302, "headers": {"Location": "https://elsewhere.example.com/"}}], False),
        ("PUT", [{"status": 503}] * 6, False),
        ("PUT", [{"status": 429}] * 6, False),
        ("PUT", [{"error": refused()}] * 6, False),
        ("PUT", [{"status": 504}] * 6, True),
        ("PUT", [{"raw": b"<html>"}], True),
        ("DELETE", [{"status": 502}, {"status": 400}], True),
        ("DELETE", [{"error": lost()}, {"status": 409}], True),
        ("DELETE", [{"status": 503}, {"status": 400}], False),
    ],
)
def test_the_client_knows_whether_anything_may_have_been_written(
    method: str, answers: list[dict[str, t.Any]], may_be_done: bool
) -> None:
    seen: list[Client] = []

    def work(client: Client) -> None:
        seen.append(client)
        client.vbs("change", method, ("backuppolicy",))

    with contextlib.suppress(BackupError):
        during([vbs(method, "/v2/backuppolicy", **answer) for answer in answers], work)
    assert seen[0].has_written is may_be_done


@pytest.mark.parametrize(("error", "may_be_done"), [(lost(), True), (refused(), False)])
def test_a_write_whose_answer_is_lost_may_have_been_done(error: Exception, may_be_done: bool) -> None:
    seen: list[Client] = []

    def work(client: Client) -> None:
        seen.append(client)
        client.vbs("run", "POST", ("backuppolicy",), body={}, creating=True)

    with contextlib.suppress(BackupError):
        during([vbs("POST", "/v2/backuppolicy", body={}, error=error)] * 6, work)
    assert seen[0].has_written is may_be_done
