# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Time as a value that is handed in, so that nothing below the runner reads a clock or sleeps by itself."""

from __future__ import annotations

import contextlib
import random
import signal
import socket
import threading
import time
import typing as t
from collections.abc import Callable, Iterator

# How often a call is interrupted after its limit, should something on the way have swallowed the first time.
_AGAIN = 1.0
# How far this machine's clock may be from the service's before somebody should know.
_TOLERANCE = 300


class Clock(t.NamedTuple):
    """What depends on the moment: all in seconds.

    ``monotonic`` measures waits (it does not jump), ``now`` is the wall clock since 1970, for time stamps only;
    ``jitter`` is a number from 0 to 1 that spreads retries; ``limit`` is a context that lasts at most so long: what
    still runs in it then is interrupted with socket.timeout. ``ends_at`` is the moment of ``monotonic`` at which a wait
    hands over to the next call of the module; None where it goes on to its end.
    """

    monotonic: Callable[[], float]
    now: Callable[[], float]
    sleep: Callable[[float], None]
    jitter: Callable[[], float]
    limit: Callable[[float], t.ContextManager[t.Any]] = contextlib.nullcontext
    ends_at: float | None = None


def system_clock() -> Clock:
    """The machine's own clock, for the runner."""
    return Clock(time.monotonic, time.time, time.sleep, random.random, _limit)


def service_time(clock: Clock, date: float | None, warn: Callable[[str], None]) -> float:
    """What ages are counted from, in seconds since 1970: the service's own time, so that it judges its own stamps.

    :param date: of an answer; None where it had none, and this machine's clock must do.
    """
    here = clock.now()
    now = here if date is None else date
    if abs(here - now) > _TOLERANCE:
        warn(f"this machine's clock and the service's differ by {abs(here - now):.0f} s; ages are the service's")
    return now


@contextlib.contextmanager
def _limit(seconds: float) -> Iterator[None]:
    """By an alarm of the process: a socket's own time limit begins anew with every byte.

    Signals reach only the main thread, which is where Ansible runs modules; elsewhere there is no limit.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(_number: int, _frame: t.Any) -> t.NoReturn:
        raise socket.timeout("timed out")  # no TimeoutError yet on Python 3.9

    began = time.monotonic()
    handler = signal.signal(signal.SIGALRM, ring)
    left, interval = signal.setitimer(signal.ITIMER_REAL, seconds, _AGAIN)
    try:
        yield
    finally:
        try:
            signal.setitimer(signal.ITIMER_REAL, 0)
        finally:
            # Once more, because the alarm may have gone off just before.
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, signal.SIG_DFL if handler is None else handler)
            if left:
                signal.setitimer(signal.ITIMER_REAL, max(left - (time.monotonic() - began), 0.001), interval)
