# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""In the middle of a wait: tokens end, clocks jump, the service goes away; and waits that reach their limit."""

from __future__ import annotations

import functools
import typing as t

import pytest

from ansible_collections.huaweicloud.backup.tests.unit.properties.in_process import Cloud
from ansible_collections.huaweicloud.backup.tests.unit.reliability.hostile_days import KEYS, USER
from ansible_collections.huaweicloud.backup.tests.unit.reliability.hostile_waits import (
    LASTING,
    MIDDLE,
    WAITS,
    Event,
    JumpingClock,
    Wait,
    away,
    back,
    waiting,
)

SIGN_IN = ("POST", "/auth/tokens")
DAY = 86400.0


def end_tokens(*, revoke: bool) -> Event:
    return lambda cloud: cloud.sim.gatekeeper.end_tokens(revoke=revoke)


@pytest.mark.parametrize("revoke", [False, True])
@pytest.mark.parametrize("name", WAITS)
def test_a_token_that_ends_during_a_wait_is_renewed_once(name: str, revoke: bool) -> None:
    with waiting(name, (MIDDLE, end_tokens(revoke=revoke)), credentials=USER) as wait:
        assert not wait.result.failed, wait.result["msg"]
        assert wait.sent(*SIGN_IN) == 2
        assert wait.elapsed >= LASTING


@pytest.mark.parametrize("name", WAITS)
def test_access_keys_need_no_token_at_all(name: str) -> None:
    with waiting(name, (MIDDLE, end_tokens(revoke=True)), credentials=KEYS) as wait:
        assert not wait.result.failed, wait.result["msg"]
        assert wait.sent(*SIGN_IN) == 0


@pytest.mark.parametrize("name", WAITS)
def test_a_given_token_is_never_renewed_and_the_failure_says_so(name: str) -> None:
    with waiting(name, (MIDDLE, end_tokens(revoke=False))) as wait:
        assert wait.result.failed
        assert wait.sent(*SIGN_IN) == 0
        assert wait.result["error"]["http_status"] == 401
        assert "never renewed" in wait.result["msg"]
        assert has_what_is_needed_to_go_on(name, wait)


def test_a_token_that_ends_again_and_again_is_renewed_each_time() -> None:
    events = [(float(at), end_tokens(revoke=True)) for at in (100, 300, 500)]
    with waiting("backup", *events, credentials=USER) as wait:
        assert not wait.result.failed, wait.result["msg"]
        assert wait.sent(*SIGN_IN) == 4


def has_what_is_needed_to_go_on(name: str, wait: Wait) -> bool:
    if name == "job":
        return [job["status"] for job in wait.result["jobs"]] == ["RUNNING"]
    return bool(wait.result["pending"]["kind"] and wait.result["pending"]["ids"])


def set_clocks(seconds: float, *, machine: bool, service: bool) -> Event:
    def event(cloud: Cloud) -> None:
        if machine:
            t.cast(JumpingClock, cloud.clock).skew = seconds
        if service:
            cloud.sim.clock.offset = seconds

    return event


@functools.cache
def calm(name: str) -> tuple[t.Sequence[float], int]:
    """The pauses and the number of requests of a wait in which nothing happens."""
    with waiting(name) as wait:
        assert not wait.result.failed, wait.result["msg"]
        return wait.result.pauses, len(wait.result.sent)


@pytest.mark.parametrize("seconds", [-DAY, DAY])
@pytest.mark.parametrize(("machine", "service"), [(True, False), (False, True)])
@pytest.mark.parametrize("name", WAITS)
def test_clocks_that_jump_neither_shorten_nor_lengthen_a_wait(
    name: str, machine: bool, service: bool, seconds: float
) -> None:
    with waiting(name, (MIDDLE, set_clocks(seconds, machine=machine, service=service))) as wait:
        assert not wait.result.failed, wait.result["msg"]
        assert (wait.result.pauses, len(wait.result.sent)) == calm(name)


@pytest.mark.parametrize("seconds", [-DAY, DAY])
def test_clocks_that_jump_do_not_move_the_limit_of_a_wait(seconds: float) -> None:
    with waiting("backup", (MIDDLE, set_clocks(seconds, machine=True, service=True)), wait_timeout=600) as wait:
        assert "600 s" in wait.result["msg"]
        assert wait.elapsed == pytest.approx(600)


AWAY: dict[str, t.Any] = {
    "restarting": {"status": 503, "raw": ""},
    "behind a gateway": {"status": 502, "raw": "<html>\x1b[2Jbad gateway</html>"},
    "without an answer": {"drop": "before"},
    "throttling": {"status": 429, "headers": {"Retry-After": "30"}},
}


