# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every creating call of the collection as a task makes it, what is there before, and what the service did of it."""

from __future__ import annotations

import re
import typing as t
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.module_run import Result
from ansible_collections.huaweicloud.backup.tests.unit.properties.in_process import Cloud, seed

Json = dict[str, t.Any]

WEEK = 604800
THIRD = "00112233445566778899aabbccddeeff"


@dataclass(frozen=True)
class Creation:
    """Something that a task makes.

    :param path: the path of its creating call; ``listing`` is that of the call that shows what there is.
    :param prepare: puts things there that are like what is asked for, but are not it.
    :param kind: the table of a project that what is made goes to; none for a restore, which makes nothing.
    :param shown: the IDs of what was made, from the result.
    :param acts: whether it is an action, which the same task does again.
    :param how_to_look: what a task says that cannot know whether it was done.
    """

    module: str
    options: Mapping[str, t.Any]
    path: str
    listing: str
    prepare: Callable[[Cloud], None]
    kind: str
    shown: Callable[[Result], set[str]]
    how_to_look: str
    settings: Mapping[str, t.Any] = field(default_factory=dict)
    acts: bool = False

    def build(self, **settings: t.Any) -> Cloud:
        """A cloud in which it can be made."""
        cloud = Cloud({**self.settings, **settings}, 4)
        self.prepare(cloud)
        return cloud

    def ids(self, cloud: Cloud) -> set[str]:
        """The IDs of all that there is of the kind."""
        cloud.catch_up()
        tables = {"shares": cloud.sim.store.shares, "": ()}
        rows: t.Any = tables[self.kind] if self.kind in tables else getattr(cloud.project, self.kind)
        return {row.id for row in rows}

    def sent(self, cloud: Cloud) -> int:
        """How many creating calls reached the service."""
        return len(self._calls(cloud))

    def done(self, cloud: Cloud) -> int:
        """How often the service did it, whether its answer arrived or not; an injected answer did nothing."""
        calls = [call for call in self._calls(cloud) if 200 <= (call.status or 500) < 300]
        return sum("status" not in _fault(call) for call in calls)

    def _calls(self, cloud: Cloud) -> list[t.Any]:
        calls = [e for e in cloud.sim.log._entries if e.request.method == "POST"]
        # One that is delayed comes in twice, for the simulator's log.
        return [e for e in calls if re.search(self.path, e.request.raw_path) and "delay" not in _fault(e)]


def _fault(call: t.Any) -> Json:
    return call.request.rule.fault if call.request.rule else {}


def _backup_id(result: Result) -> set[str]:
    return {result["backup"]["id"]}


def _first_backup_id(result: Result) -> set[str]:
    return {result["backups"][0]["backup_id"]}


def _useless_backups(cloud: Cloud) -> None:
    """Of the same name: one from last week that failed, one that is being deleted, and one of another volume."""
    first, second, *_others = [row.id for row in cloud.project.volumes]
    cloud.add("backups", name="before", volume_id=first, status="error", age=WEEK)
    cloud.add("backups", name="before", volume_id=first, status="deleting", age=WEEK + 1)
    cloud.add("backups", name="before", volume_id=second, age=60)
    cloud.add("backups", name="after", volume_id=first, age=60)


def _old_backup(cloud: Cloud) -> None:
    """A good one of the same name and volume, but from last week."""
    cloud.add("backups", name="before", volume_id=next(iter(cloud.project.volumes)).id, age=WEEK)


def _policies(cloud: Cloud) -> None:
    """Other policies, one of which held volumes and ran before."""
    cloud.add("policies", name="weekly")
    members = [row.id for row in list(cloud.project.volumes)[:2]]
    policy = cloud.add("policies", name="hourly", members=members)
    for volume_id in members:
        cloud.add("tasks", policy_id=policy.id, resource_id=volume_id, age=3600)


def _source(cloud: Cloud) -> None:
    """A backup that was shared and restored before."""
    first = next(iter(cloud.project.volumes))
    backup = cloud.add("backups", name="source", volume_id=first.id, size=first.size, age=WEEK)
    cloud.add("shares", backup_id=backup.id, to_project_id=THIRD)
    backup.updated_at = first.updated_at = cloud.clock.now() - 3600


