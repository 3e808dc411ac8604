# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How fast many requests may go out: as fast as they are answered, until the service says that they are too many.

From then on they are spaced: additive increase, multiplicative decrease, with a memory. The first rate is what was
accepted within a second. It doubles each second until it is refused once more, because services that count seconds
and those that fill buckets differ in what they accept at first. After that it falls to below what was refused, comes
back quickly to just below it, and then rises slowly. Refused requests count against the service's limit too (F §3.4).
"""

from __future__ import annotations

import typing as t
from collections import deque
from collections.abc import Mapping

# What was accepted within this time tells the service's limit, in seconds. A rate falls no more often.
_WINDOW = 1.0
_DECREASE = 0.94
# Where it fell a moment ago and was refused all the same, the limit is farther off than it seemed.
_AGAIN, _SOON = 0.75, 3.0
# One bad second, or another client beside this one, is no reason to fall further.
_DEEPEST_FIRST, _DEEPEST = 0.5, 0.9
# Of the rate that was refused, each second: back to just below it, then above it, the faster the longer all goes well.
_RETURN, _NEAR, _RISE = 0.25, 0.945, 0.001
_CALM = 12.0
# Even where the service says that it may go on at once.
_SHORTEST_PAUSE = 0.25
_SLOWEST = 0.1
# A second may have had more than the rate; a rate that was refused was no lower than that.
_HIGHEST = 1.05
# How far behind its plan a sender that was held up may catch up, in seconds.
_CATCH_UP = 0.02


class Pace:
    """The one pace of all requests of a batch. Times are seconds of one clock that does not jump.

    :param at_once: how many requests are on their way at most; so many may come together, which tells no rate.
    """

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._rate: float | None = None
        self._refused_rate: float | None = None
        self._accepted: deque[float] = deque()
        self._fell_at: float | None = None
        self._next = float("-inf")

    def saved(self) -> dict[str, float | None]:
        """What the next call of the module needs to send at the same pace."""
        return {"rate": self._rate, "refused_rate": self._refused_rate, "fell_at": self._fell_at, "next": self._next}

    def restore(self, saved: Mapping[str, t.Any]) -> None:
        """Go on at the pace of an earlier call."""
        self._rate, self._refused_rate = saved["rate"], saved["refused_rate"]
        self._fell_at, self._next = saved["fell_at"], saved["next"]

    @property
    def rate(self) -> float | None:
        """Requests a second; None as long as none was refused."""
        return self._rate

    def pause(self, now: float) -> float:
        """How long the next request has to wait, in seconds."""
        return max(self._next - now, 0.0)

    def sent(self, now: float) -> None:
        """A request goes out now."""
        if self._rate is not None:
            self._next = max(self._next, now - _CATCH_UP) + 1 / self._rate

    def accepted(self, now: float) -> None:
        """A request was not refused as one too many; whatever else its answer says."""
        self._accepted.append(now)
        self._forget(now)
        if self._rate is None:
            return
        if self._refused_rate is None or self._fell_at is None:
            # Twice as many each second.
            self._rate += 1.0
        else:
            calm = max((now - self._fell_at) / _CALM, 1.0)
            share = _RETURN if self._rate < _NEAR * self._refused_rate else _RISE * calm**2
            self._rate += share * max(self._refused_rate / self._rate, 1.0)

    def refused(self, sent_at: float, now: float, pause: float) -> None:
        """A request that went out at ``sent_at`` was one too many; none goes out for so many seconds.

        Those that went out before the last fall, or soon after it, say nothing new.
        """
        self.hold(now + max(pause, _SHORTEST_PAUSE))
        if self._fell_at is not None and sent_at < self._fell_at + _WINDOW:
            return
        self._forget(now)
        is_again = self._fell_at is not None and now - self._fell_at < _SOON and self._refused_rate is not None
        self._fell_at = now
        count = float(len(self._accepted)) / _WINDOW
        if self._rate is None:
            self._rate = max(count, float(self._at_once))
            return
        deepest = _DEEPEST_FIRST if self._refused_rate is None else _DEEPEST
        self._refused_rate = min(max(count, deepest * self._rate), _HIGHEST * self._rate)
        self._rate = max((_AGAIN if is_again else _DECREASE) * self._refused_rate, _SLOWEST)

    def hold(self, until: float) -> None:
        """Nothing goes out before this moment."""
        self._next = max(self._next, until)

    def _forget(self, now: float) -> None:
        while self._accepted and self._accepted[0] <= now - _WINDOW:
            self._accepted.popleft()
