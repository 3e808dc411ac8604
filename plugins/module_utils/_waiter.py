# Copyright: (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One loop for every wait: a probe, a limit, and pauses that grow with the wait's age (contract §2, Waiting)."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Mapping

from ansible_collections.huaweicloud.backup.plugins.module_utils._clock import Clock
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import (
    AnswerError,
    ApiError,
    BackupError,
    TransportError,
    WaitTimeoutError,
)

_LONGEST_PAUSE = 30.0
# A service that restarts is back within minutes; one that is away for longer is a failure to report.
_OUTAGE_PATIENCE = 300.0

T = t.TypeVar("T")


class WaitOptions(t.NamedTuple):
    """The waiting options of a task: whether to wait, for how long at most, and the shortest pause, in seconds."""

    wait: bool
    timeout: int
    interval: int

    @classmethod
    def of(cls, options: Mapping[str, t.Any]) -> WaitOptions:
        """From a module's options."""
        return cls(options["wait"], options["wait_timeout"], options["wait_interval"])


class Waiter:
    """One wait. Several steps of a task may share it, so that its limit holds for the whole."""

    def __init__(self, options: WaitOptions, clock: Clock) -> None:
        self.options = options
        self._clock = clock
        self._started = clock.monotonic()

    @property
    def age(self) -> float:
        """Seconds since the wait began, on a clock that does not jump."""
        return self._clock.monotonic() - self._started

    @property
    def is_over(self) -> bool:
        """Whether the limit is reached."""
        return self.age >= self.options.timeout

    def pause(self, limit: float | None = None, age: float | None = None) -> None:
        """Sleep once: the shortest pause plus a tenth of the age, at most 30 s and at most to the limit.

        :param age: another age than the whole wait's, for a step that starts later.
        """
        grown = self.options.interval + 0.1 * (self.age if age is None else age)
        left = self.options.timeout - self.age if limit is None else limit
        self._clock.sleep(max(min(grown, _LONGEST_PAUSE, left), 0.01))

    def restarted(self) -> Waiter:
        """A wait with a fresh age and the time that is left."""
        left = max(int(self.options.timeout - self.age), 1)
        return Waiter(WaitOptions(self.options.wait, left, self.options.interval), self._clock)

    def until(
        self, probe: Callable[[], T | None], *, what: Callable[[], str], results: Callable[[], Mapping[str, t.Any]]
    ) -> T:
        """Pause and probe until the probe gives something.

        Faults that pass are waited out for five minutes; others end the wait at once.

        :param what: what is waited for and how it stands, for the message of a time-out.
        :param results: what the task has reached so far, handed on when the limit is reached.
        :raises WaitTimeoutError: the limit was reached.
        """
        fault_since: float | None = None
        while not self.is_over:
            self.pause()
            try:
                found = probe()
            except (AnswerError, ApiError, TransportError) as error:
                fault_since = self.age if fault_since is None else fault_since
                if not error.retryable or self.age - fault_since >= _OUTAGE_PATIENCE:
                    error.results.update(results())
                    raise
                continue
            fault_since = None
            if found is not None:
                return found
        raise time_out(self.options.timeout, what(), results())


def time_out(limit: int, what: str, results: Mapping[str, t.Any]) -> BackupError:
    """The error of a wait that reached its limit."""
    return WaitTimeoutError(
        f"{what} when wait_timeout ({limit} s) was reached; it may still be running",
        results=results,
    )
