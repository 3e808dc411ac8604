# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A strict script in place of the network: which requests come, in which order, and what each is answered.

A request that is not the next one of the script, or differs from it in method, address, query, headers or body,
fails the test, and so does a call of the script that was never made.
"""

from __future__ import annotations

import io
import json
import re
import typing as t
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from email.utils import formatdate
from http.client import IncompleteRead, RemoteDisconnected
from unittest import mock

import pytest
from requests import PreparedRequest, Response, exceptions
from requests.adapters import HTTPAdapter
from urllib3.exceptions import MaxRetryError, NewConnectionError, ProtocolError, ReadTimeoutError
from urllib3.response import HTTPResponse

from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.fake_clock import FakeClock

PROJECT = "0123456789abcdef0123456789abcdef"
HOSTS = {
    "vbs": "https://vbs.example.com",
    "csbs": "https://csbs.example.com",
    "evs": "https://evs.example.com",
    "iam": "https://iam.example.com",
}
REQUEST_ID = "0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f"
# Posts that only read: a sign-in, the search by tags, and whether servers can be backed up (F §2.1, §6.9, §7.2).
_READING_POSTS = ("/auth/tokens", "/resource_instances/action", "/resources/action")

NOTHING: t.Any = object()

Expected = t.Union[str, "re.Pattern[str]", None]


@dataclass(frozen=True)
class Call:
    """One expected request and its answer.

    :param body: the JSON that must be sent; NOTHING means that there must be no body.
    :param sends: headers: a text or pattern that must be there, None for one that must not.
    :param answer: the JSON to answer; NOTHING means no body.
    :param raw: bytes to answer in place of JSON.
    :param cut: whether the connection is lost after them.
    :param headers: of the answer; None takes one of the usual ones away.
    :param error: raised in place of an answer.
    :param takes: seconds that pass until the answer.
    """

    method: str
    url: str
    body: t.Any = NOTHING
    status: int = 200
    answer: t.Any = NOTHING
    raw: bytes | None = None
    cut: bool = False
    headers: Mapping[str, str | None] = field(default_factory=dict)
    sends: Mapping[str, Expected] = field(default_factory=dict)
    error: Exception | None = None
    takes: float = 0.0

    @property
    def writes(self) -> bool:
        """Whether the request changes something."""
        return self.method != "GET" and not self.url.partition("?")[0].endswith(_READING_POSTS)

    def but(self, **changes: t.Any) -> Call:
        """The same request with another answer."""
        return replace(self, **changes)


def vbs(method: str, path: str, **more: t.Any) -> Call:
    """A call of VBS in the project: ``vbs("GET", "/v2/backuppolicy")``."""
    return Call(method, HOSTS["vbs"] + _in_project(path), **more)


def evs(method: str, path: str, **more: t.Any) -> Call:
    """A call of block storage in the project."""
    return Call(method, HOSTS["evs"] + _in_project(path), **more)


def csbs(method: str, path: str, **more: t.Any) -> Call:
    """A call of the server backup service in the project."""
    return Call(method, HOSTS["csbs"] + _in_project(path), **more)


def iam(method: str, path: str, **more: t.Any) -> Call:
    """A call of the identity service."""
    return Call(method, HOSTS["iam"] + path, **more)


def refused() -> Exception:
    """The connection could not be made, so nothing was sent."""
    reason = NewConnectionError(t.cast("t.Any", None), "[Errno 111] Connection refused")
    reason.__cause__ = ConnectionRefusedError(111, "Connection refused")
    return exceptions.ConnectionError(MaxRetryError(t.cast("t.Any", None), "/", reason))


def lost() -> Exception:
    """The connection was lost; nobody knows whether the request was done."""
    return exceptions.ConnectionError(ProtocolError("Connection aborted.", RemoteDisconnected("no answer")))


def timed_out() -> Exception:
    """No answer in time; nobody knows whether the request was done."""
    return exceptions.ReadTimeout(ReadTimeoutError(t.cast("t.Any", None), "/", "Read timed out."))


def _in_project(path: str) -> str:
    version, rest = re.fullmatch(r"(/v[0-9])(/.*)", path).groups()
    return f"{version}/{PROJECT}{rest}"


@dataclass(frozen=True)
class Sent:
    """One request as it went out."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: t.Any
    writes: bool
    timeout: t.Any
    verify: t.Any


