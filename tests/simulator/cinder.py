# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

from . import errors, jobs, work
from .cinder_lists import backup_brief, find_backup
from .clock import Event
from .models import VOLUME_STATES, Backup, Snapshot, Volume
from .state import new_id
from .wire import Call, Reply, is_uuid, native

FIELDS = ("volume_id", "container", "description", "incremental", "force", "name", "snapshot_id")
TRUE = ("True", "TRUE", "true", "1", "ON", "On", "on", "YES", "Yes", "yes", "y", "t")
FALSE = ("False", "FALSE", "false", "0", "OFF", "Off", "off", "NO", "No", "no", "n", "f")
BOOLEANS = [True, *TRUE, False, *FALSE]
ABORTED = "Create backup aborted, expected volume status backing-up but got available."
LATER = 0.1


def _invalid(field: str, value: Any, why: str) -> errors.ApiError:
    return errors.bad_request(f"Invalid input for field/attribute {field}. Value: {value}. {why}")


def _check_text(given: dict[str, Any], field: str) -> None:
    value = given.get(field)
    if value is not None and not isinstance(value, str):
        raise _invalid(field, value, f"{value!r} is not of type 'string', 'null'")
    if value is not None and len(value) > 255:
        raise _invalid(field, value, f"{value!r} is too long")


def _boolean(given: dict[str, Any], field: str) -> bool:
    """true, and many texts for it; null is refused (openstack.md)."""
    value = given.get(field, False)
    if value is None or not isinstance(value, (bool, str)):
        raise _invalid(field, value, f"{value!r} is not of type 'boolean', 'string'")
    if value not in BOOLEANS:
        raise _invalid(field, value, f"{value!r} is not one of {BOOLEANS}")
    return value is True or value in TRUE


def _object(call: Call, name: str) -> dict[str, Any]:
    body = call.json_object()
    if body is None:
        raise errors.bad_request("Malformed request body")
    if not isinstance(body.get(name), dict):
        raise errors.bad_request(f"'{name}' is a required property")
    return dict(body[name])


def _checked(call: Call) -> dict[str, Any]:
    """The `backup` object against Cinder's schema, which takes no field it does not know (openstack.md)."""
    given = _object(call, "backup")
    if "volume_id" not in given:
        raise _invalid("backup", given, "'volume_id' is a required property")
    unknown = sorted(set(given) - set(FIELDS))
    if unknown:
        raise _invalid("backup", given, f"Additional properties are not allowed ({unknown[0]!r} was unexpected)")
    if not is_uuid(given["volume_id"]):
        raise _invalid("volume_id", given["volume_id"], f"{given['volume_id']!r} is not a 'uuid'")
    snapshot_id = given.get("snapshot_id")
    if snapshot_id is not None and not is_uuid(snapshot_id):
        raise _invalid("snapshot_id", snapshot_id, f"{snapshot_id!r} is not valid under any of the given schemas")
    for field in ("name", "description", "container"):
        _check_text(given, field)
    return {**given, "force": _boolean(given, "force"), "incremental": _boolean(given, "incremental")}


def _source(call: Call, given: dict[str, Any]) -> tuple[Volume, Snapshot | None]:
    """Volume and snapshot of a backup; a snapshot makes force needless (openstack.md)."""
    volume = call.project.volumes.get(given["volume_id"])
    if volume is None:
        raise errors.not_found(f"Volume {given['volume_id']}")
    if given.get("snapshot_id") is not None:
        snapshot = call.project.snapshots.get(given["snapshot_id"])
        if snapshot is None:
            raise errors.not_found(f"Snapshot {given['snapshot_id']}")
        if snapshot.volume_id != volume.id or snapshot.status != "available":
            raise errors.bad_request("Invalid snapshot: it is not available or not of this volume.")
        return volume, snapshot
    if volume.status not in VOLUME_STATES:
        text = "Volume to be backed up must be available or in-use, but the current status is"
        raise errors.bad_request(f'Invalid volume: {text} "{volume.status}".')
    if volume.status == "in-use" and not given["force"]:
        raise errors.bad_request("Invalid volume: Backing up an in-use volume must use the force flag.")
    return volume, None


def _over_limit(message: str) -> errors.ApiError:
    body = {"overLimit": {"code": 413, "message": message, "retryAfter": "0"}}
    return errors.ApiError(413, body, {"Retry-After": "0"})


def _check_quota(call: Call, volume: Volume) -> None:
    settings, rows = call.settings, call.project.backups
    if 0 <= settings.quota_backups <= len(rows):
        text = f"Maximum number of backups allowed ({settings.quota_backups}) exceeded"
        raise _over_limit(f"BackupLimitExceeded: {text}")
    if 0 <= settings.quota_gigabytes < sum(row.size for row in rows) + volume.size:
        text = "Requested backup exceeds allowed Backup gigabytes quota."
        raise _over_limit(f"VolumeBackupSizeExceedsAvailableQuota: {text}")


