# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

from . import errors, schedule
from .models import Policy
from .state import new_id
from .wire import NAME_CHARACTERS, Call, Reply, Route, good_tag

TAG_LIMIT = 10


def body_of(call: Call) -> dict[str, Any]:
    """The body as an object; .0000 where it is empty, .0008 where it is none (F §13.1)."""
    if not call.request.body.strip():
        raise errors.vbs("AutoBackup.0000")
    body = call.json_object()
    if body is None:
        raise errors.vbs("AutoBackup.0008")
    return body


def find(call: Call) -> Policy:
    """The policy in the path, or 404 (F §6.3)."""
    policy = call.project.policies.get(call.params["id"])
    if policy is None:
        raise errors.vbs("AutoBackup.0205")
    return policy


def is_default(policy: Policy) -> bool:
    """Whether this is the built-in policy (F §6.2)."""
    return policy.name.startswith("default")


def _check_name(name: Any) -> None:
    if not isinstance(name, str) or not 1 <= len(name) <= 64:
        raise errors.vbs("AutoBackup.0101")
    if set(name) & set("<>"):
        raise errors.vbs("AutoBackup.0221")
    if not NAME_CHARACTERS.fullmatch(name):
        raise errors.vbs("AutoBackup.0102")


def _check_unique(call: Call, name: str, own_id: str) -> None:
    """Equal names are allowed, unless the setting says otherwise (F §12)."""
    taken = any(row.name == name and row.id != own_id for row in call.project.policies)
    if call.settings.policy_names_unique and taken:
        raise errors.vbs("AutoBackup.0102", "the name is taken")


def checked_tags(tags: Any) -> dict[str, str]:
    """Tags as a map; .0214 for a bad one, .0215 for too many (F §13.1)."""
    if tags is None:
        return {}
    if not isinstance(tags, list) or not all(good_tag(tag) for tag in tags):
        raise errors.vbs("AutoBackup.0214")
    found = {tag["key"]: tag["value"] for tag in tags}
    if len(found) > TAG_LIMIT:
        raise errors.vbs("AutoBackup.0215")
    return found


def create(call: Call) -> Reply:
    """POST backuppolicy (F §6.1)."""
    body = body_of(call)
    _check_name(body.get("backup_policy_name"))
    name, zone = body["backup_policy_name"], body.get("time_zone")
    schedule.check_zone(zone)
    scheduled = schedule.created(body.get("scheduled_policy"), zone, call.settings)
    tags = checked_tags(body.get("tags"))
    _check_unique(call, name, "")
    limit = call.settings.policies_per_project
    if limit and sum(not is_default(row) for row in call.project.policies) >= limit:
        raise errors.vbs("AutoBackup.0203")
    policy = Policy(new_id(), name, scheduled, call.now, zone, tags)
    call.project.policies.add(policy)
    return Reply(200, {"backup_policy_id": policy.id})


def _body(call: Call, policy: Policy) -> dict[str, Any]:
    body: dict[str, Any] = {
        "backup_policy_id": policy.id,
        "backup_policy_name": policy.name,
        "scheduled_policy": policy.scheduled_policy,
        "policy_resource_count": len(policy.members),
    }
    if call.settings.return_time_zone and policy.time_zone is not None:
        body["time_zone"] = policy.time_zone
    return body


def list_all(call: Call) -> Reply:
    """GET backuppolicy: all in one answer, no filters (F §6.2)."""
    rows = list(call.project.policies)
    if call.settings.policy_order == "name":
        rows.sort(key=lambda row: row.name)
    return Reply(200, {"backup_policies": [_body(call, row) for row in rows]})


def change(call: Call) -> Reply:
    """PUT backuppolicy/{id}: every field is optional (F §6.3)."""
    policy = find(call)
    body = body_of(call)
    if is_default(policy):
        raise errors.vbs("AutoBackup.0100")
    name, zone = body.get("backup_policy_name"), body.get("time_zone")
    if name is not None:
        _check_name(name)
        if name.startswith("default"):
            raise errors.vbs("AutoBackup.0102", "it must not start with default")
        _check_unique(call, name, policy.id)
    schedule.check_zone(zone)
    scheduled = policy.scheduled_policy
    if body.get("scheduled_policy") is not None:
        new_zone = zone or policy.time_zone
        scheduled = schedule.changed(scheduled, body["scheduled_policy"], new_zone, call.settings)
    policy.name, policy.scheduled_policy = name or policy.name, scheduled
    policy.time_zone = zone or policy.time_zone
    return Reply(200, {"backup_policy_id": policy.id})


def delete(call: Call) -> Reply:
    """DELETE backuppolicy/{id}: 204; its volumes become free, its backups stay (F §6.4, §12)."""
    policy = find(call)
    if is_default(policy):
        raise errors.vbs("AutoBackup.0100")
    if policy.members and call.settings.delete_policy_with_volumes == "refuse":
        raise errors.vbs("AutoBackup.1300")
    for volume_id in list(policy.members):
        call.project.unbind(volume_id)
    call.project.policies.remove(policy.id)
    return Reply(204)


ROUTES = [
    Route("POST", "/v2/{pid}/backuppolicy", create, "vbs"),
    Route("GET", "/v2/{pid}/backuppolicy", list_all, "vbs"),
    Route("PUT", "/v2/{pid}/backuppolicy/{id}", change, "vbs"),
    Route("DELETE", "/v2/{pid}/backuppolicy/{id}", delete, "vbs"),
]
