# Copyright (c) 2026, huaweicloud.backup contributors
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


class Progress(t.NamedTuple):
    """How a wait stands, for the line that people see: of how many things, and what one of them is at."""

    done: int
    total: int
    failed: int
    what: str


class SliceOverError(Exception):
    """The call's time is over (Clock.ends_at) and the wait is not; no failure, so nothing below the runner stops it.

    ``state`` is what the next call goes on from; each step adds on the way up what it would lose otherwise.
    """

    def __init__(self, progress: Progress, waiter: Mapping[str, t.Any]) -> None:
        super().__init__(progress.what)
        self.progress = progress
        self.state: dict[str, t.Any] = {"waiter": dict(waiter)}


class Waiter:
    """One wait. Several steps of a task may share it, so that its limit holds for the whole.

    :param saved: of a wait that an earlier call of the module began.
    :param limit: the task's whole limit in seconds, for messages, where this wait has only what is left of it.
    """

    def __init__(
        self,
        options: WaitOptions,
        clock: Clock,
        saved: Mapping[str, t.Any] | None = None,
        *,
        limit: int | None = None,
    ) -> None:
        self.options = options
        self.limit = options.timeout if limit is None else limit
        self._clock = clock
        self._started: float = clock.monotonic()
        self._fault_since: float | None = None
        # The end of the pause that the earlier call did not come to.
        self._pause_ends: float | None = None
        if saved is not None:
            self.options = options._replace(timeout=saved["timeout"])
            self.limit = saved["limit"]
            self._started, self._fault_since = saved["started"], saved["fault_since"]
            self._pause_ends = saved["pause_ends"]

    def saved(self) -> dict[str, t.Any]:
        """What the next call needs to go on with this wait."""
        return {
            "timeout": self.options.timeout,
            "limit": self.limit,
            "started": self._started,
            "fault_since": self._fault_since,
            "pause_ends": self._pause_ends,
        }

    @property
    def age(self) -> float:
        """Seconds since the wait began, on a clock that does not jump."""
        return self._clock.monotonic() - self._started

    @property
    def is_over(self) -> bool:
        """Whether the limit is reached."""
        return self.age >= self.options.timeout

    def pause(
        self,
        limit: float | None = None,
        age: float | None = None,
        progress: Callable[[], Progress] = lambda: Progress(0, 1, 0, "waiting"),
    ) -> None:
        """Sleep once: the shortest pause plus a tenth of the age, at most 30 s and at most to the limit.

        :param age: another age than the whole wait's, for a step that starts later.
        :param progress: how the wait stands, for who hears of it if the call ends before the pause does.
        :raises SliceOverError: the call's time is over.
        """
        now = self._clock.monotonic()
        if self._pause_ends is None:
            grown = self.options.interval + 0.1 * (self.age if age is None else age)
            left = self.options.timeout - self.age if limit is None else limit
            pause = max(min(grown, _LONGEST_PAUSE, left), 0.01)
        else:
            pause = max(self._pause_ends - now, 0.01)
        call_ends = self._clock.ends_at
        if call_ends is not None and now + pause > call_ends:
            self._pause_ends = now + pause
            if call_ends > now:
                self._clock.sleep(call_ends - now)
            raise SliceOverError(progress(), self.saved())
        self._pause_ends = None
        self._clock.sleep(pause)

    def restarted(self) -> Waiter:
        """A wait with a fresh age and the time that is left."""
        left = max(int(self.options.timeout - self.age), 1)
        return Waiter(WaitOptions(self.options.wait, left, self.options.interval), self._clock, limit=self.limit)

    def until(
        self,
        probe: Callable[[], T | None],
        *,
        what: Callable[[], str],
        results: Callable[[], Mapping[str, t.Any]],
        progress: Callable[[], Progress] | None = None,
    ) -> T:
        """Pause and probe until the probe gives something.

        Faults that pass are waited out for five minutes; others end the wait at once.

        :param what: what is waited for and how it stands, for the message of a time-out.
        :param results: what the task has reached so far, handed on when the limit is reached.
        :param progress: how it stands in few words; one thing, as C(what) has it, where this is left out.
        :raises WaitTimeoutError: the limit was reached.
        :raises SliceOverError: the call's time is over.
        """
        while not self.is_over:
            self.pause(progress=progress or (lambda: Progress(0, 1, 0, what())))
            try:
                found = probe()
            except (AnswerError, ApiError, TransportError) as error:
                self._fault_since = self.age if self._fault_since is None else self._fault_since
                if not error.retryable or self.age - self._fault_since >= _OUTAGE_PATIENCE:
                    error.results.update(results())
                    raise
                continue
            except BackupError as error:
                # Such as a refused sign-in in the middle of a wait.
                if not error.results:
                    error.results.update(results())
                raise
            self._fault_since = None
            if found is not None:
                return found
        raise time_out(self.limit, what(), results())


def time_out(limit: int, what: str, results: Mapping[str, t.Any]) -> BackupError:
    """The error of a wait that reached its limit."""
    return WaitTimeoutError(
        f"{what} when wait_timeout ({limit} s) was reached; it may still be running",
        results=results,
    )
