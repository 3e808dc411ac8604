# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Waits: pauses that grow with the wait's age, the limit, and patience with a service that is away (contract §2)."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import (
    AnswerError,
    ApiError,
    BackupError,
    TransportError,
    WaitTimeoutError,
)
from ansible_collections.huaweicloud.backup.plugins.module_utils._waiter import Waiter, WaitOptions
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.fake_clock import FakeClock

AWAY = ApiError("read", status=503)
CUT = TransportError("no answer", sent=True)


def waiter(clock: FakeClock, *, timeout: int = 3600, interval: int = 1) -> Waiter:
    return Waiter(WaitOptions(wait=True, timeout=timeout, interval=interval), clock.as_clock())


def until(wait: Waiter, probe: t.Callable[[], t.Any], **results: t.Any) -> t.Any:
    return wait.until(probe, what=lambda: "wait for job j1: it was RUNNING", results=lambda: results)


def ends_at(clock: FakeClock, moment: float) -> t.Callable[[], str | None]:
    """A probe of something that ends at this second of the wait."""
    return lambda: "done" if clock.elapsed >= moment else None


def test_any_other_failure_in_a_wait_hands_on_what_was_reached() -> None:
    def sign_in() -> None:
        raise BackupError("the password was refused")

    with pytest.raises(BackupError) as caught:
        until(waiter(FakeClock()), sign_in, job={"id": "j1"})
    assert caught.value.results == {"job": {"id": "j1"}}


def test_a_restarted_wait_names_the_limit_of_the_task() -> None:
    clock = FakeClock()
    first = waiter(clock, timeout=60)
    first.pause(limit=10)
    with pytest.raises(WaitTimeoutError, match=r"wait_timeout \(60 s\) was reached"):
        until(first.restarted(), lambda: None)
    assert clock.elapsed < 65


def test_the_options_of_a_module_are_taken_as_they_are() -> None:
    options = {"wait": False, "wait_timeout": 7, "wait_interval": 2, "other": 1}
    assert WaitOptions.of(options) == WaitOptions(wait=False, timeout=7, interval=2)


def test_each_pause_is_the_interval_and_a_tenth_of_the_age() -> None:
    clock = FakeClock()
    until(waiter(clock), ends_at(clock, 4))
    assert clock.pauses == pytest.approx([1.0, 1.1, 1.21, 1.331])


def test_no_pause_is_longer_than_half_a_minute() -> None:
    clock = FakeClock()
    until(waiter(clock, timeout=10000), ends_at(clock, 1000))
    assert max(clock.pauses) == 30.0
    assert clock.pauses[-10:] == [30.0] * 10
    clock = FakeClock()
    until(waiter(clock, timeout=10000, interval=100), ends_at(clock, 100))
    assert clock.pauses == [30.0] * 4


@pytest.mark.parametrize("interval", [1, 2, 5])
@pytest.mark.parametrize("length", [0.5, 3, 30, 60, 200, 290, 2000])
def test_an_end_is_noticed_within_a_tenth_of_the_length_and_the_interval(length: float, interval: int) -> None:
    clock = FakeClock()
    until(waiter(clock, interval=interval), ends_at(clock, length))
    assert clock.elapsed <= length * 1.1 + interval


@pytest.mark.parametrize("timeout", [1, 5, 60, 61, 3600])
def test_the_limit_is_kept_to_the_second_and_there_is_a_last_look_at_it(timeout: int) -> None:
    clock = FakeClock()
    looked: list[float] = []
    with pytest.raises(WaitTimeoutError):
        until(waiter(clock, timeout=timeout), lambda: looked.append(clock.elapsed))
    assert clock.elapsed == pytest.approx(timeout, abs=0.02)
    assert looked[-1] == clock.elapsed


def test_a_time_out_says_what_how_long_and_how_to_go_on_and_keeps_the_results() -> None:
    clock = FakeClock()
    with pytest.raises(WaitTimeoutError) as caught:
        until(waiter(clock, timeout=60), lambda: None, job={"id": "j1"})
    error = caught.value
    assert error.message == (
        "wait for job j1: it was RUNNING when wait_timeout (60 s) was reached; it may still be running"
    )
    assert error.results == {"job": {"id": "j1"}}
    assert "run the same task again" in str(error.advice)
    assert error.retryable


def test_what_is_false_but_not_none_is_an_end() -> None:
    clock = FakeClock()
    assert until(waiter(clock), lambda: 0) == 0
    assert len(clock.pauses) == 1


