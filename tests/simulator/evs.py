# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from . import errors
from .clock import micros
from .models import Snapshot, Volume
from .paging import CREATED, Key, Window, listed, page, window
from .table import Table
from .wire import Call, Reply, Route, native

VOLUME_SORTS: dict[str, Key[Volume]] = {
    "id": lambda row: row.id,
    "status": lambda row: row.status,
    "size": lambda row: row.size,
    CREATED: lambda row: row.created_at,
}
SNAPSHOT_SORTS: dict[str, Key[Snapshot]] = {
    "id": lambda row: row.id,
    "status": lambda row: row.status,
    "name": lambda row: row.name,
    "size": lambda row: row.size,
    CREATED: lambda row: row.created_at,
}
MOST_IDS = 60
PAGING = ("limit", "offset", "marker", "sort_key", "sort_dir")


def volume_body(call: Call, volume: Volume) -> dict[str, Any]:
    """A volume as F §8 lists its fields."""
    return {
        "id": volume.id,
        "name": volume.name,
        "status": volume.status,
        "size": volume.size,
        "availability_zone": volume.availability_zone,
        "bootable": volume.bootable,
        "multiattach": volume.multiattach,
        "attachments": volume.attachments,
        "volume_type": volume.volume_type,
        "created_at": micros(volume.created_at),
        "os-vol-host-attr:host": volume.host,
        "os-vol-tenant-attr:tenant_id": call.project.id,
        "metadata": volume.metadata,
        "tags": volume.tags,
    }


def _literal(call: Call, name: str, kind: type) -> Any:
    """A query value written as a Python literal, such as `ids=['a','b']` (F §8)."""
    text = call.query(name)
    if text is None:
        return None
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        value = None
    if not isinstance(value, kind):
        raise errors.bad_request(f"{name} is malformed: {text!r}")
    return value


def _ids(call: Call) -> set[str] | None:
    """The volumes asked for by `id` and `ids`, None without either."""
    ids = _literal(call, "ids", list)
    if ids is not None and len(ids) > MOST_IDS:
        raise errors.bad_request(f"ids must not have more than {MOST_IDS} entries")
    one = call.query("id")
    if ids is None and one is None:
        return None
    wanted = {str(item) for item in ids} if ids is not None else {str(one)}
    return wanted & {one} if one is not None else wanted


def _volume_filter(call: Call, ids: set[str] | None) -> Callable[[Volume], bool] | None:
    """What the rows must be like; None where every row will do."""
    if all(key in PAGING for key, _value in call.request.query):
        return None
    name, status, zone = call.query("name"), call.query("status"), call.query("availability_zone")
    server, metadata = call.query("server_id"), _literal(call, "metadata", dict)
    fuzzy = call.settings.volume_name_match == "fuzzy"

    def named(volume: Volume) -> bool:
        return name is None or (name in volume.name if fuzzy else name == volume.name)

    def wanted(volume: Volume) -> bool:
        attached = server is None or any(entry.get("server_id") == server for entry in volume.attachments)
        return (
            named(volume)
            and (ids is None or volume.id in ids)
            and status in (None, volume.status)
            and zone in (None, volume.availability_zone)
            and attached
            and all(volume.metadata.get(key) == value for key, value in (metadata or {}).items())
        )

    return wanted


def _volume_candidates(call: Call, ids: set[str] | None) -> list[Volume] | None:
    """Rows from an index, where a filter has one."""
    table = call.project.volumes
    name = call.query("name")
    if ids is not None:
        return [volume for volume in map(table.get, ids) if volume is not None]
    if name is not None and call.settings.volume_name_match == "exact":
        return table.where("name", name)
    return None


def _volumes(call: Call) -> tuple[dict[str, Any], int]:
    """A page of volumes, and how many there are on all pages."""
    table = call.project.volumes
    asked: Window[Volume] = window(call, table, VOLUME_SORTS, "Volume")
    if asked.limit == 0:
        raise errors.bad_request("limit must be from 1 to 1000")
    ids = _ids(call)
    wanted, candidates = _volume_filter(call, ids), _volume_candidates(call, ids)
    found = page(table, asked, wanted, VOLUME_SORTS, candidates)
    body = listed(call, "volumes", found, [volume_body(call, row) for row in found.rows])
    rows = table if candidates is None else candidates
    return body, len(table) if wanted is None else sum(map(wanted, rows))


def list_volumes(call: Call) -> Reply:
    """GET volumes/detail, OpenStack form: no count (F §8)."""
    return Reply(200, _volumes(call)[0])


def list_cloud_volumes(call: Call) -> Reply:
    """GET cloudvolumes/detail: the same with the count of all matches (F §8)."""
    body, count = _volumes(call)
    return Reply(200, {"count": count, **body})


def show_volume(call: Call) -> Reply:
    """GET one volume, either form (F §8)."""
    volume = call.project.volumes.get(call.params["id"])
    if volume is None:
        raise errors.not_found(f"Volume {call.params['id']}")
    return Reply(200, {"volume": volume_body(call, volume)})


def _snapshot_body(snapshot: Snapshot) -> dict[str, Any]:
    return {
        "id": snapshot.id,
        "name": snapshot.name,
        "volume_id": snapshot.volume_id,
        "status": snapshot.status,
        "size": snapshot.size,
        "created_at": micros(snapshot.created_at),
    }


def _snapshot_candidates(call: Call, table: Table[Snapshot]) -> list[Snapshot] | None:
    for index in ("name", "volume_id"):
        value = call.query(index)
        if value is not None:
            return table.where(index, value)
    return None


def list_snapshots(call: Call) -> Reply:
    """GET snapshots/detail (F §8)."""
    table = call.project.snapshots
    asked: Window[Snapshot] = window(call, table, SNAPSHOT_SORTS, "Snapshot")
    name, volume_id, status = call.query("name"), call.query("volume_id"), call.query("status")

    def wanted(row: Snapshot) -> bool:
        return name in (None, row.name) and volume_id in (None, row.volume_id) and status in (None, row.status)

    found = page(table, asked, wanted, SNAPSHOT_SORTS, _snapshot_candidates(call, table))
    return Reply(200, listed(call, "snapshots", found, [_snapshot_body(row) for row in found.rows]))


def show_snapshot(call: Call) -> Reply:
    """GET one snapshot (F §8)."""
    snapshot = call.project.snapshots.get(call.params["id"])
    if snapshot is None:
        raise errors.not_found(f"Snapshot {call.params['id']}")
    return Reply(200, {"snapshot": _snapshot_body(snapshot)})


ROUTES = [
    Route("GET", "/v2/{pid}/cloudvolumes/detail", list_cloud_volumes, "evs"),
    *native("GET", "/volumes/detail", list_volumes, "evs"),
    *native("GET", "/volumes/{id}", show_volume, "evs"),
    Route("GET", "/v2/{pid}/os-vendor-volumes/{id}", show_volume, "evs"),
    *native("GET", "/snapshots/detail", list_snapshots, "evs"),
    *native("GET", "/snapshots/{id}", show_snapshot, "evs"),
]
