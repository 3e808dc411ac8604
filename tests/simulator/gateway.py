# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import uuid
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from . import errors
from .sim import Simulator
from .wire import Reply, Request

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]

CONTROL = "/_sim"
LOG = logging.getLogger("simulator")


@dataclass
class Answer:
    """A finished HTTP answer that has not been sent yet."""

    status: int
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytes = b""


def simulator_of(scope: Scope) -> Simulator:
    """The simulator whose gateway the request came through."""
    sim: Simulator = scope["sim.simulator"]
    return sim


def reply_of(error: errors.ApiError, request: Request) -> Reply:
    """The reply to a refused request; the gateway's own shape quotes the request id (F §3.4)."""
    body = error.body
    if "request_id" in body:
        body = {**body, "request_id": request.request_id}
    return Reply(error.status, body, error.headers)


def rendered(reply: Reply) -> Answer:
    """A reply as bytes; one without a body has no Content-Type either (F §3.1)."""
    headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in reply.headers.items()]
    if reply.body is None or isinstance(reply.body, bytes):
        return Answer(reply.status, headers, reply.body or b"")
    return Answer(reply.status, [(b"content-type", b"application/json"), *headers], json.dumps(reply.body).encode())


def _injected(fault: MutableMapping[str, Any]) -> Answer:
    """The answer that a fault gives in place of the service's (README.md)."""
    given = {str(name).lower(): str(value) for name, value in fault.get("headers", {}).items()}
    raw = fault.get("raw")
    if raw is None:
        return rendered(Reply(fault["status"], fault.get("body"), given))
    given.setdefault("content-type", "text/html")
    return Answer(fault["status"], rendered(Reply(0, None, given)).headers, raw.encode())


async def _read(scope: Scope, receive: Receive) -> Request:
    body = b""
    more = True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = bool(message.get("more_body", False))
    headers: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1"), raw_value.decode("utf-8", "replace")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    raw_query = scope["query_string"].decode("latin-1")
    return Request(
        method=scope["method"],
        raw_path=scope["raw_path"].decode("latin-1"),
        raw_query=raw_query,
        query=parse_qsl(raw_query, keep_blank_values=True),
        headers=headers,
        body=body,
        request_id=uuid.uuid4().hex,
    )


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _hang_up(scope: Scope, receive: Receive, seconds: float) -> None:
    """Close the TCP connection, after so many seconds, without a byte of an HTTP answer."""
    if seconds:
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(_disconnected(receive), seconds)
    scope["sim.transport"].close()
    await _disconnected(receive)


class Gateway:
    """What every service call passes through: the log, injected faults, throttling, and the common headers."""

    def __init__(self, application: Callable[[str], Asgi], sim: Simulator) -> None:
        self._application = application
        self._sim = sim

    @property
    def _app(self) -> Asgi:
        """The application of the flavor that is set now."""
        return self._application(self._sim.settings.flavor)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one ASGI connection; control calls go straight through."""
        scope["sim.simulator"] = self._sim
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        self._sim.timeline.run_due()
        if scope["path"].startswith(CONTROL):
            await self._app(scope, receive, send)
            return
        await self._exchange(scope, receive, send)

    async def _exchange(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = await _read(scope, receive)
        entry = self._sim.log.add(self._sim.clock.now(), request)
        request.rule = self._sim.faults.pick(request)
        fault = request.rule.fault if request.rule else {}
        if "delay" in fault:
            await self._sim.clock.sleep(fault["delay"])
        seconds = fault.get("seconds", 3600.0) if "hang" in fault else 0
        ends = (fault.get("drop"), fault.get("hang"))
        if "before" in ends:
            await _hang_up(scope, receive, seconds)
            return
        answer = await self._answer(scope, request, fault)
        entry.status = answer.status
        if "after" in ends:
            await _hang_up(scope, receive, seconds)
            return
        await self._deliver(scope, receive, send, request, answer)

    async def _answer(self, scope: Scope, request: Request, fault: MutableMapping[str, Any]) -> Answer:
        if "status" in fault:
            return _injected(fault)
        if self._sim.throttle.refuses(self._sim.settings.rate_limit_per_second):
            return rendered(reply_of(errors.gateway("APIGW.0308", headers={"Retry-After": "1"}), request))
        return await self._work(scope, request)

    async def _work(self, scope: Scope, request: Request) -> Answer:
        """Let the application do the work and keep its answer back."""
        answer = Answer(500)

        async def receive() -> Message:
            return {"type": "http.disconnect"}

        async def keep(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer.status = message["status"]
                answer.headers = [pair for pair in message["headers"] if pair[0] != b"content-length"]
            else:
                answer.body += message.get("body", b"")

        scope["sim.request"] = request
        try:
            await self._app(scope, receive, keep)
        except Exception:
            LOG.exception("the simulator failed at %s %s", request.method, request.raw_path)
            return rendered(reply_of(errors.gateway("APIGW.0601"), request))
        return answer

    def _request_ids(self, request: Request) -> list[tuple[bytes, bytes]]:
        """The header to quote to support; OpenStack has other names for it."""
        if self._sim.settings.flavor == "huawei":
            return [(b"x-request-id", request.request_id.encode())]
        value = f"req-{uuid.UUID(request.request_id)}".encode()
        return [(b"x-compute-request-id", value), (b"x-openstack-request-id", value)]

    async def _deliver(self, scope: Scope, receive: Receive, send: Send, request: Request, answer: Answer) -> None:
        headers = [
            *answer.headers,
            (b"date", self._sim.clock.http_date().encode()),
            *self._request_ids(request),
        ]
        if answer.status != 204:
            headers.append((b"content-length", str(len(answer.body)).encode()))
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        cut = request.rule.fault.get("truncate") if request.rule else None
        if cut is None or cut >= len(answer.body):
            await send({"type": "http.response.body", "body": answer.body})
            return
        await send({"type": "http.response.body", "body": answer.body[:cut], "more_body": True})
        await _hang_up(scope, receive, 0)
