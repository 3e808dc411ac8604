# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Never two where one was asked for: look before sending again, and never send a third time."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

import pytest

from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import (
    AnswerError,
    ApiError,
    BackupError,
    LostAnswerError,
    TransportError,
    UncertainError,
)
from ansible_collections.huaweicloud.backup.plugins.module_utils._lost import Creation, create_once
from ansible_collections.huaweicloud.backup.plugins.module_utils._waiter import WaitOptions
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.fake_clock import FakeClock

LOST = LostAnswerError(ApiError("create backup", status=502, text="bad gateway", request_id="r1"))
ROW = {"id": "b1"}
CONFLICT = ApiError("create backup", status=400, code="VolumeBackup.0013")
QUOTA = ApiError("create backup", status=400, code="VolumeBackup.0080")
NOT_SENT = TransportError("cannot connect", sent=False)


@dataclass
class Service:
    """What each sending and each look gives; None of a look means that nothing is there yet."""

    sends: list[t.Any]
    appears_at: float | None = None
    faults: t.Mapping[tuple[float, float], BackupError] = field(default_factory=dict)
    busy_until: float = 0.0
    same: t.Callable[[ApiError], bool] = lambda _error: False
    clock: FakeClock = field(default_factory=FakeClock)
    sent_at: list[float] = field(default_factory=list)
    looked_at: list[float] = field(default_factory=list)

    def send(self) -> str:
        self.sent_at.append(self.clock.elapsed)
        result = self.sends.pop(0)
        if isinstance(result, Exception):
            raise result
        return str(result)

    def find(self) -> dict[str, t.Any] | None:
        self.looked_at.append(self.clock.elapsed)
        for (start, end), fault in self.faults.items():
            if start <= self.clock.elapsed < end:
                raise fault
        return ROW if self.appears_at is not None and self.clock.elapsed >= self.appears_at else None

    def is_busy(self) -> bool:
        return self.clock.elapsed < self.busy_until

    def create(self, *, timeout: int = 3600, interval: int = 1, wait: bool = True) -> t.Any:
        creation = Creation(
            send=self.send,
            find=self.find,
            how_to_look="Look at the backups of volume v1",
            is_same=self.same,
            is_busy=self.is_busy,
        )
        options = WaitOptions(wait=wait, timeout=timeout, interval=interval)
        return create_once(creation, options=options, clock=self.clock.as_clock())


def test_where_nobody_can_say_whether_it_is_at_work_it_is_uncertain_and_not_sent_again() -> None:
    class Blind(Service):
        def is_busy(self) -> bool:
            raise ApiError("read volume v1", status=403, code="EPS.0003")

    service = Blind([LOST])
    with pytest.raises(UncertainError) as caught:
        service.create()
    assert "It is uncertain whether it was done" in caught.value.message
    assert "read volume v1" in caught.value.message
    assert "Look at the backups of volume v1" in caught.value.message
    assert len(service.sent_at) == 1


def test_an_answer_that_comes_is_the_end() -> None:
    service = Service(["j1"])
    assert service.create() == ("j1", None)
    assert (service.looked_at, service.clock.pauses) == ([], [])


def test_a_refusal_is_told_and_nothing_is_looked_for() -> None:
    service = Service([QUOTA])
    with pytest.raises(ApiError) as caught:
        service.create()
    assert caught.value is QUOTA
    assert service.looked_at == []


@pytest.mark.parametrize("moment", [0.0, 0.5, 5.0, 59.9])
def test_what_appears_within_a_minute_is_taken_and_nothing_is_sent_again(moment: float) -> None:
    service = Service([LOST], appears_at=moment)
    assert service.create() == (None, ROW)
    assert len(service.sent_at) == 1


def test_it_is_looked_for_at_once_and_at_the_waits_pace() -> None:
    service = Service([LOST], appears_at=3.0)
    service.create()
    assert service.looked_at == pytest.approx([0.0, 1.0, 2.1, 3.31])


def test_after_a_minute_without_a_trace_it_is_sent_once_more() -> None:
    service = Service([LOST, "j2"])
    assert service.create() == ("j2", None)
    assert service.sent_at == pytest.approx([0.0, 60.0], abs=0.05)


def test_an_answer_that_is_lost_twice_without_a_trace_is_uncertain_and_never_sent_a_third_time() -> None:
    service = Service([LOST, LOST, "never"])
    with pytest.raises(UncertainError) as caught:
        service.create()
    error = caught.value
    assert "It is uncertain whether it was done" in error.message
    assert "Look at the backups of volume v1" in error.message
    assert (error.http_status, error.request_id) == (502, "r1")
    assert "look first" in str(error.advice)
    assert len(service.sent_at) == 2
    assert service.clock.elapsed == pytest.approx(120, abs=0.1)


