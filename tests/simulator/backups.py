# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

from . import errors, jobs, work
from .models import VOLUME_STATES, Backup, Volume
from .wire import NAME_CHARACTERS, Call, Reply, Route, good_tag, is_uuid, text

NAME_LIMIT = 64
DESCRIPTION_LIMIT = 64
TAG_LIMIT = 10
# Made by the server backup service: `ST` of 1 or 5 (F §4.5); only that may delete them (F §4.4).
SERVER_BACKUP = (1, 5)


def check_name(name: Any) -> str:
    """The code that refuses a backup's name (F §4.1), or an empty text."""
    if name is None or name == "":
        return "VolumeBackup.0007"
    if not isinstance(name, str) or not NAME_CHARACTERS.fullmatch(name):
        return "VolumeBackup.0004"
    if len(name) > NAME_LIMIT:
        return "VolumeBackup.0003"
    return "VolumeBackup.0005" if name.startswith("auto") else ""


def good_description(value: Any, limit: int) -> bool:
    """Whether this is a description as F §4.1 and §4.6 limit it."""
    if value is None:
        return True
    return isinstance(value, str) and len(value) <= limit and not set(value) & set("<>")


def _check_tags(tags: Any) -> str:
    if tags is None:
        return ""
    if not isinstance(tags, list) or not all(good_tag(tag) for tag in tags):
        return "VolumeBackup.0049"
    return "VolumeBackup.0050" if len(tags) > TAG_LIMIT else ""


def _check_extend(extend: Any) -> str:
    if extend is None:
        return ""
    good = isinstance(extend, dict) and all(isinstance(value, str) for value in extend.values())
    return "" if good else "VolumeBackup.0002"


def _checked_create(call: Call) -> dict[str, Any]:
    """The `backup` object of a create, checked field by field (F §4.1)."""
    body = call.json_object()
    backup = body.get("backup") if body else None
    if not isinstance(backup, dict) or not backup:
        raise errors.vbs("VolumeBackup.0002")
    volume_id = backup.get("volume_id")
    if volume_id is None or volume_id == "":
        raise errors.vbs("VolumeBackup.0010")
    if not is_uuid(volume_id):
        raise errors.vbs("VolumeBackup.0011")
    described = good_description(backup.get("description"), DESCRIPTION_LIMIT)
    code = (
        check_name(backup.get("name"))
        or ("" if described else "VolumeBackup.0006")
        or _check_tags(backup.get("tags"))
        or _check_extend(backup.get("extend_param"))
    )
    if code:
        raise errors.vbs(code)
    return backup


def refusal(call: Call, volume: Volume) -> str:
    """Why the volume cannot be backed up now, as a code, or an empty text (F §4.1)."""
    settings, project = call.settings, call.project
    if volume.id in project.busy and project.busy[volume.id] == "backup" and settings.second_backup == "refuse":
        return "VolumeBackup.0013"
    backing_up = volume.status == "backing-up" and project.busy.get(volume.id) == "backup"
    if volume.status not in VOLUME_STATES and not backing_up:
        return "VolumeBackup.0012"
    limit = settings.backups_per_volume
    if limit and len(project.backups.where("volume_id", volume.id)) >= limit:
        return "VolumeBackup.0040"
    if 0 <= settings.quota_backups <= len(project.backups):
        return "VolumeBackup.0080"
    used = sum(row.size for row in project.backups) if settings.quota_gigabytes >= 0 else 0
    if 0 <= settings.quota_gigabytes < used + volume.size:
        return "VolumeBackup.0081"
    return ""


def _check_snapshot(call: Call, snapshot_id: Any, volume: Volume) -> str | None:
    """The snapshot named, which must be one of that disk (F §4.1); empty and null mean none."""
    if snapshot_id is None or snapshot_id == "":
        return None
    snapshot = call.project.snapshots.get(snapshot_id) if isinstance(snapshot_id, str) else None
    if snapshot is None or snapshot.volume_id != volume.id:
        raise errors.vbs("VolumeBackup.0019")
    return snapshot.id


def create(call: Call) -> Reply:
    """POST cloudbackups: answers a job id; the backup's id comes later, in the job (F §4.1)."""
    given = _checked_create(call)
    volume = call.project.volumes.get(given["volume_id"])
    if volume is None:
        raise errors.vbs("VolumeBackup.0021")
    code = refusal(call, volume)
    if code:
        raise errors.vbs(code)
    snapshot_id = _check_snapshot(call, given.get("snapshot_id"), volume)
    failure = jobs.injected(call)
    if volume.id in call.project.busy:
        failure = jobs.Failure("VolumeBackup.0013", errors.MESSAGE["VolumeBackup.0013"], "none")
    full = text((given.get("extend_param") or {}).get("FullBackup")).lower() == "true"
    backup = work.new_backup(call, volume, given["name"], full=full)
    backup.description, backup.snapshot_id = given.get("description"), snapshot_id
    backup.tags = given.get("tags") or []
    return Reply(200, {"job_id": start_backup(call, volume, backup, failure)})


