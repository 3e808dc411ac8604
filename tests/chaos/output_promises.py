# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The promises about what a play prints: no traceback, no secret, and a failure always names its cause."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence

from .results import TaskResult
from .wanted import Play
from .weather import BROKEN

TRACEBACK = re.compile(
    r"Traceback \(most recent call last\)|this is a fault of the collection|MODULE FAILURE|An exception occurred"
    r"|Unhandled exception|unexpected \w+Error at",
)

LOST = r"connection was lost|no answer in time|no whole answer|cannot connect"
CAUSES: Mapping[str, str] = {
    "drop-before": LOST,
    "drop-after": LOST,
    "truncated": LOST + r"|not a JSON object",
    "hang-before": LOST,
    "hang-after": LOST,
    "late": LOST,
    "500": r"HTTP 500",
    "502-html": r"HTTP 502",
    "503": r"HTTP 503",
    "504": r"HTTP 504",
    "429-seconds": r"HTTP 429",
    "429-date": r"HTTP 429",
    "rate-limit": r"HTTP 429",
    "html-200": r"HTTP 200, but the body is not a JSON object",
    "failed-job": re.escape(BROKEN) + r"|broken by the weather",
    "token-ended": r"HTTP 401",
    "conflict": r"VolumeBackup\.001[23]|AutoBackup\.02(06|25)|at the same time|several|more than once",
}
"""What a message must say, by what was injected."""

ALWAYS = r"when wait_timeout \(\d+ s\) was reached|no answer in time"
"""Any fault may keep the news of a job's end from its waiter for so long; and a second is short on a busy machine."""

SEVERAL = re.compile(r"atthesametime|morethanonce|several")
NEAR = 600
"""So many characters around these words hold the IDs."""

ERROR_KEYS = {"code", "message", "http_status", "request_id", "advice", "retryable"}


def tracebacks(output: str) -> list[str]:
    """Lines that no user should ever see."""
    return [line.strip()[:300] for line in output.splitlines() if TRACEBACK.search(line)]


def leaks(output: str, secrets: Iterable[str]) -> list[str]:
    """Which of the secrets are in the output, without saying them."""
    return [f"a secret of {len(secret)} characters is in the output" for secret in secrets if secret in output]


def unexplained(results: Iterable[TaskResult], kinds: Collection[str], play: Play) -> list[str]:
    """Failures that do not name one of the causes that were there, and those that are not of the documented form."""
    causes = "|".join([ALWAYS, *(CAUSES[kind] for kind in kinds if kind in CAUSES)])
    found = []
    for one in results:
        if one.failed:
            found += [f"{play.kind}, {one.task}: {problem}" for problem in _failure_problems(one, causes)]
    return found


def _failure_problems(failure: TaskResult, causes: str) -> list[str]:
    message, error = str(failure.result.get("msg", "")), failure.result.get("error")
    if not isinstance(error, dict) or set(error) != ERROR_KEYS:
        return [f"the failure has no error with {', '.join(sorted(ERROR_KEYS))}: {message[:300]}"]
    problems = []
    if str(error["message"]) not in message or not error["advice"]:
        problems.append(f"the message does not hold the error's own, or there is no advice: {message[:300]}")
    if not re.search(causes, f"{message} {error['code']}"):
        problems.append(f"the failure names none of the causes that were there: {message[:400]}")
    return problems


def named_together(output: str, ids: Collection[str]) -> bool:
    """Whether a warning or a failure says that there are several, and names all of these IDs."""
    # Ansible breaks long warnings into lines, in the middle of an ID too.
    text = re.sub(r"\s", "", output)
    places = (text[max(0, found.start() - NEAR) : found.end() + NEAR] for found in SEVERAL.finditer(text))
    return any(all(one in place for one in ids) for place in places)


def is_uncertain(results: Iterable[TaskResult]) -> bool:
    """Whether a task ended without knowing what was done, and told a human to look first."""
    return any(one.failed and "uncertain" in str(one.result.get("msg", "")) for one in results)


def wrong_counts(results: Iterable[TaskResult], play: Play) -> list[str]:
    """Info tasks that did not return as many rows as there are."""
    found = []
    for one in results:
        if one.task in play.counts and not one.failed:
            rows = next((value for value in one.result.values() if isinstance(value, list) and value), [])
            if len(rows) != play.counts[one.task]:
                found.append(f"{one.task}: {len(rows)} rows instead of {play.counts[one.task]}")
    return found


def unread(parts: Sequence[Sequence[TaskResult]], play: Play) -> list[str]:
    """What passes that ended well lack; where nothing can be read, no other promise could be seen broken."""
    found = [f"pass {number} shows no result" for number, part in enumerate(parts, 1) if not part]
    shown = [{one.task for one in part} for part in parts]
    found += [
        f"a pass ended well without a result of {name}" for name in play.counts for names in shown if name not in names
    ]
    return found or ([] if parts else ["there is no pass in the output"])
