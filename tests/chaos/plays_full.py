# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The two plays over a project that is full already: one that only reads, and one that removes some of it."""

from __future__ import annotations

import random

from .plays import OTHERS, VOLUMES, JsonObject, _either, _name, _task, _uuid
from .wanted import Play, Wanted, volume_id

Seeds = dict[str, list[JsonObject]]


def _guarded(rng: random.Random, name: str, volume: str, backup: str) -> list[JsonObject]:
    """Perhaps one task more, about a policy or backup that the play removes later: it runs only while there is one."""
    unbinding = {"policy": name, "volumes": [_either(rng, volume)], "state": "absent"}
    of_policy = ("vbs_policy_info", {"name": name}, "policies")
    pool: list[tuple[tuple[str, JsonObject, str], str, JsonObject]] = [
        (("vbs_backup_info", {"id": backup}, "backups"), "vbs_share", {"backup": backup, "state": "absent"}),
        (of_policy, "vbs_policy_resources", unbinding),
        (of_policy, "vbs_policy_tags", {"policy": name, "tags": {"team": None}, "state": "absent"}),
    ]
    tasks = []
    for (info, question, key), module, options in rng.sample(pool, rng.randint(0, 1)):
        tasks.append(_task("Is there one", info, question, register="there"))
        tasks.append(_task(f"First {module}", module, options, when=f"there.{key} | length > 0"))
    return tasks


def clean_up(rng: random.Random) -> Play:
    """Shares, backups, old ones, a binding, tags and policies go; what has nothing to do with it stays."""
    bound, beside, backed = rng.sample(VOLUMES, 3)
    policy, other, name = _uuid(rng), _uuid(rng), _name(rng, "old")
    backups = [_uuid(rng) for _volume in range(2)]
    kept_backup = _uuid(rng)
    aged = [_uuid(rng) for _backup in range(3)]
    seeds: Seeds = {
        "policies": [
            {"id": policy, "name": name, "members": [volume_id(bound)], "tags": {"env": "prod", "team": "dba"}},
            {"id": other, "name": "beside", "members": [volume_id(beside)], "tags": {"env": "prod"}},
        ],
        "backups": [
            {"id": backups[0], "name": name, "volume_id": volume_id(bound), "age": 86400},
            {"id": backups[1], "name": name, "volume_id": volume_id(backed), "age": 3600},
            {"id": kept_backup, "name": "keep", "volume_id": volume_id(bound), "age": 7200},
            *(
                {"id": one, "name": f"aged-{number}", "volume_id": volume_id(beside), "age": 86400 * (number + 1)}
                for number, one in enumerate(aged)
            ),
        ],
        "shares": [
            *({"backup_id": backups[0], "to_project_id": one} for one in OTHERS[:2]),
            {"backup_id": aged[1], "to_project_id": OTHERS[0]},
        ],
    }
    tasks = _guarded(rng, name, bound, backups[0])
    by_volume = {"volume": "{{ item }}", "name": name, "state": "absent"}
    loop = [_either(rng, bound), _either(rng, backed)]
    old = {"volumes": [_either(rng, beside)], **rng.choice(({"keep_last": 1}, {"older_than": "36h"}))}
    tasks += [
        _task("No backups", "vbs_backup", by_volume, loop=loop),
        _task("No old backups", "vbs_backup_prune", {**old, "name_prefix": "aged-"}),
        _task("No policy", "vbs_policy", {**rng.choice(({"name": name}, {"id": policy})), "state": "absent"}),
    ]
    wanted = Wanted(
        gone=[("policies", policy), *(("backups", one) for one in (*backups, aged[2]))],
        kept=[("policies", other), *(("backups", one) for one in (kept_backup, *aged[:2]))],
    )
    return Play("clean-up", wanted, modules=len(tasks) + 1, tasks=tasks, seeds=seeds)


def look(rng: random.Random) -> Play:
    """Info modules over a project that has something of everything; nothing changes."""
    volume = rng.choice(VOLUMES)
    rows = rng.randint(3, 9)
    ids = [_uuid(rng) for _row in range(rows)]
    backups = [
        {"id": one, "name": f"row-{number}", "volume_id": volume_id(volume), "age": 3600 * number}
        for number, one in enumerate(ids)
    ]
    policies = [{"id": _uuid(rng), "name": f"policy-{number}", "tags": {"env": "prod"}} for number in range(3)]
    checkpoint = _uuid(rng)
    seeds: Seeds = {
        "backups": backups,
        "policies": policies,
        "shares": [{"backup_id": ids[0], "to_project_id": one} for one in OTHERS],
        "checkpoints": [{"id": checkpoint}],
        "items": [{"checkpoint_id": checkpoint}],
        "jobs": [{"id": "0" * 32, "status": "SUCCESS"}],
    }
    some = rng.randint(1, rows)
    pool: dict[str, tuple[JsonObject, int]] = {
        "All backups": (_task("All backups", "vbs_backup_info", {"volume": _either(rng, volume)}), rows),
        "Some backups": (_task("Some backups", "vbs_backup_info", {"name_prefix": "row-", "limit": some}), some),
        "Policies": (_task("Policies", "vbs_policy_info", {"tags": {"env": "prod"}}), 3),
        "Shares": (_task("Shares", "vbs_share_info", {"backup": ids[0]}), len(OTHERS)),
        "Checkpoints": (_task("Checkpoints", "csbs_checkpoint_info", {}), 1),
        "Server policies": (_task("Server policies", "csbs_policy_info", {}), 1),
        "Jobs": (_task("Jobs", "vbs_job_info", {"job_ids": ["0" * 32]}), 1),
        "Coverage": (_task("Coverage", "vbs_coverage_info", {"verdict": "protected"}), -1),
        "Quotas": (_task("Quotas", "vbs_quota_info", {}), -1),
        "Tasks": (_task("Tasks", "vbs_policy_task_info", {"policy": "policy-1"}), 0),
        "Tags": (_task("Tags", "vbs_policy_tags_info", {"policy": "policy-1"}), -1),
    }
    names = rng.sample(sorted(pool), rng.randint(2, 4))
    kept = [("backups", one) for one in ids] + [("policies", str(one["id"])) for one in policies]
    counts = {name: pool[name][1] for name in names if pool[name][1] >= 0}
    tasks = [pool[name][0] for name in names]
    return Play("look", Wanted(kept=kept), modules=len(tasks), tasks=tasks, seeds=seeds, changes=False, counts=counts)
