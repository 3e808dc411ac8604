# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import contextlib
import signal
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from ansible_collections.huaweicloud.backup.plugins.module_utils import _clock
from ansible_collections.huaweicloud.backup.plugins.module_utils._clock import Clock, service_time, system_clock


@pytest.fixture(autouse=True)
def alarms() -> Iterator[None]:
    """None is left behind."""
    handler = signal.getsignal(signal.SIGALRM)
    yield
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    assert signal.getsignal(signal.SIGALRM) is handler


def test_the_machines_clock_measures_waits_with_one_that_does_not_jump() -> None:
    clock = system_clock()
    assert (clock.monotonic, clock.now, clock.sleep) == (time.monotonic, time.time, time.sleep)
    assert {0.0 <= clock.jitter() < 1.0 for _number in range(100)} == {True}
    assert len({clock.jitter() for _number in range(10)}) > 1


def wait() -> None:
    """For ever, unless something interrupts it."""
    threading.Event().wait(30)


def test_what_lasts_longer_than_its_limit_is_interrupted() -> None:
    with pytest.raises(socket.timeout), system_clock().limit(0.01):
        wait()


def test_what_ends_in_time_is_not_interrupted_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_clock, "_AGAIN", 0.01)
    with system_clock().limit(30):
        pass
    with pytest.raises(ValueError, match="own"), system_clock().limit(30):
        raise ValueError("own")


def test_an_interruption_that_was_swallowed_comes_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_clock, "_AGAIN", 0.01)
    swallowed = []

    def swallow() -> None:
        with contextlib.suppress(OSError):
            wait()
        swallowed.append(True)
        wait()

    with pytest.raises(socket.timeout), system_clock().limit(0.01):
        swallow()
    assert swallowed == [True]


def test_an_alarm_of_somebody_else_goes_on() -> None:
    rung = []
    former = signal.signal(signal.SIGALRM, lambda number, _frame: rung.append(number))
    try:
        signal.setitimer(signal.ITIMER_REAL, 50.0, 7.0)
        with system_clock().limit(30):
            pass
        left, interval = signal.getitimer(signal.ITIMER_REAL)
        assert (0 < left <= 50.0, interval) == (True, 7.0)
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.raise_signal(signal.SIGALRM)
        assert rung == [signal.SIGALRM]
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, former)


def test_outside_the_main_thread_there_is_no_limit_and_no_failure() -> None:
    done = []

    def work() -> None:
        with system_clock().limit(0.01):
            done.append(signal.getitimer(signal.ITIMER_REAL))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(30)
    assert done == [(0.0, 0.0)]


def test_a_clock_that_is_told_nothing_else_has_no_limit() -> None:
    clock = Clock(time.monotonic, time.time, time.sleep, lambda: 0.0)
    with clock.limit(0.0):
        assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_ages_are_counted_from_the_services_time_where_it_says_one() -> None:
    warnings: list[str] = []
    clock = system_clock()._replace(now=lambda: 1000.0)
    assert service_time(clock, None, warnings.append) == 1000.0
    assert service_time(clock, 700.0, warnings.append) == 700.0
    assert service_time(clock, 1300.0, warnings.append) == 1300.0
    assert warnings == []
    assert service_time(clock, 699.0, warnings.append) == 699.0
    assert service_time(clock, 1301.0, warnings.append) == 1301.0
    assert ["301 s" in warning for warning in warnings] == [True, True]
