# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A task that is killed at any moment, then run again: the same end as if nothing had happened."""

from __future__ import annotations

import itertools
import typing as t
from collections.abc import Callable
from contextlib import closing

import pytest

from ansible_collections.huaweicloud.backup.tests.unit.properties.in_process import AFTER, BEFORE, PAUSE, Cloud
from ansible_collections.huaweicloud.backup.tests.unit.reliability.creations import CREATIONS, THIRD
from ansible_collections.huaweicloud.backup.tests.unit.reliability.hostile_days import USER
from ansible_collections.huaweicloud.backup.tests.unit.reliability.moments import (
    Task,
    at_moment,
    holdings,
    killed_at,
)

Json = dict[str, t.Any]

# How long after its end the task is run again: at once, while the service is still at it, and long after that.
LATER = (0, 1, 1000)
SETTINGS: Json = {"job_seconds": 3.0, "delete_seconds": 2.0, "task_delay_seconds": 0.6}
PLAN: Json = {"start_times": ["22:00", "23:00"], "frequency": 1, "retention_count": 7}


class Scene(t.NamedTuple):
    """What is there before, and the task that is killed."""

    build: Callable[[], Cloud]
    task: Task


def _empty() -> Cloud:
    return Cloud(SETTINGS, 4)


def _with_backup() -> Cloud:
    cloud = _empty()
    cloud.add("backups", name="before", volume_id=next(iter(cloud.project.volumes)).id)
    return cloud


def _with_old_backups() -> Cloud:
    """Of one volume two good ones and a failed one, of another one that is shared and one that is not."""
    cloud = _empty()
    ids = [row.id for row in cloud.project.volumes]
    for days, status in enumerate(("available", "error", "available", "available")):
        cloud.add("backups", name=f"first-{days}", volume_id=ids[0], age=days * 86400, status=status)
    shared, _other = [cloud.add("backups", name=f"second-{one}", volume_id=ids[1], age=one * 86400) for one in (8, 9)]
    cloud.add("shares", backup_id=shared.id, to_project_id=THIRD)
    return cloud


def _with_chain() -> Cloud:
    """On plain OpenStack, an increment and what it depends on, and a later backup."""
    cloud = Cloud({**SETTINGS, "flavor": "openstack"}, 4)
    volume_id = next(iter(cloud.project.volumes)).id
    full, increment = [cloud.add("backups", name=f"old-{n}", volume_id=volume_id, age=(9 - n) * 86400) for n in (1, 2)]
    increment.parent_id, increment.is_incremental, full.has_dependent_backups = full.id, True, True
    cloud.add("backups", name="new-3", volume_id=volume_id, age=3600)
    cloud.credentials = dict(USER)
    return cloud


def _with_policies() -> Cloud:
    """One with two volumes and tags, another with one volume, and one volume free."""
    cloud = _empty()
    ids = [row.id for row in cloud.project.volumes]
    policy = cloud.add("policies", name="nightly", members=ids[:2], tags={"env": "test", "old": "1"})
    cloud.add("tasks", policy_id=policy.id, resource_id=ids[0], age=3600)
    cloud.add("policies", name="weekly", members=ids[2:3])
    return cloud


def _with_shares() -> Cloud:
    cloud = _with_backup()
    (backup,) = cloud.project.backups
    cloud.add("shares", backup_id=backup.id, to_project_id=THIRD)
    return cloud


def _with_checkpoint() -> Cloud:
    cloud = _empty()
    (policy,) = cloud.project.csbs_policies
    cloud.add("checkpoints", id=CHECKPOINT, policy_id=policy.id)
    for row in policy.resources:
        info = {"resource_name": row["name"], "auto_trigger": False}
        cloud.add("items", checkpoint_id=CHECKPOINT, policy_id=policy.id, resource_id=row["id"], extend_info=info)
    return cloud


def _like(name: str) -> Callable[[], Cloud]:
    return lambda: CREATIONS[name].build(**SETTINGS)


