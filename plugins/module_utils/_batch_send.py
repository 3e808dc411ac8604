# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sends the creating calls of a batch: all at one pace, each repeated as one call alone would be."""

from __future__ import annotations

import typing as t
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ansible_collections.huaweicloud.backup.plugins.module_utils._batch_pace import Pace
from ansible_collections.huaweicloud.backup.plugins.module_utils._batch_pool import Pool
from ansible_collections.huaweicloud.backup.plugins.module_utils._client import Client
from ansible_collections.huaweicloud.backup.plugins.module_utils._clock import Clock
from ansible_collections.huaweicloud.backup.plugins.module_utils._error_classes import AUTH, TRANSIENT
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import (
    ApiError,
    BackupError,
    ServiceMissingError,
    TransportError,
)
from ansible_collections.huaweicloud.backup.plugins.module_utils._http import BACKOFF, BACKOFF_LIMIT

_TOO_MANY = 429
_AWAY = (429, 502, 503, 504)
# So many in a row that fail for what is no fault of theirs will not be the last.
_HOPELESS = 3
# The pool itself ends calls that take too long.
_AS_LONG_AS_IT_TAKES = 1e6


@dataclass
class Spent:
    """What a call has cost so far; kept between rounds, or one that always fails would be repeated for ever.

    :param tries: how often it failed for what passes, and ``not_before`` when it may go again, on a clock that does not
        jump.
    """

    tries: int = 0
    not_before: float = 0.0
    is_renewed: bool = False


@dataclass
class Order:
    """One creating call.

    :param prepare: gives the call, as it is to be sent now.
    :param done: told what it gave and how many seconds it took; ``failed`` is told why it failed for good.
    """

    prepare: Callable[[], Callable[[], t.Any]]
    done: Callable[[t.Any, float], None]
    failed: Callable[[BackupError], None]
    spent: Spent
    sent_at: float = 0.0
    sign_in: int = 0


class Sender:
    """Sends orders through one pool; it alone sleeps, so that one call that has to wait holds all of them.

    :param retries: how often one call is repeated.
    """

    def __init__(self, client: Client, pool: Pool, pace: Pace, clock: Clock, retries: int) -> None:
        self._client = client
        self._pool = pool
        self.pace = pace
        self._clock = clock
        self._retries = retries
        # Counts the tokens that were got, so that each dead one is replaced once for all.
        self._sign_in = 0
        # How many calls in a row failed for a reason that is not the one volume's.
        self.in_vain = 0
        # Why nothing more is sent, if so.
        self.stopped: BackupError | None = None

    def send(self, orders: Sequence[Order], until: float) -> list[Order]:
        """Send as many as may be begun until this moment of the monotonic clock; gives those that were not."""
        waiting = deque(orders)
        while True:
            self._collect(waiting, 0.0)
            may_start = bool(waiting) and self.stopped is None and self._clock.monotonic() < until
            if may_start and self._pool.has_room:
                self._start_next(waiting)
            elif self._pool.is_busy:
                self._collect(waiting, _AS_LONG_AS_IT_TAKES)
            else:
                return list(waiting)

    def take_turn(self) -> None:
        """Wait for the turn of a request that somebody else sends."""
        pause = self.pace.pause(self._clock.monotonic())
        if pause > 0:
            self._clock.sleep(pause)
        self.pace.sent(self._clock.monotonic())

    def _start_next(self, waiting: deque[Order]) -> None:
        now = self._clock.monotonic()
        order = min(waiting, key=lambda one: one.spent.not_before) if waiting[0].spent.not_before > now else waiting[0]
        pause = max(self.pace.pause(now), order.spent.not_before - now)
        if pause > 0 and self._pool.is_busy:
            # Whatever comes back meanwhile may change the pace.
            self._collect(waiting, pause)
            return
        if pause > 0:
            self._clock.sleep(pause)
            return
        waiting.remove(order)
        order.sent_at, order.sign_in = now, self._sign_in
        try:
            call = order.prepare()
        except BackupError as error:
            self._fail(order, error)
            return
        self.pace.sent(now)
        self._pool.start(order, call)

    def _collect(self, waiting: deque[Order], wait: float) -> None:
        for order, result, error in self._pool.ended(wait):
            now = self._clock.monotonic()
            if not (isinstance(error, ApiError) and error.http_status == _TOO_MANY):
                self.pace.accepted(now)
            if error is None:
                self.in_vain = 0
                order.done(result, now - order.sent_at)
                continue
            try:
                if self._may_go_again(order, error, now):
                    waiting.appendleft(order)
                else:
                    self._fail(order, error)
            except BackupError as renewal:
                self._fail(order, renewal)

    def _may_go_again(self, order: Order, error: BackupError, now: float) -> bool:
        if isinstance(error, ApiError) and error.token_is_dead:
            return self._sign_in_again(order)
        is_passing = isinstance(error, TransportError) or (isinstance(error, ApiError) and error.kind == TRANSIENT)
        if not is_passing or not error.retryable:
            return False
        pause = self._pause(order, error)
        if isinstance(error, ApiError) and error.http_status == _TOO_MANY:
            self.pace.refused(order.sent_at, now, pause)
        elif _is_of_all(error):
            self.pace.hold(now + pause)
        else:
            order.spent.not_before = now + pause
        order.spent.tries += 1
        return order.spent.tries <= self._retries

    def _sign_in_again(self, order: Order) -> bool:
        """A 401 proves that nothing was done. One new token is for all that went out with the dead one."""
        if order.spent.is_renewed:
            return False
        order.spent.is_renewed = True
        if order.sign_in == self._sign_in:
            if not self._client.renew_token():
                return False
            self._sign_in += 1
        return True

    def _pause(self, order: Order, error: BackupError) -> float:
        asked = error.retry_after if isinstance(error, ApiError) else None
        spread = self._clock.jitter()
        if asked is not None:
            # Less than for a request alone: this holds a whole batch, and there are fewer of those.
            return asked + 0.1 * spread
        return float(min(BACKOFF * 2**order.spent.tries, BACKOFF_LIMIT)) * (0.5 + 0.5 * spread)

    def _fail(self, order: Order, error: BackupError) -> None:
        self.in_vain = self.in_vain + 1 if _is_of_all(error) else 0
        if self.in_vain >= _HOPELESS:
            self.stopped = error
        order.failed(error)


def _is_of_all(error: BackupError) -> bool:
    """Whether it is the sign-in, the network or the service as a whole, not the one volume."""
    if isinstance(error, ApiError):
        return error.kind == AUTH or error.http_status in _AWAY
    return isinstance(error, (TransportError, ServiceMissingError))