def start_backup(call: Call, volume: Volume, backup: Backup, failure: jobs.Failure | None) -> str:
    """Start the job that makes a backup; its id."""
    job = jobs.start(call, "bksCreateBackup", {"volume_id": volume.id})
    if failure and failure.row == "none" and volume.id in call.project.busy:
        jobs.run(call, job, lambda _at: job.entities.update(backup_id=""), failure)
    else:
        jobs.run(call, job, work.create(call, volume, backup, job, failure), failure)
    return job.id


def _restored(call: Call) -> tuple[Backup, Volume]:
    """Backup and target of a restore, checked in the order of F §4.3."""
    if not call.request.body.strip():
        raise errors.vbs("VolumeBackup.0210")
    body = call.json_object()
    given = body.get("restore") if body else None
    if not isinstance(given, dict) or not given:
        raise errors.vbs("VolumeBackup.0210")
    if not is_uuid(call.params["id"]):
        raise errors.vbs("VolumeBackup.0204")
    volume_id = given.get("volume_id")
    if volume_id is None or volume_id == "":
        raise errors.vbs("VolumeBackup.0208")
    if not is_uuid(volume_id):
        raise errors.vbs("VolumeBackup.0011")
    backup = call.project.backups.get(call.params["id"])
    if backup is None:
        raise errors.vbs("VolumeBackup.0111")
    volume = call.project.volumes.get(volume_id)
    if volume is None:
        raise errors.vbs("VolumeBackup.0207")
    return backup, volume


def refuse_restore(call: Call, backup: Backup, volume: Volume) -> str:
    """Why the backup cannot go onto the volume now, as a code, or an empty text (F §4.3)."""
    if volume.disaster_recovery:
        return "VolumeBackup.0211"
    if backup.status != "available":
        return "VolumeBackup.0089"
    if call.project.busy.get(volume.id) == "backup":
        return "VolumeBackup.0206"
    if volume.status != "available":
        return "VolumeBackup.0205"
    return "VolumeBackup.0209" if volume.size < backup.size else ""


def restore(call: Call) -> Reply:
    """POST cloudbackups/{id}/restore: answers a job id (F §4.3)."""
    backup, volume = _restored(call)
    code = refuse_restore(call, backup, volume)
    if code:
        raise errors.vbs(code)
    failure = jobs.injected(call)
    entities = {"backup_id": backup.id, "volume_id": volume.id}
    job = jobs.start(call, "bksRestoreBackup", entities)
    jobs.run(call, job, work.restore(call, volume, backup, failure), failure)
    return Reply(200, {"job_id": job.id})


def refuse_delete(call: Call, backup: Backup) -> str:
    """Why the backup cannot be deleted now, as a code, or an empty text (F §4.4, §12)."""
    settings = call.settings
    if backup.image:
        return "VolumeBackup.0113"
    if backup.service_metadata.get("ST") in SERVER_BACKUP:
        return "VolumeBackup.0129"
    shared = call.sim.store.shares.where("backup_id", backup.id)
    if shared and settings.delete_shared_backup == "refuse":
        return "VolumeBackup.0125"
    if backup.status in ("available", "error"):
        return ""
    busy = backup.status in ("creating", "restoring")
    return "" if busy and settings.delete_busy_backup == "allow" else "VolumeBackup.0125"


def delete_by_job(call: Call) -> Reply:
    """POST (or, by one old client, DELETE) cloudbackups/{id}: the old deletion, with a job (F §4.4)."""
    if not is_uuid(call.params["id"]):
        raise errors.vbs("VolumeBackup.0204")
    backup = call.project.backups.get(call.params["id"])
    if backup is None:
        raise errors.not_found(f"Backup {call.params['id']}")
    code = refuse_delete(call, backup)
    if code:
        raise errors.vbs(code)
    job = jobs.start(call, "bksDeleteBackup", {"backup_id": backup.id, "volume_id": backup.volume_id})
    failure = jobs.injected(call)
    finish = work.delete(call, backup)
    jobs.run(call, job, finish if failure is None else lambda at: work.settle(backup, at, failure), failure)
    return Reply(200, {"job_id": job.id})


def quota(call: Call) -> Reply:
    """GET cloudbackups/quota; -1 means no limit (F §4.7)."""
    rows = call.project.backups
    used = {"backups": len(rows), "backup_gigabytes": sum(row.size for row in rows)}
    limits = {"backups": call.settings.quota_backups, "backup_gigabytes": call.settings.quota_gigabytes}
    resources = [{"type": kind, "used": used[kind], "reserved": 0, "quota": limits[kind]} for kind in used]
    return Reply(200, {"quotas": {"resources": resources}})


ROUTES = [
    Route("POST", "/v2/{pid}/cloudbackups", create, "vbs"),
    Route("GET", "/v2/{pid}/cloudbackups/quota", quota, "vbs"),
    Route("POST", "/v2/{pid}/cloudbackups/{id}/restore", restore, "vbs"),
    Route("POST", "/v2/{pid}/cloudbackups/{id}", delete_by_job, "vbs"),
    Route("DELETE", "/v2/{pid}/cloudbackups/{id}", delete_by_job, "vbs"),
]
