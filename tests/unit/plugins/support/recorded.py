# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Exchanges recorded from a real OpenStack, as calls of a script: address and body must be those that were recorded."""

from __future__ import annotations

import functools
import json
import typing as t
from pathlib import Path

from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.credentials import TOKEN
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.scripted_http import NOTHING, Call

FILE = Path(__file__).resolve().parents[2] / "fixtures" / "openstack.json"

BLOCK_STORAGE = "http://127.0.0.1:18776"
PROJECT = "a4420a2b7eda4697a13f3e15a137bea9"
VOLUME = "d51fb2a3-f633-4877-a273-46980b1411d4"
URL = f"{BLOCK_STORAGE}/v2/{PROJECT}"
AUTH: dict[str, t.Any] = {
    "auth_token": TOKEN,
    "project_id": PROJECT,
    "endpoints": {"vbs": BLOCK_STORAGE, "evs": BLOCK_STORAGE},
}


@functools.cache
def exchanges() -> dict[str, t.Any]:
    """All recorded exchanges by their names."""
    return dict(json.loads(FILE.read_text(encoding="utf-8")))


def recorded(name: str, *, body: t.Any = None, path: str | None = None) -> Call:
    """A recorded exchange.

    :param body: what must be sent in place of what was recorded.
    :param path: the same for the address, below the project.
    """
    found = exchanges()[name]
    request, answer = found["request"], found["body"]
    sent = request["body"] if body is None else body
    headers = {name: value for name, value in found["headers"].items() if name != "Content-Length"}
    return Call(
        request["method"],
        request["url"] if path is None else URL + path,
        body=NOTHING if sent is None else sent,
        status=found["status"],
        answer=NOTHING if answer is None else answer,
        raw=answer.encode() if isinstance(answer, str) else None,
        headers={"X-Request-Id": None, **headers},
        sends={"X-Auth-Token": TOKEN},
    )
