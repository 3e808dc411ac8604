# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A project that has been in use for long: many volumes, backed up by policies night after night."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from . import errors
from .models import Backup, Policy, Task, Volume
from .objects import BadObjectError, Fields
from .sim import Simulator
from .state import Project, new_id
from .work import metadata_of

DAY = 86400.0
# Last night's run began so long ago, and lasted so long.
SINCE_NIGHT = 6 * 3600.0
RUN_SECONDS = 3 * 3600.0
TASK_SECONDS = 600.0

# Of twenty volumes with trouble one each is so; the others were backed up every night.
OF = 20
UNPROTECTED, STALE, FAILING = 0, 7, 13
STALE_NIGHTS = 3
# Tasks are kept for fewer nights than backups.
TASK_NIGHTS = 3

DEFAULTS: Mapping[str, int | bool] = {"volumes": 100, "nights": 10, "policies": 4, "trouble": True}
MOST: Mapping[str, int] = {"volumes": 100_000, "nights": 100, "policies": 100}


@dataclass
class Fleet:
    """What is being added, and where to."""

    project: Project
    now: float
    volumes: int
    nights: int
    policies: int
    trouble: bool
    rows: list[Volume] = field(default_factory=list)
    plans: list[Policy] = field(default_factory=list)
    # The volumes that are gone, by the number of the one whose turn they take.
    gone: dict[int, str] = field(default_factory=dict)
    tasks: int = 0

    def kind(self, number: int) -> int | None:
        """The trouble that this volume has, if any."""
        kind = number % OF
        return kind if self.trouble and kind in (UNPROTECTED, STALE, FAILING) else None

    def policy_of(self, number: int) -> Policy | None:
        """The policy that holds this volume, if any."""
        if not self.plans or self.kind(number) == UNPROTECTED:
            return None
        return self.plans[number % len(self.plans)]

    def begun(self, night: int, number: int) -> float:
        """When the volume's backup of a night began; night 0 is the last one."""
        return self.now - SINCE_NIGHT - night * DAY + number * RUN_SECONDS / self.volumes

    def of_night(self, night: int) -> Iterator[tuple[int, Volume]]:
        """The volumes that were backed up in a night, in the order of their turns."""
        for number, volume in enumerate(self.rows):
            late = STALE_NIGHTS if self.kind(number) == STALE else 0
            if late <= night < self.nights + late:
                yield number, volume


def add(sim: Simulator, project: Project, given: Fields) -> dict[str, Any]:
    """Add `volumes` volumes with a backup for each of `nights` nights, held by `policies` policies.

    With `trouble`, of twenty volumes one is in no policy and has no backup (in its turn come those of a volume that is
    gone), one was last backed up three nights earlier, and one failed last night. In any case there are as many backups
    as volumes times nights.
    """
    fleet = Fleet(project, sim.clock.now(), **_checked(given))
    _add_volumes(fleet)
    _add_policies(fleet)
    # From the oldest on: rows in the order of creation need no place looked for.
    for night in reversed(range(fleet.nights + (STALE_NIGHTS if fleet.trouble else 0))):
        _add_night(fleet, night)
    counts = {"volumes": fleet.volumes, "backups": fleet.volumes * fleet.nights, "tasks": fleet.tasks}
    return {**counts, "policies": [policy.id for policy in fleet.plans]}


def _checked(given: Fields) -> dict[str, Any]:
    unknown = sorted(set(given) - set(DEFAULTS))
    if unknown:
        raise BadObjectError(f"unknown field: {', '.join(unknown)}; there are {', '.join(DEFAULTS)}")
    fields = {**DEFAULTS, **given}
    for name, most in MOST.items():
        value = fields[name]
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
            raise BadObjectError(f"{name} must be a whole number from 0 to {most}")
    if not isinstance(fields["trouble"], bool):
        raise BadObjectError("trouble must be true or false")
    return fields


def _add_volumes(fleet: Fleet) -> None:
    # Older than their backups.
    created_at = fleet.now - (fleet.nights + STALE_NIGHTS + 1) * DAY
    for number in range(fleet.volumes):
        volume = Volume(
            id=new_id(),
            name=f"fleet-{number + 1:05d}",
            size=10 * (number % 100 + 1),
            created_at=created_at + number / 1000,
            status="in-use" if number % 2 else "available",
        )
        fleet.rows.append(fleet.project.volumes.add(volume))


def _add_policies(fleet: Fleet) -> None:
    schedule = {"start_time": "22:00", "frequency": 1, "rentention_num": max(2, fleet.nights)}
    schedule |= {"remain_first_backup_of_curMonth": "N", "status": "ON"}
    for number in range(fleet.policies):
        policy = Policy(new_id(), f"fleet-{number + 1}", dict(schedule), fleet.now - 400 * DAY + number)
        fleet.plans.append(fleet.project.policies.add(policy))
    for number, volume in enumerate(fleet.rows):
        holder = fleet.policy_of(number)
        if holder is not None:
            fleet.project.bind(volume.id, holder)


def _add_night(fleet: Fleet, night: int) -> None:
    for number, volume in fleet.of_night(night):
        kind, at = fleet.kind(number), fleet.begun(night, number)
        failed = kind == FAILING and night == 0
        name = f"autobk_{night:02x}{number:05x}"
        row = _backup(volume, name, at, failed=failed, incremental=night < fleet.nights - 1)
        policy = fleet.policy_of(number)
        if kind == UNPROTECTED:
            row.volume_id = fleet.gone.setdefault(number, new_id())
        elif policy is not None:
            row.policy_id = policy.id
            if night < TASK_NIGHTS:
                fleet.project.tasks.add(_task(policy, volume, name, at, failed=failed))
                fleet.tasks += 1
        fleet.project.backups.add(row)


def _backup(volume: Volume, name: str, at: float, *, failed: bool, incremental: bool) -> Backup:
    return Backup(
        id=new_id(),
        name=name,
        volume_id=volume.id,
        size=volume.size,
        created_at=at,
        updated_at=at + TASK_SECONDS,
        data_timestamp=at,
        status="error" if failed else "available",
        fail_reason=errors.MESSAGE["VolumeBackup.0064"] if failed else None,
        is_incremental=incremental,
        service_metadata=metadata_of(volume, incremental=incremental, progress="35" if failed else "100"),
    )


def _task(policy: Policy, volume: Volume, name: str, at: float, *, failed: bool) -> Task:
    code = "VolumeBackup.0064" if failed else None
    return Task(
        id=new_id(),
        policy_id=policy.id,
        resource_id=volume.id,
        backup_name=name,
        created_at=at,
        status="EXECUTE_FAIL" if failed else "EXECUTE_SUCCESS",
        finished_at=at + TASK_SECONDS,
        code=code,
        message=errors.MESSAGE[code] if code else None,
    )
