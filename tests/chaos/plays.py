# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plays as users write them, each composed at random: names, volumes, options, the order of lists, names or IDs."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from simulator import seed

from .wanted import ANY_NAME, Play, PolicyWanted, Wanted, server_id, volume_id

JsonObject = dict[str, Any]

VOLUMES = tuple(f"data-{number:02d}" for number in range(1, 7))
SERVERS = ("web-02", "web-04", "web-06")
PREFIX = "huaweicloud.backup."
OTHERS = (seed.OTHER_PROJECT_ID, "00112233445566778899aabbccddeeff", "aaaabbbbccccddddeeeeffff00001111")


def _task(name: str, module: str, options: Mapping[str, Any], **more: Any) -> JsonObject:
    return {"name": name, PREFIX + module: dict(options), **more}


def _uuid(rng: random.Random) -> str:
    return str(uuid.UUID(int=rng.getrandbits(128), version=4))


def _name(rng: random.Random, stem: str) -> str:
    return f"{stem}-{rng.randrange(10000):04d}"


def _volumes(rng: random.Random, most: int) -> list[str]:
    return rng.sample(VOLUMES, rng.randint(1, most))


def _either(rng: random.Random, name: str) -> str:
    """A volume by name or by ID."""
    return name if rng.random() < 0.6 else volume_id(name)


def _schedule(rng: random.Random) -> tuple[JsonObject, JsonObject]:
    """A policy's options, and fields of the service's own schedule that follow from them."""
    hours = rng.sample(range(24), rng.randint(1, 3))
    count = rng.randint(2, 20)
    options: JsonObject = {"start_times": [f"{hour:02d}:00" for hour in hours], "retention_count": count}
    facts: JsonObject = {"rentention_num": count, "status": "ON"}
    if rng.random() < 0.5:
        options["frequency"] = facts["frequency"] = rng.randint(1, 14)
    else:
        options["weekdays"] = rng.sample(["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"], rng.randint(1, 4))
    if rng.random() < 0.4:
        options["time_zone"] = rng.choice(("UTC+02:00", "UTC-05:00", "UTC+00:00"))
    if rng.random() < 0.4:
        options["enabled"] = rng.random() < 0.5
        facts["status"] = "ON" if options["enabled"] else "OFF"
    return options, facts


def _tags(rng: random.Random, most: int = 4) -> dict[str, str]:
    keys = rng.sample(["env", "team", "owner", "stage", "cost"], rng.randint(1, most))
    return {key: rng.choice(("prod", "dba", "", "x-1")) for key in keys}


def _backup_loop(rng: random.Random, volumes: list[str], name: str, **more: Any) -> JsonObject:
    options = {"volume": "{{ item }}", "name": name, **more}
    if rng.random() < 0.3:
        options["description"] = "made by chance"
    return _task("A backup of each", "vbs_backup", options, loop=[_either(rng, volume) for volume in volumes])


def protect(rng: random.Random) -> Play:
    """A policy with tags, the volumes that it protects, and a backup of each."""
    volumes, name, backup = _volumes(rng, 2), _name(rng, "policy"), _name(rng, "first")
    options, facts = _schedule(rng)
    tags = _tags(rng)
    in_policy = rng.random() < 0.5
    policy = {"name": name, **options, **({"tags": tags} if in_policy else {})}
    purge = rng.random() < 0.3
    binding = {"policy": name, "volumes": [_either(rng, one) for one in volumes], "purge": purge}
    tasks = [
        _task("The policy", "vbs_policy", policy),
        *([] if in_policy else [_task("Its tags", "vbs_policy_tags", {"policy": name, "tags": tags})]),
        _task("Its volumes", "vbs_policy_resources", binding),
        _backup_loop(rng, volumes, backup),
    ]
    ids = [volume_id(one) for one in volumes]
    wanted = Wanted(
        backups=[(one, backup) for one in ids],
        policies={name: PolicyWanted(facts, members=frozenset(ids), tags=tags)},
    )
    return Play("protect", wanted, modules=len(tasks) - 1 + len(volumes), tasks=tasks)


def role(rng: random.Random) -> Play:
    """The role protect_volumes with one plan."""
    volumes, name = _volumes(rng, 2), _name(rng, "plan")
    options, facts = _schedule(rng)
    plan: JsonObject = {"policy": {"name": name, **options}, "volumes": volumes, "backup_max_age": "26h"}
    ids = [volume_id(one) for one in volumes]
    tags = _tags(rng) if rng.random() < 0.5 else None
    if tags is not None:
        plan["policy"]["tags"] = tags
    wanted = Wanted(
        backups=[(one, ANY_NAME) for one in ids],
        policies={name: PolicyWanted(facts, members=frozenset(ids), tags=tags)},
    )
    variables = {"protect_volumes_plans": [plan]}
    return Play("role", wanted, modules=4, role=PREFIX + "protect_volumes", role_vars=variables)


