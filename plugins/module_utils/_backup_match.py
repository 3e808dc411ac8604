# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which of a volume's backups makes a new one needless (contract §3, vbs_backup, present)."""

from __future__ import annotations

from collections.abc import Sequence

from ansible_collections.huaweicloud.backup.plugins.module_utils import _model
from ansible_collections.huaweicloud.backup.plugins.module_utils._answers import JsonObject
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import BackupError
from ansible_collections.huaweicloud.backup.plugins.module_utils._follow import BACKUP_BAD, BACKUP_WORKING

SATISFYING = ("available", *BACKUP_WORKING)
_KNOWN = (*SATISFYING, *BACKUP_BAD, "deleting")

Rows = Sequence[JsonObject]


def named(rows: Rows, name: str | None) -> JsonObject | None:
    """The newest row of this name that is good or on its way there; rows are newest first.

    :raises BackupError: there is none, but one is in a state that nobody documented.
    """
    found = [row for row in rows if row.get("name") == name]
    for row in found:
        if row.get("status") in SATISFYING:
            return row
    for row in found:
        if row.get("status") not in _KNOWN:
            raise BackupError(f"backup {row['id']} of this name is in the unknown state {row.get('status')!r}")
    return None


def young(rows: Rows, now: float, limit: int) -> JsonObject | None:
    """The newest row of any name that was started within so many seconds; a time in the future is age 0."""
    for row in rows:
        created = _model.seconds(row.get("created_at"))
        if created is not None and row.get("status") in ("available", "creating") and now - created <= limit:
            return row
    return None