@pytest.mark.parametrize(
    ("name", "how"), [*((name, "restarting") for name in WAITS), *(("backup", how) for how in AWAY)]
)
def test_a_service_that_is_away_for_four_minutes_is_waited_out(name: str, how: str) -> None:
    with waiting(name, (MIDDLE, away(AWAY[how])), (MIDDLE + 240, back)) as wait:
        assert not wait.result.failed, wait.result["msg"]
        assert wait.elapsed >= LASTING


@pytest.mark.parametrize("name", WAITS)
def test_a_service_that_stays_away_ends_the_wait_after_five_minutes(name: str) -> None:
    with waiting(name, (MIDDLE, away(AWAY["behind a gateway"])), (MIDDLE + 420, back)) as wait:
        assert wait.result.failed
        assert wait.result["error"]["retryable"]
        assert (wait.result["error"]["http_status"], wait.result["msg"].isprintable()) == (502, True)
        # Noticed at the first look, given up five minutes later, each time after the tries of one request.
        assert MIDDLE + 300 <= wait.elapsed < MIDDLE + 420
        assert has_what_is_needed_to_go_on(name, wait)


@pytest.mark.parametrize("name", WAITS)
def test_an_answer_of_another_kind_ends_the_wait_and_says_how_to_go_on(name: str) -> None:
    portal = {"status": 200, "raw": "<html>please log in</html>"}
    with waiting(name, (MIDDLE, away(portal))) as wait:
        assert "not a JSON object: <html>" in wait.result["msg"]
        assert has_what_is_needed_to_go_on(name, wait)


# Running it again would run it again (contract, vbs_policy_run), and the next task has no say in what lasts.
RESUMED = tuple(name for name in WAITS if name != "run of a policy")


@pytest.mark.parametrize("name", RESUMED)
def test_a_wait_that_reached_its_limit_is_gone_on_with_by_the_same_task(name: str) -> None:
    with waiting(name, wait_timeout=400) as wait:
        assert wait.result.failed
        assert wait.elapsed == pytest.approx(400, abs=1)
        assert "(400 s)" in wait.result["msg"]
        assert "may still be running" in wait.result["msg"]
        assert "again" in wait.result["error"]["advice"]
        assert has_what_is_needed_to_go_on(name, wait)
        assert any(found in wait.result["msg"] for found in pending_ids(name, wait)), wait.result["msg"]
        again = wait.again(name)
        assert not again.failed, again["msg"]
        assert [write for write in again.writes if write[0] == "POST"] == []
        assert wait.cloud.clock.elapsed >= LASTING


def pending_ids(name: str, wait: Wait) -> list[str]:
    ids: list[str] = [row["id"] for row in wait.result["jobs"]] if name == "job" else wait.result["pending"]["ids"]
    return ids


def test_a_run_of_a_policy_that_lasts_longer_says_that_the_same_task_would_start_another() -> None:
    with waiting("run of a policy", wait_timeout=400) as wait:
        assert "would start another run" in wait.result["error"]["advice"]
        assert wait.result["error"]["retryable"] is False
        assert [task["status"] for task in wait.result["tasks"]] == ["RUNNING", "RUNNING"]
        assert has_what_is_needed_to_go_on("run of a policy", wait)


@pytest.mark.parametrize("name", WAITS)
def test_a_limit_below_the_shortest_pause_is_kept_all_the_same(name: str) -> None:
    with waiting(name, wait_timeout=3, wait_interval=60) as wait:
        assert "(3 s)" in wait.result["msg"]
        assert wait.elapsed == pytest.approx(3, abs=1)


@pytest.mark.parametrize(("name", "interval"), [*((name, 1) for name in WAITS), ("backup", 60)])
def test_the_looks_of_a_long_wait_are_as_few_as_documented(name: str, interval: int) -> None:
    with waiting(name, lasting=90000.0, wait_timeout=1800, wait_interval=interval) as wait:
        age, limit = 0.0, 1800.0
        for pause in wait.result.pauses:
            assert pause == pytest.approx(max(min(30.0, interval + 0.1 * age, limit - age), 0.01), rel=0.01)
            age += pause
        # At most two requests a look for each backup, and at most a dozen before the first.
        backups = 2 if name == "batch" else 1
        assert len(wait.result.sent) <= 2 * backups * len(wait.result.pauses) + 12
        assert len(wait.result.pauses) <= 100