def _checkpoints(cloud: Cloud) -> None:
    """An older run of the same servers."""
    (policy,) = cloud.project.csbs_policies
    record = cloud.add("checkpoints", policy_id=policy.id, age=WEEK)
    for row in policy.resources:
        cloud.add("items", checkpoint_id=record.id, policy_id=policy.id, resource_id=row["id"], age=WEEK)


# Looking goes at the wait's pace; this one keeps the number of requests low.
_WAIT = {"wait_interval": 5}
_BACKUP: Json = {
    "module": "vbs_backup",
    "listing": "/backups/detail$",
    "kind": "backups",
    "shown": _backup_id,
    "how_to_look": "Look at the backups of volume",
}
_MANAGED: Json = {**_BACKUP, "path": "/cloudbackups$"}
_NATIVE: Json = {**_BACKUP, "path": "/backups$"}
_OPTIONS: Json = {"name": "before", "volume": "data-01", **_WAIT}
_RESTORE: Json = {
    "module": "vbs_restore",
    "listing": "/backups/[-0-9a-f]{36}$",
    "prepare": _source,
    "kind": "",
    "shown": lambda _result: set(),
    "how_to_look": "Look at the state and the data of volume",
    "acts": True,
}

CREATIONS: Mapping[str, Creation] = {
    "backup": Creation(**_MANAGED, options=_OPTIONS, prepare=_useless_backups),
    "backup by age": Creation(**_MANAGED, options={**_OPTIONS, "max_age": "1d"}, prepare=_old_backup),
    "batch": Creation(
        **{**_MANAGED, "module": "vbs_backup_batch", "shown": _first_backup_id},
        # Of the second volume there is one already.
        options={"volumes": ["data-01", "data-02"], "name": "before", "concurrency": 1, **_WAIT},
        prepare=_useless_backups,
    ),
    "native backup": Creation(
        **_NATIVE, options={**_OPTIONS, "api": "native", "snapshot": "snap-01"}, prepare=_useless_backups
    ),
    "OpenStack backup": Creation(
        **_NATIVE,
        options={**_OPTIONS, "api": "native"},
        prepare=_useless_backups,
        settings={"flavor": "openstack"},
    ),
    "policy": Creation(
        module="vbs_policy",
        options={
            "name": "nightly",
            "start_times": ["22:00"],
            "frequency": 1,
            "retention_count": 7,
            "tags": {"env": "prod"},
        },
        path="/backuppolicy$",
        listing="/backuppolicy$",
        prepare=_policies,
        kind="policies",
        shown=lambda result: {result["policy"]["id"]},
        how_to_look="Look at the list of policies for the name 'nightly'",
    ),
    "share": Creation(
        module="vbs_share",
        options={"backup": "source", "projects": [seed.OTHER_PROJECT_ID]},
        path="/os-vendor-backup-sharing$",
        listing="/os-vendor-backup-sharing/detail$",
        prepare=_source,
        kind="shares",
        shown=lambda result: {row["id"] for row in result["shares"] if row["to_project_id"] != THIRD},
        how_to_look="(vbs_share_info shows them)",
    ),
    "restore": Creation(**_RESTORE, options={"backup": "source", **_WAIT}, path="/cloudbackups/.*/restore$"),
    "native restore": Creation(
        **_RESTORE, options={"backup": "source", "api": "native", **_WAIT}, path="/backups/.*/restore$"
    ),
    "run of a policy": Creation(
        module="vbs_policy_run",
        options={"policy": "hourly", **_WAIT},
        path="/action$",
        listing="/backuptasks$",
        prepare=_policies,
        kind="tasks",
        shown=lambda result: {task["job_id"] for task in result["tasks"]},
        how_to_look="Look at the tasks of policy",
        acts=True,
    ),
    "checkpoint": Creation(
        module="csbs_checkpoint",
        options={"policy": "servers", **_WAIT},
        path="/checkpoints$",
        listing="/checkpoint_items$",
        prepare=_checkpoints,
        kind="checkpoints",
        shown=lambda result: {result["checkpoint"]["id"]},
        how_to_look="Look with csbs_checkpoint_info for a new checkpoint",
        acts=True,
    ),
}
