# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from . import clock, csbs_work, seed
from .models import (
    Backup,
    Checkpoint,
    CsbsPolicy,
    Item,
    Job,
    Policy,
    Server,
    Share,
    Snapshot,
    Task,
    Volume,
)
from .sim import Simulator
from .state import Project, four_characters, new_id
from .table import Table

TIMES = ("created_at", "updated_at", "data_timestamp", "finished_at", "end_time")

Fields = dict[str, Any]


class BadObjectError(ValueError):
    """An object that cannot be added or changed; the text says why."""


@dataclass(frozen=True)
class Kind:
    """One kind of object that the control API can add, change and remove."""

    make: type[Any]
    table: Callable[[Simulator, Project], Table[Any]]
    defaults: Callable[[Simulator, Project, Fields], Fields]
    done: Callable[[Simulator, Project, Any], None] | None = None


def _number(table: Table[Any]) -> str:
    return f"{len(table) + 1:02d}"


def _volume(_sim: Simulator, project: Project, _given: Fields) -> Fields:
    return {"name": f"data-{_number(project.volumes)}", "size": 10}


def _any_volume(project: Project, given: Fields) -> Volume | None:
    """The volume an object is of, or the next one in turn where none is named."""
    if "volume_id" in given or not len(project.volumes):
        return project.volumes.get(str(given.get("volume_id")))
    return project.volumes.nth(len(project.backups))


def _snapshot(_sim: Simulator, project: Project, given: Fields) -> Fields:
    volume = _any_volume(project, given)
    name = f"snap-{_number(project.snapshots)}"
    return {"name": name, "volume_id": volume.id if volume else new_id(), "size": volume.size if volume else 10}


def _backup(sim: Simulator, project: Project, given: Fields) -> Fields:
    created_at = given.get("created_at", sim.clock.now())
    volume = _any_volume(project, given)
    metadata = {"bootable": False, "Type": 0, "ST": 0, "progress": "100"}
    metadata.update(given.pop("service_metadata", {}))
    return {
        "name": f"backup-{_number(project.backups)}",
        "volume_id": volume.id if volume else new_id(),
        "size": volume.size if volume else 10,
        "updated_at": created_at,
        "data_timestamp": created_at,
        "service_metadata": metadata,
    }


def _policy(_sim: Simulator, project: Project, given: Fields) -> Fields:
    schedule = {"start_time": "12:00", "frequency": 1, "rentention_num": 7}
    schedule |= {"remain_first_backup_of_curMonth": "N", "status": "ON"}
    members = given.pop("members", [])
    given["members"] = dict.fromkeys(members)
    return {"name": f"policy-{_number(project.policies)}", "scheduled_policy": schedule}


def _policy_done(_sim: Simulator, project: Project, policy: Policy) -> None:
    members = list(policy.members)
    for volume_id in [volume_id for volume_id, holder in project.held.items() if holder == policy.id]:
        del project.held[volume_id]
    policy.members.clear()
    for volume_id in members:
        project.bind(volume_id, policy)


def _task(_sim: Simulator, project: Project, given: Fields) -> Fields:
    if project.policies.get(str(given.get("policy_id"))) is None:
        raise BadObjectError("a task needs the policy_id of a policy")
    volume = _any_volume(project, {})
    return {
        "resource_id": volume.id if volume else new_id(),
        "backup_name": f"autobk_{four_characters()}",
        "status": "EXECUTE_SUCCESS",
    }


def _job(_sim: Simulator, _project: Project, _given: Fields) -> Fields:
    return {"job_type": "bksCreateBackup"}


def _share(_sim: Simulator, project: Project, given: Fields) -> Fields:
    if not {"backup_id", "to_project_id"} <= set(given):
        raise BadObjectError("a share needs backup_id and to_project_id")
    return {"from_project_id": project.id}


def _server(_sim: Simulator, project: Project, _given: Fields) -> Fields:
    return {"name": f"web-{_number(project.servers)}"}


def _csbs_policy(sim: Simulator, project: Project, given: Fields) -> Fields:
    """All of the project's servers, unless `resources` says which."""
    name = given.get("name", f"servers-{_number(project.csbs_policies)}")
    policy_id = given.setdefault("id", new_id())
    made = seed.csbs_policy(policy_id, name, list(project.servers), sim.clock.now())
    fields = ("name", "resources", "scheduled_operations")
    return {field: getattr(made, field) for field in fields}


