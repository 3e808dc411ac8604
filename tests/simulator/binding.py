# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

from . import errors
from .models import Policy, Volume
from .policies import body_of, find
from .wire import Call, Reply, Route

# In these states a volume cannot be bound (F §6.5).
BAD_STATES = ("awaiting-transfer", "error_extending", "error_restoring", "error_rollbacking", "error", "error_deleting")

Entry = dict[str, Any]


def _resources(body: dict[str, Any], *, typed: bool) -> list[str]:
    """The volume ids of a bind or unbind; whole-call refusals as in F §6.5."""
    resources = body.get("resources")
    if resources is None or resources == []:
        raise errors.vbs("AutoBackup.0207")
    if not isinstance(resources, list) or not all(isinstance(entry, dict) for entry in resources):
        raise errors.vbs("AutoBackup.0008", "resources")
    for entry in resources:
        if not entry.get("resource_id") or not isinstance(entry["resource_id"], str):
            raise errors.vbs("AutoBackup.0209", "resource_id")
        if typed and not entry.get("resource_type"):
            raise errors.vbs("AutoBackup.0209", "resource_type")
        if typed and entry["resource_type"] != "volume":
            raise errors.vbs("AutoBackup.0211")
    return [entry["resource_id"] for entry in resources]


def _entry(volume_id: str, volume: Volume | None) -> Entry:
    """An entry of a bind's answer; zone and pod are empty for an unknown volume (F §14.4)."""
    return {
        "resource_id": volume_id,
        "resource_type": "volume",
        "availability_zone": volume.availability_zone if volume else "",
        "os_vol_host_attr": volume.host.split("#")[0] if volume else "",
    }


def _injected(call: Call, volume_id: str) -> dict[str, Any] | None:
    """The failure that an injected `fail_resources` has for this volume, or for every one under `*`."""
    given = call.fault("fail_resources") or {}
    found = given.get(volume_id, given.get("*"))
    return dict(found) if isinstance(found, dict) else None


def _failed(code: str) -> dict[str, Any]:
    return {"code": code, "message": errors.MESSAGE.get(code, "request refused")}


def _refusal(call: Call, policy: Policy, volume_id: str, volume: Volume | None) -> dict[str, Any] | None:
    """Why one volume is not bound, None when it is (F §6.5, §12)."""
    settings = call.settings
    injected = _injected(call, volume_id)
    if injected is not None:
        return injected
    if volume is None:
        return _failed("AutoBackup.0208")
    if volume.status in BAD_STATES:
        return _failed("AutoBackup.0206")
    holder = call.project.held.get(volume_id)
    if holder == policy.id and settings.rebind_same == "fail_entry":
        # The code seen in captures lies outside the documented families (F §6.5).
        return {"code": "VBS.0002", "message": "the volume is already bound to this policy"}
    if holder not in (None, policy.id) and settings.bind_held_by_other == "fail_entry":
        return {"code": "VBS.0002", "message": "the volume is bound to another policy"}
    return None


def _check_whole_call(call: Call, policy: Policy, volume_ids: list[str]) -> None:
    """Refusals that concern the whole bind, where the settings say so (F §6.5, §12)."""
    settings, project = call.settings, call.project
    volumes = [project.volumes.get(volume_id) for volume_id in volume_ids]
    if settings.bind_unknown == "whole_call" and None in volumes:
        raise errors.vbs("AutoBackup.0208")
    bad = any(volume is not None and volume.status in BAD_STATES for volume in volumes)
    if settings.bind_bad_state == "whole_call" and bad:
        raise errors.vbs("AutoBackup.0206")
    if 0 < settings.volumes_per_policy < len({*policy.members, *volume_ids}):
        raise errors.vbs("AutoBackup.0204")


def bind(call: Call) -> Reply:
    """POST backuppolicyresources: HTTP 200 with two lists, also when entries failed (F §6.5)."""
    body = body_of(call)
    policy_id = body.get("backup_policy_id")
    if policy_id is None or policy_id == "":
        raise errors.vbs("AutoBackup.0006")
    volume_ids = _resources(body, typed=True)
    policy = call.project.policies.get(policy_id) if isinstance(policy_id, str) else None
    if policy is None:
        raise errors.vbs("AutoBackup.0205")
    _check_whole_call(call, policy, volume_ids)
    success: list[Entry] = []
    fail: list[Entry] = []
    for volume_id in volume_ids:
        volume = call.project.volumes.get(volume_id)
        refused = _refusal(call, policy, volume_id, volume)
        if refused is None:
            call.project.bind(volume_id, policy)
            success.append(_entry(volume_id, volume))
        else:
            fail.append({**_entry(volume_id, volume), **refused})
    return Reply(200, {"success_resources": success, "fail_resources": fail})


def unbind(call: Call) -> Reply:
    """POST …/deleted_resources: an entry that was not bound fails without a code (F §6.6, §12)."""
    policy = find(call)
    volume_ids = _resources(body_of(call), typed=False)
    success: list[Entry] = []
    fail: list[Entry] = []
    for volume_id in volume_ids:
        injected = _injected(call, volume_id)
        bound = volume_id in policy.members or (call.settings.unbind_any and volume_id in call.project.held)
        if injected is not None:
            fail.append({"resource_id": volume_id, **injected})
        elif bound or call.settings.unbind_missing == "success":
            if bound:
                call.project.unbind(volume_id)
            success.append({"resource_id": volume_id})
        else:
            fail.append({"resource_id": volume_id})
    return Reply(200, {"success_resources": success, "fail_resources": fail})


ROUTES = [
    Route("POST", "/v2/{pid}/backuppolicyresources", bind, "vbs"),
    Route("POST", "/v2/{pid}/backuppolicyresources/{id}/deleted_resources", unbind, "vbs"),
]