@pytest.mark.parametrize("fault", [AWAY, CUT, ApiError("read", status=400, code="VolumeBackup.0030")])
def test_faults_that_pass_are_waited_out(fault: BackupError) -> None:
    clock = FakeClock()

    def probe() -> str | None:
        if 10 < clock.elapsed < 200:
            raise fault
        return "done" if clock.elapsed > 250 else None

    assert until(waiter(clock), probe) == "done"


@pytest.mark.parametrize("fault", [AWAY, CUT])
def test_a_service_that_is_away_for_five_minutes_is_reported_with_the_results(fault: BackupError) -> None:
    clock = FakeClock()

    def probe() -> None:
        if clock.elapsed > 100:
            raise fault

    with pytest.raises(type(fault)) as caught:
        until(waiter(clock), probe, job={"id": "j1"})
    assert caught.value is fault
    assert caught.value.results == {"job": {"id": "j1"}}
    assert 400 <= clock.elapsed <= 470


def test_patience_is_five_minutes_to_the_second() -> None:
    clock = FakeClock()

    def probe() -> t.NoReturn:
        raise ApiError("read", status=503)

    # Every pause is of half a minute, so the first fault is at 30 s.
    with pytest.raises(ApiError):
        until(waiter(clock, interval=30), probe)
    assert clock.elapsed == 330


def test_patience_starts_anew_with_each_answer() -> None:
    clock = FakeClock()
    answers = 0

    def probe() -> str | None:
        nonlocal answers
        if clock.elapsed % 200 < 170:
            raise ApiError("read", status=503)
        answers += 1
        return "done" if clock.elapsed > 1500 else None

    assert until(waiter(clock), probe) == "done"
    assert answers > 3


@pytest.mark.parametrize(
    "fault",
    [
        ApiError("read", status=403),
        ApiError("read", status=401),
        ApiError("read", status=404),
        TransportError("bad certificate", sent=False, retryable=False),
        AnswerError("not JSON"),
        BackupError("failed"),
    ],
)
def test_other_faults_end_the_wait_at_once(fault: BackupError) -> None:
    clock = FakeClock()

    def probe() -> t.NoReturn:
        raise fault

    with pytest.raises(BackupError) as caught:
        until(waiter(clock), probe)
    assert caught.value is fault
    assert len(clock.pauses) == 1


def test_a_fault_that_lasts_to_the_limit_is_a_time_out() -> None:
    clock = FakeClock()

    def probe() -> t.NoReturn:
        raise ApiError("read", status=503)

    with pytest.raises(WaitTimeoutError):
        until(waiter(clock, timeout=60), probe)


@pytest.mark.parametrize("jump", [-86400.0, 86400.0])
def test_a_wall_clock_that_jumps_changes_nothing(jump: float) -> None:
    clock = FakeClock()

    def probe() -> str | None:
        clock._start += jump
        return "done" if clock.elapsed >= 4 else None

    until(waiter(clock, timeout=60), probe)
    assert clock.pauses == pytest.approx([1.0, 1.1, 1.21, 1.331])


def test_a_pause_may_have_its_own_limit_and_age() -> None:
    clock = FakeClock()
    wait = waiter(clock)
    clock.advance(100)
    wait.pause()
    wait.pause(age=5)
    wait.pause(limit=0.5)
    wait.pause(limit=-3)
    assert clock.pauses == pytest.approx([11.0, 1.5, 0.5, 0.01])


def test_a_step_that_starts_later_has_a_fresh_age_and_what_is_left_of_the_time() -> None:
    clock = FakeClock()
    wait = waiter(clock, timeout=100, interval=2)
    clock.advance(60)
    later = wait.restarted()
    assert (later.age, later.options) == (0.0, WaitOptions(wait=True, timeout=40, interval=2))
    clock.advance(60)
    assert later.is_over
    assert wait.restarted().options.timeout == 1


def test_a_wait_is_over_at_its_limit_not_before() -> None:
    clock = FakeClock()
    wait = waiter(clock, timeout=10)
    clock.advance(9.9)
    assert not wait.is_over
    clock.advance(0.1)
    assert wait.is_over


def test_an_answer_that_cannot_be_used_ends_the_wait_with_what_was_reached() -> None:
    clock = FakeClock()

    def probe() -> None:
        raise AnswerError("HTML")

    with pytest.raises(AnswerError) as caught:
        until(waiter(clock), probe, pending={"kind": "job"})
    assert caught.value.results == {"pending": {"kind": "job"}}
    assert len(clock.pauses) == 1
