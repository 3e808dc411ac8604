# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One request against a script of answers to it."""

from __future__ import annotations

import typing as t

from ansible_collections.huaweicloud.backup.plugins.module_utils._answers import Answer
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import BackupError
from ansible_collections.huaweicloud.backup.plugins.module_utils._http import Http, Request
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.fake_clock import FakeClock
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.scripted_http import Call, Script, Sent

URL = "https://vbs.example.com/v2/p/backuppolicy"
GOOD = {"answer": {"ok": True}}


class Outcome(t.NamedTuple):
    """What a request came to."""

    answer: Answer | None
    error: BackupError | None
    sent: list[Sent]
    pauses: list[float]


def exchange(
    *answers: dict[str, t.Any],
    retries: int = 5,
    jitter: float = 1.0,
    creating: bool = False,
    auth: t.Any = None,
    method: str = "GET",
) -> Outcome:
    """Send one request against a script of answers to it."""
    clock = FakeClock(jitter=jitter)
    http = Http(clock=clock.as_clock(), timeout=60, retries=retries, verify=True, user_agent="test")
    script = Script([Call(method, URL, **answer) for answer in answers], clock=clock)
    answer, error = None, None
    with script.playing():
        try:
            answer = http.send(Request("list policies", method, URL, auth=auth, creating=creating))
        except BackupError as raised:
            error = raised
    return Outcome(answer, error, script.sent, clock.pauses)