def _scene(build: Callable[[], Cloud], module: str, **options: t.Any) -> Scene:
    return Scene(build, Task(module, options))


CHECKPOINT = "88888888-2222-3333-4444-555555555555"
VOLUMES = ["data-01", "data-02", "data-04"]
_BATCH: Json = {"volumes": ["data-03", "data-01", "data-02"], "name": "before", "concurrency": 1}
IDEMPOTENT = {
    "backup": _scene(_like("backup"), "vbs_backup", name="before", volume="data-01", description="by hand"),
    "native backup": Scene(_like("native backup"), Task("vbs_backup", CREATIONS["native backup"].options)),
    "OpenStack backup": Scene(_like("OpenStack backup"), Task("vbs_backup", CREATIONS["OpenStack backup"].options)),
    "batch": _scene(_like("batch"), "vbs_backup_batch", **_BATCH),
    "batch at once": _scene(_empty, "vbs_backup_batch", **{**_BATCH, "concurrency": 8}),
    "batch not waited for": _scene(_empty, "vbs_backup_batch", **_BATCH, wait=False),
    "backup not waited for": _scene(_empty, "vbs_backup", name="before", volume="data-01", wait=False),
    "backup deleted": _scene(_with_backup, "vbs_backup", name="before", volume="data-01", state="absent"),
    "pruned": _scene(_with_old_backups, "vbs_backup_prune", keep_last=1),
    "pruned, not waited for": _scene(_with_old_backups, "vbs_backup_prune", keep_last=1, wait=False),
    "OpenStack's chain pruned": _scene(_with_chain, "vbs_backup_prune", keep_last=1),
    "policy": _scene(
        _like("policy"),
        "vbs_policy",
        name="nightly",
        **PLAN,
        time_zone="UTC+02:00",
        enabled=False,
        tags={"env": "prod"},
    ),
    "policy changed": _scene(
        _with_policies, "vbs_policy", name="nightly", **PLAN, time_zone="UTC+02:00", tags={"env": "prod", "new": "1"}
    ),
    "policy deleted": _scene(_with_policies, "vbs_policy", name="nightly", state="absent"),
    "volumes bound": _scene(_with_policies, "vbs_policy_resources", policy="nightly", volumes=VOLUMES),
    "volumes purged": _scene(_with_policies, "vbs_policy_resources", policy="nightly", volumes=["data-04"], purge=True),
    "volumes unbound": _scene(
        _with_policies, "vbs_policy_resources", policy="nightly", volumes=VOLUMES, state="absent"
    ),
    "tags": _scene(
        _with_policies, "vbs_policy_tags", policy="nightly", tags={"env": "prod", "new": "1"}, purge_tags=True
    ),
    "share": Scene(_like("share"), Task("vbs_share", CREATIONS["share"].options)),
    "share purged": _scene(
        _with_shares, "vbs_share", backup="before", projects=CREATIONS["share"].options["projects"], purge=True
    ),
    "share ended": _scene(_with_shares, "vbs_share", backup="before", state="absent"),
    "checkpoint deleted": _scene(_with_checkpoint, "csbs_checkpoint", id=CHECKPOINT, state="absent"),
    "server's part deleted": _scene(
        _with_checkpoint, "csbs_checkpoint", id=CHECKPOINT, server="web-02", state="absent"
    ),
}
# The same task again follows what still goes on, or says that it does; what has ended it does once more.
ACTIONS = ("restore", "native restore", "run of a policy", "checkpoint")
RUNNING_ALREADY = {"run of a policy": "AutoBackup.0225", "checkpoint": "CSBS.2004"}


# Those that wait are killed while they do, too.
WAITING = {
    *("backup", "native backup", "OpenStack backup", "backup deleted", "batch", "batch at once"),
    *("pruned", "OpenStack's chain pruned", "checkpoint deleted", "server's part deleted", *ACTIONS),
}
SLOW = {*WAITING, "backup not waited for", "batch not waited for", "pruned, not waited for"}