def change(rng: random.Random) -> Play:
    """A policy that is there gets another schedule, other tags, and other volumes; the policy beside it stays."""
    old, added, beside = rng.sample(VOLUMES, 3)
    name, policy_id, other_id = _name(rng, "policy"), _uuid(rng), _uuid(rng)
    options, facts = _schedule(rng)
    tags, leaves = _tags(rng), rng.random() < 0.5
    binding: JsonObject = {"policy": rng.choice((name, policy_id)), "volumes": [_either(rng, added)]}
    unbinding = {"policy": name, "volumes": [_either(rng, old)], "state": "absent"}
    tasks = [
        _task("The policy", "vbs_policy", {rng.choice(("name", "id")): "", **options}),
        _task("Its tags", "vbs_policy_tags", {"policy": name, "tags": tags, "purge_tags": True}),
        _task("Its volumes", "vbs_policy_resources", binding),
        *([_task("No longer", "vbs_policy_resources", unbinding)] if leaves else []),
    ]
    policy = tasks[0][PREFIX + "vbs_policy"]
    policy.update({"name": name} if "name" in policy else {"id": policy_id})
    ids = {volume_id(added)} | (set() if leaves else {volume_id(old)})
    facts = facts if "enabled" in options else {key: value for key, value in facts.items() if key != "status"}
    wanted = Wanted(
        policies={name: PolicyWanted(facts, members=frozenset(ids), tags=tags)}, kept=[("policies", other_id)]
    )
    seeds = [
        {"id": policy_id, "name": name, "members": [volume_id(old)], "tags": {"old": "1"}},
        {"id": other_id, "name": "beside", "members": [volume_id(beside)], "tags": {"env": "prod"}},
    ]
    return Play("change", wanted, modules=len(tasks), tasks=tasks, seeds={"policies": seeds})


def servers(rng: random.Random) -> Play:
    """A server backup policy is run now, for all or some of its servers."""
    options: JsonObject = {"policy": rng.choice(("servers", seed.fixed_id("csbs_policy", seed.PROJECT_ID, "servers")))}
    if rng.random() < 0.5:
        some = rng.sample(SERVERS, rng.randint(1, 2))
        options["servers"] = [rng.choice((one, server_id(one))) for one in some]
    tasks = [_task("A checkpoint", "csbs_checkpoint", options), _task("Look", "csbs_policy_info", {"name": "servers"})]
    wanted = Wanted(once=r"/providers/[^/]+/checkpoints$")
    return Play("servers", wanted, modules=2, tasks=tasks, counts={"Look": 1})


def restore(rng: random.Random) -> Play:
    """A backup is shared and then written back over its volume."""
    volume, name = rng.choice(("data-01", "data-03", "data-05")), _name(rng, "golden")
    projects = rng.sample(OTHERS, rng.randint(1, 2))
    shared = rng.random() < 0.7
    # By its ID, as somebody would who may have a failed backup of the same name from a bad night.
    made = "{{ made.backup.id }}"
    again: JsonObject = {"backup": made, "api": rng.choice(("vbs", "native"))}
    if rng.random() < 0.5:
        again["volume"] = _either(rng, volume)
    share = {"backup": made, "projects": projects, "purge": rng.random() < 0.3}
    tasks = [
        _task("The backup", "vbs_backup", {"volume": _either(rng, volume), "name": name}, register="made"),
        *([_task("Shared", "vbs_share", share)] if shared else []),
        _task("Restored", "vbs_restore", again),
    ]
    wanted = Wanted(
        backups=[(volume_id(volume), name)],
        shares=[(name, one) for one in projects] if shared else (),
        once=r"/backups/[^/]+/restore$|/cloudbackups/[^/]+/restore$",
    )
    return Play("restore", wanted, modules=len(tasks), tasks=tasks)


def run_now(rng: random.Random) -> Play:
    """A policy is run now and followed."""
    members, policy_id, name = _volumes(rng, 3), _uuid(rng), _name(rng, "now")
    tasks = [
        _task("Run it", "vbs_policy_run", {"policy": rng.choice((name, policy_id))}),
        _task("Look", "vbs_policy_info", {"name": name}),
    ]
    ids = frozenset(volume_id(one) for one in members)
    wanted = Wanted(policies={name: PolicyWanted(members=ids)}, once=r"/backuppolicy/[^/]+/action$")
    seeds = {"policies": [{"id": policy_id, "name": name, "members": sorted(ids)}]}
    return Play("run-now", wanted, modules=2, tasks=tasks, seeds=seeds, counts={"Look": 1})


def native(rng: random.Random) -> Play:
    """Backups in the OpenStack form: on plain OpenStack, or of a snapshot on Huawei's cloud."""
    if rng.random() < 0.5:
        name = _name(rng, "native")
        options = {"volume": _either(rng, "data-01"), "name": name, "snapshot": "snap-01", "api": "native"}
        wanted = Wanted(backups=[(volume_id("data-01"), name)])
        return Play("native", wanted, modules=1, tasks=[_task("The backup", "vbs_backup", options)])
    volumes, name = _volumes(rng, 3), _name(rng, "cinder")
    tasks = [_backup_loop(rng, volumes, name, api="native", force=True)]
    wanted = Wanted(backups=[(volume_id(one), name) for one in volumes])
    return Play("openstack", wanted, modules=len(volumes), tasks=tasks, flavor="openstack")


def batch(rng: random.Random) -> Play:
    """Many volumes in one task, side by side."""
    volumes, name = rng.sample(VOLUMES, rng.randint(2, len(VOLUMES))), _name(rng, "batch")
    options: JsonObject = {
        "volumes": [_either(rng, one) for one in volumes],
        "name": f"{{volume_name}}-{name}",
        "concurrency": rng.choice((1, 2, 8)),
    }
    if rng.random() < 0.3:
        options["description"] = "made by chance"
    wanted = Wanted(backups=[(volume_id(one), f"{one}-{name}") for one in volumes])
    # What one call after the other may cost.
    return Play("batch", wanted, modules=len(volumes), tasks=[_task("All of them", "vbs_backup_batch", options)])


Composer = Callable[[random.Random], Play]
