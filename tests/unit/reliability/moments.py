# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Doing something at one moment of a run, and what the cloud holds in the end."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from ansible_collections.huaweicloud.backup.tests.unit.properties.in_process import BEFORE, Cloud

Json = dict[str, t.Any]


class Killed(BaseException):
    """The process was killed: nothing that a module could catch."""


class Task(t.NamedTuple):
    """A module and its options."""

    module: str
    options: Mapping[str, t.Any]


@contextmanager
def at_moment(cloud: Cloud, number: int, act: Callable[[], object]) -> Iterator[list[str]]:
    """Do something at the moment of this number; gives the moments that were reached.

    Moments are before the first request, after the work of each and before its answer is read, and after each pause.
    Before a later request nothing is other than it was after what came before it.
    """
    reached: list[str] = []
    outer = cloud.at

    def at(moment: str) -> None:
        if moment == BEFORE and reached:
            return
        reached.append(moment)
        if len(reached) == number + 1:
            cloud.at = outer
            act()
            cloud.at = at

    cloud.at = at
    try:
        yield reached
    finally:
        cloud.at = outer


def killed_at(cloud: Cloud, number: int, task: Task) -> bool:
    """Run a task that is killed at this moment; whether it got so far."""

    def kill() -> None:
        raise Killed

    with at_moment(cloud, number, kill):
        try:
            cloud.run(task.module, task.options)
        except Killed:
            return True
    return False


def settle(cloud: Cloud) -> None:
    """Let everything that was begun come to its end."""
    cloud.clock.advance(5000)
    cloud.catch_up()
    assert cloud.project.busy == {}


def holdings(cloud: Cloud) -> Json:
    """What the project holds once all is at rest, without IDs, times and names that the service makes up."""
    settle(cloud)
    project = cloud.project
    names = {row.id: row.name for row in [*project.volumes, *project.backups, *project.policies, *project.servers]}
    return {
        "volumes": sorted((row.name, row.status) for row in project.volumes),
        "backups": sorted(
            (_made_up(row.name), names[row.volume_id], row.status, row.description or "") for row in project.backups
        ),
        "jobs": sorted((row.job_type, row.status) for row in project.jobs),
        "shares": sorted((names[row.backup_id], row.to_project_id) for row in cloud.sim.store.shares),
        "policies": sorted(
            (row.name, str(row.scheduled_policy), row.time_zone, sorted(row.tags.items()), _named(names, row.members))
            for row in project.policies
        ),
        # The policy itself may be gone.
        "tasks": sorted((names.get(row.policy_id, ""), names[row.resource_id], row.status) for row in project.tasks),
        "checkpoints": sorted(row.status for row in project.checkpoints),
        "items": sorted((names[row.resource_id], row.status) for row in project.items),
    }


def _made_up(name: str) -> str:
    """The name without the part that the service draws."""
    return name.split("_", maxsplit=1)[0]


def _named(names: Mapping[str, str], ids: t.Iterable[str]) -> list[str]:
    return sorted(names[one] for one in ids)
