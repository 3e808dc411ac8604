# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whole modules against the real simulator, both in this process: no socket, no thread, and one clock for both."""

from __future__ import annotations

import asyncio
import io
import json
import os
import sys
import tempfile
import threading
import typing as t
from collections.abc import Callable, Mapping
from pathlib import Path
from unittest import mock
from urllib.parse import unquote, urlsplit

from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter
from urllib3.response import HTTPResponse

from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.fake_clock import FakeClock
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.module_run import (
    Result,
    ansible_arguments,
    call_main,
    check_result,
    fake_time,
    read_result,
)
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.scripted_http import (
    Call,
    Cut,
    Sent,
    lost,
    timed_out,
)

# The simulator is no part of the collection: it is imported from tests/, as `python -m simulator` does.
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from simulator import app, objects, seed
from simulator.clock import Clock
from simulator.settings import Settings
from simulator.sim import Simulator
from simulator.state import Project

Json = dict[str, t.Any]

URL = "https://simulator.example.com"

BEFORE, AFTER, PAUSE = "before a request", "after its work", "after a pause"


class _Clock(FakeClock):
    """The clock of a cloud, which says so when a module has paused."""

    def __init__(self, paused: Callable[[], None]) -> None:
        super().__init__()
        self._paused = paused

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        self._paused()


