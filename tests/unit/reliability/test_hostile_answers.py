# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers that are wrong as a whole, in the place of any answer of any module; and lists that have no end."""

from __future__ import annotations

import gzip
import json
import typing as t

import pytest
from requests import PreparedRequest

from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.module_run import Result
from ansible_collections.huaweicloud.backup.tests.unit.reliability.hostile_days import DAYS, Day
from ansible_collections.huaweicloud.backup.tests.unit.reliability.hostile_mutants import (
    HostileCloud,
    made_by,
    usual,
)

Messages = list[dict[str, t.Any]]

WHOLE: dict[str, tuple[int, dict[str, str], bytes]] = {
    "HTML": (200, {"Content-Type": "text/html"}, b"<!DOCTYPE html>\r\n<html>\x1b[2J log in</html>"),
    "nothing": (200, {}, b""),
    "no content": (204, {}, b""),
    "an empty object": (200, {}, b"{}"),
    "a list": (200, {}, b"[]"),
    "nesting": (200, {}, b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
    "half of a body": (200, {}, b'{"backups":[{"id":"1","na'),
    "UTF-16": (200, {}, json.dumps({"backups": []}).encode("utf-16")),
    "an error with status 200": (200, {}, b'{"error_code":"APIGW.0201","error_msg":"backend unavailable"}'),
    "packed unasked": (200, {"Content-Encoding": "br"}, b"\x0b\x02\x80{}\x03"),
    "packed wrongly": (200, {"Content-Encoding": "gzip"}, gzip.compress(b"{}")[:12]),
    "odd headers": (
        200,
        {"Date": "yesterday", "X-Request-Id": "\x1b[31mr\x9b", "Retry-After": "-1", "Location": "http://["},
        b"<html>",
    ),
    "a refusal in colour": (
        400,
        {},
        b'{"error":{"code":"X\\u001b[2J.1","message":"\\u001b]0;a\\u0007\\r\\nb' + b"y" * 9000,
    ),
    "a refusal without words": (403, {}, b""),
    "a refusal in HTML": (404, {}, b"<html>\x1b[2J no such page</html>"),
    "a redirect": (302, {"Location": "http://elsewhere.example.com/"}, b""),
    "an interim answer": (103, {}, b""),
    "a status of no class": (799, {}, b"{}"),
}


class SpoiltCloud(HostileCloud):
    """A cloud of which one answer is replaced, its work done all the same."""

    spoilt = -1
    kind = ""

    async def _exchange(self, request: PreparedRequest, timeout: float) -> Messages:
        messages = await super()._exchange(request, timeout)
        if len(self.answers) - 1 != self.spoilt:
            return messages
        status, headers, body = WHOLE[self.kind]
        pairs = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
        start = {"type": "http.response.start", "status": status, "headers": pairs}
        return [start, {"type": "http.response.body", "body": body}]


@pytest.mark.parametrize("name", DAYS)
def test_an_answer_that_is_wrong_as_a_whole_ends_well_or_in_a_clear_failure(name: str) -> None:
    day = DAYS[name]
    good, bodies = usual(day)
    kinds = list(WHOLE)
    for number in range(len(bodies)):
        # Each kind for each module; where there are answers enough, a quarter of them for each.
        for kind in kinds[number % 4 :: 4] if len(bodies) > 3 else kinds:
            result = spoilt(day, number, kind)
            # A path that is not served is tried once more on the other version (contract, native_api).
            problem = _problem(result, good, spare=kind == "a refusal in HTML")
            assert not problem, f"{kind} as answer {number}: {problem}"


def spoilt(day: Day, number: int, kind: str) -> Result:
    cloud = day.cloud(SpoiltCloud)
    assert isinstance(cloud, SpoiltCloud)
    cloud.spoilt, cloud.kind = number, kind
    try:
        return cloud.run(day.module, day.options)
    finally:
        cloud.close()


def _problem(result: Result, good: Result, *, spare: bool) -> str | None:
    if len(made_by(result)) > max(len(made_by(good)), 1) + spare:
        return f"sent more than once: {made_by(result)}"
    if len(result.sent) > len(good.sent) + 10 + 4 * len(result.pauses):
        return f"{len(result.sent)} requests"
    if result.failed and not (result["msg"].isprintable() and len(result["msg"]) < 2000 and result["error"]["advice"]):
        return f"not fit to be shown: {result['msg'][:300]!r}"
    request_id = result["error"]["request_id"] if result.failed else None
    return f"request ID {request_id!r}" if request_id is not None and not request_id.isprintable() else None


class EndlessCloud(HostileCloud):
    """A cloud whose lists always say that there is more: the same page, or a new one with the same rows."""

    same = True

    async def _exchange(self, request: PreparedRequest, timeout: float) -> Messages:
        messages = await super()._exchange(request, timeout)
        body = self.answers[-1][1]
        lists = [key for key, value in body.items() if isinstance(value, list)] if isinstance(body, dict) else []
        if request.method != "GET" or not lists:
            return messages
        count = len(self.answers)
        where = request.path_url if self.same else f"/x?offset=0&limit={900 - count}"
        link = {"rel": "next", "href": f"http://elsewhere.example.com{where}"}
        more = {"total_count": 10**6, "count": 10**6, **{f"{key}_links": [link] for key in lists}}
        kept = {key: value for key, value in more.items() if not isinstance(body.get(key), bool)}
        content = json.dumps({**body, **kept}).encode()
        return [{**messages[0], "headers": []}, {"type": "http.response.body", "body": content}]


@pytest.mark.parametrize("same", [True, False])
@pytest.mark.parametrize("name", DAYS)
def test_a_list_without_an_end_is_noticed(name: str, same: bool) -> None:
    day = DAYS[name]
    good, _bodies = usual(day)
    cloud = day.cloud(EndlessCloud)
    assert isinstance(cloud, EndlessCloud)
    cloud.same = same
    try:
        result = cloud.run(day.module, day.options)
    finally:
        cloud.close()
    # Each list at most twice.
    assert len(result.sent) <= 2 * len(good.sent) + 2 * len(result.pauses)
    assert not result.failed or "repeats itself" in result["msg"] or "there is no " in result["msg"], result["msg"]
