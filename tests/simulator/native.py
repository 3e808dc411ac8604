# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from . import errors, jobs, work
from .backups import NAME_LIMIT, good_description, refusal, refuse_delete, refuse_restore
from .clock import micros, micros_or_null
from .models import VOLUME_STATES, Backup, Volume
from .paging import CREATED, Key, Window, listed, page, window
from .wire import NAME_CHARACTERS, Call, Reply, is_uuid, native

DESCRIPTION_LIMIT = 255
# Microversions from which v3 knows fuzzy filters and with_count (F §4.5).
FUZZY_SINCE = (3, 31)
COUNT_SINCE = (3, 45)
MICROVERSION = re.compile(r"volume (\d+)\.(\d+)")

SORTS: dict[str, Key[Backup]] = {
    "name": lambda row: row.name,
    "status": lambda row: row.status,
    "container_format": lambda _row: None,
    "disk_format": lambda _row: None,
    "size": lambda row: row.size,
    "id": lambda row: row.id,
    CREATED: lambda row: row.created_at,
    "updated_at": lambda row: row.updated_at,
}


def links(call: Call, backup: Backup) -> list[dict[str, str]]:
    """rel `self`, and `bookmark`, whose path has no version (F §4.5)."""
    path = f"{call.project.id}/backups/{backup.id}"
    return [
        {"href": f"{call.base()}/{call.version}/{path}", "rel": "self"},
        {"href": f"{call.base()}/{path}", "rel": "bookmark"},
    ]


def description_of(call: Call, backup: Backup) -> str | None:
    """Plain text, or the JSON text that one source describes (F §4.5)."""
    if not call.settings.description_json:
        return backup.description
    return json.dumps({"DESC": backup.description or "", "INC": int(backup.is_incremental)})


def detail(call: Call, backup: Backup) -> dict[str, Any]:
    """The backup object without links and owner, as shares hold it (F §4.5, §5.3)."""
    return {
        "id": backup.id,
        "name": backup.name,
        "status": backup.status,
        "description": description_of(call, backup),
        "volume_id": backup.volume_id,
        "availability_zone": backup.availability_zone,
        "size": backup.size,
        "object_count": backup.object_count,
        "container": backup.container,
        "fail_reason": backup.fail_reason,
        "snapshot_id": backup.snapshot_id,
        "is_incremental": backup.is_incremental,
        "has_dependent_backups": backup.has_dependent_backups,
        "created_at": micros(backup.created_at),
        "updated_at": micros_or_null(backup.updated_at),
        "data_timestamp": micros_or_null(backup.data_timestamp),
        # A JSON text with a blank before and after, as in the sample (F §4.5).
        "service_metadata": f" {json.dumps(backup.service_metadata)} ",
    }


def _full(call: Call, backup: Backup) -> dict[str, Any]:
    # The owner's field differs between v2 and v3 (F §4.5).
    owner = "os-bak-tenant-attr:tenant_id" if call.version == "v2" else "os-backup-project-attr:project_id"
    return {**detail(call, backup), owner: call.project.id, "links": links(call, backup)}


def _brief(call: Call, backup: Backup) -> dict[str, Any]:
    return {"id": backup.id, "name": backup.name, "links": links(call, backup)}


def _microversion(call: Call) -> tuple[int, int]:
    """What the header OpenStack-API-Version asks for; v2 has none."""
    match = MICROVERSION.fullmatch(call.request.headers.get("openstack-api-version", ""))
    if call.version != "v3" or match is None:
        return (0, 0)
    return (int(match[1]), int(match[2]))


def _filter(call: Call, version: tuple[int, int]) -> Callable[[Backup], bool] | None:
    """What the rows must be like; None where every row will do."""
    exact = {field: call.query(field) for field in ("name", "status", "volume_id")}
    exact = {field: value for field, value in exact.items() if value is not None}
    fuzzy: dict[str, str] = {}
    if version >= FUZZY_SINCE:
        asked = {field: call.query(f"{field}~") for field in ("name", "status", "volume_id")}
        fuzzy = {field: value for field, value in asked.items() if value is not None}
    if not exact and not fuzzy:
        return None

    def wanted(row: Backup) -> bool:
        return all(getattr(row, field) == value for field, value in exact.items()) and all(
            value in (getattr(row, field) or "") for field, value in fuzzy.items()
        )

    return wanted


def candidates(call: Call) -> list[Backup] | None:
    """Rows from an index, where a filter has one."""
    for index in ("volume_id", "name"):
        value = call.query(index)
        if value is not None:
            return call.project.backups.where(index, value)
    return None


def _list(call: Call, body_of: Callable[[Call, Backup], dict[str, Any]]) -> Reply:
    table = call.project.backups
    asked: Window[Backup] = window(call, table, SORTS, "Backup")
    version = _microversion(call)
    wanted, rows = _filter(call, version), candidates(call)
    found = page(table, asked, wanted, SORTS, rows)
    body = listed(call, "backups", found, [body_of(call, row) for row in found.rows])
    if version >= COUNT_SINCE and (call.query("with_count") or "").lower() == "true":
        body["count"] = len(table) if wanted is None else sum(map(wanted, table if rows is None else rows))
    return Reply(200, body)


