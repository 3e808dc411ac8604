# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import errors, native
from .clock import micros, micros_or_null
from .models import Backup, Share
from .paging import CREATED, Key, Window, listed, page, window
from .state import new_id
from .wire import Call, Reply, Route, flag, is_uuid

NO_SHARE = "VolumeBackup.0111"


def _backup_of(call: Call, share: Share) -> Backup:
    """The shared backup, in whichever project it lies."""
    found = call.sim.store.find_backup(share.backup_id)
    if found is None:
        raise errors.vbs(NO_SHARE)
    return found[1]


def _answer(share: Share) -> dict[str, Any]:
    """An entry of the answer to sharing; the last four are null there (F §5.1)."""
    ends = dict.fromkeys(("created_at", "updated_at", "deleted", "deleted_at"))
    return {
        "id": share.id,
        "backup_id": share.backup_id,
        "to_project_id": share.to_project_id,
        "from_project_id": share.from_project_id,
        **ends,
    }


def _checked(call: Call) -> tuple[Backup, list[str]]:
    body = call.json_object()
    given = body.get("shared") if body else None
    if not isinstance(given, dict):
        raise errors.vbs("VolumeBackup.0002", "shared")
    backup_id, targets = given.get("backup_id"), given.get("to_project_ids")
    if backup_id is None or backup_id == "":
        raise errors.vbs("VolumeBackup.0203")
    if not is_uuid(backup_id):
        raise errors.vbs("VolumeBackup.0204")
    if not isinstance(targets, list) or not targets or not all(isinstance(one, str) and one for one in targets):
        raise errors.vbs("VolumeBackup.0002", "to_project_ids")
    backup = call.project.backups.get(backup_id)
    if backup is None:
        raise errors.vbs("VolumeBackup.0111")
    if backup.status != "available":
        raise errors.vbs("VolumeBackup.0089")
    return backup, targets


def create(call: Call) -> Reply:
    """POST os-vendor-backup-sharing: one entry per target project (F §5.1)."""
    backup, targets = _checked(call)
    table = call.sim.store.shares
    held = {share.to_project_id: share for share in table.where("backup_id", backup.id)}
    if call.settings.share_again == "refuse" and held.keys() & set(targets):
        raise errors.vbs("VolumeBackup.0002", "already shared")
    answer = []
    for target in targets:
        if target not in held:
            held[target] = table.add(Share(new_id(), backup.id, call.project.id, target, call.now))
        answer.append(_answer(held[target]))
    return Reply(200, {"shared": answer})


def delete(call: Call) -> Reply:
    """DELETE …/{id}: a share id, or with `is_backup_id` a backup id and all its shares; 200, no body (F §5.2)."""
    table, given = call.sim.store.shares, call.params["id"]
    if flag(call.query("is_backup_id")):
        if given not in call.project.backups:
            raise errors.vbs(NO_SHARE)
        call.sim.store.drop_shares(given)
        return Reply(200)
    share = table.get(given)
    if share is None or share.from_project_id != call.project.id:
        raise errors.vbs(NO_SHARE)
    table.remove(share.id)
    return Reply(200)


def _body(call: Call, share: Share) -> dict[str, Any]:
    """A share with its backup, which has neither links nor owner (F §5.3)."""
    return {
        "id": share.id,
        "backup_id": share.backup_id,
        "from_project_id": share.from_project_id,
        "to_project_id": share.to_project_id,
        "created_at": micros(share.created_at),
        "updated_at": micros_or_null(share.updated_at),
        "backup": native.detail(call, _backup_of(call, share)),
    }


def _filter(call: Call) -> Callable[[Share], bool]:
    """Shares by this project, or with it (F §5.3)."""
    side = "to_project_id" if flag(call.query("share_to_me")) else "from_project_id"
    asked = {field: call.query(field) for field in ("backup_id", "from_project_id", "to_project_id")}
    # One source misspells the zone's filter (F §11 no. 16).
    zone = call.query("availability_zone") or call.query("avalilability_zone")
    of_backup = {"volume_id": call.query("volume_id"), "status": call.query("status"), "availability_zone": zone}
    name = call.query("name")

    def wanted(share: Share) -> bool:
        if getattr(share, side) != call.project.id:
            return False
        if not all(value in (None, getattr(share, field)) for field, value in asked.items()):
            return False
        backup = _backup_of(call, share)
        if not all(value in (None, getattr(backup, field)) for field, value in of_backup.items()):
            return False
        return name is None or name in (backup.name or "")

    return wanted


def _sorts(call: Call) -> dict[str, Key[Share]]:
    """Sort keys are those of the backups; the default is the share's own time (F §5.3)."""

    def by_backup(key: Key[Backup]) -> Key[Share]:
        return lambda share: key(_backup_of(call, share))

    sorts = {name: by_backup(key) for name, key in native.SORTS.items()}
    return {**sorts, CREATED: lambda share: share.created_at}


def list_detail(call: Call) -> Reply:
    """GET …/detail (F §5.3)."""
    table, sorts = call.sim.store.shares, _sorts(call)
    try:
        asked: Window[Share] = window(call, table, sorts, "Share")
    except errors.ApiError as refused:
        # VBS's own calls answer in VBS's shape (F §3.3).
        raise errors.vbs("VolumeBackup.0002", "limit, offset, marker or sort") from refused
    found = page(table, asked, _filter(call), sorts)
    return Reply(200, listed(call, "shared", found, [_body(call, row) for row in found.rows]))


def count(call: Call) -> Reply:
    """GET …/count (F §5.3)."""
    return Reply(200, {"count": sum(map(_filter(call), call.sim.store.shares))})


def show(call: Call) -> Reply:
    """GET …/{id}, for the giving and the receiving project (F §5.3)."""
    share = call.sim.store.shares.get(call.params["id"])
    if share is None or call.project.id not in (share.from_project_id, share.to_project_id):
        raise errors.vbs(NO_SHARE)
    return Reply(200, {"shared": _body(call, share)})


PATH = "/v2/{pid}/os-vendor-backup-sharing"
ROUTES = [
    Route("POST", PATH, create, "vbs"),
    # These two words stand where an id would be (F §5.3).
    Route("GET", f"{PATH}/detail", list_detail, "vbs"),
    Route("GET", f"{PATH}/count", count, "vbs"),
    Route("GET", f"{PATH}/{{id}}", show, "vbs"),
    Route("DELETE", f"{PATH}/{{id}}", delete, "vbs"),
]
