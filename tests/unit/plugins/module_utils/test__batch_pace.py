# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The pace of a batch against services that limit in different ways; all on a clock of its own."""

from __future__ import annotations

import heapq
import typing as t
from collections import deque
from collections.abc import Callable

import pytest

from ansible_collections.huaweicloud.backup.plugins.module_utils._batch_pace import Pace

Limit = Callable[[float], bool]

AT_ONCE = 8
LATENCY = 0.005


def sliding(rate: int, *, refused_count: bool = True) -> Limit:
    """So many within any second; those that are refused may count too."""
    recent: deque[float] = deque()

    def allows(now: float) -> bool:
        while recent and recent[0] <= now - 1.0:
            recent.popleft()
        is_fine = len(recent) < rate
        if is_fine or refused_count:
            recent.append(now)
        return is_fine

    return allows


def fixed(rate: int) -> Limit:
    """So many within each second of the clock."""
    counts: dict[int, int] = {}

    def allows(now: float) -> bool:
        counts[int(now)] = counts.get(int(now), 0) + 1
        return counts[int(now)] <= rate

    return allows


def bucket(rate: int, size: int) -> Limit:
    """So many a second on the average, and so many at once."""
    state = [float(size), 0.0]

    def allows(now: float) -> bool:
        state[0] = min(float(size), state[0] + (now - state[1]) * rate)
        state[1] = now
        if state[0] < 1:
            return False
        state[0] -= 1
        return True

    return allows


def none(_now: float) -> bool:
    return True


class Sent(t.NamedTuple):
    seconds: float
    refused: int
    pace: Pace


def send(allows: Limit, count: int, *, retry_after: float = 1.0, at_once: int = AT_ONCE) -> Sent:
    """Send so many requests until each was accepted, as a batch does."""
    pace = Pace(at_once)
    now, left, refused = 0.3, count, 0
    on_the_way: list[tuple[float, float, bool]] = []
    while left or on_the_way:
        while on_the_way and on_the_way[0][0] <= now:
            ended, begun, is_fine = heapq.heappop(on_the_way)
            if is_fine:
                pace.accepted(ended)
            else:
                refused, left = refused + 1, left + 1
                pace.refused(begun, ended, retry_after)
        pause = pace.pause(now)
        if left and len(on_the_way) < at_once and pause > 0:
            now += pause
        elif left and len(on_the_way) < at_once:
            pace.sent(now)
            heapq.heappush(on_the_way, (now + LATENCY, now, allows(now + LATENCY / 2)))
            left, now = left - 1, now + 0.0005
        elif on_the_way:
            now = max(now, on_the_way[0][0])
    return Sent(now - 0.3, refused, pace)


@pytest.mark.parametrize("retry_after", [0.0, 0.25, 1.0])
@pytest.mark.parametrize(
    ("limit", "share"),
    [
        (lambda: sliding(50), 1.2),
        (lambda: sliding(50, refused_count=False), 1.2),
        # Twice as many fit around the turn of a second, which makes the limit seem higher than it is.
        (lambda: fixed(50), 1.3),
        (lambda: bucket(50, 50), 1.2),
        (lambda: bucket(50, 10), 1.2),
        (lambda: bucket(50, 100), 1.2),
    ],
    ids=["sliding", "sliding, accepted ones only", "fixed", "bucket", "small bucket", "large bucket"],
)
def test_a_thousand_come_near_the_limit_and_few_are_refused(
    limit: Callable[[], Limit], share: float, retry_after: float
) -> None:
    sent = send(limit(), 1000, retry_after=retry_after)
    assert sent.seconds <= share * 1000 / 50
    assert sent.refused <= 0.05 * 1000


def test_without_a_limit_nothing_waits() -> None:
    sent = send(none, 500)
    assert (sent.refused, sent.pace.rate) == (0, None)
    assert sent.seconds == pytest.approx(500 * LATENCY / AT_ONCE, rel=0.2)


def test_a_service_that_gets_slower_and_faster_again_is_followed() -> None:
    def varying(now: float) -> bool:
        return limits[0 if now < 20 or now > 60 else 1](now)

    limits = sliding(50), sliding(10)
    sent = send(varying, 3000)
    assert sent.refused <= 0.1 * 3000
    # 1,000, then 400, then the rest at up to 50 a second.
    assert sent.seconds <= 60 + 1600 / 16


def test_whoever_was_told_to_wait_holds_all_and_not_less_than_told() -> None:
    pace = Pace(AT_ONCE)
    pace.sent(10.0)
    pace.refused(10.0, 10.1, 7.0)
    assert pace.pause(10.1) == pytest.approx(7.0)
    pace.refused(10.05, 10.2, 3.0)
    assert pace.pause(10.2) == pytest.approx(6.9)
    assert pace.pause(17.2) == 0


def test_those_that_were_on_their_way_when_the_rate_fell_do_not_let_it_fall_again() -> None:
    pace = Pace(AT_ONCE)
    for number in range(50):
        pace.accepted(10 + number / 100)
    for number in range(AT_ONCE):
        pace.refused(10.5, 10.51 + number / 1000, 1.0)
    assert pace.rate == 50


def test_a_rate_never_comes_down_to_nothing() -> None:
    pace = Pace(1)
    for number in range(100):
        pace.refused(number * 10.0, number * 10.0, 0.0)
    assert pace.rate is not None
    assert pace.rate >= 0.1