class Cut(io.BytesIO):
    """A body whose connection is lost after these bytes."""

    def read(self, size: int | None = -1) -> bytes:
        part = super().read(size)
        if not part:
            raise ProtocolError("Connection broken", IncompleteRead(b""))
        return part


class Script:
    """The calls that are expected, in their order.

    :param sends: headers of every request, as in Call.
    """

    def __init__(self, calls: t.Iterable[Call], *, clock: FakeClock, sends: Mapping[str, Expected] | None = None):
        self._calls = list(calls)
        self._clock = clock
        self._sends = dict(sends or {})
        self._complaint: str | None = None
        self.sent: list[Sent] = []

    @contextmanager
    def playing(self) -> Iterator[None]:
        """Answer every request of requests in this context; at its end nothing may be left over."""
        script = self

        def send(adapter: HTTPAdapter, request: PreparedRequest, **how: t.Any) -> Response:
            return script._answer(adapter, request, how)

        with mock.patch.object(HTTPAdapter, "send", send):
            yield
        if self._complaint is not None:
            pytest.fail(self._complaint)
        left = [f"{call.method} {call.url}" for call in self._calls[len(self.sent) :]]
        if left:
            pytest.fail(f"{len(left)} calls of the script were not made: " + "; ".join(left))

    def _answer(self, adapter: HTTPAdapter, request: PreparedRequest, how: Mapping[str, t.Any]) -> Response:
        call = self._calls[len(self.sent)] if len(self.sent) < len(self._calls) else None
        sent = _sent(request, how)
        if call is None:
            self._fail(f"unexpected request number {len(self.sent) + 1}: {sent.method} {sent.url} {sent.body!r}")
        self.sent.append(sent)
        differences = list(_differences(call, sent, {**self._sends, **call.sends}))
        if differences:
            self._fail(f"request number {len(self.sent)}: " + "; ".join(differences))
        self._clock.advance(call.takes)
        if call.error is not None:
            raise call.error
        return adapter.build_response(request, self._response(call))

    def _response(self, call: Call) -> HTTPResponse:
        content = call.raw
        if content is None:
            content = b"" if call.answer is NOTHING else json.dumps(call.answer).encode()
        headers: dict[str, str | None] = {
            "Content-Type": "application/json",
            "Date": formatdate(self._clock.now(), usegmt=True),
            "X-Request-Id": REQUEST_ID,
            **call.headers,
        }
        shown = {name: value for name, value in headers.items() if value is not None}
        body = Cut(content) if call.cut else io.BytesIO(content)
        return HTTPResponse(body=body, status=call.status, headers=shown, preload_content=False, decode_content=False)

    def _fail(self, complaint: str) -> t.NoReturn:
        self._complaint = self._complaint or complaint
        pytest.fail(complaint)


def _sent(request: PreparedRequest, how: Mapping[str, t.Any]) -> Sent:
    content = request.body
    body = json.loads(content) if content else NOTHING
    shape = Call(str(request.method), str(request.url))
    return Sent(
        shape.method, shape.url, dict(request.headers), body, shape.writes, how.get("timeout"), how.get("verify")
    )


def _differences(call: Call, sent: Sent, headers: Mapping[str, Expected]) -> Iterator[str]:
    if (call.method, call.url) != (sent.method, sent.url):
        yield f"expected {call.method} {call.url}, got {sent.method} {sent.url}"
    if call.body is NOTHING or sent.body is NOTHING:
        if call.body is not sent.body:
            yield f"expected the body {_shown(call.body)}, got {_shown(sent.body)}"
    elif json.dumps(call.body, sort_keys=True) != json.dumps(sent.body, sort_keys=True):
        yield f"expected the body {_shown(call.body)}, got {_shown(sent.body)}"
    found = {name.lower(): value for name, value in sent.headers.items()}
    for name, expected in headers.items():
        value = found.get(name.lower())
        fits = expected.search(value or "") if isinstance(expected, re.Pattern) else expected == value
        if not fits:
            yield f"header {name}: expected {expected!r}, got {value!r}"


def _shown(body: t.Any) -> str:
    return "(nothing)" if body is NOTHING else json.dumps(body)
