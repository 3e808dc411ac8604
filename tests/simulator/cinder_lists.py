# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlencode

from . import errors
from .clock import whole
from .models import Backup, Snapshot, Volume
from .paging import CREATED, Key, Page, Window, page
from .table import R, Table
from .wire import Call, Reply, digits, native

# `name` is no column, so it cannot be sorted by (openstack.md).
SORTS: dict[str, Key[Any]] = {
    "id": lambda row: row.id,
    "status": lambda row: row.status,
    "size": lambda row: row.size,
    CREATED: lambda row: row.created_at,
}


def links(call: Call, kind: str, row_id: str) -> list[dict[str, str]]:
    """rel `self` and `bookmark`."""
    path = f"{call.project.id}/{kind}/{row_id}"
    return [
        {"href": f"{call.base()}/{call.version}/{path}", "rel": "self"},
        {"href": f"{call.base()}/{path}", "rel": "bookmark"},
    ]


def _number(given: str, name: str, negative: str) -> int:
    value = digits(given.removeprefix("-"))
    if value is None:
        raise errors.bad_request(f"{name} param must be an integer")
    if given.startswith("-"):
        raise errors.bad_request(negative)
    return value


def _limit(call: Call) -> int:
    given, most = call.query("limit"), call.settings.max_page
    return most if given is None else min(_number(given, "limit", "limit param must be positive"), most)


def _offset(call: Call) -> int:
    return _number(call.query("offset") or "0", "offset", "offset must be >= 0")


def _window(call: Call, table: Table[R], what: str) -> Window[R]:
    limit, offset = _limit(call), _offset(call)
    sort_key, direction = call.query("sort_key") or CREATED, call.query("sort_dir") or "desc"
    if direction not in ("asc", "desc"):
        raise errors.bad_request("Invalid input received: Unknown sort direction, must be 'desc' or 'asc'.")
    if sort_key not in SORTS:
        raise errors.bad_request("Invalid input received: Invalid sort key")
    marker_id = call.query("marker")
    marker = table.get(marker_id) if marker_id else None
    if marker_id and marker is None:
        raise errors.not_found(f"{what} {marker_id}")
    return Window(limit, offset, marker, sort_key, direction == "desc")


def _wanted(call: Call, fields: Iterable[str]) -> Callable[[Any], bool] | None:
    """Exact filters; those it does not know are silently ignored (openstack.md)."""
    asked = {field: call.query(field) for field in fields}
    asked = {field: value for field, value in asked.items() if value is not None}
    if not asked:
        return None
    return lambda row: all(getattr(row, field) == value for field, value in asked.items())


def _candidates(call: Call, table: Table[R], indexes: Iterable[str]) -> list[R] | None:
    for index in indexes:
        value = call.query(index)
        if value is not None:
            return table.where(index, value)
    return None


def _answer(call: Call, name: str, found: Page[R], limit: int, body_of: Callable[[R], dict[str, Any]]) -> Reply:
    """A next link also stands where the page is exactly full, so that the next one may be empty (openstack.md)."""
    body: dict[str, Any] = {name: [body_of(row) for row in found.rows]}
    if found.rows and len(found.rows) == limit:
        pairs = [(key, value) for key, value in call.request.query if key not in ("marker", "offset")]
        query = urlencode([*pairs, ("marker", found.rows[-1].id)])
        body[f"{name}_links"] = [{"href": f"{call.base()}{call.request.raw_path}?{query}", "rel": "next"}]
    return Reply(200, body)


def backup_brief(call: Call, backup: Backup) -> dict[str, Any]:
    """What a create answers, and an entry of the short list."""
    return {"id": backup.id, "links": links(call, "backups", backup.id), "name": backup.name}


def backup_detail(call: Call, backup: Backup) -> dict[str, Any]:
    """No owner, no service_metadata; zone null, container null until done, whole seconds (openstack.md)."""
    return {
        "availability_zone": None,
        "container": backup.container,
        "created_at": whole(backup.created_at),
        "data_timestamp": whole(backup.data_timestamp),
        "description": backup.description,
        "fail_reason": backup.fail_reason,
        "has_dependent_backups": backup.has_dependent_backups,
        "id": backup.id,
        "is_incremental": backup.is_incremental,
        "links": links(call, "backups", backup.id),
        "name": backup.name,
        "object_count": backup.object_count or 0,
        "size": backup.size,
        "snapshot_id": backup.snapshot_id,
        "status": backup.status,
        "updated_at": whole(backup.updated_at),
        "volume_id": backup.volume_id,
    }


