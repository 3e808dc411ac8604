# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Calls in threads: so many at a time, what goes wrong in one, and one that never comes back."""

from __future__ import annotations

import threading
import typing as t

import pytest

from ansible_collections.huaweicloud.backup.plugins.module_utils import _batch_pool
from ansible_collections.huaweicloud.backup.plugins.module_utils._batch_pool import Ended, Pool, open_pool
from ansible_collections.huaweicloud.backup.plugins.module_utils._clock import system_clock
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import LostAnswerError, OptionError

# Longer than anything here takes.
PATIENCE = 60.0


def pool(size: int, limit: float = PATIENCE) -> t.ContextManager[Pool]:
    return open_pool(size, limit, system_clock())


def collect(used: Pool, count: int) -> list[Ended]:
    found: list[Ended] = []
    while len(found) < count:
        found.extend(used.ended(PATIENCE))
    return found


def test_one_at_a_time_is_called_in_the_callers_own_thread() -> None:
    with pool(1) as used:
        used.start("a", threading.current_thread)
        assert (used.is_busy, used.has_room) == (True, False)
        assert list(used.ended(0.0)) == [Ended("a", threading.current_thread(), None)]
        assert (used.is_busy, used.has_room) == (False, True)


def test_several_are_on_their_way_at_once_and_never_more() -> None:
    together = threading.Barrier(3, timeout=PATIENCE)
    with pool(3) as used:
        for key in "abc":
            assert used.has_room
            used.start(key, together.wait)
        assert not used.has_room
        assert sorted(ended.key for ended in collect(used, 3)) == ["a", "b", "c"]
        # The same threads serve again.
        for key in "de":
            used.start(key, lambda: 7)
        assert sorted(collect(used, 2)) == [Ended("d", 7, None), Ended("e", 7, None)]


@pytest.mark.parametrize("size", [1, 2])
def test_a_failure_is_given_back_and_a_fault_is_raised_where_the_pool_is(size: int) -> None:
    failure = OptionError("name", "is wrong")

    def fail() -> None:
        raise failure

    def break_down() -> None:
        raise KeyboardInterrupt

    with pool(size) as used:
        used.start("a", fail)
        assert collect(used, 1) == [Ended("a", None, failure)]
        used.start("b", break_down)
        with pytest.raises(KeyboardInterrupt):
            collect(used, 1)


def test_waiting_for_nothing_ends_at_once_and_waiting_in_vain_in_time() -> None:
    go = threading.Event()
    with pool(2) as used:
        assert list(used.ended(PATIENCE)) == []
        used.start("a", lambda: go.wait(PATIENCE))
        assert list(used.ended(0.0)) == []
        assert list(used.ended(0.01)) == []
        go.set()
        assert collect(used, 1) == [Ended("a", True, None)]


def test_a_call_that_does_not_come_back_is_given_up_and_its_place_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_batch_pool, "_GRACE", 0.05)
    go = threading.Event()
    with pool(2, 0.0) as used:
        used.start("stuck", lambda: go.wait(PATIENCE))
        (ended,) = used.ended(PATIENCE)
        assert ended.key == "stuck"
        assert isinstance(ended.error, LostAnswerError)
        for key in "ab":
            used.start(key, lambda: 7)
        assert sorted(collect(used, 2)) == [Ended("a", 7, None), Ended("b", 7, None)]
        # Whatever it gives after all is nobody's.
        go.set()
        used.start("c", lambda: 8)
        assert collect(used, 1) == [Ended("c", 8, None)]