def _parent(call: Call, volume: Volume) -> Backup:
    rows = [row for row in call.project.backups.where("volume_id", volume.id) if row.status == "available"]
    if not rows:
        raise errors.bad_request("Invalid backup: No backups available to do an incremental backup.")
    return rows[-1]


def create(call: Call) -> Reply:
    """POST backups: 202 whatever becomes of it (openstack.md)."""
    given = _checked(call)
    volume, snapshot = _source(call, given)
    _check_quota(call, volume)
    parent = _parent(call, volume) if given["incremental"] else None
    backup = work.new_backup(call, volume, given.get("name"))
    backup.description = given.get("description")
    backup.is_incremental = parent is not None
    if parent is not None:
        backup.parent_id, parent.has_dependent_backups = parent.id, True
    if snapshot is not None:
        backup.snapshot_id, snapshot.status = snapshot.id, "backing-up"
    failure = jobs.injected(call)
    finish = work.create(call, volume, backup, None, failure, shows=snapshot is None)
    if snapshot is not None:
        backup.data_timestamp = snapshot.created_at
    call.sim.timeline.after(call.settings.job_seconds, _finishing(call, backup, snapshot, finish))
    return Reply(202, {"backup": backup_brief(call, backup)})


def _finishing(call: Call, backup: Backup, snapshot: Snapshot | None, finish: Event) -> Event:
    """The end of a backup; while the backup service is down it stays `creating` (openstack.md)."""
    waited = False

    def done(at: float) -> None:
        nonlocal waited
        if call.sim.settings.backup_service_down:
            waited = True
            call.sim.timeline.after(LATER, done)
            return
        finish(at)
        if snapshot is not None:
            snapshot.status = "available"
        if waited:
            backup.status, backup.fail_reason = "error", ABORTED
        elif backup.status == "available":
            backup.container = f"{backup.id[:2]}/{backup.id[2:4]}/{backup.id}"
            backup.object_count = 0 if backup.is_incremental else 32

    return done


def delete(call: Call) -> Reply:
    """DELETE a backup: 202, soon gone (openstack.md)."""
    backup = find_backup(call)
    if backup.status not in ("available", "error"):
        raise errors.bad_request("Invalid backup: Backup status must be available or error")
    if backup.has_dependent_backups:
        raise errors.bad_request("Invalid backup: Incremental backups exist for this backup.")
    finish = work.delete(call, backup)
    project = call.project

    def done(at: float) -> None:
        finish(at)
        parent = project.backups.get(backup.parent_id or "")
        if parent is not None:
            siblings = project.backups.where("volume_id", backup.volume_id)
            parent.has_dependent_backups = any(row.parent_id == parent.id for row in siblings)

    call.sim.timeline.after(call.settings.delete_seconds, done)
    return Reply(202)


def _target(call: Call, backup: Backup, given: dict[str, Any]) -> Volume:
    """The volume to overwrite, or a new one where none is named."""
    if given.get("volume_id") is None:
        name = given.get("name") or f"restore_backup_{backup.id}"
        return call.project.volumes.add(Volume(new_id(), name, backup.size, call.now))
    volume = call.project.volumes.get(str(given["volume_id"]))
    if volume is None:
        raise errors.not_found(f"Volume {given['volume_id']}")
    if volume.status != "available":
        raise errors.bad_request("Invalid volume: Volume to be restored to must be available")
    if volume.size < backup.size:
        text = f"volume size {volume.size} is too small to restore backup of size {backup.size}."
        raise errors.bad_request(f"Invalid volume: {text}")
    return volume


def restore(call: Call) -> Reply:
    """POST backups/{id}/restore, onto a volume or into a new one."""
    given = _object(call, "restore")
    backup = find_backup(call)
    if backup.status != "available":
        raise errors.bad_request("Invalid backup: Backup status must be available")
    volume = _target(call, backup, given)
    size = volume.size
    finish = work.restore(call, volume, backup, jobs.injected(call))

    def done(at: float) -> None:
        finish(at)
        volume.size = size

    call.sim.timeline.after(call.settings.job_seconds, done)
    answer = {"backup_id": backup.id, "volume_id": volume.id, "volume_name": volume.name}
    return Reply(202, {"restore": answer})


def update(_call: Call) -> Reply:
    """PUT a backup: v2 cannot (the microversion that can is not simulated)."""
    text = "There is no such action: update. Verify the request body and Content-Type header and try again."
    raise errors.bad_request(text)


ROUTES = [
    *native("POST", "/backups", create, "vbs"),
    *native("DELETE", "/backups/{id}", delete, "vbs"),
    *native("PUT", "/backups/{id}", update, "vbs"),
    *native("POST", "/backups/{id}/restore", restore, "vbs"),
]
