# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Calls in threads, at most so many at a time. Threads only call; whoever owns the pool decides, pauses and repeats."""

from __future__ import annotations

import contextlib
import queue
import threading
import typing as t
from collections.abc import Callable, Iterator

from ansible_collections.huaweicloud.backup.plugins.module_utils._clock import Clock
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import (
    BackupError,
    LostAnswerError,
    TransportError,
)

# After a call's own limit, so that its own error comes first.
_GRACE = 3.0

Call = Callable[[], t.Any]


class Ended(t.NamedTuple):
    """A call that came back: whose it was, and what it gave or why it failed."""

    key: t.Any
    result: t.Any
    error: BackupError | None


class Pool:
    """With one call at a time it is made in the caller's own thread.

    :param limit: seconds that a call may take. The alarm that keeps it elsewhere reaches only the main thread, so a
        call that lasts longer is given up here, and its thread left behind: nothing waits for it.
    """

    def __init__(self, size: int, limit: float, clock: Clock) -> None:
        self._size = size
        self._limit = limit + _GRACE
        self._clock = clock
        self._calls: queue.SimpleQueue[tuple[int, Call] | None] = queue.SimpleQueue()
        self._ended: queue.SimpleQueue[tuple[int, t.Any, BaseException | None]] = queue.SimpleQueue()
        # By number: whose call it is, and when it has to be over.
        self._running: dict[int, tuple[t.Any, float]] = {}
        self._count = 0
        self._threads = 0

    @property
    def has_room(self) -> bool:
        """Whether another call may start."""
        return len(self._running) < self._size

    @property
    def is_busy(self) -> bool:
        """Whether a call is on its way."""
        return bool(self._running)

    def start(self, key: t.Any, call: Call) -> None:
        """Make the call; ``key`` is given back with what it came to."""
        self._count += 1
        self._running[self._count] = (key, self._clock.monotonic() + self._limit)
        if self._size == 1:
            self._ended.put((self._count, *_outcome(call)))
            return
        self._calls.put((self._count, call))
        if self._threads < min(self._size, len(self._running)):
            self._threads += 1
            threading.Thread(target=self._work, daemon=True).start()

    def ended(self, wait: float) -> Iterator[Ended]:
        """The calls that came back.

        :param wait: for how many seconds to wait for the first of them.
        """
        found = self._next(wait)
        while found is not None:
            yield found
            found = self._next(0.0)

    def close(self) -> None:
        """Let the threads end."""
        for _thread in range(self._threads):
            self._calls.put(None)

    def _next(self, wait: float) -> Ended | None:
        # The one place below the runner that waits by itself: a thread's end wakes it, which no clock could.
        while self._running:
            until = min(end for _key, end in self._running.values())
            left = max(until - self._clock.monotonic(), 0.001)
            try:
                number, result, error = self._ended.get(wait > 0, min(wait, left) or None)
            except queue.Empty:
                return self._given_up(until) if wait >= left else None
            # One that was given up may come back all the same.
            key, _end = self._running.pop(number, (None, 0.0))
            if key is None:
                continue
            if error is not None and not isinstance(error, BackupError):
                raise error
            return Ended(key, result, error)
        return None

    def _given_up(self, until: float) -> Ended | None:
        number = next(number for number, (_key, end) in self._running.items() if end == until)
        key, _end = self._running.pop(number)
        # Its thread does not come back, so there may be one more.
        self._threads -= 1
        cause = TransportError(f"no answer within {self._limit - _GRACE:.0f} s", sent=True)
        return Ended(key, None, LostAnswerError(cause))

    def _work(self) -> None:
        while True:
            item = self._calls.get()
            if item is None:
                return
            self._ended.put((item[0], *_outcome(item[1])))


def _outcome(call: Call) -> tuple[t.Any, BaseException | None]:
    try:
        return call(), None
    except BaseException as error:  # noqa: BLE001 # pylint: disable=broad-except # it is raised again by the owner
        return None, error


@contextlib.contextmanager
def open_pool(size: int, limit: float, clock: Clock) -> Iterator[Pool]:
    """A pool whose threads end with the context."""
    pool = Pool(size, limit, clock)
    try:
        yield pool
    finally:
        pool.close()
