# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import asyncio
import heapq
import itertools
import math
import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timezone
from email.utils import formatdate
from functools import lru_cache

Event = Callable[[float], None]


class Clock:
    """The simulator's two clocks: wall time, which a setting moves, and ticks, which never jump.

    :param sleep: how an answer is delayed.
    """

    def __init__(
        self,
        wall: Callable[[], float] = time.time,
        ticks: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.sleep = sleep
        self._wall = wall
        self._ticks = ticks
        self.offset = 0.0
        # How long ago the event that is being run was due; 0 while none is.
        self.lag = 0.0

    def now(self) -> float:
        """Seconds since 1970 as the simulated service sees them."""
        return self._wall() + self.offset - self.lag

    def ticks(self) -> float:
        """Seconds of real time, from an arbitrary point."""
        return self._ticks() - self.lag

    def http_date(self) -> str:
        """The Date header (interface §2 measures ages by it)."""
        return formatdate(self.now(), usegmt=True)


class Timeline:
    """What is due to happen, run lazily: nothing moves between two requests, so no thread is needed.

    An event that is run late sees the time at which it was due, and what it plans counts from then;
    so the outcome does not depend on when somebody looks.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._heap: list[tuple[float, int, Event]] = []
        self._count = itertools.count()

    def after(self, seconds: float, event: Event) -> None:
        """Have event(wall time at which it was due) run once so many seconds of real time have passed."""
        heapq.heappush(self._heap, (self._clock.ticks() + seconds, next(self._count), event))

    def run_due(self) -> None:
        """Run everything that is due, in order; an event may add further ones."""
        heap, clock = self._heap, self._clock
        while heap and heap[0][0] <= clock.ticks():
            due, _order, event = heapq.heappop(heap)
            clock.lag = clock.ticks() - due
            try:
                event(clock.now())
            finally:
                clock.lag = 0.0

    def clear(self) -> None:
        """Forget everything that was due."""
        self._heap.clear()


def _utc(when: float, timespec: str) -> str:
    return datetime.fromtimestamp(when, timezone.utc).isoformat(timespec=timespec).removesuffix("+00:00")


# A row shows the same time in several fields, and pages of the same rows are read again and again.
@lru_cache(maxsize=1 << 16)
def micros(when: float) -> str:
    """Backups, volumes, shares and CSBS: microseconds, no Z (F §10)."""
    return _utc(when, "microseconds")


def micros_or_null(when: float | None) -> str | None:
    """The same for a time that may not be known yet."""
    return None if when is None else micros(when)


def whole(when: float | None) -> str | None:
    """Cinder's database keeps whole seconds but prints microseconds (openstack.md)."""
    return None if when is None else micros(math.floor(when))


def micros_z(when: float) -> str:
    """Tokens: microseconds with Z (F §2.1)."""
    return micros(when) + "Z"


def millis(when: float) -> str:
    """Policy tasks: milliseconds, no Z (F §6.8)."""
    return _utc(when, "milliseconds")


def millis_z(when: float | None) -> str:
    """Jobs: milliseconds with Z, an empty text while there is no time yet (F §4.2, §14.2)."""
    return "" if when is None else millis(when) + "Z"


def parse(text: str) -> float:
    """Seconds since 1970 of an ISO time in UTC, with or without Z; raises ValueError."""
    moment = datetime.fromisoformat(text.removesuffix("Z"))
    return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp()