def test_what_appears_after_the_second_try_is_taken() -> None:
    service = Service([LOST, LOST], appears_at=90.0)
    assert service.create() == (None, ROW)
    assert len(service.sent_at) == 2


def test_a_conflict_on_the_second_try_means_that_the_first_was_done() -> None:
    service = Service([LOST, CONFLICT], appears_at=80.0, same=lambda error: error.code == "VolumeBackup.0013")
    assert service.create() == (None, ROW)


def test_a_conflict_and_still_no_trace_is_uncertain() -> None:
    service = Service([LOST, CONFLICT], same=lambda error: error is CONFLICT)
    with pytest.raises(UncertainError):
        service.create()
    assert len(service.sent_at) == 2


def test_another_refusal_of_the_second_try_is_told() -> None:
    service = Service([LOST, QUOTA], same=lambda error: error is CONFLICT)
    with pytest.raises(ApiError) as caught:
        service.create()
    assert caught.value is QUOTA


def test_a_service_that_is_at_work_is_watched_for_longer_than_a_minute() -> None:
    service = Service([LOST], appears_at=300.0, busy_until=400.0)
    assert service.create() == (None, ROW)
    assert len(service.sent_at) == 1


def test_when_the_work_ends_without_a_trace_it_is_sent_once_more() -> None:
    service = Service([LOST, "j2"], busy_until=200.0)
    assert service.create() == ("j2", None)
    assert service.sent_at[1] >= 200


def test_the_waits_limit_ends_the_look_at_work_that_never_ends() -> None:
    service = Service([LOST, LOST], busy_until=1e9)
    with pytest.raises(UncertainError):
        service.create(timeout=100)
    assert service.clock.elapsed <= 201


def test_a_task_that_does_not_wait_looks_for_a_minute_and_not_longer() -> None:
    service = Service([LOST, "j2"], appears_at=300.0, busy_until=400.0)
    assert service.create(wait=False) == ("j2", None)
    assert service.sent_at[1] == pytest.approx(60, abs=0.05)
    assert Service([LOST], appears_at=50.0).create(wait=False) == (None, ROW)


def test_a_short_wait_still_looks_for_a_minute() -> None:
    service = Service([LOST], appears_at=50.0)
    assert service.create(timeout=5) == (None, ROW)


@pytest.mark.parametrize(
    "fault", [ApiError("list", status=503), TransportError("cut", sent=True), AnswerError("list: not JSON")]
)
def test_the_fault_that_lost_the_answer_may_last_a_while(fault: BackupError) -> None:
    service = Service([LOST], appears_at=0.0, faults={(0.0, 40.0): fault})
    assert service.create() == (None, ROW)
    assert len(service.sent_at) == 1


@pytest.mark.parametrize(
    "fault",
    [
        ApiError("list", status=503),
        ApiError("list", status=403),
        TransportError("bad certificate", sent=False, retryable=False),
        AnswerError("list: the answer is not JSON"),
    ],
)
def test_where_it_cannot_be_looked_for_nothing_is_sent_again_and_that_is_said(fault: BackupError) -> None:
    service = Service([LOST, "never"], faults={(0.0, 1e9): fault})
    with pytest.raises(UncertainError) as caught:
        service.create()
    assert fault.message in caught.value.message
    assert caught.value.message.startswith(f"{LOST.message}. It is uncertain whether it was done")
    assert "Look at the backups of volume v1" in caught.value.message
    assert len(service.sent_at) == 1
    # What may pass is given a minute.
    assert (service.clock.elapsed >= 59) is (fault.retryable or isinstance(fault, AnswerError))


def test_by_default_no_refusal_means_the_same_and_nothing_shows_work() -> None:
    service = Service([LOST, CONFLICT])
    creation = Creation(send=service.send, find=service.find, how_to_look="Look")
    options = WaitOptions(wait=True, timeout=3600, interval=1)
    with pytest.raises(ApiError) as caught:
        create_once(creation, options=options, clock=service.clock.as_clock())
    assert caught.value is CONFLICT
    assert service.sent_at[1] == pytest.approx(60, abs=0.05)


def test_several_candidates_are_told_as_the_finder_tells_them() -> None:
    several = BackupError("several new backups fit: b1, b2")
    service = Service([LOST], faults={(0.0, 1e9): several})
    with pytest.raises(BackupError) as caught:
        service.create()
    assert caught.value is several


def test_a_second_try_that_could_not_be_sent_leaves_the_first_uncertain() -> None:
    service = Service([LOST, NOT_SENT])
    with pytest.raises(UncertainError, match="Look at the backups"):
        service.create()