def _checkpoint(_sim: Simulator, _project: Project, _given: Fields) -> Fields:
    return {"policy_id": new_id(), "status": "available"}


def _item(_sim: Simulator, _project: Project, _given: Fields) -> Fields:
    ids = {field: new_id() for field in ("checkpoint_id", "policy_id", "resource_id")}
    data = {"backup_data": csbs_work.backup_data(), "extend_info": csbs_work.extend_info("web", 1024)}
    return {**ids, **data, "name": "manual", "status": "available"}


KINDS: Mapping[str, Kind] = {
    "volumes": Kind(Volume, lambda _sim, project: project.volumes, _volume),
    "snapshots": Kind(Snapshot, lambda _sim, project: project.snapshots, _snapshot),
    "backups": Kind(Backup, lambda _sim, project: project.backups, _backup),
    "jobs": Kind(Job, lambda _sim, project: project.jobs, _job),
    "shares": Kind(Share, lambda sim, _project: sim.store.shares, _share),
    "policies": Kind(Policy, lambda _sim, project: project.policies, _policy, _policy_done),
    "tasks": Kind(Task, lambda _sim, project: project.tasks, _task),
    "servers": Kind(Server, lambda _sim, project: project.servers, _server),
    "csbs_policies": Kind(CsbsPolicy, lambda _sim, project: project.csbs_policies, _csbs_policy),
    "checkpoints": Kind(Checkpoint, lambda _sim, project: project.checkpoints, _checkpoint),
    "items": Kind(Item, lambda _sim, project: project.items, _item),
}


def as_dict(row: Any) -> Fields:
    """An object as the control API shows it: times as text, members and running tasks as lists."""
    shown = dataclasses.asdict(row)
    for name in TIMES:
        if name in shown:
            shown[name] = clock.micros_or_null(shown[name])
    for name in ("members", "running"):
        if name in shown:
            shown[name] = list(shown[name])
    return shown


def _time(value: Any) -> float | None:
    if value is None or (isinstance(value, (int, float)) and not isinstance(value, bool)):
        return value
    try:
        return clock.parse(value)
    except (TypeError, ValueError, AttributeError) as bad:
        raise BadObjectError(f"no time: {value!r}; give ISO 8601 in UTC or seconds since 1970") from bad


def _fields(sim: Simulator, kind: Kind, given: Fields) -> Fields:
    """Check the names of the fields, and read times; `age` is created_at in seconds before now."""
    fields = dict(given)
    if "age" in fields:
        fields["created_at"] = sim.clock.now() - float(fields.pop("age"))
    known = {field.name for field in dataclasses.fields(kind.make)}
    unknown = sorted(set(fields) - known)
    if unknown:
        raise BadObjectError(f"unknown field: {', '.join(unknown)}; there are {', '.join(sorted(known))}")
    for name in TIMES:
        if name in fields:
            fields[name] = _time(fields[name])
    return fields


def add(sim: Simulator, project: Project, kind_name: str, given: Fields) -> Any:
    """Add one object; what is not given is made up."""
    kind = KINDS[kind_name]
    fields = _fields(sim, kind, given)
    defaults = kind.defaults(sim, project, fields)
    table = kind.table(sim, project)
    row = kind.make(**{"id": new_id(), "created_at": sim.clock.now(), **defaults, **fields})
    table.add(row)
    if kind.done is not None:
        kind.done(sim, project, row)
    return row


def change(sim: Simulator, project: Project, kind_name: str, row: Any, given: Fields) -> Any:
    """Change fields of one object."""
    kind = KINDS[kind_name]
    fields = _fields(sim, kind, given)
    if "id" in fields:
        raise BadObjectError("an id cannot be changed")
    if "members" in fields:
        fields["members"] = dict.fromkeys(fields["members"])
    kind.table(sim, project).change(row, fields)
    if kind.done is not None and "members" in fields:
        kind.done(sim, project, row)
    return row


def remove(sim: Simulator, project: Project, kind_name: str, row: Any) -> None:
    """Take one object out, at once."""
    if isinstance(row, Policy):
        for volume_id in list(row.members):
            project.unbind(volume_id)
    if isinstance(row, Backup):
        sim.store.drop_shares(row.id)
    KINDS[kind_name].table(sim, project).remove(row.id)
