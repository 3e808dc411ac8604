# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Calls of scripts that prune backups, and rows of backups in short (F §4.4, §4.5, §5.3)."""

from __future__ import annotations

import typing as t

from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.module_run import Result
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.scripted_http import Call, vbs
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.wire import VOLUME, Json, backup


def row(number: int, **more: t.Any) -> Json:
    """A backup that is so many days old on the day of the scripts, 2026-11-21."""
    day = f"2026-11-{21 - number:02d}T03:00:00.000000"
    return {**backup(f"b{number}", f"by-hand-{number}", created_at=day, updated_at=day), **more}


def listing(*rows: Json, volume_id: str | None = None, **more: t.Any) -> Call:
    """The one listing that is read before, and at each look."""
    query = "" if volume_id is None else f"volume_id={volume_id}&"
    return vbs("GET", f"/v2/backups/detail?{query}limit=1000", answer={"backups": list(rows)}).but(**more)


def of_volume(*rows: Json, **more: t.Any) -> Call:
    """The same of the one volume that is concerned."""
    return listing(*rows, volume_id=VOLUME, **more)


def shared(*backup_ids: str) -> Call:
    """The project's shares."""
    found = [{"id": f"s-{one}", "backup_id": one, "to_project_id": "p1"} for one in backup_ids]
    return vbs("GET", "/v2/os-vendor-backup-sharing/detail?limit=1000", answer={"shared": found})


def delete(backup_id: str, **more: t.Any) -> Call:
    """One deletion."""
    return vbs("DELETE", f"/v2/backups/{backup_id}", status=202).but(**more)


def deleted(result: Result) -> list[str]:
    """The IDs that went."""
    return [one["id"] for one in result["deleted"]]


def reasons(result: Result) -> dict[str, str]:
    """Why each other one stays."""
    return {one["id"]: one["reason"] for one in result["kept"]}
