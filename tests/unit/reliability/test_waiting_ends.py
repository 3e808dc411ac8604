# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Waits whose object vanishes, is in a state that nobody knows, or fails without a word: a clear end, and no retry."""

from __future__ import annotations

import re
import typing as t

import pytest

from ansible_collections.huaweicloud.backup.tests.unit.reliability.hostile_waits import (
    LASTING,
    MIDDLE,
    WAITS,
    Wait,
    away,
    becomes,
    vanishes,
    waiting,
)


def named(wait: Wait) -> bool:
    """Whether the message names what was waited for, as the last requests did."""
    asked = " ".join(sent.url for sent in wait.result.sent[-4:])
    names = re.findall(r"[0-9a-f]{8}-[0-9a-f-]{27}|(?<=/)(?!0123)[0-9a-f]{32}", asked)
    return any(name in wait.result["msg"] for name in names)


def ended_clearly(wait: Wait) -> None:
    assert wait.result.failed
    assert named(wait), wait.result["msg"]
    assert wait.result["error"]["advice"]
    # At the next look, or once nothing new has come for a minute.
    assert MIDDLE <= wait.elapsed < MIDDLE + 130


VANISHING = tuple(name for name in WAITS if not name.startswith(("deletion", "run of")))


@pytest.mark.parametrize("name", VANISHING)
def test_what_vanishes_ends_the_wait(name: str) -> None:
    with waiting(name, (MIDDLE, vanishes(name))) as wait:
        ended_clearly(wait)


@pytest.mark.parametrize("name", [name for name in WAITS if name.startswith("deletion")])
def test_what_is_deleted_may_vanish(name: str) -> None:
    with waiting(name, (MIDDLE, vanishes(name))) as wait:
        assert not wait.result.failed, wait.result["msg"]
        assert wait.result["changed"]
        assert wait.elapsed < LASTING


def test_tasks_that_vanish_end_the_run_with_a_warning() -> None:
    with waiting("run of a policy", (MIDDLE, vanishes("run of a policy"))) as wait:
        assert "only 0 tasks came" in " ".join(wait.result.warnings)
        assert wait.elapsed < MIDDLE + 130


@pytest.mark.parametrize("status", [404, 400])
@pytest.mark.parametrize("name", ["backup", "restore", "job"])
def test_a_job_that_the_service_no_longer_knows_is_named_and_its_outcome_is_uncertain(name: str, status: int) -> None:
    gone = {"status": status, "body": {"error": {"code": "common.0011", "message": "job not found"}}}
    with waiting(name, (MIDDLE, away(gone, "GET", "/jobs/"))) as wait:
        ended_clearly(wait)
        assert "does not know job" in wait.result["msg"]
        assert "uncertain" in wait.result["msg"]
        assert wait.result["error"]["code"] == "common.0011"


ODD = {
    "unknown": "half_done",
    "empty": "",
    "with control characters": "\x1b[2Jdone\r\n" + "x" * 20_000,
    "a number": 7,
    "nothing": None,
    "a list": ["available"],
    "an object": {"status": "SUCCESS"},
}
# What is deleted may be in any state until it is gone.
JUDGED = tuple(name for name in WAITS if not name.startswith("deletion"))


@pytest.mark.parametrize(
    ("name", "odd"),
    [*(("backup", odd) for odd in ODD), *((name, odd) for name in JUDGED for odd in ("unknown", "a list"))],
)
def test_a_state_that_nobody_knows_ends_the_wait(name: str, odd: str) -> None:
    with waiting(name, (MIDDLE, becomes(name, status=ODD[odd]))) as wait:
        ended_clearly(wait)
        assert wait.result["msg"].isprintable()
        assert len(wait.result["msg"]) < 9000
        assert wait.result["error"]["retryable"] is False


REASONS = {
    "no reason": (None, "the service gave no reason"),
    "an empty reason": ("", "the service gave no reason"),
    "a reason that is no text": (17, "the service gave no reason"),
    "a reason with control characters": ("disk\x1b[31m\r\nforged: all is well", "forged: all is well"),
    "an endless reason": ("x" * 50_000, "xxx..."),
}
FAILED: dict[str, dict[str, t.Any]] = {
    "backup": {"status": "FAIL", "error_code": None},
    "restore": {"status": "FAIL", "error_code": None},
    "job": {"status": "FAIL", "error_code": None},
    "native backup": {"status": "error"},
    "batch": {"status": "error"},
    "native restore": {"status": "error_restoring"},
}


@pytest.mark.parametrize(
    ("name", "how"), [*(("backup", how) for how in REASONS), *((name, "no reason") for name in FAILED)]
)
def test_a_failure_is_told_whatever_its_reason_is(name: str, how: str) -> None:
    reason, shown = REASONS[how]
    with waiting(name, (MIDDLE, becomes(name, **FAILED[name], fail_reason=reason))) as wait:
        ended_clearly(wait)
        assert shown in wait.result["msg"]
        assert wait.result["msg"].isprintable()
        assert len(wait.result["msg"]) < 9000


@pytest.mark.parametrize("code", [None, "", 17, "NO.SUCH\x1b[2J", ["VolumeBackup.0064"], "C" * 5000])
def test_a_failure_is_told_whatever_its_code_is(code: t.Any) -> None:
    with waiting("backup", (MIDDLE, becomes("backup", status="FAIL", error_code=code, fail_reason=None))) as wait:
        ended_clearly(wait)
        shown = wait.result["error"]["code"]
        assert shown is None or (shown.isprintable() and len(shown) <= 210)


@pytest.mark.parametrize("name", ["run of a policy", "checkpoint"])
def test_tasks_and_items_that_fail_without_a_reason_say_so(name: str) -> None:
    bad: dict[str, t.Any] = (
        {"status": "EXECUTE_FAIL"} if name == "run of a policy" else {"status": "error", "extend_info": {}}
    )
    with waiting(name, (MIDDLE, becomes(name, **bad))) as wait:
        ended_clearly(wait)
        assert "the service gave no reason" in wait.result["msg"]


def test_a_deletion_that_ends_in_error_says_so() -> None:
    with waiting("deletion of a backup", (MIDDLE, becomes("deletion of a backup", status="error"))) as wait:
        ended_clearly(wait)
        assert "the service gave no reason" in wait.result["msg"]
