# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The promises about the service's state: each function gives a line for everything that breaks one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .wanted import ANY_NAME, Play, PolicyWanted

JsonObject = dict[str, Any]

GOOD = "available"
FOR_SERVERS = (1, 5)
"""Who made a backup, in its metadata: the server backup service (F §4.5)."""

WORKING = ("creating", "available", "restoring")


def duplicates(state: JsonObject, play: Play, known: Iterable[str]) -> dict[str, list[str]]:
    """Backups, policies and shares that are there more than once, with their IDs; but for those ``known`` before."""
    before = set(known)
    groups: dict[str, list[str]] = {}
    for row in state["backups"]:
        if row["id"] not in before and row["status"] in WORKING and not _is_of_a_run(row):
            name = "" if _any_name(play, row["volume_id"]) else row["name"]
            groups.setdefault(f"backup {name!r} of volume {row['volume_id']}", []).append(row["id"])
    for row in state["policies"]:
        groups.setdefault(f"policy {row['name']!r}", []).append(row["id"])
    for row in state["shares"]:
        groups.setdefault(f"share of {row['backup_id']} with {row['to_project_id']}", []).append(row["id"])
    return {what: ids for what, ids in groups.items() if len(ids) > 1}


def orphans(state: JsonObject, play: Play, known: Iterable[str]) -> list[str]:
    """What nobody asked for: backups, policies and shares that are neither wanted nor were there before."""
    before, wanted = set(known), play.wanted
    found = []
    for row in state["backups"]:
        asked = {(row["volume_id"], row["name"]), (row["volume_id"], ANY_NAME)} & set(wanted.backups)
        if row["id"] not in before and not asked and not _is_of_a_run(row):
            found.append(f"backup {row['name']!r} of volume {row['volume_id']} ({row['status']}) was not asked for")
    policies = [row for row in state["policies"] if row["id"] not in before and row["name"] not in wanted.policies]
    found += [f"policy {row['name']!r} was not asked for" for row in policies]
    names = {row["id"]: row["name"] for row in state["backups"]}
    for row in state["shares"]:
        asked_share = (names.get(row["backup_id"]), row["to_project_id"]) in wanted.shares
        if row["id"] not in before and not asked_share:
            found.append(f"share of {row['backup_id']} with {row['to_project_id']} was not asked for")
    other = state["other"]
    found += [f"{kind} in the other project" for kind in ("backups", "policies", "checkpoints", "jobs") if other[kind]]
    return found


def missing(state: JsonObject, play: Play) -> list[str]:
    """Where the state is not as the play asked."""
    wanted = play.wanted
    found = [line for one in wanted.backups for line in _backup_problems(state, *one)]
    for name, policy in wanted.policies.items():
        rows = [row for row in state["policies"] if row["name"] == name]
        if len(rows) != 1:
            found.append(f"{len(rows)} policies are called {name!r}")
        found += [line for row in rows[:1] for line in _policy_problems(row, policy)]
    names = {row["id"]: row["name"] for row in state["backups"]}
    shares = {(names.get(row["backup_id"]), row["to_project_id"]) for row in state["shares"]}
    found += [
        f"{name!r} is not shared with {project}" for name, project in wanted.shares if (name, project) not in shares
    ]
    found += [f"{kind} {one} is still there" for kind, one in wanted.gone if _row(state, kind, one)]
    return found


def harm(before: JsonObject, now: JsonObject, play: Play) -> list[str]:
    """What was to stay as it was and did not."""
    found = []
    for kind, one in play.wanted.kept:
        if _row(before, kind, one) != _row(now, kind, one):
            found.append(f"{kind} {one} was changed or removed")
    return found


def done_twice(requests: Sequence[JsonObject], play: Play) -> list[str]:
    """The call that starts something anew was carried out more than once within one pass."""
    path = play.wanted.once
    done = [one for one in requests if path and is_done(one, "POST", path)]
    return [f"{len(done)} times within one pass: POST {done[0]['path']}"] if len(done) > 1 else []


def is_done(request: JsonObject, method: str, path: str) -> bool:
    """Whether the service did the work of such a request, whatever the client heard of it."""
    status = request["status"] or 0
    is_meant = request["method"] == method and bool(re.search(path, request["path"]))
    # A fault that gives its own answer does so in place of the work.
    return is_meant and 200 <= status < 300 and "status" not in (request["fault"] or {})


def creations(requests: Sequence[JsonObject]) -> Counter[str]:
    """How many objects the service made, by kind, for the report."""
    paths = {
        "backups": r"/(cloudbackups|backups)$",
        "policies": r"/backuppolicy$",
        "shares": r"/os-vendor-backup-sharing$",
        "restores": r"/restore$",
        "policy runs": r"/backuppolicy/[^/]+/action$",
        "checkpoints": r"/checkpoints$",
    }
    return Counter(kind for one in requests for kind, path in paths.items() if is_done(one, "POST", path))


def _is_of_a_run(backup: JsonObject) -> bool:
    """Whether a policy's run made it, or the server backup service: those are counted by their runs."""
    return bool(backup["policy_id"]) or backup["service_metadata"].get("ST") in FOR_SERVERS


def _backup_problems(state: JsonObject, volume: str, name: str) -> list[str]:
    rows = [row for row in state["backups"] if row["volume_id"] == volume and name in (ANY_NAME, row["name"])]
    good = [row for row in rows if row["status"] == GOOD]
    if good:
        return []
    return [f"no good backup {name!r} of volume {volume}: {[row['status'] for row in rows]}"]


def _policy_problems(row: JsonObject, wanted: PolicyWanted) -> list[str]:
    found = []
    schedule: Mapping[str, Any] = row["scheduled_policy"]
    for key, value in wanted.schedule.items():
        if schedule.get(key) != value:
            found.append(f"policy {row['name']!r} has {key} {schedule.get(key)!r} instead of {value!r}")
    if wanted.members is not None and set(row["members"]) != wanted.members:
        found.append(f"policy {row['name']!r} holds {sorted(row['members'])} instead of {sorted(wanted.members)}")
    if wanted.tags is not None and dict(row["tags"]) != dict(wanted.tags):
        found.append(f"policy {row['name']!r} has the tags {row['tags']} instead of {dict(wanted.tags)}")
    return found


def _any_name(play: Play, volume: str) -> bool:
    return (volume, ANY_NAME) in play.wanted.backups


def _row(state: JsonObject, kind: str, one: str) -> JsonObject | None:
    found: list[JsonObject] = [row for row in state[kind] if row["id"] == one]
    return found[0] if found else None