def list_brief(call: Call) -> Reply:
    """GET backups (F §4.5)."""
    return _list(call, _brief)


def list_detail(call: Call) -> Reply:
    """GET backups/detail (F §4.5)."""
    return _list(call, _full)


def _find(call: Call) -> Backup:
    backup = call.project.backups.get(call.params["id"])
    if backup is None:
        raise errors.not_found(f"Backup {call.params['id']}")
    return backup


def show(call: Call) -> Reply:
    """GET one backup (F §4.5)."""
    return Reply(200, {"backup": _full(call, _find(call))})


def delete(call: Call) -> Reply:
    """DELETE a backup: 202 without a body, then `deleting`, then 404 (F §4.4)."""
    backup = _find(call)
    code = refuse_delete(call, backup)
    if code == "VolumeBackup.0125":
        raise errors.bad_request(f"Invalid backup: status {backup.status} does not allow deletion, or it is shared")
    if code:
        raise errors.bad_request(errors.MESSAGE[code], code)
    failure = jobs.injected(call)
    finish = work.delete(call, backup)
    step = finish if failure is None else lambda at: work.settle(backup, at, failure)
    call.sim.timeline.after(call.settings.delete_seconds, step)
    return Reply(202)


def _checked_create(call: Call) -> dict[str, Any]:
    """The `backup` object of a native create; the snapshot is mandatory here (F §4.6)."""
    body = call.json_object()
    given = body.get("backup") if body else None
    if not isinstance(given, dict):
        raise errors.bad_request("Missing required element 'backup' in request body.")
    for field in ("volume_id", "snapshot_id"):
        if not is_uuid(given.get(field)):
            raise errors.bad_request(f"Invalid input for field/attribute {field}: a UUID is required.")
    name = given.get("name")
    named = name is None or (
        isinstance(name, str) and len(name) <= NAME_LIMIT and NAME_CHARACTERS.fullmatch(name) is not None
    )
    if not named or (name or "").startswith("auto"):
        raise errors.bad_request("Invalid input for field/attribute name.")
    if not good_description(given.get("description"), DESCRIPTION_LIMIT):
        raise errors.bad_request("Invalid input for field/attribute description.")
    if not isinstance(given.get("force", False), bool):
        raise errors.bad_request("Invalid input for field/attribute force.")
    return given


def _refuse_state(call: Call, volume: Volume, *, force: bool) -> None:
    if volume.id in call.project.busy or volume.status not in VOLUME_STATES:
        raise errors.bad_request(f"Invalid volume: it is {volume.status} or has a backup in progress.")
    if volume.status == "in-use" and not force:
        raise errors.bad_request("Invalid volume: it is in-use; use the force flag.")
    code = refusal(call, volume)
    if code:
        raise errors.bad_request(errors.MESSAGE[code], code)


def create(call: Call) -> Reply:
    """POST backups, native form: no job, the row itself shows how it goes (F §4.6)."""
    given = _checked_create(call)
    volume = call.project.volumes.get(given["volume_id"])
    if volume is None:
        raise errors.not_found(f"Volume {given['volume_id']}")
    snapshot = call.project.snapshots.get(given["snapshot_id"])
    if snapshot is None or snapshot.volume_id != volume.id:
        raise errors.not_found(f"Snapshot {given['snapshot_id']}")
    _refuse_state(call, volume, force=given.get("force", False))
    backup = work.new_backup(call, volume, given.get("name"))
    backup.description, backup.snapshot_id = given.get("description"), snapshot.id
    failure = jobs.injected(call)
    call.sim.timeline.after(call.settings.job_seconds, work.create(call, volume, backup, None, failure))
    return Reply(202, {"backup": _brief(call, backup)})


def restore(call: Call) -> Reply:
    """POST backups/{id}/restore, native form (F §4.6)."""
    body = call.json_object()
    given = body.get("restore") if body else None
    if not isinstance(given, dict) or not is_uuid(given.get("volume_id")):
        raise errors.bad_request("Missing required element 'restore' with a volume_id in request body.")
    backup = _find(call)
    volume = call.project.volumes.get(given["volume_id"])
    if volume is None:
        raise errors.not_found(f"Volume {given['volume_id']}")
    code = refuse_restore(call, backup, volume)
    if code:
        raise errors.bad_request(errors.MESSAGE[code])
    call.sim.timeline.after(call.settings.job_seconds, work.restore(call, volume, backup, jobs.injected(call)))
    answer = {"backup_id": backup.id, "volume_id": volume.id, "volume_name": volume.name}
    return Reply(202, {"restore": answer})


ROUTES = [
    *native("GET", "/backups", list_brief, "vbs"),
    *native("POST", "/backups", create, "vbs"),
    *native("GET", "/backups/detail", list_detail, "vbs"),
    *native("GET", "/backups/{id}", show, "vbs"),
    *native("DELETE", "/backups/{id}", delete, "vbs"),
    *native("POST", "/backups/{id}/restore", restore, "vbs"),
]
