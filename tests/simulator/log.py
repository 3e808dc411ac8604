# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .wire import Request

# Their presence matters to a test, their value to nobody.
SECRET_HEADERS = ("authorization", "x-auth-token", "x-security-token", "x-subject-token", "cookie")


@dataclass
class Entry:
    """One request in the log; rendered only when somebody looks."""

    n: int
    time: float
    request: Request
    status: int | None = None

    def as_dict(self) -> dict[str, Any]:
        """The entry as README.md describes it."""
        request = self.request
        return {
            "n": self.n,
            "time": self.time,
            "method": request.method,
            "path": request.raw_path,
            "query": [list(pair) for pair in request.query],
            "headers": _masked(request.headers),
            "body": _body(request),
            "status": self.status,
            "project_id": request.project_id or None,
            "auth": request.auth,
            "request_id": request.request_id,
            "fault": request.rule.fault if request.rule else None,
        }


def _masked(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: "***" if name in SECRET_HEADERS else value for name, value in headers.items()}


def _body(request: Request) -> Any:
    if not request.body:
        return None
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError):
        return request.body.decode("utf-8", "replace")
    if request.raw_path.endswith("/auth/tokens"):
        _mask_password(body)
    return body


def _mask_password(body: Any) -> None:
    """Hide the password of a sign-in, in a body that was parsed for the log alone."""
    for name in ("auth", "identity", "password", "user"):
        body = body.get(name) if isinstance(body, dict) else None
    if isinstance(body, dict) and "password" in body:
        body["password"] = "***"


class RequestLog:
    """The requests that came in, numbered from 1 for good; only the newest are kept."""

    def __init__(self, size: int) -> None:
        self._entries: deque[Entry] = deque(maxlen=size)
        self._last = 0

    def add(self, time: float, request: Request) -> Entry:
        """Number a request and keep it."""
        self._last += 1
        entry = Entry(self._last, time, request)
        self._entries.append(entry)
        return entry

    def since(self, number: int) -> list[dict[str, Any]]:
        """Entries with a number above this one, oldest first."""
        return [entry.as_dict() for entry in self._entries if entry.n > number]

    def clear(self) -> None:
        """Forget the entries, not the count."""
        self._entries.clear()
