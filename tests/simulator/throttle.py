# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections import deque
from typing import Any

from .clock import Clock


class Throttle:
    """The gateway's limit on calls within any one second, and how many it let through and refused."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._recent: deque[float] = deque()
        self._accepted = 0
        self._refused = 0
        self._first = self._last = 0.0

    def refuses(self, limit: float) -> bool:
        """Count a call, and say whether it is one too many; refused calls count too (F §3.4). 0 is no limit."""
        now = self._clock.ticks()
        if limit:
            self._recent.append(now)
            while self._recent[0] <= now - 1.0:
                self._recent.popleft()
        if limit and len(self._recent) > limit:
            self._refused += 1
            return True
        self._first = self._first if self._accepted else now
        self._last = now
        self._accepted += 1
        return False

    def as_dict(self) -> dict[str, Any]:
        """The counts since the beginning, and the seconds from the first accepted call to the last."""
        seconds = round(self._last - self._first, 3)
        return {"accepted": self._accepted, "refused": self._refused, "seconds": seconds}
