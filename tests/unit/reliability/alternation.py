# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Two runs that take turns at their requests, in every order with a few changes of turn.

Each run has a thread, since a module cannot be left in the middle otherwise; only one ever runs, and a choice, not the
machine, says which.
"""

from __future__ import annotations

import functools
import os
import sys
import threading
import typing as t
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from unittest import mock

from ansible.module_utils import basic
from ansible.module_utils.common import warnings as ansible_warnings

from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.module_run import Result, fake_time
from ansible_collections.huaweicloud.backup.tests.unit.properties.in_process import BEFORE, Cloud
from ansible_collections.huaweicloud.backup.tests.unit.reliability.moments import Task, at_moment

# A run that hangs is a fault of this file.
_PATIENCE = 60.0

# Whether it is the other one's turn now.
Choose = Callable[[], bool]
Build = Callable[[], Cloud]
Both = tuple[Result, Result]


class _Run:
    """One of the runs; it stops before each request until it is resumed."""

    def __init__(self, cloud: Cloud, task: Task) -> None:
        # What a run keeps in places that all runs share.
        self._places: list[tuple[t.Any, str]] = [
            (sys, "stdout"),
            # From ansible-core 2.19 on.
            *([(basic, "_ANSIBLE_PROFILE")] if hasattr(basic, "_ANSIBLE_PROFILE") else []),
            (ansible_warnings, "_global_warnings"),
            (ansible_warnings, "_global_deprecations"),
            (cloud, "_sent"),
            (cloud.clock, "pauses"),
        ]
        self._kept: list[t.Any] | None = None
        self._go, self._stopped = threading.Semaphore(0), threading.Semaphore(0)
        self._thread = threading.Thread(target=self._work, args=(cloud, task), daemon=True)
        self._error: BaseException | None = None
        self.result: Result | None = None
        self.is_over = False

    def resume(self) -> None:
        """Let it send its next request and come to the one after it, or to its end."""
        outer = self._values()
        if self._kept is None:
            self._thread.start()
        else:
            self._put(self._kept)
        self._go.release()
        assert self._stopped.acquire(timeout=_PATIENCE), "a run hangs"
        self._kept = self._values()
        self._put(outer)
        if self._error is not None:
            raise self._error

    def stop(self) -> None:
        """Wait to be resumed."""
        self._stopped.release()
        assert self._go.acquire(timeout=_PATIENCE), "nobody resumes this run"

    def _work(self, cloud: Cloud, task: Task) -> None:
        self._go.acquire()
        try:
            self.result = cloud.run(task.module, task.options)
        except BaseException as error:  # noqa: BLE001 # it is raised again where the test sees it
            self._error = error
        self.is_over = True
        self._stopped.release()

    def _values(self) -> list[t.Any]:
        return [getattr(place, name) for place, name in self._places]

    def _put(self, values: Sequence[t.Any]) -> None:
        for (place, name), value in zip(self._places, values):
            setattr(place, name, value)


def alternate(cloud: Cloud, tasks: Sequence[Task], choose: Choose) -> list[Result]:
    """Run two tasks, and choose before each request whose turn it is."""
    runs = [_Run(cloud, task) for task in tasks]
    turn = [runs[0]]

    def at(moment: str) -> None:
        if moment == BEFORE:
            turn[0].stop()

    def resume(run: _Run) -> None:
        turn[0] = run
        run.resume()

    # Runs put these back in another order than they took them, so they are put back once more here.
    with mock.patch.dict(os.environ, clear=True), fake_time(cloud.clock), cloud._network():
        cloud.at = at
        for run in reversed(runs):
            resume(run)
        while going := [run for run in runs if not run.is_over]:
            changes = len(going) > 1 and choose()
            resume(next(run for run in going if len(going) == 1 or (run is not turn[0]) is changes))
        cloud.at = lambda _moment: None
    return [t.cast("Result", run.result) for run in runs]


def all_orders(changes: int) -> Iterator[Choose]:
    """A way to choose for each order in which two runs can take turns, as the runs themselves show them.

    :param changes: how often the turn may change at most; few changes show nearly all that can go wrong.
    """
    wanted: list[bool] = []
    while True:
        made: list[bool] = []
        yield functools.partial(_choose, made, tuple(wanted))
        while made and (made[-1] or sum(made) == changes):
            made.pop()
        if not made:
            return
        wanted = [*made[:-1], True]


def one_within_the_other(build: Build, first: Task, second: Task) -> Iterator[tuple[Cloud, Both]]:
    """The one task at each moment of the other."""
    number = 0
    while True:
        with closing(build()) as cloud:
            inner: list[Result] = []
            with at_moment(cloud, number, lambda: inner.append(cloud.run_within(*second))):  # noqa: B023 # at once
                outer = cloud.run(*first)
            if not inner:
                # There were moments before a request and after it, at least.
                assert number >= 2
                return
            yield cloud, (outer, inner[0])
        number += 1


def in_every_order(build: Build, first: Task, second: Task, changes: int = 2) -> Iterator[tuple[Cloud, Both]]:
    """The two in every order of their requests in which the turn changes no more often than that."""
    count = 0
    for choose in all_orders(changes):
        with closing(build()) as cloud:
            one, two = alternate(cloud, (first, second), choose)
            yield cloud, (one, two)
        count += 1
    assert count >= 5


def _choose(made: list[bool], wanted: Sequence[bool]) -> bool:
    made.append(len(made) < len(wanted) and wanted[len(made)])
    return made[-1]
