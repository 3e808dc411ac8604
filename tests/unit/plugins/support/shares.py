# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Shares as they are on the wire (F §5, §14.3), and the calls about them."""

from __future__ import annotations

import typing as t

from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.scripted_http import PROJECT, Call, vbs
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.wire import BACKUP, backup

Json = dict[str, t.Any]

PATH = "/v2/os-vendor-backup-sharing"
OTHER = "fedcba9876543210fedcba9876543210"
THIRD = "00112233445566778899aabbccddeeff"
SHARE = "55555555-2222-3333-4444-555555555555"
OTHER_SHARE = "66666666-2222-3333-4444-555555555555"
THIRD_SHARE = "77777777-2222-3333-4444-555555555555"

# Which share the tests give to which project.
IDS = {OTHER: SHARE, THIRD: OTHER_SHARE}


def brief(project: str = OTHER, share_id: str | None = None, **more: t.Any) -> Json:
    """An entry of the answer to sharing (F §5.1)."""
    return {
        "id": share_id or IDS[project],
        "backup_id": BACKUP,
        "to_project_id": project,
        "from_project_id": PROJECT,
        "created_at": None,
        "updated_at": None,
        "deleted": None,
        "deleted_at": None,
        **more,
    }


def share(project: str = OTHER, share_id: str | None = None, **more: t.Any) -> Json:
    """An entry of the list (F §5.3)."""
    return {
        "id": share_id or IDS[project],
        "backup_id": BACKUP,
        "from_project_id": PROJECT,
        "to_project_id": project,
        "created_at": "2026-11-21T11:20:00.000001",
        "updated_at": None,
        "backup": backup(),
        **more,
    }


def shown(project: str = OTHER, share_id: str | None = None, **more: t.Any) -> Json:
    """A share as vbs_share documents it."""
    return {
        "id": share_id or IDS[project],
        "backup_id": BACKUP,
        "from_project_id": PROJECT,
        "to_project_id": project,
        "created_at": "2026-11-21T11:20:00Z",
        "updated_at": None,
        **more,
    }


def shares(*rows: Json | str, query: str = f"backup_id={BACKUP}") -> Call:
    """The list; a text stands for an ordinary share with this project."""
    found = [share(row) if isinstance(row, str) else row for row in rows]
    return vbs("GET", f"{PATH}/detail?{query}{'&' if query else ''}limit=1000", answer={"shared": found})


def post(*projects: str, **more: t.Any) -> Call:
    """Share with projects, in one request."""
    body = {"shared": {"backup_id": BACKUP, "to_project_ids": list(projects)}}
    return vbs("POST", PATH, body=body, answer={"shared": [brief(one) for one in projects]}).but(**more)


def end(share_id: str = SHARE, **more: t.Any) -> Call:
    """End one share."""
    return vbs("DELETE", f"{PATH}/{share_id}", **more)


def end_all(**more: t.Any) -> Call:
    """End all shares of the backup."""
    return vbs("DELETE", f"{PATH}/{BACKUP}?is_backup_id=true", **more)


def found(**more: t.Any) -> Call:
    """The backup by its ID."""
    owner = {"os-bak-tenant-attr:tenant_id": PROJECT}
    return vbs("GET", f"/v2/backups/{BACKUP}", answer={"backup": backup(**{**owner, **more})})


def named(*rows: Json, name: str = "before", volume: str | None = None) -> Call:
    """Backups by their name."""
    of_volume = "" if volume is None else f"&volume_id={volume}"
    return vbs("GET", f"/v2/backups/detail?name={name}{of_volume}&limit=1000", answer={"backups": list(rows)})