class _LateError(Exception):
    """A request that is delayed for longer than its sender waits."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds


class Cloud:
    """A simulated cloud with one project, its clock, and a token for it.

    :param settings: switches of the simulator.
    """

    def __init__(self, settings: Mapping[str, t.Any], volumes: int) -> None:
        # Called at each moment of a run: BEFORE a request, AFTER its work but before its answer, after a PAUSE.
        self.at: Callable[[str], None] = _nothing
        self.clock: FakeClock = _Clock(lambda: self.at(PAUSE))
        self.sim = Simulator(Settings(**settings), volumes, Clock(self.clock.now, self.clock.monotonic, self._sleep))
        self.sim.base_url = URL
        self._app = app.build(self.sim)
        self._loop = asyncio.new_event_loop()
        # Modules may send from threads of their own; the simulator answers one request after the other.
        self._turn = threading.Lock()
        self._sent: list[Sent] = []
        self._late: list[tuple[float, PreparedRequest]] = []
        # For how many seconds the sender of the request that is being served waits.
        self._patience = 0.0
        user = seed.USERS[seed.USER_NAME]
        token = self.sim.gatekeeper.issue(user, seed.PROJECT_ID, domain_scoped=False, seconds=1e6).id
        # Connection options of every run; a test may put others here.
        self.credentials: dict[str, t.Any] = {
            "auth_token": token,
            "project_id": seed.PROJECT_ID,
            "endpoints": {"vbs": URL, "csbs": URL, "evs": URL},
        }

    @property
    def project(self) -> Project:
        """The project that the modules work in."""
        return self.sim.store.projects[seed.PROJECT_ID]

    def add(self, kind: str, **fields: t.Any) -> t.Any:
        """Add an object, as the control API does."""
        return objects.add(self.sim, self.project, kind, fields)

    def fail(self, method: str, path: str, *faults: t.Any) -> None:
        """Let the next requests of this kind fail, one after the other, as the control API does."""
        for fault in faults:
            self.sim.faults.add({"match": {"method": method, "path": path}, "fault": dict(fault)})

    def close(self) -> None:
        """Give the event loop back."""
        self._loop.close()

    def run(self, name: str, options: Mapping[str, t.Any], *, check_mode: bool = False) -> Result:
        """Run a module; what holds for every run is checked, as in unit tests."""
        self._sent, self.clock.pauses = [], []
        return self._checked(name, *self._call(name, options, check_mode=check_mode), check_mode=check_mode)

    def run_in_slices(self, name: str, options: Mapping[str, t.Any], *, seconds: float) -> tuple[Result, list[Json]]:
        """The same in calls that wait for so long at most, as the action plugin makes them, and their progress."""
        self._sent, self.clock.pauses = [], []
        began, told, state = self.clock.elapsed, list[Json](), None
        while True:
            call = {"seconds": seconds, "waited": self.clock.elapsed - began, "state": state}
            text, status = self._call(name, {**options, "_slice": call}, check_mode=False)
            data = json.loads(text)
            if "_state" not in data:
                return self._checked(name, text, status, check_mode=False), told
            state = data["_state"]
            told.append(data["_progress"])

    def _checked(self, name: str, text: str, status: t.Any, *, check_mode: bool) -> Result:
        result = read_result(text, self.clock, self._sent)
        check_result(name, result, status, check_mode=check_mode, diff=True)
        return result

    def _call(self, name: str, options: Mapping[str, t.Any], *, check_mode: bool) -> tuple[str, t.Any]:
        """What the module prints, and its exit status."""
        arguments = {
            **self.credentials,
            **{key: value for key, value in options.items() if value is not None},
            **ansible_arguments(check_mode=check_mode, diff=True),
        }
        environ = {"HOME": tempfile.gettempdir(), "PATH": os.defpath}
        with mock.patch.dict(os.environ, environ, clear=True), fake_time(self.clock), self._network():
            return call_main(name, arguments)

    def run_within(self, name: str, options: Mapping[str, t.Any]) -> Result:
        """Run a module at a moment of another run."""
        outer = self._sent, self.clock.pauses
        try:
            return self.run(name, options)
        finally:
            self._sent, self.clock.pauses = outer

    def _network(self) -> t.Any:
        cloud = self

        def send(adapter: HTTPAdapter, request: PreparedRequest, **how: t.Any) -> Response:
            return adapter.build_response(request, cloud._answer(request, float(how["timeout"])))

        return mock.patch.object(HTTPAdapter, "send", send)

    def _answer(self, request: PreparedRequest, timeout: float) -> HTTPResponse:
        shape = Call(str(request.method), str(request.url))
        self._sent.append(Sent(shape.method, shape.url, {}, request.body, shape.writes, None, None))
        self.at(BEFORE)
        with self._turn:
            self.catch_up()
            fired = {rule.id: rule.fired for rule in self.sim.faults.rules}
            try:
                messages = self._loop.run_until_complete(self._exchange(request, timeout))
            except _LateError as late:
                self._late.append((self.clock.monotonic() + late.seconds, request))
                self.clock.advance(timeout)
                raise timed_out() from None
            struck = [rule.fault for rule in self.sim.faults.rules if rule.fired > fired[rule.id]]
        self.at(AFTER)
        if not messages:
            raise self._silence(struck[0], timeout)
        start, content = messages[0], b"".join(message.get("body", b"") for message in messages[1:])
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in start["headers"]}
        body = Cut(content) if messages[-1].get("more_body") else io.BytesIO(content)
        return HTTPResponse(body=body, status=start["status"], headers=headers, preload_content=False)

    def _silence(self, fault: Mapping[str, t.Any], timeout: float) -> Exception:
        """What a client sees where no answer comes: the connection's end, or that of its patience."""
        seconds = fault.get("seconds", 3600.0) if "hang" in fault else 0.0
        self.clock.advance(min(seconds, timeout))
        return timed_out() if seconds >= timeout else lost()

    def catch_up(self) -> None:
        """Let the service do what it was asked for by senders that have given up."""
        due = [late for late in self._late if late[0] <= self.clock.monotonic()]
        self._late = [late for late in self._late if late not in due]
        if due:
            # No fault strikes a request twice.
            with mock.patch.object(self.sim.faults, "pick", return_value=None):
                for _moment, request in due:
                    self._loop.run_until_complete(self._exchange(request, timeout=0.0))
        self.sim.timeline.run_due()

    async def _exchange(self, request: PreparedRequest, timeout: float) -> list[dict[str, t.Any]]:
        messages: list[dict[str, t.Any]] = []
        content = request.body.encode() if isinstance(request.body, str) else request.body or b""
        parts = [{"type": "http.request", "body": content, "more_body": False}]

        async def receive() -> dict[str, t.Any]:
            return parts.pop() if parts else {"type": "http.disconnect"}

        async def send(message: t.Any) -> None:
            messages.append(dict(message))

        self._patience = timeout
        await self._app({**_scope(request), "sim.transport": _Transport()}, receive, send)
        return messages

    async def _sleep(self, seconds: float) -> None:
        """What the simulator does while an answer is delayed."""
        if seconds >= self._patience:
            raise _LateError(seconds)
        self.clock.advance(seconds)


class _Transport:
    """Stands for the connection, which has nothing to close here."""

    def close(self) -> None:
        """Close it."""


def _nothing(_moment: str) -> None:
    """What happens at most moments."""


def _scope(request: PreparedRequest) -> dict[str, t.Any]:
    """The request as ASGI has it."""
    parts = urlsplit(str(request.url))
    headers = {"Host": parts.netloc, **request.headers}
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": "https",
        "path": unquote(parts.path),
        "raw_path": parts.path.encode(),
        "query_string": parts.query.encode(),
        "root_path": "",
        "headers": [(name.lower().encode(), str(value).encode()) for name, value in headers.items()],
        "server": (parts.netloc, 443),
    }