@pytest.mark.parametrize("name", IDEMPOTENT)
def test_the_same_task_again_leads_to_the_same_end(name: str) -> None:
    scene = IDEMPOTENT[name]
    moments, expected = _undisturbed(name, scene)
    # Where the service is done at once, time changes nothing.
    for number, later in itertools.product(range(len(moments)), LATER if name in SLOW else LATER[:1]):
        with closing(scene.build()) as cloud:
            assert killed_at(cloud, number, scene.task)
            cloud.clock.advance(later)
            _ends_as(cloud, scene.task, expected, (number, later))


# Those that send several requests that change something.
@pytest.mark.parametrize("name", ["policy changed", "tags", "share purged"])
def test_a_task_that_is_killed_twice_leads_to_the_same_end(name: str) -> None:
    scene = IDEMPOTENT[name]
    moments, expected = _undisturbed(name, scene)
    first = [number for number, moment in enumerate(moments) if moment == AFTER]
    for numbers in itertools.product(first, range(len(moments))):
        with closing(scene.build()) as cloud:
            assert killed_at(cloud, numbers[0], scene.task)
            killed_at(cloud, numbers[1], scene.task)
            _ends_as(cloud, scene.task, expected, numbers)


def _undisturbed(name: str, scene: Scene) -> tuple[list[str], Json]:
    """The task's moments, and what the project holds after it."""
    with closing(scene.build()) as cloud:
        with at_moment(cloud, -1, lambda: None) as moments:
            assert cloud.run(*scene.task)["changed"] is True
        assert (moments[0], moments.count(AFTER) >= 2) == (BEFORE, True)
        assert (PAUSE in moments) is (name in WAITING)
        return moments, holdings(cloud)


def _ends_as(cloud: Cloud, task: Task, expected: Json, when: tuple[int, ...]) -> None:
    again = cloud.run(*task)
    if again.failed:
        # Before the service shows the first one, only waiting can tell.
        assert (task.options.get("wait"), again["error"]["code"]) == (False, "VolumeBackup.0013"), (when, again["msg"])
        assert again["error"]["retryable"] is True
    assert holdings(cloud) == expected, when
    third = cloud.run(*task)
    assert (third.failed, third["changed"]) == (False, False), when
    assert holdings(cloud) == expected, when


@pytest.mark.parametrize("name", ACTIONS)
def test_an_action_is_never_started_twice_at_the_same_time(name: str) -> None:
    creation = CREATIONS[name]
    task = Task(creation.module, {**creation.options, "wait_interval": 1})
    scene = Scene(_like(name), task)
    moments, expected = _undisturbed(name, scene)
    ends = set()
    for number, later in itertools.product(range(len(moments)), LATER):
        with closing(scene.build()) as cloud:
            assert killed_at(cloud, number, task)
            started = creation.done(cloud)
            cloud.clock.advance(later)
            goes_on = _goes_on(cloud)
            again = cloud.run(*task)
            ends.add((goes_on, again.failed))
            if again.failed:
                assert (again["error"]["code"], again["error"]["retryable"]) == (RUNNING_ALREADY[name], True)
            else:
                assert again["changed"] is not goes_on, (number, later)
            assert creation.done(cloud) == (1 if goes_on else started + 1), (number, later)
            if creation.done(cloud) == 1:
                assert holdings(cloud) == expected, (number, later)
    # A run is followed where the service shows what belongs to it.
    followed = {(True, False)} if name != "run of a policy" else set()
    refused = {(True, True)} if name in RUNNING_ALREADY else set()
    assert ends == {(False, False), *followed, *refused}


def _goes_on(cloud: Cloud) -> bool:
    """Whether the service is still at what the killed task had begun."""
    cloud.catch_up()
    project = cloud.project
    running = any(policy.running for policy in project.policies)
    return bool(project.busy) or running or any(row.status == "protecting" for row in project.checkpoints)
