# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A clock that moves only when it is told to, so that no test sleeps."""

from __future__ import annotations

from ansible_collections.huaweicloud.backup.plugins.module_utils._clock import Clock

# 2026-11-21T12:00:00Z
NOON = 1795262400.0


class FakeClock:
    """Sleeping moves it and is recorded in ``pauses``; the jitter is always the same."""

    def __init__(self, *, start: float = NOON, jitter: float = 0.5) -> None:
        self._start = start
        self._jitter = jitter
        self.elapsed = 0.0
        self.pauses: list[float] = []

    def now(self) -> float:
        """Seconds since 1970."""
        return self._start + self.elapsed

    def monotonic(self) -> float:
        """Seconds since some moment."""
        return 5000.0 + self.elapsed

    def advance(self, seconds: float) -> None:
        """Let time pass without a pause of the module."""
        self.elapsed += seconds

    def sleep(self, seconds: float) -> None:
        """Pause, as the module does."""
        assert seconds >= 0, f"a pause of {seconds} s"
        self.pauses.append(seconds)
        self.elapsed += seconds

    def as_clock(self) -> Clock:
        """What the product takes."""
        return Clock(self.monotonic, self.now, self.sleep, lambda: self._jitter)