def _backups(call: Call, body_of: Callable[[Call, Backup], dict[str, Any]]) -> Reply:
    table = call.project.backups
    asked: Window[Backup] = _window(call, table, "Backup")
    fields = ("name", "status", "volume_id")
    found = page(table, asked, _wanted(call, fields), SORTS, _candidates(call, table, ("volume_id", "name")))
    return _answer(call, "backups", found, asked.limit, lambda row: body_of(call, row))


def list_backups(call: Call) -> Reply:
    """GET backups."""
    return _backups(call, backup_brief)


def list_backups_detail(call: Call) -> Reply:
    """GET backups/detail."""
    return _backups(call, backup_detail)


def find_backup(call: Call) -> Backup:
    """The backup in the path, which may end in `.json`."""
    backup_id = call.params["id"].removesuffix(".json")
    backup = call.project.backups.get(backup_id)
    if backup is None:
        raise errors.not_found(f"Backup {backup_id}")
    return backup


def show_backup(call: Call) -> Reply:
    """GET one backup."""
    return Reply(200, {"backup": backup_detail(call, find_backup(call))})


def _attachment(entry: dict[str, Any]) -> dict[str, Any]:
    return {"attached_at": None, "host_name": None, "id": entry.get("volume_id"), **entry}


def _volume(call: Call, volume: Volume) -> dict[str, Any]:
    return {
        "attachments": [_attachment(entry) for entry in volume.attachments],
        "availability_zone": volume.availability_zone,
        "bootable": volume.bootable,
        "consistencygroup_id": None,
        "created_at": whole(volume.created_at),
        "description": None,
        "encrypted": False,
        "id": volume.id,
        "links": links(call, "volumes", volume.id),
        "metadata": volume.metadata,
        "multiattach": volume.multiattach,
        "name": volume.name,
        "os-vol-tenant-attr:tenant_id": call.project.id,
        "replication_status": None,
        "size": volume.size,
        "snapshot_id": None,
        "source_volid": None,
        "status": volume.status,
        "updated_at": whole(volume.updated_at or volume.created_at),
        "user_id": call.identity.user.id if call.identity else None,
        "volume_type": volume.volume_type,
    }


def list_volumes(call: Call) -> Reply:
    """GET volumes/detail: never a count."""
    table = call.project.volumes
    asked: Window[Volume] = _window(call, table, "Volume")
    wanted = _wanted(call, ("name", "status", "availability_zone", "bootable"))
    found = page(table, asked, wanted, SORTS, _candidates(call, table, ("name",)))
    return _answer(call, "volumes", found, asked.limit, lambda row: _volume(call, row))


def show_volume(call: Call) -> Reply:
    """GET one volume."""
    volume = call.project.volumes.get(call.params["id"])
    if volume is None:
        raise errors.not_found(f"Volume {call.params['id']}")
    return Reply(200, {"volume": _volume(call, volume)})


def _snapshot(snapshot: Snapshot) -> dict[str, Any]:
    return {
        "created_at": whole(snapshot.created_at),
        "description": None,
        "id": snapshot.id,
        "metadata": {},
        "name": snapshot.name,
        "size": snapshot.size,
        "status": snapshot.status,
        "updated_at": whole(snapshot.created_at),
        "volume_id": snapshot.volume_id,
    }


def list_snapshots(call: Call) -> Reply:
    """GET snapshots/detail."""
    table = call.project.snapshots
    asked: Window[Snapshot] = _window(call, table, "Snapshot")
    wanted = _wanted(call, ("name", "status", "volume_id"))
    found = page(table, asked, wanted, SORTS, _candidates(call, table, ("name", "volume_id")))
    return _answer(call, "snapshots", found, asked.limit, _snapshot)


def show_snapshot(call: Call) -> Reply:
    """GET one snapshot."""
    snapshot = call.project.snapshots.get(call.params["id"])
    if snapshot is None:
        raise errors.not_found(f"Snapshot {call.params['id']}")
    return Reply(200, {"snapshot": _snapshot(snapshot)})


ROUTES = [
    *native("GET", "/backups", list_backups, "vbs"),
    *native("GET", "/backups/detail", list_backups_detail, "vbs"),
    *native("GET", "/backups/{id}", show_backup, "vbs"),
    *native("GET", "/volumes/detail", list_volumes, "evs"),
    *native("GET", "/volumes/{id}", show_volume, "evs"),
    *native("GET", "/snapshots/detail", list_snapshots, "evs"),
    *native("GET", "/snapshots/{id}", show_snapshot, "evs"),
]
