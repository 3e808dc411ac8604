# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Long waits of every module that waits, and what may happen in the middle of one."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from ansible_collections.huaweicloud.backup.plugins.module_utils._clock import Clock
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.fake_clock import FakeClock
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.module_run import Result
from ansible_collections.huaweicloud.backup.tests.unit.properties.in_process import Cloud
from ansible_collections.huaweicloud.backup.tests.unit.reliability.hostile_days import BACKUP, DAYS

Json = dict[str, t.Any]
Event = Callable[[Cloud], t.Any]

# Each waiting module, in each of its ways; what lasts is a job, a backup's state, tasks or items.
WAITS = (
    "backup",
    "native backup",
    "batch",
    "deletion of a backup",
    "deletion of old backups",
    "restore",
    "native restore",
    "run of a policy",
    "checkpoint",
    "deletion of a checkpoint",
    "job",
)
# Far longer than any one step of a wait, and where in it something happens.
LASTING = 900.0
MIDDLE = 300.0


class JumpingClock(FakeClock):
    """A machine whose wall clock is set to another time while its monotonic one goes on."""

    skew = 0.0

    def as_clock(self) -> Clock:
        """What the product takes."""
        return super().as_clock()._replace(now=lambda: self.now() + self.skew)


class JumpingCloud(Cloud):
    """A cloud beside such a machine."""

    def __init__(self, settings: Mapping[str, t.Any], volumes: int) -> None:
        super().__init__(settings, volumes)
        jumping = JumpingClock()
        # The simulator keeps the time that it was built with, so both must go on as one.
        jumping.__dict__ = self.clock.__dict__
        self.clock = jumping


class Wait(t.NamedTuple):
    """One wait that was gone through; ``told`` is its progress, where it was in slices."""

    result: Result
    cloud: Cloud
    elapsed: float
    told: Sequence[Json] = ()

    def sent(self, method: str, part: str) -> int:
        """How many such requests there were."""
        return sum(sent.method == method and part in sent.url for sent in self.result.sent)

    def again(self, name: str) -> Result:
        """The same task once more, with time enough."""
        return self.cloud.run(DAYS[name].module, {**DAYS[name].options, "wait_timeout": 3600})


@contextmanager
def waiting(
    name: str,
    *events: tuple[float, Event],
    lasting: float = LASTING,
    credentials: Mapping[str, t.Any] | None = None,
    seconds: float | None = None,
    **options: t.Any,
) -> Iterator[Wait]:
    """Go through a wait in which these things happen at these seconds.

    :param seconds: of each call of the module, where it waits in several.
    """
    day = DAYS[name]
    cloud = day.cloud(JumpingCloud, lasting=lasting)
    if credentials is not None:
        cloud.credentials = dict(credentials)
    for at, event in events:
        cloud.sim.timeline.after(at, lambda _at, event=event: event(cloud))
    try:
        asked = {**day.options, "wait_timeout": 3600, "wait_interval": 20, **options}
        if seconds is None:
            result, told = cloud.run(day.module, asked), list[Json]()
        else:
            result, told = cloud.run_in_slices(day.module, asked, seconds=seconds)
        yield Wait(result, cloud, cloud.clock.elapsed, told)
    finally:
        cloud.close()


def away(fault: Json, method: str = "", path: str = "") -> Event:
    """From now on every such request ends so, until all is back."""

    def event(cloud: Cloud) -> None:
        cloud.sim.faults.add({"match": {"method": method, "path": path}, "times": -1, "fault": fault})

    return event


def back(cloud: Cloud) -> None:
    """The faults are over."""
    cloud.sim.faults.rules.clear()


def rows(cloud: Cloud, name: str) -> list[t.Any]:
    """The simulator's objects that this wait is for."""
    project = cloud.project
    tables: dict[str, t.Any] = {
        "backup": project.jobs,
        "restore": project.jobs,
        "job": project.jobs,
        "batch": [row for row in project.backups if row.id != BACKUP],
        "native backup": [row for row in project.backups if row.id != BACKUP],
        "native restore": [row for row in project.backups if row.id == BACKUP],
        "deletion of a backup": [row for row in project.backups if row.id == BACKUP],
        "deletion of old backups": [row for row in project.backups if row.id == BACKUP],
        "run of a policy": project.tasks if name == "run of a policy" else (),
        "checkpoint": project.items,
        "deletion of a checkpoint": project.items,
    }
    return [row for row in tables[name] if getattr(row, "status", "") != "EXECUTE_SUCCESS"]


def becomes(name: str, **fields: t.Any) -> Event:
    """All that is waited for changes so, and nothing changes it back."""

    def event(cloud: Cloud) -> None:
        cloud.sim.timeline.clear()
        found = rows(cloud, name)
        assert found
        # A volume that is still being restored would tell enough.
        for volume in cloud.project.volumes:
            volume.status = "available"
        for row in found:
            for field, value in fields.items():
                setattr(row, field, value)

    return event


def vanishes(name: str) -> Event:
    """All that is waited for is gone."""

    def event(cloud: Cloud) -> None:
        cloud.sim.timeline.clear()
        project = cloud.project
        for table in (project.jobs, project.backups, project.items, project.tasks):
            for row in [row for row in rows(cloud, name) if table.get(getattr(row, "id", "")) is row]:
                table.remove(row.id)

    return event
