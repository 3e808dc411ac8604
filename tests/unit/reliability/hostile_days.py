# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What each module does on an ordinary day: a cloud, options, and as whom. Each goes well as it is."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Mapping

from ansible_collections.huaweicloud.backup.tests.unit.properties.in_process import URL, Cloud
from simulator import seed

Json = dict[str, t.Any]

BACKUP = "11111111-2222-3333-4444-555555555555"
POLICY = "22222222-2222-3333-4444-555555555555"
JOB = "33333333-2222-3333-4444-555555555555"
CHECKPOINT = "44444444-2222-3333-4444-555555555555"
SHARE = "55555555-2222-3333-4444-555555555555"
VOLUMES = [seed.fixed_id("volume", seed.PROJECT_ID, f"data-0{number}") for number in (1, 2)]
WAIT = {"wait_timeout": 120, "wait_interval": 5}
SCHEDULE = {"start_times": ["22:00"], "time_zone": "UTC+02:00", "frequency": 1, "retention_count": 7}

USER: Json = {
    "username": seed.USER_NAME,
    "password": seed.PASSWORD,
    "domain_name": seed.DOMAIN_NAME,
    "auth_url": URL,
    "region": seed.REGION,
    "token_cache": False,
}
KEYS: Json = {
    "access_key": seed.ACCESS_KEY,
    "secret_key": seed.SECRET_KEY,
    "auth_url": URL,
    "project_name": seed.REGION,
    "endpoints": {"vbs": URL, "csbs": URL, "evs": URL},
}


class Day(t.NamedTuple):
    """One module's ordinary run.

    :param prepare: adds to the cloud what there is before.
    :param credentials: in place of a token that is given.
    """

    module: str
    options: Json
    prepare: Callable[[Cloud], None] = lambda _cloud: None
    credentials: Mapping[str, t.Any] | None = None

    def cloud(self, kind: type[Cloud] = Cloud, *, lasting: float = 8.0) -> Cloud:
        """A cloud on the morning of the day.

        :param lasting: how many seconds all that is waited for takes.
        """
        seconds = {"job_seconds": lasting, "delete_seconds": lasting}
        cloud = kind(seconds, 2)
        cloud.add("backups", id=BACKUP, name="golden", volume_id=VOLUMES[0], age=86400)
        cloud.add("policies", id=POLICY, name="weekly", members=VOLUMES, tags={"env": "test"})
        self.prepare(cloud)
        if self.credentials is not None:
            cloud.credentials = dict(self.credentials)
        return cloud


def _tasks(cloud: Cloud) -> None:
    for volume in VOLUMES:
        cloud.add("tasks", policy_id=POLICY, resource_id=volume)


def _share(cloud: Cloud) -> None:
    cloud.add("shares", id=SHARE, backup_id=BACKUP, to_project_id="p1")


def _job(cloud: Cloud) -> None:
    job = cloud.add("jobs", id=JOB, status="RUNNING")
    cloud.sim.timeline.after(cloud.sim.settings.job_seconds, lambda _at: setattr(job, "status", "SUCCESS"))


def _checkpoint(cloud: Cloud) -> None:
    (policy,) = cloud.project.csbs_policies
    cloud.add("checkpoints", id=CHECKPOINT, policy_id=policy.id, status="available")
    for server in cloud.project.servers:
        cloud.add(
            "items",
            checkpoint_id=CHECKPOINT,
            policy_id=policy.id,
            resource_id=server.id,
            extend_info={"resource_name": server.name, "progress": 100},
        )


def _free(cloud: Cloud) -> None:
    cloud.add("policies", id=JOB, name="free")


DAYS: Mapping[str, Day] = {
    "backup": Day("vbs_backup", {"name": "before", "volume": "data-01", "tags": {"a": "b"}, **WAIT}),
    "backup by age": Day(
        "vbs_backup", {"name": "before", "volume": "data-01", "max_age": "1h", **WAIT}, credentials=USER
    ),
    "native backup": Day(
        "vbs_backup", {"name": "before", "volume": "data-01", "snapshot": "snap-01", "api": "native", **WAIT}
    ),
    "batch": Day(
        "vbs_backup_batch",
        {"volumes": ["data-01", "data-02"], "tags": {"a": "b"}, "concurrency": 1, **WAIT},
    ),
    "batch by age": Day("vbs_backup_batch", {"volumes": ["data-01"], "max_age": "1h", **WAIT}, credentials=USER),
    "deletion of a backup": Day("vbs_backup", {"name": "golden", "volume": "data-01", "state": "absent", **WAIT}),
    "deletion of old backups": Day("vbs_backup_prune", {"older_than": "1h", "keep_last": 0, **WAIT}),
    "policy": Day("vbs_policy", {"name": "nightly", **SCHEDULE, "tags": {"a": "b"}}),
    "change of a policy": Day("vbs_policy", {"name": "weekly", **SCHEDULE, "tags": {"a": "b"}}),
    "deletion of a policy": Day("vbs_policy", {"name": "weekly", "state": "absent"}),
    "binding": Day("vbs_policy_resources", {"policy": "free", "volumes": ["data-01"], "purge": True}, _free),
    "unbinding": Day("vbs_policy_resources", {"policy": "weekly", "volumes": ["data-01"], "state": "absent"}, _tasks),
    "tags": Day("vbs_policy_tags", {"policy": "weekly", "tags": {"a": "b", "c": "d"}, "purge_tags": True}),
    "share": Day("vbs_share", {"backup": "golden", "volume": "data-01", "projects": ["p1", "p2"]}, _share),
    "end of a share": Day("vbs_share", {"backup": "golden", "projects": ["p1"], "state": "absent"}, _share),
    "restore": Day("vbs_restore", {"backup": "golden", "volume": "data-01", **WAIT}),
    "native restore": Day("vbs_restore", {"backup": BACKUP, "volume": "data-01", "api": "native", **WAIT}),
    "run of a policy": Day("vbs_policy_run", {"policy": "weekly", **WAIT}, _tasks),
    "checkpoint": Day("csbs_checkpoint", {"policy": "servers", **WAIT}),
    "deletion of a checkpoint": Day("csbs_checkpoint", {"id": CHECKPOINT, "state": "absent", **WAIT}, _checkpoint),
    "backups": Day("vbs_backup_info", {"volume": "data-01", "sort_key": "size"}, credentials=KEYS),
    "coverage": Day("vbs_coverage_info", {}, _tasks),
    "coverage of one": Day("vbs_coverage_info", {"volumes": ["data-01"]}, _tasks),
    "job": Day("vbs_job_info", {"job_ids": [JOB], "wait": True, **WAIT}, _job),
    "shares": Day("vbs_share_info", {"backup": "golden"}, _share),
    "policies": Day("vbs_policy_info", {}, credentials=USER),
    "policies by tag": Day("vbs_policy_info", {"tags": {"env": "test"}}),
    "tasks": Day("vbs_policy_task_info", {"policy": "weekly"}, _tasks),
    "tags of a policy": Day("vbs_policy_tags_info", {"policy": "weekly"}),
    "tags of all": Day("vbs_policy_tags_info", {}),
    "quotas": Day("vbs_quota_info", {}),
    "server policies": Day("csbs_policy_info", {}),
    "checkpoints": Day("csbs_checkpoint_info", {}, _checkpoint),
    "protectable": Day("csbs_protectable_info", {"servers": [VOLUMES[0]]}),
}
